//! Checks: how one is declared, and what became of it.

use alloc::borrow::Cow;
use alloc::string::String;
use serde::{Deserialize, Serialize};

/// The declaration of a check. Each is declared once, in the table of the stage it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckSpec {
    /// Stable dotted id. Ids are never reused.
    pub id: &'static str,
    /// The stage of the pipeline.
    pub stage: Stage,
    /// What is checked, as a statement that holds when the check passes.
    pub title: &'static str,
    /// The clause of the specification that the check comes from.
    pub clause: &'static str,
    /// Whose word the checked value is.
    pub authority: Authority,
    /// What to do when the check does not pass.
    pub mend: &'static str,
    /// Whether a policy may waive the check by its id.
    pub waivable: bool,
    /// Whether the check only says that something was pinned. Left undone it makes the outcome
    /// `unpinned` and not `inconclusive`.
    pub pins: bool,
}

impl CheckSpec {
    /// A check that can be neither waived nor left undone.
    #[must_use]
    pub const fn new(
        id: &'static str,
        stage: Stage,
        authority: Authority,
        title: &'static str,
        clause: &'static str,
        mend: &'static str,
    ) -> Self {
        Self { id, stage, title, clause, authority, mend, waivable: false, pins: false }
    }

    /// The same check, which a policy may waive by its id.
    #[must_use]
    pub const fn waivable(mut self) -> Self {
        self.waivable = true;
        self
    }

    /// The same check, as one that only says whether something was pinned.
    #[must_use]
    pub const fn pinning(mut self) -> Self {
        self.pins = true;
        self
    }
}

/// Declares checks and the table that lists them in pipeline order, so that none can be declared
/// and left out of its table.
macro_rules! checks {
    (
        $(#[$table_meta:meta])* $table:ident;
        $($(#[$meta:meta])* $name:ident = $spec:expr;)*
    ) => {
        $(
            $(#[$meta])*
            #[allow(unreachable_pub, reason = "some tables are private to the crate")]
            pub static $name: $crate::verdict::CheckSpec = $spec;
        )*

        $(#[$table_meta])*
        #[allow(unreachable_pub, reason = "some tables are private to the crate")]
        pub static $table: &[&$crate::verdict::CheckSpec] = &[$(&$name),*];
    };
}
pub(crate) use checks;

/// The stages of the pipeline, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Sizes, JSON, the envelope.
    Input,
    /// The bytes of the hardware evidence.
    Evidence,
    /// Certificates up to the vendor's root.
    Chain,
    /// The signed report and what it says of itself.
    Report,
    /// The virtual TPM between the report and the attested bytes.
    Vtpm,
    /// What the policy demands of the machine.
    Machine,
    /// The attested bytes against the provenance.
    Binding,
    /// The provenance document.
    Provenance,
    /// The artifact bytes.
    Artifacts,
}

/// What became of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It was performed and holds.
    Pass,
    /// It was performed and does not hold.
    Fail,
    /// It does not hold, and the policy waives it by its id.
    Waived,
    /// It can't be decided with what was given.
    Inconclusive,
    /// Nobody performed it.
    NotReached,
}

/// Whose word a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Authority {
    /// Signed by the processor.
    Hardware,
    /// Signed by the vendor or the cloud: certificates, revocation lists.
    Collateral,
    /// The provenance document, attested by the hardware as a whole.
    Provenance,
    /// Unsigned: the word of whoever made the bundle.
    Claim,
    /// The policy of whoever asks.
    Policy,
}

/// One check of a verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Stable dotted id.
    pub id: String,
    /// The stage of the pipeline.
    pub stage: Stage,
    /// What became of it.
    pub status: Status,
    /// What is checked.
    pub title: Cow<'static, str>,
    /// What was expected; empty where it was not reached.
    pub expected: String,
    /// What was found; empty where it was not reached.
    pub found: String,
    /// Where: a JSON pointer, or a byte range such as `report[0x90..0xc0]`.
    pub location: String,
    /// Whose word the found value is.
    pub authority: Authority,
    /// The clause of the specification.
    pub clause: Cow<'static, str>,
    /// How to mend it; empty where the check passed.
    pub mend: Cow<'static, str>,
}
