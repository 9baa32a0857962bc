//! Distinguished names, which are compared byte for byte.

use const_oid::ObjectIdentifier;
use der::{ErrorKind, Tag};

use crate::asn1::{Cursor, Element, Fault};

const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

/// `Name ::= SEQUENCE OF SET OF SEQUENCE { type OBJECT IDENTIFIER, value ANY }`, canonical: the members of
/// a set don't descend (RFC 5280, section 4.1.2.4; ITU-T X.690, section 11.6).
pub(super) fn read<'d>(cursor: &mut Cursor<'d>) -> Result<Element<'d>, Fault> {
    let name = cursor.one(Tag::Sequence)?;
    visit(name, |_, _| ())?;
    Ok(name)
}

/// Hands every attribute of a name to `each`.
fn visit<'d>(name: Element<'d>, mut each: impl FnMut(ObjectIdentifier, &'d [u8])) -> Result<(), Fault> {
    let mut names = name.contents()?;
    while !names.is_finished() {
        let set = names.one(Tag::Set)?;
        let mut members = set.contents()?;
        let mut last = 0..0;
        while !members.is_finished() {
            let member = members.one(Tag::Sequence)?;
            let mut fields = member.contents()?;
            let (oid, value) = (fields.oid()?, fields.next()?);
            fields.finish()?;
            let order = |place: core::ops::Range<usize>| name.part(place);
            if !last.is_empty() && order(last) > order(member.whole()) {
                return Err(Fault::new(ErrorKind::SetOrdering, member.whole().start));
            }
            last = member.whole();
            each(oid, value.value);
        }
    }
    Ok(())
}

/// Whether a name has no attributes.
#[must_use]
pub(crate) fn is_empty(name: &[u8]) -> bool {
    !matches!(name, [_, length, ..] if *length > 0)
}

/// The one common name in a name; `None` where there is none or more than one.
#[must_use]
pub(crate) fn common_name(name: &[u8]) -> Option<&str> {
    let mut document = Cursor::new(name).ok()?;
    let element = document.one(Tag::Sequence).ok()?;
    let (mut found, mut more) = (None, false);
    visit(element, |oid, value| {
        if oid == COMMON_NAME {
            more |= found.is_some();
            found = Some(value);
        }
    })
    .ok()?;
    found.filter(|_| !more).and_then(|value| core::str::from_utf8(value).ok())
}
