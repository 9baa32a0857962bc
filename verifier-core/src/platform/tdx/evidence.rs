//! The evidence object of `tdx` and `gcp-tdx`.

use alloc::format;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::json::Value;
use crate::limits::{EVENT_LOG_BYTES, FIELD_BYTES};
use crate::log::Finding;

/// An event log as base64.
const EVENT_LOG_TEXT: usize = EVENT_LOG_BYTES / 3 * 4 + 4;

/// `{quote, cc_eventlog: null | …}` in standard base64, and optionally `collateral`, an object.
pub(super) struct Evidence<'v> {
    /// The quote's bytes, of any length.
    pub(super) quote: Vec<u8>,
    /// The event log of the confidential computing firmware.
    pub(super) event_log: Option<Vec<u8>>,
    /// The collateral that the bundle brings.
    pub(super) collateral: Option<&'v Value<'v>>,
}

/// Decodes the object; unknown fields, other encodings and other types are refused.
pub(super) fn decode<'v>(evidence: &'v Value<'v>) -> Result<(Evidence<'v>, Finding), Finding> {
    const EXPECTED: &str =
        "`quote` and `cc_eventlog` in standard base64, and optionally `collateral`, an object";
    let refused = |found: &str, at: &str| Finding::new(EXPECTED, found).at(at);
    let (mut quote, mut event_log, mut collateral) = (None, None, None);
    for (name, value) in evidence.as_object().unwrap_or_default() {
        match (name.as_ref(), value) {
            ("quote", value) => quote = Some(bytes(value, FIELD_BYTES, "/evidence/quote")?),
            ("cc_eventlog" | "collateral", Value::Null) => {}
            ("cc_eventlog", value) => {
                event_log = Some(bytes(value, EVENT_LOG_TEXT, "/evidence/cc_eventlog")?);
            }
            ("collateral", Value::Object(_)) => collateral = Some(value),
            (other, _) => return Err(refused(&format!("`{other}`"), &format!("/evidence/{other}"))),
        }
    }
    let quote = quote.ok_or_else(|| refused("no `quote`", "/evidence"))?;
    let found = if event_log.is_some() { "a quote and an event log" } else { "a quote without event log" };
    Ok((Evidence { quote, event_log, collateral }, Finding::new(EXPECTED, found)))
}

fn bytes(value: &Value<'_>, limit: usize, at: &str) -> Result<Vec<u8>, Finding> {
    let refused = |found: &str| Finding::new("standard base64 with padding", found).at(at);
    let text = value.as_str().ok_or_else(|| refused("no text"))?;
    if text.len() > limit {
        return Err(refused("a longer text than a field may be"));
    }
    STANDARD.decode(text).map_err(|_| refused("another encoding"))
}
