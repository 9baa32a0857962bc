//! The evidence object of `nitro`: `{document}`.

use alloc::format;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::json::Value;
use crate::limits::FIELD_BYTES;
use crate::log::Finding;

/// The document's bytes; unknown fields, other encodings and other types are refused.
pub(super) fn decode(evidence: &Value<'_>) -> Result<(Vec<u8>, Finding), Finding> {
    const EXPECTED: &str = "`document` alone, in standard base64 with padding";
    const AT: &str = "/evidence/document";
    let refused = |found: &str, at: &str| Finding::new(EXPECTED, found).at(at);
    let mut document = None;
    for (name, value) in evidence.as_object().unwrap_or_default() {
        match name.as_ref() {
            "document" => document = Some(value.as_str().ok_or_else(|| refused(value.kind(), AT))?),
            other => return Err(refused(&format!("`{other}`"), &format!("/evidence/{other}"))),
        }
    }
    let text = document.ok_or_else(|| refused("no `document`", "/evidence"))?;
    if text.len() > FIELD_BYTES {
        return Err(refused("a longer text than a field may be", AT));
    }
    match STANDARD.decode(text) {
        Ok(bytes) => Ok((bytes, Finding::new(EXPECTED, "a document").at(AT))),
        Err(_) => Err(refused("another encoding", AT)),
    }
}
