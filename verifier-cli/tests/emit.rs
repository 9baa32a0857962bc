//! Pins of what was verified: only then, and in forms that their consumers take. Those of pip and
//! CycloneDX are tried with the Python package.

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

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::{Run, run, run_trusted, synthetic, text};

const FORMATS: [&str; 4] = ["sha256sums", "npm-integrity", "nix-hash", "cyclonedx"];

#[test]
fn pins_are_alone_on_standard_output() {
    let (_dir, path) = synthetic();
    let report = run_trusted(&path, &[]);
    for format in FORMATS {
        let Run { code, stdout, stderr } = run_trusted(&path, &["--emit", format]);
        assert_eq!((code, stderr), (0, report.stdout.clone()), "{format}");
        assert!(stdout.contains("hello") && !stdout.contains("VERIFIED"), "{stdout}");
        let quiet = run_trusted(&path, &["--emit", format, "--quiet"]);
        assert_eq!((quiet.stdout, quiet.stderr), (stdout, String::new()));
    }
}

#[test]
fn nothing_unverified_is_emitted_unless_it_is_called_so() {
    let (dir, path) = synthetic();
    let dangerously = "--dangerously-emit-unverified";
    let unpinned = run(&[&path, "--emit", "sha256sums", "--at", common::NOW]);
    assert_eq!((unpinned.code, unpinned.stdout.as_str()), (1, ""));
    assert!(unpinned.stderr.contains("--emit: nothing is emitted unless"), "{}", unpinned.stderr);
    let named = run(&[&path, "--emit", "sha256sums", "--at", common::NOW, dangerously]);
    assert_eq!(named.code, 1);
    assert!(named.stdout.ends_with("  hello\n"), "{}", named.stdout);
    fs::write(dir.path().join("artifacts/hello"), "another").unwrap();
    for more in [vec!["--emit", "sha256sums"], vec!["--emit", "sha256sums", dangerously]] {
        let changed = run_trusted(&path, &more);
        assert_eq!((changed.code, changed.stdout.as_str()), (1, ""), "{more:?}");
    }
}

#[test]
fn success_without_pins_is_none() {
    let (_dir, path) = synthetic();
    let none = run_trusted(&path, &["--emit", "pip-hashes"]);
    assert_eq!((none.code, none.stdout.as_str()), (2, ""));
    assert!(none.stderr.contains("wheel"), "{}", none.stderr);
    for wrong in [["--emit", "md5sums"], ["--dangerously-emit-unverified", "--quiet"]] {
        assert_eq!(run_trusted(&path, &wrong).code, 2);
    }
    assert_eq!(run_trusted(&path, &["--emit", "sha256sums", "--json"]).code, 2);
}

#[test]
fn sha256sum_takes_the_checksum_file() {
    let (dir, path) = synthetic();
    let sums = run_trusted(&path, &["--emit", "sha256sums"]).stdout;
    fs::write(dir.path().join("sums"), sums).unwrap();
    let check = || {
        let mut command = Command::new("sha256sum");
        command.args(["--check", "--strict", "../sums"]).current_dir(dir.path().join("artifacts"));
        command.stdout(Stdio::null()).stderr(Stdio::null()).status().ok().map(|status| status.success())
    };
    let Some(holds) = check() else { return println!("sha256sum is absent") };
    assert!(holds);
    fs::write(dir.path().join("artifacts/hello"), "another").unwrap();
    assert_eq!(check(), Some(false));
}

#[test]
fn npm_takes_the_integrity() {
    let Some(ssri) = ssri() else { return println!("npm, or the ssri that it brings, is absent") };
    let (dir, path) = synthetic();
    let integrity = run_trusted(&path, &["--emit", "npm-integrity"]).stdout;
    fs::write(dir.path().join("integrity.json"), integrity).unwrap();
    let script = "const ssri = require(process.argv[1]), fs = require('node:fs');
        const sri = JSON.parse(fs.readFileSync('integrity.json')).hello;
        const found = data => ssri.checkData(data, sri, { strict: true });
        process.exit(found(fs.readFileSync('artifacts/hello')) && !found('another') ? 0 : 1)";
    let status =
        Command::new("node").args(["-e", script, &text(&ssri)]).current_dir(dir.path()).status().unwrap();
    assert!(status.success());
}

/// The library with which npm checks integrity, as npm brings it.
fn ssri() -> Option<PathBuf> {
    let root = Command::new("npm").args(["root", "--global"]).output().ok()?;
    let root = String::from_utf8(root.stdout).ok()?;
    let beside = Path::new(root.trim()).join("npm/node_modules/ssri");
    let debian = PathBuf::from("/usr/share/nodejs/ssri");
    [beside, debian].into_iter().find(|path| path.is_dir())
}
