//! The layer on genuine reports, and on every kind of damage to one.

use alloc::string::String;
use alloc::vec::Vec;
use std::path::PathBuf;

use super::*;
use crate::bundle::Collateral;
use crate::time::Timestamp;
use crate::trust::TrustRoots;
use crate::verdict::Status;
use crate::{Policy, platform};

fn vectors() -> Option<PathBuf> {
    let default = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors");
    let folder = std::env::var_os("KETTLE_VECTORS").map_or(default, PathBuf::from);
    if !folder.is_dir() {
        std::println!("genuine captures are absent: nothing to run at {}", folder.display());
        return None;
    }
    Some(folder)
}

/// Runs the layer; the first check that did not pass, and the claims' count.
fn run(report: &[u8], vek: &[u8], policy: &str, at: &str) -> (Option<(String, Status, String)>, bool) {
    let policy = Policy::from_json(policy.as_bytes()).unwrap();
    let roots = TrustRoots::pinned();
    let collateral = Collateral::default();
    let now = Timestamp::from_rfc3339(at).unwrap();
    let context = Context { policy: &policy, roots: &roots, collateral: &collateral, now };
    let mut log = Log::new(&policy, LAYER_CHECKS.iter().flat_map(|table| table.iter().copied()));
    let authentic = authenticate(report, Some(vek), Setting::Bare, &context, &mut log).is_ok();
    let record = log.finish();
    let first = record.checks.into_iter().find(|check| check.status != Status::Pass);
    (first.map(|check| (check.id, check.status, check.found)), authentic)
}

fn policy(snp: &str) -> String {
    alloc::format!(
        r#"{{"schema":"kettle-policy/v1","snp":{{"report_versions":[2,3,4,5],"vmpl":[0,1]{snp}}},"waivers":[{{"id":"snp.tcb.firmware_floor","reason":"old captures"}}]}}"#
    )
}

const NOW: &str = "2026-06-01T00:00:00Z";

#[test]
fn genuine_reports_of_every_generation_are_authentic() {
    let Some(folder) = vectors() else { return };
    let read = |name: &str| std::fs::read(folder.join("snp").join(name)).unwrap();
    let pem = |name: &str| {
        let text = String::from_utf8(read(name)).unwrap();
        let body: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
        <base64ct::Base64 as base64ct::Encoding>::decode_vec(&body).unwrap()
    };
    let cases: Vec<(&str, Vec<u8>, Vec<u8>, &str)> = alloc::vec![
        ("milan v2", read("coco-trustee/test-report.bin"), read("coco-trustee/test-vcek.der"), NOW),
        (
            "milan v3 vlek",
            read("coco-trustee/test-vlek-report.bin"),
            read("coco-trustee/test-vlek.der"),
            "2025-06-01T00:00:00Z",
        ),
        (
            "siena v5",
            read("lunal-attestation-rs/live-report-v5-genoa.bin"),
            read("lunal-attestation-rs/live-vcek-genoa.der"),
            NOW,
        ),
        (
            "genoa v3",
            read("ms-tee-attestation-verification/genoa_attestation_report.bin"),
            pem("ms-tee-attestation-verification/genoa_vcek.pem"),
            NOW,
        ),
        (
            "turin v5",
            read("ms-tee-attestation-verification/turin_attestation_report.bin"),
            pem("ms-tee-attestation-verification/turin_vcek.pem"),
            NOW,
        ),
        (
            "milan v3",
            read("ms-tee-attestation-verification/milan_attestation_report.bin"),
            read("_veks/milan-27c3ccfce070.der"),
            NOW,
        ),
    ];
    for (name, report, vek, at) in cases {
        let (first, authentic) = run(&report, &vek, &policy(""), at);
        let waived = first.as_ref().is_none_or(|(_, status, _)| *status == Status::Waived);
        assert!(authentic && waived, "{name}: {first:?}");
    }
    let (first, _) = run(
        &read("google-go-sev-guest/attestation.bin"),
        &read("google-go-sev-guest/vcek.testcer"),
        &policy(""),
        NOW,
    );
    assert_eq!(first.unwrap().0, "snp.policy.debug");
}

#[test]
fn other_certificates_and_other_times_are_refused() {
    let Some(folder) = vectors() else { return };
    let read = |name: &str| std::fs::read(folder.join("snp").join(name)).unwrap();
    let (report, vek) = (read("coco-trustee/test-report.bin"), read("coco-trustee/test-vcek.der"));
    let first = |report: &[u8], vek: &[u8], at: &str| run(report, vek, &policy(""), at).0.unwrap().0;
    assert_eq!(first(&report, &read("virtee-sev/vcek_milan.der"), NOW), "snp.report.signature");
    assert_eq!(first(&report, &read("virtee-sev/vcek_turin.der"), NOW), "snp.report.signature");
    assert_eq!(first(&report, &vek, "2031-01-01T00:00:00Z"), "snp.chain.vek_validity");
    assert_eq!(first(&report, &vek, "2022-01-01T00:00:00Z"), "snp.chain.vek_validity");
    assert_eq!(
        first(&report, &read("coco-trustee/test-vcek-invalid-new.der"), NOW),
        "snp.chain.vek_signature"
    );
    assert_eq!(first(&report[..1183], &vek, NOW), "snp.report.size");
}

#[test]
fn every_flipped_bit_of_a_report_is_refused() {
    let Some(folder) = vectors() else { return };
    let read = |name: &str| std::fs::read(folder.join("snp").join(name)).unwrap();
    let (report, vek) = (read("coco-trustee/test-report.bin"), read("coco-trustee/test-vcek.der"));
    for bit in (0..report.len() * 8).step_by(97) {
        let mut flipped = report.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let (first, authentic) = run(&flipped, &vek, &policy(""), NOW);
        assert!(!authentic, "bit {bit}: {first:?}");
    }
}

#[test]
fn ids_are_unique_and_prefixed() {
    let mut ids: Vec<&str> = platform::find("snp")
        .unwrap()
        .checks()
        .iter()
        .flat_map(|table| table.iter().map(|spec| spec.id))
        .collect();
    assert!(ids.iter().all(|id| id.starts_with("snp.")));
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}
