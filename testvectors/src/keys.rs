//! The keys of the software TEE. All of them are public: see `keys/README.md`.

use std::convert::Infallible;
use std::sync::LazyLock;

use p384::ecdsa::SigningKey;
use rsa::BoxedUint;
use rsa::pkcs8::DecodePrivateKey as _;
use rsa::rand_core::{TryCryptoRng, TryRng};
use rsa::traits::PublicKeyParts as _;
use sha2::{Digest as _, Sha384};

use crate::asn1;

/// An RSA key that signs whatever it is given.
pub struct RsaKey {
    private: rsa::PrivateKey,
}

impl RsaKey {
    fn from_pem(pem: &str) -> Self {
        Self { private: rsa::PrivateKey::from_pkcs8_pem(pem).unwrap() }
    }

    /// The modulus, big-endian without leading zeros.
    #[must_use]
    pub fn modulus(&self) -> Vec<u8> {
        self.private.n().to_be_bytes().to_vec()
    }

    /// The public exponent, big-endian without leading zeros.
    #[must_use]
    pub fn exponent(&self) -> Vec<u8> {
        self.private.e().to_be_bytes().iter().copied().skip_while(|byte| *byte == 0).collect()
    }

    /// The length of a signature in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.modulus().len()
    }

    /// RSASP1 of RFC 8017, section 5.2.1, over an encoded message of the modulus' size.
    #[must_use]
    pub fn raw(&self, encoded: &[u8]) -> Vec<u8> {
        let bits = u32::try_from(self.size() * 8).unwrap();
        let message = BoxedUint::from_be_slice(encoded, bits).unwrap();
        rsa::hazmat::rsa_decrypt(None::<&mut NoRng>, &self.private, &message).unwrap().to_be_bytes().to_vec()
    }

    /// The key as SubjectPublicKeyInfo.
    #[must_use]
    pub fn spki(&self) -> Vec<u8> {
        rsa_spki(&self.modulus(), &self.exponent())
    }
}

/// An RSA key as SubjectPublicKeyInfo (RFC 8017, A.1.1).
#[must_use]
pub fn rsa_spki(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let key = asn1::sequence([asn1::unsigned(modulus), asn1::unsigned(exponent)]);
    let algorithm = asn1::sequence([asn1::oid("1.2.840.113549.1.1.1"), asn1::null()]);
    asn1::sequence([algorithm, asn1::bit_string(&key)])
}

/// A P-384 key that a processor would hold.
#[derive(Clone)]
pub struct EcKey(SigningKey);

impl EcKey {
    /// The key with this name: its scalar is SHA-384 of the name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let scalar = Sha384::digest(format!("kettle test vectors, P-384 key: {name}"));
        Self(SigningKey::from_slice(&scalar).unwrap())
    }

    /// ECDSA with SHA-384 and the nonce of RFC 6979: r and s, big-endian.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> ([u8; 48], [u8; 48]) {
        use p384::ecdsa::signature::hazmat::PrehashSigner as _;
        let signature: p384::ecdsa::Signature = self.0.sign_prehash(&Sha384::digest(message)).unwrap();
        let (r, s) = signature.split_bytes();
        (r.into(), s.into())
    }

    /// The public point: `04`, x, y.
    #[must_use]
    pub fn point(&self) -> Vec<u8> {
        self.0.verifying_key().to_sec1_point(false).as_bytes().to_vec()
    }

    /// The key as SubjectPublicKeyInfo.
    #[must_use]
    pub fn spki(&self) -> Vec<u8> {
        ec_spki("1.3.132.0.34", &self.point())
    }
}

/// An elliptic-curve key as SubjectPublicKeyInfo (RFC 5480, section 2).
#[must_use]
pub fn ec_spki(curve: &str, point: &[u8]) -> Vec<u8> {
    let algorithm = asn1::sequence([asn1::oid("1.2.840.10045.2.1"), asn1::oid(curve)]);
    asn1::sequence([algorithm, asn1::bit_string(point)])
}

/// n - s, big-endian: the other half of an ECDSA signature, which verifies as well.
#[must_use]
pub fn negate_p384(s: &[u8; 48]) -> [u8; 48] {
    let mut out = P384_ORDER;
    let mut borrow = 0_i32;
    for index in (0..48).rev() {
        let difference = i32::from(P384_ORDER[index]) - i32::from(s[index]) - borrow;
        borrow = i32::from(difference < 0);
        out[index] = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    out
}

/// The order of P-384 (SEC 2, section 2.5.1), big-endian.
pub const P384_ORDER: [u8; 48] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf, 0x58, 0x1a,
    0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73,
];

/// No randomness: a signature over the same bytes is the same on every run.
enum NoRng {}

impl TryRng for NoRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        match *self {}
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        match *self {}
    }

    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Infallible> {
        match *self {}
    }
}

impl TryCryptoRng for NoRng {}

macro_rules! keys {
    ($($(#[$meta:meta])* $name:ident = $file:literal;)*) => {
        $(
            $(#[$meta])*
            pub static $name: LazyLock<RsaKey> =
                LazyLock::new(|| RsaKey::from_pem(include_str!(concat!("../keys/", $file, ".pem"))));
        )*
    };
}

keys! {
    /// Root of the Milan chain.
    MILAN_ARK = "milan-ark";
    /// Signs Milan's VCEKs.
    MILAN_ASK = "milan-ask";
    /// Signs Milan's VLEKs.
    MILAN_ASVK = "milan-asvk";
    /// Root of the Genoa chain.
    GENOA_ARK = "genoa-ark";
    /// Signs Genoa's VCEKs.
    GENOA_ASK = "genoa-ask";
    /// Signs Genoa's VLEKs.
    GENOA_ASVK = "genoa-asvk";
    /// Root of the Turin chain.
    TURIN_ARK = "turin-ark";
    /// Signs Turin's VCEKs.
    TURIN_ASK = "turin-ask";
    /// Signs Turin's VLEKs.
    TURIN_ASVK = "turin-asvk";
    /// An attacker's root.
    ROGUE_ARK = "rogue-ark";
    /// An attacker's signing key.
    ROGUE_ASK = "rogue-ask";
    /// Attestation key of the vTPM.
    AK = "ak";
    /// Attestation key of another machine's vTPM.
    AK_OTHER = "ak-other";
    /// A key with the exponent 3.
    AK_E3 = "ak-e3";
    /// A key of 1024 bits.
    AK_1024 = "ak-1024";
}
