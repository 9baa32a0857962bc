//! AMD SEV-SNP: ASK over VCEK, VCEK over report.

use serde_json::Value;

use super::read::{Found, Signed, base64, modulus, part};
use super::{Kind, Primitives, Signature};
use crate::sample::Sample;

/// Offsets in a report: the end of the signed part, then r and s of 72 bytes each.
const SIGNED: usize = 0x2a0;
const SCALAR: usize = 72;

pub(super) fn bare(sample: &Sample, evidence: &Value) -> Found<Primitives> {
    let report = base64(evidence, "/attestation_report")?;
    signatures(sample, &report, &base64(evidence, "/cert_chain/vcek")?)
}

pub(super) fn signatures(sample: &Sample, report: &[u8], vcek: &[u8]) -> Found<Primitives> {
    let ask = sample.intermediate.as_ref().ok_or("no ASK")?;
    let leaf = Signed::of(vcek)?;
    let endorsement = Signature {
        kind: Kind::RsaPss4096,
        key: modulus(ask)?,
        message: leaf.tbs.to_vec(),
        signature: leaf.signature.to_vec(),
    };
    let scalar = |at| -> Found<Vec<u8>> { Ok(part(report, at, 48)?.iter().rev().copied().collect()) };
    let report = Signature {
        kind: Kind::P384,
        key: leaf.own_key()?.to_vec(),
        message: part(report, 0, SIGNED)?.to_vec(),
        signature: [scalar(SIGNED)?, scalar(SIGNED + SCALAR)?].concat(),
    };
    // The certificates are hashed for their fingerprints.
    let hashed = vec![vcek.to_vec(), ask.clone()];
    Ok(Primitives { signatures: vec![endorsement, report], hashed })
}
