//! `kettle-verify collateral`: what is printed, and the exit codes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it should be"
)]

mod common;

use common::{NOW, run, text, vectors};

fn sample(name: &str) -> String {
    text(&vectors("real/dcap-qvl-0.7.1").join(name))
}

const JUNE: &str = "2025-06-25T00:00:00Z";

#[test]
fn a_quote_alone_names_the_addresses() {
    let run = run(&["collateral", &sample("tdx_quote"), "--at", JUNE]);
    assert_eq!((run.code, run.stderr.as_str()), (3, ""));
    assert!(
        run.stdout.contains("MISSING")
            && run.stdout.contains("tdx/certification/v4/tcb?fmspc=B0C06F000000\n")
    );
}

#[test]
fn each_state_has_its_exit_code() {
    let (quote, own) = (sample("tdx_quote"), sample("tdx_quote_collateral.json"));
    let foreign = sample("tdx_quote_outdated_collateral.json");
    assert_eq!(run(&["collateral", &quote, &own, "--at", JUNE]).code, 0);
    assert_eq!(run(&["collateral", &own, &quote, "--at", JUNE]).code, 0, "in any order");
    assert_eq!(run(&["collateral", &quote, "--collateral", &own, "--at", JUNE]).code, 0);
    assert_eq!(run(&["collateral", &quote, &own, "--at", NOW]).code, 3, "no longer current");
    assert_eq!(run(&["collateral", &quote, &foreign, "--at", "2026-03-01T00:00:00Z"]).code, 1);
    assert_eq!(run(&["collateral", &sample("LICENSE")]).code, 2);
    assert_eq!(run(&["collateral", &sample("sgx_quote")]).code, 2);
    let quiet = run(&["collateral", &quote, &own, "--at", JUNE, "--quiet"]);
    assert_eq!((quiet.code, quiet.stdout.as_str()), (0, ""));
}

#[test]
fn a_file_alone_is_checked_by_itself() {
    let own = sample("tdx_quote_collateral.json");
    let good = run(&["collateral", &own, "--at", JUNE]);
    assert_eq!(good.code, 0, "{}{}", good.stdout, good.stderr);
    assert!(good.stdout.contains("What is in it") && good.stdout.contains("b0c06f000000"), "{}", good.stdout);
    assert_eq!(run(&["collateral", &own, "--at", NOW]).code, 3, "no longer current");
    let root = text(&vectors("roots/intel.json"));
    let document = std::fs::read_to_string(&own)
        .unwrap()
        .replace("\"tcb_info_signature\": \"", "\"tcb_info_signature\": \"00");
    let folder = tempfile::tempdir().unwrap();
    let forged = folder.path().join("forged.json");
    std::fs::write(&forged, document).unwrap();
    let forged = run(&["collateral", &text(&forged), "--at", JUNE]);
    assert_eq!(forged.code, 1, "{}{}", forged.stdout, forged.stderr);
    assert!(forged.stdout.contains("tdx.tcb.signature"), "{}", forged.stdout);
    assert_eq!(run(&["collateral", &own, &sample("tdx_quote_outdated_collateral.json")]).code, 2);
    assert_eq!(run(&["collateral", &own, "--trust-root", &root, "--at", JUNE]).code, 1, "another root");
}

#[test]
fn a_bundle_with_stapled_collateral_is_read_whole() {
    let case = vectors("cases/tdx/ok-version-4");
    let root = text(&vectors("roots/intel.json"));
    let given = run(&["collateral", &text(&case), "--trust-root", &root, "--at", NOW]);
    assert_eq!(given.code, 0, "{}{}", given.stdout, given.stderr);
    let under_intel = run(&["collateral", &text(&case), "--at", NOW]);
    assert_eq!(under_intel.code, 1, "{}", under_intel.stdout);
}

#[test]
fn the_report_for_programs_is_json() {
    let run = run(&["collateral", &sample("tdx_quote"), "--json", "--at", JUNE]);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(report["schema"], "kettle-collateral/v1");
    assert_eq!((report["state"].as_str(), run.code), (Some("missing"), 3));
    assert_eq!(report["parts"].as_array().unwrap().len(), 4);
}

#[test]
fn the_help_the_manual_and_the_completions_know_it() {
    let help = run(&["collateral", "--help"]);
    assert!(help.stdout.contains("Examples:") && help.stdout.contains("Exit codes:"), "{}", help.stdout);
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(&["man", "--dir", &text(folder.path())]).code, 0);
    assert!(folder.path().join("kettle-verify-collateral.1").is_file());
    assert!(run(&["completions", "bash"]).stdout.contains("collateral)"));
}
