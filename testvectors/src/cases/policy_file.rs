//! Policies and trust-root files that must be refused before anything is appraised (adversarial.md,
//! P13).

use crate::case::{Case, Expect};
use crate::scene::Scene;
use crate::trust::TrustRootFile;

cases![
    unknown_key,
    misspelt,
    empty_list,
    null_pin,
    duplicate_key,
    trailing,
    other_schema,
    empty_file,
    zero_digest,
    short_digest,
    upper_digest,
    unknown_platform,
    long_id,
    build_type_twice,
    level_twice,
    never_in_force,
    waiver_unknown,
    waiver_of_signature,
    waiver_without_reason,
    nonce_zero,
    trust_root_empty,
    trust_root_unknown_key,
    trust_root_schema,
    trust_root_truncated,
];

fn policy(id: &str, title: &str, at: &str, text: &str) -> Case {
    Case::new(id, "P13 P10", title, Expect::unreadable_policy(at))
        .why("there is no such thing as a rule that silently does not apply", "design.md, Policy")
        .bundle(&Scene::snp())
        .policy_text(text)
}

fn unknown_key() -> Case {
    policy(
        "policy/p13-unknown-key",
        "a rule that nobody knows",
        "/require_magic",
        r#"{"schema":"kettle-policy/v1","require_magic":true}"#,
    )
}

fn misspelt() -> Case {
    let text = r#"{"schema":"kettle-policy/v1","expected_mesurement":"00"}"#;
    policy("policy/p13-misspelt", "a misspelt rule", "/expected_mesurement", text)
}

fn empty_list() -> Case {
    policy(
        "policy/p13-empty-list",
        "an empty list of images",
        "/measurements",
        r#"{"schema":"kettle-policy/v1","measurements":[]}"#,
    )
}

fn null_pin() -> Case {
    policy(
        "policy/p13-null",
        "a list of images that is null",
        "/measurements",
        r#"{"schema":"kettle-policy/v1","measurements":null}"#,
    )
}

fn duplicate_key() -> Case {
    let text = r#"{"schema":"kettle-policy/v1","nonce":"4e4e4e4e4e4e4e4e4e4e4e4e4e4e4e4e","nonce":"4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f"}"#;
    policy("policy/p13-duplicate", "a rule that comes twice", "line 1 column 73", text)
}

fn trailing() -> Case {
    policy(
        "policy/p13-trailing",
        "bytes after the policy",
        "line 1 column 31",
        r#"{"schema":"kettle-policy/v1"} {}"#,
    )
}

fn other_schema() -> Case {
    policy("policy/p13-schema", "a policy of another schema", "/schema", r#"{"schema":"kettle-policy/v2"}"#)
}

fn empty_file() -> Case {
    policy("policy/p13-empty", "an empty file", "line 1 column 1", "")
}

fn digest(id: &str, title: &str, digest: &str) -> Case {
    let text = format!(
        r#"{{"schema":"kettle-policy/v1","measurements":[{{"id":"a","platform":"snp","launch_digest":"{digest}"}}]}}"#
    );
    policy(id, title, "/measurements/0/launch_digest", &text)
}

fn zero_digest() -> Case {
    digest("policy/p13-zero-digest", "a launch digest of zeros", &"00".repeat(48))
}

fn short_digest() -> Case {
    digest("policy/p13-short-digest", "a launch digest of 32 bytes", &"ab".repeat(32))
}

fn upper_digest() -> Case {
    digest("policy/p13-upper-digest", "a launch digest in upper case", &"AB".repeat(48))
}

fn unknown_platform() -> Case {
    policy(
        "policy/p13-platform",
        "a platform that nobody knows",
        "/platforms/0",
        r#"{"schema":"kettle-policy/v1","platforms":["sev-es"]}"#,
    )
}

/// What a verdict claims is cut after 200 characters, and the rules of an image are found by its id there.
fn long_id() -> Case {
    let text = format!(
        r#"{{"schema":"kettle-policy/v1","measurements":[{{"id":"{}","platform":"snp","launch_digest":"{}","builder_version":"1.0.0"}}]}}"#,
        "a".repeat(201),
        "ab".repeat(48)
    );
    policy("policy/p13-long-id", "an image's name that no verdict can repeat", "/measurements/0/id", &text)
}

fn build_type_twice() -> Case {
    let text =
        r#"{"schema":"kettle-policy/v1","build_types":[{"uri":"a"},{"uri":"a","build_commands":["make"]}]}"#;
    policy("policy/p13-build-type-twice", "two rules for one build type", "/build_types/1/uri", text)
}

fn level_twice() -> Case {
    let image = format!(r#"{{"id":"a","platform":"snp","launch_digest":"{}"}}"#, "ab".repeat(48));
    let level = |level: u8| format!(r#"{{"measurement":"a","builder":"b","level":{level}}}"#);
    let text = format!(
        r#"{{"schema":"kettle-policy/v1","measurements":[{image}],"levels":[{},{}]}}"#,
        level(3),
        level(1)
    );
    policy("policy/p13-level-twice", "two levels for one builder", "/levels/1/builder", &text)
}

fn never_in_force() -> Case {
    let text =
        r#"{"schema":"kettle-policy/v1","issued":"2027-01-01T00:00:00Z","expires":"2026-01-01T00:00:00Z"}"#;
    policy("policy/p13-never-in-force", "a policy that expires before it is issued", "/expires", text)
}

fn waiver(id: &str, title: &str, at: &str, check: &str, reason: &str) -> Case {
    let text =
        format!(r#"{{"schema":"kettle-policy/v1","waivers":[{{"id":"{check}","reason":"{reason}"}}]}}"#);
    policy(id, title, at, &text)
}

fn waiver_unknown() -> Case {
    waiver(
        "policy/p13-waiver-unknown",
        "a waiver of a check that does not exist",
        "/waivers/0/id",
        "snp.report.signature2",
        "x",
    )
}

fn waiver_of_signature() -> Case {
    waiver(
        "policy/p13-waiver-signature",
        "a waiver of the report's signature",
        "/waivers/0/id",
        "snp.report.signature",
        "x",
    )
}

fn waiver_without_reason() -> Case {
    waiver(
        "policy/p13-waiver-reason",
        "a waiver without a reason",
        "/waivers/0/reason",
        "snp.tcb.launch",
        " ",
    )
}

fn nonce_zero() -> Case {
    let text = format!(r#"{{"schema":"kettle-policy/v1","nonce":"{}"}}"#, "00".repeat(16));
    policy("policy/p13-nonce-zero", "a nonce of zeros, which means none", "/nonce", &text)
}

fn roots(id: &str, title: &str, at: &str, change: impl FnOnce(&mut TrustRootFile)) -> Case {
    Case::new(id, "P13 P15", title, Expect::unreadable_trust_root(at))
        .why(
            "there is no state without roots, and none with half of them",
            "design.md, root decisions 6 and 9",
        )
        .bundle(&Scene::snp())
        .trust_root(change)
}

fn trust_root_empty() -> Case {
    roots("policy/trust-root-empty", "a trust-root file without roots", "/amd", |file| file.amd.clear())
}

fn trust_root_unknown_key() -> Case {
    roots("policy/trust-root-mode", "a mode that nobody knows", "/mode", |file| {
        file.mode = "ignore".into();
    })
}

fn trust_root_schema() -> Case {
    roots("policy/trust-root-schema", "a trust-root file of another schema", "/schema", |file| {
        file.schema = "kettle-trust-root/v0".into();
    })
}

fn trust_root_truncated() -> Case {
    roots("policy/trust-root-no-base64", "a root that is no base64", "/amd/0/ark", |file| {
        file.amd[0].ark.pop();
    })
}
