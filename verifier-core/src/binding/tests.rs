use super::*;
use crate::log::Record;
use crate::platform::{EvidenceLink, Validity};
use crate::verdict::Status;

const COMPACT: &[u8] = br#"{"a":1,"b":["x y"]}"#;
const PRETTY: &[u8] = b"{\n  \"a\": 1,\n  \"b\": [\n    \"x y\"\n  ]\n}";

fn attested(field: &[u8], shape: FieldShape) -> Attested {
    Attested::new(field, "report[0x50..0x90]", shape, Validity::default(), EvidenceLink::default())
}

fn field(digest: [u8; 32], nonce: [u8; 16], length: usize) -> Vec<u8> {
    let mut bytes = digest.to_vec();
    bytes.extend(nonce);
    bytes.resize(length, 0);
    bytes
}

fn bind(attested: &Attested, bytes: &[u8], policy: &Policy) -> Record {
    let mut log = Log::new(policy, CHECKS.iter().copied());
    let document = provenance(attested, bytes, policy, &mut log);
    let record = log.finish();
    let stops = record.checks.iter().any(|check| check.status == Status::NotReached);
    assert_eq!(document.is_err(), stops);
    record
}

/// The id of the check that failed; empty where all passed.
fn failure(record: &Record) -> &str {
    let not_passed = record.checks.iter().find(|check| check.status != Status::Pass);
    not_passed.map_or("", |check| {
        assert_eq!(check.status, Status::Fail);
        &check.id
    })
}

fn outcome(attested_field: &[u8], shape: FieldShape, bytes: &[u8]) -> String {
    failure(&bind(&attested(attested_field, shape), bytes, &Policy::default())).into()
}

fn policy(json: &str) -> Policy {
    Policy::from_json(json.as_bytes()).unwrap()
}

#[test]
fn both_forms_and_all_lengths_are_taken() {
    for digest in [sha256(PRETTY), sha256(COMPACT)] {
        for length in [32, 48, 50] {
            assert_eq!(outcome(&field(digest, [0; 16], length), FieldShape::Sized, PRETTY), "");
        }
        assert_eq!(outcome(&field(digest, [7; 16], 64), FieldShape::Padded, PRETTY), "");
    }
}

#[test]
fn claims_and_the_link_name_what_matched() {
    let attested = attested(&field(sha256(COMPACT), [7; 16], 64), FieldShape::Padded);
    let record = bind(&attested, PRETTY, &Policy::default());
    let claim = |id: &str| record.claims.iter().find(|claim| claim.id == id).unwrap();
    assert_eq!(claim("binding.digest_form").value, "compact-tokens");
    assert_eq!(claim("binding.nonce").value, "07".repeat(16));
    assert_eq!(claim("provenance.sha256").value, hex(&sha256(COMPACT)));
    assert_eq!(claim("provenance.sha256").authority, Authority::Hardware);
    let [link] = record.links.as_slice() else { panic!("one link") };
    assert!(link.holds);
    assert_eq!((&link.left, &link.right), (&hex(&sha256(COMPACT)), &hex(&sha256(COMPACT))));
}

#[test]
fn a_field_of_another_shape_is_refused() {
    let digest = sha256(PRETTY);
    for length in [0, 16, 31, 33, 47, 49, 51, 64] {
        let mut bytes = field(digest, [0; 16], length.max(48));
        bytes.truncate(length);
        assert_eq!(outcome(&bytes, FieldShape::Sized, PRETTY), "binding.field", "{length}");
    }
    for length in [0, 32, 48, 63, 65] {
        let mut bytes = field(digest, [0; 16], length.max(48));
        bytes.truncate(length);
        assert_eq!(outcome(&bytes, FieldShape::Padded, PRETTY), "binding.field", "{length}");
    }
    for at in 48..64 {
        let mut bytes = field(digest, [0; 16], 64);
        bytes[at] = 1;
        assert_eq!(outcome(&bytes, FieldShape::Padded, PRETTY), "binding.field");
    }
    let mut tail = field(digest, [0; 16], 50);
    tail[49] = 1;
    assert_eq!(outcome(&tail, FieldShape::Sized, PRETTY), "binding.field");
}

#[test]
fn a_digest_that_ends_in_zero_is_compared_whole() {
    // One document in 256 has such a digest.
    let number = (0..100_000).find(|n| sha256(format!("{{\"n\":{n}}}").as_bytes())[31] == 0).unwrap();
    let document = format!("{{\"n\":{number}}}");
    let digest = sha256(document.as_bytes());
    assert_eq!(outcome(&digest, FieldShape::Sized, document.as_bytes()), "");
    assert_eq!(outcome(&field(digest, [0; 16], 64), FieldShape::Padded, document.as_bytes()), "");
    assert_eq!(outcome(&digest[..31], FieldShape::Sized, document.as_bytes()), "binding.field");
    let mut shifted = digest[..31].to_vec();
    shifted.extend([9; 17]);
    assert_eq!(outcome(&shifted, FieldShape::Sized, document.as_bytes()), "binding.provenance_digest");
}

#[test]
fn a_changed_document_is_refused_at_its_digest() {
    for digest in [sha256(PRETTY), sha256(COMPACT)] {
        let bytes = field(digest, [0; 16], 48);
        for changed in [
            &br#"{"a":1,"b":["x y"],"c":0}"#[..],
            br#"{"b":["x y"],"a":1}"#,
            br#"{"\u0061":1,"b":["x y"]}"#,
            br#"{"a":1e0,"b":["x y"]}"#,
            br#"{"a":1,"b":["xy"]}"#,
        ] {
            assert_eq!(outcome(&bytes, FieldShape::Sized, changed), "binding.provenance_digest");
        }
    }
    // Nonce and digest exchange their places.
    let mut shifted = [7; 16].to_vec();
    shifted.extend(sha256(PRETTY));
    assert_eq!(outcome(&shifted, FieldShape::Sized, PRETTY), "binding.provenance_digest");
}

#[test]
fn reshaped_white_space_is_refused_in_both_forms() {
    let reshaped: &[&[u8]] = &[
        b"{\n  \"a\": 1,\n  \"b\": [\n    \"x y\"\n  ]\n}\n",
        b"{\r\n  \"a\": 1,\r\n  \"b\": [\r\n    \"x y\"\r\n  ]\r\n}",
        b"{\"a\": 1, \"b\": [\"x y\"]}",
        b" {\"a\":1,\"b\":[\"x y\"]}",
        b"{\t\"a\":1,\"b\":[\"x y\"]}",
    ];
    for bytes in reshaped {
        let compact = field(sha256(COMPACT), [0; 16], 64);
        assert_eq!(outcome(&compact, FieldShape::Padded, bytes), "binding.digest_form");
        let raw = field(sha256(PRETTY), [0; 16], 64);
        assert_eq!(outcome(&raw, FieldShape::Padded, bytes), "binding.provenance_digest");
        // A file that was attested as it is may look as it likes.
        let own = field(sha256(bytes), [0; 16], 64);
        assert_eq!(outcome(&own, FieldShape::Padded, bytes), "");
    }
}

#[test]
fn what_is_not_strict_json_is_never_compared() {
    for bytes in [
        &b""[..],
        b"[]",
        b"\xef\xbb\xbf{}",
        b"{} {}",
        br#"{"a":1,"a":1}"#,
        br#"{"a":1,"\u0061":1}"#,
        b"{\"a\":NaN}",
        b"{\"a\":\"\xff\"}",
    ] {
        let own = field(sha256(bytes), [0; 16], 64);
        assert_eq!(outcome(&own, FieldShape::Padded, bytes), "binding.provenance_json");
    }
}

#[test]
fn the_policy_says_which_form_it_takes() {
    let raw_only = policy(r#"{"schema":"kettle-policy/v1","digest_forms":["raw-bytes"]}"#);
    let compact = attested(&field(sha256(COMPACT), [0; 16], 64), FieldShape::Padded);
    assert_eq!(failure(&bind(&compact, PRETTY, &raw_only)), "binding.digest_form");
    // A file without white space has one digest in both forms: it counts as the file's bytes.
    assert_eq!(failure(&bind(&compact, COMPACT, &raw_only)), "");
    let compact_only = policy(r#"{"schema":"kettle-policy/v1","digest_forms":["compact-tokens"]}"#);
    assert_eq!(failure(&bind(&compact, PRETTY, &compact_only)), "");
    assert_eq!(failure(&bind(&compact, COMPACT, &compact_only)), "");
    let raw = attested(&field(sha256(PRETTY), [0; 16], 64), FieldShape::Padded);
    assert_eq!(failure(&bind(&raw, PRETTY, &compact_only)), "binding.digest_form");
}

#[test]
fn a_demanded_nonce_must_be_there_in_full() {
    let demanding = Policy::default().with_nonce(&"07".repeat(16)).unwrap();
    let with = |nonce: [u8; 16], length| attested(&field(sha256(PRETTY), nonce, length), FieldShape::Sized);
    assert_eq!(failure(&bind(&with([7; 16], 48), PRETTY, &demanding)), "");
    assert_eq!(failure(&bind(&with([7; 16], 50), PRETTY, &demanding)), "");
    let mut short = [7; 16];
    short[15] = 0;
    assert_eq!(failure(&bind(&with(short, 48), PRETTY, &demanding)), "binding.nonce");
    assert_eq!(failure(&bind(&with([0; 16], 48), PRETTY, &demanding)), "binding.nonce");
    let bare = attested(&sha256(PRETTY), FieldShape::Sized);
    assert_eq!(failure(&bind(&bare, PRETTY, &demanding)), "binding.nonce");
}

fn compared(field: &[u8], shape: FieldShape, given: Option<&[u8]>) -> Status {
    let policy = Policy::default();
    let mut log = Log::new(&policy, EXPECTED_CHECKS.iter().copied().chain([&NONCE]));
    expected(&attested(field, shape), given, &policy, &mut log);
    assert_eq!(log.status(&NONCE), Status::Pass, "nobody demands one");
    log.status(&REPORT_DATA)
}

#[test]
fn a_nonce_is_demanded_of_evidence_alone_too() {
    let demanding = Policy::default().with_nonce(&"07".repeat(16)).unwrap();
    let status = |attested: &Attested| {
        let mut log = Log::new(&demanding, EXPECTED_CHECKS.iter().copied().chain([&NONCE]));
        expected(attested, None, &demanding, &mut log);
        log.status(&NONCE)
    };
    use FieldShape::{Padded, Sized, Split};
    let (digest, other) = ([5; 32], [[7; 15].as_slice(), &[6]].concat());
    assert_eq!(status(&attested(&field(digest, [7; 16], 64), Padded)), Status::Pass);
    assert_eq!(status(&attested(&field(digest, [7; 16], 48), Sized)), Status::Pass);
    assert_eq!(status(&attested(b"any user data", Split).with_nonce(Some(&[7; 16]))), Status::Pass);
    assert_eq!(status(&attested(&[&digest[..], &other].concat(), Sized)), Status::Fail);
    for short in [&[][..], &[7; 32], &[7; 47]] {
        assert_eq!(status(&attested(short, Sized)), Status::Fail, "{short:02x?}");
    }
    for nonce in [&[][..], &[7; 15], &[7; 17], &other] {
        assert_eq!(status(&attested(&[7; 48], Split).with_nonce(Some(nonce))), Status::Fail, "{nonce:02x?}");
    }
}

#[test]
fn expected_report_data_is_compared_whole() {
    let digest = [5_u8; 32];
    let padded = field(digest, [0; 16], 64);
    use FieldShape::{Padded, Sized};
    assert_eq!(compared(&padded, Padded, Some(&digest)), Status::Pass);
    assert_eq!(compared(&padded, Padded, Some(&padded)), Status::Pass);
    assert_eq!(compared(&digest, Sized, Some(&digest)), Status::Pass);
    for given in [&digest[..31], &[5; 33], &[], &[4; 32], &[0; 64], &[0; 65]] {
        assert_eq!(compared(&padded, Padded, Some(given)), Status::Fail);
        assert_eq!(compared(&digest, Sized, Some(given)), Status::Fail);
    }
    assert_eq!(compared(&padded[..50], Sized, Some(&digest)), Status::Fail);
    assert_eq!(compared(&[], Sized, Some(&[])), Status::Fail);
    assert_eq!(compared(&[0; 64], Padded, Some(&[])), Status::Fail);
}

#[test]
fn report_data_that_nobody_expects_is_left_open() {
    assert_eq!(compared(&[5; 64], FieldShape::Padded, None), Status::NotReached);
    assert_eq!(compared(&[], FieldShape::Sized, None), Status::NotReached);
}

#[test]
fn genuine_documents_are_bound() {
    let genuine = [
        ("kettle/lunal-kettle/fixtures/ripgrep", DigestForm::CompactTokens),
        ("kettle/lunal-kettle/fixtures/alejandra", DigestForm::CompactTokens),
        ("kettle/confidentialdotai-kettle/fixtures/ripgrep", DigestForm::RawBytes),
    ];
    for (folder, form) in genuine {
        let Some(document) = crate::vectors::bytes(&format!("{folder}/provenance.json")) else { continue };
        let Some(evidence) = crate::vectors::bytes(&format!("{folder}/evidence.json")) else { continue };
        let evidence = json::parse(&evidence, 1 << 20).unwrap();
        let quote = evidence.get("evidence").unwrap().get("tpm_quote").unwrap().get("message").unwrap();
        let message = crate::text::unhex_any(quote.as_str().unwrap()).unwrap();
        // TPMS_ATTEST: magic 4, type 2, qualifiedSigner 2 + n, extraData 2 + n.
        let signer = usize::from(u16::from_be_bytes([message[6], message[7]]));
        let at = 8 + signer;
        let length = usize::from(u16::from_be_bytes([message[at], message[at + 1]]));
        let extra = &message[at + 2..at + 2 + length];
        let record = bind(&attested(extra, FieldShape::Sized), &document, &Policy::default());
        assert_eq!(failure(&record), "", "{folder}");
        let found = record.claims.iter().find(|claim| claim.id == "binding.digest_form").unwrap();
        assert_eq!(found.value, name(form), "{folder}");
    }
}
