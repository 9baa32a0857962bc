//! What stops the program before there is a verdict: exit code 2.

use std::path::Path;

use kettle_verifier_core::request::{RequestError, RequestErrorCode};
use kettle_verifier_io::Error;

use crate::style;

/// The exit code of wrong usage and of input that can't be read.
pub(crate) const USAGE: u8 = 2;

/// Why there is no verdict.
#[derive(Debug)]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Something in a file is wrong.
    pub(crate) fn in_file(path: &Path, what: &dyn core::fmt::Display) -> Self {
        Self(format!("`{}`: {what}", path.display()))
    }

    pub(crate) fn show(&self) {
        anstream::eprintln!("{} {}", style::paint(style::ERROR, "error:"), style::printable(&self.0));
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error.to_string())
    }
}

/// The refusal in the words of the command line. A file is named by whoever knows it.
impl From<RequestError> for Failure {
    fn from(error: RequestError) -> Self {
        let field = error.location.strip_prefix('/').unwrap_or(&error.location);
        let option = match error.code {
            // These speak of the fields of their own documents.
            RequestErrorCode::Policy | RequestErrorCode::TrustRoot => return Self(error.message),
            RequestErrorCode::Now => Some("--at"),
            RequestErrorCode::Nonce => Some("--nonce"),
            RequestErrorCode::Source => Some("--source"),
            _ => OPTIONS.iter().find(|(known, _)| *known == field).map(|(_, option)| *option),
        };
        let said = |text: String, (field, option): &(&str, &str)| text.replace(&format!("`{field}`"), option);
        let message = OPTIONS.iter().fold(error.message, said);
        Self(option.map_or_else(|| message.clone(), |option| format!("{option} {message}")))
    }
}

/// The fields of a request, and the options that say them.
const OPTIONS: [(&str, &str); 6] = [
    ("collateral", "--collateral"),
    ("input_hash", "--input-hash"),
    ("output_hash", "--output-hash"),
    ("policy_keys", "--policy-key"),
    ("report_data", "--report-data"),
    ("subjects", "--subject"),
];

impl core::fmt::Display for Failure {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self(format!("standard output: {error}"))
    }
}
