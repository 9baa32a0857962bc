//! What something claims, without judging it.

use alloc::string::String;

use super::{Content, Terms};
use crate::bundle::Artifact;
use crate::formats::attestable::Certificate;
use crate::json::print::{Object, text};
use crate::json::{self, Number, Value};
use crate::limits::{EVIDENCE_BYTES, PROVENANCE_BYTES};
use crate::text::hex;
use crate::verdict::Verdict;

impl Terms {
    /// What something claims, as JSON: its documents, the artifacts that are there, and what the appraisal
    /// read from the bytes of the evidence. Nothing of it is vouched for, and it says so.
    #[must_use]
    pub fn inspect(&self, content: &Content<'_>) -> String {
        content.claims(&self.appraise(content))
    }
}

impl Content<'_> {
    /// As [`Terms::inspect`], once it was appraised.
    #[must_use]
    pub fn claims(&self, verdict: &Verdict) -> String {
        let (provenance, evidence, artifacts): (&[u8], &[u8], &[Artifact]) = match self {
            Content::Bundle(bundle) => (bundle.provenance, bundle.evidence, &bundle.artifacts.files),
            Content::Evidence(alone) => (&[], alone.evidence, &[]),
            Content::AttestableBuild(Certificate { certificate, artifact }) => {
                (&[], certificate, artifact.as_slice())
            }
            Content::TeeCompile(report) => (&[], report.report, &[]),
        };
        let whole = Object::default()
            .with("verified", Value::Bool(false))
            .with("provenance", document(provenance, PROVENANCE_BYTES))
            .with("evidence", document(evidence, EVIDENCE_BYTES))
            .with("artifacts", Value::Array(artifacts.iter().map(artifact).collect()));
        let claims = serde_json::to_string(&verdict.claims).unwrap_or_default();
        let mut line = whole.end().to_line();
        line.pop();
        line.push_str(",\"claims\":");
        line.push_str(&claims);
        line.push('}');
        line
    }
}

/// The document, or `null` where it is none.
fn document(bytes: &[u8], limit: usize) -> Value<'_> {
    json::parse(bytes, limit).unwrap_or(Value::Null)
}

fn artifact(file: &Artifact) -> Value<'_> {
    Object::default()
        .with("name", text(&file.name))
        .with("sha256", text(hex(&file.sha256)))
        .with("size", Value::Number(Number::Unsigned(file.size)))
        .end()
}
