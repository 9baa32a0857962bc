//! Revocation lists (RFC 5280, section 5).

use alloc::vec::Vec;
use core::ops::Range;

use der::{ErrorKind, Tag};

use super::extension::{self, Extension, Placed};
use super::signed::Signed;
use super::{X509Error, X509ErrorKind, algorithm, name};
use crate::asn1::{Cursor, Fault};
use crate::crypto::{P256Key, RsaKey};
use crate::limits::{CRL_BYTES, SERIAL_BYTES};
use crate::time::Timestamp;

/// A revocation list whose DER is canonical and complete. Nothing is said of its signature yet.
pub struct RevocationList<'d> {
    signed: Signed<'d>,
    parts: Parts,
}

/// What the signed part has, as places in the list's bytes.
struct Parts {
    algorithm: Range<usize>,
    issuer: Range<usize>,
    this_update: Option<Timestamp>,
    next_update: Option<Timestamp>,
    entries: Vec<Entry>,
    extensions: Vec<Placed>,
}

/// A certificate that is revoked.
struct Entry {
    serial: Range<usize>,
    critical: bool,
}

impl<'d> RevocationList<'d> {
    /// Reads a revocation list.
    ///
    /// # Errors
    /// [`X509Error`] where the bytes are not exactly one canonical list.
    pub fn from_der(der: &'d [u8]) -> Result<Self, X509Error> {
        if der.len() > CRL_BYTES {
            return Err(X509ErrorKind::TooLarge.whole());
        }
        let (signed, tbs) = Signed::read(der)?;
        let parts = Parts::read(tbs)?;
        signed.agrees(&parts.algorithm)?;
        Ok(Self { signed, parts })
    }

    /// The DER of the issuer's name.
    #[must_use]
    pub fn issuer(&self) -> &[u8] {
        self.signed.at(&self.parts.issuer)
    }

    /// When the list was made; `None` where RFC 3339 can't write it.
    #[must_use]
    pub fn this_update(&self) -> Option<Timestamp> {
        self.parts.this_update
    }

    /// When the next one is due; `None` where the list does not say.
    #[must_use]
    pub fn next_update(&self) -> Option<Timestamp> {
        self.parts.next_update
    }

    /// The octets of the serial numbers that are revoked.
    #[must_use]
    pub fn revoked(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.parts.entries.iter().map(|entry| self.signed.at(&entry.serial))
    }

    /// Whether an entry has a critical extension. An indirect list names its issuers in one (section 5.3.3).
    #[must_use]
    pub fn has_critical_entries(&self) -> bool {
        self.parts.entries.iter().any(|entry| entry.critical)
    }

    /// The list's own extensions.
    pub fn extensions(&self) -> impl Iterator<Item = Extension<'_>> {
        self.parts.extensions.iter().map(|placed| Extension {
            oid: placed.oid,
            critical: placed.critical,
            value: self.signed.at(&placed.value),
        })
    }

    /// The id of the key that signed the list, as the list gives it.
    #[must_use]
    pub fn authority_key_id(&self) -> Option<&[u8]> {
        let found = extension::one(self.extensions(), extension::AUTHORITY_KEY_ID)?;
        extension::authority_key_id(found.value).ok()?
    }

    /// Whether the key signed this list, with exactly AMD's parameters.
    #[must_use]
    pub fn is_signed_by(&self, key: &RsaKey) -> bool {
        self.signed.is_signed_by_rsa(key)
    }

    /// Whether the signature is ECDSA with SHA-256 and the key made it.
    #[must_use]
    pub fn is_signed_by_p256(&self, key: &P256Key) -> bool {
        self.signed.is_signed_by_p256(key)
    }
}

impl Parts {
    /// `TBSCertList` (RFC 5280, section 5.1).
    fn read(mut tbs: Cursor<'_>) -> Result<Self, Fault> {
        // The number of version 2. Those of version 1 have no extensions, and no vendor makes them.
        let version = tbs.one(Tag::Integer)?;
        if version.integer()? != [1] {
            return Err(version.malformed());
        }
        let algorithm = algorithm::element(&mut tbs)?.whole();
        let issuer = name::read(&mut tbs)?.whole();
        let this_update = tbs.time()?;
        let next_update = match tbs.maybe(Tag::UtcTime)? {
            Some(time) => time.time()?,
            None => tbs.maybe(Tag::GeneralizedTime)?.map_or(Ok(None), |time| time.time())?,
        };
        let entries = match tbs.maybe(Tag::Sequence)? {
            Some(list) => entries(list.contents()?)?,
            None => Vec::new(),
        };
        let extensions = match tbs.explicit(0)? {
            Some(mut list) => {
                let found = extension::read(&mut list)?;
                list.finish()?;
                found
            }
            None => Vec::new(),
        };
        tbs.finish()?;
        Ok(Self { algorithm, issuer, this_update, next_update, entries, extensions })
    }
}

/// `SEQUENCE OF SEQUENCE { userCertificate, revocationDate, crlEntryExtensions OPTIONAL }`
fn entries(mut list: Cursor<'_>) -> Result<Vec<Entry>, Fault> {
    let mut found = Vec::new();
    while !list.is_finished() {
        let mut fields = list.sequence()?;
        let serial = fields.one(Tag::Integer)?;
        if serial.integer()?.len() > SERIAL_BYTES {
            return Err(Fault::new(ErrorKind::Overlength, serial.span().start));
        }
        fields.time()?;
        let extensions = if fields.is_finished() { Vec::new() } else { extension::read(&mut fields)? };
        fields.finish()?;
        let critical = extensions.iter().any(|extension| extension.critical);
        found.push(Entry { serial: serial.span(), critical });
    }
    Ok(found)
}
