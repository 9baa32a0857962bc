//! Attested provenance that says the wrong thing of what was built (adversarial.md, P01, P06, P07).

use kettle_verifier_core::policy::{BuildTypeRule, SourceRule};

use crate::case::{Case, Expect};
use crate::provenance::{Build, Generation, Toolchain};
use crate::scene::{Scene, Step};

cases![
    statement_v01,
    statement_missing,
    predicate_v02,
    predicate_v11,
    build_type_near,
    build_type_f3_slash,
    build_type_not_taken,
    builder_slash,
    builder_http,
    builder_punycode,
    builder_homograph,
    builder_case,
    builder_not_taken,
    parameter_unknown,
    parameter_taken,
    command_missing,
    command_not_taken,
    source_parameter_unknown,
    source_other,
    source_near,
    commit_other,
    tree_other,
    commit_short,
    commit_upper,
    tree_missing,
    subjects_empty,
    subjects_missing,
    digest_sha512,
    digest_sha512_wrong,
    digest_upper,
    digest_short,
    digest_prefixed,
    digest_number,
    ends_before_begins,
    time_malformed,
    invocation_missing,
    version_other,
    version_named,
    unknown_member,
];

const STATEMENT: &str = "kettle-bundle.md, provenance.json; in-toto Statement v1";
const SLSA: &str = "kettle-bundle.md, provenance.json; SLSA Provenance v1";

fn built(id: &str, covers: &str, title: &str, check: &str, change: impl FnOnce(&mut Build)) -> Case {
    let mut scene = Scene::snp();
    change(&mut scene.build);
    Case::new(id, covers, title, Expect::fails(check))
        .why("the hardware attests the document, and the document must be what the policy takes", SLSA)
        .bundle(&scene)
}

fn respelt(id: &str, covers: &str, title: &str, check: &str, from: &str, to: &str) -> Case {
    let mut scene = Scene::snp();
    scene.replace(Step::Document, from, to);
    Case::new(id, covers, title, Expect::fails(check))
        .why("the hardware attests the document, and the document must be what the policy takes", STATEMENT)
        .bundle(&scene)
}

fn statement_v01() -> Case {
    built(
        "provenance/p07-statement-v01",
        "P07",
        "an in-toto Statement v0.1",
        "provenance.statement_type",
        |build| {
            build.statement_type = "https://in-toto.io/Statement/v0.1".into();
        },
    )
}

fn statement_missing() -> Case {
    respelt(
        "provenance/p07-statement-missing",
        "P07",
        "no `_type`",
        "provenance.statement_type",
        "\"_type\"",
        "\"type\"",
    )
}

fn predicate(id: &str, title: &str, uri: &str) -> Case {
    built(id, "P07", title, "provenance.predicate_type", |build| build.predicate_type = uri.into())
}

fn predicate_v02() -> Case {
    predicate("provenance/p07-predicate-v02", "SLSA Provenance v0.2", "https://slsa.dev/provenance/v0.2")
}

fn predicate_v11() -> Case {
    predicate(
        "provenance/p07-predicate-v11",
        "SLSA Provenance v1.1, which has no such type",
        "https://slsa.dev/provenance/v1.1",
    )
}

fn build_type(id: &str, title: &str, uri: &str) -> Case {
    built(id, "P07", title, "provenance.build_type", |build| build.build_type = uri.into())
}

fn build_type_near() -> Case {
    build_type(
        "provenance/p07-build-type",
        "a build type that lacks its version",
        "https://lunal.dev/kettle/cargo",
    )
}

fn build_type_f3_slash() -> Case {
    build_type(
        "provenance/p07-build-type-slash",
        "the build type with a slash at its end",
        "https://confidential.ai/attested-builds/v1/",
    )
}

fn build_type_not_taken() -> Case {
    built(
        "provenance/p07-build-type-not-taken",
        "P07",
        "a build type that the policy does not name",
        "provenance.build_type",
        |_| {},
    )
    .policy(|policy| {
        let rule = BuildTypeRule {
            uri: "https://lunal.dev/kettle/nix@v1".into(),
            external_parameters: None,
            build_commands: None,
        };
        policy.build_types = Some(vec![rule]);
    })
}

fn builder(id: &str, title: &str, uri: &str) -> Case {
    built(id, "P07", title, "provenance.builder", |build| build.builder = uri.into())
}

fn builder_slash() -> Case {
    builder(
        "provenance/p07-builder-slash",
        "the builder with a slash at its end",
        "https://lunal.dev/kettle-tee/v1/",
    )
}

fn builder_http() -> Case {
    builder("provenance/p07-builder-http", "the builder under http", "http://lunal.dev/kettle-tee/v1")
}

fn builder_punycode() -> Case {
    builder(
        "provenance/p07-builder-punycode",
        "a look-alike in punycode",
        "https://xn--lunl-63d.dev/kettle-tee/v1",
    )
}

fn builder_homograph() -> Case {
    builder(
        "provenance/p07-builder-homograph",
        "a look-alike with a Cyrillic letter",
        "https://lun\u{430}l.dev/kettle-tee/v1",
    )
}

fn builder_case() -> Case {
    builder("provenance/p07-builder-case", "the builder in other case", "https://Lunal.dev/kettle-tee/v1")
}

fn builder_not_taken() -> Case {
    built(
        "provenance/p07-builder-not-taken",
        "P07",
        "a known builder that the policy does not name",
        "provenance.builder",
        |_| {},
    )
    .policy(|policy| policy.builders = Some(vec!["https://confidential.ai/attested-builds".into()]))
}

const COMMAND: &str = r#""buildCommand": "cargo build --release --locked","#;

fn parameter_unknown() -> Case {
    let flags = format!(r#"{COMMAND} "buildFlags": "--features backdoor","#);
    respelt(
        "provenance/p01-parameter",
        "P01",
        "an attested external parameter that nobody knows",
        "provenance.external_parameters",
        COMMAND,
        &flags,
    )
}

fn parameter_taken() -> Case {
    let mut scene = Scene::snp();
    scene.replace(Step::Document, COMMAND, &format!(r#"{COMMAND} "buildFlags": "--features extra","#));
    Case::new(
        "provenance/p01-parameter-taken",
        "P01",
        "an external parameter that the policy names",
        Expect::verified(),
    )
    .why("whoever knows what the parameter does can take it", SLSA)
    .bundle(&scene)
    .policy(|policy| {
        let rule = BuildTypeRule {
            uri: "https://lunal.dev/kettle/cargo@v1".into(),
            external_parameters: Some(vec!["buildFlags".into()]),
            build_commands: Some(vec!["cargo build --release --locked".into()]),
        };
        policy.build_types = Some(vec![rule]);
    })
}

fn command_missing() -> Case {
    respelt(
        "provenance/command-missing",
        "P01",
        "no build command",
        "provenance.external_parameters",
        COMMAND,
        "",
    )
}

fn command_not_taken() -> Case {
    built(
        "provenance/command-not-taken",
        "P01",
        "a build command that the policy does not name",
        "provenance.external_parameters",
        |build| {
            build.command = "cargo build --features backdoor".into();
        },
    )
    .policy(|policy| {
        let rule = BuildTypeRule {
            uri: "https://lunal.dev/kettle/cargo@v1".into(),
            external_parameters: None,
            build_commands: Some(vec!["cargo build --release --locked".into()]),
        };
        policy.build_types = Some(vec![rule]);
    })
}

fn source_parameter_unknown() -> Case {
    respelt(
        "provenance/p01-source-parameter",
        "P01",
        "an unknown member of the source",
        "provenance.external_parameters",
        r#""gitCommit": "#,
        r#""gitSubmodules": "none", "gitCommit": "#,
    )
}

fn source(id: &str, title: &str, change: impl FnOnce(&mut Build)) -> Case {
    built(id, "P08", title, "provenance.source", change)
}

fn source_other() -> Case {
    source("provenance/source-other", "another repository than the policy's", |build| {
        build.repository = "https://git.example/other.git".into();
    })
}

fn source_near() -> Case {
    source("provenance/source-near", "the repository without `.git`", |build| {
        build.repository = "https://git.example/hello".into();
    })
}

fn commit_other() -> Case {
    source("provenance/commit-other", "another commit than the policy's", |build| {
        build.commit = "f".repeat(40);
    })
}

fn tree_other() -> Case {
    source("provenance/tree-other", "another tree than the policy's", |_| {}).policy(|policy| {
        policy.source = Some(SourceRule { trees: Some(vec!["f".repeat(40)]), ..SourceRule::default() });
    })
}

fn commit_short() -> Case {
    source("provenance/commit-short", "an abbreviated commit", |build| build.commit.truncate(12))
}

fn commit_upper() -> Case {
    source("provenance/commit-upper", "a commit in upper case", |build| build.commit.make_ascii_uppercase())
}

fn tree_missing() -> Case {
    respelt(
        "provenance/tree-missing",
        "P08",
        "no tree",
        "provenance.source",
        ",\n            \"gitTree\": \"89abcdef0123456789abcdef0123456789abcdef\"",
        "",
    )
}

fn subjects_empty() -> Case {
    built("provenance/subjects-empty", "P05", "no subjects", "provenance.subjects", |build| {
        build.subjects.clear();
    })
}

fn subjects_missing() -> Case {
    respelt(
        "provenance/subjects-missing",
        "P05",
        "no member `subject`",
        "provenance.subjects",
        "\"subject\": [",
        "\"subjects\": [",
    )
}

fn digest(id: &str, title: &str, change: impl FnOnce(&mut Vec<(String, String)>)) -> Case {
    built(id, "P06", title, "provenance.subjects", |build| change(&mut build.subjects[0].digest.0))
}

fn digest_sha512() -> Case {
    digest("provenance/p06-sha512", "a subject with SHA-512 alone", |digests| {
        *digests = vec![("sha512".into(), "ab".repeat(64))];
    })
}

fn digest_sha512_wrong() -> Case {
    let mut scene = Scene::snp();
    scene.build.subjects[0].digest.0.push(("sha512".into(), "ab".repeat(64)));
    Case::new(
        "provenance/p06-both",
        "P06",
        "a right SHA-256 and a SHA-512 that nobody compares",
        Expect::verified(),
    )
    .why("SHA-256 decides; that the other was not compared is noted", STATEMENT)
    .bundle(&scene)
}

fn digest_upper() -> Case {
    digest("provenance/p06-upper", "a digest in upper case", |digests| digests[0].1.make_ascii_uppercase())
}

fn digest_short() -> Case {
    digest("provenance/p06-short", "a digest of 63 characters", |digests| digests[0].1.truncate(63))
}

fn digest_prefixed() -> Case {
    digest("provenance/p06-prefixed", "a digest that begins with `sha256:`", |digests| {
        digests[0].1 = format!("sha256:{}", digests[0].1);
    })
}

fn digest_number() -> Case {
    respelt(
        "provenance/p06-object",
        "P06",
        "a digest that is an object",
        "provenance.subjects",
        "\"digest\": {\n        \"sha256\": \"",
        "\"digest\": {\n        \"sha256\": {}, \"other\": \"",
    )
}

fn run(id: &str, title: &str, change: impl FnOnce(&mut Build)) -> Case {
    built(id, "P07", title, "provenance.invocation", change)
}

fn ends_before_begins() -> Case {
    run("provenance/ends-before-begins", "a build that ends before it begins", |build| build.times.swap(0, 1))
}

fn time_malformed() -> Case {
    run("provenance/time-malformed", "a time without its offset", |build| {
        build.times[1] = "2026-05-31T11:59:59".into();
    })
}

fn invocation_missing() -> Case {
    respelt(
        "provenance/invocation-missing",
        "P07",
        "no invocation id",
        "provenance.invocation",
        "\"invocationId\"",
        "\"invocation\"",
    )
}

fn versioned(id: &str, title: &str, expect: Expect, version: &str) -> Case {
    let version = version.to_owned();
    Case::new(id, "P07", title, expect)
        .why(
            "an image holds one builder, and its version is part of what the policy names",
            "design.md, Policy",
        )
        .bundle(&Scene::snp().built(Generation::F3, Toolchain::Cargo))
        .policy(move |policy| policy.measurements.as_mut().unwrap()[0].builder_version = Some(version))
}

fn version_other() -> Case {
    versioned(
        "provenance/version-other",
        "another builder version than the policy's",
        Expect::fails("provenance.builder_version"),
        "kettle 1.0.0",
    )
}

fn version_named() -> Case {
    versioned(
        "provenance/ok-version",
        "the builder version that the policy names",
        Expect::verified(),
        "kettle 1.1.0",
    )
}

fn unknown_member() -> Case {
    let mut scene = Scene::snp();
    scene.replace(Step::Document, r#""invocationId""#, r#""host": "build7", "invocationId""#);
    Case::new(
        "provenance/ok-unknown-member",
        "P01",
        "an attested member outside the external parameters that nobody knows",
        Expect::verified(),
    )
    .why("in-toto and SLSA tell consumers to pass over it; it is noted", STATEMENT)
    .bundle(&scene)
}
