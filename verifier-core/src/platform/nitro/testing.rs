//! A small authority of the tests' own and documents that it vouches for, with every part open to
//! faults. Its keys are no secret.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use base64ct::{Base64, Encoding as _};
use p384::ecdsa::signature::hazmat::PrehashSigner;
use p384::ecdsa::{Signature, SigningKey};
use sha2::{Digest, Sha384};

use crate::trust::TrustRoots;

/// When the made documents were made: 2025-06-01T12:00:00Z.
pub(crate) const MADE: u64 = 1_748_779_200;

/// The same in RFC 3339.
pub(crate) const MADE_TEXT: &str = "2025-06-01T12:00:00Z";

/// The key with a number.
pub(crate) fn key(number: u8) -> SigningKey {
    SigningKey::from_slice(&[number; 48]).unwrap()
}

fn sign(key: &SigningKey, message: &[u8]) -> Signature {
    key.sign_prehash(&Sha384::digest(message)).unwrap()
}

/// DER: a tag, a length, a value.
pub(crate) fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut der = vec![tag];
    match value.len() {
        short @ 0..=127 => der.push(u8::try_from(short).unwrap()),
        long => {
            let octets = u16::try_from(long).unwrap().to_be_bytes();
            let octets = if long < 256 { &octets[1..] } else { &octets[..] };
            der.push(0x80 | u8::try_from(octets.len()).unwrap());
            der.extend_from_slice(octets);
        }
    }
    der.extend_from_slice(value);
    der
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &parts.concat())
}

/// ecdsa-with-SHA384 and ecdsa-with-SHA256.
pub(crate) const ECDSA_SHA384: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03];
pub(crate) const ECDSA_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];

/// The SubjectPublicKeyInfo of a key.
pub(crate) fn spki(number: u8) -> Vec<u8> {
    let curve = [0x2b, 0x81, 0x04, 0x00, 0x22];
    let key = key(number);
    ec_spki(&curve, key.verifying_key().to_sec1_point(false).as_bytes())
}

/// The SubjectPublicKeyInfo of a point on the curve with this object identifier.
pub(crate) fn ec_spki(curve: &[u8], point: &[u8]) -> Vec<u8> {
    let ec = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    let bits = [&[0][..], point].concat();
    sequence(&[&sequence(&[&tlv(6, &ec), &tlv(6, curve)]), &tlv(3, &bits)])
}

/// An extension: the last octets of its object identifier below 2.5.29, whether it is critical, and
/// its value.
pub(crate) fn extension(id: u8, critical: bool, value: &[u8]) -> Vec<u8> {
    let oid = tlv(6, &[0x55, 0x1d, id]);
    let critical: &[u8] = if critical { &[1, 1, 0xff] } else { &[] };
    sequence(&[&oid, critical, &tlv(4, value)])
}

/// What a certificate is made of.
#[derive(Clone)]
pub(crate) struct CertificateSpec {
    pub(crate) subject: String,
    pub(crate) issuer: String,
    /// Seconds since 1970, in this century.
    pub(crate) from: u64,
    pub(crate) until: u64,
    pub(crate) spki: Vec<u8>,
    pub(crate) extensions: Vec<Vec<u8>>,
    pub(crate) algorithm: &'static [u8],
    /// The number of the key that signs.
    pub(crate) signer: u8,
    /// Bytes that make the certificate larger.
    pub(crate) padding: Vec<u8>,
}

fn name(common: &str) -> Vec<u8> {
    let attribute = sequence(&[&tlv(6, &[0x55, 0x04, 0x03]), &tlv(12, common.as_bytes())]);
    sequence(&[&tlv(0x31, &attribute)])
}

fn time(seconds: u64) -> Vec<u8> {
    let text = crate::Timestamp::from_unix(seconds).unwrap().to_rfc3339();
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    tlv(0x17, format!("{}Z", &digits[2..]).as_bytes())
}

impl CertificateSpec {
    /// The DER, signed.
    pub(crate) fn der(&self) -> Vec<u8> {
        let algorithm = sequence(&[&tlv(6, self.algorithm)]);
        let mut extensions = self.extensions.clone();
        if !self.padding.is_empty() {
            extensions.push(extension(0x0e, false, &self.padding));
        }
        let tbs = sequence(&[
            &tlv(0xa0, &tlv(2, &[2])),
            &tlv(2, &[1]),
            &algorithm,
            &name(&self.issuer),
            &sequence(&[&time(self.from), &time(self.until)]),
            &name(&self.subject),
            &self.spki,
            &tlv(0xa3, &sequence(&extensions.iter().map(Vec::as_slice).collect::<Vec<_>>())),
        ]);
        let signature = sign(&key(self.signer), &tbs).to_der();
        let bits = [&[0][..], signature.as_bytes()].concat();
        sequence(&[&tbs, &algorithm, &tlv(3, &bits)])
    }

    /// The DER with an extension that fills it up to this many bytes. Its signature's length varies
    /// with what it signs, so some fillings are tried.
    pub(crate) fn sized(self, bytes: usize) -> Vec<u8> {
        let most = bytes - self.der().len();
        let filled = |(filler, count)| Self { padding: vec![filler; count], ..self.clone() }.der();
        let fillings = (0..9_u8).flat_map(|filler| (most - 25..most).map(move |count| (filler, count)));
        fillings.map(filled).find(|der| der.len() == bytes).expect("a filling that fits")
    }
}

/// BasicConstraints of a CA with a path length.
pub(crate) fn ca(path_length: u8) -> Vec<u8> {
    extension(0x13, true, &[0x30, 6, 1, 1, 0xff, 2, 1, path_length])
}

/// KeyUsage with these bits in its first octet: 0x80 digitalSignature, 0x04 keyCertSign.
pub(crate) fn usage(bits: u8) -> Vec<u8> {
    let unused = u8::try_from(bits.trailing_zeros()).unwrap();
    extension(0x0f, true, &[3, 2, unused, bits])
}

/// Root, zone, instance and leaf: the shape of the genuine chain with one certificate less.
pub(crate) fn chain() -> Vec<CertificateSpec> {
    let year = 365 * 86_400;
    let of = |index: usize, from: u64, until: u64, extensions: Vec<Vec<u8>>| {
        let names = ["test-root.nitro", "zone.test-root.nitro", "i-test.nitro", "i-test-enc01.nitro"];
        CertificateSpec {
            subject: names[index].to_owned(),
            issuer: names[index.saturating_sub(1)].to_owned(),
            from,
            until,
            spki: spki(u8::try_from(index).unwrap() + 1),
            extensions,
            algorithm: ECDSA_SHA384,
            signer: u8::try_from(index.saturating_sub(1)).unwrap() + 1,
            padding: Vec::new(),
        }
    };
    vec![
        of(0, MADE - 5 * year, MADE + 20 * year, vec![ca(2), usage(0x84)]),
        of(1, MADE - 86_400, MADE + 5 * 86_400, vec![ca(1), usage(0x04)]),
        of(2, MADE - 3_600, MADE + 86_400, vec![ca(0), usage(0x04)]),
        of(3, MADE - 60, MADE + 10_800, vec![extension(0x13, true, &[0x30, 0]), usage(0x80)]),
    ]
}

/// CBOR as it is to be written, faults included.
#[derive(Clone)]
pub(crate) enum Cbor {
    Unsigned(u64),
    Negative(u64),
    Bytes(Vec<u8>),
    Text(&'static str),
    Array(Vec<Cbor>),
    Map(Vec<(Cbor, Cbor)>),
    Null,
    Raw(Vec<u8>),
}

fn head(major: u8, count: u64) -> Vec<u8> {
    let major = major << 5;
    match count {
        small @ 0..=23 => vec![major | u8::try_from(small).unwrap()],
        24..=0xff => vec![major | 24, u8::try_from(count).unwrap()],
        0x100..=0xffff => [&[major | 25], &u16::try_from(count).unwrap().to_be_bytes()[..]].concat(),
        _ => [&[major | 27], &count.to_be_bytes()[..]].concat(),
    }
}

fn length(count: usize) -> u64 {
    u64::try_from(count).unwrap()
}

impl Cbor {
    pub(crate) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Unsigned(value) => head(0, *value),
            Self::Negative(value) => head(1, *value),
            Self::Bytes(bytes) => [head(2, length(bytes.len())), bytes.clone()].concat(),
            Self::Text(text) => [head(3, length(text.len())), text.as_bytes().to_vec()].concat(),
            Self::Array(values) => {
                let inner: Vec<u8> = values.iter().flat_map(Self::encode).collect();
                [head(4, length(values.len())), inner].concat()
            }
            Self::Map(entries) => {
                let pairs: Vec<u8> =
                    entries.iter().flat_map(|(key, value)| [key.encode(), value.encode()].concat()).collect();
                [head(5, length(entries.len())), pairs].concat()
            }
            Self::Null => vec![0xf6],
            Self::Raw(bytes) => bytes.clone(),
        }
    }
}

/// A document in the making.
#[derive(Clone)]
pub(crate) struct Maker {
    pub(crate) chain: Vec<CertificateSpec>,
    pub(crate) fields: Vec<(Cbor, Cbor)>,
    /// Written in place of the fields, where it is there.
    pub(crate) payload: Option<Vec<u8>>,
    pub(crate) protected: Vec<u8>,
    pub(crate) unprotected: Vec<u8>,
    /// What stands before the array of four.
    pub(crate) before: Vec<u8>,
    /// What stands after it.
    pub(crate) after: Vec<u8>,
    /// Changes the signature's bytes.
    pub(crate) signature: fn(Vec<u8>) -> Vec<u8>,
}

impl Maker {
    /// A sound document: PCRs 0 to 15, of which PCR N has bytes of N + 1 up to 4, and no user data.
    pub(crate) fn new() -> Self {
        let pcr = |index: u8| {
            let byte = if index < 5 { index + 1 } else { 0 };
            (Cbor::Unsigned(index.into()), Cbor::Bytes(vec![byte; 48]))
        };
        let mut maker = Self {
            chain: chain(),
            fields: vec![
                (Cbor::Text("module_id"), Cbor::Text("i-test-enc01")),
                (Cbor::Text("digest"), Cbor::Text("SHA384")),
                (Cbor::Text("timestamp"), Cbor::Unsigned(MADE * 1000 + 387)),
                (Cbor::Text("pcrs"), Cbor::Map((0..16).map(pcr).collect())),
                (Cbor::Text("certificate"), Cbor::Null),
                (Cbor::Text("cabundle"), Cbor::Null),
                (Cbor::Text("public_key"), Cbor::Null),
                (Cbor::Text("user_data"), Cbor::Null),
                (Cbor::Text("nonce"), Cbor::Null),
            ],
            payload: None,
            protected: vec![0xa1, 0x01, 0x38, 0x22],
            unprotected: vec![0xa0],
            before: Vec::new(),
            after: Vec::new(),
            signature: |bytes| bytes,
        };
        maker.certify();
        maker
    }

    /// Writes the chain's certificates into the fields.
    pub(crate) fn certify(&mut self) {
        let mut ders: Vec<Cbor> = self.chain.iter().map(|spec| Cbor::Bytes(spec.der())).collect();
        let leaf = ders.pop().unwrap();
        self.set("certificate", leaf);
        self.set("cabundle", Cbor::Array(ders));
    }

    /// Changes the chain, and the fields with it.
    pub(crate) fn with_chain(mut self, change: impl FnOnce(&mut Vec<CertificateSpec>)) -> Self {
        change(&mut self.chain);
        self.certify();
        self
    }

    /// Replaces a field.
    pub(crate) fn set(&mut self, name: &str, value: Cbor) {
        let field =
            self.fields.iter_mut().find(|(key, _)| matches!(key, Cbor::Text(known) if *known == name));
        field.unwrap().1 = value;
    }

    /// The same with a field replaced.
    pub(crate) fn with(mut self, name: &str, value: Cbor) -> Self {
        self.set(name, value);
        self
    }

    /// The same without a field.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(key, _)| !matches!(key, Cbor::Text(known) if *known == name));
        self
    }

    /// The same with changed registers.
    pub(crate) fn with_pcrs(mut self, change: impl FnOnce(&mut Vec<(Cbor, Cbor)>)) -> Self {
        for (_, value) in &mut self.fields {
            if let Cbor::Map(registers) = value {
                change(registers);
                break;
            }
        }
        self
    }

    /// The document, signed by the leaf's key.
    pub(crate) fn document(&self) -> Vec<u8> {
        let payload = self.payload.clone().unwrap_or_else(|| Cbor::Map(self.fields.clone()).encode());
        let signed = Cbor::Array(vec![
            Cbor::Text("Signature1"),
            Cbor::Bytes(self.protected.clone()),
            Cbor::Bytes(Vec::new()),
            Cbor::Bytes(payload.clone()),
        ]);
        let leaf = u8::try_from(self.chain.len()).unwrap();
        let signature = (self.signature)(sign(&key(leaf), &signed.encode()).to_bytes().to_vec());
        let parts = Cbor::Array(vec![
            Cbor::Bytes(self.protected.clone()),
            Cbor::Raw(self.unprotected.clone()),
            Cbor::Bytes(payload),
            Cbor::Bytes(signature),
        ]);
        [self.before.clone(), parts.encode(), self.after.clone()].concat()
    }
}

/// The tests' own root in place of the pinned ones.
pub(crate) fn roots() -> TrustRoots {
    let root = Base64::encode_string(&chain()[0].der());
    let file = format!(
        r#"{{"schema":"kettle-trust-root/v1","mode":"replace","test":true,"nitro":[{{"certificate":"{root}"}}]}}"#
    );
    TrustRoots::from_json(file.as_bytes()).unwrap()
}
