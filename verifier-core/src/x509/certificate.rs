//! Certificates (RFC 5280, section 4).

use alloc::vec::Vec;
use core::ops::Range;

use const_oid::ObjectIdentifier;
use der::{ErrorKind, Tag};

use super::algorithm::{self, PublicKeyInfo};
use super::extension::{self, Constraints, Extension, Placed, Usage};
use super::signed::Signed;
use super::{X509Error, X509ErrorKind, name};
use crate::asn1::{Cursor, Fault, context};
use crate::crypto::{P256Key, P384Key, RsaKey};
use crate::limits::{CERTIFICATE_BYTES, SERIAL_BYTES};
use crate::platform::Validity;
use crate::time::Timestamp;

/// A certificate whose DER is canonical and complete. Nothing is said of its signature yet.
pub struct Certificate<'d> {
    signed: Signed<'d>,
    parts: Parts,
    validity: Validity,
}

/// What the signed part has, as places in the certificate's bytes.
struct Parts {
    serial: Range<usize>,
    algorithm: Range<usize>,
    issuer: Range<usize>,
    subject: Range<usize>,
    key: Range<usize>,
    extensions: Vec<Placed>,
}

impl<'d> Certificate<'d> {
    /// Reads a certificate.
    ///
    /// # Errors
    /// [`X509Error`] where the bytes are not exactly one canonical certificate.
    pub fn from_der(der: &'d [u8]) -> Result<Self, X509Error> {
        if der.len() > CERTIFICATE_BYTES {
            return Err(X509ErrorKind::TooLarge.whole());
        }
        let (signed, tbs) = Signed::read(der)?;
        let (parts, times) = Parts::read(tbs)?;
        signed.agrees(&parts.algorithm)?;
        let validity = match times {
            (Some(from), Some(until)) if from <= until => Validity::between(from, until),
            _ => return Err(X509ErrorKind::Validity.whole()),
        };
        Ok(Self { signed, parts, validity })
    }

    /// The same certificate, with bytes of its own.
    #[must_use]
    pub fn into_owned(self) -> Certificate<'static> {
        Certificate { signed: self.signed.into_owned(), parts: self.parts, validity: self.validity }
    }

    /// The validity.
    #[must_use]
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// The octets of the serial number.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        self.signed.at(&self.parts.serial)
    }

    /// The DER of the issuer's name.
    #[must_use]
    pub fn issuer(&self) -> &[u8] {
        self.signed.at(&self.parts.issuer)
    }

    /// The DER of the subject's name.
    #[must_use]
    pub fn subject(&self) -> &[u8] {
        self.signed.at(&self.parts.subject)
    }

    /// The common name of the subject; `None` where there is not exactly one.
    #[must_use]
    pub fn common_name(&self) -> Option<&str> {
        name::common_name(self.subject())
    }

    /// The extensions.
    pub fn extensions(&self) -> impl Iterator<Item = Extension<'_>> {
        self.parts.extensions.iter().map(|placed| Extension {
            oid: placed.oid,
            critical: placed.critical,
            value: self.signed.at(&placed.value),
        })
    }

    /// The one extension of this kind; `None` where there is none or more than one.
    #[must_use]
    pub fn extension(&self, oid: ObjectIdentifier) -> Option<Extension<'_>> {
        extension::one(self.extensions(), oid)
    }

    fn key(&self) -> Option<PublicKeyInfo<'_>> {
        PublicKeyInfo::from_der(self.signed.at(&self.parts.key))
    }

    /// The P-256 key; `None` where it is another or not on the curve.
    #[must_use]
    pub fn p256_key(&self) -> Option<P256Key> {
        self.key()?.p256()
    }

    /// The P-384 key; `None` where it is another or not on the curve.
    #[must_use]
    pub fn p384_key(&self) -> Option<P384Key> {
        self.key()?.p384()
    }

    /// The RSA-4096 key; `None` where it is another or not canonical.
    #[must_use]
    pub fn rsa4096_key(&self) -> Option<RsaKey> {
        self.key()?.rsa(4096)
    }

    /// Whether the signature is RSASSA-PSS with SHA-384 in exactly AMD's parameters.
    #[must_use]
    pub fn is_pss_sha384(&self) -> bool {
        self.signed.is_pss_sha384()
    }

    /// Whether the key signed this certificate, with exactly AMD's parameters.
    #[must_use]
    pub fn is_signed_by(&self, key: &RsaKey) -> bool {
        self.signed.is_signed_by_rsa(key)
    }

    /// Whether the signature is ECDSA with SHA-256 and the key made it.
    #[must_use]
    pub fn is_signed_by_p256(&self, key: &P256Key) -> bool {
        self.signed.is_signed_by_p256(key)
    }

    /// Whether the signature is ECDSA with SHA-384 and the key made it.
    #[must_use]
    pub fn is_signed_by_p384(&self, key: &P384Key) -> bool {
        self.signed.is_signed_by_p384(key)
    }

    fn profile(&self) -> Option<(Constraints, Usage)> {
        let value = |oid| self.extension(oid).map(|extension| extension.value);
        let constraints = Constraints::read(value(extension::BASIC_CONSTRAINTS)?).ok()??;
        let usage = Usage::read(value(extension::KEY_USAGE)?).ok()??;
        Some((constraints, usage))
    }

    /// Whether the certificate may sign certificates: a CA with `keyCertSign`, whose path length
    /// allows `below` more CAs (RFC 5280, sections 4.2.1.3 and 4.2.1.9).
    #[must_use]
    pub fn is_ca(&self, below: u8) -> bool {
        self.profile().is_some_and(|(constraints, usage)| {
            constraints.ca
                && constraints.path_length.is_none_or(|length| length >= below)
                && usage.signs_certificates
        })
    }

    /// Whether the certificate says that it is no CA and that its key signs data and no certificates
    /// (RFC 5280, sections 4.2.1.3 and 4.2.1.9).
    #[must_use]
    pub fn is_signing_leaf(&self) -> bool {
        self.profile().is_some_and(|(constraints, usage)| {
            !constraints.ca && usage.signs_data && !usage.signs_certificates
        })
    }

    /// Whether the certificate has no critical extension beside basic constraints and key usage.
    #[must_use]
    pub fn has_known_critical_extensions(&self) -> bool {
        let known = [extension::BASIC_CONSTRAINTS, extension::KEY_USAGE];
        self.extensions().all(|extension| !extension.critical || known.contains(&extension.oid))
    }

    /// The id of the certificate's own key.
    #[must_use]
    pub fn subject_key_id(&self) -> Option<&[u8]> {
        extension::subject_key_id(self.extension(extension::SUBJECT_KEY_ID)?.value).ok()
    }

    /// The id of the key that signed the certificate, as the certificate gives it.
    #[must_use]
    pub fn authority_key_id(&self) -> Option<&[u8]> {
        extension::authority_key_id(self.extension(extension::AUTHORITY_KEY_ID)?.value).ok()?
    }
}

type Times = (Option<Timestamp>, Option<Timestamp>);

impl Parts {
    /// `TBSCertificate` (RFC 5280, section 4.1).
    fn read(mut tbs: Cursor<'_>) -> Result<(Self, Times), Fault> {
        version(&mut tbs)?;
        let serial = tbs.one(Tag::Integer)?;
        if serial.integer()?.len() > SERIAL_BYTES {
            return Err(Fault::new(ErrorKind::Overlength, serial.span().start));
        }
        let algorithm = algorithm::element(&mut tbs)?.whole();
        let issuer = name::read(&mut tbs)?.whole();
        let mut validity = tbs.sequence()?;
        let times = (validity.time()?, validity.time()?);
        validity.finish()?;
        let subject = name::read(&mut tbs)?.whole();
        let key = tbs.one(Tag::Sequence)?;
        PublicKeyInfo::of(key)?;
        for number in [1, 2] {
            // The unique identifiers of issuer and subject, which nothing looks at.
            tbs.maybe(context(number, false))?.map(|element| element.bits()).transpose()?;
        }
        let extensions = match tbs.explicit(3)? {
            Some(mut list) => {
                let found = extension::read(&mut list)?;
                list.finish()?;
                found
            }
            None => Vec::new(),
        };
        tbs.finish()?;
        let (serial, key) = (serial.span(), key.whole());
        Ok((Self { serial, algorithm, issuer, subject, key, extensions }, times))
    }
}

/// `[0] EXPLICIT INTEGER DEFAULT v1`: 1 and 2 are v2 and v3, and v1 is not spelt out.
fn version(tbs: &mut Cursor<'_>) -> Result<(), Fault> {
    let Some(mut field) = tbs.explicit(0)? else { return Ok(()) };
    let version = field.one(Tag::Integer)?;
    field.finish()?;
    match version.integer()? {
        [1 | 2] => Ok(()),
        [0] => Err(Fault::new(version.tag.non_canonical_error(), version.span().start)),
        _ => Err(version.malformed()),
    }
}
