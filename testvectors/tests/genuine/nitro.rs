//! Documents of AWS Nitro: each at its own time and years later, alone and as a file of the formats
//! that are made of documents.

use base64ct::{Base64, Encoding as _};
use kettle_testvectors::unhex;
use kettle_verifier_core::formats::{attestable, tee_compile};
use kettle_verifier_core::verdict::Status;
use kettle_verifier_core::{
    EvidenceOnly, Outcome, Policy, Timestamp, TrustRoots, Verdict, appraise_evidence,
};

use crate::files::{captures, read};

/// Years after the leaf of every capture ended.
const LATER: &str = "2034-01-01T00:00:00Z";

/// What the manifest says of a document.
struct Row {
    name: String,
    time: String,
    debug: bool,
    pcrs: usize,
}

/// The rows of documents whose signature and chain an independent check found to be good.
fn rows() -> Option<Vec<Row>> {
    let manifest = std::fs::read_to_string(captures()?.join("MANIFEST.tsv")).unwrap();
    let row = |line: &str| {
        let (name, _) = line.split_once('\t')?;
        let (_, said) = line.split_once("Nitro COSE ES384 sig OK; chain OK; root genuine AWS root; ")?;
        let (pcrs, _) = said.split_once(" PCRs")?;
        let (_, time) = said.split_once("ts=")?;
        let debug = said.split(';').next()?.contains("DEBUG");
        let time = time.split(';').next()?.to_owned();
        Some(Row { name: name.into(), time, debug, pcrs: pcrs.parse().unwrap() })
    };
    let rows: Vec<Row> = manifest.lines().filter_map(row).collect();
    assert!(rows.len() >= 7, "{} documents in the manifest", rows.len());
    Some(rows)
}

/// The document in a capture: raw bytes, base64, or hex in a name of a certificate.
fn document(name: &str) -> Vec<u8> {
    let bytes = read(name);
    if bytes.starts_with(&[0x84, 0x44]) {
        return bytes;
    }
    let der = match std::str::from_utf8(&bytes) {
        Ok(text) => {
            let lines = text.lines().filter(|line| !line.starts_with("-----BEGIN"));
            let first: String = lines.take_while(|line| !line.starts_with("-----END")).collect();
            Base64::decode_vec(&first).unwrap()
        }
        Err(_) => bytes,
    };
    if der.starts_with(&[0x84, 0x44]) {
        return der;
    }
    let begin = der.windows(14).position(|window| window == b"8444a1013822a0").unwrap();
    let digits: Vec<u8> = der[begin..].iter().copied().take_while(u8::is_ascii_hexdigit).collect();
    unhex(std::str::from_utf8(&digits[..digits.len() & !1]).unwrap())
}

fn alone(document: &[u8], now: &str) -> Verdict {
    let document = Base64::encode_string(document);
    let evidence = format!(r#"{{"platform":"nitro","evidence":{{"document":"{document}"}}}}"#);
    let given = EvidenceOnly { evidence: evidence.as_bytes(), ..EvidenceOnly::default() };
    appraise_evidence(&given, &Policy::default(), &TrustRoots::pinned(), time(now))
}

fn time(text: &str) -> Timestamp {
    Timestamp::from_rfc3339(text).unwrap()
}

/// The outcome, with the check that fails where one does.
fn said(verdict: &Verdict) -> String {
    match verdict.first_failure() {
        Some(check) => check.id.clone(),
        None => format!("{:?}", verdict.outcome).to_lowercase(),
    }
}

#[test]
fn every_document_has_its_verdict_at_its_own_time_and_later() {
    let Some(rows) = rows() else { return };
    for Row { name, time, debug, pcrs } in &rows {
        let document = document(name);
        for now in [time, LATER] {
            let verdict = alone(&document, now);
            let expected = if *debug { "nitro.policy.debug" } else { "unpinned" };
            assert_eq!(said(&verdict), expected, "{name} at {now}");
            assert_eq!(&verdict.valid_from, time, "{name}");
            let registers = verdict.claims.iter().filter(|claim| claim.id.starts_with("nitro.pcr."));
            assert_eq!(registers.count(), *pcrs, "{name}");
        }
    }
    println!("{} genuine documents", rows.len());
}

/// Certificates for TLS servers that hold a document as hex.
#[test]
fn documents_in_certificates_are_genuine_too() {
    if captures().is_none() {
        return;
    }
    for (name, expected) in [
        ("non-debug-cert-containing-attestation-document-18-1-23.pem", "unpinned"),
        ("non-debug-cert-containing-attestation-document-18-1-23-der.crt", "unpinned"),
        ("debug-mode-cert-containing-attestation-doc-18-1-23.pem", "nitro.policy.debug"),
    ] {
        let document = document(&format!("nitro/evervault/{name}"));
        assert_eq!(said(&alone(&document, LATER)), expected, "{name}");
    }
}

/// No genuine file of the two formats is among the captures. A genuine document that was made for
/// something else is authentic in both, and no build.
#[test]
fn a_document_of_something_else_is_no_build() {
    let Some(rows) = rows() else { return };
    let policy = Policy::from_json(br#"{"schema":"kettle-policy/v1","insecure_allow_debug":true}"#).unwrap();
    let roots = TrustRoots::pinned();
    for Row { name, .. } in &rows {
        let document = document(name);
        let seen = alone(&document, LATER);
        let pcr = |index: usize| {
            let id = format!("nitro.pcr.{index}");
            let claim = seen.claims.iter().find(|claim| claim.id == id).unwrap();
            Base64::encode_string(&unhex(&claim.value))
        };
        let certificate = format!(
            r#"{{"commit_hash":"","artifact_name":"","artifact_hash":"","pcr0":"{}","pcr1":"{}","pcr2":"{}","attestation":"{}"}}"#,
            pcr(0),
            pcr(1),
            pcr(2),
            Base64::encode_string(&document)
        );
        let given = attestable::Certificate { certificate: certificate.as_bytes(), artifact: None };
        let certified = attestable::appraise(&given, &policy, &roots, time(LATER));
        let given = tee_compile::Report { report: &document, ..tee_compile::Report::default() };
        let compiled = tee_compile::appraise(&given, &policy, &roots, time(LATER));
        for (verdict, check) in [(certified, "attestable.user_data"), (compiled, "tee_compile.user_data")] {
            assert_eq!((said(&verdict).as_str(), verdict.outcome), (check, Outcome::Failed), "{name}");
            assert_eq!(verdict.check("cose.signature").unwrap().status, Status::Pass, "{name}");
        }
    }
}
