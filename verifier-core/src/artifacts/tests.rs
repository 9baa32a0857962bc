use super::*;
use crate::json;
use crate::log::Record;
use crate::policy::Policy;
use crate::verdict::{CheckSpec, Status};
use alloc::borrow::ToOwned;
use alloc::string::ToString as _;
use serde_json::json;

/// A statement with these subjects, each with the digest of some bytes. The provenance's own checks
/// are not looked at here.
fn statement(subjects: &[(&str, &[u8])]) -> Statement {
    let list: Vec<_> = subjects
        .iter()
        .map(|(name, bytes)| json!({"name": name, "digest": {"sha256": hex(&crate::crypto::sha256(bytes))}}))
        .collect();
    let text = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "predicateType": "https://slsa.dev/provenance/v1",
        "subject": list
    })
    .to_string();
    let policy = Policy::default();
    let mut log = Log::new(&policy, crate::provenance::CHECKS.iter().copied());
    let document = json::parse(text.as_bytes(), 1 << 20).unwrap();
    crate::provenance::appraise(&document, &policy, &mut log).unwrap()
}

fn set(mode: ArtifactMode, files: &[(&str, &[u8])], subjects: &[&str]) -> ArtifactSet {
    let files = files.iter().map(|(name, bytes)| Artifact::from_bytes(*name, bytes)).collect();
    ArtifactSet { mode, files, subjects: subjects.iter().map(|name| (*name).to_owned()).collect() }
}

fn appraised(subjects: &[(&str, &[u8])], set: &ArtifactSet) -> Record {
    let policy = Policy::default();
    let mut log = Log::new(&policy, CHECKS.iter().copied());
    appraise(&statement(subjects), set, &mut log);
    log.finish()
}

fn status(record: &Record, spec: &CheckSpec) -> Status {
    record.checks.iter().find(|check| check.id == spec.id).unwrap().status
}

/// The first check that failed; empty where all passed.
fn failure(record: &Record) -> &str {
    let open = record.checks.iter().find(|check| check.status != Status::Pass);
    let failed = record.checks.iter().find(|check| check.status == Status::Fail);
    assert_eq!(open.is_some(), failed.is_some());
    failed.map_or("", |check| &check.id)
}

fn checked(record: &Record) -> Vec<&str> {
    let claims = record.claims.iter().filter(|claim| claim.id == "artifact.checked");
    claims.map(|claim| claim.value.as_str()).collect()
}

fn noted<'r>(record: &'r Record, id: &str) -> Vec<&'r str> {
    record.notes.iter().filter(|note| note.id == id).map(|note| note.location.as_str()).collect()
}

const RG: (&str, &[u8]) = ("rg", b"ripgrep");
const FD: (&str, &[u8]) = ("fd", b"find");
use ArtifactMode::{Folder, Loose, Without};

#[test]
fn a_whole_folder_passes() {
    let record = appraised(&[RG, FD], &set(Folder, &[FD, RG], &[]));
    assert_eq!(failure(&record), "");
    assert_eq!(checked(&record), ["fd", "rg"]);
    let links: Vec<_> = record.links.iter().map(|link| (link.from.as_str(), link.to.as_str())).collect();
    let expected = [
        ("artifact rg", "subject rg"),
        ("artifact fd", "subject fd"),
        ("subject rg", "provenance.json"),
        ("subject fd", "provenance.json"),
    ];
    assert_eq!(links, expected);
    assert!(record.links.iter().all(|link| link.holds));
}

#[test]
fn a_missing_file_fails() {
    let record = appraised(&[RG, FD], &set(Folder, &[RG], &[]));
    assert_eq!(failure(&record), "artifacts.present");
    assert_eq!(record.checks.iter().find(|check| check.id == PRESENT.id).unwrap().location, "fd");
    assert_eq!(failure(&appraised(&[RG], &set(Folder, &[], &[]))), "artifacts.present");
    // A file of the right bytes and another name is not the subject's.
    assert_eq!(failure(&appraised(&[RG], &set(Folder, &[("ripgrep", RG.1)], &[]))), "artifacts.present");
}

#[test]
fn a_changed_file_fails_with_both_digests() {
    let record = appraised(&[RG, FD], &set(Folder, &[RG, ("fd", b"finD")], &[]));
    assert_eq!(failure(&record), "artifacts.digests");
    let check = record.checks.iter().find(|check| check.id == DIGESTS.id).unwrap();
    assert_eq!(check.expected, hex(&crate::crypto::sha256(b"find")));
    assert_eq!(check.found, hex(&crate::crypto::sha256(b"finD")));
    assert_eq!(check.location, "fd");
    assert_eq!(checked(&record), ["rg"]);
    assert!(record.links.iter().any(|link| !link.holds && link.from == "artifact fd"));
    assert_eq!(failure(&appraised(&[RG], &set(Folder, &[("rg", b"")], &[]))), "artifacts.digests");
}

#[test]
fn files_of_two_subjects_cannot_be_exchanged() {
    let exchanged = set(Folder, &[("rg", FD.1), ("fd", RG.1)], &[]);
    assert_eq!(failure(&appraised(&[RG, FD], &exchanged)), "artifacts.digests");
}

#[test]
fn an_empty_artifact_is_an_artifact() {
    assert_eq!(failure(&appraised(&[("empty", b"")], &set(Folder, &[("empty", b"")], &[]))), "");
    assert_eq!(
        failure(&appraised(&[("empty", b"")], &set(Folder, &[("empty", b"x")], &[]))),
        "artifacts.digests"
    );
}

#[test]
fn other_files_are_noted() {
    let record = appraised(&[RG], &set(Folder, &[RG, ("README", b"read")], &[]));
    assert_eq!(failure(&record), "");
    assert_eq!(noted(&record, "artifacts.unlisted"), ["README"]);
    assert_eq!(checked(&record), ["rg"]);
}

#[test]
fn names_that_escape_or_are_twins_fail() {
    for name in ["../rg", "/rg", "a\\rg", "C:rg", "r\u{202e}g", "", "a/../rg"] {
        let record = appraised(&[RG], &set(Folder, &[RG, (name, b"x")], &[]));
        assert_eq!(failure(&record), "artifacts.names", "{name}");
    }
    for name in ["rg", "RG", "Rg"] {
        let record = appraised(&[RG], &set(Folder, &[RG, (name, b"x")], &[]));
        assert_eq!(failure(&record), "artifacts.names", "{name}");
        let record = appraised(&[RG], &set(Folder, &[(name, b"x"), RG], &[]));
        assert_eq!(failure(&record), "artifacts.names", "{name}");
        let record = appraised(&[RG], &set(Loose, &[RG, (name, RG.1)], &[]));
        assert_eq!(failure(&record), "artifacts.names", "{name}");
    }
    let twins = set(Folder, &[RG, ("caf\u{e9}", b"x"), ("cafe\u{301}", b"y")], &[]);
    assert_eq!(failure(&appraised(&[RG], &twins)), "artifacts.names");
}

#[test]
fn subjects_can_be_narrowed_but_not_invented() {
    let record = appraised(&[RG, FD], &set(Folder, &[RG], &["rg"]));
    assert_eq!((failure(&record), checked(&record)), ("", ["rg"].to_vec()));
    let record = appraised(&[RG, FD], &set(Folder, &[RG], &["fd"]));
    assert_eq!(failure(&record), "artifacts.present");
    for mode in [Folder, Loose, Without] {
        let record = appraised(&[RG], &set(mode, &[RG], &["rg", "rg2"]));
        assert_eq!(status(&record, &PRESENT), Status::Fail, "{mode:?}");
        let record = appraised(&[RG], &set(mode, &[RG], &["rg2"]));
        assert_eq!(status(&record, &PRESENT), Status::Fail, "{mode:?}");
    }
}

#[test]
fn without_artifacts_nothing_is_said_to_be_checked() {
    let record = appraised(&[RG], &set(Without, &[], &[]));
    assert!(record.checks.iter().all(|check| check.status == Status::NotReached));
    assert!(CHECKS.iter().all(|spec| spec.pins));
    assert_eq!(checked(&record), Vec::<&str>::new());
}

#[test]
fn loose_files_are_compared_by_digest() {
    let record = appraised(&[RG, FD], &set(Loose, &[("ripgrep-14", RG.1)], &[]));
    assert_eq!((failure(&record), checked(&record)), ("", ["rg"].to_vec()));
    assert_eq!(noted(&record, "artifacts.other_name"), ["ripgrep-14"]);
    assert_eq!(noted(&record, "artifacts.not_given"), ["fd"]);
    let record = appraised(&[("bin/rg", RG.1)], &set(Loose, &[RG], &[]));
    assert_eq!((failure(&record), checked(&record)), ("", ["bin/rg"].to_vec()));
}

#[test]
fn a_loose_file_that_is_no_subject_fails() {
    let record = appraised(&[RG], &set(Loose, &[RG, ("other", b"x")], &[]));
    assert_eq!(failure(&record), "artifacts.present");
    // One that has a subject's name is compared with it.
    assert_eq!(failure(&appraised(&[RG], &set(Loose, &[("rg", b"x")], &[]))), "artifacts.digests");
    let record = appraised(&[("bin/rg", RG.1)], &set(Loose, &[("rg", b"x")], &[]));
    assert_eq!(failure(&record), "artifacts.digests");
}

#[test]
fn loose_files_must_be_there_for_subjects_asked_for() {
    let record = appraised(&[RG, FD], &set(Loose, &[RG], &["rg"]));
    assert_eq!(failure(&record), "");
    let record = appraised(&[RG, FD], &set(Loose, &[RG], &["fd"]));
    assert_eq!(failure(&record), "artifacts.present");
    let record = appraised(&[RG, FD], &set(Loose, &[RG], &["rg", "fd"]));
    assert_eq!(failure(&record), "artifacts.present");
}

#[test]
fn subjects_of_one_digest_are_told_apart_by_name() {
    let same: [(&str, &[u8]); 2] = [("one", b"same"), ("two", b"same")];
    let record = appraised(&same, &set(Loose, &[("two", b"same")], &[]));
    assert_eq!((failure(&record), checked(&record)), ("", ["two"].to_vec()));
    assert_eq!(failure(&appraised(&same, &set(Folder, &same, &[]))), "");
}

#[test]
fn no_loose_file_is_nothing_checked() {
    let record = appraised(&[RG], &set(Loose, &[], &[]));
    assert_eq!(status(&record, &CHECKED), Status::NotReached);
    assert_eq!(status(&record, &DIGESTS), Status::NotReached);
}

#[test]
fn a_genuine_artifact_is_its_subject() {
    let Some(file) = crate::vectors::bytes("kettle/lunal-kettle/fixtures/alejandra/artifacts/alejandra")
    else {
        return;
    };
    let Some(document) = crate::vectors::bytes("kettle/lunal-kettle/fixtures/alejandra/provenance.json")
    else {
        return;
    };
    let policy = Policy::default();
    let mut log = Log::new(&policy, crate::provenance::CHECKS.iter().chain(CHECKS).copied());
    let document = json::parse(&document, 1 << 20).unwrap();
    let statement = crate::provenance::appraise(&document, &policy, &mut log).unwrap();
    appraise(&statement, &set(Folder, &[("alejandra", &file)], &[]), &mut log);
    assert!(log.statuses().all(|(status, _)| status == Status::Pass));
}
