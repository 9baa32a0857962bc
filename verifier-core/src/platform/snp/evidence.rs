//! The evidence object of `snp` and `gcp-snp`.

use alloc::format;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::json::Value;
use crate::limits::FIELD_BYTES;
use crate::log::{Finding, Log};

/// `{attestation_report, cert_chain: null | {vcek, ask, ark}}`, all in standard base64.
#[derive(Debug)]
pub(super) struct Evidence {
    /// The report's bytes, of any length.
    pub(super) report: Vec<u8>,
    /// The DER of the VCEK or VLEK that the bundle brings.
    pub(super) vek: Option<Vec<u8>>,
    /// Names of certificates that the bundle brings and nobody reads.
    ignored: Vec<&'static str>,
}

impl Evidence {
    /// Lists what is in the bundle and not read: the pinned certificates stand in its place.
    pub(super) fn name_ignored(&self, log: &mut Log<'_>) {
        for name in &self.ignored {
            log.unauthenticated(format!(
                "/evidence/cert_chain/{name}: ignored, the pinned certificate is used"
            ));
        }
    }
}

/// Decodes the object; unknown fields, other encodings and other types are refused.
pub(super) fn decode(evidence: &Value<'_>) -> Result<(Evidence, Finding), Finding> {
    const EXPECTED: &str = "`attestation_report` and `cert_chain`, in standard base64";
    let refused = |found: &str, at: &str| Finding::new(EXPECTED, found).at(at);
    let mut report = None;
    let mut chain = (None, Vec::new());
    for (name, value) in evidence.as_object().unwrap_or_default() {
        match name.as_ref() {
            "attestation_report" => report = Some(bytes(value, "/evidence/attestation_report")?),
            "cert_chain" => chain = certificates(value)?,
            other => return Err(refused(&format!("`{other}`"), &format!("/evidence/{other}"))),
        }
    }
    let (vek, ignored) = chain;
    let report = report.ok_or_else(|| refused("no `attestation_report`", "/evidence"))?;
    let found = if vek.is_some() { "a report and a certificate" } else { "a report without certificate" };
    Ok((Evidence { report, vek, ignored }, Finding::new(EXPECTED, found)))
}

type Chain = (Option<Vec<u8>>, Vec<&'static str>);

fn certificates(value: &Value<'_>) -> Result<Chain, Finding> {
    const EXPECTED: &str = "null, or an object of `vcek`, `ask` and `ark`";
    let Some(members) = value.as_object() else {
        return match value {
            Value::Null => Ok((None, Vec::new())),
            _ => Err(Finding::new(EXPECTED, "another value").at("/evidence/cert_chain")),
        };
    };
    let (mut vek, mut ignored) = (None, Vec::new());
    for (name, value) in members {
        match (name.as_ref(), value) {
            ("vcek", value) => vek = Some(bytes(value, "/evidence/cert_chain/vcek")?),
            ("ask" | "ark", Value::Null) => {}
            ("ask", Value::String(_)) => ignored.push("ask"),
            ("ark", Value::String(_)) => ignored.push("ark"),
            (other, _) => {
                return Err(
                    Finding::new(EXPECTED, format!("`{other}`")).at(format!("/evidence/cert_chain/{other}"))
                );
            }
        }
    }
    if vek.is_none() {
        return Err(Finding::new(EXPECTED, "no `vcek`").at("/evidence/cert_chain"));
    }
    Ok((vek, ignored))
}

fn bytes(value: &Value<'_>, at: &str) -> Result<Vec<u8>, Finding> {
    let refused = |found: &str| Finding::new("standard base64 with padding", found).at(at);
    let text = value.as_str().ok_or_else(|| refused("no text"))?;
    if text.len() > FIELD_BYTES {
        return Err(refused("a longer text than a field may be"));
    }
    STANDARD.decode(text).map_err(|_| refused("another encoding"))
}
