//! Written by `cargo xtask schema` from the Rust types: change it there.

use serde::{Deserialize, Serialize};

/// An artifact, already hashed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
#[serde(deny_unknown_fields)]
pub struct ArtifactDocument {
    /// The path below the artifact folder, with `/` between its parts, or the loose file's name.
    pub name: String,
    /// SHA-256 of the bytes, lower-case hex.
    pub sha256: String,
    /// The number of bytes.
    pub size: u64,
}

/// How artifact files were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum ArtifactMode {
    /// A whole folder or archive: every subject must be there under its name.
    Folder,
    /// Loose files: each must equal some subject, by digest; subjects not given are listed.
    Loose,
    /// Nobody gave artifacts: provenance and evidence are appraised alone.
    Without,
}

/// Whose word a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, uniffi::Enum)]
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

/// What is appraised, as one document. A field that has no meaning for the kind is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
#[serde(deny_unknown_fields)]
pub struct BundleDocument {
    /// `kettle-bundle/v1`.
    pub schema: String,
    /// What it is.
    pub kind: BundleKind,
    /// The bytes of `evidence.json`, or of the other system's document, lower-case hex.
    pub evidence: String,
    /// The artifacts, already hashed; for `bundle`, and at most one for `attestable_build`.
    #[uniffi(default = [])]
    pub artifacts: Vec<ArtifactDocument>,
    /// How the artifacts were given; for `bundle`.
    pub artifacts_mode: ArtifactMode,
    /// Endorsement certificates beside it, each as DER in lower-case hex.
    #[uniffi(default = [])]
    pub certificates: Vec<String>,
    /// Certificate revocation lists beside it, each as DER in lower-case hex.
    #[uniffi(default = [])]
    pub crls: Vec<String>,
    /// The root over the inputs that is expected, 32 bytes of lower-case hex, or empty; for `tee_compile`.
    #[uniffi(default = "")]
    pub input_hash: String,
    /// Intel's collateral beside it, each a JSON document in lower-case hex.
    #[uniffi(default = [])]
    pub intel: Vec<String>,
    /// The root over the outputs that is expected, 32 bytes of lower-case hex, or empty; for `tee_compile`.
    #[uniffi(default = "")]
    pub output_hash: String,
    /// The bytes of `provenance.json`, exactly as they lie in the file, lower-case hex; for `bundle`.
    #[uniffi(default = "")]
    pub provenance: String,
    /// The report data that is expected, 1 to 64 bytes of lower-case hex, or empty; for `evidence`.
    #[uniffi(default = "")]
    pub report_data: String,
    /// The subjects that are asked for, empty for all of them; for `bundle`.
    #[uniffi(default = [])]
    pub subjects: Vec<String>,
}

/// What a bundle document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum BundleKind {
    /// Provenance, evidence and artifacts.
    Bundle,
    /// Hardware evidence alone.
    Evidence,
    /// A certificate of attestable builds, with the artifact.
    AttestableBuild,
    /// A report of TEE Compile.
    TeeCompile,
}

/// One check of a verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Stable dotted id.
    pub id: String,
    /// The stage of the pipeline.
    pub stage: Stage,
    /// What became of it.
    pub status: Status,
    /// What is checked.
    pub title: String,
    /// What was expected; empty where it was not reached.
    pub expected: String,
    /// What was found; empty where it was not reached.
    pub found: String,
    /// Where: a JSON pointer, or a byte range such as `report[0x90..0xc0]`.
    pub location: String,
    /// Whose word the found value is.
    pub authority: Authority,
    /// The clause of the specification.
    pub clause: String,
    /// How to mend it; empty where the check passed.
    pub mend: String,
}

/// One thing that evidence or provenance says, with whose word it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, uniffi::Enum)]
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

/// The four outcomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, uniffi::Enum)]
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

/// What an appraisal is made under, as one document. An empty text stands for none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
#[serde(deny_unknown_fields)]
pub struct SettingsDocument {
    /// `kettle-settings/v1`.
    pub schema: String,
    /// The time of appraisal, RFC 3339, UTC.
    pub now: String,
    /// Takes debug guests. Their memory is open to the host.
    #[uniffi(default = false)]
    pub insecure_allow_debug: bool,
    /// The demanded nonce, 32 characters of lower-case hex.
    #[uniffi(default = "")]
    pub nonce: String,
    /// The bytes of a policy document, or of one in a signed envelope, lower-case hex.
    #[uniffi(default = "")]
    pub policy: String,
    /// The keys of which one must have signed the policy, each as DER in lower-case hex.
    #[uniffi(default = [])]
    pub policy_keys: Vec<String>,
    /// The lowest version that a signed policy may have; 0 takes all of them.
    #[uniffi(default = 0)]
    pub policy_minimum_version: u64,
    /// The demanded source, `URI` or `URI@COMMIT`.
    #[uniffi(default = "")]
    pub source: String,
    /// The bytes of a trust-root file, lower-case hex.
    #[uniffi(default = "")]
    pub trust_root: String,
}

/// The stages of the pipeline, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, uniffi::Enum)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, uniffi::Enum)]
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

/// Where the trusted vendor keys of an appraisal came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, uniffi::Enum)]
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

/// The result of an appraisal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
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
