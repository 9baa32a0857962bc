//! Raw hardware evidence becomes the envelope that the appraisal reads.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "a test stops where something is not as it should be"
)]

mod common;

use common::folder;
use kettle_verifier_io::{Error, ErrorKind, EvidenceInput, EvidenceParts};
use serde_json::{Value, json};

const REPORT: usize = 1184;

fn parts(given: &[(&str, Vec<u8>)]) -> Result<EvidenceInput, Error> {
    let mut parts = EvidenceParts::default();
    for (name, bytes) in given {
        parts.add(name, bytes.clone())?;
    }
    parts.finish()
}

fn envelope(given: &[(&str, Vec<u8>)]) -> Value {
    serde_json::from_slice(&parts(given).unwrap().evidence).unwrap()
}

fn report() -> Vec<u8> {
    let mut report: Vec<u8> = (0..REPORT).map(|index| (index % 251) as u8).collect();
    report[..4].copy_from_slice(&[3, 0, 0, 0]);
    report
}

/// An HCL blob around the report, with six bytes of runtime data.
fn hcl() -> Vec<u8> {
    let mut blob = b"HCLA".to_vec();
    blob.resize(32, 0);
    blob.extend(report());
    blob.extend([0; 16]);
    blob.extend(6_u32.to_le_bytes());
    blob.extend(b"{\"a\":1");
    blob.resize(2600, 0);
    blob
}

fn message() -> Vec<u8> {
    [b"\xffTCG\x80\x18".as_slice(), &[7; 60]].concat()
}

const PCRS: &[u8] = br#"["00","ff"]"#;

#[test]
fn a_raw_report_and_its_hex_are_one() {
    let raw = envelope(&[("report.bin", report())]);
    let hex: String = report().iter().map(|byte| format!("{byte:02X}")).collect();
    assert_eq!(raw, envelope(&[("report.hex", format!("{hex}\n").into_bytes())]));
    let base64 = raw["evidence"]["attestation_report"].as_str().unwrap().as_bytes().to_vec();
    assert_eq!(raw, envelope(&[("report.b64", base64)]));
    assert_eq!(raw["platform"], "snp");
    let text = raw["evidence"]["attestation_report"].as_str().unwrap();
    assert_eq!((text.len(), &text[..8]), (1580, "AwAAAAQF"));
    assert_eq!(raw["evidence"]["cert_chain"], Value::Null);
}

#[test]
fn a_blob_with_a_quote_is_azures_evidence() {
    let expected =
        json!({ "signature": "ab".repeat(256), "message": common::hex(&message()), "pcrs": ["00", "ff"] });
    let raw = envelope(&[
        ("hcl.bin", hcl()),
        ("quote.sig", vec![0xab; 256]),
        ("pcrs.json", PCRS.to_vec()),
        ("quote.msg", message()),
    ]);
    assert_eq!(raw["platform"], "az-snp");
    assert_eq!(raw["evidence"]["version"], 1);
    assert_eq!(raw["evidence"]["tpm_quote"], expected);
    let blob = raw["evidence"]["hcl_report"].as_str().unwrap();
    assert!(blob.len() == 3467 && blob.starts_with("SENMQQ"));
    let from_json = envelope(&[("quote.json", expected.to_string().into_bytes()), ("hcl.bin", hcl())]);
    assert_eq!(raw, from_json);
    // As the crate az-snp-vtpm serialises it.
    let numbers = json!({ "signature": vec![0xab; 32], "message": message(), "pcrs": [[0], [255]] });
    let numbered = envelope(&[("quote.json", numbers.to_string().into_bytes()), ("hcl.bin", hcl())]);
    assert_eq!(numbered["evidence"]["tpm_quote"]["pcrs"], expected["pcrs"]);
    assert_eq!(numbered["evidence"]["tpm_quote"]["message"], expected["message"]);
}

#[test]
fn a_blob_alone_is_azures_evidence_without_a_quote() {
    let raw = envelope(&[("hcl.bin", hcl())]);
    assert_eq!((&raw["platform"], &raw["evidence"]["tpm_quote"]), (&json!("az-snp"), &Value::Null));
    assert_eq!(raw["evidence"]["vcek"], Value::Null);
    assert!(raw["evidence"]["hcl_report"].as_str().unwrap().starts_with("SENMQQ"));
}

/// The same blob with the report type of TDX.
fn td_blob() -> Vec<u8> {
    let mut blob = hcl();
    blob[0x4c8] = 4;
    blob
}

const TD_QUOTE: [u8; 9] = [4, 0, 2, 0, 0x81, 0, 0, 0, 1];

#[test]
fn the_blob_of_a_td_goes_with_a_td_quote() {
    let quote = json!({ "signature": "01ab", "message": common::hex(&message()), "pcrs": ["00", "ff"] });
    let quote = quote.to_string().into_bytes();
    let given = [("q.json", quote), ("hcl.bin", td_blob()), ("td.bin", TD_QUOTE.to_vec())];
    let raw = envelope(&given);
    assert_eq!((&raw["platform"], &raw["evidence"]["td_quote"]), (&json!("az-tdx"), &json!("BAACAIEAAAAB")));
    assert_eq!(raw["evidence"]["tpm_quote"]["signature"], "01ab");
    assert_eq!(raw["evidence"].as_object().unwrap().len(), 4);

    let alone = envelope(&[("hcl.bin", td_blob())]);
    assert_eq!((&alone["platform"], &alone["evidence"]["td_quote"]), (&json!("az-tdx"), &Value::Null));
    // A TD quote is no part of an SNP machine's evidence.
    let error = parts(&[("hcl.bin", hcl()), ("td.bin", TD_QUOTE.to_vec())]).unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Content { .. }), "{error}");
}

#[test]
fn the_first_layout_of_a_td_on_azure() {
    let quote = json!({ "signature": [1, 171], "message": message(), "pcrs": [[0], [255]] });
    let old = json!({ "tpm_quote": quote, "hcl_report": td_blob(), "td_quote": TD_QUOTE });
    let raw = envelope(&[("old.json", old.to_string().into_bytes())]);
    let parts = [
        ("hcl.bin", td_blob()),
        ("quote.json", quote.to_string().into_bytes()),
        ("td.bin", TD_QUOTE.to_vec()),
    ];
    assert_eq!(raw, envelope(&parts));
}

#[test]
fn an_envelope_is_taken_as_it_stands_even_when_it_is_damaged() {
    for text in [
        r#"{"platform":"snp","evidence":{}}"#,
        r#"{"platform":"snp","platform":"snp","evidence":{}}"#,
        r#"{"platform":"snp","evidence":{}"#,
    ] {
        assert_eq!(parts(&[("x", text.into())]).unwrap().evidence, text.as_bytes());
    }
    let empty = parts(&[("a/evidence.json", b"{}".to_vec())]).unwrap();
    assert_eq!(empty.evidence, b"{}");
}

#[test]
fn an_object_without_its_envelope_gets_one() {
    let bare = br#"{"version":1,"hcl_report":"x"}"#.to_vec();
    assert_eq!(envelope(&[("x", bare)])["platform"], "az-snp");
    let snp = br#"{"attestation_report":"x"}"#.to_vec();
    assert_eq!(envelope(&[("x", snp)])["platform"], "snp");
}

#[test]
fn the_answer_of_dstack_is_its_evidence() {
    let evidence = json!({ "quote": "0400", "event_log": "[{\"imr\":0}]", "vm_config": "{}" });
    let mut answer = evidence.clone();
    for (name, value) in [("report_data", "1234"), ("hash_algorithm", "raw"), ("prefix", "")] {
        answer[name] = json!(value);
    }
    let raw = envelope(&[("answer.json", answer.to_string().into_bytes())]);
    assert_eq!((&raw["platform"], &raw["evidence"]), (&json!("dstack"), &evidence));
    assert_eq!(raw, envelope(&[("bare.json", evidence.to_string().into_bytes())]));
    // What is in neither is left for the appraisal to refuse.
    answer["signature"] = json!("");
    let stranger = envelope(&[("answer.json", answer.to_string().into_bytes())]);
    assert_eq!(stranger["evidence"]["signature"], "");
}

#[test]
fn the_first_layout_of_azures_evidence() {
    let quote = json!({ "signature": [1, 171], "message": message(), "pcrs": [[0], [255]] });
    let old = json!({ "quote": quote, "report": hcl() });
    let raw = envelope(&[("old.json", old.to_string().into_bytes())]);
    let now = envelope(&[("hcl.bin", hcl()), ("quote.json", quote.to_string().into_bytes())]);
    assert_eq!(raw, now);
    assert_eq!(raw["evidence"]["tpm_quote"]["signature"], "01ab");

    let junk = json!({ "quote": quote, "report": hcl(), "vcek": "-----BEGIN CERTIFICATE-----\n" });
    let error = parts(&[("old.json", junk.to_string().into_bytes())]).unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Certificate { .. }), "{error}");
}

#[test]
fn parts_of_different_things_and_missing_parts_are_errors() {
    let cases: Vec<Vec<(&str, Vec<u8>)>> = vec![
        vec![],
        vec![("unknown", b"what is this".to_vec())],
        vec![("report", report()), ("hcl", hcl())],
        vec![("quote.msg", message())],
        vec![("quote.msg", message()), ("quote.sig", vec![1; 256]), ("pcrs", PCRS.to_vec())],
        vec![("hcl", hcl()), ("quote.msg", message())],
        vec![("hcl", hcl()), ("quote.sig", vec![1; 256]), ("pcrs", PCRS.to_vec())],
        vec![("report", report()[..1183].to_vec())],
        vec![("report", [report(), vec![0]].concat())],
    ];
    for given in cases {
        let names: Vec<&str> = given.iter().map(|(name, _)| *name).collect();
        assert!(matches!(parts(&given).unwrap_err().kind, ErrorKind::Content { .. }), "{names:?}");
    }
    let twice = parts(&[("one", report()), ("two", report())]).unwrap_err();
    assert!(matches!(twice.kind, ErrorKind::Twice { .. }));
    let policy = parts(&[("p", br#"{"schema":"kettle-policy/v1"}"#.to_vec())]).unwrap_err();
    assert!(matches!(policy.kind, ErrorKind::Unasked { .. }));
}

#[test]
fn quotes_and_documents_of_other_platforms() {
    let quote = [4, 0, 2, 0, 0x81, 0, 0, 0, 1].to_vec();
    assert_eq!(envelope(&[("q", quote)])["evidence"]["quote"], "BAACAIEAAAAB");
    let document = [0x84, 0x44, 0xa1, 0x01, 0x38, 0x22, 0xa0].to_vec();
    let raw = envelope(&[("d", document)]);
    assert_eq!((&raw["platform"], &raw["evidence"]["document"]), (&json!("nitro"), &json!("hEShATgioA==")));
}

#[test]
fn files_are_read_in_any_order() {
    let dir = tempfile::tempdir().unwrap();
    folder(dir.path(), &[("b", &hcl()), ("a", &message()), ("c", PCRS), ("d", &[9; 256])]);
    let paths: Vec<_> = ["a", "b", "c", "d"].map(|name| dir.path().join(name)).into();
    let input = kettle_verifier_io::read_evidence(&paths).unwrap();
    assert!(!input.evidence.is_empty());
    let missing = kettle_verifier_io::read_evidence(&[dir.path().join("none")]).unwrap_err();
    assert_eq!(missing.kind, ErrorKind::NotFound);
}
