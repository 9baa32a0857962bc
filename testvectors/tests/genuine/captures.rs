//! Reports and quotes: under the built-in policy, and under one that takes old firmware, old report
//! versions, debug guests and every privilege level, so that only what is forged fails.

use std::collections::BTreeSet;

use kettle_verifier_core::{
    Collateral, EvidenceOnly, Policy, Timestamp, TrustRoots, Verdict, appraise_evidence,
};

use crate::files::{
    azure_envelope, captures, envelope_quote, hcl, quote, read, rebuilt, report, snp_envelope, vek,
};
use kettle_testvectors::hex;

fn appraised(evidence: &[u8], policy: &str, now: &str, crls: Vec<Vec<u8>>) -> Verdict {
    let policy = Policy::from_json(policy.as_bytes()).unwrap();
    let now = Timestamp::from_rfc3339(now).unwrap();
    let collateral = Collateral { crls, ..Collateral::default() };
    let given = EvidenceOnly { evidence, report_data: None, collateral };
    appraise_evidence(&given, &policy, &TrustRoots::pinned(), now)
}

/// The outcome, with the check that fails where one does.
fn said(verdict: &Verdict) -> String {
    match verdict.first_failure() {
        Some(check) => check.id.clone(),
        None => format!("{:?}", verdict.outcome).to_lowercase(),
    }
}

/// The evidence of a capture: an Azure machine's where there is a blob in it, else a bare report's.
fn evidence(capture: &Capture) -> Vec<u8> {
    let file = read(capture.evidence);
    let certificate = vek(&read(capture.vek)).unwrap_or_else(|| panic!("no VEK in {}", capture.vek));
    match hcl(&file) {
        Some(blob) => {
            let quote = quote(&read(if capture.quote.is_empty() { capture.evidence } else { capture.quote }));
            azure_envelope(&blob, &quote.unwrap(), Some(&certificate))
        }
        None => snp_envelope(&report(&file).unwrap(), &certificate),
    }
}

#[test]
fn every_capture_has_its_verdict() {
    if captures().is_none() {
        return;
    }
    let mut wrong = Vec::new();
    for capture in CAPTURES {
        let bytes = evidence(capture);
        for (policy, expected) in [(STRICT, capture.strict), (LENIENT, "unpinned")] {
            let found = said(&appraised(&bytes, policy, capture.now, Vec::new()));
            if found != expected {
                wrong.push(format!("{}: {found} and not {expected}", capture.evidence));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{} genuine captures", CAPTURES.len());
}

/// Every pair of a report and its certificate that an independent check found to be good.
#[test]
fn no_pair_is_left_out() {
    let Some(folder) = captures() else { return };
    let pairs = std::fs::read_to_string(folder.join("PAIRS.tsv")).unwrap();
    let taken: BTreeSet<&str> = CAPTURES.iter().map(|capture| capture.evidence).collect();
    let left_out: Vec<&str> = pairs
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .filter(|row| row[0] == "snp-report" && row[3].starts_with("signature OK"))
        .map(|row| row[1])
        .filter(|evidence| !taken.contains(evidence) && !evidence.starts_with("kettle/"))
        .collect();
    assert!(left_out.is_empty(), "{left_out:?}");
}

/// Envelopes that are in the format already are appraised as they are.
#[test]
fn native_envelopes_are_taken_as_they_are() {
    if captures().is_none() {
        return;
    }
    for (name, strict) in [
        ("snp/lunal-attestation-rs/live-evidence-genoa.json", "unpinned"),
        ("az-snp/lunal-attestation-rs/live-evidence.json", "unpinned"),
        ("az-snp/lunal-attestation-rs/evidence-v1.json", "snp.tcb.firmware_floor"),
    ] {
        let (bytes, now) = (read(name), "2026-06-01T00:00:00Z");
        assert_eq!(said(&appraised(&bytes, STRICT, now, Vec::new())), strict, "{name}");
        assert_eq!(said(&appraised(&bytes, LENIENT, now, Vec::new())), "unpinned", "{name}");
    }
}

/// A report that its origin keeps as fields is the one that was signed once it is put together.
#[test]
fn a_report_kept_as_fields_is_authentic() {
    if captures().is_none() {
        return;
    }
    let file = read("snp/coco-trustee/e2e-evidence.json");
    let bytes = snp_envelope(&rebuilt(&file), &vek(&file).unwrap());
    assert_eq!(said(&appraised(&bytes, STRICT, MID_2026, Vec::new())), "unpinned");
}

/// The quote's bytes are shown as they were chosen by the guest.
#[test]
fn the_attested_bytes_are_the_origins() {
    if captures().is_none() {
        return;
    }
    let bytes = evidence(CAPTURES.iter().find(|known| known.evidence.ends_with("evidence-v0.json")).unwrap());
    let verdict = appraised(&bytes, STRICT, "2026-06-01T00:00:00Z", Vec::new());
    let found = verdict.claims.iter().find(|claim| claim.id == "binding.report_data").unwrap();
    assert_eq!(found.value, hex(b"challenge"));
}

#[test]
fn what_does_not_belong_together_fails() {
    if captures().is_none() {
        return;
    }
    let lenient = |bytes: &[u8]| said(&appraised(bytes, LENIENT, "2024-06-01T00:00:00Z", Vec::new()));
    let file = |name: &str| read(&format!("az-snp/{name}"));
    let (blob, old_vek) = (file("coco-trustee/hcl-report.bin"), vek(&file("coco-trustee/vcek.pem")).unwrap());
    // A signature that was left over from an older blob.
    let (signature, message) = (file("coco-trustee/tpm-quote.sig"), file("coco-trustee/tpm-quote.msg"));
    let left_over = envelope_quote(&hex(&signature), &hex(&message), vec!["00".repeat(32); 24]);
    assert_eq!(lenient(&azure_envelope(&blob, &left_over, Some(&old_vek))), "az.quote.signature");
    // The quote of one machine, the report of another.
    let live = quote(&file("lunal-attestation-rs/live-evidence.json")).unwrap();
    let foreign = lenient(&azure_envelope(&blob, &live, Some(&old_vek)));
    assert!(["az.quote.signature", "az.quote.signature_form"].contains(&foreign.as_str()), "{foreign}");
    // A TDX machine's blob.
    let tdx = file("azure-cvm-tooling/hcl-report-tdx.bin");
    assert_eq!(lenient(&azure_envelope(&tdx, "null", Some(&old_vek))), "az.hcl.report_type");
    // A report of version 1, whose runtime data is not the one that it binds.
    let first = file("ms-cvm-guest-attestation/ClientLibTests-hcl.bin");
    assert_eq!(lenient(&azure_envelope(&first, "null", Some(&old_vek))), "snp.report.version");
    // No certificate was published for this one.
    let without = file("azure-cvm-tooling/hcl-report-snp.bin");
    let its_quote = quote(&file("azure-cvm-tooling/quote.bin")).unwrap();
    assert_eq!(lenient(&azure_envelope(&without, &its_quote, None)), "inconclusive");
    // Certificates whose extensions were changed.
    let report = read("snp/coco-trustee/test-report.bin");
    for name in ["legacy", "new"] {
        let changed = read(&format!("snp/coco-trustee/test-vcek-invalid-{name}.der"));
        assert_eq!(lenient(&snp_envelope(&report, &changed)), "snp.chain.vek_signature", "{name}");
    }
    // Evidence that no hardware made.
    let fake = crate::files::report(&read("snp/project-oak/fake_evidence.binarypb"));
    if let Some(fake) = fake {
        assert_eq!(lenient(&snp_envelope(&fake, &old_vek)), "snp.report.version");
    }
}

/// AMD's own lists, at a time when both were current.
#[test]
fn genuine_lists_are_taken() {
    if captures().is_none() {
        return;
    }
    let text = String::from_utf8(read("snp/openpcc/sev_certificates.txt")).unwrap();
    let lists: Vec<Vec<u8>> = text
        .split("-----BEGIN X509 CRL-----")
        .skip(1)
        .map(|block| {
            let body: String = block.split("-----END").next().unwrap().split_whitespace().collect();
            <base64ct::Base64 as base64ct::Encoding>::decode_vec(&body).unwrap()
        })
        .collect();
    assert_eq!(lists.len(), 2);
    let policy = LENIENT.replacen('{', r#"{"revocation":{"require":true},"#, 1);
    for (name, until) in [
        ("snp/project-oak/cb_evidence.binarypb", "2026-05-12T00:00:00Z"),
        (COCO_GENOA, "2025-11-03T01:00:00Z"),
    ] {
        let capture = CAPTURES.iter().find(|known| known.evidence == name).unwrap();
        let verdict = appraised(&evidence(capture), &policy, MID_2025, lists.clone());
        assert_eq!(said(&verdict), "unpinned", "{name}");
        assert_eq!(verdict.valid_until, until, "the list bounds the verdict of {name}");
        let later = appraised(&evidence(capture), &policy, MID_2026, lists.clone());
        assert_eq!(said(&later), "inconclusive", "{name}");
    }
}

struct Capture {
    evidence: &'static str,
    /// The file with its certificate.
    vek: &'static str,
    /// The file with its quote; empty where the evidence holds it.
    quote: &'static str,
    now: &'static str,
    /// The first check that fails under the built-in policy, or `unpinned`.
    strict: &'static str,
}

const fn capture(
    evidence: &'static str,
    vek: &'static str,
    quote: &'static str,
    now: &'static str,
    strict: &'static str,
) -> Capture {
    Capture { evidence, vek, quote, now, strict }
}

const STRICT: &str = r#"{"schema":"kettle-policy/v1"}"#;

const LENIENT: &str = r#"{"schema":"kettle-policy/v1","insecure_allow_debug":true,
    "snp":{"report_versions":[2,3,4,5],"vmpl":[0,1,2,3],"guest_policy":{"allow_migration_agent":true}},
    "waivers":[{"id":"snp.tcb.firmware_floor","reason":"old captures"},{"id":"snp.tcb.launch","reason":"old captures"}]}"#;

const MID_2024: &str = "2024-06-01T00:00:00Z";
const MID_2025: &str = "2025-06-01T00:00:00Z";
const MID_2026: &str = "2026-06-01T00:00:00Z";
const OAK_OC: &str = "snp/project-oak/milan_oc_staging_endorsements.binarypb";
const OAK_RK: &str = "snp/project-oak/milan_rk_staging_endorsements.binarypb";
const COCO_V0: &str = "az-snp/coco-trustee/evidence-v0.json";
const COCO_GENOA: &str = "az-snp/coco-trustee/evidence-genoa.json";
const COCO_V2: &str = "az-snp/coco-trustee/evidence-v2.json";
const COCO_VCEK: &str = "az-snp/coco-trustee/vcek.pem";
const LIVE_VCEK: &str = "az-snp/lunal-attestation-rs/imds-vcek.der";
const GENOA_VCEK: &str = "snp/lunal-attestation-rs/live-vcek-genoa.der";
const FLOOR: &str = "snp.tcb.firmware_floor";
const VERSION: &str = "snp.report.version";

const CAPTURES: &[Capture] = &[
    capture(COCO_GENOA, COCO_GENOA, "", MID_2026, "unpinned"),
    capture(COCO_V0, COCO_V0, "", MID_2026, "unpinned"),
    capture("az-snp/coco-trustee/evidence-v1.json", COCO_V0, "", MID_2026, "unpinned"),
    capture(COCO_V2, COCO_V2, "", MID_2026, "unpinned"),
    capture(
        "az-snp/coco-trustee/hcl-report.bin",
        COCO_VCEK,
        "az-snp/coco-trustee/quote.bin",
        MID_2024,
        FLOOR,
    ),
    capture(
        "az-snp/coco-trustee/hcl-report.bin",
        COCO_VCEK,
        "az-snp/coco-trustee/tpm-quote-v1.json",
        MID_2024,
        FLOOR,
    ),
    capture("az-snp/lunal-attestation-rs/evidence-v1.json", COCO_VCEK, "", MID_2024, FLOOR),
    capture(
        "az-snp/lunal-attestation-rs/hcl-report.bin",
        COCO_VCEK,
        "az-snp/lunal-attestation-rs/quote.bin",
        MID_2024,
        FLOOR,
    ),
    capture("az-snp/lunal-attestation-rs/live-evidence.json", LIVE_VCEK, "", MID_2026, "unpinned"),
    capture("snp/coco-trustee/test-report.bin", "snp/coco-trustee/test-vcek.der", "", MID_2024, VERSION),
    capture(
        "snp/coco-trustee/test-vlek-report.bin",
        "snp/coco-trustee/test-vlek.der",
        "",
        MID_2025,
        "snp.policy.vmpl",
    ),
    capture(
        "snp/google-go-sev-guest/attestation.bin",
        "snp/google-go-sev-guest/vcek.testcer",
        "",
        MID_2024,
        VERSION,
    ),
    capture("snp/lunal-attestation-rs/live-evidence-genoa.json", GENOA_VCEK, "", MID_2026, "unpinned"),
    capture("snp/lunal-attestation-rs/live-report-v5-genoa.bin", GENOA_VCEK, "", MID_2026, "unpinned"),
    capture(
        "snp/ms-tee-attestation-verification/genoa_attestation_report.bin",
        "snp/ms-tee-attestation-verification/genoa_vcek.pem",
        "",
        MID_2026,
        "unpinned",
    ),
    capture(
        "snp/ms-tee-attestation-verification/milan_attestation_report.bin",
        "snp/_veks/milan-27c3ccfce070.der",
        "",
        MID_2026,
        "unpinned",
    ),
    capture(
        "snp/ms-tee-attestation-verification/turin_attestation_report.bin",
        "snp/ms-tee-attestation-verification/turin_vcek.pem",
        "",
        MID_2026,
        "unpinned",
    ),
    capture(
        "snp/project-oak/cb_evidence.binarypb",
        "snp/project-oak/cb_endorsements.binarypb",
        "",
        MID_2025,
        "unpinned",
    ),
    capture(
        "snp/project-oak/genoa_oc_evidence.binarypb",
        "snp/project-oak/genoa_oc_endorsements.binarypb",
        "",
        MID_2026,
        "unpinned",
    ),
    capture("snp/project-oak/milan_oc_release_evidence.binarypb", OAK_OC, "", MID_2025, "unpinned"),
    capture("snp/project-oak/milan_oc_staging_evidence.binarypb", OAK_OC, "", MID_2025, "unpinned"),
    capture("snp/project-oak/milan_rk_release_evidence.binarypb", OAK_RK, "", MID_2025, "unpinned"),
    capture("snp/project-oak/milan_rk_staging_evidence.binarypb", OAK_RK, "", MID_2025, "unpinned"),
    capture(
        "snp/project-oak/turin_oc_evidence.binarypb",
        "snp/project-oak/turin_oc_endorsements.binarypb",
        "",
        MID_2026,
        "unpinned",
    ),
    capture("snp/virtee-sev/report_milan.hex", "snp/virtee-sev/vcek_milan.der", "", MID_2024, VERSION),
];
