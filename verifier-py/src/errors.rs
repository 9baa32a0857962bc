//! What goes wrong, as the package's exceptions.

use kettle_verifier_core::emit::NotEmitted;
use kettle_verifier_core::request::RequestError;
use kettle_verifier_io::{Error, ErrorKind, Refusal};
use pyo3::prelude::*;

use crate::types::Verdict;

/// What stops before there is a verdict.
pub(crate) enum Fault {
    Request(RequestError),
    Input(Error),
    Python(PyErr),
}

impl From<RequestError> for Fault {
    fn from(error: RequestError) -> Self {
        Self::Request(error)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Input(error)
    }
}

impl From<PyErr> for Fault {
    fn from(error: PyErr) -> Self {
        Self::Python(error)
    }
}

impl Fault {
    pub(crate) fn raised(self, py: Python<'_>) -> PyErr {
        match self {
            Self::Request(error) => {
                raised(py, "RequestError", (error.code.name(), error.location, error.message))
            }
            Self::Input(error) if error.kind == ErrorKind::Cancelled => raised(py, "Cancelled", ()),
            Self::Input(error) => {
                let message = error.to_string();
                let Refusal { kind, file, place } = error.into_refusal();
                raised(py, "InputError", (kind.code(), file, place, message))
            }
            Self::Python(error) => error,
        }
    }
}

/// A verdict that does not say yes, where yes was asked for.
pub(crate) fn failed(py: Python<'_>, verdict: Verdict) -> PyErr {
    raised(py, "VerificationFailed", (verdict,))
}

pub(crate) fn not_emitted(py: Python<'_>, why: NotEmitted, verdict: Verdict) -> PyErr {
    match why {
        NotEmitted::Unverified => failed(py, verdict),
        why => raised(py, "NothingToEmit", (why.to_string(),)),
    }
}

/// An exception of the package.
fn raised<'py>(py: Python<'py>, name: &str, arguments: impl pyo3::call::PyCallArgs<'py>) -> PyErr {
    let made = py.import("kettle_verify").and_then(|package| package.getattr(name)?.call1(arguments));
    match made {
        Ok(exception) => PyErr::from_value(exception),
        Err(error) => error,
    }
}
