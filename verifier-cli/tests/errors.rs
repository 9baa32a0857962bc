//! Input that can't be read: exit code 2, nothing on standard output, and a sentence that names the
//! file, the place and what to do.

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

use common::{NOW, run, run_trusted, synthetic, text, vectors};

/// Runs, and returns what was said.
fn refused(arguments: &[&str]) -> String {
    let run = run(arguments);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{arguments:?}: {}", run.stderr);
    assert!(run.stderr.starts_with("error: "), "{}", run.stderr);
    run.stderr
}

#[test]
fn missing_files_are_named() {
    let (dir, path) = synthetic();
    assert!(refused(&["/no/such/bundle"]).contains("/no/such/bundle"));
    for option in ["--policy", "--trust-root", "--collateral", "--artifact"] {
        let said = refused(&[&path, option, "/no/such/file"]);
        assert!(said.contains("/no/such/file") && said.contains("there is no such file"), "{said}");
    }
    fs::remove_file(dir.path().join("evidence.json")).unwrap();
    assert!(refused(&[&path]).contains("no `evidence.json`"));
}

#[test]
fn broken_policies_name_the_place() {
    let (dir, path) = synthetic();
    let file = dir.path().with_extension("json");
    for (content, place) in [
        ("", "line 1 column 1`: not JSON: the document ends before its value does"),
        ("{", "line 1"),
        ("\u{7f}ELF", "line 1 column 1`: not JSON: "),
        (r#"{"schema":"kettle-policy/v2"}"#, "/schema"),
        (r#"{"schema":"kettle-policy/v1","expected_mesurement":"x"}"#, "expected_mesurement"),
        (r#"{"schema":"kettle-policy/v1","measurements":[]}"#, "/measurements"),
        (r#"{"schema":"kettle-policy/v1","nonce":null}"#, "/nonce"),
        (r#"{"schema":"kettle-policy/v1","waivers":[{"id":"no.such","reason":"x"}]}"#, "/waivers/0/id"),
    ] {
        fs::write(&file, content).unwrap();
        for arguments in [[path.as_str(), "--policy", &text(&file)], ["policy", "check", &text(&file)]] {
            let said = refused(&arguments);
            assert!(said.contains(place) && said.contains(&text(&file)), "{said}");
        }
    }
    fs::remove_file(file).unwrap();
}

#[test]
fn broken_trust_roots_and_collateral_name_the_file() {
    let (dir, path) = synthetic();
    let file = dir.path().with_extension("bad");
    for content in
        ["", "{}", "not a certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"]
    {
        fs::write(&file, content).unwrap();
        for option in ["--trust-root", "--collateral"] {
            assert!(refused(&[&path, option, &text(&file)]).contains(&text(&file)));
        }
    }
    fs::remove_file(file).unwrap();
}

#[test]
fn broken_options_say_what_is_expected() {
    let (_dir, path) = synthetic();
    for (option, value, expected) in [
        ("--at", "yesterday", "2026-03-05T08:00:00Z"),
        ("--nonce", "00", "32 characters"),
        ("--nonce", "00000000000000000000000000000000", "not all zero"),
        ("--source", "https://git.example/a@v1", "full commit"),
        ("--source", "", "repository URI"),
    ] {
        let said = refused(&[&path, option, value]);
        assert!(said.contains(expected) && said.contains(option), "{said}");
    }
    let data = refused(&["evidence", &format!("{path}/evidence.json"), "--report-data", "xyz"]);
    assert!(data.contains("1 to 64 bytes of hex"), "{data}");
}

#[test]
fn archives_that_are_not_read_say_which_ones_are() {
    let (dir, _) = synthetic();
    let file = dir.path().join("bundle.tar.xz");
    for (name, head) in [
        ("xz", b"\xfd7zXZ\0\0".as_slice()),
        ("zstd", b"\x28\xb5\x2f\xfd\0"),
        ("bzip2", b"BZh91AY"),
        ("7-Zip", b"7z\xbc\xaf\x27\x1c\0"),
        ("RAR", b"Rar!\x1a\x07\x01\0"),
    ] {
        fs::write(&file, head).unwrap();
        for command in [&[text(&file)][..], &["inspect".into(), text(&file)]] {
            let said = refused(&command.iter().map(String::as_str).collect::<Vec<_>>());
            assert!(said.contains(name) && said.contains("tar -czf") && said.contains("`.zip`"), "{said}");
        }
    }
}

/// Where the bundle's documents are there, such a file is an artifact like any other.
#[test]
fn an_artifact_may_be_packed_in_any_way() {
    let (dir, path) = synthetic();
    let file = dir.path().join("hello.xz");
    fs::write(&file, b"\xfd7zXZ\0\0").unwrap();
    let [provenance, evidence] = ["provenance.json", "evidence.json"].map(|name| format!("{path}/{name}"));
    let run = run(&[&provenance, &evidence, &text(&file), "--at", NOW]);
    assert_eq!((run.code, run.stderr.as_str()), (1, ""), "{}", run.stdout);
}

#[test]
fn nothing_to_check_is_never_success() {
    assert_eq!(run(&[]).code, 2);
    assert_eq!(run(&["evidence"]).code, 2);
    assert_eq!(run(&["policy"]).code, 2);
    let empty = tempfile::tempdir().unwrap();
    refused(&[&text(empty.path())]);
    let file = empty.path().join("empty");
    fs::write(&file, "").unwrap();
    refused(&[&text(&file)]);
    refused(&["evidence", &text(&file)]);
}

#[test]
fn a_hostile_bundle_names_the_member() {
    let (dir, path) = synthetic();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/etc/passwd", dir.path().join("artifacts/link")).unwrap();
        let said = refused(&[&path]);
        assert!(said.contains("artifacts/link") && said.contains("symbolic link"), "{said}");
    }
    let cut = dir.path().join("cut.tar.gz");
    fs::write(&cut, [0x1f, 0x8b, 8, 0]).unwrap();
    assert!(refused(&[&text(&cut)]).contains("cut.tar.gz"));
}

#[test]
fn a_policy_among_the_files_is_not_taken() {
    let (dir, _path) = synthetic();
    let policy = dir.path().join("policy.json");
    fs::write(&policy, r#"{"schema":"kettle-policy/v1"}"#).unwrap();
    let at = |name: &str| text(&dir.path().join(name));
    let said = refused(&[&at("provenance.json"), &at("evidence.json"), &at("policy.json")]);
    assert!(said.contains("--policy"), "{said}");
}

#[test]
fn a_signed_policy_needs_a_key_and_a_key_a_signature() {
    let (dir, path) = synthetic();
    let signed = dir.path().with_extension("signed");
    fs::write(&signed, r#"{"payloadType":"x","payload":"","signatures":[]}"#).unwrap();
    assert!(refused(&[&path, "--policy", &text(&signed)]).contains("--policy-key"));
    fs::remove_file(&signed).unwrap();
    let more = ["--policy-key", &path];
    assert_eq!(run_trusted(&path, &more).code, 2);
    assert_eq!(run(&[&path, "--policy-key", &path]).code, 2);
}

#[test]
fn errors_never_move_the_cursor() {
    let dir = tempfile::tempdir().unwrap();
    let name = "a\u{1b}[2J\u{202e}b";
    let said = refused(&[&text(&dir.path().join(name))]);
    assert!(!said.contains('\u{1b}') && !said.contains('\u{202e}'), "{said:?}");
}

#[test]
fn completions_and_pages_are_generated() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = run(&["completions", shell]);
        assert_eq!(run.code, 0);
        assert!(run.stdout.contains("without-artifacts"), "{shell}");
    }
    let page = run(&["man"]).stdout;
    assert!(page.contains(".TH") && page.contains("EXIT") || page.contains("exit codes"), "{page}");
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(run(&["man", "--dir", &text(dir.path())]).code, 0);
    for file in ["kettle-verify.1", "kettle-verify-policy-init.1", "_kettle-verify", "kettle-verify.bash"] {
        assert!(dir.path().join(file).is_file(), "{file}");
    }
}

#[test]
fn the_table_of_checks_has_each_once() {
    let json = run(&["checks", "--json"]).stdout;
    let rows: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    let ids: Vec<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    let unique: std::collections::HashSet<&&str> = ids.iter().collect();
    assert!(ids.len() > 50 && unique.len() == ids.len());
    let markdown = run(&["checks", "--markdown"]).stdout;
    assert_eq!(markdown.lines().count(), ids.len() + 2);
    assert_eq!(run(&["checks", "--platform", "no-such"]).code, 2);
    let some = run(&["checks", "--platform", "snp", "--json"]).stdout;
    assert!(some.len() < json.len());
}

#[test]
fn global_options_stand_before_a_command_and_behind_it() {
    let case = text(&vectors("cases/az-snp/ok-milan"));
    let policy = text(&vectors("policies/pinned.json"));
    for command in [
        vec!["inspect", case.as_str()],
        vec!["policy", "check", policy.as_str()],
        vec!["checks"],
        vec!["evidence", "/no/such/evidence"],
        vec!["collateral", case.as_str()],
        vec!["completions", "bash"],
    ] {
        let behind: Vec<&str> = command.iter().copied().chain(["--quiet", "--color", "never"]).collect();
        let before: Vec<&str> = ["--quiet", "--color", "never"].into_iter().chain(command).collect();
        let (behind, before) = (run(&behind), run(&before));
        assert_eq!((before.code, &before.stdout), (behind.code, &behind.stdout), "{}", before.stderr);
        assert!(!before.stderr.contains("Usage"), "{}", before.stderr);
    }
}

#[test]
fn an_option_before_a_command_that_it_is_none_of_is_refused() {
    let policy = text(&vectors("policies/pinned.json"));
    for words in [vec!["--policy", &policy, "checks"], vec!["--json", "checks"]] {
        let run = run(&words);
        assert_eq!(run.code, 2, "{}", run.stdout);
        assert!(run.stderr.contains("is no option of `checks`"), "{}", run.stderr);
    }
}
