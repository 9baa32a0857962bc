//! Why a policy document was refused.

use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;

/// Why a policy document was refused, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyError {
    /// What is wrong.
    pub kind: PolicyErrorKind,
    /// The JSON pointer of the field, or `line L column C` for a syntax error.
    pub location: String,
}

/// What is wrong with a policy document.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyErrorKind {
    /// The document is larger than it may be.
    TooLarge {
        /// The bound in bytes.
        limit: usize,
    },
    /// Not strict JSON of the schema.
    Json {
        /// What the JSON reader says.
        reason: String,
    },
    /// Another schema than [`super::SCHEMA`].
    Schema,
    /// A list that is there but empty, so that its rule could never hold.
    Empty,
    /// A value that is not what the field takes.
    Value {
        /// What the field takes.
        expected: &'static str,
    },
    /// The same id twice.
    Duplicate,
    /// A check id that does not exist.
    UnknownCheck,
    /// A check that may not be waived.
    NotWaivable,
    /// A platform label that does not exist.
    UnknownPlatform,
}

impl PolicyErrorKind {
    /// The error at a place.
    #[must_use]
    pub fn at(self, location: impl Into<String>) -> PolicyError {
        PolicyError { kind: self, location: location.into() }
    }
}

impl PolicyError {
    pub(crate) fn from_json(error: &serde_json::Error) -> Self {
        let location = format!("line {} column {}", error.line(), error.column());
        let text = error.to_string();
        let reason = text.split(" at line ").next().unwrap_or_default().into();
        PolicyErrorKind::Json { reason }.at(location)
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.location.is_empty() {
            write!(f, "at `{}`: ", self.location)?;
        }
        match &self.kind {
            PolicyErrorKind::TooLarge { limit } => write!(f, "larger than {limit} bytes"),
            PolicyErrorKind::Json { reason } => write!(f, "{reason}"),
            PolicyErrorKind::Schema => write!(f, "the schema must be `{}`", super::SCHEMA),
            PolicyErrorKind::Empty => {
                write!(
                    f,
                    "the list is empty, so the rule could never hold; leave the field out or name something"
                )
            }
            PolicyErrorKind::Value { expected } => write!(f, "expected {expected}"),
            PolicyErrorKind::Duplicate => write!(f, "the same id is there twice"),
            PolicyErrorKind::UnknownCheck => {
                write!(f, "no check has this id; `kettle-verify checks` lists them")
            }
            PolicyErrorKind::NotWaivable => write!(f, "this check can never be waived"),
            PolicyErrorKind::UnknownPlatform => write!(f, "no platform has this label"),
        }
    }
}

impl core::error::Error for PolicyError {}
