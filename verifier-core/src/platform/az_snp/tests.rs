//! Genuine Azure machines through the whole pipeline, at a time inside every window.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use super::*;
use crate::bundle::ArtifactMode;
use crate::policy::Policy;
use crate::verdict::{Stage, Status, Verdict};
use crate::vtpm::evidence::Given;
use crate::vtpm::testing::{capture, envelope};
use crate::{Bundle, Collateral, EvidenceOnly, Outcome, Timestamp, TrustRoots};
use crate::{appraise, appraise_evidence, platform, vectors};

const RIPGREP: &str = "kettle/lunal-kettle/fixtures/ripgrep/evidence.json";

/// Every genuine capture, and the check that its old firmware does not pass today.
const CAPTURES: [(&str, Option<&str>); 9] = [
    ("az-snp/coco-trustee/evidence-genoa.json", None),
    ("az-snp/coco-trustee/evidence-v0.json", None),
    ("az-snp/coco-trustee/evidence-v1.json", None),
    ("az-snp/coco-trustee/evidence-v2.json", None),
    ("az-snp/lunal-attestation-rs/evidence-v1.json", Some("snp.tcb.firmware_floor")),
    ("az-snp/lunal-attestation-rs/live-evidence.json", None),
    (RIPGREP, None),
    ("kettle/lunal-kettle/fixtures/alejandra/evidence.json", None),
    ("kettle/confidentialdotai-kettle/fixtures/ripgrep/evidence.json", None),
];

const OLD_FIRMWARE: &str = r#""waivers":[{"id":"snp.tcb.firmware_floor","reason":"a capture of 2023"}]"#;

fn policy(rules: &str) -> Policy {
    Policy::from_json(format!(r#"{{"schema":"kettle-policy/v1",{rules}}}"#).as_bytes()).unwrap()
}

fn judge(evidence: &[u8], collateral: Collateral, policy: &Policy) -> Verdict {
    let given = EvidenceOnly { evidence, report_data: None, collateral };
    let now = Timestamp::from_rfc3339("2026-06-01T00:00:00Z").unwrap();
    appraise_evidence(&given, policy, &TrustRoots::pinned(), now)
}

fn judge_given(given: &Given, policy: &Policy) -> Verdict {
    judge(envelope(given).as_bytes(), Collateral::default(), policy)
}

fn failure(verdict: &Verdict) -> Option<&str> {
    verdict.first_failure().map(|check| check.id.as_str())
}

fn claim<'v>(verdict: &'v Verdict, id: &str) -> &'v str {
    verdict.claims.iter().find(|claim| claim.id == id).map(|claim| claim.value.as_str()).unwrap()
}

#[test]
fn genuine_machines_are_genuine() {
    for (name, old) in CAPTURES {
        let Some(given) = capture(name) else { continue };
        let verdict = judge_given(&given, &Policy::default());
        assert_eq!(failure(&verdict), old, "{name}");
        let verdict = judge_given(&given, &policy(OLD_FIRMWARE));
        assert_eq!((verdict.outcome, failure(&verdict)), (Outcome::Unpinned, None), "{name}");
        assert!(
            verdict
                .checks
                .iter()
                .filter(|check| check.id.starts_with("az."))
                .all(|check| { check.status == Status::Pass })
        );
    }
}

/// As they lie in their files, without a helper between: the last one has padded base64url.
#[test]
fn envelopes_are_taken_as_they_are() {
    for (name, _) in CAPTURES.iter().filter(|(name, _)| name.contains("kettle") || name.contains("lunal")) {
        let Some(text) = vectors::bytes(name) else { continue };
        let verdict = judge(&text, Collateral::default(), &policy(OLD_FIRMWARE));
        assert_eq!((verdict.outcome, failure(&verdict)), (Outcome::Unpinned, None), "{name}");
        let padded = verdict.notes.iter().filter(|note| note.id == "az.evidence.padding").count();
        assert_eq!(padded, if name.ends_with("attestation-rs/evidence-v1.json") { 2 } else { 0 }, "{name}");
    }
}

#[test]
fn the_chain_of_links_has_no_gap() {
    let Some(given) = capture(RIPGREP) else { return };
    let verdict = judge_given(&given, &Policy::default());
    let names: Vec<(&str, &str)> =
        verdict.links.iter().map(|link| (link.from.as_str(), link.to.as_str())).collect();
    assert_eq!(names.first().map(|link| link.0), Some("quote extraData"));
    assert_eq!(names.last().map(|link| link.1), Some("AMD root key (ARK-Milan)"));
    assert!(names.windows(2).all(|pair| pair[0].1 == pair[1].0), "{names:?}");
    assert!(verdict.links.iter().all(|link| {
        link.holds && link.checks.iter().all(|id| verdict.check(id).unwrap().status == Status::Pass)
    }));
}

#[test]
fn genuine_builds_are_bound_to_their_provenance() {
    for name in [
        "lunal-kettle/fixtures/ripgrep",
        "lunal-kettle/fixtures/alejandra",
        "confidentialdotai-kettle/fixtures/ripgrep",
    ] {
        let read = |file: &str| vectors::bytes(&format!("kettle/{name}/{file}"));
        let Some((evidence, provenance)) = read("evidence.json").zip(read("provenance.json")) else { return };
        let judge = |provenance: &[u8]| {
            let mut bundle = Bundle { provenance, evidence: &evidence, ..Bundle::default() };
            bundle.artifacts.mode = ArtifactMode::Without;
            let now = Timestamp::from_rfc3339("2026-08-01T00:00:00Z").unwrap();
            appraise(&bundle, &Policy::default(), &TrustRoots::pinned(), now)
        };
        let verdict = judge(&provenance);
        let bound = verdict.checks.iter().filter(|check| check.stage <= Stage::Binding);
        assert!(
            bound.filter(|check| !check.id.starts_with("machine.")).all(|check| check.status == Status::Pass)
        );
        let link = verdict.links.iter().position(|link| link.to == "quote extraData").unwrap();
        assert_eq!(verdict.links[link + 1].from, "quote extraData");
        let mut other = provenance.clone();
        let place = other.windows(9).position(|text| text == b"gitCommit").unwrap() + 13;
        other[place] = if other[place] == b'0' { b'1' } else { b'0' };
        let refused = judge(&other);
        assert!(failure(&refused).unwrap().starts_with("binding."), "{:?}", failure(&refused));
    }
}

fn pinned(verdict: &Verdict, pcrs: &str) -> Policy {
    let launch = claim(verdict, "snp.measurement");
    policy(&format!(
        r#""measurements":[{{"id":"image","platform":"az-snp","launch_digest":"{launch}"{pcrs}}}]"#
    ))
}

#[test]
fn a_guest_is_named_by_its_pcrs_and_not_by_the_launch_digest() {
    let Some(given) = capture(RIPGREP) else { return };
    let verdict = judge_given(&given, &Policy::default());
    let status = |pcrs: &str| {
        let verdict = judge_given(&given, &pinned(&verdict, pcrs));
        assert_eq!(verdict.check("machine.measurement").unwrap().status, Status::Pass);
        verdict.check("machine.pcrs").unwrap().status
    };
    assert_eq!(status(""), Status::NotReached);
    let eleven = claim(&verdict, "vtpm.pcr.11");
    assert_eq!(status(&format!(r#","pcrs":[{{"index":11,"sha256":"{eleven}"}}]"#)), Status::Pass);
    assert_eq!(status(&format!(r#","pcrs":[{{"index":12,"sha256":"{eleven}"}}]"#)), Status::Fail);
}

#[test]
fn a_denied_machine_is_denied_in_either_case() {
    let Some(given) = capture(RIPGREP) else { return };
    let id = claim(&judge_given(&given, &Policy::default()), "azure.vm_unique_id").to_string();
    for value in [id.to_ascii_lowercase(), id.to_ascii_uppercase()] {
        let list = |kind: &str| {
            policy(&format!(
                r#""machines":{{"{kind}":[{{"claim":"azure.vm_unique_id","value":"{value}"}}]}}"#
            ))
        };
        assert_eq!(failure(&judge_given(&given, &list("deny"))), Some("machine.identity"));
        assert_eq!(failure(&judge_given(&given, &list("allow"))), None);
    }
    let other = policy(r#""machines":{"allow":[{"claim":"azure.vm_unique_id","value":"5A7A08AC"}]}"#);
    assert_eq!(failure(&judge_given(&given, &other)), Some("machine.identity"));
}

#[test]
fn an_hcl_blob_alone_is_undecided() {
    let Some(hcl_report) = vectors::bytes("az-snp/coco-trustee/hcl-report.bin") else { return };
    let vcek = capture("az-snp/lunal-attestation-rs/evidence-v1.json").unwrap().endorsement.unwrap();
    let text = envelope(&Given { quote: None, hcl_report, endorsement: None });
    let beside = Collateral { certificates: vec![vcek], ..Collateral::default() };
    let verdict = judge(text.as_bytes(), beside, &policy(OLD_FIRMWARE));
    assert_eq!((verdict.outcome, failure(&verdict)), (Outcome::Inconclusive, None));
    assert_eq!(verdict.check("az.quote.present").unwrap().status, Status::Inconclusive);
    assert_eq!(verdict.check("az.runtime.digest").unwrap().status, Status::Pass);
    assert_eq!(claim(&verdict, "azure.secure_boot"), "true");
}

#[test]
fn evidence_of_another_kind_is_refused() {
    let Some(tdx) = capture("az-tdx/lunal-attestation-rs/live-evidence.json") else { return };
    let snp = capture(RIPGREP).unwrap();
    let mut hcl_report = tdx.hcl_report;
    let one = |hcl_report: &[u8]| {
        let given =
            Given { hcl_report: hcl_report.to_vec(), endorsement: snp.endorsement.clone(), quote: None };
        failure(&judge_given(&given, &Policy::default())).map(String::from)
    };
    assert_eq!(one(&hcl_report).as_deref(), Some("az.hcl.report_type"));
    hcl_report[0x4c8] = 2;
    assert_eq!(one(&hcl_report).as_deref(), Some("snp.report.version"));
    // The TDX label has its own field for what vouches for the report.
    let text = envelope(&snp).replace(r#""vcek":"#, r#""td_quote":"#);
    let verdict = judge(text.as_bytes(), Collateral::default(), &Policy::default());
    assert_eq!(failure(&verdict), Some("az.evidence.layout"));
}

/// The vTPM layer's own tests flip every bit of what is its own; this goes through the report and
/// its certificate too, in strides that no structure has.
#[test]
fn flipped_bits_are_refused_wherever_they_lie() {
    let Some(mut given) = capture(RIPGREP) else { return };
    for bit in (0..given.hcl_report.len() * 8).step_by(97) {
        given.hcl_report[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(judge_given(&given, &Policy::default()).outcome, Outcome::Failed, "blob bit {bit}");
        given.hcl_report[bit / 8] ^= 1 << (bit % 8);
    }
    let size = given.endorsement.as_ref().map_or(0, Vec::len);
    for bit in (0..size * 8).step_by(53) {
        let flip = |given: &mut Given| given.endorsement.as_mut().unwrap()[bit / 8] ^= 1 << (bit % 8);
        flip(&mut given);
        assert_eq!(judge_given(&given, &Policy::default()).outcome, Outcome::Failed, "certificate bit {bit}");
        flip(&mut given);
    }
    assert_eq!(judge_given(&given, &Policy::default()).outcome, Outcome::Unpinned);
}

#[test]
fn the_inner_layer_lies_between_the_outer_tables() {
    let az = platform::find("az-snp").unwrap();
    let ids: Vec<&str> = az.checks().iter().flat_map(|table| table.iter().map(|spec| spec.id)).collect();
    let place = |id: &str| ids.iter().position(|known| *known == id).unwrap();
    assert!(place("az.hcl.padding") < place("snp.report.size"));
    assert!(place("snp.report.signature") < place("az.runtime.digest"));
    assert!(place("az.runtime.digest") < place("az.ak.unique"));
    assert!(place("az.ak.modulus") < place("az.quote.signature"));
    let inner: usize = snp::LAYER_CHECKS.iter().map(|table| table.len()).sum();
    assert_eq!(ids.iter().filter(|id| id.starts_with("snp.")).count(), inner);
    assert!(az.checks().iter().all(|table| !table.is_empty()));
    let mut unique = ids.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), ids.len());
}

#[test]
fn what_the_inner_layer_says_of_itself_is_kept() {
    assert!(AzSnp.identity_claims().starts_with(snp::IDENTITY_CLAIMS));
    assert!(AzSnp.identity_claims().ends_with(vtpm::IDENTITY_CLAIMS));
    assert!(AzSnp.not_proven().starts_with(snp::NOT_PROVEN));
    assert!(AzSnp.not_proven().ends_with(vtpm::NOT_PROVEN));
}

#[test]
fn the_readme_names_every_check_of_the_virtual_tpm() {
    let readme = include_str!("README.md");
    for spec in AzSnp.checks().iter().flat_map(|table| table.iter()).filter(|spec| spec.id.starts_with("az."))
    {
        assert!(readme.contains(&format!("`{}`", spec.id)), "{}", spec.id);
    }
}
