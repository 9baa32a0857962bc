//! What was read.

use alloc::string::String;
use alloc::vec::Vec;

use kettle_verifier_core::{Artifact, ArtifactSet, Bundle, Collateral};

use crate::role::{Role, recognise};

/// A bundle as it was read.
#[derive(Debug, Clone, Default)]
pub struct Input {
    /// The bytes of the provenance.
    pub provenance: Vec<u8>,
    /// The bytes of the evidence envelope.
    pub evidence: Vec<u8>,
    /// The artifacts.
    pub artifacts: ArtifactSet,
    /// Certificates and revocation lists that lay beside.
    pub collateral: Collateral,
    /// Every file that was read.
    pub files: Vec<Seen>,
}

/// What was given: a bundle, or the document of another system for attested builds.
#[derive(Debug, Clone)]
pub enum Given {
    /// A bundle.
    Bundle(Input),
    /// The document of another system.
    Other(Other),
}

/// The document of another system, and the files beside it.
#[derive(Debug, Clone)]
pub struct Other {
    /// What the document is.
    pub format: Format,
    /// Its bytes.
    pub document: Vec<u8>,
    /// The artifacts.
    pub artifacts: Vec<Artifact>,
    /// Every file that was read.
    pub files: Vec<Seen>,
}

/// The formats of other systems that are read, all of them loose files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A certificate of attestable builds.
    Certificate,
    /// A Nitro document by itself: a report of TEE Compile.
    CompileReport,
}

/// A file that was found and plays no part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// Its path below the bundle.
    pub name: String,
    /// Why it plays no part.
    pub reason: &'static str,
}

/// A file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Its path below the bundle, or as it was given.
    pub name: String,
    /// SHA-256 of its bytes, if they were read.
    pub sha256: Option<[u8; 32]>,
    /// The number of its bytes.
    pub size: u64,
    /// The part it plays.
    pub part: Part,
    /// Why it plays none; empty where it plays one.
    pub reason: &'static str,
}

/// The part that a file plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// The provenance.
    Provenance,
    /// The evidence.
    Evidence,
    /// An artifact.
    Artifact,
    /// Certificates, revocation lists or Intel's collateral.
    Collateral,
    /// A policy that lay among loose files. Nobody said that it is theirs.
    Policy,
    /// A trust root that lay among loose files. Nobody said that it is theirs.
    TrustRoot,
    /// The document of another system.
    Document,
    /// None.
    Nothing,
}

impl Part {
    /// The part as it is written.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Provenance => "provenance",
            Self::Evidence => "evidence",
            Self::Artifact => "artifact",
            Self::Collateral => "collateral",
            Self::Policy => "policy",
            Self::TrustRoot => "trust_root",
            Self::Document => "document",
            Self::Nothing => "none",
        }
    }
}

impl Seen {
    pub(crate) fn new(name: &str, artifact: &Artifact, part: Part) -> Self {
        let Artifact { sha256, size, .. } = *artifact;
        Self { name: name.into(), sha256: Some(sha256), size, part, reason: "" }
    }
}

/// The files that play no part.
pub(crate) fn ignored(files: &[Seen]) -> Vec<Ignored> {
    let without = files.iter().filter(|seen| seen.part == Part::Nothing);
    without.map(|seen| Ignored { name: seen.name.clone(), reason: seen.reason }).collect()
}

impl Input {
    /// The bundle for [`kettle_verifier_core::appraise()`].
    #[must_use]
    pub fn bundle(&self) -> Bundle<'_> {
        Bundle {
            provenance: &self.provenance,
            evidence: &self.evidence,
            artifacts: self.artifacts.clone(),
            collateral: self.collateral.clone(),
        }
    }

    /// Files that were found and play no part.
    #[must_use]
    pub fn ignored(&self) -> Vec<Ignored> {
        ignored(&self.files)
    }
}

/// A role by name, where the layout names it, or by content.
pub(crate) fn role_of(name: &str, bytes: &[u8]) -> Role {
    match name.rsplit('/').next() {
        Some(PROVENANCE) => Role::Provenance,
        Some(EVIDENCE) => Role::Evidence,
        _ => recognise(bytes),
    }
}

/// The names of a bundle's layout.
pub(crate) const PROVENANCE: &str = "provenance.json";
pub(crate) const EVIDENCE: &str = "evidence.json";
pub(crate) const ARTIFACTS: &str = "artifacts";

/// Where builders leave the bundle in a project.
pub(crate) const PROJECT: &str = "kettle-build";
