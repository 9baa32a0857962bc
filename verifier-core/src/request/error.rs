//! Why a request was refused.

use alloc::string::{String, ToString as _};
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::policy::PolicyError;
use crate::trust::TrustError;

/// Why a request was refused: a mistake of whoever asks, and never of the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestError {
    /// Which part of the request is wrong. Codes keep their meaning.
    pub code: RequestErrorCode,
    /// The place in that part: a JSON pointer, `line L column C`, a field; empty where it is the whole.
    pub location: String,
    /// What is wrong, and what is taken, in words.
    pub message: String,
}

/// Which part of a request is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RequestErrorCode {
    /// The policy.
    Policy,
    /// The trust-root file.
    TrustRoot,
    /// A key that signs policies.
    PolicyKey,
    /// The time of appraisal.
    Now,
    /// The demanded nonce.
    Nonce,
    /// The demanded source.
    Source,
    /// A document of the request itself.
    Document,
    /// Something that has no meaning for what is appraised. It would read as obeyed.
    NotApplicable,
}

impl RequestErrorCode {
    /// The code as it is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::TrustRoot => "trust_root",
            Self::PolicyKey => "policy_key",
            Self::Now => "now",
            Self::Nonce => "nonce",
            Self::Source => "source",
            Self::Document => "document",
            Self::NotApplicable => "not_applicable",
        }
    }

    pub(super) fn because(self, message: impl Into<String>) -> RequestError {
        RequestError { code: self, location: String::new(), message: message.into() }
    }
}

impl RequestError {
    pub(super) fn at(mut self, location: impl Into<String>) -> Self {
        self.location = location.into();
        self
    }
}

impl From<PolicyError> for RequestError {
    fn from(error: PolicyError) -> Self {
        RequestErrorCode::Policy.because(error.to_string()).at(error.location)
    }
}

impl From<TrustError> for RequestError {
    fn from(error: TrustError) -> Self {
        RequestErrorCode::TrustRoot.because(error.to_string()).at(error.location)
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.name(), self.message)
    }
}

impl core::error::Error for RequestError {}
