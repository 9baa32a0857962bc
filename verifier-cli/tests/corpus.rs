//! Runs the test vectors through the program, as whoever has a bundle does: files in, exit code and
//! verdict out.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test stops where something is not as it should be"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use kettle_testvectors::case::{CaseDocument, Expected};
use kettle_testvectors::corpus::{Index, folder, in_parallel};
use kettle_verifier_io::{Role, recognise};
use serde_json::Value;

#[test]
fn every_case_has_its_exit_code_and_verdict() {
    let index: Index = serde_json::from_slice(&fs::read(folder().join("index.json")).unwrap()).unwrap();
    let answers = in_parallel(&index.cases, |id| run(id));
    let wrong: Vec<&String> = answers.iter().filter_map(|answer| answer.as_ref()?.as_ref().err()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let done = answers.iter().flatten().count();
    // Names that no file can have, and files that only a host of another kind could hold.
    assert!(done > index.cases.len() * 95 / 100, "{done} of {} cases were run", index.cases.len());
}

/// What is wrong with the program's answer to a case; `None` where it can't be laid out as files.
fn run(id: &str) -> Option<Result<(), String>> {
    let of = |name: &str| fs::read(folder().join("cases").join(id).join(name)).unwrap();
    let case: CaseDocument = serde_json::from_slice(&of("case.json")).unwrap();
    let expected: Expected = serde_json::from_slice(&of("expected.json")).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let inputs = lay_out(&case, dir.path())?;
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("kettle-verify"));
    if case.kind == "evidence" {
        command.arg("evidence");
    }
    command.args(inputs).args(["--json", "--at", &case.now]);
    options(&case, &mut command);
    let output = command.output().unwrap();
    let verdict: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let outcome = verdict["outcome"].as_str().unwrap_or("unreadable");
    let statuses: Vec<(String, String)> = verdict["checks"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|check| ["id", "status"].map(|name| check[name].as_str().unwrap().to_owned()).into())
        .collect();
    if UNREADABLE.contains(&id) {
        let refused = output.status.code() == Some(2) && outcome == "unreadable";
        return Some(refused.then_some(()).ok_or_else(|| format!("{id}: {outcome} and not exit code 2")));
    }
    let found = (output.status.code(), outcome, &statuses);
    if found == (Some(expected.exit_code.into()), expected.outcome.as_str(), &expected.checks) {
        return Some(Ok(()));
    }
    let failed: Vec<_> = statuses.iter().filter(|(_, status)| status == "fail").map(|(id, _)| id).collect();
    let said = String::from_utf8_lossy(&output.stderr);
    let exit = output.status.code();
    Some(Err(format!(
        "{id}: exit {exit:?}, {outcome}, failed {failed:?} {said}, and not {}",
        expected.outcome
    )))
}

/// Lays a case out as files, and returns what to name on the command line.
fn lay_out(case: &CaseDocument, dir: &Path) -> Option<Vec<PathBuf>> {
    let padded = |kind: &str, path: &str| {
        let mut bytes = fs::read(folder().join(path)).unwrap();
        if let Some(padding) = case.padding.as_ref().filter(|padding| padding.file == kind) {
            bytes.resize(padding.to, padding.byte);
        }
        bytes
    };
    let evidence = dir.join(Path::new(&case.files.evidence).file_name().unwrap());
    let bytes = padded("evidence", &case.files.evidence);
    fs::write(&evidence, &bytes).unwrap();
    if let "attestable_build" | "tee_compile" = case.kind.as_str() {
        // The program tells the documents of other systems by their content.
        let known = matches!(recognise(&bytes), Role::Certificate | Role::NitroDocument);
        return known.then(|| other(case, evidence));
    }
    if case.kind == "evidence" {
        return Some(vec![evidence]);
    }
    let provenance = dir.join("provenance.json");
    fs::write(&provenance, padded("provenance", &case.files.provenance)).unwrap();
    let mut loose = vec![provenance, evidence];
    for file in &case.files.artifacts {
        // A file that could not have its own name was stored under another.
        if !file.path.ends_with(&format!("/artifacts/{}", file.name)) {
            return None;
        }
        let path = dir.join("artifacts").join(&file.name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(folder().join(&file.path), &path).unwrap();
        loose.push(path);
    }
    Some(if case.artifacts_mode == "loose" { loose } else { vec![dir.to_owned()] })
}

/// The document of another system, and the artifact beside it.
fn other(case: &CaseDocument, document: PathBuf) -> Vec<PathBuf> {
    let artifacts = case.files.artifacts.iter().map(|file| folder().join(&file.path));
    artifacts.chain([document]).collect()
}

fn options(case: &CaseDocument, command: &mut Command) {
    let mut given = |option: &str, path: &String| {
        if !path.is_empty() {
            command.arg(option).arg(folder().join(path));
        }
    };
    given("--policy", &case.files.policy);
    given("--trust-root", &case.files.trust_root);
    for path in case.files.certificates.iter().chain(&case.files.crls) {
        given("--collateral", path);
    }
    for name in &case.subjects {
        command.args(["--subject", name]);
    }
    if case.artifacts_mode == "without" && case.kind == "bundle" {
        command.arg("--without-artifacts");
    }
    let expected = [
        ("--report-data", &case.report_data),
        ("--input-hash", &case.input_hash),
        ("--output-hash", &case.output_hash),
    ];
    for (option, value) in expected.into_iter().filter(|(_, value)| !value.is_empty()) {
        command.args([option, value]);
    }
}

/// Inputs that the library appraises and the program refuses to read: collateral that is neither
/// certificate nor list, and report data longer than any field.
const UNREADABLE: [&str; 2] = ["evidence/s36-longer", "snp/s14-garbage"];
