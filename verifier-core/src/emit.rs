//! Verified artifacts in the words of those who pin digests: checksum files, package managers, bills of
//! materials.
//!
//! What is emitted are the subjects that an artifact at hand was compared with and equals, under the
//! subjects' names. Whether anything is emitted at all is decided here, by the verdict. `spec/emit.md`
//! has the formats.

mod cyclonedx;
mod lines;

#[cfg(test)]
mod tests;

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::bundle::{ArtifactMode, Bundle};
use crate::formats::attestable;
use crate::json::{self, Value};
use crate::limits::PROVENANCE_BYTES;
use crate::provenance::{self, names};
use crate::request::{Content, Terms};
use crate::text::hex;
use crate::verdict::{Outcome, Verdict};

/// A format of pins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum EmitFormat {
    /// A checksum file for `sha256sum --check`.
    Sha256sums,
    /// Requirements for `pip install --require-hashes`.
    PipHashes,
    /// Subresource Integrity by artifact, as JSON: what a `package-lock.json` has as `integrity`.
    NpmIntegrity,
    /// Subresource Integrity by artifact, as a Nix expression: what `fetchurl` takes as `hash`.
    NixHash,
    /// A CycloneDX 1.6 bill of materials in JSON.
    Cyclonedx,
}

impl EmitFormat {
    /// Every format.
    pub const ALL: [Self; 5] =
        [Self::Sha256sums, Self::PipHashes, Self::NpmIntegrity, Self::NixHash, Self::Cyclonedx];

    /// The format's name.
    ///
    /// ```
    /// use kettle_verifier_core::emit::EmitFormat;
    /// assert_eq!(EmitFormat::PipHashes.name(), "pip-hashes");
    /// assert_eq!(EmitFormat::from_name("pip-hashes"), Some(EmitFormat::PipHashes));
    /// ```
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256sums => "sha256sums",
            Self::PipHashes => "pip-hashes",
            Self::NpmIntegrity => "npm-integrity",
            Self::NixHash => "nix-hash",
            Self::Cyclonedx => "cyclonedx",
        }
    }

    /// The format of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

/// What is to be emitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Emission {
    /// In which format.
    pub format: EmitFormat,
    /// Emits whatever the outcome is. Nothing vouches for such pins.
    pub dangerously_emit_unverified: bool,
}

/// Why nothing was emitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotEmitted {
    /// The outcome is not `verified`.
    Unverified,
    /// No artifact at hand equals a subject.
    NoArtifact,
    /// None of the artifacts is of the kind that the format is for.
    NoneOfKind,
}

impl fmt::Display for NotEmitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unverified => "nothing is emitted unless the outcome is `verified`",
            Self::NoArtifact => {
                "no artifact was compared with a subject and is equal, so there is nothing to pin"
            }
            Self::NoneOfKind => "no artifact is a wheel or an sdist by its name",
        })
    }
}

impl core::error::Error for NotEmitted {}

impl Terms {
    /// Appraises under these terms, and emits the pins of what was verified.
    pub fn appraise_and_emit(
        &self,
        content: &Content<'_>,
        emission: Emission,
    ) -> (Verdict, Result<String, NotEmitted>) {
        let verdict = self.appraise(content);
        let emitted = emit(&verdict, content, emission);
        (verdict, emitted)
    }
}

/// A subject that an artifact at hand equals.
struct Pin {
    name: String,
    sha256: [u8; 32],
}

fn emit(verdict: &Verdict, content: &Content<'_>, emission: Emission) -> Result<String, NotEmitted> {
    if verdict.outcome != Outcome::Verified && !emission.dangerously_emit_unverified {
        return Err(NotEmitted::Unverified);
    }
    let document = provenance(content);
    let pins = match content {
        Content::Bundle(bundle) => of_bundle(bundle, document.as_ref()),
        Content::AttestableBuild(certificate) => of_certificate(certificate, verdict),
        Content::Evidence(_) | Content::TeeCompile(_) => Vec::new(),
    };
    if pins.is_empty() {
        return Err(NotEmitted::NoArtifact);
    }
    match emission.format {
        EmitFormat::Sha256sums => Ok(lines::sha256sums(&pins)),
        EmitFormat::PipHashes => lines::pip_hashes(&pins).ok_or(NotEmitted::NoneOfKind),
        EmitFormat::NpmIntegrity => Ok(lines::npm_integrity(&pins)),
        EmitFormat::NixHash => Ok(lines::nix_hash(&pins)),
        EmitFormat::Cyclonedx => Ok(cyclonedx::bill(&pins, document.as_ref(), verdict)),
    }
}

fn provenance<'a>(content: &Content<'a>) -> Option<Value<'a>> {
    match content {
        Content::Bundle(bundle) => json::parse(bundle.provenance, PROVENANCE_BYTES).ok(),
        _ => None,
    }
}

/// The subjects that are asked for and have a file of their digest; in a folder, one of their name.
fn of_bundle(bundle: &Bundle<'_>, document: Option<&Value<'_>>) -> Vec<Pin> {
    let by_name = bundle.artifacts.mode == ArtifactMode::Folder;
    // Filled one by one: to collect into a set sorts, which is three times the code in a browser.
    let mut asked: BTreeSet<(&str, &[u8])> = BTreeSet::new();
    for name in &bundle.artifacts.subjects {
        asked.insert((name, &[]));
    }
    let mut files: BTreeSet<(&str, &[u8])> = BTreeSet::new();
    for file in &bundle.artifacts.files {
        files.insert((if by_name { &file.name } else { "" }, &file.sha256));
    }
    let named = document.map(provenance::named_subjects).unwrap_or_default();
    let mut pins = Vec::new();
    for subject in named {
        let (name, sha256) = (subject.name(), subject.sha256());
        let wanted = asked.is_empty() || asked.contains(&(name, &[][..]));
        if wanted && files.contains(&(if by_name { name } else { "" }, &sha256[..])) {
            pins.push(Pin { name: name.into(), sha256: *sha256 });
        }
    }
    pins
}

/// The artifact under the signed name. A name that the verdict shows only in part is left out.
fn of_certificate(given: &attestable::Certificate<'_>, verdict: &Verdict) -> Vec<Pin> {
    let (Some(artifact), Some(name), Some(sha256)) =
        (&given.artifact, claimed(verdict, attestable::NAME_CLAIM), claimed(verdict, attestable::HASH_CLAIM))
    else {
        return Vec::new();
    };
    let whole = names::fault(name).is_none() && !name.ends_with('…');
    if whole && hex(&artifact.sha256) == sha256 {
        alloc::vec![Pin { name: name.into(), sha256: artifact.sha256 }]
    } else {
        Vec::new()
    }
}

fn claimed<'v>(verdict: &'v Verdict, id: &str) -> Option<&'v str> {
    verdict.claims.iter().find(|claim| claim.id == id).map(|claim| claim.value.as_str())
}
