//! What stops the program before there is a verdict: exit code 2.

use std::path::Path;

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

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self(format!("standard output: {error}"))
    }
}
