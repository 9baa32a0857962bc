//! The only module that names a cryptographic library. Signatures are verified over the bytes that
//! were received, never over bytes that were encoded again.

use p384::ecdsa::signature::hazmat::PrehashVerifier;
use p384::elliptic_curve::point::AffineCoordinates as _;
use rsa::BoxedUint;
use sha2::{Digest, Sha384};

/// SHA-256 of some bytes.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    sha2::Sha256::digest(bytes).into()
}

/// SHA-384 of some bytes.
#[must_use]
pub fn sha384(bytes: &[u8]) -> [u8; 48] {
    Sha384::digest(bytes).into()
}

/// SHA-256 piece by piece.
#[derive(Clone, Default)]
pub struct Sha256(sha2::Sha256);

impl Sha256 {
    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest.
    #[must_use]
    pub fn finish(self) -> [u8; 32] {
        self.0.finalize().into()
    }
}

/// An RSA public key of 2048 to 4096 bits with the exponent 65537.
pub struct RsaKey(rsa::PublicKey);

impl RsaKey {
    /// A key from its modulus and exponent, big-endian without leading zeros. `None` where the
    /// modulus is even or not exactly `bits` long, or the exponent is not 65537.
    #[must_use]
    pub fn new(modulus: &[u8], exponent: &[u8], bits: u32) -> Option<Self> {
        let exact = modulus.len().checked_mul(8) == usize::try_from(bits).ok();
        let top = modulus.first().is_some_and(|byte| byte & 0x80 != 0);
        let odd = modulus.last().is_some_and(|byte| byte & 1 == 1);
        if !(exact && top && odd && exponent == [1, 0, 1]) {
            return None;
        }
        let n = BoxedUint::from_be_slice(modulus, bits).ok()?;
        rsa::PublicKey::new(n, BoxedUint::from(65_537_u32)).ok().map(Self)
    }

    /// RSASSA-PSS with SHA-384, MGF1 with SHA-384, a salt of 48 bytes and trailer 1 (RFC 8017,
    /// section 8.1.2).
    #[must_use]
    pub fn verifies_pss_sha384(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.pss_verify_prehash::<Sha384>(&Sha384::digest(message), signature).is_ok()
    }

    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, section 8.2.2).
    #[must_use]
    pub fn verifies_pkcs1_sha256(&self, message: &[u8], signature: &[u8]) -> bool {
        let hash = sha2::Sha256::digest(message);
        self.0.pkcs1v15_verify_prehash::<sha2::Sha256>(&hash, signature).is_ok()
    }
}

/// A P-384 public key.
pub struct P384Key(p384::ecdsa::VerifyingKey);

impl P384Key {
    /// A key from its uncompressed point: `04`, x, y. `None` where it is not on the curve.
    #[must_use]
    pub fn from_point(point: &[u8]) -> Option<Self> {
        let (x, y) = coordinates::<48>(point)?;
        let point = p384::AffinePoint::from_coordinates(&x.into(), &y.into()).into_option()?;
        p384::ecdsa::VerifyingKey::from_affine(point).ok().map(Self)
    }

    /// ECDSA with SHA-384; `r` and `s` are big-endian. A high `s` is taken: genuine hardware makes
    /// it.
    #[must_use]
    pub fn verifies_sha384(&self, message: &[u8], r: &[u8; 48], s: &[u8; 48]) -> bool {
        p384::ecdsa::Signature::from_scalars(*r, *s)
            .is_ok_and(|signature| self.0.verify_prehash(&Sha384::digest(message), &signature).is_ok())
    }
}

/// A P-256 public key.
pub struct P256Key(p256::ecdsa::VerifyingKey);

impl P256Key {
    /// A key from its uncompressed point: `04`, x, y. `None` where it is not on the curve.
    #[must_use]
    pub fn from_point(point: &[u8]) -> Option<Self> {
        let (x, y) = coordinates::<32>(point)?;
        let point = p256::AffinePoint::from_coordinates(&x.into(), &y.into()).into_option()?;
        p256::ecdsa::VerifyingKey::from_affine(point).ok().map(Self)
    }

    /// ECDSA with SHA-256; `r` and `s` are big-endian. A high `s` is taken: genuine hardware makes
    /// it.
    #[must_use]
    pub fn verifies_sha256(&self, message: &[u8], r: &[u8; 32], s: &[u8; 32]) -> bool {
        p256::ecdsa::Signature::from_scalars(*r, *s)
            .is_ok_and(|signature| self.0.verify_prehash(&sha2::Sha256::digest(message), &signature).is_ok())
    }
}

/// The coordinates of an uncompressed point (SEC 1, section 2.3.4). Read here, since the readers of the
/// libraries bring the square root that compressed points need.
fn coordinates<const N: usize>(point: &[u8]) -> Option<([u8; N], [u8; N])> {
    let (x, y) = point.strip_prefix(&[4])?.split_first_chunk()?;
    Some((*x, y.try_into().ok()?))
}

/// `SEQUENCE { r INTEGER, s INTEGER }` in canonical DER as two big-endian numbers of `N` bytes
/// (RFC 3279, section 2.2.3).
#[must_use]
pub fn ecdsa_scalars<const N: usize>(der: &[u8]) -> Option<([u8; N], [u8; N])> {
    let (r, s) = crate::asn1::two_numbers(der)?;
    Some((left_padded(r)?, left_padded(s)?))
}

fn left_padded<const N: usize>(bytes: &[u8]) -> Option<[u8; N]> {
    let mut padded = [0; N];
    let start = N.checked_sub(bytes.len())?;
    padded.get_mut(start..)?.copy_from_slice(bytes);
    Some(padded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_whole_and_on_the_curve() {
        use p384::elliptic_curve::sec1::ToSec1Point as _;
        let (p256, p384) = (p256::AffinePoint::GENERATOR, p384::AffinePoint::GENERATOR);
        let (p256, p384) = (p256.to_sec1_point(false), p384.to_sec1_point(false));
        let taken =
            |point: &[u8]| (P256Key::from_point(point).is_some(), P384Key::from_point(point).is_some());
        assert_eq!((taken(p256.as_bytes()), taken(p384.as_bytes())), ((true, false), (false, true)));
        for point in [p256.as_bytes(), p384.as_bytes()] {
            for at in 0..point.len() {
                let mut other = point.to_vec();
                other[at] ^= 1;
                assert_eq!(taken(&other), (false, false), "byte {at}");
            }
            assert_eq!(taken(&point[1..]), (false, false));
            assert_eq!(taken(&[point, &[0]].concat()), (false, false));
            assert_eq!(taken(&alloc::vec![0; point.len()]), (false, false));
            assert_eq!(taken(&[&[4][..], &alloc::vec![0; point.len() - 1]].concat()), (false, false));
            assert_eq!(taken(&[&[4][..], &alloc::vec![0xff; point.len() - 1]].concat()), (false, false));
        }
        assert_eq!(taken(&[0]), (false, false));
        assert_eq!(taken(p256::AffinePoint::GENERATOR.to_sec1_point(true).as_bytes()), (false, false));
    }

    #[test]
    fn scalars_are_canonical_and_complete() {
        let scalars = |der: &[u8]| ecdsa_scalars::<2>(der);
        assert_eq!(scalars(&[0x30, 6, 2, 1, 5, 2, 1, 6]), Some(([0, 5], [0, 6])));
        assert_eq!(scalars(&[0x30, 7, 2, 2, 0, 0x80, 2, 1, 6]), Some(([0, 0x80], [0, 6])));
        for wrong in [
            &[0x30, 6, 2, 1, 5, 2, 1, 6, 0][..],
            &[0x30, 7, 2, 1, 5, 2, 2, 0, 6],
            &[0x30, 6, 2, 1, 0x85, 2, 1, 6],
            &[0x30, 9, 2, 1, 5, 2, 1, 6, 2, 1, 7],
            &[0x30, 8, 2, 3, 1, 2, 3, 2, 1, 6],
            &[0x30, 3, 2, 1, 5],
        ] {
            assert_eq!(scalars(wrong), None, "{wrong:?}");
        }
    }
}
