//! Claims, links and notes.

use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

use super::Authority;

/// One thing that evidence or provenance says, with whose word it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Stable dotted id, such as `snp.measurement` or `source.commit`.
    pub id: String,
    /// The value; bytes as lower-case hex, numbers in decimal, times in RFC 3339.
    pub value: String,
    /// Whose word it is.
    pub authority: Authority,
    /// Where it was read.
    pub location: String,
}

/// One link of the chain from the artifact to the vendor root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The nearer end, such as `artifact rg`.
    pub from: String,
    /// The farther end, such as `subject rg`.
    pub to: String,
    /// The value at the nearer end.
    pub left: String,
    /// The value at the farther end.
    pub right: String,
    /// Whether the link holds.
    pub holds: bool,
    /// The ids of the checks that establish it.
    pub checks: Vec<String>,
}

/// Something worth knowing that decides nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Note {
    /// What kind of note.
    pub kind: NoteKind,
    /// Stable dotted id.
    pub id: String,
    /// The text, for a person.
    pub text: String,
    /// Where it was seen; empty where it has no place.
    pub location: String,
}

/// The kinds of notes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// A dated security advisory that touches this evidence.
    Advisory,
    /// A deviation from a standard that the known builders make and that is tolerated.
    Deviation,
    /// A danger that somebody allowed on purpose.
    Danger,
    /// Anything else.
    Information,
}
