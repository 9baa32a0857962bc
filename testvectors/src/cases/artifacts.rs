//! Artifact files and subjects (adversarial.md, P05, P10, P12).

use crate::case::{Case, Expect};
use crate::provenance::Subject;
use crate::scene::Scene;

cases![
    changed,
    truncated,
    missing,
    nothing,
    one_missing,
    extra,
    zero_length,
    same_digest,
    same_name,
    parent,
    absolute,
    nul,
    backslash,
    drive,
    empty_name,
    unicode_twin,
    case_twin,
    dot_twin,
    direction,
    filler,
    dots,
    file_parent,
    file_twin,
    folder_name,
    other_case,
    narrowed,
    narrowed_missing,
    narrowed_unknown,
    loose_one,
    loose_renamed,
    loose_stranger,
    loose_changed,
    loose_nothing,
    loose_asked,
    without,
];

const FILES: &str = "kettle-bundle.md, Layout";
const MODES: &str = "design.md, root decision 3";

const HELLO: &[u8] = b"#!/bin/sh\necho hello, attested world\n";
const OTHER: &[u8] = b"#!/bin/sh\necho the other\n";

/// A build of these files.
fn of(files: &[(&str, &[u8])]) -> Scene {
    let mut scene = Scene::snp();
    scene.build.subjects = files.iter().map(|(name, bytes)| Subject::of(name, bytes)).collect();
    scene.files = files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect();
    scene
}

fn two() -> Scene {
    of(&[("hello", HELLO), ("other", OTHER)])
}

fn case(id: &str, covers: &str, title: &str, expect: Expect, scene: &Scene) -> Case {
    Case::new(id, covers, title, expect)
        .why("a bundle vouches for the bytes of its subjects and for nothing else", FILES)
        .bundle(scene)
}

fn changed() -> Case {
    case(
        "artifacts/p12-changed",
        "P12 P10",
        "an artifact changed by one bit since it was built",
        Expect::fails("artifacts.digests"),
        &Scene::snp(),
    )
    .artifacts(&[("hello", b"#!/bin/sh\necho hello, attested worle\n")])
    .mutated_from("snp/ok-milan")
}

fn truncated() -> Case {
    case(
        "artifacts/g02-truncated",
        "G02",
        "an artifact without its last byte",
        Expect::fails("artifacts.digests"),
        &Scene::snp(),
    )
    .artifacts(&[("hello", &HELLO[..HELLO.len() - 1])])
}

fn missing() -> Case {
    case(
        "artifacts/p05-missing",
        "P05",
        "a subject without a file",
        Expect::fails("artifacts.present"),
        &Scene::snp(),
    )
    .artifacts(&[("README", b"hello")])
}

fn nothing() -> Case {
    case(
        "artifacts/p05-nothing",
        "P05 P10",
        "an empty folder",
        Expect::fails("artifacts.present"),
        &Scene::snp(),
    )
    .artifacts(&[])
}

fn one_missing() -> Case {
    case(
        "artifacts/p05-one-missing",
        "P05",
        "one of two subjects has no file",
        Expect::fails("artifacts.present"),
        &two(),
    )
    .artifacts(&[("hello", HELLO)])
}

fn extra() -> Case {
    case("artifacts/p05-extra", "P05", "a file that is no subject", Expect::verified(), &Scene::snp())
        .artifacts(&[("hello", HELLO), ("notes.txt", b"hello")])
}

fn zero_length() -> Case {
    case(
        "artifacts/p05-zero-length",
        "P05",
        "an artifact of no bytes, as its subject says",
        Expect::verified(),
        &of(&[("empty", b"")]),
    )
}

fn same_digest() -> Case {
    case(
        "artifacts/p05-same-digest",
        "P05",
        "two subjects with the same bytes",
        Expect::verified(),
        &of(&[("hello", HELLO), ("hi", HELLO)]),
    )
}

fn same_name() -> Case {
    case(
        "artifacts/p05-same-name",
        "P05",
        "two subjects with one name and two digests",
        Expect::fails("provenance.subjects"),
        &of(&[("hello", HELLO), ("hello", OTHER)]),
    )
    .artifacts(&[("hello", HELLO)])
}

fn named(id: &str, title: &str, name: &str) -> Case {
    case(id, "P05", title, Expect::fails("provenance.subjects"), &of(&[(name, HELLO)]))
}

fn parent() -> Case {
    named("artifacts/p05-parent", "a subject that escapes its folder", "../hello")
}

fn absolute() -> Case {
    named("artifacts/p05-absolute", "an absolute path", "/usr/bin/hello")
}

fn nul() -> Case {
    named("artifacts/p05-nul", "a name with a NUL", "hello\0.sh")
}

fn backslash() -> Case {
    named("artifacts/p05-backslash", "a name with a backslash", "bin\\hello")
}

fn drive() -> Case {
    named("artifacts/p05-drive", "a name with a drive letter", "C:hello")
}

fn empty_name() -> Case {
    named("artifacts/p05-empty-name", "an empty name", "")
}

fn direction() -> Case {
    named("artifacts/p05-direction", "a name whose letters change their direction", "hello\u{202e}gpj.sh")
}

fn filler() -> Case {
    named("artifacts/p05-filler", "a name with a letter that can't be seen", "hello\u{3164}")
}

fn dots() -> Case {
    named("artifacts/p05-dots", "a part that is another folder once its last space is gone", ".. /hello")
}

fn twins(id: &str, title: &str, one: &str, two: &str) -> Case {
    case(id, "P05", title, Expect::fails("provenance.subjects"), &of(&[(one, HELLO), (two, OTHER)]))
}

fn unicode_twin() -> Case {
    twins("artifacts/p05-unicode-twin", "one name in two spellings of Unicode", "caf\u{e9}", "cafe\u{301}")
}

fn case_twin() -> Case {
    twins("artifacts/p05-case-twin", "two names that differ in case alone", "hello", "Hello")
}

fn dot_twin() -> Case {
    twins("artifacts/p05-dot-twin", "two names that are one file on Windows", "hello", "hello.")
}

fn file_parent() -> Case {
    case(
        "artifacts/p05-file-parent",
        "P05",
        "a file, no subject, that escapes its folder",
        Expect::fails("artifacts.names"),
        &Scene::snp(),
    )
    .artifacts(&[("hello", HELLO), ("../hello", OTHER)])
}

fn file_twin() -> Case {
    case(
        "artifacts/p05-file-twin",
        "P05",
        "two files that differ in case alone",
        Expect::fails("artifacts.names"),
        &Scene::snp(),
    )
    .artifacts(&[("hello", HELLO), ("HELLO", OTHER)])
}

fn folder_name() -> Case {
    case(
        "artifacts/ok-path",
        "P05",
        "a subject in a folder of its own",
        Expect::verified(),
        &of(&[("bin/hello", HELLO)]),
    )
}

fn other_case() -> Case {
    case(
        "artifacts/p05-other-case",
        "P05",
        "the file's name differs from the subject's in case",
        Expect::fails("artifacts.present"),
        &Scene::snp(),
    )
    .artifacts(&[("Hello", HELLO)])
}

fn narrowed() -> Case {
    case(
        "artifacts/ok-narrowed",
        "P05",
        "one of two subjects is asked for, and there",
        Expect::verified(),
        &two(),
    )
    .artifacts(&[("hello", HELLO)])
    .subjects(&["hello"])
}

fn narrowed_missing() -> Case {
    case(
        "artifacts/narrowed-missing",
        "P05",
        "the subject that is asked for is not there",
        Expect::fails("artifacts.present"),
        &two(),
    )
    .artifacts(&[("hello", HELLO)])
    .subjects(&["other"])
}

fn narrowed_unknown() -> Case {
    case(
        "artifacts/narrowed-unknown",
        "P05",
        "a name is asked for that is no subject",
        Expect::fails("artifacts.present"),
        &two(),
    )
    .subjects(&["hello", "third"])
}

fn loose(id: &str, title: &str, expect: Expect, files: &[(&str, &[u8])]) -> Case {
    Case::new(id, "P05", title, expect)
        .why("loose files are compared with the subject of their digest", MODES)
        .bundle(&two())
        .artifacts(files)
        .mode("loose")
}

fn loose_one() -> Case {
    loose(
        "artifacts/ok-loose",
        "one of two subjects as a loose file",
        Expect::verified(),
        &[("other", OTHER)],
    )
}

fn loose_renamed() -> Case {
    loose(
        "artifacts/ok-loose-renamed",
        "a loose file under another name",
        Expect::verified(),
        &[("hello-1.0.sh", HELLO)],
    )
}

fn loose_stranger() -> Case {
    loose(
        "artifacts/loose-stranger",
        "a loose file that is no subject",
        Expect::fails("artifacts.present"),
        &[("hello", HELLO), ("third", b"third")],
    )
}

fn loose_changed() -> Case {
    loose(
        "artifacts/loose-changed",
        "a loose file of a subject's name and other bytes",
        Expect::fails("artifacts.digests"),
        &[("hello", b"hello")],
    )
}

fn loose_nothing() -> Case {
    loose("artifacts/loose-nothing", "no loose file", Expect::unpinned("artifacts.present"), &[])
}

fn loose_asked() -> Case {
    loose(
        "artifacts/loose-asked",
        "the subject that is asked for is not among the loose files",
        Expect::fails("artifacts.present"),
        &[("other", OTHER)],
    )
    .subjects(&["hello"])
}

fn without() -> Case {
    Case::new(
        "artifacts/without",
        "P05 P10",
        "the artifacts are left out on purpose",
        Expect::unpinned("artifacts.names"),
    )
    .why("provenance and evidence alone say nothing of any file", MODES)
    .bundle(&Scene::snp())
    .artifacts(&[])
    .mode("without")
}
