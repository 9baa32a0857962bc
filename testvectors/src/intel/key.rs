//! P-256 keys, named as the others are: see `keys/README.md`.

use p256::ecdsa::SigningKey;
use sha2::{Digest as _, Sha256};

use crate::asn1;
use crate::keys::ec_spki;

/// A P-256 key that signs whatever it is given.
#[derive(Clone)]
pub struct P256Key(SigningKey);

impl P256Key {
    /// The key with this name: its scalar is SHA-256 of the name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let scalar = Sha256::digest(format!("kettle test vectors, P-256 key: {name}"));
        Self(SigningKey::from_slice(&scalar).unwrap())
    }

    /// ECDSA with SHA-256 and the nonce of RFC 6979: r and s, big-endian.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        use p256::ecdsa::signature::hazmat::PrehashSigner as _;
        let signature: p256::ecdsa::Signature = self.0.sign_prehash(&Sha256::digest(message)).unwrap();
        signature.to_bytes().into()
    }

    /// The same signature as DER.
    #[must_use]
    pub fn sign_der(&self, message: &[u8]) -> Vec<u8> {
        let signature = self.sign(message);
        asn1::sequence([asn1::unsigned(&signature[..32]), asn1::unsigned(&signature[32..])])
    }

    /// x and y.
    #[must_use]
    pub fn point(&self) -> [u8; 64] {
        self.0.verifying_key().to_sec1_point(false).as_bytes()[1..].try_into().unwrap()
    }

    /// The key as SubjectPublicKeyInfo.
    #[must_use]
    pub fn spki(&self) -> Vec<u8> {
        ec_spki("1.2.840.10045.3.1.7", &[&[4], self.point().as_slice()].concat())
    }
}

/// n - s, big-endian: the other half of a signature, which verifies as well.
#[must_use]
pub fn negate(s: &[u8]) -> Vec<u8> {
    let mut out = ORDER;
    let mut borrow = 0_i32;
    for index in (0..32).rev() {
        let difference = i32::from(ORDER[index]) - i32::from(s[index]) - borrow;
        borrow = i32::from(difference < 0);
        out[index] = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    out.to_vec()
}

/// The order of P-256 (SEC 2, section 2.4.2), big-endian.
pub const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
    0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];
