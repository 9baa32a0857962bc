//! What an appraisal says: one [`Verdict`], the same in every language.
//!
//! All types of this module use strings, booleans, integers, lists and field-less enums only, and
//! lists keep a fixed order, so that the JSON of a verdict is byte-identical in every binding.

mod check;
mod claim;
mod sentence;
mod subject;

pub use check::{Authority, Check, CheckSpec, Stage, Status};
pub use claim::{Claim, Link, Note, NoteKind};

pub(crate) use check::checks;
pub(crate) use sentence::{not_proven, sentence};
pub(crate) use subject::Subject;

use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// The schema name that every verdict carries.
pub const SCHEMA: &str = "kettle-verdict/v1";

/// The result of an appraisal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// `kettle-verdict/v1`.
    pub schema: String,
    /// Which of the four outcomes.
    pub outcome: Outcome,
    /// The outcome as one sentence for a person.
    pub sentence: String,
    /// The platform label of the evidence; empty where it could not be read.
    pub platform: String,
    /// The time of appraisal, RFC 3339, UTC.
    pub now: String,
    /// From when on this same verdict holds, RFC 3339; empty where nothing bounds it.
    pub valid_from: String,
    /// Until when this same verdict holds, RFC 3339; empty where nothing bounds it.
    pub valid_until: String,
    /// Where the trusted vendor keys came from.
    pub trust_root: TrustRootKind,
    /// SHA-256 of the trust roots, lower-case hex.
    pub trust_root_digest: String,
    /// SHA-256 of the policy document, lower-case hex; empty for the built-in policy.
    pub policy_digest: String,
    /// What the policy demands, one sentence each, as it is said before the checks run.
    pub demands: Vec<String>,
    /// Every check of the platform, in pipeline order.
    pub checks: Vec<Check>,
    /// The chain from the artifact to the vendor root, with both values at each link.
    pub links: Vec<Link>,
    /// What the evidence and the provenance say, each with whose word it is.
    pub claims: Vec<Claim>,
    /// Advisories, deviations from a standard, unlisted files and the like.
    pub notes: Vec<Note>,
    /// Parts of the input that nothing signs.
    pub unauthenticated: Vec<String>,
    /// What this verdict does not prove.
    pub not_proven: Vec<String>,
}

/// The four outcomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// All that the policy demands holds, an artifact was checked, the measurement is a named one.
    Verified,
    /// Genuine hardware and intact bindings, but nobody has said which machine image to trust, or
    /// no artifact was given.
    Unpinned,
    /// Some check failed.
    Failed,
    /// It cannot be decided with what was given.
    Inconclusive,
}

impl Outcome {
    /// The exit code of the command line for this outcome.
    ///
    /// ```
    /// use kettle_verifier_core::Outcome;
    /// assert_eq!(Outcome::Verified.exit_code(), 0);
    /// assert_eq!(Outcome::Failed.exit_code(), 1);
    /// ```
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Verified => 0,
            Self::Failed => 1,
            Self::Inconclusive => 3,
            Self::Unpinned => 4,
        }
    }
}

/// Where the trusted vendor keys of an appraisal came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TrustRootKind {
    /// The roots embedded in this library.
    Pinned,
    /// The embedded roots and those of a trust-root file.
    Extended,
    /// A trust-root file alone.
    Replaced,
    /// A trust-root file that calls itself a test: no hardware vouches for the evidence.
    Test,
}

impl Verdict {
    /// Whether the outcome is [`Outcome::Verified`]: the one that says yes.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.outcome == Outcome::Verified
    }

    /// Whether every single check passed, or was waived by the policy. Evidence alone is never `verified`,
    /// since it vouches for no build; this is what it can say at best: a machine that the policy names
    /// attested exactly the bytes that were expected.
    #[must_use]
    pub fn leaves_nothing_open(&self) -> bool {
        !self.checks.is_empty() && self.first_open().is_none()
    }

    /// The first check, in pipeline order, that was neither passed nor waived.
    #[must_use]
    pub fn first_open(&self) -> Option<&Check> {
        self.checks.iter().find(|check| !matches!(check.status, Status::Pass | Status::Waived))
    }

    /// The check with this id.
    #[must_use]
    pub fn check(&self, id: &str) -> Option<&Check> {
        self.checks.iter().find(|check| check.id == id)
    }

    /// The first check that failed, in pipeline order.
    #[must_use]
    pub fn first_failure(&self) -> Option<&Check> {
        self.checks.iter().find(|check| check.status == Status::Fail)
    }

    /// The verdict as JSON on one line. The bytes are the same in every binding.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Strings, booleans and lists cannot fail to serialise; an empty text would still not read
        // as success to anybody.
        serde_json::to_string(self).unwrap_or_default()
    }
}
