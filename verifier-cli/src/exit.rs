//! How the program ends.

/// The exit code. Unlike the standard library's it can be read, for whoever calls the program as a
/// library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ExitCode(u8);

impl ExitCode {
    /// All is well.
    pub(crate) const SUCCESS: Self = Self(0);

    /// The number.
    pub(crate) const fn number(self) -> u8 {
        self.0
    }
}

impl From<u8> for ExitCode {
    fn from(number: u8) -> Self {
        Self(number)
    }
}
