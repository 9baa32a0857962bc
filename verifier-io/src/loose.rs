//! A bundle in loose files, whose roles are told by their content.

use std::path::{Path, PathBuf};

use kettle_verifier_core::Artifact;
use kettle_verifier_core::bundle::ArtifactMode;
use kettle_verifier_core::limits::EVIDENCE_BYTES;

use crate::archive;
use crate::collateral::collateral_from_bytes;
use crate::error::{Error, ErrorKind, shown};
use crate::file::{self, Opened, Passed};
use crate::read::{Format, Given, Ignored, Input, Other, role_of};
use crate::role::Role;
use crate::watch::Watch;

/// The first bytes of a file that are kept to tell its role: one more than a document may have.
const HEAD: usize = EVIDENCE_BYTES + 1;

/// Reads the loose files of a bundle.
pub(crate) fn read(paths: &[PathBuf], hash: bool, watch: &mut Watch<'_>) -> Result<Input, Error> {
    let (input, found) = collect(paths, hash, watch)?;
    bundle(paths, hash, input, found)
}

/// Reads the loose files of a bundle, or the document of another system with its artifacts.
pub(crate) fn read_any(paths: &[PathBuf], hash: bool, watch: &mut Watch<'_>) -> Result<Given, Error> {
    let (input, mut found) = collect(paths, hash, watch)?;
    if found.provenance.is_some() || found.evidence.is_some() || found.others.len() != 1 {
        return bundle(paths, hash, input, found).map(Given::Bundle);
    }
    match found.others.pop() {
        Some((format, passed)) => {
            let Input { artifacts, ignored, .. } = input;
            Ok(Given::Other(Other { format, document: passed.head, artifacts: artifacts.files, ignored }))
        }
        None => bundle(paths, hash, input, found).map(Given::Bundle),
    }
}

fn collect(paths: &[PathBuf], hash: bool, watch: &mut Watch<'_>) -> Result<(Input, Found), Error> {
    let mut input = Input::default();
    input.artifacts.mode = ArtifactMode::Loose;
    let mut found = Found::default();
    for path in paths {
        found.add(path, hash, &mut input, watch)?;
    }
    Ok((input, found))
}

/// Where the files are those of a bundle, the documents of other systems among them are artifacts.
fn bundle(paths: &[PathBuf], hash: bool, mut input: Input, mut found: Found) -> Result<Input, Error> {
    found.others_are_artifacts(hash, &mut input);
    let missing = |what: &'static str| {
        let given: Vec<String> = paths.iter().map(|path| shown(path)).collect();
        ErrorKind::Missing { what }.of(given.join(" "))
    };
    if found.provenance.is_none() {
        paths.iter().try_for_each(|path| not_packed(path))?;
        return Err(missing(
            "no provenance among what was given; give the folder or archive of the bundle, or name \
             `provenance.json` and `evidence.json`",
        ));
    }
    if found.evidence.is_none() {
        return Err(missing("no evidence among what was given; name `evidence.json` too"));
    }
    Ok(input)
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
    let here = || Some("the bundle".into());
    let mut found = Found { provenance: here(), evidence: here(), others: Vec::new() };
    let whole = core::mem::take(&mut input.artifacts);
    paths.iter().try_for_each(|path| found.add(path, hash, input, watch))?;
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

#[derive(Default)]
struct Found {
    provenance: Option<String>,
    evidence: Option<String>,
    others: Vec<(Format, Passed)>,
}

impl Found {
    fn others_are_artifacts(&mut self, hash: bool, input: &mut Input) {
        for (_, passed) in self.others.drain(..) {
            let name = passed.artifact.name.clone();
            play(&name, passed, hash, input);
        }
    }

    fn add(
        &mut self,
        path: &Path,
        hash: bool,
        input: &mut Input,
        watch: &mut Watch<'_>,
    ) -> Result<(), Error> {
        let passed = pass(path, HEAD, watch)?;
        let here = shown(path);
        match role_of(&name(path), &passed.head) {
            Role::Provenance => {
                once(&mut self.provenance, "provenance", &here).map(|()| input.provenance = passed.head)
            }
            Role::Evidence => {
                once(&mut self.evidence, "evidence", &here).map(|()| input.evidence = passed.head)
            }
            Role::Collateral => collateral_from_bytes(&passed.head, &here, &mut input.collateral),
            // A glob over a hostile folder would bring the attacker's own policy in.
            Role::Policy => Err(unasked("a policy", "--policy FILE", &here)),
            Role::TrustRoot => Err(unasked("a trust root", "--trust-root FILE", &here)),
            Role::Certificate => {
                self.others.push((Format::Certificate, passed));
                Ok(())
            }
            Role::NitroDocument => {
                self.others.push((Format::CompileReport, passed));
                Ok(())
            }
            _ => {
                play(&here, passed, hash, input);
                Ok(())
            }
        }
    }
}

/// Takes a file as an artifact, where those among the paths are asked for.
fn play(shown: &str, passed: Passed, hash: bool, input: &mut Input) {
    if hash {
        input.artifacts.mode = ArtifactMode::Loose;
        input.artifacts.files.push(passed.artifact);
    } else {
        let reason = "artifacts were named, or are left aside";
        input.ignored.push(Ignored { name: shown.into(), reason });
    }
}

fn pass(path: &Path, keep: usize, watch: &mut Watch<'_>) -> Result<Passed, Error> {
    let mut opened = file::open(path)?;
    file::pass_file(&mut opened, &name(path), keep, watch).map_err(|kind| kind.of(shown(path)))
}

fn once(seen: &mut Option<String>, what: &'static str, path: &str) -> Result<(), Error> {
    match seen.replace(path.into()) {
        Some(other) => Err(ErrorKind::Twice { what, other }.of(path)),
        None => Ok(()),
    }
}

fn unasked(what: &'static str, option: &'static str, path: &str) -> Error {
    ErrorKind::Unasked { what, option }.of(path)
}

fn name(path: &Path) -> String {
    path.file_name().map_or_else(|| shown(path), |name| name.to_string_lossy().into_owned())
}
