//! The request as documents: strings, booleans, integers, lists and field-less enums only, bytes as
//! lower-case hex, so that every language has the same types.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::bundle::ArtifactMode;

/// The schema name of a bundle document.
pub const BUNDLE_SCHEMA: &str = "kettle-bundle/v1";

/// The schema name of a settings document.
pub const SETTINGS_SCHEMA: &str = "kettle-settings/v1";

/// What is appraised, as one document. A field that has no meaning for the kind is refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BundleDocument {
    /// `kettle-bundle/v1`.
    pub schema: String,
    /// What it is.
    pub kind: BundleKind,
    /// The bytes of `provenance.json`, exactly as they lie in the file, lower-case hex; for `bundle`.
    #[serde(default)]
    pub provenance: String,
    /// The bytes of `evidence.json`, or of the other system's document, lower-case hex.
    pub evidence: String,
    /// How the artifacts were given; for `bundle`.
    #[serde(default)]
    pub artifacts_mode: ArtifactMode,
    /// The artifacts, already hashed; for `bundle`, and at most one for `attestable_build`.
    #[serde(default)]
    pub artifacts: Vec<ArtifactDocument>,
    /// The subjects that are asked for, empty for all of them; for `bundle`.
    #[serde(default)]
    pub subjects: Vec<String>,
    /// Endorsement certificates beside it, each as DER in lower-case hex.
    #[serde(default)]
    pub certificates: Vec<String>,
    /// Certificate revocation lists beside it, each as DER in lower-case hex.
    #[serde(default)]
    pub crls: Vec<String>,
    /// Intel's collateral beside it, each a JSON document in lower-case hex.
    #[serde(default)]
    pub intel: Vec<String>,
    /// The report data that is expected, 1 to 64 bytes of lower-case hex, or empty; for `evidence`.
    #[serde(default)]
    pub report_data: String,
    /// The root over the inputs that is expected, 32 bytes of lower-case hex, or empty; for `tee_compile`.
    #[serde(default)]
    pub input_hash: String,
    /// The root over the outputs that is expected, 32 bytes of lower-case hex, or empty; for `tee_compile`.
    #[serde(default)]
    pub output_hash: String,
}

/// What a bundle document is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum BundleKind {
    /// Provenance, evidence and artifacts.
    #[default]
    Bundle,
    /// Hardware evidence alone.
    Evidence,
    /// A certificate of attestable builds, with the artifact.
    AttestableBuild,
    /// A report of TEE Compile.
    TeeCompile,
}

/// An artifact, already hashed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ArtifactDocument {
    /// The path below the artifact folder, with `/` between its parts, or the loose file's name.
    pub name: String,
    /// SHA-256 of the bytes, lower-case hex.
    pub sha256: String,
    /// The number of bytes.
    pub size: u64,
}

/// What an appraisal is made under, as one document. An empty text stands for none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SettingsDocument {
    /// `kettle-settings/v1`.
    pub schema: String,
    /// The time of appraisal, RFC 3339, UTC.
    pub now: String,
    /// The bytes of a policy document, or of one in a signed envelope, lower-case hex.
    #[serde(default)]
    pub policy: String,
    /// The keys of which one must have signed the policy, each as DER in lower-case hex.
    #[serde(default)]
    pub policy_keys: Vec<String>,
    /// The lowest version that a signed policy may have; 0 takes all of them.
    #[serde(default)]
    pub policy_minimum_version: u64,
    /// The bytes of a trust-root file, lower-case hex.
    #[serde(default)]
    pub trust_root: String,
    /// The demanded nonce, 32 characters of lower-case hex.
    #[serde(default)]
    pub nonce: String,
    /// The demanded source, `URI` or `URI@COMMIT`.
    #[serde(default)]
    pub source: String,
    /// Takes debug guests. Their memory is open to the host.
    #[serde(default)]
    pub insecure_allow_debug: bool,
}
