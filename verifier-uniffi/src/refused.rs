//! Why a call was refused.

use core::fmt;

use kettle_verifier_core::request::{RequestError, RequestErrorCode};

/// Why a call was refused: a mistake of whoever asks, and never of the evidence.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Error)]
pub enum Refused {
    /// A part of the request, or a file, is refused.
    Request {
        /// Which part: a word of `RequestErrorCode`, or `unreadable` for a file, folder or archive. Codes keep
        /// their meaning.
        code: String,
        /// The place in that part: a JSON pointer, `line L column C`, a member; empty where it is the whole.
        location: String,
        /// What is wrong, and what is taken, in words.
        reason: String,
    },
}

impl Refused {
    pub(crate) fn document(part: &str, error: &serde_json::Error) -> Self {
        Self::Request {
            code: RequestErrorCode::Document.name().into(),
            location: part.into(),
            reason: error.to_string(),
        }
    }
}

impl From<RequestError> for Refused {
    fn from(error: RequestError) -> Self {
        let RequestError { code, location, message } = error;
        Self::Request { code: code.name().into(), location, reason: message }
    }
}

impl From<kettle_verifier_io::Error> for Refused {
    fn from(error: kettle_verifier_io::Error) -> Self {
        let reason = error.to_string();
        Self::Request { code: "unreadable".into(), location: error.into_refusal().place, reason }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Request { code, reason, .. } = self;
        write!(f, "{code}: {reason}")
    }
}

impl core::error::Error for Refused {}
