//! The evidence object of `dstack`.

use alloc::format;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::json::Value;
use crate::limits::{EVENT_LOG_BYTES, FIELD_BYTES};
use crate::log::Finding;
use crate::text::unhex_any;

/// `{quote, event_log: null | …, vm_config: null | …}`, all of them texts, and optionally
/// `collateral`, an object.
pub(super) struct Evidence<'v> {
    /// The quote's bytes, of any length.
    pub(super) quote: Vec<u8>,
    /// The event log, a JSON document in a text.
    pub(super) event_log: Option<&'v str>,
    /// The collateral that the bundle brings.
    pub(super) collateral: Option<&'v Value<'v>>,
    /// Whether there is a `vm_config`.
    pub(super) has_vm_config: bool,
}

/// Decodes the object; unknown fields, other encodings and other types are refused.
pub(super) fn decode<'v>(evidence: &'v Value<'v>) -> Result<(Evidence<'v>, Finding), Finding> {
    const EXPECTED: &str =
        "`quote`, `event_log` and `vm_config`, texts, and optionally `collateral`, an object";
    let refused = |found: &str, at: &str| Finding::new(EXPECTED, found).at(at);
    let (mut quote, mut event_log, mut collateral, mut has_vm_config) = (None, None, None, false);
    for (name, value) in evidence.as_object().unwrap_or_default() {
        match (name.as_ref(), value) {
            ("quote", Value::String(text)) => quote = Some(bytes(text)?),
            ("event_log" | "vm_config" | "collateral", Value::Null) => {}
            ("event_log", Value::String(text)) if text.len() <= EVENT_LOG_BYTES => {
                event_log = Some(text.as_ref());
            }
            ("vm_config", Value::String(text)) if text.len() <= FIELD_BYTES => has_vm_config = true,
            ("collateral", Value::Object(_)) => collateral = Some(value),
            (other, _) => return Err(refused(&format!("`{other}`"), &format!("/evidence/{other}"))),
        }
    }
    let quote = quote.ok_or_else(|| refused("no `quote`", "/evidence"))?;
    let found = if event_log.is_some() { "a quote and an event log" } else { "a quote without event log" };
    Ok((Evidence { quote, event_log, collateral, has_vm_config }, Finding::new(EXPECTED, found)))
}

/// Hex or base64. No quote can be read as both: its version and key type begin with `BAAC` or `BQAC`
/// in base64, and hex in lower case has no such letters.
fn bytes(text: &str) -> Result<Vec<u8>, Finding> {
    let refused = |found: &str| {
        Finding::new("standard base64 with padding, or lower-case hex", found).at("/evidence/quote")
    };
    if text.len() > FIELD_BYTES {
        return Err(refused("a longer text than a field may be"));
    }
    unhex_any(text).or_else(|| STANDARD.decode(text).ok()).ok_or_else(|| refused("another encoding"))
}
