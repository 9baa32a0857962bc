//! Guests of dstack: with their event logs, as dstack answers with them and in its binary form.

use kettle_testvectors::{hex, unhex};
use kettle_verifier_core::Verdict;
use serde_json::{Value, json};

use crate::az_tdx::{appraised, of_march, said};
use crate::files::{captures, read, snp_envelope, vek};

/// What a capture has in any form.
struct Given {
    quote: Vec<u8>,
    /// The event log; `None` where the capture has none, or one that leaves events out.
    log: Option<String>,
}

impl Given {
    fn of(name: &str) -> Self {
        let file = read(name);
        let Ok(value) = serde_json::from_slice::<Value>(&file) else {
            let quote = |bytes: &[u8]| bytes.starts_with(&[4, 0, 2, 0, 0x81]);
            return if quote(&file) { Self { quote: file, log: None } } else { binary(&file) };
        };
        match value["attestation"].as_str() {
            Some(text) => binary(&unhex(text)),
            None => Self {
                quote: unhex(value["quote"].as_str().unwrap()),
                log: Some(value["event_log"].as_str().unwrap().to_owned()),
            },
        }
    }

    fn envelope(&self) -> Vec<u8> {
        let evidence = json!({ "quote": hex(&self.quote), "event_log": self.log, "vm_config": null });
        json!({ "platform": "dstack", "evidence": evidence }).to_string().into_bytes()
    }
}

/// dstack's binary attestation, in SCALE: a version and a kind, the quote, the events. Numbers have
/// four bytes and lists are led by their length, both little-endian.
fn binary(bytes: &[u8]) -> Given {
    let mut rest = bytes.strip_prefix(&[0, 0]).unwrap();
    let quote = led(&mut rest).to_vec();
    let count = length(&mut rest);
    let event = |_| {
        let mut number = || u32::from_le_bytes(*take(&mut rest, 4).first_chunk().unwrap());
        let (imr, kind) = (number(), number());
        let [digest, name, payload] = [0; 3].map(|_| led(&mut rest));
        let name = std::str::from_utf8(name).unwrap();
        json!({
            "imr": imr, "event_type": kind, "digest": hex(digest), "event": name, "event_payload": hex(payload),
        })
    };
    let events: Vec<Value> = (0..count).map(event).collect();
    // Short ones leave out most of what the firmware measured.
    let whole = events.iter().any(|event| event["imr"] == 2);
    Given { quote, log: whole.then(|| Value::Array(events).to_string()) }
}

fn take<'b>(rest: &mut &'b [u8], size: usize) -> &'b [u8] {
    let (taken, after) = rest.split_at(size);
    *rest = after;
    taken
}

/// The lowest two bits say how many bytes the length has.
fn length(rest: &mut &[u8]) -> usize {
    let size = 1 << (rest[0] & 3);
    let mut number = [0; 8];
    number[..size].copy_from_slice(take(rest, size));
    usize::try_from(u64::from_le_bytes(number) >> 2).unwrap()
}

fn led<'b>(rest: &mut &'b [u8]) -> &'b [u8] {
    let size = length(rest);
    take(rest, size)
}

fn claim<'v>(verdict: &'v Verdict, id: &str) -> Option<&'v str> {
    verdict.claims.iter().find(|claim| claim.id == id).map(|claim| claim.value.as_str())
}

struct Capture {
    file: &'static str,
    now: &'static str,
    /// The beginning of the compose hash, where the capture has a whole log.
    compose_hash: Option<&'static str>,
    events: usize,
}

const fn capture(
    file: &'static str,
    now: &'static str,
    compose_hash: Option<&'static str>,
    events: usize,
) -> Capture {
    Capture { file, now, compose_hash, events }
}

const REPORT: &str = "dstack/dstack-examples/report.json";
const QUOTE_REPORT: &str = "dstack/dstack/quote-report.json";
const LITE: &str = "dstack/dstack/tdx-lite-getquote.json";
const SNP: &str = "dstack/dstack/sev-snp-attestation.json";
const MID_2026: &str = "2026-06-01T00:00:00Z";

const CAPTURES: [Capture; 6] = [
    capture(REPORT, MID_2026, Some("06768e6df639ce3b"), 28),
    capture(QUOTE_REPORT, MID_2026, Some("3763bc34552cf3a2"), 28),
    capture(LITE, MID_2026, Some("86b0e55f2fa8e4fb"), 29),
    capture("dstack/dstack/attestation.bin", MID_2026, Some("c143116fef3940e7"), 33),
    capture("dstack/dstack/tdx-lite-attestation.json", MID_2026, None, 0),
    capture("dstack/dstack/tdx_quote", MID_2026, None, 0),
];

/// No public collateral is of the platforms and the time of most of them, so all that is left open is
/// what Intel says of the platform.
#[test]
fn every_capture_is_authentic_and_its_log_replays() {
    if captures().is_none() {
        return;
    }
    for Capture { file, now, compose_hash, events } in CAPTURES {
        let verdict = appraised(&Given::of(file).envelope(), &[], STRICT, now);
        assert_eq!(said(&verdict), "inconclusive tdx.collateral.present", "{file}");
        let found = claim(&verdict, "dstack.compose_hash").map(|hash| &hash[..16]);
        assert_eq!(found, compose_hash, "{file}");
        let listed = verdict
            .claims
            .iter()
            .filter(|claim| claim.id.strip_prefix("dstack.event.").is_some_and(|rest| !rest.contains('.')));
        assert_eq!(listed.count(), events, "{file}");
    }
    println!("{} genuine captures of dstack", CAPTURES.len());
}

#[test]
fn no_capture_of_the_manifest_is_left_out() {
    let Some(folder) = captures() else { return };
    let manifest = std::fs::read_to_string(folder.join("MANIFEST.tsv")).unwrap();
    let paths = manifest.lines().map(|line| line.split('\t').next().unwrap());
    let files: Vec<&str> = paths.filter(|path| path.starts_with("dstack/")).collect();
    let taken = |path: &&&str| **path == SNP || CAPTURES.iter().any(|capture| capture.file == **path);
    assert!(!files.is_empty() && files.iter().all(|path| taken(&path)), "{files:?}");
}

/// One machine is of a kind and a time of which collateral is public. The policy names what the
/// capture shows, or something else.
#[test]
fn with_collateral_the_policy_decides() {
    if captures().is_none() {
        return;
    }
    let (bytes, collateral) = (Given::of(QUOTE_REPORT).envelope(), [of_march()]);
    let march = "2026-03-20T00:00:00Z";
    let appraised = |policy: &str| appraised(&bytes, &collateral, policy, march);
    let open = appraised(STRICT);
    assert_eq!(said(&open), "unpinned");
    assert_eq!(claim(&open, "tdx.tcb.status"), Some("UpToDate"));
    assert_eq!(claim(&open, "dstack.key_provider"), Some("local-sgx"));
    assert!(open.sentence.contains("compose hash"), "{}", open.sentence);
    let own = |name: &str| claim(&open, name).unwrap().to_owned();
    for (rule, id, check) in [
        ("compose_hashes", own("dstack.compose_hash"), "dstack.policy.compose_hash"),
        ("app_ids", own("dstack.app_id"), "dstack.policy.app_id"),
        ("instance_ids", own("dstack.instance_id"), "dstack.policy.instance_id"),
    ] {
        let policy = |id: &str| format!(r#"{{"schema":"kettle-policy/v1","dstack":{{"{rule}":["{id}"]}}}}"#);
        assert_eq!(said(&appraised(&policy(&id))), "unpinned", "{rule}");
        assert_eq!(said(&appraised(&policy(&"00".repeat(id.len() / 2)))), check, "{rule}");
    }
}

#[test]
fn a_changed_log_is_refused() {
    if captures().is_none() {
        return;
    }
    for file in [REPORT, QUOTE_REPORT, LITE] {
        let given = Given::of(file);
        let sound: Vec<Value> = serde_json::from_str(given.log.as_ref().unwrap()).unwrap();
        let said = |change: &dyn Fn(&mut Vec<Value>)| {
            let mut events = sound.clone();
            change(&mut events);
            let log = Some(Value::Array(events).to_string());
            let changed = Given { quote: given.quote.clone(), log };
            said(&appraised(&changed.envelope(), &[], STRICT, MID_2026))
        };
        let hash = sound.iter().position(|event| event["event"] == "compose-hash").unwrap();
        // Where the log states the digest, it does not fit the payload; where not, the register.
        let stated = sound[hash]["digest"] != "";
        let payload = if stated { "dstack.event_log.digests" } else { "dstack.event_log.replay" };
        assert_eq!(said(&|events| events[hash]["event_payload"] = json!("00".repeat(32))), payload, "{file}");
        assert_eq!(said(&|events| events[hash]["event"] = json!("app-id")), payload, "{file}");
        assert_eq!(said(&|events| events.swap(hash, hash + 1)), "dstack.event_log.replay", "{file}");
        assert_eq!(said(&|events| drop(events.pop())), "dstack.event_log.replay", "{file}");
        assert_eq!(said(&|events| drop(events.remove(0))), "dstack.event_log.replay", "{file}");
        assert_eq!(
            said(&|events| events[hash]["event_type"] = json!(4)),
            "dstack.event_log.digests",
            "{file}"
        );
        assert_eq!(said(&|events| events[0]["imr"] = json!(4)), "dstack.event_log.layout", "{file}");
    }
}

/// dstack also runs in guests of AMD's: a report and its certificate lie in the binary form.
#[test]
fn a_guest_on_amd_is_appraised_by_its_report() {
    if captures().is_none() {
        return;
    }
    let value: Value = serde_json::from_slice(&read(SNP)).unwrap();
    let bytes = unhex(value["attestation"].as_str().unwrap());
    let mut rest = bytes.strip_prefix(&[0, 3]).unwrap();
    let report = led(&mut rest);
    let ascii = |byte: &u8| if byte.is_ascii() { char::from(*byte) } else { ' ' };
    let text: String = rest.iter().map(ascii).collect();
    let envelope = snp_envelope(report, &vek(text.as_bytes()).expect("a VCEK"));
    let later = "2026-10-01T00:00:00Z";
    assert_eq!(said(&appraised(&envelope, &[], STRICT, later)), "snp.tcb.firmware_floor");
    let old =
        r#"{"schema":"kettle-policy/v1","waivers":[{"id":"snp.tcb.firmware_floor","reason":"a capture"}]}"#;
    assert_eq!(said(&appraised(&envelope, &[], old, later)), "unpinned");
}

const STRICT: &str = r#"{"schema":"kettle-policy/v1"}"#;
