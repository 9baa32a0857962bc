//! What is asked for, and what was read.

use std::path::{Path, PathBuf};

use kettle_verifier_core::bundle::ArtifactMode;
use kettle_verifier_core::{Artifact, ArtifactSet, Bundle, Collateral};

use crate::error::Error;
use crate::file;
use crate::role::{Role, recognise};
use crate::watch::Watch;
use crate::{archive, folder, loose};

/// What to read.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// A folder, an archive, or loose files.
    pub paths: Vec<PathBuf>,
    /// Artifact files that lie elsewhere. Given any, those of the folder or archive are left aside.
    pub artifacts: Vec<PathBuf>,
    /// The subjects that are asked for; empty means all.
    pub subjects: Vec<String>,
    /// Whether provenance and evidence are to be appraised alone.
    pub without_artifacts: bool,
    /// Collateral that was named. It is looked at before what lies in the bundle.
    pub collateral: Collateral,
    /// The root over the inputs that is expected, 32 bytes of hex with or without `0x`; of TEE Compile.
    pub input_hash: Option<String>,
    /// The root over the outputs that is expected, as [`Request::input_hash`].
    pub output_hash: Option<String>,
}

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
    /// Files that were found and play no part.
    pub ignored: Vec<Ignored>,
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
    /// Files that were found and play no part.
    pub ignored: Vec<Ignored>,
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
}

/// Reads a bundle.
///
/// # Errors
/// [`Error`] where something can't be read, or where a part of a bundle is missing.
pub fn read(request: &Request, watch: &mut Watch<'_>) -> Result<Input, Error> {
    let hash = request.artifacts.is_empty() && !request.without_artifacts;
    let mut input = match request.paths.as_slice() {
        [] => loose::read(&[], hash, watch)?,
        [one] => single(one, hash, watch)?,
        [..] => several(request, hash, watch)?,
    };
    for path in &request.artifacts {
        let artifact = loose::artifact(path, watch)?;
        input.artifacts.files.push(artifact);
        input.artifacts.mode = ArtifactMode::Loose;
    }
    if request.without_artifacts {
        input.artifacts = ArtifactSet { mode: ArtifactMode::Without, ..ArtifactSet::default() };
    }
    input.artifacts.subjects.clone_from(&request.subjects);
    let Collateral { certificates, crls, intel } = request.collateral.clone();
    input.collateral.certificates.splice(0..0, certificates);
    input.collateral.crls.splice(0..0, crls);
    input.collateral.intel.splice(0..0, intel);
    Ok(input)
}

/// Reads a bundle, or the document of another system where that is what the loose files hold.
///
/// # Errors
/// [`Error`] as for [`read()`].
pub fn read_any(request: &Request, watch: &mut Watch<'_>) -> Result<Given, Error> {
    if !other_among(&request.paths)? {
        return read(request, watch).map(Given::Bundle);
    }
    let hash = request.artifacts.is_empty() && !request.without_artifacts;
    let mut given = loose::read_any(&request.paths, hash, watch)?;
    if let Given::Other(other) = &mut given {
        for path in &request.artifacts {
            other.artifacts.push(loose::artifact(path, watch)?);
        }
    }
    match given {
        // A bundle after all, whose artifacts and subjects are asked for as ever.
        Given::Bundle(_) => read(request, watch).map(Given::Bundle),
        other @ Given::Other(_) => Ok(other),
    }
}

/// Whether the paths are loose files of which one is the document of another system.
fn other_among(paths: &[PathBuf]) -> Result<bool, Error> {
    let mut found = false;
    for path in paths {
        if path.is_dir() {
            return Ok(false);
        }
        match loose::role(file::open(path)?, path)? {
            Role::Provenance | Role::Evidence => return Ok(false),
            Role::Certificate | Role::NitroDocument => found = true,
            _ => {}
        }
    }
    Ok(found)
}

fn single(path: &Path, hash: bool, watch: &mut Watch<'_>) -> Result<Input, Error> {
    if path.is_dir() {
        return folder::read(path, hash, watch);
    }
    let opened = file::open(path)?;
    match archive::kind(&opened, path)? {
        Some(kind) => archive::read(opened, kind, path, hash, watch),
        None => loose::read(&[path.into()], hash, watch),
    }
}

/// Several paths: a folder or an archive with files beside it, or loose files.
fn several(request: &Request, hash: bool, watch: &mut Watch<'_>) -> Result<Input, Error> {
    let paths = &request.paths;
    let Some(whole) = bundle_among(paths)? else {
        return loose::read(paths, hash, watch);
    };
    let rest: Vec<PathBuf> = paths.iter().filter(|path| *path != whole).cloned().collect();
    let mut input = single(whole, hash, watch)?;
    loose::beside(&rest, hash, &mut input, watch)?;
    Ok(input)
}

/// The folder among the paths or, where no file is a provenance, the archive.
fn bundle_among(paths: &[PathBuf]) -> Result<Option<&PathBuf>, Error> {
    if let Some(folder) = paths.iter().find(|path| path.is_dir()) {
        return Ok(Some(folder));
    }
    let mut archive = None;
    for path in paths {
        let opened = file::open(path)?;
        if archive::kind(&opened, path)?.is_some() {
            archive = archive.or(Some(path));
        } else if loose::role(opened, path)? == Role::Provenance {
            return Ok(None);
        }
    }
    Ok(archive)
}

/// A role by name, where the layout names it, or by content.
pub(crate) fn role_of(name: &str, bytes: &[u8]) -> Role {
    match name.rsplit('/').next() {
        Some(PROVENANCE) => Role::Provenance,
        Some(EVIDENCE) => Role::Evidence,
        _ => recognise(bytes),
    }
}

pub(crate) const PROVENANCE: &str = "provenance.json";
pub(crate) const EVIDENCE: &str = "evidence.json";
pub(crate) const ARTIFACTS: &str = "artifacts";
