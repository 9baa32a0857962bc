//! Errors as JavaScript gets them: the JSON of code, location and message, which the package turns into
//! its error class.

use alloc::string::String;

use kettle_verifier_core::request::{RequestError, RequestErrorCode};
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

impl From<Fault> for JsValue {
    fn from(fault: Fault) -> Self {
        serde_json::to_string(&fault).unwrap_or_default().into()
    }
}

/// For `?` on the errors of the verifier.
pub(crate) fn thrown(error: impl Into<Fault>) -> JsValue {
    error.into().into()
}
