//! Azure: the attestation key over the vTPM's quote, and what the platform below it needs.

use serde_json::Value;

use super::read::{Found, base64url, hex, json, number, part};
use super::{Kind, Primitives, Signature, amd, intel};
use crate::sample::Sample;

/// Offsets in an HCL blob: the report, the length of the runtime data and the runtime data.
const HCL_REPORT: usize = 32;
const REPORT_BYTES: usize = 1184;
const HCL_VARIABLE_LENGTH: usize = HCL_REPORT + REPORT_BYTES + 16;
const HCL_VARIABLE: usize = HCL_REPORT + REPORT_BYTES + 20;

pub(super) fn snp(sample: &Sample, evidence: &Value) -> Found<Primitives> {
    let blob = base64url(evidence, "/hcl_report")?;
    let report = part(&blob, HCL_REPORT, REPORT_BYTES)?;
    let vcek = base64url(evidence, "/vcek")?;
    Ok(amd::signatures(sample, report, &vcek)?.and(vtpm(evidence, &blob)?))
}

pub(super) fn tdx(evidence: &Value) -> Found<Primitives> {
    let blob = base64url(evidence, "/hcl_report")?;
    let quote = base64url(evidence, "/td_quote")?;
    Ok(intel::signatures(&quote, evidence.get("collateral"))?.and(vtpm(evidence, &blob)?))
}

fn vtpm(evidence: &Value, blob: &[u8]) -> Found<Primitives> {
    let length = number(blob, HCL_VARIABLE_LENGTH, 4)?;
    let runtime = part(blob, HCL_VARIABLE, length)?;
    let keys = json(runtime)?;
    let keys = keys.get("keys").and_then(Value::as_array).ok_or("no keys")?;
    let named = |key: &&Value| key.get("kid").and_then(Value::as_str) == Some("HCLAkPub");
    let key = keys.iter().find(named).ok_or("no HCLAkPub")?;
    let quote = Signature {
        kind: Kind::RsaPkcs2048,
        key: base64url(key, "/n")?,
        message: hex(evidence, "/tpm_quote/message")?,
        signature: hex(evidence, "/tpm_quote/signature")?,
    };
    let pcrs = evidence.pointer("/tpm_quote/pcrs").and_then(Value::as_array).ok_or("no PCRs")?;
    let pcrs: Found<Vec<_>> = pcrs.iter().map(|pcr| hex(pcr, "")).collect();
    Ok(Primitives { signatures: vec![quote], hashed: vec![runtime.to_vec(), pcrs?.concat()] })
}
