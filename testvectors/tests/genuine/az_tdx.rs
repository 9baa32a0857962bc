//! TDs on Azure: with collateral of their platform, where a capture has some, and without.

use kettle_testvectors::hex;
use kettle_verifier_core::{
    Collateral, EvidenceOnly, Policy, Timestamp, TrustRoots, Verdict, appraise_evidence,
};
use serde_json::{Value, json};

use crate::files::{captures, hcl, quote, read, td_envelope, td_quote};

pub(crate) fn appraised(evidence: &[u8], collateral: &[String], policy: &str, now: &str) -> Verdict {
    let policy = Policy::from_json(policy.as_bytes()).unwrap();
    let now = Timestamp::from_rfc3339(now).unwrap();
    let intel = collateral.iter().map(|text| text.clone().into_bytes()).collect();
    let collateral = Collateral { intel, ..Collateral::default() };
    let given = EvidenceOnly { evidence, report_data: None, collateral };
    appraise_evidence(&given, &policy, &TrustRoots::pinned(), now)
}

/// The first failing check, else the outcome and the first check that can't be decided.
pub(crate) fn said(verdict: &Verdict) -> String {
    let open = verdict
        .checks
        .iter()
        .find(|check| check.status == kettle_verifier_core::verdict::Status::Inconclusive);
    match (verdict.first_failure(), open) {
        (Some(check), _) => check.id.clone(),
        (None, Some(check)) => format!("inconclusive {}", check.id),
        (None, None) => format!("{:?}", verdict.outcome).to_lowercase(),
    }
}

/// A document of Intel's service, and its signature.
fn signed(answer: &str, member: &str) -> (String, String) {
    let rest = answer.trim_end_matches(['\0', '\n']).strip_prefix(&format!("{{\"{member}\":")).unwrap();
    let (document, signature) = rest.split_once(",\"signature\":\"").unwrap();
    (document.to_owned(), signature.trim_end_matches("\"}").to_owned())
}

/// Collateral of the pieces in the order in which Intel's library has them: chain and lists of the
/// root and of the PCK CA, TCB info and QE identity, each after its chain.
fn assembled(pieces: [&str; 7]) -> String {
    let [chain, root, pck, info_chain, info, identity_chain, identity] =
        pieces.map(|piece| piece.trim_end_matches('\0'));
    let (info, info_signature) = signed(info, "tcbInfo");
    let (identity, identity_signature) = signed(identity, "enclaveIdentity");
    json!({
        "pck_crl_issuer_chain": chain, "root_ca_crl": root, "pck_crl": pck,
        "tcb_info_issuer_chain": info_chain, "tcb_info": info, "tcb_info_signature": info_signature,
        "qe_identity_issuer_chain": identity_chain, "qe_identity": identity,
        "qe_identity_signature": identity_signature,
    })
    .to_string()
}

/// The seven pieces of an Open Enclave endorsement: a version and a type, a pointer and a size for
/// each piece, and the pieces.
fn endorsement(name: &str) -> String {
    let file = read(name);
    let mut at = 8 + 7 * 16;
    let pieces = [0, 1, 2, 3, 4, 5, 6].map(|index| {
        let place = 8 + index * 16 + 8;
        let size = u64::from_le_bytes(file[place..place + 8].try_into().unwrap());
        let start = at;
        at += usize::try_from(size).unwrap();
        std::str::from_utf8(&file[start..at]).unwrap()
    });
    assert_eq!(at, file.len());
    assembled(pieces)
}

/// Answers of Intel's service in March 2026.
pub(crate) fn of_march() -> String {
    let text = |name: &str| String::from_utf8(read(name)).unwrap();
    let own = |name: &str| format!("tdx/lunal-attestation-rs/{name}");
    let other: Value = serde_json::from_slice(&read("tdx/dcap-qvl/tdx_quote_collateral.json")).unwrap();
    let list = |name: &str| hex(&read(&own(name)));
    let signer = text(&own("tcb_signing_chain.pem"));
    assembled([
        other["pck_crl_issuer_chain"].as_str().unwrap(),
        &list("root_ca_crl.der"),
        &list("pck_crl_platform.der"),
        &signer,
        &text(&own("tcb_info_90c06f000000.json")),
        &signer,
        &text(&own("td_qe_identity.json")),
    ])
}

struct Capture {
    /// The file with the HCL blob.
    blob: &'static str,
    /// The file with the TPM quote, and the one with the TD quote; empty where there is none.
    quotes: [&'static str; 2],
    /// What is said without collateral, with it, and where the policy takes old platforms.
    said: [&'static str; 3],
    /// The bytes that the guest chose.
    attested: &'static [u8],
}

const V0: &str = "az-tdx/coco-trustee/evidence-v0.json";
const V1: &str = "az-tdx/coco-trustee/evidence-v1.json";
const BLOB: &str = "az-tdx/coco-trustee/hcl-report.bin";
const TD_QUOTE: &str = "az-tdx/coco-trustee/td-quote.bin";
const LIVE: &str = "az-tdx/lunal-attestation-rs/live-evidence.json";

const ABSENT: &str = "inconclusive tdx.collateral.present";
const NO_QUOTE: &str = "inconclusive az.td_quote.present";
/// The origin takes this platform, whose status it does not ask for; it is out of date by 2026.
const OLD: [&str; 3] = [ABSENT, "tdx.tcb.status", "unpinned"];

const CAPTURES: &[Capture] = &[
    Capture { blob: V0, quotes: [V0, V0], said: OLD, attested: b"challenge" },
    Capture { blob: V1, quotes: [V1, V1], said: OLD, attested: b"challenge" },
    Capture {
        blob: BLOB,
        quotes: ["az-tdx/coco-trustee/quote.bin", TD_QUOTE],
        said: OLD,
        attested: b"challenge",
    },
    Capture {
        blob: BLOB,
        quotes: ["az-tdx/coco-trustee/tpm-quote-v1.json", TD_QUOTE],
        said: OLD,
        attested: b"challenge",
    },
    Capture {
        blob: LIVE,
        quotes: [LIVE, LIVE],
        said: [ABSENT, "unpinned", "unpinned"],
        attested: b"attestation-test-fixture",
    },
    Capture {
        blob: "az-tdx/azure-cvm-tooling/hcl-report-tdx.bin",
        quotes: ["", ""],
        said: [NO_QUOTE; 3],
        attested: b"",
    },
];

const STRICT: &str = r#"{"schema":"kettle-policy/v1"}"#;
const SEPT_VE: &str = r#"{"schema":"kettle-policy/v1","tdx":{"require_sept_ve_disable":false}}"#;
const LENIENT: &str = r#"{"schema":"kettle-policy/v1",
    "tdx":{"require_sept_ve_disable":false,"tcb_statuses":["UpToDate","OutOfDate"]}}"#;

fn envelope(capture: &Capture) -> Vec<u8> {
    let [tpm, td] = capture.quotes;
    let tpm = if tpm.is_empty() { "null".into() } else { quote(&read(tpm)).unwrap() };
    let td = if td.is_empty() { None } else { td_quote(&read(td)) };
    td_envelope(&hcl(&read(capture.blob)).unwrap(), &tpm, td.as_deref())
}

/// The collateral of a capture's platform, and a time at which all of it is current.
fn collateral(capture: &Capture) -> (String, &'static str) {
    if capture.blob == LIVE {
        return (of_march(), "2026-03-20T00:00:00Z");
    }
    (endorsement("tdx/openenclave/tdx_quote_v5_endorsement_eval21.bin"), "2026-06-20T00:00:00Z")
}

#[test]
fn every_td_on_azure_has_its_verdict() {
    if captures().is_none() {
        return;
    }
    let mut wrong = Vec::new();
    for capture in CAPTURES {
        let bytes = envelope(capture);
        let (collateral, now) = collateral(capture);
        for (given, policy, expected) in [
            (&[][..], SEPT_VE, capture.said[0]),
            (std::slice::from_ref(&collateral), SEPT_VE, capture.said[1]),
            (std::slice::from_ref(&collateral), LENIENT, capture.said[2]),
        ] {
            let verdict = appraised(&bytes, given, policy, now);
            let found = said(&verdict);
            if found != expected {
                wrong.push(format!("{} {:?}: {found} and not {expected}", capture.blob, capture.quotes));
            }
            let attested = verdict.claims.iter().find(|claim| claim.id == "binding.report_data");
            let attested = attested.map_or("", |claim| claim.value.as_str());
            assert_eq!(attested, hex(capture.attested), "{}", capture.blob);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{} genuine captures of TDs on Azure", CAPTURES.len());
}

/// Every file of the manifest is a capture here or a piece of one.
#[test]
fn no_capture_of_the_manifest_is_left_out() {
    let Some(folder) = captures() else { return };
    let manifest = std::fs::read_to_string(folder.join("MANIFEST.tsv")).unwrap();
    let taken: Vec<&str> =
        CAPTURES.iter().flat_map(|capture| [capture.blob, capture.quotes[0], capture.quotes[1]]).collect();
    let paths = manifest.lines().map(|line| line.split('\t').next().unwrap());
    let files: Vec<&str> = paths.filter(|path| path.starts_with("az-tdx/")).collect();
    let left_out: Vec<&&str> = files.iter().filter(|path| !taken.contains(path)).collect();
    assert!(!files.is_empty() && left_out.is_empty(), "{left_out:?}");
}

/// Old machines leave SEPT_VE_DISABLE unset; a policy has to take that by its name.
#[test]
fn the_strict_policy_refuses_old_machines() {
    if captures().is_none() {
        return;
    }
    for capture in CAPTURES.iter().filter(|capture| !capture.quotes[1].is_empty()) {
        let (collateral, now) = collateral(capture);
        let found = said(&appraised(&envelope(capture), &[collateral], STRICT, now));
        let expected = if capture.blob == LIVE { "unpinned" } else { "tdx.tcb.status" };
        assert_eq!(found, expected, "{}", capture.blob);
        let alone = said(&appraised(&envelope(capture), &[], STRICT, now));
        let expected = if capture.blob == LIVE { ABSENT } else { "tdx.policy.sept_ve_disable" };
        assert_eq!(alone, expected, "{}", capture.blob);
    }
}

/// The interval of a verdict is that of its collateral.
#[test]
fn collateral_bounds_the_verdict() {
    if captures().is_none() {
        return;
    }
    let capture = CAPTURES.iter().find(|capture| capture.blob == LIVE).unwrap();
    let bytes = envelope(capture);
    let verdict = appraised(&bytes, &[of_march()], STRICT, "2026-03-20T00:00:00Z");
    let beyond = |at: &str| said(&appraised(&bytes, &[of_march()], STRICT, at));
    assert_eq!(beyond(&verdict.valid_until), "unpinned");
    assert!(beyond("2026-06-20T00:00:00Z").starts_with("inconclusive tdx."));
    // Another platform's collateral says nothing of this one.
    let other = endorsement("tdx/openenclave/tdx_quote_v5_endorsement_eval21.bin");
    let found = said(&appraised(&bytes, &[other], STRICT, "2026-06-20T00:00:00Z"));
    assert_eq!(found, "tdx.tcb.platform");
}
