//! Algorithm identifiers and public keys.

use const_oid::ObjectIdentifier;
use der::Tag;

use crate::asn1::{Cursor, Element, Fault, two_numbers};
use crate::crypto::{P256Key, P384Key, RsaKey};

pub(super) const ECDSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
pub(super) const ECDSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");
const RSASSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const MGF1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.8");
const SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const SECP256R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const SECP384R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");

/// `AlgorithmIdentifier ::= SEQUENCE { algorithm OBJECT IDENTIFIER, parameters ANY OPTIONAL }`
/// (RFC 5280, section 4.1.1.2).
struct Algorithm<'d> {
    oid: ObjectIdentifier,
    parameters: Option<Element<'d>>,
}

impl<'d> Algorithm<'d> {
    fn of(element: Element<'d>) -> Result<Self, Fault> {
        let mut fields = element.contents()?;
        let oid = fields.oid()?;
        let parameters = if fields.is_finished() { None } else { Some(fields.next()?) };
        fields.finish()?;
        Ok(Self { oid, parameters })
    }

    fn read(cursor: &mut Cursor<'d>) -> Result<Self, Fault> {
        Self::of(cursor.one(Tag::Sequence)?)
    }

    /// SHA-384 with NULL or absent parameters: RFC 4055, section 2.1, has verifiers take both.
    fn is_sha384(&self) -> bool {
        self.oid == SHA384 && self.parameters.is_none_or(is_null)
    }
}

fn is_null(element: Element<'_>) -> bool {
    element.tag == Tag::Null && element.value.is_empty()
}

/// An algorithm identifier that can be read, as it stands.
pub(super) fn element<'d>(cursor: &mut Cursor<'d>) -> Result<Element<'d>, Fault> {
    let element = cursor.one(Tag::Sequence)?;
    Algorithm::of(element)?;
    Ok(element)
}

fn whole<'d>(der: &'d [u8]) -> Result<Algorithm<'d>, Fault> {
    let mut document = Cursor::new(der)?;
    let algorithm = Algorithm::read(&mut document)?;
    document.finish()?;
    Ok(algorithm)
}

/// Whether this is the algorithm, without parameters: those of ECDSA are absent (RFC 5758, section 3.2).
pub(super) fn is_bare(der: &[u8], oid: ObjectIdentifier) -> bool {
    whole(der).is_ok_and(|algorithm| algorithm.oid == oid && algorithm.parameters.is_none())
}

/// RSASSA-PSS-params with SHA-384, MGF1 with SHA-384, salt 48; trailer 1 absent (its default) or
/// spelt out, as AMD's certificates do (RFC 4055, section 3.1).
pub(super) fn is_pss_sha384(der: &[u8]) -> bool {
    let Ok(Algorithm { oid: RSASSA_PSS, parameters: Some(parameters) }) = whole(der) else {
        return false;
    };
    parameters.tag == Tag::Sequence && parameters.contents().and_then(pss_parameters).unwrap_or(false)
}

fn pss_parameters(mut fields: Cursor<'_>) -> Result<bool, Fault> {
    let (hash, mask, salt) = (fields.explicit(0)?, fields.explicit(1)?, fields.explicit(2)?);
    let trailer = fields.explicit(3)?;
    fields.finish()?;
    let (Some(mut hash), Some(mut mask), Some(salt)) = (hash, mask, salt) else {
        return Ok(false);
    };
    let (hash_algorithm, mask_algorithm) = (Algorithm::read(&mut hash)?, Algorithm::read(&mut mask)?);
    hash.finish()?;
    mask.finish()?;
    let inner = mask_algorithm.parameters.filter(|inner| inner.tag == Tag::Sequence);
    let inner = inner.map(Algorithm::of).transpose()?;
    Ok(hash_algorithm.is_sha384()
        && mask_algorithm.oid == MGF1
        && inner.is_some_and(|inner| inner.is_sha384())
        && is_number(salt, 48)?
        && trailer.map_or(Ok(true), |trailer| is_number(trailer, 1))?)
}

fn is_number(mut field: Cursor<'_>, number: u8) -> Result<bool, Fault> {
    let found = field.integer()?;
    field.finish()?;
    Ok(found == [number])
}

/// `SubjectPublicKeyInfo ::= SEQUENCE { algorithm, subjectPublicKey BIT STRING }` (RFC 5280, section 4.1.2.7).
pub(crate) struct PublicKeyInfo<'d> {
    algorithm: Algorithm<'d>,
    /// `None` where its bits don't fill its octets.
    key: Option<&'d [u8]>,
}

impl<'d> PublicKeyInfo<'d> {
    /// Reads what lies in the element.
    pub(super) fn of(element: Element<'d>) -> Result<Self, Fault> {
        let mut fields = element.contents()?;
        let algorithm = Algorithm::read(&mut fields)?;
        let key = fields.one(Tag::BitString)?.bits()?;
        fields.finish()?;
        Ok(Self { algorithm, key })
    }

    /// Reads a key that is a document of its own.
    pub(crate) fn from_der(der: &'d [u8]) -> Option<Self> {
        let mut document = Cursor::new(der).ok()?;
        let element = document.one(Tag::Sequence).ok()?;
        document.finish().ok()?;
        Self::of(element).ok()
    }

    /// The P-256 key; `None` where it is another or not on the curve.
    pub(crate) fn p256(&self) -> Option<P256Key> {
        self.point(SECP256R1).and_then(P256Key::from_point)
    }

    /// The P-384 key; `None` where it is another or not on the curve.
    pub(crate) fn p384(&self) -> Option<P384Key> {
        self.point(SECP384R1).and_then(P384Key::from_point)
    }

    /// The point of a key on a named curve (RFC 5480, section 2.1.1).
    fn point(&self, curve: ObjectIdentifier) -> Option<&'d [u8]> {
        let named = self.algorithm.parameters.filter(|named| named.tag == Tag::ObjectIdentifier)?;
        let holds = self.algorithm.oid == EC_PUBLIC_KEY && named.oid().ok()? == curve;
        self.key.filter(|_| holds)
    }

    /// The RSA key of so many bits; `None` where it is another or not canonical.
    pub(super) fn rsa(&self, bits: u32) -> Option<RsaKey> {
        let null = self.algorithm.parameters.is_some_and(is_null);
        if self.algorithm.oid != RSA_ENCRYPTION || !null {
            return None;
        }
        // RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER } (RFC 8017, A.1.1)
        let (modulus, exponent) = two_numbers(self.key?)?;
        RsaKey::new(modulus, exponent, bits)
    }
}
