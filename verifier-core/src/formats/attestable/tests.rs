//! Certificates around made documents.

use alloc::string::ToString as _;
use alloc::vec;

use base64ct::{Base64, Encoding as _};

use super::*;
use crate::Outcome;
use crate::crypto::sha256;
use crate::platform::nitro::testing::{Cbor, MADE_TEXT, Maker, roots};
use crate::verdict::Status;

const COMMIT_ID: &str = "0123456789abcdef0123456789abcdef01234567";
const BYTES: &[u8] = b"the artifact's bytes";

fn text(commit: &str, name: &str, hash: &str) -> String {
    format!("commit_hash={commit},artifact_name={name},artifact_hash={hash}")
}

fn hash() -> String {
    hex(&sha256(BYTES))
}

fn sound() -> String {
    text(COMMIT_ID, "tool", &hash())
}

fn document(user_data: &[u8]) -> Vec<u8> {
    Maker::new().with("user_data", Cbor::Bytes(user_data.to_vec())).document()
}

/// The file, with one field replaced where `replace` names it.
fn file(user_data: &str, replace: (&str, &str)) -> String {
    let pcr = |byte: u8| Base64::encode_string(&[byte; 48]);
    let attestation = Base64::encode_string(&document(user_data.as_bytes()));
    let (pcr0, pcr1, pcr2) = (pcr(1), pcr(2), pcr(3));
    let hash = hash();
    let fields = [
        ("commit_hash", COMMIT_ID),
        ("artifact_name", "tool"),
        ("artifact_hash", hash.as_str()),
        ("pcr0", pcr0.as_str()),
        ("pcr1", pcr1.as_str()),
        ("pcr2", pcr2.as_str()),
        ("attestation", attestation.as_str()),
    ];
    let written: Vec<String> = fields
        .iter()
        .map(|(name, value)| {
            let value = if *name == replace.0 { replace.1 } else { value };
            format!("\"{name}\": \"{value}\"")
        })
        .collect();
    format!("{{{}}}", written.join(", "))
}

fn run(certificate: &str, artifact: Option<Artifact>, rest: &str) -> Verdict {
    let comma = if rest.is_empty() { "" } else { "," };
    let policy = format!(r#"{{"schema":"kettle-policy/v1"{comma}{rest}}}"#);
    let policy = Policy::from_json(policy.as_bytes()).unwrap();
    let given = Certificate { certificate: certificate.as_bytes(), artifact };
    appraise(&given, &policy, &roots(), Timestamp::from_rfc3339(MADE_TEXT).unwrap())
}

fn failed(verdict: &Verdict) -> String {
    verdict.first_failure().map(|check| check.id.clone()).unwrap_or_default()
}

fn artifact() -> Option<Artifact> {
    Some(Artifact::from_bytes("tool", BYTES))
}

fn pinned() -> String {
    let pcr = |byte: u8| hex(&[byte; 48]);
    format!(
        r#""measurements":[{{"id":"builder","platform":"nitro","launch_digest":"{}","pcrs":[{{"index":1,"sha384":"{}"}},{{"index":2,"sha384":"{}"}}]}}]"#,
        pcr(1),
        pcr(2),
        pcr(3)
    )
}

#[test]
fn a_sound_certificate_is_verified_with_its_artifact_and_a_measurement() {
    let certificate = file(&sound(), ("", ""));
    let bare = run(&certificate, None, "");
    assert_eq!(bare.outcome, Outcome::Unpinned, "{}", bare.sentence);
    assert_eq!(run(&certificate, artifact(), "").outcome, Outcome::Unpinned);
    assert_eq!(run(&certificate, None, &pinned()).outcome, Outcome::Unpinned);
    let verdict = run(&certificate, artifact(), &pinned());
    assert_eq!(verdict.outcome, Outcome::Verified, "{}", verdict.sentence);
    assert!(verdict.sentence.contains("`tool`") && verdict.sentence.contains(COMMIT_ID));
    assert!(verdict.checks.iter().all(|check| check.status == Status::Pass));
    assert!(verdict.not_proven.iter().any(|text| text.contains("hook inside the build's sandbox")));
    assert_eq!((&*verdict.valid_from, &*verdict.valid_until), (MADE_TEXT, ""));
}

#[test]
fn another_artifact_is_refused_and_another_name_noted() {
    let certificate = file(&sound(), ("", ""));
    let other = Artifact::from_bytes("tool", b"other");
    assert_eq!(failed(&run(&certificate, Some(other), &pinned())), "attestable.artifact");
    let renamed = run(&certificate, Some(Artifact::from_bytes("tool-1.0", BYTES)), &pinned());
    assert_eq!(renamed.outcome, Outcome::Verified);
    assert!(renamed.notes.iter().any(|note| note.id == "attestable.other_name"));
}

#[test]
fn a_name_with_a_comma_can_say_two_things_and_is_refused() {
    let forged = format!("tool,artifact_hash={},x=", "ab".repeat(32));
    for user_data in [
        text(COMMIT_ID, &forged, &hash()),
        text(COMMIT_ID, "to,ol", &hash()),
        text(&format!("{COMMIT_ID},artifact_name=other"), "tool", &hash()),
        text(COMMIT_ID, "tool", &format!("{},artifact_hash={}", hash(), hash())),
        format!("{},", sound()),
        format!("commit_hash={COMMIT_ID},artifact_hash={},artifact_name=tool", hash()),
        format!("commit_hash={COMMIT_ID},artifact_name=tool"),
        format!("commit_hash={COMMIT_ID}, artifact_name=tool,artifact_hash={}", hash()),
    ] {
        let verdict = run(&file(&user_data, ("", "")), artifact(), &pinned());
        assert_eq!(failed(&verdict), "attestable.one_reading", "{user_data}");
    }
}

#[test]
fn values_are_what_they_are_called() {
    for (commit, name, hash) in [
        ("main", "tool", hash()),
        (&COMMIT_ID[1..], "tool", hash()),
        (&COMMIT_ID.to_uppercase(), "tool", hash()),
        ("", "tool", hash()),
        (COMMIT_ID, "", hash()),
        (COMMIT_ID, "..", hash()),
        (COMMIT_ID, "a/b", hash()),
        (COMMIT_ID, "a\nb", hash()),
        (COMMIT_ID, "tool", hash()[1..].to_string()),
        (COMMIT_ID, "tool", hash().to_uppercase()),
        (COMMIT_ID, "tool", format!("{}00", hash())),
    ] {
        let certificate = file(&text(commit, name, &hash), ("", ""));
        assert_eq!(failed(&run(&certificate, artifact(), &pinned())), "attestable.values", "{name}");
    }
    let sha256_commit = "ab".repeat(32);
    let long = file(&text(&sha256_commit, "tool", &hash()), ("commit_hash", &sha256_commit));
    assert_eq!(run(&long, artifact(), &pinned()).outcome, Outcome::Verified);
}

#[test]
fn other_user_data_is_no_certificate() {
    for user_data in ["", "artifact_name=tool", "Commit_hash=", "{}"] {
        let certificate = file(user_data, ("", ""));
        assert_eq!(failed(&run(&certificate, None, "")), "attestable.user_data", "{user_data}");
    }
    let attestation = Base64::encode_string(&document(&[0xff, 0xfe]));
    let certificate = file(&sound(), ("attestation", &attestation));
    assert_eq!(failed(&run(&certificate, None, "")), "attestable.user_data");
    let attestation = Base64::encode_string(&Maker::new().document());
    let none = file(&sound(), ("attestation", &attestation));
    assert_eq!(failed(&run(&none, None, "")), "attestable.user_data");
}

#[test]
fn the_unsigned_fields_repeat_the_signed_text() {
    let commit = COMMIT_ID.replace('0', "1");
    for replace in
        [("commit_hash", commit.as_str()), ("artifact_name", "other"), ("artifact_hash", &"ab".repeat(32))]
    {
        let verdict = run(&file(&sound(), replace), artifact(), &pinned());
        assert_eq!(failed(&verdict), "attestable.agrees", "{replace:?}");
    }
    for name in ["pcr0", "pcr1", "pcr2"] {
        let other = Base64::encode_string(&[9; 48]);
        let verdict = run(&file(&sound(), (name, &other)), artifact(), &pinned());
        assert_eq!(failed(&verdict), "attestable.pcrs_agree");
    }
}

#[test]
fn the_file_is_strict() {
    let first = |certificate: &str| failed(&run(certificate, None, ""));
    let whole = file(&sound(), ("", ""));
    assert_eq!(first(""), "attestable.json");
    assert_eq!(first("[]"), "attestable.json");
    assert_eq!(first(&format!("{whole}x")), "attestable.json");
    assert_eq!(first(&whole.replacen('{', r#"{"pcr0": "", "#, 1)), "attestable.json");
    assert_eq!(first(&whole.replacen('{', r#"{"pcr3": "", "#, 1)), "attestable.fields");
    assert_eq!(first(&whole.replace("pcr2", "pcr02")), "attestable.fields");
    assert_eq!(first(&whole.replace("\"tool\"", "null")), "attestable.fields");
    for replace in [("pcr0", "fake0"), ("pcr1", "AAAA"), ("attestation", "fake signature"), ("pcr2", "")] {
        assert_eq!(first(&file(&sound(), replace)), "attestable.encoding", "{replace:?}");
    }
    assert_eq!(first(&file(&sound(), ("attestation", ""))), "cose.structure");
    for end in (0..whole.len()).step_by(97) {
        assert_eq!(first(&whole[..end]), "attestable.json", "{end}");
    }
}

#[test]
fn what_the_policy_demands_is_looked_at_or_refused() {
    let certificate = file(&sound(), ("", ""));
    let first = |rest: &str| failed(&run(&certificate, artifact(), rest));
    let source = |name: &str, value: &str| format!(r#""source":{{"{name}":["{value}"]}}"#);
    assert_eq!(first(&source("commits", COMMIT_ID)), "");
    assert_eq!(first(&source("commits", &"ab".repeat(20))), "attestable.commit");
    assert_eq!(first(&source("uris", "https://example.org/tool")), "attestable.demands");
    assert_eq!(first(&source("trees", COMMIT_ID)), "attestable.demands");
    assert_eq!(first(r#""builders":["https://example.org/builder"]"#), "attestable.demands");
    assert_eq!(first(r#""sandbox":["seccomp"]"#), "attestable.demands");
    assert_eq!(first(r#""build_types":[{"uri":"https://example.org/type"}]"#), "attestable.demands");
    let version = pinned().replacen(r#""platform""#, r#""builder_version":"1.0.0","platform""#, 1);
    assert_eq!(first(&version), "attestable.demands");
    assert_eq!(first(&format!(r#""nonce":"{}""#, "07".repeat(16))), "nitro.policy.nonce");
    assert_eq!(first(r#""platforms":["snp"]"#), "input.platform");
    assert_eq!(first(r#""platforms":["snp","nitro"]"#), "");
    assert_eq!(first(r#""expires":"2025-01-01T00:00:00Z""#), "input.policy_current");
    let window = run(&certificate, artifact(), r#""expires":"2026-01-01T00:00:00Z""#);
    assert_eq!(window.valid_until, "2026-01-01T00:00:00Z");
    let other = pinned().replacen("010101", "020202", 1);
    assert_eq!(first(&other), "machine.measurement");
}

#[test]
fn flipped_bits_are_refused() {
    let whole = document(sound().as_bytes());
    for bit in (0..whole.len() * 8).step_by(997) {
        let mut flipped = vec![0; 0];
        flipped.extend_from_slice(&whole);
        flipped[bit / 8] ^= 1 << (bit % 8);
        let certificate = file(&sound(), ("attestation", &Base64::encode_string(&flipped)));
        assert_eq!(run(&certificate, artifact(), &pinned()).outcome, Outcome::Failed, "bit {bit}");
    }
}
