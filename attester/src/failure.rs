//! What stops an attested build: one clear sentence, and the exit code that fits.

use core::fmt;
use std::path::Path;

use serde::Serialize;

/// Whose fault it is, which is the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The build, or what it made, can't be attested: exit code 1.
    Build,
    /// What was asked for, or what the project or machine lacks: exit code 2.
    Usage,
}

/// Why there is no bundle, in one sentence that says what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Whose fault it is.
    pub kind: Kind,
    /// The sentence.
    pub message: String,
}

/// The result of a step.
pub type Done<T = ()> = Result<T, Failure>;

impl Failure {
    /// Something that was asked for, or that the project or machine lacks.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { kind: Kind::Usage, message: message.into() }
    }

    /// The build failed, or made something that can't be attested.
    pub fn build(message: impl Into<String>) -> Self {
        Self { kind: Kind::Build, message: message.into() }
    }

    /// The exit code.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self.kind {
            Kind::Build => 1,
            Kind::Usage => 2,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// Names the file in an error of the operating system.
pub(crate) trait At<T> {
    /// The path that was being worked on, and what for.
    fn at(self, doing: &str, path: &Path) -> Done<T>;
}

impl<T> At<T> for std::io::Result<T> {
    fn at(self, doing: &str, path: &Path) -> Done<T> {
        self.map_err(|error| Failure::usage(format!("can't {doing} `{}`: {error}", path.display())))
    }
}
