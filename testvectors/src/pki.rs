//! AMD's chain as the software TEE has it: ARK, ASK or ASVK, VCEK or VLEK, and revocation lists.
//!
//! Names, order of extensions and encodings are those of genuine certificates. Everything is open:
//! a case changes a field of the template before it is signed, or the DER afterwards.

mod crl;
mod vek;

pub use crl::RevocationList;
pub use vek::{CSP_ID, HWID, PRODUCT_NAME, SPL_BOOTLOADER, SPL_FMC, SPL_MICROCODE, SPL_SNP, SPL_TEE, vek};

use crate::asn1;
use crate::keys::RsaKey;
use crate::product::{Product, VekKind};
use crate::signing::{Hash, Scheme};

/// A certificate before it is signed. Fields whose names end in `der` are encoded already.
#[derive(Debug, Clone)]
pub struct Certificate {
    /// The serial number's bytes.
    pub serial: Vec<u8>,
    /// The algorithm inside the signed part.
    pub algorithm_der: Vec<u8>,
    /// The algorithm beside the signature, where it differs from the one inside.
    pub outer_algorithm_der: Option<Vec<u8>>,
    /// How it is signed in truth.
    pub scheme: Scheme,
    /// The issuer's name.
    pub issuer_der: Vec<u8>,
    /// The subject's name.
    pub subject_der: Vec<u8>,
    /// The first moment of validity.
    pub not_before_der: Vec<u8>,
    /// The last moment of validity.
    pub not_after_der: Vec<u8>,
    /// The key.
    pub spki_der: Vec<u8>,
    /// The extensions in their order.
    pub extensions: Vec<Extension>,
}

/// An extension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// The dotted OID.
    pub oid: String,
    /// The octet of the `critical` BOOLEAN, where there is one.
    pub critical: Option<u8>,
    /// The bytes inside the OCTET STRING.
    pub value: Vec<u8>,
}

impl Extension {
    /// An extension that is not critical.
    #[must_use]
    pub fn plain(oid: &str, value: Vec<u8>) -> Self {
        Self { oid: oid.into(), critical: None, value }
    }

    /// A critical extension.
    #[must_use]
    pub fn critical(oid: &str, value: Vec<u8>) -> Self {
        Self { oid: oid.into(), critical: Some(0xff), value }
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        let critical = self.critical.map(|octet| asn1::tlv(asn1::BOOLEAN, [octet])).unwrap_or_default();
        asn1::sequence([asn1::oid(&self.oid), critical, asn1::octet_string(&self.value)])
    }
}

impl Certificate {
    /// The signed certificate.
    #[must_use]
    pub fn sign(&self, key: &RsaKey) -> Vec<u8> {
        let tbs = self.tbs();
        self.with_signature(&self.scheme.sign(key, &tbs))
    }

    /// The certificate around any signature.
    #[must_use]
    pub fn with_signature(&self, signature: &[u8]) -> Vec<u8> {
        let outer = self.outer_algorithm_der.as_ref().unwrap_or(&self.algorithm_der);
        asn1::sequence([self.tbs(), outer.clone(), asn1::bit_string(signature)])
    }

    pub(crate) fn tbs(&self) -> Vec<u8> {
        let extensions: Vec<u8> = self.extensions.iter().flat_map(Extension::der).collect();
        asn1::sequence([
            asn1::explicit(0, asn1::unsigned(&[2])),
            asn1::unsigned(&self.serial),
            self.algorithm_der.clone(),
            self.issuer_der.clone(),
            asn1::sequence([self.not_before_der.clone(), self.not_after_der.clone()]),
            self.subject_der.clone(),
            self.spki_der.clone(),
            asn1::explicit(3, asn1::tlv(0x30, extensions)),
        ])
    }

    /// Sets the scheme that is used and named.
    pub fn set_scheme(&mut self, scheme: Scheme) {
        self.scheme = scheme;
        self.algorithm_der = scheme.algorithm();
    }

    /// Sets the validity, both as UTCTime such as `260601000000Z`.
    pub fn set_validity(&mut self, not_before: &str, not_after: &str) {
        self.not_before_der = asn1::utc_time(not_before);
        self.not_after_der = asn1::utc_time(not_after);
    }

    /// The extension with this OID.
    pub fn extension(&mut self, oid: &str) -> &mut Extension {
        self.extensions.iter_mut().find(|extension| extension.oid == oid).unwrap()
    }

    /// Takes out the extension with this OID.
    pub fn remove(&mut self, oid: &str) {
        let before = self.extensions.len();
        self.extensions.retain(|extension| extension.oid != oid);
        assert!(self.extensions.len() < before, "no extension {oid}");
    }
}

/// A name as AMD writes it: only the common name differs.
#[must_use]
pub fn amd_name(common_name: &str) -> Vec<u8> {
    let part =
        |oid: &str, tag: u8, text: &str| asn1::set(asn1::sequence([asn1::oid(oid), asn1::tlv(tag, text)]));
    asn1::sequence([
        part("2.5.4.11", asn1::UTF8_STRING, "Engineering"),
        part("2.5.4.6", asn1::PRINTABLE_STRING, "US"),
        part("2.5.4.7", asn1::UTF8_STRING, "Santa Clara"),
        part("2.5.4.8", asn1::UTF8_STRING, "CA"),
        part("2.5.4.10", asn1::UTF8_STRING, "Advanced Micro Devices"),
        part("2.5.4.3", asn1::UTF8_STRING, common_name),
    ])
}

/// The self-signed root of a generation, before it is signed.
#[must_use]
pub fn ark(product: Product, key: &RsaKey) -> Certificate {
    let mut ark = authority(&product.ark_name(), &product.ark_name(), serial(product, 0), key);
    ark.extensions = vec![
        Extension::critical(KEY_USAGE, vec![0x03, 0x02, 0x01, 0x06]),
        Extension::plain(SUBJECT_KEY_ID, asn1::octet_string(key_id(key))),
        Extension::critical(BASIC_CONSTRAINTS, asn1::sequence([asn1::tlv(asn1::BOOLEAN, [0xff])])),
        distribution_point(product, VekKind::Vcek),
    ];
    ark
}

/// The ASK or ASVK of a generation, before the root signs it.
#[must_use]
pub fn intermediate(product: Product, kind: VekKind, key: &RsaKey, issuer: &RsaKey) -> Certificate {
    let number = if kind == VekKind::Vcek { 1 } else { 0x101 };
    let mut certificate =
        authority(&product.ark_name(), &product.signer_name(kind), serial(product, number), key);
    let constraints = asn1::sequence([asn1::tlv(asn1::BOOLEAN, [0xff]), asn1::unsigned(&[0])]);
    certificate.extensions = vec![
        Extension::plain(SUBJECT_KEY_ID, asn1::octet_string(key_id(key))),
        authority_key_id(issuer),
        Extension::critical(BASIC_CONSTRAINTS, constraints),
        Extension::critical(KEY_USAGE, vec![0x03, 0x02, 0x02, 0x04]),
        distribution_point(product, kind),
    ];
    certificate
}

/// The serial number of a generation's root (0), ASK (1) or ASVK (0x101).
#[must_use]
pub fn serial(product: Product, number: u16) -> Vec<u8> {
    let generation = match product {
        Product::Milan => 1,
        Product::Genoa => 2,
        Product::Turin => 3,
    };
    [&[generation], number.to_be_bytes().as_slice()].concat()
}

fn authority(issuer: &str, subject: &str, serial: Vec<u8>, key: &RsaKey) -> Certificate {
    Certificate {
        serial,
        algorithm_der: Scheme::AMD.algorithm(),
        outer_algorithm_der: None,
        scheme: Scheme::AMD,
        issuer_der: amd_name(issuer),
        subject_der: amd_name(subject),
        not_before_der: asn1::utc_time("201022172305Z"),
        not_after_der: asn1::utc_time("451022172305Z"),
        spki_der: key.spki(),
        extensions: Vec::new(),
    }
}

/// The `authorityKeyIdentifier` that names an issuer's key.
#[must_use]
pub fn authority_key_id(issuer: &RsaKey) -> Extension {
    Extension::plain(AUTHORITY_KEY_ID, asn1::sequence([asn1::tlv(0x80, key_id(issuer))]))
}

fn key_id(key: &RsaKey) -> Vec<u8> {
    // RFC 5280, section 4.2.1.2, method 1: SHA-1 of the key without its wrapping.
    let inner = asn1::sequence([asn1::unsigned(&key.modulus()), asn1::unsigned(&key.exponent())]);
    Hash::Sha1.digest(&inner)
}

fn distribution_point(product: Product, kind: VekKind) -> Extension {
    let path = if kind == VekKind::Vcek { "vcek" } else { "vlek" };
    let url = format!("https://kdsintf.amd.com/{path}/v1/{}/crl", product.name());
    let point = asn1::explicit(0, asn1::explicit(0, asn1::tlv(0x86, url)));
    Extension::plain(CRL_DISTRIBUTION_POINTS, asn1::sequence([asn1::sequence([point])]))
}

/// `basicConstraints`.
pub const BASIC_CONSTRAINTS: &str = "2.5.29.19";
/// `keyUsage`.
pub const KEY_USAGE: &str = "2.5.29.15";
/// `authorityKeyIdentifier`.
pub const AUTHORITY_KEY_ID: &str = "2.5.29.35";
const SUBJECT_KEY_ID: &str = "2.5.29.14";
const CRL_DISTRIBUTION_POINTS: &str = "2.5.29.31";
