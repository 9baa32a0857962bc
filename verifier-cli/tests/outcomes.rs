//! Each outcome with its exit code, what is printed, and where.

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

use common::{NOW, captures, run, run_trusted, synthetic, text, trusted, vectors};

#[test]
fn verified_under_a_policy_says_test_root() {
    let (_dir, path) = synthetic();
    let run = run_trusted(&path, &[]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    assert!(run.stdout.contains("✔ VERIFIED") && run.stdout.contains("TEST ROOT"));
    assert!(run.stdout.contains("simulated") && !run.stdout.contains("genuine"), "{}", run.stdout);
}

#[test]
fn the_report_comes_in_its_order() {
    let (_dir, path) = synthetic();
    let shown = run_trusted(&path, &[]).stdout;
    let order =
        ["What is enforced", "VERIFIED", "The chain", "Notes", "The terms", "What this does not prove"];
    let places: Vec<usize> = order.iter().map(|part| shown.find(part).expect(part)).collect();
    assert!(places.is_sorted(), "{shown}");
    assert!(shown.contains("artifact hello → subject hello") && shown.contains("AMD root key"), "{shown}");
    assert!(shown.lines().all(|line| line.chars().count() <= 100), "{shown}");
}

#[test]
fn without_a_policy_it_is_unpinned_and_says_how_to_go_on() {
    let (_dir, path) = synthetic();
    let roots = text(&vectors("trust-root.json"));
    let run = run(&[&path, "--trust-root", &roots, "--at", NOW]);
    assert_eq!(run.code, 4, "{}", run.stdout);
    assert!(run.stdout.contains("UNPINNED") && run.stdout.contains("kettle-verify policy init"));
}

#[test]
fn without_artifacts_it_is_unpinned_at_best() {
    let (_dir, path) = synthetic();
    assert_eq!(run_trusted(&path, &["--without-artifacts"]).code, 4);
}

#[test]
fn under_the_pinned_roots_the_synthetic_bundle_fails() {
    let (_dir, path) = synthetic();
    let policy = text(&vectors("policies/pinned.json"));
    assert_eq!(run(&[&path, "--policy", &policy, "--at", NOW]).code, 1);
}

#[test]
fn a_changed_artifact_fails_at_its_check_with_both_values() {
    let (dir, path) = synthetic();
    fs::write(dir.path().join("artifacts/hello"), "another").unwrap();
    let run = run_trusted(&path, &[]);
    assert_eq!(run.code, 1);
    for part in ["✘ FAILED", "artifacts.digests", "expected", "found", "where", "clause", "to mend"] {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
}

#[test]
fn a_missing_artifact_fails_and_a_narrower_question_does_not() {
    let (dir, path) = synthetic();
    fs::remove_file(dir.path().join("artifacts/hello")).unwrap();
    assert_eq!(run_trusted(&path, &[]).code, 1);
    assert_eq!(run_trusted(&path, &["--subject", "no-such-subject"]).code, 1);
}

#[test]
fn an_artifact_that_lies_elsewhere() {
    let (dir, path) = synthetic();
    let elsewhere = tempfile::tempdir().unwrap();
    let moved = elsewhere.path().join("renamed");
    fs::rename(dir.path().join("artifacts/hello"), &moved).unwrap();
    assert_eq!(run_trusted(&path, &["--artifact", &text(&moved)]).code, 0);
    fs::write(&moved, "another").unwrap();
    assert_eq!(run_trusted(&path, &["--artifact", &text(&moved)]).code, 1);
}

#[test]
fn malformed_evidence_and_provenance_are_failures_of_checks() {
    for (name, content) in [
        ("evidence.json", ""),
        ("evidence.json", "{"),
        ("evidence.json", r#"{"platform":"snp","platform":"snp","evidence":{}}"#),
        ("evidence.json", r#"{"platform":"other","evidence":{}}"#),
        ("provenance.json", "{}"),
        ("provenance.json", "\u{feff}{}"),
    ] {
        let (dir, path) = synthetic();
        fs::write(dir.path().join(name), content).unwrap();
        let run = run_trusted(&path, &[]);
        assert_eq!((run.code, run.stderr.as_str()), (1, ""), "{name} {content}");
    }
}

#[test]
fn json_is_the_verdict_and_nothing_else() {
    let (dir, path) = synthetic();
    for expected in [0, 1] {
        let run = run_trusted(&path, &["--json"]);
        assert_eq!((run.code, run.stderr.as_str()), (expected, ""));
        let verdict: serde_json::Value = serde_json::from_str(&run.stdout).expect("one JSON document");
        assert_eq!(verdict["schema"], "kettle-verdict/v1");
        assert_eq!(verdict["outcome"], if expected == 0 { "verified" } else { "failed" });
        assert_eq!(run.stdout.lines().count(), 1);
        fs::write(dir.path().join("artifacts/hello"), "another").unwrap();
    }
    let run = run(&[&path, "--json", "--policy", "/no/such/file"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
}

#[test]
fn quiet_says_nothing_and_the_code_says_all() {
    let (_dir, path) = synthetic();
    let run = run_trusted(&path, &["--quiet"]);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, "", ""));
}

#[test]
fn explain_lists_every_check() {
    let (_dir, path) = synthetic();
    let verdict = run_trusted(&path, &["--json"]).stdout;
    let verdict: serde_json::Value = serde_json::from_str(&verdict).unwrap();
    let shown = run_trusted(&path, &["--explain"]).stdout;
    let checks = verdict["checks"].as_array().unwrap();
    assert!(checks.len() > 30);
    for check in checks {
        assert!(shown.contains(&format!(" {}  ", check["id"].as_str().unwrap())), "{check}");
    }
    assert!(shown.contains(&format!("{} checks: ", checks.len())));
}

#[test]
fn colour_only_where_it_is_wanted() {
    let (_dir, path) = synthetic();
    assert!(!run_trusted(&path, &[]).stdout.contains('\u{1b}'));
    assert!(!run_trusted(&path, &["--color", "never"]).stdout.contains('\u{1b}'));
    let coloured = run_trusted(&path, &["--color", "always"]).stdout;
    assert!(coloured.contains("\u{1b}["));
    let plain = anstream::adapter::strip_str(&coloured).to_string();
    assert_eq!(plain, run_trusted(&path, &[]).stdout, "colour says nothing of its own");
}

#[test]
fn the_clock_is_named_where_no_time_is_given() {
    let (_dir, path) = synthetic();
    let run = run(&[&path]);
    assert!(run.stdout.contains("(the system clock)"), "{}", run.stdout);
    assert!(run_trusted(&path, &[]).stdout.contains(&format!("{NOW} (as you said)")));
}

#[test]
fn demands_of_the_command_line_are_enforced() {
    let (_dir, path) = synthetic();
    let commit = "0123456789abcdef0123456789abcdef01234567";
    let source = format!("https://git.example/hello.git@{commit}");
    assert_eq!(run_trusted(&path, &["--source", &source]).code, 0);
    assert_eq!(run_trusted(&path, &["--source", "https://git.example/other.git"]).code, 1);
    let nonce = run_trusted(&path, &["--nonce", "00112233445566778899aabbccddeeff"]);
    assert!(nonce.stdout.contains("nonce: 00112233445566778899aabbccddeeff"), "{}", nonce.stdout);
    assert_ne!(nonce.code, 2);
}

#[test]
fn a_written_policy_verifies_the_bundle_it_was_written_from() {
    let (dir, path) = synthetic();
    let policy = text(&dir.path().with_extension("policy.json"));
    let roots = text(&vectors("trust-root.json"));
    let init = ["policy", "init", &path, "--trust-root", &roots, "--at", NOW, "--output", &policy];
    let first = run(&init);
    assert_eq!(first.code, 0, "{}", first.stderr);
    let second = run(&init);
    assert_eq!(second.code, 2);
    assert!(second.stderr.contains("is there already"), "{}", second.stderr);
    let verified = run(&[&path, "--trust-root", &roots, "--at", NOW, "--policy", &policy]);
    assert_eq!(verified.code, 0, "{}", verified.stdout);
    let checked = run(&["policy", "check", &policy]);
    assert_eq!(checked.code, 0);
    assert!(checked.stdout.contains("machine image `image-1`"), "{}", checked.stdout);
    fs::remove_file(policy).unwrap();
}

#[test]
fn no_policy_is_written_from_what_is_not_genuine() {
    let (dir, path) = synthetic();
    let run = run(&["policy", "init", &path, "--without-artifacts", "--at", NOW]);
    assert_eq!((run.code, run.stdout.as_str()), (1, ""));
    assert!(run.stderr.contains("no policy was written"), "{}", run.stderr);
    drop(dir);
}

#[test]
fn inspect_says_loudly_that_nothing_was_verified() {
    let (_dir, path) = synthetic();
    let shown = run(&["inspect", &path]);
    assert_eq!(shown.code, 0);
    assert_eq!(shown.stdout.matches("NOT VERIFIED").count(), 2, "{}", shown.stdout);
    assert!(shown.stdout.contains("https://git.example/hello.git"));
    let json = run(&["inspect", &path, "--json"]).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["verified"], false);
}

#[test]
fn evidence_alone_is_unpinned_at_best() {
    let (dir, _path) = synthetic();
    let mut arguments = vec!["evidence".to_owned(), text(&dir.path().join("evidence.json"))];
    arguments.extend(trusted());
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let open = run(&arguments);
    assert_eq!(open.code, 4, "{}", open.stdout);
    let wrong = run(&[arguments.as_slice(), &["--report-data", "00ff"]].concat());
    assert_eq!(wrong.code, 1, "{}", wrong.stdout);
}

#[test]
fn genuine_builds() {
    let Some(captures) = captures() else { return };
    let kettle = captures.join("kettle");
    let policy = tempfile::tempdir().unwrap();
    for (name, artifact) in [
        ("lunal-kettle/fixtures/ripgrep", false),
        ("lunal-kettle/fixtures/alejandra", true),
        ("confidentialdotai-kettle/fixtures/ripgrep", false),
    ] {
        let path = text(&kettle.join(name));
        let file = text(&policy.path().join(name.replace('/', "-")));
        let plain = if artifact { vec![] } else { vec!["--without-artifacts"] };
        assert_eq!(run(&[&[path.as_str(), "--at", NOW], plain.as_slice()].concat()).code, 4, "{name}");
        assert_eq!(run(&["policy", "init", &path, "--at", NOW, "--output", &file]).code, 0, "{name}");
        let pinned = run(&[&path, "--at", NOW, "--policy", &file]);
        // A missing artifact is a failure, whatever else holds.
        assert_eq!(pinned.code, i32::from(!artifact), "{name}: {}", pinned.stdout);
    }
}

#[test]
fn genuine_evidence_in_raw_parts() {
    let Some(captures) = captures() else { return };
    let at = |name: &str| text(&captures.join(name));
    let genoa = [
        at("snp/lunal-attestation-rs/live-report-v5-genoa.bin"),
        at("snp/lunal-attestation-rs/live-vcek-genoa.der"),
    ];
    let run_at = |files: &[String], more: &[&str]| {
        let mut arguments = vec!["evidence"];
        arguments.extend(files.iter().map(String::as_str));
        arguments.extend(["--at", NOW]);
        arguments.extend(more);
        run(&arguments)
    };
    assert_eq!(run_at(&genoa, &[]).code, 4);
    let expected = "68656c6c6f2d6174746573746174696f6e";
    assert!(run_at(&genoa, &["--report-data", expected]).code == 4);
    assert_eq!(run_at(&genoa, &["--report-data", "00"]).code, 1);

    // The same machine's blob and quote as raw files give what its own envelope gives.
    let parts = [
        at("az-snp/coco-trustee/hcl-report.bin"),
        at("az-snp/coco-trustee/tpm-quote-v1.json"),
        at("az-snp/coco-trustee/vcek.pem"),
    ];
    let run = run_at(&parts, &["--json"]);
    let verdict: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let status = |id: &str| {
        let checks = verdict["checks"].as_array().unwrap();
        checks.iter().find(|check| check["id"] == id).map(|check| check["status"].clone())
    };
    assert_eq!(verdict["platform"], "az-snp");
    assert_eq!(status("snp.chain.vek_signature").unwrap(), "pass");
    assert!(Path::new(&parts[0]).exists());

    // A TD's, whose collateral nobody has.
    let parts = [
        at("az-tdx/coco-trustee/td-quote.bin"),
        at("az-tdx/coco-trustee/tpm-quote-v1.json"),
        at("az-tdx/coco-trustee/hcl-report.bin"),
    ];
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("policy.json");
    let rules = r#"{"schema":"kettle-policy/v1","tdx":{"require_sept_ve_disable":false}}"#;
    fs::write(&policy, rules).unwrap();
    let undecided = run_at(&parts, &["--policy", &text(&policy)]);
    assert_eq!(undecided.code, 3, "{}", undecided.stdout);
    assert_eq!(run_at(&parts[2..], &[]).code, 3);
}
