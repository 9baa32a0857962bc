//! Running the program, and bundles to run it on.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;

/// A time at which the synthetic bundle and the genuine ones verify.
pub(crate) const NOW: &str = "2026-06-01T00:00:00Z";

/// What a run of the program gave.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs the program without a terminal.
pub(crate) fn run(arguments: &[&str]) -> Run {
    let mut command = Command::cargo_bin("kettle-verify").unwrap();
    let Output { status, stdout, stderr } =
        command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").args(arguments).output().unwrap();
    Run {
        code: status.code().expect("the program ends by itself"),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8(stderr).unwrap(),
    }
}

/// A file of the test vectors.
pub(crate) fn vectors(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("testvectors").join(name)
}

/// Copies the synthetic bundle of the test vectors into a folder as a builder lays it out.
pub(crate) fn synthetic() -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let case = vectors("cases/snp/ok-milan");
    fs::create_dir_all(dir.path().join("artifacts")).unwrap();
    for name in ["provenance.json", "evidence.json"] {
        fs::copy(case.join(name), dir.path().join(name)).unwrap();
    }
    fs::copy(case.join("artifacts/hello"), dir.path().join("artifacts/hello")).unwrap();
    let path = text(dir.path());
    (dir, path)
}

/// The options under which the synthetic bundle is `verified`.
pub(crate) fn trusted() -> Vec<String> {
    vec![
        "--trust-root".into(),
        text(&vectors("trust-root.json")),
        "--policy".into(),
        text(&vectors("policies/pinned.json")),
        "--at".into(),
        NOW.into(),
    ]
}

/// Runs on the synthetic bundle with the options under which it verifies, and more.
pub(crate) fn run_trusted(path: &str, more: &[&str]) -> Run {
    let options = trusted();
    let mut arguments = vec![path];
    arguments.extend(options.iter().map(String::as_str));
    arguments.extend(more);
    run(&arguments)
}

pub(crate) fn text(path: &Path) -> String {
    path.to_str().unwrap().into()
}

/// The genuine captures, where they are.
pub(crate) fn captures() -> Option<PathBuf> {
    let given = std::env::var_os("KETTLE_VECTORS").map(PathBuf::from);
    let near = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .skip(1)
        .map(|root| root.join("../shared/vectors"))
        .find(|path| path.is_dir());
    let found = given.or(near).filter(|path| path.is_dir());
    if found.is_none() {
        println!("the genuine captures are absent; name their folder in KETTLE_VECTORS");
    }
    found
}
