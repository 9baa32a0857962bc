//! A walk over canonical DER (ITU-T X.690), element by element, with the crate `der` underneath.
//!
//! The structures that a verifier meets are few, and nearly all of their bytes are compared or hashed
//! as they stand. So they are walked where they lie, each rule of the canonical form checked on the
//! way, in place of being decoded into a tree and encoded again to see whether the bytes come out the
//! same. `der` reads tags and lengths, and refuses what is not minimal or not definite.

use alloc::boxed::Box;
use core::ops::Range;

use const_oid::ObjectIdentifier;
use der::asn1::{GeneralizedTime, UtcTime};
use der::{Decode as _, ErrorKind, Header, Reader as _, SliceReader, Tag, TagNumber};

use crate::time::Timestamp;

/// Why a walk stopped, and at which byte of the document. Behind one address, since every element may be
/// the last, and what isn't there is moved like what is.
pub(crate) struct Fault(Box<(ErrorKind, usize)>);

impl Fault {
    #[cold]
    #[inline(never)]
    pub(crate) fn new(kind: ErrorKind, position: usize) -> Self {
        Self(Box::new((kind, position)))
    }

    pub(crate) fn kind(&self) -> ErrorKind {
        self.0.0
    }

    pub(crate) fn position(&self) -> usize {
        self.0.1
    }
}

/// One element.
#[derive(Clone, Copy)]
pub(crate) struct Element<'d> {
    /// Its tag.
    pub(crate) tag: Tag,
    /// Its contents.
    pub(crate) value: &'d [u8],
    /// Where the element begins in the document, and where its contents do.
    start: usize,
    body: usize,
}

/// A place between two elements.
pub(crate) struct Cursor<'d> {
    reader: SliceReader<'d>,
    /// Where the bytes of this cursor end in the document.
    end: usize,
}

impl<'d> Cursor<'d> {
    /// At the beginning of a document.
    pub(crate) fn new(document: &'d [u8]) -> Result<Self, Fault> {
        Self::of(document, 0)
    }

    fn of(bytes: &'d [u8], start: usize) -> Result<Self, Fault> {
        let reader = SliceReader::new(bytes).map_err(|error| Fault::new(error.kind(), start))?;
        Ok(Self { reader, end: start.saturating_add(bytes.len()) })
    }

    /// The byte of the document that comes next.
    pub(crate) fn position(&self) -> usize {
        let left = usize::try_from(self.reader.remaining_len()).unwrap_or_default();
        self.end.saturating_sub(left)
    }

    pub(crate) fn is_finished(&self) -> bool {
        self.reader.is_finished()
    }

    /// Nothing is left.
    pub(crate) fn finish(self) -> Result<(), Fault> {
        let position = self.position();
        self.reader.finish().map_err(|error| Fault::new(error.kind(), position))
    }

    /// The next element, whatever it is.
    pub(crate) fn next(&mut self) -> Result<Element<'d>, Fault> {
        let start = self.position();
        let fault = |error: der::Error| Fault::new(error.kind(), start);
        let header = Header::decode(&mut self.reader).map_err(fault)?;
        let body = self.position();
        let value = self.reader.read_slice(header.length()).map_err(fault)?;
        Ok(Element { tag: header.tag(), value, start, body })
    }

    /// The next element, which has this tag.
    pub(crate) fn one(&mut self, tag: Tag) -> Result<Element<'d>, Fault> {
        let element = self.next()?;
        element.tag.assert_eq(tag).map_err(|error| Fault::new(error.kind(), element.start))?;
        Ok(element)
    }

    /// The next element where it has this tag.
    pub(crate) fn maybe(&mut self, tag: Tag) -> Result<Option<Element<'d>>, Fault> {
        let next = Tag::peek(&self.reader);
        let there =
            !self.is_finished() && next.map_err(|error| Fault::new(error.kind(), self.position()))? == tag;
        if there { self.one(tag).map(Some) } else { Ok(None) }
    }

    /// Into the next element, which has this tag.
    pub(crate) fn into(&mut self, tag: Tag) -> Result<Self, Fault> {
        self.one(tag)?.contents()
    }

    /// What the context-specific constructed tag with this number contains, where it is next.
    pub(crate) fn explicit(&mut self, number: u32) -> Result<Option<Self>, Fault> {
        self.maybe(context(number, true))?.map(Element::contents).transpose()
    }

    /// Into the next sequence.
    pub(crate) fn sequence(&mut self) -> Result<Self, Fault> {
        self.into(Tag::Sequence)
    }

    /// An OBJECT IDENTIFIER.
    pub(crate) fn oid(&mut self) -> Result<ObjectIdentifier, Fault> {
        self.one(Tag::ObjectIdentifier)?.oid()
    }

    /// The octets of a minimal INTEGER, as they stand.
    pub(crate) fn integer(&mut self) -> Result<&'d [u8], Fault> {
        self.one(Tag::Integer)?.integer()
    }

    /// A UTCTime or a GeneralizedTime, the two forms of X.509's `Time`.
    pub(crate) fn time(&mut self) -> Result<Option<Timestamp>, Fault> {
        self.next()?.time()
    }
}

/// A context-specific tag.
pub(crate) const fn context(number: u32, constructed: bool) -> Tag {
    Tag::ContextSpecific { constructed, number: TagNumber(number) }
}

impl<'d> Element<'d> {
    /// Where the contents lie in the document.
    pub(crate) fn span(&self) -> Range<usize> {
        self.body..self.body.saturating_add(self.value.len())
    }

    /// Where the element lies in the document.
    pub(crate) fn whole(&self) -> Range<usize> {
        self.start..self.body.saturating_add(self.value.len())
    }

    /// The bytes of a place of the document that lies in the element.
    pub(crate) fn part(&self, place: Range<usize>) -> &'d [u8] {
        let inside = place.start.saturating_sub(self.body)..place.end.saturating_sub(self.body);
        self.value.get(inside).unwrap_or_default()
    }

    /// Into the element.
    pub(crate) fn contents(self) -> Result<Cursor<'d>, Fault> {
        Cursor::of(self.value, self.body)
    }

    /// The fault of contents that their tag does not allow.
    pub(crate) fn malformed(&self) -> Fault {
        Fault::new(self.tag.value_error(), self.body)
    }

    fn not_canonical(&self) -> Fault {
        Fault::new(self.tag.non_canonical_error(), self.body)
    }

    /// An OBJECT IDENTIFIER. No arc begins with an octet that adds nothing to it (section 8.19.2), which the
    /// library leaves to its users: a name would have two spellings, and the second of two extensions of one
    /// kind could hide behind the other one.
    pub(crate) fn oid(&self) -> Result<ObjectIdentifier, Fault> {
        let before = core::iter::once(&0).chain(self.value);
        if before.zip(self.value).any(|(before, octet)| *before < 0x80 && *octet == 0x80) {
            return Err(self.not_canonical());
        }
        ObjectIdentifier::from_bytes(self.value).map_err(|_| Fault::new(ErrorKind::OidMalformed, self.body))
    }

    /// The octets of an INTEGER without an octet too many (section 8.3.2).
    pub(crate) fn integer(&self) -> Result<&'d [u8], Fault> {
        match self.value {
            [] => Err(self.malformed()),
            [0, next, ..] if *next < 0x80 => Err(self.not_canonical()),
            [0xff, next, ..] if *next >= 0x80 => Err(self.not_canonical()),
            octets => Ok(octets),
        }
    }

    /// A BOOLEAN, all of whose bits are the same (section 11.1).
    pub(crate) fn boolean(&self) -> Result<bool, Fault> {
        match self.value {
            [0] => Ok(false),
            [0xff] => Ok(true),
            _ => Err(self.not_canonical()),
        }
    }

    /// The octets of a BIT STRING that fills them; `None` where bits of the last one are unused.
    pub(crate) fn bits(&self) -> Result<Option<&'d [u8]>, Fault> {
        match self.value.split_first() {
            Some((0, octets)) => Ok(Some(octets)),
            Some((unused, [.., last])) if *unused < 8 => {
                // The bits that are not used are zero (section 11.2.1).
                let spare = u8::MAX.checked_shr(u32::from(8_u8.saturating_sub(*unused))).unwrap_or_default();
                if last & spare == 0 { Ok(None) } else { Err(self.malformed()) }
            }
            _ => Err(self.malformed()),
        }
    }

    /// A time; `None` where RFC 3339 can't write it. Through the year 2049 a time is a UTCTime (RFC 5280,
    /// sections 4.1.2.5 and 5.1.2.4).
    pub(crate) fn time(&self) -> Result<Option<Timestamp>, Fault> {
        let fault = |error: der::Error| Fault::new(error.kind(), self.body);
        let header = Header::new(self.tag, der::Length::try_from(self.value.len()).map_err(fault)?);
        let mut reader = SliceReader::new(self.value).map_err(fault)?;
        let since = match self.tag {
            Tag::UtcTime => <UtcTime as der::DecodeValue>::decode_value(&mut reader, header)
                .map_err(fault)?
                .to_unix_duration(),
            Tag::GeneralizedTime => <GeneralizedTime as der::DecodeValue>::decode_value(&mut reader, header)
                .map_err(fault)?
                .to_unix_duration(),
            _ => return Err(Fault::new(self.tag.unexpected_error(None), self.start)),
        };
        if self.tag == Tag::GeneralizedTime && since.as_secs() < YEAR_2050 {
            return Err(self.not_canonical());
        }
        Ok(Timestamp::from_unix(since.as_secs()))
    }
}

/// The two numbers of `SEQUENCE { INTEGER, INTEGER }` without their signs' zero octets; `None` where
/// the bytes are anything else, or one of them is negative.
pub(crate) fn two_numbers(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut document = Cursor::new(der).ok()?;
    let mut numbers = document.sequence().ok()?;
    let pair = (unsigned(numbers.integer().ok()?)?, unsigned(numbers.integer().ok()?)?);
    numbers.finish().ok()?;
    document.finish().ok()?;
    Some(pair)
}

/// A number that is not negative, without the zero octet of its sign.
pub(crate) fn unsigned(integer: &[u8]) -> Option<&[u8]> {
    match integer {
        [0] => Some(integer),
        [0, octets @ ..] => Some(octets),
        [first, ..] if *first < 0x80 => Some(integer),
        _ => None,
    }
}

/// 2050-01-01T00:00:00Z, which a UTCTime can't say.
const YEAR_2050: u64 = 2_524_608_000;
