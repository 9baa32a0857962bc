//! Between the generated types and those of the verifier: the same document on both sides.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::refused::Refused;

/// The same document as another type.
pub(crate) fn same<T: DeserializeOwned>(part: &str, document: &impl Serialize) -> Result<T, Refused> {
    let value = serde_json::to_value(document);
    value.and_then(serde_json::from_value).map_err(|error| Refused::document(part, &error))
}

#[cfg(test)]
mod tests {
    use kettle_verifier_core::request::{self, BundleKind};

    use super::*;
    use crate::types;

    #[test]
    fn a_document_keeps_its_bytes() {
        let document = request::BundleDocument {
            schema: request::BUNDLE_SCHEMA.into(),
            kind: BundleKind::TeeCompile,
            evidence: "00".into(),
            ..request::BundleDocument::default()
        };
        let ours: types::BundleDocument = same("bundle", &document).unwrap();
        let back: request::BundleDocument = same("bundle", &ours).unwrap();
        assert_eq!(back, document);
    }

    #[test]
    fn a_verdict_keeps_its_bytes() {
        let settings = request::Settings { now: "2026-03-05T08:00:00Z", ..request::Settings::default() };
        let content = request::Content::Bundle(kettle_verifier_core::Bundle::default());
        let verdict = settings.appraise(&content).unwrap();
        let ours: types::Verdict = same("verdict", &verdict).unwrap();
        assert_eq!(crate::verdict_json(ours).unwrap(), verdict.to_json());
    }
}
