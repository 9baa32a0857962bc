//! The certificates of a document, from AWS's root through region, zone and instance to the enclave.
//!
//! | certificate | lives | path length | key usage |
//! |---|---|---|---|
//! | root | 30 years | none | `keyCertSign`, `cRLSign`, `digitalSignature` |
//! | region | weeks | 2 | `keyCertSign`, `cRLSign` |
//! | zone | days | 1 | `keyCertSign`, `cRLSign` |
//! | instance | a day | 0 | `keyCertSign` |
//! | enclave | three hours | no CA | `digitalSignature` |

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::asn1;
use crate::keys::EcKey;
use crate::pki::{AUTHORITY_KEY_ID, BASIC_CONSTRAINTS, Certificate, Extension, KEY_USAGE};
use crate::signing::{Hash, Scheme};

/// `extKeyUsage`.
pub const EXTENDED_KEY_USAGE: &str = "2.5.29.37";

/// `subjectKeyIdentifier`.
pub const SUBJECT_KEY_ID: &str = "2.5.29.14";

/// A certificate before it is signed, and the key that signs it.
#[derive(Clone)]
pub struct Signed {
    /// The template.
    pub certificate: Certificate,
    /// The issuer's key.
    pub signer: EcKey,
}

/// Common names of the sound chain, root first.
const NAMES: [&str; 5] = [
    "kettle-test.nitro-enclaves",
    "region.kettle-test.nitro-enclaves",
    "zone.region.kettle-test.nitro-enclaves",
    "i-00000000000000001.region.kettle-test.nitro-enclaves",
    "i-00000000000000001-enc0000000000000001.region.kettle-test",
];

/// First and last moments of the sound chain, root first.
const WINDOWS: [[&str; 2]; 5] = [
    ["191028132805Z", "491028142805Z"],
    ["260525000000Z", "260614000000Z"],
    ["260530000000Z", "260605000000Z"],
    ["260531110000Z", "260601110000Z"],
    ["260531113000Z", "260531143003Z"],
];

/// Path lengths of the CAs of the sound chain, root first.
const PATHS: [Option<u8>; 4] = [None, Some(2), Some(1), Some(0)];

/// `ecdsa-with-SHA384` and its siblings as AlgorithmIdentifier.
#[must_use]
pub fn ecdsa(hash: Hash) -> Vec<u8> {
    let last = match hash {
        Hash::Sha1 => "1",
        Hash::Sha256 => "3.2",
        Hash::Sha384 => "3.3",
    };
    asn1::sequence([asn1::oid(&format!("1.2.840.10045.4.{last}"))])
}

/// A name as AWS writes it: only the common name differs.
#[must_use]
pub fn name(common_name: &str) -> Vec<u8> {
    let part =
        |oid: &str, tag: u8, text: &str| asn1::set(asn1::sequence([asn1::oid(oid), asn1::tlv(tag, text)]));
    asn1::sequence([
        part("2.5.4.6", asn1::PRINTABLE_STRING, "US"),
        part("2.5.4.10", asn1::UTF8_STRING, "Amazon"),
        part("2.5.4.11", asn1::UTF8_STRING, "AWS"),
        part("2.5.4.3", asn1::UTF8_STRING, common_name),
    ])
}

/// The sound chain of an authority with this name, root first and the enclave last.
#[must_use]
pub fn chain(who: &str) -> Vec<Signed> {
    (0..NAMES.len())
        .map(|index| {
            let above = index.saturating_sub(1);
            let mut certificate = template(NAMES[above], NAMES[index], &key(who, index));
            certificate.serial = vec![0x31, u8::try_from(index).unwrap()];
            let [from, until] = WINDOWS[index];
            certificate.set_validity(from, until);
            certificate.extensions = match PATHS.get(index) {
                Some(path) => authority(*path, index == 0, &key(who, index), &key(who, above)),
                None => leaf(),
            };
            Signed { certificate, signer: key(who, above) }
        })
        .collect()
}

/// The key of the certificate with this index. Every chain needs it several times, and to derive it
/// costs as much as to sign.
///
/// # Panics
/// Where another thread panicked here.
#[must_use]
pub fn key(who: &str, index: usize) -> EcKey {
    static KNOWN: Mutex<BTreeMap<String, EcKey>> = Mutex::new(BTreeMap::new());
    let name = format!("nitro {who} {index}");
    KNOWN.lock().unwrap().entry(name).or_insert_with_key(|name| EcKey::named(name)).clone()
}

/// A CA below another that allows `path` more below it, and its key.
#[must_use]
pub fn between(above: &Signed, above_key: &EcKey, index: usize, path: u8) -> (Signed, EcKey) {
    let own = EcKey::named(&format!("nitro between {index}"));
    let mut certificate = above.certificate.clone();
    certificate.issuer_der = above.certificate.subject_der.clone();
    certificate.subject_der = name(&format!("between-{index}.kettle-test.nitro-enclaves"));
    certificate.spki_der = own.spki();
    certificate.extensions = authority(Some(path), false, &own, above_key);
    (Signed { certificate, signer: above_key.clone() }, own)
}

fn template(issuer: &str, subject: &str, key: &EcKey) -> Certificate {
    Certificate {
        serial: vec![1],
        algorithm_der: ecdsa(Hash::Sha384),
        outer_algorithm_der: None,
        scheme: Scheme::AMD,
        issuer_der: name(issuer),
        subject_der: name(subject),
        not_before_der: Vec::new(),
        not_after_der: Vec::new(),
        spki_der: key.spki(),
        extensions: Vec::new(),
    }
}

fn authority(path: Option<u8>, root: bool, own: &EcKey, issuer: &EcKey) -> Vec<Extension> {
    let subject = Extension::plain(SUBJECT_KEY_ID, asn1::octet_string(key_id(own)));
    let above = Extension::plain(AUTHORITY_KEY_ID, asn1::sequence([asn1::tlv(0x80, key_id(issuer))]));
    let usage = if root { usage(0x86) } else { usage(0x06) };
    if root {
        return vec![constraints(path), subject, usage];
    }
    vec![constraints(path), above, subject, usage]
}

fn leaf() -> Vec<Extension> {
    vec![Extension::critical(BASIC_CONSTRAINTS, asn1::sequence([])), usage(0x80)]
}

/// BasicConstraints of a CA.
#[must_use]
pub fn constraints(path: Option<u8>) -> Extension {
    let length = path.map(|length| asn1::unsigned(&[length])).unwrap_or_default();
    let value = asn1::sequence([asn1::tlv(asn1::BOOLEAN, [0xff]), length]);
    Extension::critical(BASIC_CONSTRAINTS, value)
}

/// KeyUsage with these bits: 0x80 `digitalSignature`, 0x04 `keyCertSign`, 0x02 `cRLSign`.
#[must_use]
pub fn usage(bits: u8) -> Extension {
    let unused = u8::try_from(bits.trailing_zeros()).unwrap();
    Extension::critical(KEY_USAGE, asn1::tlv(asn1::BIT_STRING, [unused, bits]))
}

fn key_id(key: &EcKey) -> Vec<u8> {
    Hash::Sha1.digest(&key.point())
}

impl Signed {
    /// The DER.
    #[must_use]
    pub fn der(&self) -> Vec<u8> {
        let (r, s) = self.signer.sign(&self.certificate.tbs());
        self.certificate.with_signature(&asn1::sequence([asn1::unsigned(&r), asn1::unsigned(&s)]))
    }

    /// Fills the certificate up with an extension until its DER has this many bytes. The length of
    /// its signature varies with what it signs, so some fillings are tried.
    ///
    /// # Panics
    /// Where no filling fits.
    pub fn fill(&mut self, bytes: usize) {
        let most = bytes - self.der().len();
        let filled = |(filler, count): (u8, usize)| {
            let mut one = self.clone();
            one.certificate.extensions.push(Extension::plain("1.3.6.1.4.1.55555.1", vec![filler; count]));
            one
        };
        let fillings = (0..9).flat_map(|filler| (most - 40..most).map(move |count| (filler, count)));
        *self = fillings.map(filled).find(|one| one.der().len() == bytes).unwrap();
    }
}
