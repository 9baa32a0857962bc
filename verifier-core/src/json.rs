//! Strict JSON (RFC 8259) with byte positions.
//!
//! Stricter than most readers, since two readers of one document must never see two things: a name
//! that comes twice in an object (after its escapes are resolved), a byte order mark, bytes after
//! the document, lone surrogates, invalid UTF-8 and anything beyond the bounds are errors.

pub(crate) mod print;
mod read;
mod tokens;
pub(crate) mod typed;

mod value;

pub use read::parse;
pub(crate) use tokens::{Shape, tokens};
pub use value::{Member, Number, Value};

use core::fmt;

/// Why bytes are not one strict JSON document, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JsonError {
    /// What is wrong.
    pub kind: JsonErrorKind,
    /// The byte position, counted from zero.
    pub position: usize,
}

/// What is wrong with a JSON document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum JsonErrorKind {
    /// Larger than it may be.
    TooLarge {
        /// The most bytes that are read.
        limit: usize,
    },
    /// A byte order mark at the beginning.
    ByteOrderMark,
    /// Bytes that are no UTF-8.
    Utf8,
    /// The document ends within a value, or holds none.
    End,
    /// Bytes after the document.
    Trailing,
    /// A byte that JSON does not allow in this place.
    Syntax,
    /// An escape that stands for no character: unknown, cut off, or half a surrogate pair.
    Escape,
    /// A control character within a text that is not escaped.
    Control,
    /// A number that JSON does not allow, or that is larger than any that can be held.
    Number,
    /// A name that the object has already.
    DuplicateName,
    /// Nested deeper than it may be.
    TooDeep {
        /// The most levels that are read.
        limit: usize,
    },
    /// More values than there may be.
    TooManyValues {
        /// The most values that are read.
        limit: usize,
    },
}

impl JsonErrorKind {
    /// The error at a position.
    #[must_use]
    pub const fn at(self, position: usize) -> JsonError {
        JsonError { kind: self, position }
    }
}

impl fmt::Display for JsonErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { limit } => write!(f, "the document is larger than {limit} bytes"),
            Self::ByteOrderMark => f.write_str("the document begins with a byte order mark"),
            Self::Utf8 => f.write_str("the bytes are no UTF-8"),
            Self::End => f.write_str("the document ends before its value does"),
            Self::Trailing => f.write_str("there are bytes after the document"),
            Self::Syntax => f.write_str("this byte is not allowed here"),
            Self::Escape => f.write_str("the escape stands for no character"),
            Self::Control => f.write_str("a control character in a text is not escaped"),
            Self::Number => f.write_str("the number is malformed or too large"),
            Self::DuplicateName => f.write_str("the object has this name already"),
            Self::TooDeep { limit } => write!(f, "values are nested deeper than {limit}"),
            Self::TooManyValues { limit } => write!(f, "there are more than {limit} values"),
        }
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.kind, self.position)
    }
}

impl core::error::Error for JsonError {}
