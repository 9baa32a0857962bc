//! What genuine evidence needs beside itself, and what becomes of collateral that is given.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test stops where something is not as it should be"
)]

use std::path::Path;

use base64ct::{Base64, Encoding as _};
use kettle_verifier_core::collateral::{CollateralPart, CollateralReport, CollateralState};
use kettle_verifier_core::{
    Collateral, EvidenceOnly, Policy, Timestamp, TrustRoots, appraise_collateral, appraise_intel_collateral,
};

use CollateralState::{Current, Expired, Failed, Missing, NotReached};

const JUNE: &str = "2025-06-25T00:00:00Z";

fn read(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../testvectors/real").join(name)).unwrap()
}

fn quote(name: &str) -> Vec<u8> {
    let quote = Base64::encode_string(&read(&format!("dcap-qvl-0.7.1/{name}")));
    format!(r#"{{"platform":"tdx","evidence":{{"quote":"{quote}","cc_eventlog":null}}}}"#).into_bytes()
}

fn milan() -> (Vec<u8>, String) {
    let hex = String::from_utf8(read("sev-8.0.0/report_milan.hex")).unwrap();
    let hex = hex.trim().to_lowercase();
    let bytes: Vec<u8> =
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
    let report = Base64::encode_string(&bytes);
    let evidence = format!(r#"{{"attestation_report":"{report}","cert_chain":null}}"#);
    (format!(r#"{{"platform":"snp","evidence":{evidence}}}"#).into_bytes(), hex)
}

fn report(evidence: &[u8], collateral: Collateral, policy: &str, at: &str) -> CollateralReport {
    let given = EvidenceOnly { evidence, report_data: None, collateral };
    let policy = Policy::from_json(policy.as_bytes()).unwrap();
    let now = Timestamp::from_rfc3339(at).unwrap();
    appraise_collateral(&given, &policy, &TrustRoots::pinned(), now)
}

fn intel(name: &str) -> Collateral {
    Collateral { intel: vec![read(&format!("dcap-qvl-0.7.1/{name}"))], ..Collateral::default() }
}

fn states(report: &CollateralReport) -> Vec<CollateralState> {
    report.parts.iter().map(|part| part.state).collect()
}

fn part<'r>(report: &'r CollateralReport, id: &str) -> &'r CollateralPart {
    report.parts.iter().find(|part| part.part == id).unwrap()
}

const EMPTY: &str = r#"{"schema":"kettle-policy/v1"}"#;
const OLD: &str = r#"{"schema":"kettle-policy/v1","snp":{"report_versions":[2,3,4,5]}}"#;

#[test]
fn a_quote_says_what_it_needs() {
    let found = report(&quote("tdx_quote"), Collateral::default(), EMPTY, JUNE);
    assert_eq!((found.state, found.exit_code()), (Missing, 3));
    assert_eq!(states(&found), [Missing; 4]);
    let urls: Vec<&String> = found.parts.iter().flat_map(|part| &part.urls).collect();
    let service = "https://api.trustedservices.intel.com";
    assert_eq!(
        urls,
        [
            "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der",
            &format!("{service}/sgx/certification/v4/pckcrl?ca=platform&encoding=der"),
            &format!("{service}/tdx/certification/v4/tcb?fmspc=B0C06F000000"),
            &format!("{service}/tdx/certification/v4/qe/identity"),
        ]
    );
}

#[test]
fn collateral_of_its_time_is_current_and_has_an_end() {
    let found = report(&quote("tdx_quote"), intel("tdx_quote_collateral.json"), EMPTY, JUNE);
    assert_eq!((found.state, found.exit_code()), (Current, 0));
    assert!(found.open.is_empty() && states(&found) == [Current; 4]);
    assert_eq!(found.valid_until, "2025-07-19T10:00:35Z", "the PCK list ends first");
    let info = part(&found, "tcb_info");
    assert_eq!(info.window, "from 2025-06-19T10:16:03Z to 2025-07-19T10:16:03Z");
    assert!(found.claims.iter().any(|claim| claim.id == "tdx.tcb.status" && claim.value == "UpToDate"));
}

#[test]
fn a_part_that_is_too_old_is_named() {
    let later = "2025-08-01T00:00:00Z";
    let found = report(&quote("tdx_quote"), intel("tdx_quote_collateral.json"), EMPTY, later);
    assert_eq!((found.state, found.exit_code()), (Expired, 3));
    assert_eq!(states(&found), [Current, Expired, Expired, Expired]);
    assert!(found.valid_until.is_empty());
}

#[test]
fn collateral_of_another_platform_is_refused() {
    let march = "2026-03-01T00:00:00Z";
    let found = report(&quote("tdx_quote"), intel("tdx_quote_outdated_collateral.json"), EMPTY, march);
    assert_eq!((found.state, found.exit_code()), (Failed, 1));
    assert_eq!(states(&found), [Current, Current, Failed, NotReached]);
    let open: Vec<&str> = found.open.iter().map(|check| check.id.as_str()).collect();
    assert_eq!(open, ["tdx.tcb.platform"]);
    // The same collateral is sound beside its own quote, whatever becomes of that platform.
    let own = report(&quote("tdx_quote_outdated"), intel("tdx_quote_outdated_collateral.json"), EMPTY, march);
    assert_eq!(own.state, Current);
}

#[test]
fn a_policy_may_ask_for_a_newer_evaluation() {
    let policy = r#"{"schema":"kettle-policy/v1","tdx":{"minimum_evaluation_data_number":18}}"#;
    let found = report(&quote("tdx_quote"), intel("tdx_quote_collateral.json"), policy, JUNE);
    assert_eq!((found.state, part(&found, "tcb_info").state), (Failed, Failed));
}

#[test]
fn what_is_no_collateral_is_refused() {
    let found = report(
        &quote("tdx_quote"),
        Collateral { intel: vec![b"{}".to_vec()], ..Collateral::default() },
        EMPTY,
        JUNE,
    );
    assert_eq!((found.state, found.open[0].id.as_str()), (Failed, "tdx.collateral.layout"));
    let found = report(&quote("sgx_quote"), Collateral::default(), EMPTY, JUNE);
    assert_eq!((found.state, found.open[0].id.as_str()), (Failed, "tdx.quote.version"));
    assert!(found.parts.is_empty());
}

#[test]
fn a_report_of_amd_says_what_it_needs() {
    let (evidence, hex) = milan();
    let at = "2024-06-01T00:00:00Z";
    let found = report(&evidence, Collateral::default(), OLD, at);
    assert_eq!((found.state, states(&found)), (Missing, vec![Missing, Missing]));
    // Byte 0x1a0 of the report is the chip's id, byte 0x180 its reported TCB: eight levels.
    let (chip, levels) = (&hex[0x340..0x3c0], &hex[0x300..0x310]);
    let level = |at: usize| u8::from_str_radix(&levels[at * 2..at * 2 + 2], 16).unwrap();
    let query = format!(
        "blSPL={:02}&teeSPL={:02}&snpSPL={:02}&ucodeSPL={:02}",
        level(0),
        level(1),
        level(6),
        level(7)
    );
    let url = |name: &str| format!("https://kdsintf.amd.com/vcek/v1/{name}/{chip}?{query}");
    assert_eq!(part(&found, "vcek").urls, [url("Milan"), url("Genoa")], "version 2 names no generation");
    let certificates = vec![read("sev-8.0.0/vcek_milan.der")];
    let found = report(&evidence, Collateral { certificates, ..Collateral::default() }, OLD, at);
    assert_eq!((found.state, found.exit_code()), (Current, 0), "{}", found.sentence);
}

#[test]
fn a_list_counts_where_the_policy_demands_one() {
    let (evidence, _) = milan();
    let policy = OLD.replacen('{', r#"{"revocation":{"require":true},"#, 1);
    let certificates = vec![read("sev-8.0.0/vcek_milan.der")];
    let given = Collateral { certificates, ..Collateral::default() };
    let found = report(&evidence, given, &policy, "2024-06-01T00:00:00Z");
    assert_eq!((found.state, part(&found, "crl").state), (Missing, Missing));
    assert!(part(&found, "crl").required);
}

fn alone(document: &[u8], policy: &str, at: &str) -> CollateralReport {
    let policy = Policy::from_json(policy.as_bytes()).unwrap();
    appraise_intel_collateral(document, &policy, &TrustRoots::pinned(), Timestamp::from_rfc3339(at).unwrap())
}

type Change = fn(&str) -> String;

/// The genuine collateral with one member changed.
fn changed(name: &str, change: impl Fn(&str) -> String) -> Vec<u8> {
    let document = read("dcap-qvl-0.7.1/tdx_quote_collateral.json");
    let mut value: serde_json::Value = serde_json::from_slice(&document).unwrap();
    let text = change(value[name].as_str().unwrap());
    value[name] = text.into();
    value.to_string().into_bytes()
}

fn flipped(text: &str) -> String {
    let last = if text.ends_with('0') { "1" } else { "0" };
    format!("{}{last}", &text[..text.len() - 1])
}

#[test]
fn collateral_without_a_quote_is_judged_by_itself() {
    let document = read("dcap-qvl-0.7.1/tdx_quote_collateral.json");
    let found = alone(&document, EMPTY, JUNE);
    assert_eq!((found.state, found.exit_code()), (Current, 0), "{:?}", found.open);
    assert_eq!(states(&found), [Current; 4]);
    // The same window, addresses and claims as beside the quote that it is for.
    let beside = report(&quote("tdx_quote"), intel("tdx_quote_collateral.json"), EMPTY, JUNE);
    assert_eq!(found.valid_until, beside.valid_until);
    for (mine, theirs) in found.parts.iter().zip(&beside.parts) {
        assert_eq!((&mine.urls, &mine.keys, &mine.window), (&theirs.urls, &theirs.keys, &theirs.window));
    }
    let claim = |report: &CollateralReport, id: &str| {
        report.claims.iter().find(|claim| claim.id == id).map(|claim| claim.value.clone())
    };
    for id in ["tdx.fmspc", "tdx.pce_id", "tdx.pck_ca"] {
        assert_eq!(claim(&found, id), claim(&beside, id), "{id}");
    }
    let numbers = ["tdx.tcb_info.evaluation_data_number", "tdx.qe_identity.evaluation_data_number"];
    let least = numbers.iter().map(|id| claim(&found, id).unwrap().parse::<u32>().unwrap()).min().unwrap();
    assert_eq!(Some(least.to_string()), claim(&beside, "tdx.tcb.evaluation_data_number"));
}

#[test]
fn collateral_without_a_quote_may_be_too_old_or_too_new() {
    let document = read("dcap-qvl-0.7.1/tdx_quote_collateral.json");
    let old = alone(&document, EMPTY, "2025-12-31T00:00:00Z");
    assert_eq!((old.state, old.exit_code()), (Expired, 3));
    assert_eq!(alone(&document, EMPTY, "2025-01-01T00:00:00Z").state, Failed);
    let strict = r#"{"schema":"kettle-policy/v1","tdx":{"minimum_evaluation_data_number":9999}}"#;
    assert_eq!(alone(&document, strict, JUNE).open[0].id, "tdx.tcb.evaluation_number");
    let expired = r#"{"schema":"kettle-policy/v1","expires":"2025-01-01T00:00:00Z"}"#;
    assert_eq!(alone(&document, expired, JUNE).exit_code(), 1);
}

#[test]
fn each_forgery_is_refused_at_its_own_check() {
    let empty: Change = |_| "{}".to_owned();
    let nothing: Change = |_| String::new();
    let cases: [(&str, Change, &str); 9] = [
        ("tcb_info_signature", flipped, "tdx.tcb.signature"),
        ("qe_identity_signature", flipped, "tdx.qe_identity.signature"),
        ("qe_identity", empty, "tdx.qe_identity.signature"),
        ("tcb_info", empty, "tdx.tcb.signature"),
        ("root_ca_crl", flipped, "tdx.crl.root"),
        ("pck_crl", flipped, "tdx.crl.pck_list"),
        ("pck_crl", nothing, "tdx.crl.pck_list"),
        ("pck_crl_issuer_chain", nothing, "tdx.crl.pck_issuer"),
        ("tcb_info_issuer_chain", nothing, "tdx.tcb.signer"),
    ];
    for (member, change, check) in cases {
        let found = alone(&changed(member, change), EMPTY, JUNE);
        assert_eq!((found.state, found.exit_code()), (Failed, 1), "{member}");
        assert_eq!(found.open[0].id, check, "{member}");
    }
    let no_root = alone(
        &changed("pck_crl_issuer_chain", |chain| {
            let start = chain.find("-----BEGIN").unwrap();
            let first = &chain[start..chain.find("-----END CERTIFICATE-----").unwrap() + 25];
            format!("{first}\n{first}\n")
        }),
        EMPTY,
        JUNE,
    );
    assert_eq!(no_root.open[0].id, "tdx.chain.root");
    assert_eq!(alone(b"{}", EMPTY, JUNE).open[0].id, "tdx.collateral.layout");
}
