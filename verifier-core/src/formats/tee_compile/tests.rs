//! Reports made of documents with JSON in their user data.

use alloc::vec::Vec;

use super::*;
use crate::Outcome;
use crate::platform::nitro::testing::{Cbor, MADE_TEXT, Maker, roots};
use crate::verdict::Status;

const NONCE_TEXT: &str = "00112233445566778899aabbccddeeff";

fn json(rest: &str) -> String {
    format!(
        r#"{{"input_hash":"0x{}","output_hash":"0x{}","nonce":"{NONCE_TEXT}"{rest}}}"#,
        "11".repeat(32),
        "22".repeat(32)
    )
}

fn report(user_data: &str, nonce: Option<&str>) -> Vec<u8> {
    let nonce = nonce.map_or(Cbor::Null, |text| Cbor::Bytes(text.as_bytes().to_vec()));
    let user_data = Cbor::Bytes(user_data.as_bytes().to_vec());
    Maker::new().with("user_data", user_data).with("nonce", nonce).document()
}

fn run_with(report: &[u8], hashes: [Option<u8>; 2], rest: &str) -> Verdict {
    let comma = if rest.is_empty() { "" } else { "," };
    let policy = format!(r#"{{"schema":"kettle-policy/v1"{comma}{rest}}}"#);
    let policy = Policy::from_json(policy.as_bytes()).unwrap();
    let [input_hash, output_hash] = hashes.map(|byte| byte.map(|byte| [byte; 32]));
    let given = Report { report, input_hash, output_hash };
    appraise(&given, &policy, &roots(), Timestamp::from_rfc3339(MADE_TEXT).unwrap())
}

fn run(user_data: &str) -> Verdict {
    run_with(&report(user_data, Some(NONCE_TEXT)), [None, None], "")
}

fn failed(verdict: &Verdict) -> String {
    verdict.first_failure().map(|check| check.id.clone()).unwrap_or_default()
}

fn pinned() -> String {
    let pcr = |byte: u8| hex(&[byte; 48]);
    format!(
        r#""measurements":[{{"id":"tool","platform":"nitro","launch_digest":"{}","pcrs":[{{"index":1,"sha384":"{}"}},{{"index":2,"sha384":"{}"}}]}}]"#,
        pcr(1),
        pcr(2),
        pcr(3)
    )
}

#[test]
fn a_sound_report_is_verified_with_both_hashes_and_a_measurement() {
    let sound = report(&json(""), Some(NONCE_TEXT));
    for (hashes, rest) in [
        ([None, None], pinned()),
        ([Some(0x11), None], pinned()),
        ([None, Some(0x22)], pinned()),
        ([Some(0x11), Some(0x22)], String::new()),
    ] {
        let verdict = run_with(&sound, hashes, &rest);
        assert_eq!(verdict.outcome, Outcome::Unpinned, "{}", verdict.sentence);
    }
    let verdict = run_with(&sound, [Some(0x11), Some(0x22)], &pinned());
    assert_eq!(verdict.outcome, Outcome::Verified, "{}", verdict.sentence);
    assert!(verdict.sentence.contains(&"22".repeat(32)), "{}", verdict.sentence);
    assert!(verdict.checks.iter().all(|check| check.status == Status::Pass));
    assert!(verdict.not_proven.iter().any(|text| text.contains("Keccak-256")));
    assert_eq!(failed(&run_with(&sound, [Some(0x12), Some(0x22)], &pinned())), "tee_compile.input");
    assert_eq!(failed(&run_with(&sound, [Some(0x11), Some(0x23)], &pinned())), "tee_compile.output");
}

#[test]
fn the_user_data_is_the_strict_json_of_the_format() {
    for user_data in ["", "[]", "{", "commit_hash=", "{\"nonce\":\"\",\"nonce\":\"\"}"] {
        assert_eq!(failed(&run(user_data)), "tee_compile.user_data", "{user_data}");
    }
    let none = Maker::new().document();
    assert_eq!(failed(&run_with(&none, [None, None], "")), "tee_compile.user_data");
    for user_data in [
        "{}".into(),
        json(r#","repo":"x""#),
        json(r#","mrenclave":null"#),
        json(r#","image":1"#),
        json("").replace("0x11", "0x1"),
        json("").replace("0x22", "0X22"),
        json("").replace("0x22", "0x0x22"),
        json("").replacen("0x1111", "0x11111111", 1),
        json("").replace("nonce", "Nonce"),
        json("").replace("input_hash", "InputHash"),
    ] {
        assert_eq!(failed(&run(&user_data)), "tee_compile.fields", "{user_data}");
    }
    assert_eq!(failed(&run(&json("").replace("0x", ""))), "");
    let optional = json(r#","mrenclave":"ab","git_commit":"","image":"rust""#);
    let verdict = run(&optional);
    assert_eq!(failed(&verdict), "");
    let claimed = |id: &str| verdict.claims.iter().any(|claim| claim.id == id);
    assert!(claimed("tee_compile.mrenclave") && claimed("tee_compile.image"));
    assert!(!claimed("source.commit"), "an empty commit says nothing");
}

#[test]
fn the_nonce_is_the_documents_own_and_the_policys() {
    let with = |nonce: Option<&str>, rest: &str| run_with(&report(&json(""), nonce), [None, None], rest);
    assert_eq!(failed(&with(Some("other"), "")), "tee_compile.nonce_agrees");
    assert_eq!(failed(&with(Some(&NONCE_TEXT[..31]), "")), "tee_compile.nonce_agrees");
    assert_eq!(failed(&with(Some(""), "")), "tee_compile.nonce_agrees");
    let without = with(None, "");
    assert_eq!(failed(&without), "");
    assert!(without.notes.iter().any(|note| note.id == "tee_compile.no_nonce"));
    let demand = |nonce: &str| format!(r#""nonce":"{nonce}""#);
    assert_eq!(failed(&with(Some(NONCE_TEXT), &demand(NONCE_TEXT))), "");
    assert_eq!(failed(&with(Some(NONCE_TEXT), &demand(&"07".repeat(16)))), "tee_compile.nonce");
}

#[test]
fn what_the_policy_demands_is_looked_at_or_refused() {
    let commit = "ab".repeat(20);
    let demand = format!(r#""source":{{"commits":["{commit}"]}}"#);
    let first = |rest: &str, demand: &str| {
        failed(&run_with(&report(&json(rest), Some(NONCE_TEXT)), [None, None], demand))
    };
    assert_eq!(first("", &demand), "tee_compile.commit");
    assert_eq!(first(r#","git_commit":"""#, &demand), "tee_compile.commit");
    assert_eq!(first(&format!(r#","git_commit":"{commit}""#), &demand), "");
    assert_eq!(first("", r#""source":{"uris":["https://example.org"]}"#), "tee_compile.demands");
    assert_eq!(first("", r#""builders":["https://example.org"]"#), "tee_compile.demands");
    assert_eq!(first("", r#""sandbox":["seccomp"]"#), "tee_compile.demands");
    assert_eq!(first("", r#""platforms":["snp"]"#), "input.platform");
    assert_eq!(first("", r#""expires":"2025-01-01T00:00:00Z""#), "input.policy_current");
}

#[test]
fn truncations_and_flipped_bits_are_refused() {
    let whole = report(&json(""), Some(NONCE_TEXT));
    for end in (0..whole.len()).step_by(37) {
        assert_eq!(failed(&run_with(&whole[..end], [None, None], "")), "cose.structure", "{end}");
    }
    for bit in (0..whole.len() * 8).step_by(997) {
        let mut flipped = whole.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(run_with(&flipped, [None, None], "").outcome, Outcome::Failed, "bit {bit}");
    }
}
