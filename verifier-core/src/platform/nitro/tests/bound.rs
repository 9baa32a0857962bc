//! Documents that are bound to a provenance: the digest in `user_data`, the nonce in `nonce`.

use alloc::vec;

use super::*;
use crate::bundle::Bundle;
use crate::crypto::sha256;
use crate::platform::nitro::testing::{Cbor, MADE_TEXT, Maker, roots};
use crate::verdict::{Status, Verdict};

const PROVENANCE: &[u8] = b"{\"a\": 1}";

fn bound(user_data: Cbor, nonce: Cbor, rest: &str) -> Verdict {
    let document = Maker::new().with("user_data", user_data).with("nonce", nonce).document();
    let evidence = envelope(&document);
    let bundle = Bundle { provenance: PROVENANCE, evidence: &evidence, ..Bundle::default() };
    crate::appraise(&bundle, &policy(rest), &roots(), Timestamp::from_rfc3339(MADE_TEXT).unwrap())
}

fn status(verdict: &Verdict, id: &str) -> Status {
    verdict.check(id).unwrap().status
}

fn digest() -> Cbor {
    Cbor::Bytes(sha256(PROVENANCE).to_vec())
}

#[test]
fn the_digest_alone_lies_in_user_data() {
    let verdict = bound(digest(), Cbor::Null, "");
    assert_eq!(status(&verdict, "binding.field"), Status::Pass);
    assert_eq!(status(&verdict, "binding.provenance_digest"), Status::Pass);
    let longer = [sha256(PROVENANCE).to_vec(), vec![7; 16]].concat();
    let padded = [sha256(PROVENANCE).to_vec(), vec![0; 32]].concat();
    for field in [
        Cbor::Null,
        Cbor::Bytes(Vec::new()),
        Cbor::Bytes(sha256(PROVENANCE)[..31].to_vec()),
        Cbor::Bytes(longer),
        Cbor::Bytes(padded),
    ] {
        assert_eq!(failed(&bound(field, Cbor::Null, "")), "binding.field");
    }
    let other = Cbor::Bytes(sha256(b"other").to_vec());
    assert_eq!(failed(&bound(other, Cbor::Null, "")), "binding.provenance_digest");
}

#[test]
fn the_nonce_has_a_field_of_its_own() {
    let nonce = || Cbor::Bytes(vec![7; 16]);
    let demand = format!(r#""nonce":"{}""#, "07".repeat(16));
    let verdict = bound(digest(), nonce(), &demand);
    assert_eq!(status(&verdict, "binding.nonce"), Status::Pass);
    let claim = verdict.claims.iter().find(|claim| claim.id == "binding.nonce").unwrap();
    assert_eq!(claim.value, "07".repeat(16));
    for length in [0, 15, 17, 32] {
        assert_eq!(failed(&bound(digest(), Cbor::Bytes(vec![7; length]), "")), "binding.field", "{length}");
    }
    let other = bound(digest(), Cbor::Bytes(vec![8; 16]), &demand);
    assert_eq!(status(&other, "binding.nonce"), Status::Fail);
    let none = bound(digest(), Cbor::Null, &demand);
    assert_eq!(status(&none, "binding.nonce"), Status::Fail);
}

#[test]
fn expected_report_data_is_compared_whole() {
    let document = Maker::new().with("user_data", Cbor::Bytes(vec![7; 32])).document();
    let evidence = envelope(&document);
    let with = |expected: Option<Vec<u8>>| {
        let given = EvidenceOnly { evidence: &evidence, report_data: expected, ..EvidenceOnly::default() };
        let now = Timestamp::from_rfc3339(MADE_TEXT).unwrap();
        let verdict = appraise_evidence(&given, &Policy::default(), &roots(), now);
        status(&verdict, "binding.report_data")
    };
    assert_eq!(with(Some(vec![7; 32])), Status::Pass);
    assert_eq!(with(None), Status::NotReached);
    for wrong in [vec![], vec![7; 31], vec![7; 33], [vec![7; 32], vec![0; 32]].concat()] {
        assert_eq!(with(Some(wrong)), Status::Fail);
    }
}
