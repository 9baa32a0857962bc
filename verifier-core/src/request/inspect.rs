//! What something claims, without judging it.

use alloc::string::String;
use core::fmt::Write as _;

use super::{Content, Terms};
use crate::bundle::Artifact;
use crate::formats::attestable::Certificate;
use crate::json::{self, Value};
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
        let mut text = String::from("{\"verified\":false,\"provenance\":");
        document(provenance, PROVENANCE_BYTES, &mut text);
        text.push_str(",\"evidence\":");
        document(evidence, EVIDENCE_BYTES, &mut text);
        text.push_str(",\"artifacts\":");
        list(artifacts, &mut text, |file, text| {
            text.push_str("{\"name\":");
            string(&file.name, text);
            // Writing to a string can't fail.
            let _ = write!(text, ",\"sha256\":\"{}\",\"size\":{}}}", hex(&file.sha256), file.size);
        });
        text.push_str(",\"claims\":");
        text.push_str(&serde_json::to_string(&verdict.claims).unwrap_or_default());
        text.push('}');
        text
    }
}

/// The document, or `null` where it is none.
fn document(bytes: &[u8], limit: usize, text: &mut String) {
    match json::parse(bytes, limit) {
        Ok(read) => value(&read, text),
        Err(_) => text.push_str("null"),
    }
}

/// As deep as the parser takes.
fn value(given: &Value<'_>, text: &mut String) {
    match given {
        Value::Null => text.push_str("null"),
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        Value::Number(number) => {
            let _ = write!(text, "{number}");
        }
        Value::String(inner) => string(inner, text),
        Value::Array(entries) => list(entries, text, value),
        Value::Object(members) => {
            text.push('{');
            for (index, (name, inner)) in members.iter().enumerate() {
                comma(index, text);
                string(name, text);
                text.push(':');
                value(inner, text);
            }
            text.push('}');
        }
    }
}

fn list<T>(entries: &[T], text: &mut String, each: impl Fn(&T, &mut String)) {
    text.push('[');
    for (index, entry) in entries.iter().enumerate() {
        comma(index, text);
        each(entry, text);
    }
    text.push(']');
}

fn comma(index: usize, text: &mut String) {
    if index > 0 {
        text.push(',');
    }
}

fn string(inner: &str, text: &mut String) {
    text.push_str(&serde_json::to_string(inner).unwrap_or_default());
}
