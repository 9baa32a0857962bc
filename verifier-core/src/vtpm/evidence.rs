//! The evidence object of an Azure platform.
//!
//! | member | value |
//! |---|---|
//! | `version` | the number 1 |
//! | `tpm_quote` | `null`, or `signature` and `message` as lower-case hex and `pcrs`, a list of lower-case hex |
//! | `hcl_report` | base64url |
//! | `vcek` on az-snp | base64url, or `null` where it lies beside the bundle |
//! | `td_quote` on az-tdx | base64url, or `null` where an HCL blob is appraised alone |
//! | `collateral` on az-tdx | Intel's collateral, an object; may be absent or `null` |
//!
//! The known builder writes base64url without padding. One genuine capture has it with padding, so
//! the canonical padding is taken too and noted; any other spelling is refused.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};

use crate::json::{Member, Value};
use crate::limits::FIELD_BYTES;
use crate::log::{Finding, Log, Stopped};
use crate::text::unhex_any;
use crate::verdict::{Authority, CheckSpec, NoteKind, Stage, checks};

use super::hcl::ReportType;

checks! {
    /// The check of the evidence object.
    CHECKS;

    /// The evidence object has exactly its fields, each in its one encoding.
    LAYOUT = CheckSpec::new(
        "az.evidence.layout", Stage::Evidence, Authority::Claim,
        "the evidence has exactly the fields of its version, each in its encoding",
        "kettle-bundle.md, evidence.json",
        "fetch the bundle again, or update the verifier if the evidence has a newer version",
    );
}

/// The decoded evidence, none of which is trusted yet.
#[derive(Debug)]
pub(crate) struct Given {
    /// The TPM quote; `None` where an HCL blob is appraised alone.
    pub(crate) quote: Option<GivenQuote>,
    /// The HCL blob.
    pub(crate) hcl_report: Vec<u8>,
    /// What vouches for the inner report: the VCEK, or the TD quote.
    pub(crate) endorsement: Option<Vec<u8>>,
}

/// A TPM quote as it was given.
#[derive(Debug)]
pub(crate) struct GivenQuote {
    /// The signature's bytes, without a `TPMT_SIGNATURE` around them.
    pub(crate) signature: Vec<u8>,
    /// The `TPMS_ATTEST` that was signed.
    pub(crate) message: Vec<u8>,
    /// The values of the PCRs, by index.
    pub(crate) pcrs: Vec<Vec<u8>>,
}

/// Decodes the evidence object of a platform whose blob holds reports of this kind.
///
/// # Errors
/// [`Stopped`] when a field is missing, unknown or spelt in another way.
pub(crate) fn decode(evidence: &Value<'_>, kind: ReportType, log: &mut Log<'_>) -> Result<Given, Stopped> {
    let endorsement = endorsement(kind);
    let mut expected = format!("`version` 1, `tpm_quote`, `hcl_report`, `{endorsement}`");
    if kind == ReportType::Tdx {
        expected.push_str(", and optionally `collateral`, an object");
    }
    let mut padded = Vec::new();
    let decoded = fields(evidence, kind, &mut padded)
        .map(|given| (given, Finding::new(&expected, "all of them")))
        .map_err(|fault| Finding::new(fault.expected, fault.found).at(fault.location));
    let given = log.obtain(&LAYOUT, decoded)?;
    for name in padded {
        let text = "base64url with padding, which this format goes without";
        log.note(NoteKind::Deviation, "az.evidence.padding", text, at(name));
    }
    Ok(given)
}

/// The collateral that the evidence brings; none before [`decode`] took the evidence.
pub(crate) fn collateral<'v, 'a>(evidence: &'v Value<'a>) -> Option<&'v Value<'a>> {
    evidence.get(COLLATERAL).filter(|value| value.as_object().is_some())
}

/// The member that vouches for the inner report.
const fn endorsement(kind: ReportType) -> &'static str {
    match kind {
        ReportType::Snp => "vcek",
        ReportType::Tdx => "td_quote",
    }
}

const COLLATERAL: &str = "collateral";

struct Fault {
    expected: String,
    found: String,
    location: String,
}

fn fault(expected: &str, found: impl Into<String>, location: impl Into<String>) -> Fault {
    Fault { expected: expected.into(), found: found.into(), location: location.into() }
}

fn at(name: &str) -> String {
    format!("/evidence/{name}")
}

fn fields<'v>(evidence: &'v Value<'_>, kind: ReportType, padded: &mut Vec<&'v str>) -> Result<Given, Fault> {
    let required = ["version", "tpm_quote", "hcl_report", endorsement(kind)];
    let optional: &[&str] = if kind == ReportType::Tdx { &[COLLATERAL] } else { &[] };
    let members = members(evidence, &required, optional, "/evidence")?;
    if !matches!(member(members, COLLATERAL), None | Some(Value::Null | Value::Object(_))) {
        return Err(fault("an object", "another value", at(COLLATERAL)));
    }
    match member(members, "version") {
        Some(version) if version.as_u64() == Some(1) => {}
        Some(Value::Number(other)) => return Err(fault("the number 1", other.to_string(), at("version"))),
        _ => return Err(fault("the number 1", "another value", at("version"))),
    }
    let mut base64 = |name: &'static str| base64url(members, name, padded);
    let hcl_report = base64("hcl_report")?.ok_or_else(|| fault("base64url", "null", at("hcl_report")))?;
    let endorsement = base64(endorsement(kind))?;
    let quote = match member(members, "tpm_quote") {
        Some(Value::Null) | None => None,
        Some(quote) => Some(given_quote(quote)?),
    };
    Ok(Given { quote, hcl_report, endorsement })
}

fn given_quote(quote: &Value<'_>) -> Result<GivenQuote, Fault> {
    let members = members(quote, &["signature", "message", "pcrs"], &[], &at("tpm_quote"))?;
    let one = |name: &str| {
        let location = at(&format!("tpm_quote/{name}"));
        member(members, name).and_then(hex_text).ok_or_else(|| fault(HEX, "something else", location))
    };
    let elements = member(members, "pcrs")
        .and_then(Value::as_array)
        .ok_or_else(|| fault("a list of lower-case hex", "another value", at("tpm_quote/pcrs")))?;
    let pcrs = elements.iter().enumerate().map(|(index, element)| {
        let location = || at(&format!("tpm_quote/pcrs/{index}"));
        hex_text(element).ok_or_else(|| fault(HEX, "something else", location()))
    });
    Ok(GivenQuote {
        signature: one("signature")?,
        message: one("message")?,
        pcrs: pcrs.collect::<Result<_, _>>()?,
    })
}

const HEX: &str = "lower-case hex";

fn hex_text(value: &Value<'_>) -> Option<Vec<u8>> {
    let text = value.as_str().filter(|text| text.len() <= FIELD_BYTES.saturating_mul(2))?;
    unhex_any(text)
}

/// The members of an object that has exactly the required names and perhaps the optional ones. No
/// name comes twice: the JSON reader refuses that.
fn members<'v, 'a>(
    value: &'v Value<'a>,
    required: &[&str],
    optional: &[&str],
    place: &str,
) -> Result<&'v [Member<'a>], Fault> {
    let listed = || required.join(", ");
    let members = value.as_object().ok_or_else(|| fault(&listed(), "another value than an object", place))?;
    let known = |name: &str| required.contains(&name) || optional.contains(&name);
    if let Some((unknown, _)) = members.iter().find(|(name, _)| !known(name)) {
        return Err(fault(&listed(), format!("`{unknown}`"), format!("{place}/{unknown}")));
    }
    match required.iter().find(|name| member(members, name).is_none()) {
        Some(missing) => Err(fault(&listed(), format!("no `{missing}`"), place)),
        None => Ok(members),
    }
}

fn member<'v, 'a>(members: &'v [Member<'a>], name: &str) -> Option<&'v Value<'a>> {
    members.iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

fn base64url<'v>(
    members: &'v [Member<'_>],
    name: &'static str,
    padded: &mut Vec<&'v str>,
) -> Result<Option<Vec<u8>>, Fault> {
    let expected = "base64url without padding";
    let text = match member(members, name) {
        Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text,
        _ => return Err(fault(expected, "another value than a text", at(name))),
    };
    // Four characters carry three bytes.
    if text.len() / 4 > FIELD_BYTES / 3 {
        return Err(fault("at most 1 MiB", text.len().to_string(), at(name)));
    }
    let bytes = if text.ends_with('=') {
        padded.push(name);
        URL_SAFE.decode(text.as_bytes())
    } else {
        URL_SAFE_NO_PAD.decode(text.as_bytes())
    };
    bytes.map(Some).map_err(|_| fault(expected, "another spelling", at(name)))
}
