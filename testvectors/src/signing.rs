//! RSA signatures with every parameter open, so that a wrong one is as easy to make as a right one
//! (RFC 8017). The salt of a PSS signature is derived from the message: minting is repeatable.

use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384};

use crate::asn1;
use crate::keys::RsaKey;

/// A hash function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
}

impl Hash {
    /// The digest of some bytes.
    #[must_use]
    pub fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => Sha1::digest(bytes).to_vec(),
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
        }
    }

    /// The AlgorithmIdentifier with NULL parameters.
    #[must_use]
    pub fn algorithm(self) -> Vec<u8> {
        let oid = match self {
            Self::Sha1 => "1.3.14.3.2.26",
            Self::Sha256 => "2.16.840.1.101.3.4.2.1",
            Self::Sha384 => "2.16.840.1.101.3.4.2.2",
        };
        asn1::sequence([asn1::oid(oid), asn1::null()])
    }
}

/// How a certificate or list is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// RSASSA-PSS.
    Pss {
        /// The hash of the message.
        hash: Hash,
        /// The hash of the mask generation function.
        mask: Hash,
        /// The length of the salt in bytes.
        salt: u8,
        /// The trailer field that the parameters name; 1 is the only one there is.
        trailer: Option<u8>,
    },
    /// RSASSA-PKCS1-v1_5.
    Pkcs1(Hash),
}

impl Scheme {
    /// What AMD uses: PSS, SHA-384, MGF1 with SHA-384, salt 48, trailer spelt out.
    pub const AMD: Self = Self::Pss { hash: Hash::Sha384, mask: Hash::Sha384, salt: 48, trailer: Some(1) };

    /// The AlgorithmIdentifier (RFC 4055, section 3.1).
    #[must_use]
    pub fn algorithm(self) -> Vec<u8> {
        match self {
            Self::Pss { hash, mask, salt, trailer } => {
                let mgf = asn1::sequence([asn1::oid("1.2.840.113549.1.1.8"), mask.algorithm()]);
                let parameters = asn1::sequence([
                    asn1::explicit(0, hash.algorithm()),
                    asn1::explicit(1, mgf),
                    asn1::explicit(2, asn1::unsigned(&[salt])),
                    trailer.map(|field| asn1::explicit(3, asn1::unsigned(&[field]))).unwrap_or_default(),
                ]);
                asn1::sequence([asn1::oid(RSASSA_PSS), parameters])
            }
            Self::Pkcs1(hash) => {
                let oid = match hash {
                    Hash::Sha1 => "1.2.840.113549.1.1.5",
                    Hash::Sha256 => "1.2.840.113549.1.1.11",
                    Hash::Sha384 => "1.2.840.113549.1.1.12",
                };
                asn1::sequence([asn1::oid(oid), asn1::null()])
            }
        }
    }

    /// The signature over a message.
    #[must_use]
    pub fn sign(self, key: &RsaKey, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Pss { hash, mask, salt, .. } => key.raw(&emsa_pss(key.size(), message, hash, mask, salt)),
            Self::Pkcs1(hash) => key.raw(&emsa_pkcs1(key.size(), &digest_info(hash, message))),
        }
    }
}

/// The OID of RSASSA-PSS.
pub const RSASSA_PSS: &str = "1.2.840.113549.1.1.10";

/// EMSA-PSS of RFC 8017, section 9.1.1, for a modulus of a whole number of bytes.
fn emsa_pss(size: usize, message: &[u8], hash: Hash, mask: Hash, salt: u8) -> Vec<u8> {
    let seed = Sha384::digest([b"kettle test vectors, salt: ".as_slice(), message].concat());
    let salt = &seed[..usize::from(salt)];
    let digest = hash.digest(message);
    let h = hash.digest(&[&[0; 8], digest.as_slice(), salt].concat());
    let mut db = vec![0; size - h.len() - 1 - salt.len() - 1];
    db.push(1);
    db.extend_from_slice(salt);
    for (byte, mask) in db.iter_mut().zip(mgf1(mask, &h, size - h.len() - 1)) {
        *byte ^= mask;
    }
    db[0] &= 0x7f;
    [db.as_slice(), &h, &[0xbc]].concat()
}

fn mgf1(hash: Hash, seed: &[u8], length: usize) -> Vec<u8> {
    let blocks = (0_u32..).map(|counter| hash.digest(&[seed, &counter.to_be_bytes()].concat()));
    blocks.flatten().take(length).collect()
}

/// The DigestInfo of a message (RFC 8017, section 9.2).
#[must_use]
pub fn digest_info(hash: Hash, message: &[u8]) -> Vec<u8> {
    asn1::sequence([hash.algorithm(), asn1::octet_string(hash.digest(message))])
}

/// EMSA-PKCS1-v1_5 of RFC 8017, section 9.2, around any DigestInfo.
#[must_use]
pub fn emsa_pkcs1(size: usize, digest_info: &[u8]) -> Vec<u8> {
    let padding = vec![0xff; size - digest_info.len() - 3];
    [&[0, 1], padding.as_slice(), &[0], digest_info].concat()
}
