//! What a document holds.

use alloc::borrow::Cow;
use alloc::vec::Vec;
use core::fmt;

/// A JSON value; members keep the order of the file. Texts without escapes are borrowed from it.
///
/// ```
/// use kettle_verifier_core::json;
/// let value = json::parse(br#"{"name": "rg", "size": 3}"#, 100).unwrap();
/// assert_eq!(value.get("name").and_then(json::Value::as_str), Some("rg"));
/// assert_eq!(value.get("size").and_then(json::Value::as_u64), Some(3));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Value<'a>>),
    /// An object, in the order of the file; no name comes twice.
    Object(Vec<Member<'a>>),
}

/// A name and its value in an object.
pub type Member<'a> = (Cow<'a, str>, Value<'a>);

/// A JSON number. One with a fraction or an exponent is never a whole number, whatever its value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// A whole number without sign.
    Unsigned(u64),
    /// A whole number below zero.
    Negative(i64),
    /// Any other: a fraction, an exponent, negative zero, or too large for 64 bits.
    Real(f64),
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsigned(value) => value.fmt(f),
            Self::Negative(value) => value.fmt(f),
            Self::Real(value) => fmt::Debug::fmt(value, f),
        }
    }
}

impl<'a> Value<'a> {
    /// The member of an object.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.as_object()?.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The members of an object.
    #[must_use]
    pub fn as_object(&self) -> Option<&[Member<'a>]> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The elements of an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// The boolean.
    #[must_use]
    pub const fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The number, where it is a whole one without sign, fraction or exponent.
    #[must_use]
    pub const fn as_u64(&self) -> Option<u64> {
        match self {
            Self::Number(Number::Unsigned(value)) => Some(*value),
            _ => None,
        }
    }

    /// What kind of value it is, for a sentence.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a text",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }
}
