use alloc::string::{String, ToString as _};
use alloc::{format, vec};

use super::settings::split_source;
use super::*;
use crate::verdict::Outcome;

const NOW: &str = "2026-03-05T08:00:00Z";

fn bundle(kind: BundleKind) -> BundleDocument {
    BundleDocument { schema: "kettle-bundle/v1".into(), kind, ..BundleDocument::default() }
}

fn settings() -> SettingsDocument {
    SettingsDocument { schema: "kettle-settings/v1".into(), now: NOW.into(), ..SettingsDocument::default() }
}

#[test]
fn the_commit_is_what_follows_the_last_at() {
    let cases = [
        ("https://example.org/a", ("https://example.org/a", None)),
        ("https://example.org/a@00ff", ("https://example.org/a", Some("00ff"))),
        ("https://me@example.org/a", ("https://me@example.org/a", None)),
        ("git@example.org:a/b", ("git@example.org:a/b", None)),
        ("git@example.org:a/b@00ff", ("git@example.org:a/b", Some("00ff"))),
        ("https://example.org/a@", ("https://example.org/a", Some(""))),
    ];
    for (source, expected) in cases {
        assert_eq!(split_source(source), expected);
    }
}

#[test]
fn every_kind_has_its_verdict() {
    let cases = [
        (BundleKind::Bundle, "input.evidence_json"),
        (BundleKind::Evidence, "input.evidence_json"),
        (BundleKind::AttestableBuild, "attestable.json"),
        (BundleKind::TeeCompile, "cose.structure"),
    ];
    for (kind, first) in cases {
        let verdict = bundle(kind).appraise(&settings()).unwrap();
        assert_eq!(verdict.outcome, Outcome::Failed);
        assert_eq!(verdict.first_failure().unwrap().id, first);
    }
}

#[test]
fn the_document_is_the_same_request() {
    let mut document = bundle(BundleKind::Bundle);
    document.evidence = "7b7d".into();
    let json = serde_json::to_vec(&document).unwrap();
    let answer = appraise_json(&json, &serde_json::to_vec(&settings()).unwrap()).unwrap();
    let given = Bundle { evidence: b"{}", ..Bundle::default() };
    let direct = Settings { now: NOW, ..Settings::default() }.appraise(&Content::Bundle(given)).unwrap();
    assert_eq!(answer, direct);
}

#[test]
fn a_field_that_would_be_left_aside_is_refused() {
    let artifact = ArtifactDocument { name: "a".into(), sha256: "00".repeat(32), size: 0 };
    let cases = [
        (BundleDocument { provenance: "00".into(), ..bundle(BundleKind::Evidence) }, "/provenance"),
        (BundleDocument { report_data: "00".into(), ..bundle(BundleKind::Bundle) }, "/report_data"),
        (BundleDocument { input_hash: "00".repeat(32), ..bundle(BundleKind::Bundle) }, "/input_hash"),
        (BundleDocument { subjects: vec!["a".into()], ..bundle(BundleKind::TeeCompile) }, "/subjects"),
        (BundleDocument { crls: vec!["00".into()], ..bundle(BundleKind::AttestableBuild) }, "/crls"),
        (
            BundleDocument {
                artifacts: vec![artifact.clone(), artifact],
                ..bundle(BundleKind::AttestableBuild)
            },
            "/artifacts/1",
        ),
    ];
    for (document, place) in cases {
        let error = document.appraise(&settings()).unwrap_err();
        assert_eq!((error.code, error.location.as_str()), (RequestErrorCode::NotApplicable, place));
    }
}

#[test]
fn a_text_that_is_not_what_its_field_takes_is_refused() {
    let artifact = ArtifactDocument { name: "a".into(), sha256: "00".into(), size: 0 };
    let cases = [
        (BundleDocument { schema: String::new(), ..bundle(BundleKind::Bundle) }, "/schema"),
        (BundleDocument { evidence: "0G".into(), ..bundle(BundleKind::Bundle) }, "/evidence"),
        (BundleDocument { crls: vec!["00".into(), "FF".into()], ..bundle(BundleKind::Bundle) }, "/crls/1"),
        (BundleDocument { artifacts: vec![artifact], ..bundle(BundleKind::Bundle) }, "/artifacts/0/sha256"),
        (BundleDocument { report_data: "0".into(), ..bundle(BundleKind::Evidence) }, "/report_data"),
        (BundleDocument { output_hash: "00".into(), ..bundle(BundleKind::TeeCompile) }, "/output_hash"),
    ];
    for (document, place) in cases {
        let error = document.appraise(&settings()).unwrap_err();
        assert_eq!((error.code, error.location.as_str()), (RequestErrorCode::Document, place));
    }
    let error = appraise_json(b"{\"schema\":1}", b"{}").unwrap_err();
    assert_eq!(
        (error.code, error.location.as_str()),
        (RequestErrorCode::Document, "bundle line 1 column 11")
    );
}

#[test]
fn report_data_that_no_report_holds_has_a_verdict() {
    let document = BundleDocument { report_data: "00".repeat(65), ..bundle(BundleKind::Evidence) };
    assert_eq!(document.appraise(&settings()).unwrap().outcome, Outcome::Failed);
}

#[test]
fn refused_settings_say_which() {
    let cases = [
        (SettingsDocument { now: "today".into(), ..settings() }, RequestErrorCode::Now),
        (SettingsDocument { policy: "7b7d".into(), ..settings() }, RequestErrorCode::Policy),
        (SettingsDocument { trust_root: "7b7d".into(), ..settings() }, RequestErrorCode::TrustRoot),
        (SettingsDocument { nonce: "00".into(), ..settings() }, RequestErrorCode::Nonce),
        (SettingsDocument { source: "x@y".into(), ..settings() }, RequestErrorCode::Source),
        (SettingsDocument { policy_keys: vec!["00".into()], ..settings() }, RequestErrorCode::PolicyKey),
        (SettingsDocument { policy_minimum_version: 1, ..settings() }, RequestErrorCode::PolicyKey),
        (SettingsDocument { schema: "x".into(), ..settings() }, RequestErrorCode::Document),
    ];
    for (document, code) in cases {
        let error = bundle(BundleKind::Bundle).appraise(&document).unwrap_err();
        assert_eq!(error.code, code, "{error}");
        assert!(error.to_string().starts_with(&format!("{}: ", code.name())));
    }
}
