//! The layer on genuine quotes, each with the verdict that its origin gives.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use std::path::PathBuf;

use super::*;
use crate::bundle::Collateral;
use crate::time::Timestamp;
use crate::trust::TrustRoots;
use crate::verdict::{Check, Claim, Status};
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

/// What an appraisal left.
struct Run {
    checks: Vec<Check>,
    claims: Vec<Claim>,
    authentic: bool,
}

impl Run {
    fn status(&self, id: &str) -> Status {
        self.checks.iter().find(|check| check.id == id).unwrap_or_else(|| panic!("{id}")).status
    }

    /// The first check that did not pass, with its status.
    fn first(&self) -> Option<(&str, Status)> {
        let first = self.checks.iter().find(|check| check.status != Status::Pass)?;
        Some((first.id.as_str(), first.status))
    }

    /// The first check that failed.
    fn failed(&self) -> Option<&str> {
        let first = self.checks.iter().find(|check| check.status == Status::Fail)?;
        Some(first.id.as_str())
    }

    fn claimed(&self, id: &str) -> Vec<&str> {
        self.claims.iter().filter(|claim| claim.id == id).map(|claim| claim.value.as_str()).collect()
    }
}

fn run(quote: &[u8], collateral: &[&str], policy: &str, at: &str) -> Run {
    let policy = Policy::from_json(policy.as_bytes()).unwrap();
    let roots = TrustRoots::pinned();
    let intel = collateral.iter().map(|text| text.as_bytes().to_vec()).collect();
    let collateral = Collateral { intel, ..Collateral::default() };
    let now = Timestamp::from_rfc3339(at).unwrap();
    let context = Context { policy: &policy, roots: &roots, collateral: &collateral, now };
    let mut log = Log::new(&policy, LAYER_CHECKS.iter().flat_map(|table| table.iter().copied()));
    let authentic = authenticate(quote, None, &context, &mut log).is_ok();
    let record = log.finish();
    Run { checks: record.checks, claims: record.claims, authentic }
}

const STRICT: &str = r#"{"schema":"kettle-policy/v1"}"#;

struct Captures(PathBuf);

impl Captures {
    fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.0.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    fn text(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name)).unwrap()
    }

    /// A quote: raw, or as hex.
    fn quote(&self, name: &str) -> Vec<u8> {
        let bytes = self.bytes(name);
        match core::str::from_utf8(&bytes) {
            Ok(text) => {
                crate::text::unhex_any(text.trim().trim_start_matches("0x").to_lowercase().as_str()).unwrap()
            }
            Err(_) => bytes,
        }
    }

    /// Collateral put together from the answers of Intel's service.
    fn assembled(&self, tcb: &str, enclave: &str, pck_crl: &str, root_crl: &str, signer: &str) -> String {
        let chain = self.text("tdx/dcap-qvl/tdx_quote_collateral.json");
        let chain = serde_json::from_str::<serde_json::Value>(&chain).unwrap();
        let signed = |name: &str, member: &str| {
            let text = self.text(name);
            let rest = text.strip_prefix(&format!("{{\"{member}\":")).unwrap();
            let (document, rest) = rest.trim_end().split_once(",\"signature\":\"").unwrap();
            (document.to_string(), rest.trim_end_matches("\"}").to_string())
        };
        let (tcb_info, tcb_info_signature) = signed(tcb, "tcbInfo");
        let (qe_identity, qe_identity_signature) = signed(enclave, "enclaveIdentity");
        serde_json::json!({
            "pck_crl_issuer_chain": chain["pck_crl_issuer_chain"],
            "root_ca_crl": crate::text::hex(&self.bytes(root_crl)),
            "pck_crl": crate::text::hex(&self.bytes(pck_crl)),
            "tcb_info_issuer_chain": signer, "tcb_info": tcb_info, "tcb_info_signature": tcb_info_signature,
            "qe_identity_issuer_chain": signer, "qe_identity": qe_identity,
            "qe_identity_signature": qe_identity_signature,
        })
        .to_string()
    }

    /// Intel's TCB signing certificate until 2025, from an endorsement that holds it.
    fn former_signer(&self) -> String {
        let bytes = self.bytes("tdx/openenclave/tdx_endorsement.bin");
        let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
        let end = "-----END CERTIFICATE-----\n";
        let chains: Vec<&str> = text
            .split("-----BEGIN CERTIFICATE-----")
            .skip(1)
            .map(|rest| rest.split_once(end).unwrap().0)
            .collect();
        let der = |body: &str| {
            <base64ct::Base64 as base64ct::Encoding>::decode_vec(&body.replace('\n', "")).unwrap()
        };
        let named = |name: &str| {
            chains.iter().find(|body| {
                let der = der(body);
                crate::x509::Certificate::from_der(&der).unwrap().common_name() == Some(name)
            })
        };
        let pem = |name| format!("-----BEGIN CERTIFICATE-----{}{end}", named(name).unwrap());
        format!("{}{}", pem("Intel SGX TCB Signing"), pem("Intel SGX Root CA"))
    }

    fn of_2023(&self) -> String {
        let google = "tdx/google-go-tdx-guest";
        self.assembled(
            &format!("{google}/sample_tcbInfo_response"),
            &format!("{google}/sample_qeIdentity_response"),
            &format!("{google}/pckcrl"),
            &format!("{google}/rootcrl.der"),
            &self.former_signer(),
        )
    }

    fn of_2026(&self, tcb: &str) -> String {
        let folder = "tdx/lunal-attestation-rs";
        self.assembled(
            tcb,
            &format!("{folder}/td_qe_identity.json"),
            &format!("{folder}/pck_crl_platform.der"),
            &format!("{folder}/root_ca_crl.der"),
            &self.text(&format!("{folder}/tcb_signing_chain.pem")),
        )
    }
}

/// Quote, collateral, time, the first check that is not passed, and the status.
type Case<'c> = (&'c str, String, &'c str, Option<(&'c str, Status)>, &'c str);

fn cases(captures: &Captures) -> Vec<Case<'static>> {
    let own = |name: &str| captures.text(&format!("tdx/dcap-qvl/{name}_collateral.json"));
    let of_2026 = captures.of_2026("tdx/lunal-attestation-rs/tcb_info_90c06f000000.json");
    let refused = |id| Some((id, Status::Fail));
    let march = "2026-03-20T00:00:00Z";
    let june = "2023-06-28T08:03:58Z";
    alloc::vec![
        ("tdx/dcap-qvl/tdx_quote", own("tdx_quote"), "2025-06-25T00:00:00Z", None, "UpToDate"),
        ("tdx/dcap-qvl/quote_hex.txt", own("quote"), "2025-09-15T00:00:00Z", None, "UpToDate"),
        ("tdx/dcap-qvl/tdx_quote_td15ex", own("tdx_quote_td15ex"), "2026-10-20T00:00:00Z", None, "UpToDate"),
        (
            "tdx/dcap-qvl/tdx_quote_outdated",
            own("tdx_quote_outdated"),
            "2026-03-01T00:00:00Z",
            refused("tdx.tcb.level"),
            "",
        ),
        ("tdx/google-go-tdx-guest/quote_v5_sample.dat", of_2026.clone(), march, None, "UpToDate"),
        (
            "tdx/openenclave/tdx_quote-moduleupdate-seamldr5.dat",
            of_2026.clone(),
            march,
            refused("tdx.tcb.status"),
            "TDRelaunchAdvised",
        ),
        ("tdx/coco-trustee/tdx_quote_5.dat", of_2026, march, refused("tdx.tcb.level"), ""),
        (
            "tdx/lunal-attestation-rs/tdx_quote_live.dat",
            own("tdx_quote_td15ex"),
            "2026-10-20T00:00:00Z",
            refused("tdx.tcb.status"),
            "OutOfDate",
        ),
        (
            "tdx/coco-trustee/tdx_quote_4.dat",
            captures.of_2023(),
            june,
            refused("tdx.policy.debug"),
            "UpToDate",
        ),
        (
            "tdx/openenclave/tdx_quote.bin",
            captures.of_2023(),
            june,
            refused("tdx.policy.sept_ve_disable"),
            "UpToDate",
        ),
    ]
}

#[test]
fn genuine_quotes_with_collateral_have_the_status_of_their_origin() {
    let Some(folder) = vectors() else { return };
    let captures = Captures(folder);
    for (name, collateral, at, first, status) in cases(&captures) {
        let run = run(&captures.quote(name), &[&collateral], STRICT, at);
        assert_eq!(run.first(), first, "{name}");
        assert_eq!(run.claimed("tdx.tcb.status").first().copied().unwrap_or_default(), status, "{name}");
        assert_eq!(run.authentic, !status.is_empty(), "{name}");
    }
}

/// Its own TCB info and QE identity, with lists of which one is a month too old: what is revoked or
/// out of date shows nevertheless.
#[test]
fn an_old_list_hides_no_old_platform() {
    let Some(folder) = vectors() else { return };
    let captures = Captures(folder);
    let text = captures.text("tdx/dcap-qvl/quote_collateral.json");
    let mut collateral: serde_json::Value = serde_json::from_str(&text).unwrap();
    for (name, member, target) in
        [("tcbInfo.json", "tcbInfo", "tcb_info"), ("enclaveIdentity.json", "enclaveIdentity", "qe_identity")]
    {
        let text = captures.text(&format!("tdx/coco-trustee/{name}"));
        let rest = text.strip_prefix(&format!("{{\"{member}\":")).unwrap();
        let (document, rest) = rest.trim_end().split_once(",\"signature\":\"").unwrap();
        collateral[target] = document.into();
        collateral[format!("{target}_signature")] = rest.trim_end_matches("\"}").into();
    }
    let quote = captures.quote("tdx/coco-trustee/tdx_quote_6.dat");
    let run = run(&quote, &[&collateral.to_string()], STRICT, "2025-11-01T00:00:00Z");
    assert_eq!(run.first(), Some(("tdx.crl.pck_current", Status::Inconclusive)));
    assert_eq!(run.failed(), Some("tdx.tcb.status"));
    assert_eq!(run.claimed("tdx.tcb.status"), ["OutOfDate"]);
}

#[test]
fn genuine_quotes_without_collateral_are_inconclusive() {
    let Some(folder) = vectors() else { return };
    let captures = Captures(folder);
    for name in [
        "tdx/dcap-qvl/quote-from-tappd.hex",
        "tdx/dcap-qvl/tdx-quote.hex",
        "tdx/dcap-qvl/tdx_quote",
        "tdx/google-go-tdx-guest/cos-113-tdx-quote.dat",
        "tdx/coco-trustee/tdx_quote_6.dat",
        "dstack/dstack/tdx_quote",
    ] {
        let run = run(&captures.quote(name), &[], STRICT, "2026-06-01T00:00:00Z");
        assert!(run.authentic && run.failed().is_none(), "{name}");
        assert_eq!(run.first(), Some(("tdx.collateral.present", Status::Inconclusive)), "{name}");
        assert_eq!(run.status("tdx.quote.signature"), Status::Pass, "{name}");
        assert_eq!(run.status("tdx.tcb.status"), Status::NotReached, "{name}");
    }
}

#[test]
fn quotes_of_other_makers_and_bytes_after_a_quote_are_refused() {
    let Some(folder) = vectors() else { return };
    let captures = Captures(folder);
    let failed = |quote: &[u8]| {
        let run = run(quote, &[], STRICT, "2026-06-01T00:00:00Z");
        assert!(!run.authentic);
        run.failed().unwrap().to_string()
    };
    // Intel's own sample names its root by nothing but a name, and brings no certificates.
    assert_eq!(failed(&captures.quote("tdx/intel-dcap-qvl/tdx/quote.dat")), "tdx.chain.pem");
    assert_eq!(failed(&captures.quote("tdx/intel-dcap-qvl/quote.dat")), "tdx.quote.version");
    assert_eq!(failed(&captures.quote("sgx/dcap-qvl/sgx_quote")), "tdx.quote.version");
    // A test of its origin put text behind this one; without it, it is genuine.
    let google = captures.quote("tdx/google-go-tdx-guest/tdx_prod_quote_SPR_E4.dat");
    assert_eq!(failed(&google), "tdx.quote.tail");
    let june = "2023-06-28T08:03:58Z";
    let policy = r#"{"schema":"kettle-policy/v1","tdx":{"require_sept_ve_disable":false,"allow_protection_keys":true}}"#;
    let whole = run(&google[..4935], &[], policy, june);
    assert!(whole.authentic && whole.failed().is_none(), "{:?}", whole.failed());
    let with = run(&google[..4935], &[&captures.of_2023()], policy, june);
    assert_eq!(with.first(), Some(("tdx.tcb.level", Status::Fail)));
}

/// The whole platform on an envelope's evidence, where a log goes with the quote.
fn run_platform(quote: &[u8], event_log: Option<&[u8]>, policy: &str, at: &str) -> Run {
    let base64 = |bytes: &[u8]| <base64ct::Base64 as base64ct::Encoding>::encode_string(bytes);
    let evidence = serde_json::json!({ "quote": base64(quote), "cc_eventlog": event_log.map(base64) });
    let text = evidence.to_string();
    let evidence = crate::json::parse(text.as_bytes(), 1 << 24).unwrap();
    let policy = Policy::from_json(policy.as_bytes()).unwrap();
    let (roots, collateral) = (TrustRoots::pinned(), Collateral::default());
    let now = Timestamp::from_rfc3339(at).unwrap();
    let context = Context { policy: &policy, roots: &roots, collateral: &collateral, now };
    let platform = platform::find("tdx").unwrap();
    let mut log = Log::new(&policy, platform.checks().iter().flat_map(|table| table.iter().copied()));
    let authentic = platform.authenticate(&evidence, &context, &mut log).is_ok();
    let record = log.finish();
    Run { checks: record.checks, claims: record.claims, authentic }
}

#[test]
fn genuine_event_logs_replay_to_the_registers_of_their_quotes() {
    let Some(folder) = vectors() else { return };
    let captures = Captures(folder);
    let cos = captures.quote("tdx/google-go-tdx-guest/cos-113-tdx-quote.dat");
    let live = captures.quote("tdx/lunal-attestation-rs/tdx_quote_live.dat");
    let may = "2026-05-01T00:00:00Z";
    for (quote, log, failed, measured) in [
        (&cos, "google-go-tdx-guest/ccel_data.dat", None, 13),
        (&cos, "google-go-eventlog/cos-113-intel-tdx.bin", None, 13),
        (&live, "lunal-attestation-rs/tdx_ccel_live2.dat", None, 10),
        (&cos, "google-go-eventlog/cos-113-intel-tdx-dupe-separator.bin", Some("tdx.event_log.replay"), 0),
        (
            &cos,
            "google-go-eventlog/cos-113-intel-tdx-dupe-separator-unpadded.bin",
            Some("tdx.event_log.replay"),
            0,
        ),
        (&live, "google-go-tdx-guest/ccel_data.dat", Some("tdx.event_log.replay"), 0),
        (&cos, "google-go-eventlog/short_no_action_eventlog", Some("tdx.event_log.layout"), 0),
        (&cos, "coco-trustee/CCEL_data_csv", Some("tdx.event_log.layout"), 0),
        (&cos, "dstack/tpm_eventlog.bin", Some("tdx.event_log.layout"), 0),
    ] {
        let run = run_platform(quote, Some(&captures.bytes(&format!("ccel/{log}"))), STRICT, may);
        assert!(run.authentic, "{log}");
        assert_eq!(run.failed(), failed, "{log}");
        let payloads = run.claims.iter().filter(|claim| claim.value.ends_with("payload measured")).count();
        assert_eq!(payloads, measured, "{log}");
    }
    let none = run_platform(&cos, None, STRICT, may);
    assert_eq!(none.failed(), None);
    let demanding = r#"{"schema":"kettle-policy/v1","tdx":{"require_event_log":true}}"#;
    assert_eq!(run_platform(&cos, None, demanding, may).failed(), Some("tdx.event_log.layout"));
}

#[test]
fn genuine_event_logs_can_be_read() {
    let Some(folder) = vectors() else { return };
    let captures = Captures(folder);
    for (name, events) in [
        ("coco-trustee/CCEL_AAEL_alibabacloud", 87),
        ("coco-trustee/CCEL_data", 5),
        ("coco-trustee/CCEL_data_gcp", 21),
        ("coco-trustee/CCEL_data_grub", 37),
        ("coco-trustee/CCEL_data_grub_gke", 33),
        ("coco-trustee/CCEL_data_ovmf", 20),
        ("dstack/ccel.bin", 18),
        ("google-go-eventlog/CCEL_unpadded.data.bin", 19),
        ("google-go-eventlog/event_log.bin", 27),
        ("lunal-attestation-rs/tdx_ccel_live.bin", 20),
    ] {
        let bytes = captures.bytes(&format!("ccel/{name}"));
        assert_eq!(crate::eventlog::read(&bytes).unwrap().events.len(), events, "{name}");
    }
}

/// T20: every kind of change to a log shows in the registers, but for the types.
#[test]
fn changed_event_logs_do_not_replay() {
    let Some(folder) = vectors() else { return };
    let captures = Captures(folder);
    let quote = captures.quote("tdx/google-go-tdx-guest/cos-113-tdx-quote.dat");
    let log = captures.bytes("ccel/google-go-tdx-guest/ccel_data.dat");
    let positions: Vec<usize> =
        crate::eventlog::read(&log).unwrap().events.iter().map(|event| event.position).collect();
    let run = |log: &[u8]| run_platform(&quote, Some(log), STRICT, "2026-05-01T00:00:00Z");
    let (one, two, three) = (positions[3], positions[4], positions[5]);
    let mut digest = log.clone();
    digest[one + 20] ^= 1;
    let removed = [&log[..one], &log[two..]].concat();
    let doubled = [&log[..two], &log[one..]].concat();
    let swapped = [&log[..one], &log[two..three], &log[one..two], &log[three..]].concat();
    let mut moved = log.clone();
    moved[one] = 4;
    for (what, changed) in [
        ("digest", digest),
        ("removed", removed),
        ("doubled", doubled),
        ("swapped", swapped),
        ("moved", moved),
    ] {
        assert_eq!(run(&changed).failed(), Some("tdx.event_log.replay"), "{what}");
    }
    // Nothing hashes a type, and a payload only where the digest is its own.
    let mut kind = log.clone();
    kind[one + 4] ^= 0x10;
    assert_eq!(run(&kind).failed(), None);
    let payloads = |run: &Run| run.claims.iter().filter(|claim| claim.value.ends_with("measured")).count();
    let measured = positions.iter().position(|position| {
        let read = crate::eventlog::read(&log).unwrap();
        read.events.iter().any(|event| event.position == *position && event.payload_is_measured())
    });
    let mut payload = log.clone();
    payload[positions[measured.unwrap()] + 66] ^= 1;
    let changed = run(&payload);
    assert_eq!(changed.failed(), None);
    assert_eq!(payloads(&changed), payloads(&run(&log)) - 1);
}

/// G01: no bit of a quote is read by nobody.
#[test]
fn every_flipped_bit_of_a_genuine_quote_is_refused() {
    let Some(folder) = vectors() else { return };
    let captures = Captures(folder);
    let quote = captures.quote("tdx/dcap-qvl/tdx_quote");
    let collateral = captures.text("tdx/dcap-qvl/tdx_quote_collateral.json");
    for bit in (0..quote.len() * 8).step_by(101) {
        let mut flipped = quote.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let run = run(&flipped, &[&collateral], STRICT, "2025-06-25T00:00:00Z");
        assert!(!run.authentic && run.failed().is_some(), "bit {bit}");
    }
}

/// G02: a quote is whole, or it is none. Its tail of zeros may be of any length.
#[test]
fn every_truncation_of_a_genuine_quote_is_refused() {
    let Some(folder) = vectors() else { return };
    let captures = Captures(folder);
    let quote = captures.quote("tdx/dcap-qvl/tdx_quote");
    let whole = quote.len() - 70;
    for end in (0..whole).step_by(37).chain([whole - 1]) {
        assert!(!run(&quote[..end], &[], STRICT, "2025-06-25T00:00:00Z").authentic, "{end}");
    }
    assert!(run(&quote[..whole], &[], STRICT, "2025-06-25T00:00:00Z").authentic);
}

/// G01: only the case of hex digits and what stands in the chain that is not read may change.
#[test]
fn every_flipped_bit_of_genuine_collateral_is_refused() {
    let Some(folder) = vectors() else { return };
    let captures = Captures(folder);
    let quote = captures.quote("tdx/dcap-qvl/tdx_quote");
    let collateral = captures.text("tdx/dcap-qvl/tdx_quote_collateral.json");
    for bit in (0..collateral.len() * 8).step_by(211) {
        let mut flipped = collateral.clone().into_bytes();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let Ok(flipped) = String::from_utf8(flipped) else { continue };
        let run = run(&quote, &[&flipped], STRICT, "2025-06-25T00:00:00Z");
        let spelling = flipped.eq_ignore_ascii_case(&collateral);
        assert!(run.failed().is_some() || spelling, "bit {bit}: {:?}", run.first());
    }
}

#[test]
fn of_several_documents_the_one_that_fits_is_taken() {
    let Some(folder) = vectors() else { return };
    let captures = Captures(folder);
    let quote = captures.quote("tdx/dcap-qvl/tdx_quote");
    let text = |name: &str| captures.text(&format!("tdx/dcap-qvl/{name}_collateral.json"));
    let (own, other, later) = (text("tdx_quote"), text("tdx_quote_outdated"), text("tdx_quote_td15ex"));
    let june = "2025-06-25T00:00:00Z";
    for documents in [[&other, &later, &own], [&own, &other, &later], [&later, &own, &other]] {
        let given: Vec<&str> = documents.iter().map(|text| text.as_str()).collect();
        assert_eq!(run(&quote, &given, STRICT, june).first(), None);
    }
    assert_eq!(run(&quote, &["{}", "no JSON", &own], STRICT, june).first(), None);
    assert_eq!(run(&quote, &[&other], STRICT, "2026-03-01T00:00:00Z").failed(), Some("tdx.tcb.platform"));
    assert_eq!(run(&quote, &["no JSON"], STRICT, june).failed(), Some("tdx.collateral.layout"));
}

/// platforms.md, 29: the meet of every window, which lies in the collateral.
#[test]
fn the_window_is_that_of_the_collateral() {
    let Some(folder) = vectors() else { return };
    let captures = Captures(folder);
    let quote = captures.quote("tdx/dcap-qvl/tdx_quote");
    let collateral = captures.text("tdx/dcap-qvl/tdx_quote_collateral.json");
    let policy = Policy::default();
    let roots = TrustRoots::pinned();
    let collateral = Collateral { intel: alloc::vec![collateral.into_bytes()], ..Collateral::default() };
    let now = Timestamp::from_rfc3339("2025-06-25T00:00:00Z").unwrap();
    let context = Context { policy: &policy, roots: &roots, collateral: &collateral, now };
    let mut log = Log::new(&policy, LAYER_CHECKS.iter().flat_map(|table| table.iter().copied()));
    let window = authenticate(&quote, None, &context, &mut log).unwrap().validity();
    assert_eq!(window.from.unwrap().to_rfc3339(), "2025-06-19T10:32:27Z", "the QE identity's issue date");
    assert_eq!(window.until.unwrap().to_rfc3339(), "2025-07-19T10:00:35Z", "the PCK list's next update");
}

#[test]
fn the_readme_names_every_check() {
    let readme = include_str!("README.md");
    for spec in platform::find("tdx").unwrap().checks().iter().flat_map(|table| table.iter()) {
        assert!(readme.contains(&format!("`{}`", spec.id)), "{}", spec.id);
    }
}

#[test]
fn ids_are_prefixed() {
    let checks = platform::find("tdx").unwrap().checks();
    assert!(checks.iter().all(|table| table.iter().all(|spec| spec.id.starts_with("tdx."))));
}
