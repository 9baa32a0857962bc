//! Folders and loose files: the sound ones, and hostile trees.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "a test stops where something is not as it should be"
)]

mod common;

use core::ops::ControlFlow;
use std::fs;

use common::{EVIDENCE, PROVENANCE, RG, RG_SHA256, folder, hex, read_one, read_paths, sound};
use kettle_verifier_core::bundle::ArtifactMode;
use kettle_verifier_io::{ErrorKind, Request, read};

#[test]
fn a_folder_and_the_project_around_it() {
    let dir = tempfile::tempdir().unwrap();
    folder(&dir.path().join("kettle-build"), &sound());
    for path in [dir.path().into(), dir.path().join("kettle-build")] {
        let input = read_one(&path).unwrap();
        let [rg] = input.artifacts.files.as_slice() else { panic!("one artifact") };
        assert_eq!((rg.name.as_str(), hex(&rg.sha256).as_str()), ("rg", RG_SHA256));
        assert_eq!(input.artifacts.mode, ArtifactMode::Folder);
    }
}

#[test]
fn artifacts_below_folders_keep_their_path_and_an_empty_one_counts() {
    let dir = tempfile::tempdir().unwrap();
    folder(dir.path(), &sound());
    folder(dir.path(), &[("artifacts/bin/tool", RG), ("artifacts/empty", b""), ("src/main.rs", b"x")]);
    let input = read_one(dir.path()).unwrap();
    let names: Vec<&str> = input.artifacts.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["bin/tool", "empty", "rg"]);
}

#[test]
fn a_missing_document_is_named() {
    for left_out in ["provenance.json", "evidence.json"] {
        let dir = tempfile::tempdir().unwrap();
        let members: Vec<_> = sound().into_iter().filter(|(name, _)| *name != left_out).collect();
        folder(dir.path(), &members);
        let error = read_one(dir.path()).unwrap_err();
        assert!(error.to_string().contains(left_out), "{error}");
    }
    let error = read_one(std::path::Path::new("/no/such/bundle")).unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
}

#[test]
fn without_artifacts_none_is_opened() {
    let dir = tempfile::tempdir().unwrap();
    folder(dir.path(), &sound());
    let request = Request { paths: vec![dir.path().into()], without_artifacts: true, ..Request::default() };
    let mut seen = Vec::new();
    let input = read(&request, &mut |progress| {
        seen.push(progress.name.to_owned());
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(input.artifacts.mode, ArtifactMode::Without);
    assert!(input.artifacts.files.is_empty() && seen.iter().all(|name| !name.contains("rg")), "{seen:?}");
}

#[test]
fn named_artifacts_stand_for_those_of_the_bundle() {
    let dir = tempfile::tempdir().unwrap();
    folder(&dir.path().join("b"), &sound());
    folder(dir.path(), &[("mine", b"mine")]);
    for request in [
        Request {
            paths: vec![dir.path().join("b")],
            artifacts: vec![dir.path().join("mine")],
            ..Request::default()
        },
        Request { paths: vec![dir.path().join("b"), dir.path().join("mine")], ..Request::default() },
    ] {
        let input = read(&request, &mut |_| ControlFlow::Continue(())).unwrap();
        let names: Vec<&str> = input.artifacts.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!((input.artifacts.mode, names), (ArtifactMode::Loose, vec!["mine"]));
    }
}

#[test]
fn loose_files_are_told_apart_by_their_content() {
    let dir = tempfile::tempdir().unwrap();
    folder(dir.path(), &[("one", PROVENANCE), ("two", EVIDENCE), ("three", RG)]);
    let at = |name: &str| dir.path().join(name);
    let input = read_paths(&[&at("three"), &at("two"), &at("one")]).unwrap();
    assert_eq!((input.provenance.as_slice(), input.evidence.as_slice()), (PROVENANCE, EVIDENCE));
    assert_eq!(input.artifacts.mode, ArtifactMode::Loose);
    assert_eq!(input.artifacts.files.len(), 1);

    let bare = read_paths(&[&at("one"), &at("two")]).unwrap();
    assert_eq!(bare.artifacts.mode, ArtifactMode::Loose);

    assert!(matches!(read_paths(&[&at("one")]).unwrap_err().kind, ErrorKind::Missing { .. }));
    assert!(matches!(read_paths(&[&at("two"), &at("three")]).unwrap_err().kind, ErrorKind::Missing { .. }));
    let twice = read_paths(&[&at("one"), &at("two"), &at("one")]).unwrap_err().into_refusal().kind;
    assert!(matches!(twice, ErrorKind::Twice { .. }));
    assert!(matches!(read_paths(&[]).unwrap_err().kind, ErrorKind::Missing { .. }));
}

#[test]
fn a_policy_or_trust_root_among_loose_files_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    folder(dir.path(), &sound());
    for schema in ["kettle-policy/v1", "kettle-trust-root/v1"] {
        folder(dir.path(), &[("theirs", format!("{{\"schema\":\"{schema}\"}}").as_bytes())]);
        let at = |name: &str| dir.path().join(name);
        let error = read_paths(&[&at("provenance.json"), &at("evidence.json"), &at("theirs")]).unwrap_err();
        assert!(matches!(error.kind, ErrorKind::Unasked { .. }), "{error}");
    }
}

#[test]
fn cancelling_ends_the_reading() {
    let dir = tempfile::tempdir().unwrap();
    folder(dir.path(), &sound());
    let request = Request { paths: vec![dir.path().into()], ..Request::default() };
    let error = read(&request, &mut |_| ControlFlow::Break(())).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Cancelled);
}

#[test]
fn progress_grows_to_the_size_of_the_file() {
    let dir = tempfile::tempdir().unwrap();
    folder(dir.path(), &sound());
    folder(dir.path(), &[("artifacts/rg", &vec![7; 700_000])]);
    let mut seen = Vec::new();
    let request = Request { paths: vec![dir.path().into()], ..Request::default() };
    read(&request, &mut |progress| {
        if progress.name == "artifacts/rg" {
            seen.push((progress.done, progress.total));
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    assert!(seen.len() > 1 && seen.windows(2).all(|pair| pair[0].0 < pair[1].0));
    assert_eq!(seen.last(), Some(&(700_000, Some(700_000))));
}

#[cfg(unix)]
mod hostile {
    use super::*;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::symlink;

    fn with(make: impl FnOnce(&std::path::Path)) -> ErrorKind {
        let dir = tempfile::tempdir().unwrap();
        folder(dir.path(), &sound());
        make(dir.path());
        read_one(dir.path()).expect_err("a hostile tree must not be read").into_refusal().kind
    }

    const LINK: ErrorKind = ErrorKind::Special { what: "a symbolic link" };

    #[test]
    fn links_are_refused_wherever_they_lie() {
        assert_eq!(with(|top| symlink("/etc/passwd", top.join("artifacts/x")).unwrap()), LINK);
        assert_eq!(with(|top| symlink("rg", top.join("artifacts/x")).unwrap()), LINK);
        assert_eq!(with(|top| symlink("/etc/passwd", top.join("beside")).unwrap()), LINK);
        assert_eq!(
            with(|top| {
                fs::rename(top.join("artifacts"), top.join("elsewhere")).unwrap();
                symlink("elsewhere", top.join("artifacts")).unwrap();
            }),
            LINK
        );
        assert_eq!(
            with(|top| {
                fs::rename(top.join("provenance.json"), top.join("p")).unwrap();
                symlink("p", top.join("provenance.json")).unwrap();
            }),
            LINK
        );
    }

    #[test]
    fn a_pipe_neither_blocks_nor_passes() {
        for place in ["artifacts/x", "beside"] {
            let kind = with(|top| {
                let path = top.join(place);
                let mode = rustix::fs::Mode::from_raw_mode(0o600);
                rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, mode, 0).unwrap();
            });
            assert_eq!(kind, ErrorKind::Special { what: "a pipe" });
        }
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("pipe");
        let mode = rustix::fs::Mode::from_raw_mode(0o600);
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        assert_eq!(read_one(&pipe).unwrap_err().kind, ErrorKind::Special { what: "a pipe" });
    }

    #[test]
    fn a_socket_and_a_device_are_refused() {
        let kind = with(|top| {
            // The socket's file stays when its listener goes.
            drop(std::os::unix::net::UnixListener::bind(top.join("beside")).unwrap());
        });
        assert_eq!(kind, ErrorKind::Special { what: "a socket" });
        let device = read_one(std::path::Path::new("/dev/null")).unwrap_err().into_refusal().kind;
        assert_eq!(device, ErrorKind::Special { what: "a device" });
    }

    #[test]
    fn hostile_names_are_refused() {
        for name in [b"a\\b".as_slice(), b"a\nb", b"\xff\xfe", b"c:x"] {
            let kind = with(|top| {
                fs::write(top.join("artifacts").join(std::ffi::OsStr::from_bytes(name)), RG).unwrap();
            });
            assert!(matches!(kind, ErrorKind::Name { .. }), "{name:?}: {kind}");
        }
    }

    #[test]
    fn twins_are_refused() {
        let kind = with(|top| fs::write(top.join("artifacts/RG"), RG).unwrap());
        assert!(matches!(kind, ErrorKind::Twin { .. }), "{kind}");
    }

    #[test]
    fn deep_trees_are_refused() {
        let kind = with(|top| {
            let deep = top.join("artifacts").join("d/".repeat(20));
            fs::create_dir_all(deep).unwrap();
        });
        assert!(matches!(kind, ErrorKind::TooDeep { .. }), "{kind}");
    }

    #[test]
    fn a_file_that_grows_while_it_is_read_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        folder(dir.path(), &sound());
        let path = dir.path().join("artifacts/rg");
        fs::write(&path, vec![1; 400_000]).unwrap();
        let request = Request { paths: vec![dir.path().into()], ..Request::default() };
        let mut grown = false;
        let error = read(&request, &mut |progress| {
            if progress.name == "artifacts/rg" && !grown {
                grown = true;
                fs::write(&path, vec![1; 500_000]).unwrap();
            }
            ControlFlow::Continue(())
        })
        .unwrap_err();
        assert_eq!(error.kind, ErrorKind::Changed);
    }
}
