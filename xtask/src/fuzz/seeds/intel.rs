//! Seeds of Intel TDX: quotes, collateral and event logs, out of envelopes and as files.

use base64ct::{Base64, Encoding as _};
use serde_json::Value;

use super::{hex, joined};

type Seeds = Vec<(&'static str, Vec<u8>)>;

/// The parts of an envelope of a TD.
pub(super) fn envelope(evidence: &Value) -> Seeds {
    let base64 = |path| {
        let text = evidence.pointer(path)?.as_str()?;
        hex(text).or_else(|| Base64::decode_vec(text).ok())
    };
    let collateral = evidence.pointer("/evidence/collateral").filter(|value| value.is_object());
    let mut seeds = collateral.map(stapled).unwrap_or_default();
    let text = collateral.map(Value::to_string).unwrap_or_default();
    seeds.extend(base64("/evidence/quote").map(|quote| ("tdx_quote", joined(&quote, text.as_bytes()))));
    seeds.extend(base64("/evidence/cc_eventlog").map(|log| ("ccel", log)));
    seeds.extend(evidence.get("evidence").and_then(guest_log));
    seeds
}

/// The event log of dstack, in an envelope or in its own answer.
fn guest_log(answer: &Value) -> Option<(&'static str, Vec<u8>)> {
    Some(("dstack_events", answer.get("event_log")?.as_str()?.as_bytes().to_vec()))
}

/// A file that is a quote, an event log, or JSON with collateral or with an answer of Intel's service.
pub(super) fn file(name: &str, bytes: &[u8]) -> Seeds {
    if let [4 | 5, 0, _, _, 0x81, 0, 0, 0, ..] = bytes {
        return vec![("tdx_quote", joined(bytes, &[]))];
    }
    if name.contains("ccel") {
        return vec![("ccel", bytes.to_vec())];
    }
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else { return Seeds::new() };
    let signed = ["tcbInfo", "enclaveIdentity"].into_iter().filter_map(|member| value.get(member));
    let mut seeds: Seeds = signed.map(|value| ("intel_json", value.to_string().into_bytes())).collect();
    seeds.extend(guest_log(&value));
    if value.get("tcb_info").is_some() {
        seeds.extend(stapled(&value));
    }
    seeds
}

/// Collateral as a whole, and the documents and lists in it.
fn stapled(collateral: &Value) -> Seeds {
    let text = |name: &str| collateral.get(name).and_then(Value::as_str);
    let mut seeds = vec![("intel_collateral", collateral.to_string().into_bytes())];
    let signed = ["tcb_info", "qe_identity"].into_iter().filter_map(text);
    seeds.extend(signed.map(|text| ("intel_json", text.as_bytes().to_vec())));
    let lists = ["root_ca_crl", "pck_crl"].into_iter().filter_map(text).filter_map(hex);
    seeds.extend(lists.map(|list| ("crl", list)));
    seeds
}
