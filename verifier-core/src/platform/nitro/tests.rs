//! Documents through the whole pipeline: genuine ones, and made ones with every kind of fault.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use base64ct::{Base64, Encoding as _};

use crate::bundle::{Collateral, EvidenceOnly};
use crate::time::Timestamp;
use crate::trust::TrustRoots;
use crate::verdict::Verdict;
use crate::{Outcome, Policy, appraise_evidence, vectors};

mod bound;
mod genuine;
mod made;

/// A document in its envelope.
fn envelope(document: &[u8]) -> Vec<u8> {
    let text = Base64::encode_string(document);
    format!(r#"{{"platform":"nitro","evidence":{{"document":"{text}"}}}}"#).into_bytes()
}

fn policy(rest: &str) -> Policy {
    let comma = if rest.is_empty() { "" } else { "," };
    Policy::from_json(format!(r#"{{"schema":"kettle-policy/v1"{comma}{rest}}}"#).as_bytes()).unwrap()
}

/// The verdict on a document alone.
fn appraised(document: &[u8], policy: &Policy, roots: &TrustRoots, now: &str) -> Verdict {
    let evidence = envelope(document);
    let given = EvidenceOnly { evidence: &evidence, report_data: None, collateral: Collateral::default() };
    appraise_evidence(&given, policy, roots, Timestamp::from_rfc3339(now).unwrap())
}

/// The id of the first check that failed; empty where none did.
fn failed(verdict: &Verdict) -> String {
    verdict.first_failure().map(|check| check.id.clone()).unwrap_or_default()
}
