//! Extensions, and the ones of RFC 5280 that a profile looks at.

use alloc::vec::Vec;
use core::ops::Range;

use const_oid::ObjectIdentifier;
use der::Tag;

use super::X509Error;
use crate::asn1::{Cursor, Fault, context, unsigned};

pub(super) const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
pub(super) const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");
pub(super) const SUBJECT_KEY_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.14");
pub(super) const AUTHORITY_KEY_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.35");

/// One extension (RFC 5280, section 4.1.2.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extension<'d> {
    /// Which one it is.
    pub oid: ObjectIdentifier,
    /// Whether a verifier that does not know it has to refuse.
    pub critical: bool,
    /// The contents of `extnValue`.
    pub value: &'d [u8],
}

impl<'d> Extension<'d> {
    /// The id that an `AuthorityKeyIdentifier` has (RFC 5280, section 4.2.1.1).
    ///
    /// # Errors
    /// [`X509Error`] where the contents are another structure.
    pub fn authority_key_id(&self) -> Result<Option<&'d [u8]>, X509Error> {
        Ok(authority_key_id(self.value)?)
    }
}

/// An extension as a place in the bytes of its document.
pub(super) struct Placed {
    pub(super) oid: ObjectIdentifier,
    pub(super) critical: bool,
    pub(super) value: Range<usize>,
}

/// `Extensions ::= SEQUENCE OF SEQUENCE { extnID, critical BOOLEAN DEFAULT FALSE, extnValue OCTET STRING }`.
/// A default that is spelt out is not canonical (ITU-T X.690, section 11.5).
pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Vec<Placed>, Fault> {
    let mut list = cursor.sequence()?;
    let mut found = Vec::new();
    while !list.is_finished() {
        let mut fields = list.sequence()?;
        let oid = fields.oid()?;
        let critical = match fields.maybe(Tag::Boolean)? {
            Some(element) if element.boolean()? => true,
            Some(element) => return Err(Fault::new(element.tag.non_canonical_error(), element.span().start)),
            None => false,
        };
        let value = fields.one(Tag::OctetString)?.span();
        fields.finish()?;
        found.push(Placed { oid, critical, value });
    }
    Ok(found)
}

/// The one that has this id; `None` where there is none or more than one.
pub(super) fn one<'d>(
    mut extensions: impl Iterator<Item = Extension<'d>>,
    oid: ObjectIdentifier,
) -> Option<Extension<'d>> {
    let found = extensions.find(|extension| extension.oid == oid)?;
    extensions.all(|extension| extension.oid != oid).then_some(found)
}

/// What basic constraints say of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Constraints {
    pub(super) ca: bool,
    /// How many CAs may be below it; `None` where any number may.
    pub(super) path_length: Option<u8>,
}

impl Constraints {
    /// `BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER (0..MAX) OPTIONAL }`
    /// (RFC 5280, section 4.2.1.9). A default that is spelt out is taken.
    pub(super) fn read(der: &[u8]) -> Result<Option<Self>, Fault> {
        let mut document = Cursor::new(der)?;
        let mut fields = document.sequence()?;
        document.finish()?;
        let ca = fields.maybe(Tag::Boolean)?.map_or(Ok(false), |element| element.boolean())?;
        let length = fields.maybe(Tag::Integer)?.map(|element| element.integer()).transpose()?;
        fields.finish()?;
        let path_length = match length.map(unsigned) {
            None => None,
            Some(Some([length])) => Some(*length),
            Some(_) => return Ok(None),
        };
        Ok(Some(Self { ca, path_length }))
    }
}

/// The two uses of a key that a profile looks at (RFC 5280, section 4.2.1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Usage {
    /// `digitalSignature`, bit 0.
    pub(super) signs_data: bool,
    /// `keyCertSign`, bit 5.
    pub(super) signs_certificates: bool,
}

impl Usage {
    /// A BIT STRING of the nine named bits.
    pub(super) fn read(der: &[u8]) -> Result<Option<Self>, Fault> {
        let mut document = Cursor::new(der)?;
        let element = document.one(Tag::BitString)?;
        document.finish()?;
        element.bits()?;
        Ok(match element.value {
            [_, first] | [7, first, _] => {
                Some(Self { signs_data: first & 0x80 != 0, signs_certificates: first & 0x04 != 0 })
            }
            _ => None,
        })
    }
}

/// `SubjectKeyIdentifier ::= OCTET STRING` (RFC 5280, section 4.2.1.2).
pub(super) fn subject_key_id(der: &[u8]) -> Result<&[u8], Fault> {
    let mut document = Cursor::new(der)?;
    let id = document.one(Tag::OctetString)?.value;
    document.finish()?;
    Ok(id)
}

/// The id in `AuthorityKeyIdentifier ::= SEQUENCE { [0] keyIdentifier OPTIONAL, [1] authorityCertIssuer OPTIONAL,
/// [2] authorityCertSerialNumber OPTIONAL }` (RFC 5280, section 4.2.1.1).
pub(super) fn authority_key_id(der: &[u8]) -> Result<Option<&[u8]>, Fault> {
    let mut document = Cursor::new(der)?;
    let mut fields = document.sequence()?;
    document.finish()?;
    let id = fields.maybe(context(0, false))?.map(|element| element.value);
    fields.maybe(context(1, true))?;
    fields.maybe(context(2, false))?.map(|element| element.integer()).transpose()?;
    fields.finish()?;
    Ok(id)
}
