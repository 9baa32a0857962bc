//! A bundle in loose files on disk.

use std::path::{Path, PathBuf};

use kettle_verifier_core::Artifact;
use kettle_verifier_core::bundle::ArtifactMode;
use kettle_verifier_core::limits::EVIDENCE_BYTES;

use crate::archive;
use crate::assemble::Passed;
use crate::error::{Error, ErrorKind, shown};
use crate::file::{self, Opened};
use crate::found::{Found, HEAD};
use crate::input::{Given, Input, role_of};
use crate::role::Role;
use crate::watch::Watch;

const NO_PROVENANCE: &str = "no provenance among what was given; give the folder or archive of the bundle, or \
                                        name `provenance.json` and `evidence.json`";
const NO_EVIDENCE: &str = "no evidence among what was given; name `evidence.json` too";

/// Reads the loose files of a bundle.
pub(crate) fn read(paths: &[PathBuf], hash: bool, watch: &mut Watch<'_>) -> Result<Input, Error> {
    let (input, found) = collect(paths, hash, watch)?;
    bundle(paths, hash, input, found)
}

/// Reads the loose files of a bundle, or the document of another system with its artifacts.
pub(crate) fn read_any(paths: &[PathBuf], hash: bool, watch: &mut Watch<'_>) -> Result<Given, Error> {
    let (mut input, mut found) = collect(paths, hash, watch)?;
    match found.other(&mut input) {
        Some(given) => Ok(given),
        None => bundle(paths, hash, input, found).map(Given::Bundle),
    }
}

fn collect(paths: &[PathBuf], hash: bool, watch: &mut Watch<'_>) -> Result<(Input, Found), Error> {
    let mut input = Input::default();
    input.artifacts.mode = ArtifactMode::Loose;
    let mut found = Found::default();
    paths.iter().try_for_each(|path| add(&mut found, path, hash, &mut input, watch))?;
    Ok((input, found))
}

/// Where the files are those of a bundle, the documents of other systems among them are artifacts.
fn bundle(paths: &[PathBuf], hash: bool, mut input: Input, mut found: Found) -> Result<Input, Error> {
    found.others_are_artifacts(hash, &mut input);
    let missing = |what: &'static str| {
        let given: Vec<String> = paths.iter().map(|path| shown(path)).collect();
        ErrorKind::Missing { what }.of(given.join(" "))
    };
    match found.there() {
        (false, _) => {
            paths.iter().try_for_each(|path| not_packed(path))?;
            Err(missing(NO_PROVENANCE))
        }
        (_, false) => Err(missing(NO_EVIDENCE)),
        (true, true) => Ok(input),
    }
}

/// Whoever gives an archive that is not read means the bundle in it. Where a provenance is there, too, it
/// is an artifact like any other.
fn not_packed(path: &Path) -> Result<(), Error> {
    match archive::foreign(&file::open(path)?, path)? {
        Some(with) => Err(ErrorKind::Packed { with }.of(shown(path))),
        None => Ok(()),
    }
}

/// Reads loose files beside a folder or archive: certificates, and artifacts, which then stand for
/// those of the bundle.
pub(crate) fn beside(
    paths: &[PathBuf],
    hash: bool,
    input: &mut Input,
    watch: &mut Watch<'_>,
) -> Result<(), Error> {
    let mut found = Found::beside(true, true);
    let whole = core::mem::take(&mut input.artifacts);
    paths.iter().try_for_each(|path| add(&mut found, path, hash, input, watch))?;
    found.others_are_artifacts(hash, input);
    if input.artifacts.files.is_empty() {
        input.artifacts = whole;
    }
    Ok(())
}

/// One artifact that somebody named as such.
pub(crate) fn artifact(path: &Path, watch: &mut Watch<'_>) -> Result<Artifact, Error> {
    Ok(pass(path, 0, watch)?.artifact)
}

/// The role of a file.
pub(crate) fn role(opened: Opened, path: &Path) -> Result<Role, Error> {
    let head = file::read_at_most(opened.file, EVIDENCE_BYTES).map_err(|kind| kind.of(shown(path)))?;
    Ok(role_of(&name(path), &head))
}

fn add(
    found: &mut Found,
    path: &Path,
    hash: bool,
    input: &mut Input,
    watch: &mut Watch<'_>,
) -> Result<(), Error> {
    let passed = pass(path, HEAD, watch)?;
    let role = role_of(&name(path), &passed.head);
    found.add(&shown(path), role, passed, hash, input)
}

fn pass(path: &Path, keep: usize, watch: &mut Watch<'_>) -> Result<Passed, Error> {
    let mut opened = file::open(path)?;
    file::pass_file(&mut opened, &name(path), keep, watch).map_err(|kind| kind.of(shown(path)))
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(|| shown(path), |name| name.to_string_lossy().into_owned())
}
