//! Why a policy document was refused.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use crate::json::typed::Fault;
use crate::time::Timestamp;

/// Why a policy document was refused, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyError {
    /// What is wrong.
    pub kind: PolicyErrorKind,
    /// The JSON pointer of the field, or `line L column C` where it is no JSON.
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
    /// A signed policy that none of the given keys signed.
    NotSigned,
    /// A signed policy without the time of issue, expiry or version.
    Unbounded,
    /// A signed policy before its issue or after its expiry.
    OutOfTime {
        /// When it was issued.
        issued: Timestamp,
        /// When it expires.
        expires: Timestamp,
    },
    /// A signed policy of a version below the lowest one taken.
    Rollback {
        /// Its version.
        version: u64,
        /// The lowest version taken.
        minimum: u64,
    },
}

impl PolicyErrorKind {
    /// The error at a place.
    #[must_use]
    pub fn at(self, location: impl Into<String>) -> PolicyError {
        PolicyError { kind: self, location: location.into() }
    }

    /// The same, one address wide: for the rules, each of which may be the one that refuses.
    #[cold]
    #[inline(never)]
    pub(super) fn placed<'t>(self, location: impl Into<Cow<'t, str>>) -> Box<PolicyError> {
        Box::new(self.at(location.into()))
    }
}

impl From<Fault> for PolicyError {
    fn from(fault: Fault) -> Self {
        PolicyErrorKind::Json { reason: fault.reason }.at(fault.location)
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
            PolicyErrorKind::NotSigned => write!(f, "none of the given keys signed this policy"),
            PolicyErrorKind::Unbounded => {
                write!(f, "a signed policy must have `issued`, `expires` and `version`")
            }
            PolicyErrorKind::OutOfTime { issued, expires } => {
                write!(
                    f,
                    "the signed policy is in force from {issued} to {expires} only; ask for a current one"
                )
            }
            PolicyErrorKind::Rollback { version, minimum } => {
                write!(f, "version {version} of the signed policy is older than version {minimum}")
            }
        }
    }
}

impl core::error::Error for PolicyError {}
