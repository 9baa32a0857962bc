//! Genuine Azure machines through the whole pipeline, and what joins the two layers.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::*;
use crate::policy::Policy;
use crate::verdict::{Status, Verdict};
use crate::vtpm::evidence::Given;
use crate::vtpm::testing::{capture, envelope_of};
use crate::{Collateral, EvidenceOnly, Outcome, Timestamp, TrustRoots};
use crate::{appraise_evidence, platform, vectors};

const LIVE: &str = "az-tdx/lunal-attestation-rs/live-evidence.json";
const COCO: &str = "az-tdx/coco-trustee/evidence-v1.json";

/// Older machines leave SEPT_VE_DISABLE unset.
const OLD: &str = r#"{"schema":"kettle-policy/v1","tdx":{"require_sept_ve_disable":false}}"#;

fn judge_text(evidence: &[u8], policy: &str) -> Verdict {
    let policy = Policy::from_json(policy.as_bytes()).unwrap();
    let given = EvidenceOnly { evidence, report_data: None, collateral: Collateral::default() };
    let now = Timestamp::from_rfc3339("2026-06-20T00:00:00Z").unwrap();
    appraise_evidence(&given, &policy, &TrustRoots::pinned(), now)
}

fn judge(given: &Given) -> Verdict {
    judge_text(envelope_of(given, ReportType::Tdx).as_bytes(), OLD)
}

fn failure(verdict: &Verdict) -> Option<&str> {
    verdict.first_failure().map(|check| check.id.as_str())
}

fn status(verdict: &Verdict, id: &str) -> Status {
    verdict.check(id).unwrap().status
}

#[test]
fn genuine_machines_are_undecided_without_collateral_and_nothing_else() {
    for name in [COCO, "az-tdx/coco-trustee/evidence-v0.json", LIVE] {
        let Some(given) = capture(name) else { continue };
        let verdict = judge(&given);
        assert_eq!((verdict.outcome, failure(&verdict)), (Outcome::Inconclusive, None), "{name}");
        assert_eq!(status(&verdict, "tdx.collateral.present"), Status::Inconclusive, "{name}");
        let own = verdict.checks.iter().filter(|check| check.id.starts_with("az."));
        assert!(own.clone().count() > 30 && own.clone().all(|check| check.status == Status::Pass), "{name}");
    }
}

/// The capture lies in its file in the envelope's own evidence format.
#[test]
fn the_evidence_is_taken_as_it_is() {
    let Some(bare) = vectors::bytes(LIVE) else { return };
    let text = [br#"{"platform":"az-tdx","evidence":"#.as_slice(), &bare, b"}"].concat();
    let verdict = judge_text(&text, OLD);
    assert_eq!((verdict.outcome, failure(&verdict)), (Outcome::Inconclusive, None));
}

#[test]
fn the_strict_policy_demands_sept_ve_disable() {
    let Some(given) = capture(COCO) else { return };
    let text = envelope_of(&given, ReportType::Tdx);
    let verdict = judge_text(text.as_bytes(), r#"{"schema":"kettle-policy/v1"}"#);
    assert_eq!(failure(&verdict), Some("tdx.policy.sept_ve_disable"));
}

#[test]
fn the_chain_of_links_has_no_gap_and_no_name_twice() {
    let Some(given) = capture(LIVE) else { return };
    let verdict = judge(&given);
    let names: Vec<(&str, &str)> =
        verdict.links.iter().map(|link| (link.from.as_str(), link.to.as_str())).collect();
    assert_eq!(names.first().map(|link| link.0), Some("quote extraData"));
    assert_eq!(names.last().map(|link| link.1), Some("Intel SGX Root CA"));
    assert!(names.windows(2).all(|pair| pair[0].1 == pair[1].0), "{names:?}");
    let mut from: Vec<&str> = names.iter().map(|link| link.0).collect();
    from.sort_unstable();
    from.dedup();
    assert_eq!(from.len(), names.len(), "{names:?}");
    assert!(
        verdict
            .links
            .iter()
            .all(|link| { link.holds && link.checks.iter().all(|id| status(&verdict, id) == Status::Pass) })
    );
}

#[test]
fn parts_of_two_machines_are_refused() {
    let Some((live, coco)) = capture(LIVE).zip(capture(COCO)) else { return };
    let mixed = |hcl: &Given, td: &Given| {
        let given =
            Given { quote: None, hcl_report: hcl.hcl_report.clone(), endorsement: td.endorsement.clone() };
        failure(&judge(&given)).map(String::from)
    };
    assert_eq!(mixed(&live, &coco).as_deref(), Some("az.td_report.quoted"));
    assert_eq!(mixed(&coco, &live).as_deref(), Some("az.td_report.quoted"));
    assert_eq!(mixed(&coco, &coco), None);
}

#[test]
fn the_quotes_of_two_machines_are_refused() {
    let Some((live, coco)) = capture(LIVE).zip(capture(COCO)) else { return };
    let given = Given { quote: coco.quote, hcl_report: live.hcl_report, endorsement: live.endorsement };
    let verdict = judge(&given);
    assert!(failure(&verdict).unwrap().starts_with("az.quote.signature"), "{:?}", failure(&verdict));
}

#[test]
fn an_hcl_blob_without_a_td_quote_is_undecided() {
    let Some(hcl_report) = vectors::bytes("az-tdx/azure-cvm-tooling/hcl-report-tdx.bin") else { return };
    let verdict = judge(&Given { quote: None, hcl_report, endorsement: None });
    assert_eq!((verdict.outcome, failure(&verdict)), (Outcome::Inconclusive, None));
    assert_eq!(status(&verdict, "az.td_quote.present"), Status::Inconclusive);
    assert_eq!(status(&verdict, "az.runtime.digest"), Status::NotReached);
}

#[test]
fn snp_evidence_is_refused() {
    let Some((snp, tdx)) = capture("az-snp/lunal-attestation-rs/live-evidence.json").zip(capture(LIVE))
    else {
        return;
    };
    assert_eq!(failure(&judge(&snp)), Some("az.hcl.report_type"));
    let text = envelope_of(&snp, ReportType::Snp).replace("az-snp", "az-tdx");
    assert_eq!(failure(&judge_text(text.as_bytes(), OLD)), Some("az.evidence.layout"));
    let text = envelope_of(&tdx, ReportType::Tdx).replace("az-tdx", "az-snp").replace("td_quote", "vcek");
    assert_eq!(failure(&judge_text(text.as_bytes(), OLD)), Some("az.hcl.report_type"));
}

/// The bytes of the TD report that the quote does not repeat are listed; every other bit of the blob
/// counts.
#[test]
fn a_flipped_bit_of_the_blob_is_refused_or_listed() {
    let Some(mut given) = capture(LIVE) else { return };
    let sound = judge(&given);
    assert!(sound.unauthenticated.iter().any(|part| part.contains("the TD report in the HCL blob")));
    let listed = |at: usize| {
        let report = [32..160, 224..296, 416..544, 944..1056];
        report.iter().any(|range: &core::ops::Range<usize>| range.contains(&at))
    };
    for bit in (0..given.hcl_report.len() * 8).step_by(61) {
        given.hcl_report[bit / 8] ^= 1 << (bit % 8);
        let found = judge(&given).outcome;
        let expected = if listed(bit / 8) { Outcome::Inconclusive } else { Outcome::Failed };
        assert_eq!(found, expected, "blob bit {bit}, byte {:#x}", bit / 8);
        given.hcl_report[bit / 8] ^= 1 << (bit % 8);
    }
}

#[test]
fn collateral_is_an_object() {
    let Some(given) = capture(LIVE) else { return };
    let with = |collateral: &str| {
        let text = envelope_of(&given, ReportType::Tdx)
            .replace(r#""version":1"#, &alloc::format!(r#""version":1,"collateral":{collateral}"#));
        let verdict = judge_text(text.as_bytes(), OLD);
        verdict.first_failure().map(|check| (check.id.to_string(), check.location.to_string()))
    };
    assert_eq!(with("null"), None);
    assert_eq!(with("{}").unwrap().0, "tdx.collateral.layout");
    for other in ["1", "[]", r#""{}""#] {
        assert_eq!(with(other).unwrap(), ("az.evidence.layout".into(), "/evidence/collateral".into()));
    }
}

#[test]
fn the_layers_lie_in_order() {
    let platform = platform::find("az-tdx").unwrap();
    let ids: Vec<&str> =
        platform.checks().iter().flat_map(|table| table.iter().map(|spec| spec.id)).collect();
    let place = |id: &str| ids.iter().position(|known| *known == id).unwrap();
    assert!(place("az.hcl.padding") < place("az.td_quote.present"));
    assert!(place("az.td_quote.present") < place("tdx.quote.size"));
    assert!(place("tdx.quote.signature") < place("az.td_report.quoted"));
    assert!(place("az.td_report.quoted") < place("az.runtime.digest"));
    assert!(place("az.ak.modulus") < place("az.quote.signature"));
    let inner: usize = tdx::LAYER_CHECKS.iter().map(|table| table.len()).sum();
    assert_eq!(ids.iter().filter(|id| id.starts_with("tdx.")).count(), inner);
    let mut unique = ids.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), ids.len());
    assert!(platform.identity_claims().contains(&"tdx.ppid"));
    assert!(platform.identity_claims().contains(&"azure.vm_unique_id"));
    assert!(platform.not_proven().iter().all(|text| !text.contains("RTMR")));
}

#[test]
fn the_readme_names_every_check_of_its_own() {
    let readme = include_str!("README.md");
    for spec in td_report::QUOTE_CHECKS.iter().chain(td_report::CHECKS) {
        assert!(readme.contains(&alloc::format!("`{}`", spec.id)), "{}", spec.id);
    }
}
