//! The artifact files against the subjects of the provenance.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::bundle::{Artifact, ArtifactMode, ArtifactSet};
use crate::limits::{LISTED, SUBJECTS};
use crate::log::{Finding, Log, Place};
use crate::provenance::{Statement, Subject, names};
use crate::text::hex;
use crate::verdict::{Authority, CheckSpec, Link, NoteKind, Stage, checks};

checks! {
    /// The checks of the artifacts, in pipeline order. Where no artifacts are given none of them is
    /// performed, and the outcome is `unpinned` at best.
    CHECKS;

    /// The names of the files are safe and each is there once.
    NAMES = check(
        "artifacts.names",
        "each file has a safe name of its own, on every file system",
        "kettle-bundle.md, Layout",
        "fetch the bundle again; if it is like that at its origin, don't unpack it",
    );
    /// Every subject that is asked for has a file, every loose file a subject.
    PRESENT = check(
        "artifacts.present",
        "every subject that is asked for has a file, and every loose file a subject",
        "design.md, root decision 3; in-toto Statement v1, subject",
        "add the missing file, name the subjects that you have with `--subject`, or appraise `--without-artifacts`",
    );
    /// The files have the digests of their subjects.
    DIGESTS = check(
        "artifacts.digests",
        "each file's bytes have the SHA-256 of its subject",
        "in-toto Statement v1, subject; FIPS 180-4",
        "don't use the file: it is not the one that was built; fetch it again",
    );
    /// At least one artifact was compared and is equal.
    CHECKED = check(
        "artifacts.checked",
        "at least one artifact was compared with its subject and is equal",
        "design.md, root decisions 3 and 6",
        "give the artifact whose origin you want to know",
    );
}

const fn check(id: &'static str, title: &'static str, clause: &'static str, mend: &'static str) -> CheckSpec {
    CheckSpec::new(id, Stage::Artifacts, Authority::Provenance, title, clause, mend).pinning()
}

/// Compares the files with the subjects.
pub(crate) fn appraise(statement: &Statement, artifacts: &ArtifactSet, log: &mut Log<'_>) {
    link_subjects(statement, log);
    let wanted = wanted(statement, artifacts, log);
    if artifacts.mode == ArtifactMode::Without {
        for spec in CHECKS {
            log.unnamed(spec, Finding::new("artifacts", "none: they were left out on purpose"));
        }
        return;
    }
    names_are_safe(&artifacts.files, log);
    let compared = match artifacts.mode {
        ArtifactMode::Loose => loose(statement, &wanted, artifacts, log),
        _ => folder(&wanted, &artifacts.files, log),
    };
    digests(&compared, log);
    checked(&compared, log);
}

/// A file and the subject that it is compared with.
struct Compared<'b> {
    subject: &'b Subject,
    file: &'b Artifact,
}

impl Compared<'_> {
    fn equal(&self) -> bool {
        self.subject.sha256() == &self.file.sha256
    }
}

/// The subjects that are asked for: all, or those named. A name that is no subject fails.
fn wanted<'b>(statement: &'b Statement, artifacts: &ArtifactSet, log: &mut Log<'_>) -> Vec<&'b Subject> {
    let subjects = statement.subjects();
    if artifacts.subjects.is_empty() {
        return subjects.iter().collect();
    }
    let asked: BTreeSet<&str> = artifacts.subjects.iter().map(String::as_str).collect();
    let known: Vec<&Subject> = subjects.iter().filter(|subject| asked.contains(subject.name())).collect();
    let unknown = asked.iter().find(|name| !subjects.iter().any(|subject| subject.name() == **name));
    if let Some(name) = unknown {
        log.assess(&PRESENT, false, Finding::new("a subject of the provenance", *name).at("/subject"));
    }
    known
}

fn names_are_safe(files: &[Artifact], log: &mut Log<'_>) {
    let mut keys = BTreeMap::new();
    let expected = "safe relative paths that differ on every file system";
    let mut refused =
        (files.len() > SUBJECTS).then(|| Finding::new(format!("at most {SUBJECTS} files"), "more"));
    for file in files {
        if let Some(why) = names::fault(&file.name) {
            let finding = Finding::new(expected, format!("`{}`: {why}", file.name));
            refused.get_or_insert(finding.at(&file.name));
        } else if let Some(twin) = keys.insert(names::twin_key(&file.name), &file.name) {
            let finding = Finding::new(expected, format!("`{twin}` and `{}`", file.name));
            refused.get_or_insert(finding.at(&file.name));
        }
    }
    let holds = refused.is_none();
    let finding = refused.unwrap_or_else(|| Finding::new(expected, format!("{} files", files.len())));
    log.assess(&NAMES, holds, finding);
}

/// A whole folder: each subject that is asked for has the file of its name. Other files are noted.
fn folder<'b>(wanted: &[&'b Subject], files: &'b [Artifact], log: &mut Log<'_>) -> Vec<Compared<'b>> {
    let mut by_name = BTreeMap::new();
    for file in files {
        // Of two files with one name the first counts; the names' own check has failed by then.
        by_name.entry(file.name.as_str()).or_insert(file);
    }
    let mut compared = Vec::new();
    let mut missing = None;
    for subject in wanted {
        match by_name.remove(subject.name()) {
            Some(file) => compared.push(Compared { subject, file }),
            None => missing = missing.or(Some(subject.name())),
        }
    }
    let present = format!("{} of {} files", compared.len(), wanted.len());
    match missing {
        Some(name) => {
            let found = format!("{present}; none for `{name}`");
            log.assess(&PRESENT, false, Finding::new("a file for each subject", found).at(name))
        }
        None => log.assess(&PRESENT, !wanted.is_empty(), Finding::new("a file for each subject", present)),
    };
    note_each(
        "artifacts.unlisted",
        "a file that was not compared with a subject",
        by_name.keys().copied(),
        log,
    );
    compared
}

/// Loose files: each is compared with the subject of its digest or, where it has none, with the one
/// of its name. Subjects that no file was given for are noted, unless they were asked for by name.
fn loose<'b>(
    statement: &'b Statement,
    wanted: &[&'b Subject],
    artifacts: &'b ArtifactSet,
    log: &mut Log<'_>,
) -> Vec<Compared<'b>> {
    let subjects = statement.subjects();
    let mut compared: Vec<Compared<'b>> = Vec::new();
    let mut strangers = Vec::new();
    for file in &artifacts.files {
        let base = |name: &'b str| name.rsplit('/').next().unwrap_or(name);
        let same_digest = |subject: &&Subject| subject.sha256() == &file.sha256;
        let exact_name = |subject: &&Subject| subject.name() == file.name;
        let same_name = |subject: &&'b Subject| base(subject.name()) == base(&file.name);
        // Several subjects may have one digest: then the one of the same name.
        let found = subjects
            .iter()
            .find(|subject| same_digest(subject) && same_name(subject))
            .or_else(|| subjects.iter().find(same_digest))
            .or_else(|| subjects.iter().find(exact_name))
            .or_else(|| subjects.iter().find(same_name));
        match found {
            Some(subject) => compared.push(Compared { subject, file }),
            None => strangers.push(file),
        }
    }
    present_loose(&compared, wanted, !artifacts.subjects.is_empty(), &strangers, log);
    for one in compared.iter().filter(|one| one.equal() && one.subject.name() != one.file.name).take(LISTED) {
        let text = format!("the file `{}` is the subject `{}`", one.file.name, one.subject.name());
        log.note(NoteKind::Information, "artifacts.other_name", text, &one.file.name);
    }
    compared
}

fn present_loose(
    compared: &[Compared<'_>],
    wanted: &[&Subject],
    asked: bool,
    strangers: &[&Artifact],
    log: &mut Log<'_>,
) {
    let given: BTreeSet<&str> = compared.iter().map(|one| one.subject.name()).collect();
    let absent: Vec<&str> =
        wanted.iter().map(|subject| subject.name()).filter(|name| !given.contains(name)).collect();
    match (strangers.first(), absent.first()) {
        (Some(stranger), _) => {
            let found = format!("{} with SHA-256 {}", stranger.name, hex(&stranger.sha256));
            log.assess(&PRESENT, false, Finding::new("a subject for each file", found).at(&stranger.name));
        }
        (None, Some(name)) if asked => {
            let found = format!("no file for `{name}`");
            log.assess(&PRESENT, false, Finding::new("a file for each subject asked for", found).at(*name));
        }
        _ if compared.is_empty() => {
            log.unnamed(&PRESENT, Finding::new("a subject for each file", "no file was given"));
        }
        _ => {
            let found = format!("{} files", compared.len());
            log.assess(&PRESENT, true, Finding::new("a subject for each file", found));
        }
    }
    note_each("artifacts.not_given", "a subject that no file was given for", absent.into_iter(), log);
}

fn digests(compared: &[Compared<'_>], log: &mut Log<'_>) {
    for one in compared.iter().take(LISTED) {
        log.link(
            Place::Artifact,
            Link {
                from: format!("artifact {}", one.file.name),
                to: format!("subject {}", one.subject.name()),
                left: hex(&one.file.sha256),
                right: hex(one.subject.sha256()),
                holds: one.equal(),
                checks: alloc::vec![DIGESTS.id.into()],
            },
        );
    }
    let Some(first) = compared.first() else {
        log.unnamed(&DIGESTS, Finding::new("a file and its subject", "nothing to compare"));
        return;
    };
    let shown = compared.iter().find(|one| !one.equal()).unwrap_or(first);
    let finding = Finding::new(hex(shown.subject.sha256()), hex(&shown.file.sha256)).at(&shown.file.name);
    log.assess(&DIGESTS, compared.iter().all(Compared::equal), finding);
}

fn checked(compared: &[Compared<'_>], log: &mut Log<'_>) {
    let equal: BTreeSet<&str> =
        compared.iter().filter(|one| one.equal()).map(|one| one.subject.name()).collect();
    for name in &equal {
        log.claim("artifact.checked", *name, Authority::Provenance, "/subject");
    }
    let finding = Finding::new("at least one", format!("{} of {}", equal.len(), compared.len()));
    if equal.is_empty() {
        log.unnamed(&CHECKED, finding);
    } else {
        log.assess(&CHECKED, true, finding);
    }
}

/// The links from the subjects to the document that they stand in.
fn link_subjects(statement: &Statement, log: &mut Log<'_>) {
    let document = log.claimed("provenance.sha256").unwrap_or_default().into();
    let document: String = document;
    for (index, subject) in statement.subjects().iter().enumerate().take(LISTED) {
        log.link(
            Place::Subject,
            Link {
                from: format!("subject {}", subject.name()),
                to: "provenance.json".into(),
                left: hex(subject.sha256()),
                right: format!("/subject/{index} of {document}"),
                holds: true,
                checks: alloc::vec![crate::provenance::SUBJECTS.id.into()],
            },
        );
    }
}

/// A note for each name up to a bound, and their number beyond it.
fn note_each<'n>(id: &str, text: &str, names: impl Iterator<Item = &'n str>, log: &mut Log<'_>) {
    let names: Vec<&str> = names.collect();
    for name in names.iter().take(LISTED) {
        log.note(NoteKind::Information, id, text, *name);
    }
    if let Some(more) = names.len().checked_sub(LISTED).filter(|more| *more > 0) {
        log.note(NoteKind::Information, id, format!("{more} more: {text}"), "");
    }
}

#[cfg(test)]
mod tests;
