//! Certificates and revocation lists (RFC 5280), read strictly and signed over their received bytes.

mod ec;

use alloc::borrow::Cow;
use alloc::vec::Vec;

use const_oid::ObjectIdentifier;
use der::asn1::{AnyRef, BitStringRef, UintRef};
use der::{Decode, Encode as _, Header, Reader as _, SliceReader};
use x509_cert::TbsCertificate;
use x509_cert::crl::TbsCertList;
use x509_cert::ext::Extension;
use x509_cert::spki::{AlgorithmIdentifierOwned, AlgorithmIdentifierRef, SubjectPublicKeyInfoOwned};

use crate::crypto::{P384Key, RsaKey};
use crate::limits::{CERTIFICATE_BYTES, CRL_BYTES};
use crate::platform::Validity;
use crate::time::Timestamp;

const RSASSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const MGF1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.8");
const SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const SECP384R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");

/// Why a certificate or list can't be read, with the byte position in its DER.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct X509Error {
    /// What is wrong.
    pub kind: X509ErrorKind,
    /// The byte position.
    pub position: u32,
}

/// What is wrong with a certificate or list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum X509ErrorKind {
    /// Larger than it may be.
    TooLarge,
    /// Not canonical DER of the structure.
    Der(der::ErrorKind),
    /// Another encoding than the canonical one, such as a default that is spelt out.
    NotCanonical,
    /// The algorithm inside the signed part is not the one outside.
    AlgorithmMismatch,
    /// A signature that is not a whole number of bytes.
    SignatureBits,
    /// A validity that RFC 3339 can't write, or that ends before it begins.
    Validity,
}

impl core::fmt::Display for X509Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.kind {
            X509ErrorKind::TooLarge => write!(f, "larger than it may be"),
            X509ErrorKind::Der(kind) => write!(f, "not canonical DER: {kind} at DER byte {}", self.position),
            X509ErrorKind::NotCanonical => write!(f, "not the canonical encoding"),
            X509ErrorKind::AlgorithmMismatch => {
                write!(f, "two different signature algorithms inside and outside")
            }
            X509ErrorKind::SignatureBits => write!(f, "a signature that is not a whole number of bytes"),
            X509ErrorKind::Validity => write!(f, "a validity that can't be"),
        }
    }
}

impl core::error::Error for X509Error {}

impl From<der::Error> for X509Error {
    fn from(error: der::Error) -> Self {
        Self { kind: X509ErrorKind::Der(error.kind()), position: error.position().map_or(0, u32::from) }
    }
}

impl X509ErrorKind {
    const fn whole(self) -> X509Error {
        X509Error { kind: self, position: 0 }
    }
}

/// A structure with a signature: `SEQUENCE { tbs, signatureAlgorithm, signature }`.
struct Signed<'a> {
    tbs: Cow<'a, [u8]>,
    algorithm: AlgorithmIdentifierOwned,
    signature: Cow<'a, [u8]>,
}

impl<'a> Signed<'a> {
    fn from_der(der: &'a [u8]) -> Result<Self, X509Error> {
        let mut reader = SliceReader::new(der)?;
        Header::decode(&mut reader)?.tag().assert_eq(der::Tag::Sequence)?;
        let mut body = SliceReader::new(AnyRef::from_der(der)?.value())?;
        let tbs = body.tlv_bytes()?.into();
        let algorithm = AlgorithmIdentifierOwned::decode(&mut body)?;
        let bits = BitStringRef::decode(&mut body)?;
        body.finish()?;
        let signature = bits.as_bytes().ok_or(X509ErrorKind::SignatureBits.whole())?.into();
        Ok(Self { tbs, algorithm, signature })
    }

    fn into_owned(self) -> Signed<'static> {
        let Self { tbs, algorithm, signature } = self;
        Signed { tbs: tbs.into_owned().into(), algorithm, signature: signature.into_owned().into() }
    }
}

/// A certificate whose DER is canonical and complete. Nothing is said of its signature yet.
pub struct Certificate<'a> {
    signed: Signed<'a>,
    tbs: TbsCertificate,
    validity: Validity,
}

impl<'a> Certificate<'a> {
    /// Reads a certificate.
    ///
    /// # Errors
    /// [`X509Error`] where the bytes are not exactly one canonical certificate.
    pub fn from_der(der: &'a [u8]) -> Result<Self, X509Error> {
        if der.len() > CERTIFICATE_BYTES {
            return Err(X509ErrorKind::TooLarge.whole());
        }
        let signed = Signed::from_der(der)?;
        let tbs = TbsCertificate::from_der(&signed.tbs)?;
        // The decoder takes defaults that are spelt out (ITU-T X.690, section 11.5).
        if tbs.to_der()? != *signed.tbs {
            return Err(X509ErrorKind::NotCanonical.whole());
        }
        if *tbs.signature() != signed.algorithm {
            return Err(X509ErrorKind::AlgorithmMismatch.whole());
        }
        let from = Timestamp::from_x509(&tbs.validity().not_before);
        let until = Timestamp::from_x509(&tbs.validity().not_after);
        let validity = match (from, until) {
            (Some(from), Some(until)) if from <= until => Validity::between(from, until),
            _ => return Err(X509ErrorKind::Validity.whole()),
        };
        Ok(Self { signed, tbs, validity })
    }

    /// The same certificate, without the bytes that it was read from.
    #[must_use]
    pub fn into_owned(self) -> Certificate<'static> {
        Certificate { signed: self.signed.into_owned(), tbs: self.tbs, validity: self.validity }
    }

    /// The signed part.
    #[must_use]
    pub fn tbs(&self) -> &TbsCertificate {
        &self.tbs
    }

    /// The validity.
    #[must_use]
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// The extensions.
    #[must_use]
    pub fn extensions(&self) -> &[Extension] {
        self.tbs.extensions().map_or(&[], Vec::as_slice)
    }

    /// The common name of the subject; `None` where there is not exactly one.
    #[must_use]
    pub fn common_name(&self) -> Option<&str> {
        common_name(self.tbs.subject())
    }

    /// The P-384 key; `None` where it is another or not canonical.
    #[must_use]
    pub fn p384_key(&self) -> Option<P384Key> {
        let spki = self.tbs.subject_public_key_info();
        let curve = spki.algorithm.parameters.as_ref()?.decode_as::<ObjectIdentifier>().ok()?;
        if spki.algorithm.oid != EC_PUBLIC_KEY || curve != SECP384R1 {
            return None;
        }
        P384Key::from_point(spki.subject_public_key.as_bytes()?)
    }

    /// The RSA-4096 key; `None` where it is another or not canonical.
    #[must_use]
    pub fn rsa4096_key(&self) -> Option<RsaKey> {
        rsa_key(self.tbs.subject_public_key_info(), 4096)
    }

    /// Whether the signature is RSASSA-PSS with SHA-384 in exactly AMD's parameters.
    #[must_use]
    pub fn is_pss_sha384(&self) -> bool {
        is_pss_sha384(&self.signed.algorithm)
    }

    /// Whether the key signed this certificate, with exactly AMD's parameters.
    #[must_use]
    pub fn is_signed_by(&self, key: &RsaKey) -> bool {
        self.is_pss_sha384() && key.verifies_pss_sha384(&self.signed.tbs, &self.signed.signature)
    }

    /// Whether the certificate may sign certificates: a CA with `keyCertSign`, whose path length
    /// allows `below` more CAs (RFC 5280, sections 4.2.1.3 and 4.2.1.9).
    #[must_use]
    pub fn is_ca(&self, below: u8) -> bool {
        use x509_cert::ext::pkix::{BasicConstraints, KeyUsage};
        let one = |oid| {
            let mut found = self.extensions().iter().filter(move |extension| extension.extn_id == oid);
            found.next().filter(|_| found.next().is_none()).map(|extension| extension.extn_value.as_bytes())
        };
        let constraints = one(BASIC_CONSTRAINTS).and_then(|der| BasicConstraints::from_der(der).ok());
        let usage = one(KEY_USAGE).and_then(|der| KeyUsage::from_der(der).ok());
        constraints
            .is_some_and(|known| known.ca && known.path_len_constraint.is_none_or(|length| length >= below))
            && usage.is_some_and(|usage| usage.key_cert_sign())
    }
}

/// A revocation list whose DER is canonical and complete. Nothing is said of its signature yet.
pub struct RevocationList<'a> {
    signed: Signed<'a>,
    tbs: TbsCertList,
}

impl<'a> RevocationList<'a> {
    /// Reads a revocation list.
    ///
    /// # Errors
    /// [`X509Error`] where the bytes are not exactly one canonical list.
    pub fn from_der(der: &'a [u8]) -> Result<Self, X509Error> {
        if der.len() > CRL_BYTES {
            return Err(X509ErrorKind::TooLarge.whole());
        }
        let signed = Signed::from_der(der)?;
        let tbs = TbsCertList::from_der(&signed.tbs)?;
        if tbs.to_der()? != *signed.tbs {
            return Err(X509ErrorKind::NotCanonical.whole());
        }
        if tbs.signature != signed.algorithm {
            return Err(X509ErrorKind::AlgorithmMismatch.whole());
        }
        Ok(Self { signed, tbs })
    }

    /// The signed part.
    #[must_use]
    pub fn tbs(&self) -> &TbsCertList {
        &self.tbs
    }

    /// Whether the key signed this list, with exactly AMD's parameters.
    #[must_use]
    pub fn is_signed_by(&self, key: &RsaKey) -> bool {
        is_pss_sha384(&self.signed.algorithm)
            && key.verifies_pss_sha384(&self.signed.tbs, &self.signed.signature)
    }
}

/// The one common name in a name.
#[must_use]
pub fn common_name(name: &x509_cert::name::Name) -> Option<&str> {
    const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
    let mut names = name.iter().filter(|attribute| attribute.oid == COMMON_NAME);
    let first = names.next()?;
    if names.next().is_some() {
        return None;
    }
    core::str::from_utf8(first.value.value()).ok()
}

fn rsa_key(spki: &SubjectPublicKeyInfoOwned, bits: u32) -> Option<RsaKey> {
    let null = spki.algorithm.parameters.as_ref()?.is_null();
    if spki.algorithm.oid != RSA_ENCRYPTION || !null {
        return None;
    }
    // RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER } (RFC 8017, A.1.1)
    let sequence = AnyRef::from_der(spki.subject_public_key.as_bytes()?).ok()?;
    sequence
        .sequence(|reader| {
            let modulus = UintRef::decode(reader)?;
            let exponent = UintRef::decode(reader)?;
            Ok::<_, der::Error>(RsaKey::new(modulus.as_bytes(), exponent.as_bytes(), bits))
        })
        .ok()?
}

/// RSASSA-PSS-params with SHA-384, MGF1 with SHA-384, salt 48; trailer 1 absent (its default) or
/// spelt out, as AMD's certificates do (RFC 4055, section 3.1).
fn is_pss_sha384(algorithm: &AlgorithmIdentifierOwned) -> bool {
    let Some(parameters) = algorithm.parameters.as_ref().filter(|_| algorithm.oid == RSASSA_PSS) else {
        return false;
    };
    AnyRef::from(parameters).sequence(pss_parameters).unwrap_or(false)
}

fn pss_parameters(reader: &mut SliceReader<'_>) -> der::Result<bool> {
    use der::TagNumber;
    use der::asn1::ContextSpecific;

    let hash = ContextSpecific::<AlgorithmIdentifierRef<'_>>::decode_explicit(reader, TagNumber(0))?;
    let mask = ContextSpecific::<AlgorithmIdentifierRef<'_>>::decode_explicit(reader, TagNumber(1))?;
    let salt = ContextSpecific::<u32>::decode_explicit(reader, TagNumber(2))?;
    let trailer = ContextSpecific::<u32>::decode_explicit(reader, TagNumber(3))?;
    let (Some(hash), Some(mask), Some(salt)) = (hash, mask, salt) else {
        return Ok(false);
    };
    let mask_hash: Option<AlgorithmIdentifierRef<'_>> =
        mask.value.parameters.and_then(|any| any.decode_as().ok());
    Ok(is_sha384(&hash.value)
        && mask.value.oid == MGF1
        && mask_hash.is_some_and(|inner| is_sha384(&inner))
        && salt.value == 48
        && trailer.is_none_or(|trailer| trailer.value == 1))
}

/// SHA-384 with NULL or absent parameters: RFC 4055, section 2.1, has verifiers take both.
fn is_sha384(algorithm: &AlgorithmIdentifierRef<'_>) -> bool {
    algorithm.oid == SHA384 && algorithm.parameters.is_none_or(|any| any.is_null())
}
