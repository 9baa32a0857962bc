//! Envelopes that can't be read (adversarial.md, P04, P11, P14, G02, G04, G05).

use crate::case::{Case, Expect};
use crate::scene::{Brought, Scene, Step};
use crate::signing::Hash;

cases![
    unknown_platform,
    upper_case_platform,
    platform_not_taken,
    platform_missing,
    platform_number,
    evidence_missing,
    evidence_array,
    extra_member,
    two_in_one,
    concatenated,
    newline_and_second,
    duplicate_platform,
    byte_order_mark,
    truncated,
    empty,
    random,
    too_large,
    base64url,
    base64_unpadded,
    base64_white_space,
    report_missing,
    report_null,
    chain_without_vcek,
    chain_text,
    extra_field,
    endorsement_field,
    own_endorsement,
    deep,
    epoch,
    policy_expired,
];

const ENVELOPE: &str = "kettle-bundle.md, evidence.json";

fn case(id: &str, covers: &str, title: &str, check: &str, scene: &Scene) -> Case {
    Case::new(id, covers, title, Expect::fails(check))
        .why("the envelope is one strict JSON object of exactly its fields", ENVELOPE)
        .bundle(scene)
}

fn respelt(id: &str, covers: &str, title: &str, check: &str, from: &str, to: &str) -> Case {
    let mut scene = Scene::snp();
    scene.replace(Step::Envelope, from, to);
    case(id, covers, title, check, &scene)
}

fn changed(
    id: &str,
    covers: &str,
    title: &str,
    check: &str,
    change: impl Fn(&mut Vec<u8>) + 'static,
) -> Case {
    let mut scene = Scene::snp();
    scene.change(Step::Envelope, change);
    case(id, covers, title, check, &scene)
}

fn unknown_platform() -> Case {
    respelt(
        "bundle/p11-unknown-platform",
        "P11 P04",
        "a platform that nobody knows",
        "input.platform",
        r#""snp""#,
        r#""sev-es""#,
    )
}

fn upper_case_platform() -> Case {
    respelt(
        "bundle/p11-platform-case",
        "P11 P04",
        "the platform in upper case",
        "input.platform",
        r#""snp""#,
        r#""SNP""#,
    )
}

fn platform_not_taken() -> Case {
    Case::new(
        "bundle/p04-platform-not-taken",
        "P04",
        "a platform that the policy does not take",
        Expect::fails("input.platform"),
    )
    .why("the policy names the platforms that it takes", ENVELOPE)
    .bundle(&Scene::snp())
    .policy(|policy| policy.platforms = Some(vec!["az-snp".into()]))
}

fn platform_missing() -> Case {
    respelt("bundle/p11-platform-missing", "P11", "no platform", "input.envelope", r#""platform":"snp","#, "")
}

fn platform_number() -> Case {
    respelt(
        "bundle/p11-platform-number",
        "P11",
        "a platform that is a number",
        "input.envelope",
        r#""snp""#,
        "1",
    )
}

fn evidence_missing() -> Case {
    changed("bundle/p11-evidence-missing", "P11", "no evidence", "input.envelope", |json| {
        *json = br#"{"platform":"snp"}"#.to_vec();
    })
}

fn evidence_array() -> Case {
    changed(
        "bundle/p14-array-of-evidence",
        "P14",
        "two pieces of evidence in an array",
        "input.envelope",
        |json| {
            *json = br#"{"platform":"snp","evidence":[{},{}]}"#.to_vec();
        },
    )
}

fn extra_member() -> Case {
    respelt(
        "bundle/p11-extra-member",
        "P11",
        "a member that the envelope does not have",
        "input.envelope",
        r#""platform":"snp","#,
        r#""platform":"snp","verified":true,"#,
    )
}

fn two_in_one() -> Case {
    changed(
        "bundle/p14-evidence-twice",
        "P14",
        "the member `evidence` comes twice",
        "input.evidence_json",
        |json| {
            let text = std::str::from_utf8(json).unwrap();
            *json =
                text.replacen(r#""platform":"snp","#, r#""platform":"snp","evidence":{},"#, 1).into_bytes();
        },
    )
}

fn concatenated() -> Case {
    changed(
        "bundle/p14-concatenated",
        "P14",
        "two envelopes, one after the other",
        "input.evidence_json",
        |json| {
            *json = json.repeat(2);
        },
    )
}

fn newline_and_second() -> Case {
    changed("bundle/p14-lines", "P14", "two envelopes, one on each line", "input.evidence_json", |json| {
        *json = [json.as_slice(), b"\n", json].concat();
    })
}

fn duplicate_platform() -> Case {
    respelt(
        "bundle/p11-platform-twice",
        "P11",
        "the member `platform` comes twice",
        "input.evidence_json",
        r#""platform":"snp","#,
        r#""platform":"az-snp","pl\u0061tform":"snp","#,
    )
}

fn byte_order_mark() -> Case {
    changed(
        "bundle/p11-byte-order-mark",
        "P11",
        "a byte order mark before the envelope",
        "input.evidence_json",
        |json| {
            json.splice(0..0, *b"\xef\xbb\xbf");
        },
    )
}

fn truncated() -> Case {
    changed(
        "bundle/g02-evidence",
        "G02",
        "an envelope without its last byte",
        "input.evidence_json",
        |json| {
            json.pop();
        },
    )
}

fn empty() -> Case {
    changed("bundle/g02-evidence-empty", "G02", "an empty evidence.json", "input.evidence_json", Vec::clear)
}

fn random() -> Case {
    changed("bundle/g04-random", "G04", "64 kB of noise", "input.evidence_json", |json| {
        *json = (0..2048_u32).flat_map(|block| Hash::Sha256.digest(&block.to_be_bytes())).collect();
    })
}

fn too_large() -> Case {
    case(
        "bundle/p11-too-large",
        "P11",
        "an envelope of more than 10 MiB",
        "input.evidence_json",
        &Scene::snp(),
    )
    .pad("evidence", 10 * 1024 * 1024 + 1)
}

fn layout(id: &str, covers: &str, title: &str, change: impl Fn(&mut Vec<u8>) + 'static) -> Case {
    changed(id, covers, title, "snp.evidence.layout", change)
}

fn base64url() -> Case {
    layout("snp/p11-base64url", "P11", "base64url in place of standard base64", |json| {
        let text = std::str::from_utf8(json).unwrap();
        assert!(text.contains(['+', '/']));
        *json = text.replace('+', "-").replace('/', "_").into_bytes();
    })
}

fn base64_unpadded() -> Case {
    layout("snp/p11-unpadded", "P11", "base64 without its padding", |json| {
        let text = std::str::from_utf8(json).unwrap();
        assert!(text.contains('='));
        *json = text.replace('=', "").into_bytes();
    })
}

fn base64_white_space() -> Case {
    layout("snp/p11-white-space", "P11", "white space in base64", |json| {
        let text = std::str::from_utf8(json).unwrap();
        *json = text.replacen(r#""attestation_report":""#, r#""attestation_report":" "#, 1).into_bytes();
    })
}

fn report_missing() -> Case {
    layout("snp/p11-report-missing", "P11", "no report", |json| {
        *json = br#"{"platform":"snp","evidence":{"cert_chain":null}}"#.to_vec();
    })
}

fn report_null() -> Case {
    layout("snp/p11-report-null", "P11", "a report that is null", |json| {
        *json = br#"{"platform":"snp","evidence":{"attestation_report":null,"cert_chain":null}}"#.to_vec();
    })
}

fn chain_without_vcek() -> Case {
    layout("snp/s04-chain-without-vcek", "S04", "a chain without a VCEK", |json| {
        let text = std::str::from_utf8(json).unwrap();
        let (before, _) = text.split_once(r#""cert_chain":"#).unwrap();
        *json = format!(r#"{before}"cert_chain":{{"ask":null,"ark":null}}}}}}"#).into_bytes();
    })
}

fn chain_text() -> Case {
    layout("snp/p11-chain-text", "P11", "a chain that is one text", |json| {
        let text = std::str::from_utf8(json).unwrap();
        let (before, _) = text.split_once(r#""cert_chain":"#).unwrap();
        *json = format!(r#"{before}"cert_chain":"MIIF"}}}}"#).into_bytes();
    })
}

fn extra_field() -> Case {
    layout("snp/p11-extra-field", "P11", "a field that the format does not have", |json| {
        let text = std::str::from_utf8(json).unwrap();
        *json = text.replacen(r#""evidence":{"#, r#""evidence":{"debug":false,"#, 1).into_bytes();
    })
}

fn endorsement_field() -> Case {
    layout("snp/p15-reference-values", "P15", "the bundle brings its own reference values", |json| {
        let text = std::str::from_utf8(json).unwrap();
        let values = r#""evidence":{"reference_values":{"measurement":"00"},"#;
        *json = text.replacen(r#""evidence":{"#, values, 1).into_bytes();
    })
    .advisory("google/gce-tcb-verifier#79")
}

fn own_endorsement() -> Case {
    let mut scene = Scene::snp();
    scene.brought = Brought::Nothing;
    scene.machine.key = crate::keys::EcKey::named("an attacker's");
    scene.machine.vek.spki_der = scene.machine.key.spki();
    scene.machine.signer = &crate::keys::ROGUE_ASK;
    let vek = scene.mint().vek;
    Case::new(
        "snp/p15-own-endorsement",
        "P15",
        "an endorsement that the attester made himself, beside the bundle",
        Expect::fails("snp.chain.vek_signature"),
    )
    .why("what lies beside a bundle is as hostile as what lies in it", "kettle-bundle.md, evidence.json")
    .bundle(&scene)
    .certificate(vek)
}

fn deep() -> Case {
    changed(
        "bundle/p11-deep",
        "P11 P02",
        "arrays nested a thousand deep in the evidence",
        "input.evidence_json",
        |json| {
            *json = format!(r#"{{"platform":"snp","evidence":{}{}}}"#, "[".repeat(1000), "]".repeat(1000))
                .into_bytes();
        },
    )
}

fn epoch() -> Case {
    Case::new(
        "bundle/g05-epoch",
        "G05",
        "the time of appraisal is 1970",
        Expect::fails("snp.chain.vek_validity"),
    )
    .why(
        "time is an input; a clock that is not set reads as 1970 and nothing is valid then",
        "design.md, root decision 9",
    )
    .bundle(&Scene::snp())
    .now("1970-01-01T00:00:00Z")
}

fn policy_expired() -> Case {
    Case::new(
        "bundle/policy-expired",
        "P13",
        "the policy expired a second ago",
        Expect::fails("input.policy_current"),
    )
    .why("an expired policy may name images that are no longer trusted", "design.md, Policy")
    .bundle(&Scene::snp())
    .policy(|policy| policy.expires = Some("2026-05-31T23:59:59Z".into()))
}
