//! The artifact files against the subjects of the provenance.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::bundle::{Artifact, ArtifactMode, ArtifactSet};
use crate::index::Index;
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
    let asked = Index::of(&artifacts.subjects);
    let known = subjects.iter().filter(|subject| asked.has(subject.name())).collect();
    let names = Index::of(subjects.iter().map(Subject::name));
    let unknown = asked.places().filter_map(|at| artifacts.subjects.get(at)).find(|name| !names.has(name));
    if let Some(name) = unknown {
        log.assess(&PRESENT, false, Finding::new("a subject of the provenance", name).at("/subject"));
    }
    known
}

fn names_are_safe(files: &[Artifact], log: &mut Log<'_>) {
    let expected = "safe relative paths that differ on every file system";
    let amiss = |name: &str, found: String| Finding::new(expected, found).at(name);
    let mut refused =
        (files.len() > SUBJECTS).then(|| Finding::new(format!("at most {SUBJECTS} files"), "more"));
    // The first that is amiss counts: a twin stands before the first name that may not be.
    let unsafe_name = |name: &str| names::fault(name).map(|why| amiss(name, format!("`{name}`: {why}")));
    let safe = files.iter().take_while(|file| names::fault(&file.name).is_none());
    let keys: Vec<String> = safe.map(|file| names::twin_key(&file.name)).collect();
    let index = Index::of(&keys);
    let pair = index.repeated().and_then(|at| Some((at, index.find(keys.get(at)?.as_bytes())?)));
    let twin = pair.and_then(|(at, first)| {
        let (name, other) = (&files.get(at)?.name, &files.get(first)?.name);
        Some(amiss(name, format!("`{other}` and `{name}`")))
    });
    refused = refused.or(twin).or_else(|| unsafe_name(&files.get(keys.len())?.name));
    let holds = refused.is_none();
    let finding = refused.unwrap_or_else(|| Finding::new(expected, format!("{} files", files.len())));
    log.assess(&NAMES, holds, finding);
}

/// A whole folder: each subject that is asked for has the file of its name. Other files are noted.
fn folder<'b>(wanted: &[&'b Subject], files: &'b [Artifact], log: &mut Log<'_>) -> Vec<Compared<'b>> {
    // Of two files with one name the first counts; the names' own check has failed by then.
    let by_name = Index::of(files.iter().map(|file| &file.name));
    let mut compared = Vec::new();
    let mut missing = None;
    for subject in wanted {
        match by_name.find(subject.name().as_bytes()).and_then(|at| files.get(at)) {
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
    let subjects = Index::of(wanted.iter().map(|subject| subject.name()));
    let others = by_name.distinct().into_iter().filter_map(|at| files.get(at)).map(|file| file.name.as_str());
    note_each(
        "artifacts.unlisted",
        "a file that was not compared with a subject",
        others.filter(|name| !subjects.has(name)),
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
    let given = Index::of(compared.iter().map(|one| one.subject.name()));
    let absent: Vec<&str> =
        wanted.iter().map(|subject| subject.name()).filter(|name| !given.has(name)).collect();
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
    let equal: Vec<&str> = compared.iter().filter(|one| one.equal()).map(|one| one.subject.name()).collect();
    let distinct = Index::of(equal.iter().copied()).distinct();
    for name in distinct.iter().filter_map(|at| equal.get(*at)) {
        log.claim("artifact.checked", *name, Authority::Provenance, "/subject");
    }
    let finding = Finding::new("at least one", format!("{} of {}", distinct.len(), compared.len()));
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
