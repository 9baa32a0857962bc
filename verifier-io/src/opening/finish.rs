//! From all that was read to what is appraised.

use alloc::vec::Vec;

use kettle_verifier_core::bundle::{ArtifactMode, ArtifactSet};
use kettle_verifier_core::request::Decoded;

use super::{File, Opened, Opening};
use crate::assemble::{Draft, Passed};
use crate::error::{Error, ErrorKind};
use crate::found::Found;
use crate::input::{Given, Input, Part, Seen, role_of};
use crate::role::Role;

/// Puts the bundle and the loose files beside it together.
pub(super) fn finish(opening: Opening, draft: Option<Draft>) -> Result<Opened, Error> {
    let Opening { hash, subjects, files, folder, .. } = opening;
    let mut opened = Opened::default();
    let alone = draft.is_none();
    let (mut found, mut input) = match draft {
        Some(draft) => {
            let (provenance, evidence) = draft.there();
            (Found::beside(provenance, evidence), draft.input)
        }
        None => (Found::default(), Input::default()),
    };
    let whole = core::mem::take(&mut input.artifacts);
    if alone {
        input.artifacts.mode = ArtifactMode::Loose;
    }
    let packed = files.iter().find_map(|file| Some((file.name.clone(), file.packed?)));
    for index in folder.into_iter().flat_map(|folder| folder.aside) {
        opened.files.extend(files.get(index).map(aside));
    }
    for File { name, passed, .. } in files {
        if let Some(passed) = passed {
            loose(&name, passed, hash, &mut found, &mut input, &mut opened)?;
        }
    }
    let other = if alone { found.other(&mut input) } else { None };
    if other.is_none() {
        found.others_are_artifacts(hash, &mut input);
    }
    if !alone && input.artifacts.files.is_empty() {
        input.artifacts = whole;
    }
    let (mut content, seen) = match other {
        Some(Given::Other(other)) => {
            let seen = other.files.clone();
            (Some(Decoded::from(other)), seen)
        }
        _ => bundle(input, found.there(), hash, &mut opened.missing),
    };
    match packed {
        Some((name, with)) if alone && opened.missing.contains(&Part::Provenance) => {
            return Err(ErrorKind::Packed { with }.of(name));
        }
        _ => {}
    }
    if let Some(content) = &mut content {
        content.artifacts.subjects = subjects;
    }
    opened.files.splice(0..0, seen);
    Ok(Opened { content, ..opened })
}

/// Takes a loose file. A policy or a trust root is handed on and not put in force: a glob over a hostile folder
/// would bring the attacker's own in.
fn loose(
    name: &str,
    passed: Passed,
    hash: bool,
    found: &mut Found,
    input: &mut Input,
    opened: &mut Opened,
) -> Result<(), Error> {
    let role = role_of(name, &passed.head);
    let (slot, part, what) = match role {
        Role::Policy => (&mut opened.policy, Part::Policy, "policy"),
        Role::TrustRoot => (&mut opened.trust_root, Part::TrustRoot, "trust root"),
        _ => return found.add(name, role, passed, hash, input),
    };
    let before = opened.files.iter().find(|seen| seen.part == part).map(|seen| seen.name.clone());
    if let Some(other) = before {
        return Err(ErrorKind::Twice { what, other }.of(name));
    }
    opened.files.push(Seen::new(name, &passed.artifact, part));
    *slot = Some(passed.head);
    Ok(())
}

fn bundle(
    mut input: Input,
    (provenance, evidence): (bool, bool),
    hash: bool,
    missing: &mut Vec<Part>,
) -> (Option<Decoded>, Vec<Seen>) {
    if !hash {
        input.artifacts = ArtifactSet { mode: ArtifactMode::Without, ..ArtifactSet::default() };
    }
    let without = hash && input.artifacts.files.is_empty();
    let needed = [(!provenance, Part::Provenance), (!evidence, Part::Evidence), (without, Part::Artifact)];
    missing.extend(needed.into_iter().filter(|(lacks, _)| *lacks).map(|(_, part)| part));
    let seen = core::mem::take(&mut input.files);
    ((provenance && evidence).then(|| input.into()), seen)
}

/// A file in a folder that no bundle has.
fn aside(file: &File) -> Seen {
    let reason = "in a folder that plays no part";
    Seen { name: file.name.clone(), sha256: None, size: file.size, part: Part::Nothing, reason }
}
