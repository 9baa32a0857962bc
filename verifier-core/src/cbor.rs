//! Strict CBOR (RFC 8949) with byte positions, over `minicbor`.
//!
//! What attestation documents need and nothing more: integers, byte strings, texts, arrays, maps,
//! booleans and null. Tags, floats, `undefined` and other simple values are refused, and so are a key
//! that comes twice, keys that are neither integers nor texts, reserved additional information,
//! pieces of the wrong kind in a string of indefinite length, and bytes after the document. Depth and
//! number of values are bounded before anything is allocated for them.
//!
//! Arrays, maps and strings of indefinite length are read: genuine Nitro documents have them. Longer
//! encodings of a length than need be are read too: the signature is over the received bytes, and two
//! keys are compared by value.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use minicbor::Decoder;
use minicbor::data::Type;

use crate::limits::{CBOR_DEPTH, CBOR_ITEMS};

#[cfg(test)]
mod tests;

/// A CBOR value; map entries keep the order of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    /// An integer of major type 0 or 1.
    Integer(i128),
    /// A byte string.
    Bytes(Cow<'a, [u8]>),
    /// A text.
    Text(Cow<'a, str>),
    /// An array.
    Array(Vec<Self>),
    /// A map; no key comes twice.
    Map(Vec<Entry<'a>>),
    /// A boolean.
    Bool(bool),
    /// Null.
    Null,
}

/// A key and its value in a map.
pub type Entry<'a> = (Value<'a>, Value<'a>);

/// Why bytes are not one strict CBOR value, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CborError {
    /// What is wrong.
    pub kind: CborErrorKind,
    /// The byte position, counted from zero.
    pub position: usize,
}

/// What is wrong with a CBOR value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CborErrorKind {
    /// Not well-formed: cut off, reserved additional information, a length beyond the end, invalid
    /// UTF-8.
    Malformed,
    /// A break where no indefinite length is open, or between a key and its value.
    Break,
    /// A piece of a string of indefinite length that is of another kind or of indefinite length
    /// itself.
    Chunk,
    /// A kind of value that no known document has.
    Unsupported,
    /// A map key that is neither an integer nor a text.
    Key,
    /// A key that the map has already.
    DuplicateKey,
    /// Nested deeper than it may be.
    TooDeep,
    /// More values than there may be.
    TooManyItems,
    /// Bytes after the value.
    Trailing,
}

impl CborErrorKind {
    /// The error at a position.
    #[must_use]
    pub const fn at(self, position: usize) -> CborError {
        CborError { kind: self, position }
    }
}

impl fmt::Display for CborError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self.kind {
            CborErrorKind::Malformed => "the CBOR is not well-formed",
            CborErrorKind::Break => "a break stands where none may be",
            CborErrorKind::Chunk => "a piece of a string is of another kind",
            CborErrorKind::Unsupported => "a tag, a float or another value that no document has",
            CborErrorKind::Key => "a map key is neither an integer nor a text",
            CborErrorKind::DuplicateKey => "the map has this key already",
            CborErrorKind::TooDeep => "values are nested deeper than they may be",
            CborErrorKind::TooManyItems => "there are more values than there may be",
            CborErrorKind::Trailing => "there are bytes after the value",
        };
        write!(f, "{text} at byte {}", self.position)
    }
}

impl core::error::Error for CborError {}

impl<'a> Value<'a> {
    /// The byte string.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The text.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The entries of a map.
    #[must_use]
    pub fn as_map(&self) -> Option<&[Entry<'a>]> {
        match self {
            Self::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// What kind of value it is, for a sentence.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Integer(_) => "an integer",
            Self::Bytes(_) => "a byte string",
            Self::Text(_) => "a text",
            Self::Array(_) => "an array",
            Self::Map(_) => "a map",
            Self::Bool(_) => "a boolean",
            Self::Null => "null",
        }
    }
}

/// Reads bytes that are exactly one value.
///
/// ```
/// use kettle_verifier_core::cbor::{self, Value};
/// assert_eq!(cbor::parse(&[0x38, 0x22]), Ok(Value::Integer(-35)));
/// assert!(cbor::parse(&[0x38, 0x22, 0x00]).is_err());
/// ```
///
/// # Errors
/// [`CborError`] with the byte position.
pub fn parse(bytes: &[u8]) -> Result<Value<'_>, CborError> {
    let mut reader = Reader { decoder: Decoder::new(bytes), items: 0 };
    let value = reader.value(0)?;
    match reader.position() {
        end if end == bytes.len() => Ok(value),
        end => Err(CborErrorKind::Trailing.at(end)),
    }
}

struct Reader<'a> {
    decoder: Decoder<'a>,
    items: usize,
}

impl<'a> Reader<'a> {
    fn position(&self) -> usize {
        self.decoder.position()
    }

    /// The type of the next value, counted against the bound.
    fn kind(&mut self) -> Result<Type, CborError> {
        let at = self.position();
        self.items = self.items.saturating_add(1);
        if self.items > CBOR_ITEMS {
            return Err(CborErrorKind::TooManyItems.at(at));
        }
        self.decoder.datatype().map_err(|_| CborErrorKind::Malformed.at(at))
    }

    /// Reads with the library; whatever it refuses is malformed.
    fn read<T>(
        &mut self,
        read: impl FnOnce(&mut Decoder<'a>) -> Result<T, minicbor::decode::Error>,
    ) -> Result<T, CborError> {
        let at = self.position();
        read(&mut self.decoder).map_err(|_| CborErrorKind::Malformed.at(at))
    }

    fn value(&mut self, depth: usize) -> Result<Value<'a>, CborError> {
        let at = self.position();
        if depth > CBOR_DEPTH {
            return Err(CborErrorKind::TooDeep.at(at));
        }
        let below = depth.saturating_add(1);
        match self.kind()? {
            Type::U8
            | Type::U16
            | Type::U32
            | Type::U64
            | Type::I8
            | Type::I16
            | Type::I32
            | Type::I64
            | Type::Int => self.read(Decoder::int).map(|value| Value::Integer(value.into())),
            Type::Bytes => self.read(Decoder::bytes).map(|bytes| Value::Bytes(Cow::Borrowed(bytes))),
            Type::String => self.read(Decoder::str).map(|text| Value::Text(Cow::Borrowed(text))),
            Type::BytesIndef => self.byte_pieces(),
            Type::StringIndef => self.text_pieces(),
            Type::Array | Type::ArrayIndef => self.array(below),
            Type::Map | Type::MapIndef => self.map(below),
            Type::Bool => self.read(Decoder::bool).map(Value::Bool),
            Type::Null => self.read(Decoder::null).map(|()| Value::Null),
            Type::Break => Err(CborErrorKind::Break.at(at)),
            Type::Unknown(_) => Err(CborErrorKind::Malformed.at(at)),
            _ => Err(CborErrorKind::Unsupported.at(at)),
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value<'a>, CborError> {
        let mut left = self.read(Decoder::array)?;
        let mut values = Vec::new();
        while self.more(&mut left)? {
            values.push(self.value(depth)?);
        }
        Ok(Value::Array(values))
    }

    fn map(&mut self, depth: usize) -> Result<Value<'a>, CborError> {
        let mut left = self.read(Decoder::map)?;
        let mut entries: Vec<Entry<'a>> = Vec::new();
        while self.more(&mut left)? {
            let at = self.position();
            let key = self.value(depth)?;
            if !matches!(key, Value::Integer(_) | Value::Text(_)) {
                return Err(CborErrorKind::Key.at(at));
            }
            if entries.iter().any(|(known, _)| *known == key) {
                return Err(CborErrorKind::DuplicateKey.at(at));
            }
            entries.push((key, self.value(depth)?));
        }
        Ok(Value::Map(entries))
    }

    /// Whether another element follows: by the count that was read, or up to the break.
    fn more(&mut self, left: &mut Option<u64>) -> Result<bool, CborError> {
        match left {
            Some(count) => {
                let more = *count > 0;
                *count = count.saturating_sub(1);
                Ok(more)
            }
            None => Ok(!self.at_break()?),
        }
    }

    /// Whether a break comes next; it is then taken.
    fn at_break(&mut self) -> Result<bool, CborError> {
        let at = self.position();
        let kind = self.decoder.datatype().map_err(|_| CborErrorKind::Malformed.at(at))?;
        if kind == Type::Break {
            self.decoder.set_position(at.saturating_add(1));
        }
        Ok(kind == Type::Break)
    }

    fn byte_pieces(&mut self) -> Result<Value<'a>, CborError> {
        let mut whole = Vec::new();
        self.pieces(Type::Bytes, |reader| {
            whole.extend_from_slice(reader.read(Decoder::bytes)?);
            Ok(())
        })?;
        Ok(Value::Bytes(Cow::Owned(whole)))
    }

    fn text_pieces(&mut self) -> Result<Value<'a>, CborError> {
        let mut whole = String::new();
        self.pieces(Type::String, |reader| {
            whole.push_str(reader.read(Decoder::str)?);
            Ok(())
        })?;
        Ok(Value::Text(Cow::Owned(whole)))
    }

    /// The pieces of a string of indefinite length: each of the string's own kind and of definite
    /// length (RFC 8949, section 3.2.3).
    fn pieces(
        &mut self,
        kind: Type,
        mut piece: impl FnMut(&mut Self) -> Result<(), CborError>,
    ) -> Result<(), CborError> {
        self.decoder.set_position(self.position().saturating_add(1));
        while !self.at_break()? {
            let at = self.position();
            if self.kind()? != kind {
                return Err(CborErrorKind::Chunk.at(at));
            }
            piece(self)?;
        }
        Ok(())
    }
}
