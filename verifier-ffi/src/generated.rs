//! Written by `cargo xtask schema`: change it there.

use kettle_verifier_core::Outcome as core;

/// The major version.
pub const VERSION_MAJOR: u32 = 0;

/// The minor version.
pub const VERSION_MINOR: u32 = 1;

/// The patch version.
pub const VERSION_PATCH: u32 = 0;

/// The outcome of an appraisal. The numbers never change.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// There is no verdict.
    None = 0,
    /// All that the policy demands holds, an artifact was checked, the measurement is a named one.
    Verified = 2000,
    /// Genuine hardware and intact bindings, but nobody has said which machine image to trust, or no artifact was given.
    Unpinned = 2004,
    /// Some check failed.
    Failed = 2001,
    /// It cannot be decided with what was given.
    Inconclusive = 2003,
}

impl From<core> for Outcome {
    fn from(outcome: core) -> Self {
        match outcome {
            core::Verified => Self::Verified,
            core::Unpinned => Self::Unpinned,
            core::Failed => Self::Failed,
            core::Inconclusive => Self::Inconclusive,
        }
    }
}
