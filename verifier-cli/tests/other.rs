//! The documents of other systems: recognised by their content, and no option left aside. Made ones
//! that are taken are in the core's tests.

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
use std::path::Path;

use common::{captures, run, synthetic, text};
use kettle_testvectors::corpus::folder;

/// A certificate whose document is no document.
const CERTIFICATE: &str = r#"{"commit_hash": "0123456789abcdef0123456789abcdef01234567",
    "artifact_name": "tool", "artifact_hash": "", "pcr0": "fake0", "pcr1": "fake1", "pcr2": "fake2",
    "attestation": "fake signature"}"#;

/// The first bytes of a document, cut off.
const DOCUMENT: &[u8] = &[0x84, 0x44, 0xa1, 0x01, 0x38, 0x22, 0xa0];

fn written(dir: &Path, name: &str, bytes: &[u8]) -> String {
    let path = dir.join(name);
    fs::write(&path, bytes).unwrap();
    text(&path)
}

#[test]
fn a_certificate_is_appraised_as_one() {
    let dir = tempfile::tempdir().unwrap();
    let certificate = written(dir.path(), "tool.cert", CERTIFICATE.as_bytes());
    let tool = written(dir.path(), "tool", b"\x7fELF");
    for arguments in [vec![certificate.as_str()], vec![&tool, &certificate], vec![&certificate, &tool]] {
        let run = run(&arguments);
        assert_eq!(run.code, 1, "{}", run.stderr);
        assert!(run.stdout.contains("attestable.encoding"), "{}", run.stdout);
    }
    let named = run(&[&certificate, "--artifact", &tool, "--json"]);
    assert_eq!(named.code, 1);
    assert!(named.stdout.contains(r#""platform":"nitro""#), "{}", named.stdout);
}

#[test]
fn a_document_by_itself_is_appraised_as_a_report() {
    let dir = tempfile::tempdir().unwrap();
    let report = written(dir.path(), "tool.report", DOCUMENT);
    let cut = run(&[&report]);
    assert_eq!(cut.code, 1, "{}", cut.stderr);
    assert!(cut.stdout.contains("cose.structure"), "{}", cut.stdout);
    let Some(captures) = captures() else { return };
    let genuine = text(&captures.join("nitro/nautilus/twitter.move.bin"));
    let run = run(&[&genuine]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stdout.contains("tee_compile.user_data"), "{}", run.stdout);
}

#[test]
fn options_that_mean_nothing_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let certificate = written(dir.path(), "tool.cert", CERTIFICATE.as_bytes());
    let report = written(dir.path(), "tool.report", DOCUMENT);
    let (tool, other) = (written(dir.path(), "tool", b"a"), written(dir.path(), "other", b"b"));
    let (_bundle_dir, bundle) = synthetic();
    let hash = "00".repeat(32);
    let vcek = text(&folder().join("real/sev-8.0.0/vcek_milan.der"));
    let cases: [(&[&str], &str); 8] = [
        (&[&certificate, "--subject", "tool"], "--subject"),
        (&[&certificate, &tool, &other], "one artifact"),
        (&[&certificate, "--output-hash", &hash], "TEE Compile"),
        (&[&bundle, "--output-hash", &hash], "TEE Compile"),
        (&[&certificate, "--collateral", &vcek], "--collateral"),
        (&[&report, &tool], "--output-hash"),
        (&[&report, "--output-hash", "00"], "32 bytes"),
        (&[&report, &certificate], "no provenance"),
    ];
    for (arguments, said) in cases {
        let run = run(arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}");
        assert!(run.stderr.contains(said), "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn beside_a_bundle_they_are_artifacts() {
    let (dir, bundle) = synthetic();
    let certificate = written(dir.path(), "hello.cert", CERTIFICATE.as_bytes());
    let provenance = text(&dir.path().join("provenance.json"));
    let evidence = text(&dir.path().join("evidence.json"));
    for arguments in [vec![bundle.as_str(), &certificate], vec![&certificate, &provenance, &evidence]] {
        let run = run(&arguments);
        assert_eq!(run.code, 1, "{}", run.stderr);
        assert!(!run.stdout.contains("attestable."), "{}", run.stdout);
    }
}
