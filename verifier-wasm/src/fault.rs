//! Errors as JavaScript gets them: the JSON of code, location and message, which the package turns into
//! its error class.

use alloc::string::{String, ToString as _};

use kettle_verifier_core::emit::NotEmitted;
use kettle_verifier_core::policy::NotPinned;
use kettle_verifier_core::request::{RequestError, RequestErrorCode};
use kettle_verifier_io::Error;
use wasm_bindgen::JsValue;

/// Why something was refused.
#[derive(serde::Serialize)]
pub(crate) struct Fault {
    code: String,
    location: String,
    message: String,
}

pub(crate) type Answer<T> = Result<T, JsValue>;

impl Fault {
    /// A value that its field does not take.
    pub(crate) fn document(location: &str, message: &str) -> Self {
        Self {
            code: RequestErrorCode::Document.name().into(),
            location: location.into(),
            message: message.into(),
        }
    }
}

impl From<RequestError> for Fault {
    fn from(error: RequestError) -> Self {
        Self { code: error.code.name().into(), location: error.location, message: error.message }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self {
            code: error.kind.code().into(),
            message: error.to_string(),
            location: error.into_refusal().place,
        }
    }
}

impl From<NotEmitted> for Fault {
    fn from(why: NotEmitted) -> Self {
        Self { code: "not_emitted".into(), location: String::new(), message: why.to_string() }
    }
}

impl From<NotPinned> for Fault {
    fn from(why: NotPinned) -> Self {
        Self { code: "not_pinned".into(), location: String::new(), message: why.to_string() }
    }
}

impl From<Fault> for JsValue {
    fn from(fault: Fault) -> Self {
        serde_json::to_string(&fault).unwrap_or_default().into()
    }
}

/// For `?` on the errors of the verifier.
pub(crate) fn thrown(error: impl Into<Fault>) -> JsValue {
    error.into().into()
}
