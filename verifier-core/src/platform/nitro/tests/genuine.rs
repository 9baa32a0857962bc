//! Genuine documents, and damage to them.

use super::*;
use crate::text::unhex_any;
use crate::verdict::Status;

/// File, its own time, whether it is from a debug enclave, and the number
/// of PCRs: the captures' manifest.
const CAPTURES: [(&str, &str, bool, usize); 7] = [
    ("base-nitro-validator/NitroValidator.t.sol.bin", "2024-11-30T16:22:48Z", false, 16),
    ("evervault/debug-mode-attestation-doc-bytes", "2022-10-12T13:50:06Z", true, 16),
    ("evervault/valid-attestation-doc-base64", "2023-09-18T15:03:30Z", true, 16),
    ("evervault/valid-attestation-doc-bytes", "2022-10-13T08:58:02Z", false, 16),
    ("fastcrypto/nitro_attestation_tests-debug.bin", "2024-11-14T23:46:29Z", true, 16),
    ("fastcrypto/nitro_attestation_tests-pcr16.bin", "2025-11-10T17:20:10Z", false, 17),
    ("nautilus/twitter.move.bin", "2025-04-15T15:38:57Z", false, 16),
];

/// Years after the leaf of every capture ended.
const LATER: &str = "2030-01-01T00:00:00Z";

fn capture(name: &str) -> Option<Vec<u8>> {
    let bytes = vectors::bytes(&format!("nitro/{name}"))?;
    if !name.ends_with("base64") {
        return Some(bytes);
    }
    let text = core::str::from_utf8(&bytes).unwrap().trim();
    Some(Base64::decode_vec(text).unwrap())
}

fn run(document: &[u8], rest: &str, now: &str) -> Verdict {
    appraised(document, &policy(rest), &TrustRoots::pinned(), now)
}

#[test]
fn every_capture_gives_its_verdict_at_its_own_time_and_years_later() {
    for (name, time, debug, pcrs) in CAPTURES {
        let Some(document) = capture(name) else { return };
        for now in [time, LATER] {
            let verdict = run(&document, "", now);
            let expected = if debug { Outcome::Failed } else { Outcome::Unpinned };
            assert_eq!(verdict.outcome, expected, "{name}: {}", verdict.sentence);
            assert_eq!(failed(&verdict), if debug { "nitro.policy.debug" } else { "" }, "{name}");
            assert_eq!((&*verdict.valid_from, &*verdict.valid_until), (time, ""), "{name}");
            let named = verdict.claims.iter().filter(|claim| claim.id.starts_with("nitro.pcr."));
            assert_eq!(named.count(), pcrs, "{name}");
            assert!(verdict.notes.iter().any(|note| note.id == "nitro.own_time"), "{name}");
        }
        let taken = run(&document, r#""insecure_allow_debug":true"#, LATER);
        assert_eq!(taken.outcome, Outcome::Unpinned, "{name}: {}", taken.sentence);
        assert_eq!(taken.notes.iter().any(|note| note.id == "nitro.debug"), debug, "{name}");
    }
}

/// Evervault's TLS certificates hold a document as hex in a DNS name.
fn embedded(name: &str) -> Option<Vec<u8>> {
    let bytes = vectors::bytes(&format!("nitro/evervault/{name}"))?;
    let der = match core::str::from_utf8(&bytes) {
        Ok(pem) => {
            let lines = pem.lines().skip(1).take_while(|line| !line.starts_with("-----END"));
            Base64::decode_vec(&lines.collect::<String>()).unwrap()
        }
        Err(_) => bytes,
    };
    let begin = der.windows(14).position(|window| window == b"8444a1013822a0").unwrap();
    let digits: Vec<u8> = der[begin..].iter().copied().take_while(u8::is_ascii_hexdigit).collect();
    unhex_any(core::str::from_utf8(&digits[..digits.len() & !1]).unwrap())
}

#[test]
fn documents_in_certificates_are_genuine_too() {
    for (name, check) in [
        ("non-debug-cert-containing-attestation-document-18-1-23.pem", ""),
        ("non-debug-cert-containing-attestation-document-18-1-23-der.crt", ""),
        ("debug-mode-cert-containing-attestation-doc-18-1-23.pem", "nitro.policy.debug"),
    ] {
        let Some(document) = embedded(name) else { return };
        let verdict = run(&document, "", LATER);
        assert_eq!(failed(&verdict), check, "{name}: {}", verdict.sentence);
        let authentic = verdict.check("cose.signature").unwrap().status;
        assert_eq!(authentic, Status::Pass, "{name}: {}", verdict.sentence);
    }
}

#[test]
fn a_capture_is_refused_before_its_own_time_and_beyond_its_age() {
    for (name, time, ..) in CAPTURES {
        let Some(document) = capture(name) else { return };
        let debug = r#""insecure_allow_debug":true"#;
        let own = Timestamp::from_rfc3339(time).unwrap();
        let before = Timestamp::from_unix(own.unix() - 1).unwrap().to_rfc3339();
        assert_eq!(failed(&run(&document, debug, &before)), "nitro.policy.future", "{name}");
        let aged = format!(r#"{debug},"nitro":{{"maximum_age_seconds":600}}"#);
        let last = own.plus_seconds(600).to_rfc3339();
        let verdict = run(&document, &aged, &last);
        assert_eq!(failed(&verdict), "", "{name}");
        assert_eq!(verdict.valid_until, last, "{name}");
        let after = own.plus_seconds(601).to_rfc3339();
        assert_eq!(failed(&run(&document, &aged, &after)), "nitro.policy.age", "{name}");
    }
}

#[test]
fn every_truncation_is_refused() {
    let Some(document) = capture(CAPTURES[5].0) else { return };
    for end in (0..document.len()).step_by(7) {
        let verdict = run(&document[..end], "", LATER);
        assert_eq!(verdict.outcome, Outcome::Failed, "{end}");
        assert_eq!(failed(&verdict), "cose.structure", "{end}");
    }
}

#[test]
fn every_flipped_bit_is_refused() {
    for (name, ..) in [CAPTURES[5], CAPTURES[6]] {
        let Some(document) = capture(name) else { return };
        for bit in (0..document.len() * 8).step_by(173) {
            let mut flipped = document.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let verdict = run(&flipped, "", LATER);
            assert_eq!(verdict.outcome, Outcome::Failed, "{name}, bit {bit}");
            let authentic = verdict.check("cose.signature").unwrap().status == Status::Pass;
            assert!(!authentic, "{name}, bit {bit}");
        }
    }
}

#[test]
fn a_tag_may_stand_before_a_genuine_document() {
    let Some(document) = capture(CAPTURES[5].0) else { return };
    let tagged: Vec<u8> = [0xd2].into_iter().chain(document).collect();
    assert_eq!(run(&tagged, "", LATER).outcome, Outcome::Unpinned);
}

#[test]
fn a_measurement_must_name_all_three_registers() {
    let Some(document) = capture(CAPTURES[6].0) else { return };
    let seen = run(&document, "", LATER);
    let claim = |index: u32| {
        let id = format!("nitro.pcr.{index}");
        seen.claims.iter().find(|claim| claim.id == id).unwrap().value.clone()
    };
    let pcr = |index: u32, value: &str| format!(r#"{{"index":{index},"sha384":"{value}"}}"#);
    let measured = |pcrs: &[String]| {
        let pcrs = if pcrs.is_empty() { String::new() } else { format!(r#","pcrs":[{}]"#, pcrs.join(",")) };
        let image = format!(r#"{{"id":"image","platform":"nitro","launch_digest":"{}"{pcrs}}}"#, claim(0));
        run(&document, &format!(r#""measurements":[{image}]"#), LATER)
    };
    let both = [pcr(1, &claim(1)), pcr(2, &claim(2))];
    let pinned = measured(&both);
    assert_eq!(pinned.check("machine.pcrs").unwrap().status, Status::Pass);
    for missing in [&both[..1], &both[1..], &[]] {
        let verdict = measured(missing);
        assert_eq!(verdict.check("machine.measurement").unwrap().status, Status::Pass);
        assert_eq!(verdict.check("machine.pcrs").unwrap().status, Status::NotReached);
        assert_eq!(verdict.outcome, Outcome::Unpinned);
        assert!(verdict.sentence.contains("PCR 0 without PCRs 1 and 2"), "{}", verdict.sentence);
    }
    let other = measured(&[pcr(1, &claim(2)), pcr(2, &claim(2))]);
    assert_eq!(failed(&other), "machine.pcrs");
    let absent = measured(&[pcr(1, &claim(1)), pcr(2, &claim(2)), pcr(16, &claim(2))]);
    assert_eq!(failed(&absent), "machine.pcrs");
    let fourth = measured(&[pcr(1, &claim(1)), pcr(2, &claim(2)), pcr(4, &claim(4))]);
    assert_eq!(fourth.check("machine.pcrs").unwrap().status, Status::Pass);
}
