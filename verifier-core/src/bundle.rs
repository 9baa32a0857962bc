//! What an appraisal is given: the bundle, the artifacts' digests and what lies beside them.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::crypto::Sha256;

/// A bundle as it was read: bytes, and the digests of the artifact files.
#[derive(Debug, Clone, Default)]
pub struct Bundle<'a> {
    /// The bytes of `provenance.json`, exactly as they lie in the file.
    pub provenance: &'a [u8],
    /// The bytes of `evidence.json`.
    pub evidence: &'a [u8],
    /// The artifacts that were found, and which of the subjects are asked for.
    pub artifacts: ArtifactSet,
    /// Certificates and revocation lists that lie beside the bundle.
    pub collateral: Collateral,
}

/// Hardware evidence alone, to be compared with expected report data.
#[derive(Debug, Clone, Default)]
pub struct EvidenceOnly<'a> {
    /// The bytes of `evidence.json`.
    pub evidence: &'a [u8],
    /// The report data that is expected, without padding; `None` where nobody said.
    pub report_data: Option<Vec<u8>>,
    /// Certificates and revocation lists that lie beside the evidence.
    pub collateral: Collateral,
}

/// The artifact files of a bundle, already hashed.
#[derive(Debug, Clone, Default)]
pub struct ArtifactSet {
    /// How the files were given.
    pub mode: ArtifactMode,
    /// Every file that was given or found.
    pub files: Vec<Artifact>,
    /// The subjects that are asked for; empty means all of them.
    pub subjects: Vec<String>,
}

/// How artifact files were given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ArtifactMode {
    /// A whole folder or archive: every subject must be there under its name.
    #[default]
    Folder,
    /// Loose files: each must equal some subject, by digest; subjects not given are listed.
    Loose,
    /// Nobody gave artifacts: provenance and evidence are appraised alone.
    Without,
}

/// One artifact file: its name and the digest of its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// The path below the artifact folder, with `/` between its parts, or the loose file's name.
    pub name: String,
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
    /// The number of bytes.
    pub size: u64,
}

impl Artifact {
    /// An artifact whose bytes are at hand.
    ///
    /// ```
    /// use kettle_verifier_core::Artifact;
    /// assert_eq!(Artifact::from_bytes("empty", b"").sha256[..2], [0xe3, 0xb0]);
    /// ```
    #[must_use]
    pub fn from_bytes(name: impl Into<String>, bytes: &[u8]) -> Self {
        let mut hasher = ArtifactHasher::new();
        hasher.update(bytes);
        hasher.finish(name)
    }
}

/// Hashes an artifact piece by piece, so that memory stays flat however large the file is.
#[derive(Default)]
pub struct ArtifactHasher {
    hash: Sha256,
    size: u64,
}

impl ArtifactHasher {
    /// A hasher that has seen nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.size = self.size.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
    }

    /// The artifact, once every byte was taken.
    #[must_use]
    pub fn finish(self, name: impl Into<String>) -> Artifact {
        Artifact { name: name.into(), sha256: self.hash.finish(), size: self.size }
    }
}

/// Certificates and revocation lists beside a bundle, each as DER, and Intel's collateral. All of it is hostile input: it
/// is only ever used after a pinned root vouches for it.
#[derive(Debug, Clone, Default)]
pub struct Collateral {
    /// Endorsement certificates (VCEK, VLEK).
    pub certificates: Vec<Vec<u8>>,
    /// Certificate revocation lists.
    pub crls: Vec<Vec<u8>>,
    /// Intel's collateral for TDX quotes: JSON documents as they are, each with the TCB info, the QE
    /// identity, the lists and the issuer chains for one kind of platform.
    pub intel: Vec<Vec<u8>>,
}
