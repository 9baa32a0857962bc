//! What is asked for, and how it is read.

use std::path::{Path, PathBuf};

use kettle_verifier_core::bundle::ArtifactMode;
use kettle_verifier_core::{ArtifactSet, Collateral};

use crate::archive::ReadSeek;
use crate::error::Error;
use crate::file;
use crate::found::{Top, whole};
use crate::input::{Given, Input};
use crate::role::Role;
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

/// Reads a bundle.
///
/// # Errors
/// [`Error`] where something can't be read, or where a part of a bundle is missing.
pub fn read(request: &Request, watch: &mut Watch<'_>) -> Result<Input, Error> {
    let hash = request.artifacts.is_empty() && !request.without_artifacts;
    let input = match request.paths.as_slice() {
        [] => loose::read(&[], hash, watch)?,
        [one] => single(one, hash, watch)?,
        [..] => several(request, hash, watch)?,
    };
    asked(request, input, watch)
}

/// Reads a bundle in an archive that has no path: bytes at hand, or a file that somebody opened. `name` is named
/// in errors; the paths of the request are left aside.
///
/// ```
/// use std::io::Cursor;
/// use core::ops::ControlFlow;
/// use kettle_verifier_io::{ErrorKind, Request, read_archive};
///
/// let mut bytes = Cursor::new(b"no archive");
/// let error = read_archive("bytes", &mut bytes, &Request::default(), &mut |_| ControlFlow::Continue(()));
/// assert!(matches!(error.unwrap_err().kind, ErrorKind::Content { .. }));
/// ```
///
/// # Errors
/// [`Error`] as for [`read()`].
pub fn read_archive(
    name: &str,
    archive: &mut dyn ReadSeek,
    request: &Request,
    watch: &mut Watch<'_>,
) -> Result<Input, Error> {
    let hash = request.artifacts.is_empty() && !request.without_artifacts;
    let input = archive::read_from(archive, name, hash, watch)?;
    asked(request, input, watch)
}

/// What was read, with what the request says beside it.
fn asked(request: &Request, mut input: Input, watch: &mut Watch<'_>) -> Result<Input, Error> {
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
    let top = |path: &PathBuf| {
        if path.is_dir() {
            return Ok(Top::Folder);
        }
        let opened = file::open(path)?;
        match archive::kind(&opened, path)? {
            Some(_) => Ok(Top::Archive),
            None => loose::role(opened, path).map(Top::Loose),
        }
    };
    let tops = paths.iter().map(top).collect::<Result<Vec<_>, Error>>()?;
    Ok(whole(&tops).and_then(|index| paths.get(index)))
}
