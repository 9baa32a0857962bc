//! Intel's certificates and lists as the software TEE has them: root, PCK CA, PCK, TCB signer.

use base64ct::{Base64, Encoding as _};

use super::key::P256Key;
use crate::asn1;
use crate::pki::{AUTHORITY_KEY_ID, BASIC_CONSTRAINTS, Certificate, Extension, KEY_USAGE};
use crate::signing::{Hash, Scheme};

/// Intel's extension of a PCK certificate.
pub const SGX: &str = "1.2.840.113741.1.13.1";
/// Family, model and stepping of the software TEE's platform.
pub const FMSPC: [u8; 6] = [0xb0, 0xc0, 0x6f, 0, 0, 0];
/// The id of its processor package.
pub const PPID: [u8; 16] = *b"kettle test ppid";
/// Its component levels, and the level of its provisioning enclave.
pub const COMPONENTS: [u8; 16] = [3, 3, 2, 2, 4, 1, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0];
/// The level of its provisioning certification enclave.
pub const PCE_SVN: u8 = 11;

/// `ecdsa-with-SHA256` as AlgorithmIdentifier.
#[must_use]
pub fn ecdsa_sha256() -> Vec<u8> {
    asn1::sequence([asn1::oid("1.2.840.10045.4.3.2")])
}

/// A name as Intel writes it: only the common name differs.
#[must_use]
pub fn name(common_name: &str) -> Vec<u8> {
    let part =
        |oid: &str, tag: u8, text: &str| asn1::set(asn1::sequence([asn1::oid(oid), asn1::tlv(tag, text)]));
    asn1::sequence([
        part("2.5.4.3", asn1::UTF8_STRING, common_name),
        part("2.5.4.10", asn1::UTF8_STRING, "Intel Corporation"),
        part("2.5.4.7", asn1::UTF8_STRING, "Santa Clara"),
        part("2.5.4.8", asn1::UTF8_STRING, "CA"),
        part("2.5.4.6", asn1::PRINTABLE_STRING, "US"),
    ])
}

/// A certificate of any of the kinds, before it is signed. `path` is the path length of a CA.
#[must_use]
pub fn certificate(
    issuer: (&str, &P256Key),
    subject: (&str, &P256Key),
    serial: u8,
    path: Option<u8>,
) -> Certificate {
    let ca = asn1::tlv(asn1::BOOLEAN, [0xff]);
    let (usage, constraints) = match path {
        Some(length) => (0x06_u8, asn1::sequence([ca, asn1::unsigned(&[length])])),
        None => (0xc0, asn1::sequence([])),
    };
    Certificate {
        serial: vec![0x51, serial],
        algorithm_der: ecdsa_sha256(),
        outer_algorithm_der: None,
        scheme: Scheme::AMD,
        issuer_der: name(issuer.0),
        subject_der: name(subject.0),
        not_before_der: asn1::utc_time("240101000000Z"),
        not_after_der: asn1::utc_time("330101000000Z"),
        spki_der: subject.1.spki(),
        extensions: vec![
            authority_key_id(issuer.1),
            Extension::plain("2.5.29.14", asn1::octet_string(key_id(subject.1))),
            Extension::critical(KEY_USAGE, vec![0x03, 0x02, if path.is_some() { 1 } else { 6 }, usage]),
            Extension::critical(BASIC_CONSTRAINTS, constraints),
        ],
    }
}

/// The signed certificate.
#[must_use]
pub fn sign(certificate: &Certificate, key: &P256Key) -> Vec<u8> {
    certificate.with_signature(&key.sign_der(&certificate.tbs()))
}

fn key_id(key: &P256Key) -> Vec<u8> {
    Hash::Sha1.digest(&[&[4], key.point().as_slice()].concat())
}

fn authority_key_id(issuer: &P256Key) -> Extension {
    Extension::plain(AUTHORITY_KEY_ID, asn1::sequence([asn1::tlv(0x80, key_id(issuer))]))
}

/// A value of Intel's extension: the numbers below its arc, and the DER.
pub type SgxValue = (String, Vec<u8>);

/// The values of a sound PCK certificate.
#[must_use]
pub fn sgx_values() -> Vec<SgxValue> {
    let mut tcb: Vec<SgxValue> = COMPONENTS
        .iter()
        .zip(1..)
        .map(|(level, number)| (format!("2.{number}"), asn1::unsigned(&[*level])))
        .collect();
    tcb.push(("2.17".into(), asn1::unsigned(&[PCE_SVN])));
    tcb.push(("2.18".into(), asn1::octet_string(COMPONENTS)));
    vec![
        ("1".into(), asn1::octet_string(PPID)),
        ("2".into(), sgx_sequence(&tcb)),
        ("3".into(), asn1::octet_string([0, 0])),
        ("4".into(), asn1::octet_string(FMSPC)),
        ("5".into(), asn1::tlv(0x0a, [1])),
        ("6".into(), asn1::octet_string(*b"kettle test piid")),
        (
            "7".into(),
            sgx_sequence(
                &["7.1", "7.2", "7.3"].map(|number| (number.into(), asn1::tlv(asn1::BOOLEAN, [0xff]))),
            ),
        ),
    ]
}

/// Values as the content of the extension.
#[must_use]
pub fn sgx_sequence(values: &[SgxValue]) -> Vec<u8> {
    let entry =
        |(number, der): &SgxValue| asn1::sequence([asn1::oid(&format!("{SGX}.{number}")), der.clone()]);
    asn1::tlv(0x30, values.iter().flat_map(entry).collect::<Vec<u8>>())
}

/// A list before it is signed.
#[derive(Debug, Clone)]
pub struct List {
    /// The issuer's name.
    pub issuer_der: Vec<u8>,
    /// When it was made, as UTCTime.
    pub this_update: String,
    /// When the next is due.
    pub next_update: Option<String>,
    /// The serial numbers that are revoked.
    pub revoked: Vec<Vec<u8>>,
    /// Extensions of each entry.
    pub entry_extensions: Vec<Extension>,
    /// Extensions of the list.
    pub extensions: Vec<Extension>,
}

impl List {
    /// A current list that revokes something else.
    #[must_use]
    pub fn of(issuer: &str, key: &P256Key) -> Self {
        Self {
            issuer_der: name(issuer),
            this_update: "260515000000Z".into(),
            next_update: Some("260614000000Z".into()),
            revoked: vec![vec![0x42]],
            entry_extensions: vec![Extension::plain("2.5.29.21", asn1::tlv(0x0a, [1]))],
            extensions: vec![Extension::plain("2.5.29.20", asn1::unsigned(&[1])), authority_key_id(key)],
        }
    }

    /// The signed list.
    #[must_use]
    pub fn sign(&self, key: &P256Key) -> Vec<u8> {
        let tbs = self.tbs();
        let signature = asn1::bit_string(&key.sign_der(&tbs));
        asn1::sequence([tbs, ecdsa_sha256(), signature])
    }

    fn tbs(&self) -> Vec<u8> {
        let all =
            |list: &[Extension]| asn1::tlv(0x30, list.iter().flat_map(Extension::der).collect::<Vec<u8>>());
        let entry = |serial: &Vec<u8>| {
            let extensions =
                if self.entry_extensions.is_empty() { Vec::new() } else { all(&self.entry_extensions) };
            asn1::sequence([asn1::unsigned(serial), asn1::utc_time("260501000000Z"), extensions])
        };
        let revoked: Vec<u8> = self.revoked.iter().flat_map(entry).collect();
        asn1::sequence([
            asn1::unsigned(&[1]),
            ecdsa_sha256(),
            self.issuer_der.clone(),
            asn1::utc_time(&self.this_update),
            self.next_update.as_deref().map(asn1::utc_time).unwrap_or_default(),
            if revoked.is_empty() { Vec::new() } else { asn1::tlv(0x30, revoked) },
            asn1::explicit(0, all(&self.extensions)),
        ])
    }
}

/// A certificate as PEM.
#[must_use]
pub fn pem(der: &[u8]) -> String {
    let base64 = Base64::encode_string(der);
    let lines: Vec<&str> =
        base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}
