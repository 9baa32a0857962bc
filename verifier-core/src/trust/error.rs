//! Why a trust-root file was refused.

use alloc::string::String;
use core::fmt;

use crate::json::typed::Fault;

/// Why a trust-root file was refused, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustError {
    /// What is wrong.
    pub kind: TrustErrorKind,
    /// The JSON pointer of the field, or `line L column C` where it is no JSON.
    pub location: String,
}

/// What is wrong with a trust-root file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TrustErrorKind {
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
    /// No roots: there is no state in which nothing is trusted and everything passes.
    Empty,
    /// A value that is not what the field takes.
    Value {
        /// What the field takes.
        expected: &'static str,
    },
    /// A certificate that can't be read.
    Certificate {
        /// What the certificate reader says.
        reason: String,
    },
    /// A certificate that may not sign certificates of this depth.
    NotCa,
    /// A certificate whose signature does not verify under the one above it.
    Signature,
}

impl TrustErrorKind {
    /// The error at a place.
    #[must_use]
    pub fn at(self, location: impl Into<String>) -> TrustError {
        TrustError { kind: self, location: location.into() }
    }
}

impl From<Fault> for TrustError {
    fn from(fault: Fault) -> Self {
        TrustErrorKind::Json { reason: fault.reason }.at(fault.location)
    }
}

impl fmt::Display for TrustError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.location.is_empty() {
            write!(f, "at `{}`: ", self.location)?;
        }
        match &self.kind {
            TrustErrorKind::TooLarge { limit } => write!(f, "larger than {limit} bytes"),
            TrustErrorKind::Json { reason } => write!(f, "{reason}"),
            TrustErrorKind::Schema => write!(f, "the schema must be `{}`", super::SCHEMA),
            TrustErrorKind::Empty => write!(f, "there are no roots; name at least one"),
            TrustErrorKind::Value { expected } => write!(f, "expected {expected}"),
            TrustErrorKind::Certificate { reason } => write!(f, "the certificate can't be read: {reason}"),
            TrustErrorKind::NotCa => {
                write!(
                    f,
                    "the certificate may not sign certificates: it must be a CA with keyCertSign and a path length that allows it"
                )
            }
            TrustErrorKind::Signature => {
                write!(f, "the certificate is not signed by the root with the vendor's algorithm")
            }
        }
    }
}

impl core::error::Error for TrustError {}
