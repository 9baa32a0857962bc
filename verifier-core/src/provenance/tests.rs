use super::*;
use crate::crypto::sha256;
use crate::json;
use crate::log::Record;
use crate::text::hex;
use crate::verdict::Status;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString as _};
use serde_json::{Value as Json, json};

mod dependencies;
mod genuine;

const DEFINITION: &str = "/predicate/buildDefinition";

fn digest(seed: &str) -> String {
    hex(&sha256(seed.as_bytes()))
}

fn tool(name: &str, version: &str) -> Json {
    json!({"digest": {"sha256": digest(name)}, "version": version})
}

/// A statement without its Merkle root.
fn statement(build_type: &str, toolchain: Json, dependencies: Json) -> Json {
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "predicateType": "https://slsa.dev/provenance/v1",
        "subject": [{"digest": {"sha256": digest("artifact")}, "name": "tool"}],
        "predicate": {
            "buildDefinition": {
                "buildType": build_type,
                "externalParameters": {
                    "buildCommand": "cargo build",
                    "source": {
                        "digest": {"gitCommit": "1".repeat(40), "gitTree": "2".repeat(40)},
                        "uri": "https://example.org/tool"
                    }
                },
                "internalParameters": {
                    "lockfileHash": {"sha256": digest("lockfile")},
                    "toolchain": toolchain
                },
                "resolvedDependencies": dependencies
            },
            "runDetails": {
                "builder": {"id": "https://lunal.dev/kettle-tee/v1"},
                "byproducts": [{"digest": {"sha256": ""}, "name": "input_merkle_root"}],
                "metadata": {
                    "invocationId": "build-1",
                    "startedOn": "2026-03-05T07:06:04.2+00:00",
                    "finishedOn": "2026-03-05T07:06:05.1+00:00"
                }
            }
        }
    })
}

fn crate_from_registry(name: &str) -> Json {
    let sum = digest(name);
    json!({
        "digest": {"sha256": sum},
        "name": name,
        "uri": format!("pkg:cargo/{name}@1.0.0?checksum=sha256:{sum}")
    })
}

fn cargo() -> Json {
    let toolchain = json!({
        "cargo": tool("cargo", "cargo 1.93.1"),
        "rustc": tool("rustc", "rustc 1.93.1"),
        "kettle": tool("kettle", "1.0.0")
    });
    let dependencies = json!([crate_from_registry("b"), crate_from_registry("a")]);
    rooted(statement("https://lunal.dev/kettle/cargo@v1", toolchain, dependencies))
}

fn text<'j>(document: &'j Json, pointer: &str) -> &'j str {
    document.pointer(pointer).and_then(Json::as_str).unwrap_or_else(|| panic!("{pointer}"))
}

/// The same statement with the Merkle root over what it says, computed after the text of
/// kettle-bundle.md and not after the code.
fn rooted(mut document: Json) -> Json {
    let toolchain = document.pointer(&format!("{DEFINITION}/internalParameters/toolchain")).unwrap();
    let program = |name: &str| {
        let sha256 = text(toolchain, &format!("/{name}/digest/sha256")).to_owned();
        [sha256, text(toolchain, &format!("/{name}/version")).to_owned()]
    };
    let source = format!("{DEFINITION}/externalParameters/source/digest");
    let mut entries: Vec<String> = alloc::vec![
        text(&document, &format!("{source}/gitCommit")).into(),
        text(&document, &format!("{source}/gitTree")).into(),
    ];
    let lockfile =
        text(&document, &format!("{DEFINITION}/internalParameters/lockfileHash/sha256")).to_owned();
    let dependencies = document.pointer(&format!("{DEFINITION}/resolvedDependencies")).unwrap();
    let dependencies = dependencies.as_array().unwrap();
    if toolchain.get("nix").is_some() {
        entries.push(lockfile);
        for fetch in dependencies {
            let (_, hash) = text(fetch, "/uri").split_once("?hash=").unwrap();
            entries.push(format!("fetch:{}:{hash}", text(fetch, "/name")));
        }
        entries.extend(program("nix"));
    } else {
        let (first, second) =
            if toolchain.get("rustc").is_some() { ("rustc", "cargo") } else { ("node", "pnpm") };
        entries.extend(program(first));
        entries.extend(program(second));
        entries.push(lockfile);
        let mut uris: Vec<String> = dependencies.iter().map(|entry| text(entry, "/uri").into()).collect();
        uris.sort();
        entries.extend(uris);
    }
    let leaves: Vec<Vec<u8>> = entries.iter().map(|entry| sha256(entry.as_bytes()).to_vec()).collect();
    let root = Json::String(hex(&subtree(&leaves)));
    *document.pointer_mut("/predicate/runDetails/byproducts/0/digest/sha256").unwrap() = root;
    document
}

/// The root over some leaves, from the top: the left half is the largest power of two below them,
/// which is the same as taking them in pairs and passing the odd one up.
fn subtree(leaves: &[Vec<u8>]) -> Vec<u8> {
    if let [only] = leaves {
        return only.clone();
    }
    let half = leaves.len().next_power_of_two() / 2;
    let (left, right) = leaves.split_at(half);
    sha256(&[subtree(left), subtree(right)].concat()).to_vec()
}

fn with(mut document: Json, pointer: &str, value: Json) -> Json {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer}")) {
        Json::Array(list) if name == "-" => list.push(value),
        Json::Array(list) => list[name.parse::<usize>().unwrap()] = value,
        Json::Object(members) => {
            members.insert(name.into(), value);
        }
        _ => panic!("{pointer}"),
    }
    document
}

fn without(mut document: Json, pointer: &str) -> Json {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let members = document.pointer_mut(parent).and_then(Json::as_object_mut);
    assert!(members.unwrap().remove(name).is_some(), "{pointer}");
    document
}

fn appraised(bytes: &[u8], policy: &Policy) -> (Result<Statement, Stopped>, Record) {
    let mut log = Log::new(policy, CHECKS.iter().copied());
    let document = json::parse(bytes, 1 << 20).unwrap();
    let statement = appraise(&document, policy, &mut log);
    (statement, log.finish())
}

/// The ids of the checks that failed. Each check that was not reached has one before it that failed.
fn failures(document: &Json, policy: &Policy) -> Vec<String> {
    let (_, record) = appraised(document.to_string().as_bytes(), policy);
    let mut failed = Vec::new();
    for check in record.checks {
        match check.status {
            Status::Pass => {}
            Status::Fail => failed.push(check.id),
            _ => assert!(!failed.is_empty(), "{} is {:?}", check.id, check.status),
        }
    }
    failed
}

#[track_caller]
fn fails(document: &Json, id: &str) {
    let failed = failures(document, &Policy::default());
    assert_eq!(failed.first().map(String::as_str), Some(id), "{failed:?}");
}

#[track_caller]
fn passes(document: &Json) {
    assert_eq!(failures(document, &Policy::default()), Vec::<String>::new());
}

fn policy(rules: Json) -> Policy {
    let mut document = json!({"schema": "kettle-policy/v1"});
    document.as_object_mut().unwrap().extend(rules.as_object().unwrap().clone());
    Policy::from_json(document.to_string().as_bytes()).unwrap()
}

#[test]
fn a_sound_statement_passes_and_yields_its_subjects() {
    passes(&cargo());
    let (statement, record) = appraised(cargo().to_string().as_bytes(), &Policy::default());
    let statement = statement.unwrap();
    assert_eq!(statement.subjects().len(), 1);
    assert_eq!(statement.subjects()[0].name(), "tool");
    assert_eq!(statement.subjects()[0].sha256(), &sha256(b"artifact"));
    let claim =
        |id: &str| record.claims.iter().find(|claim| claim.id == id).map(|claim| claim.value.as_str());
    assert_eq!(claim("source.uri"), Some("https://example.org/tool"));
    assert_eq!(claim("source.commit"), Some(&*"1".repeat(40)));
    assert_eq!(claim("build.command"), Some("cargo build"));
    assert_eq!(claim("build.toolchain.rustc.version"), Some("rustc 1.93.1"));
    assert_eq!(claim("build.dependencies"), Some("2"));
    assert_eq!(claim("subject"), Some("tool"));
    assert!(record.claims.iter().all(|claim| claim.authority == Authority::Provenance));
}

#[test]
fn other_types_are_refused() {
    for other in ["https://in-toto.io/Statement/v0.1", "https://in-toto.io/Statement/v1/", ""] {
        fails(&with(cargo(), "/_type", json!(other)), "provenance.statement_type");
    }
    fails(&with(cargo(), "/_type", json!(["https://in-toto.io/Statement/v1"])), "provenance.statement_type");
    fails(&without(cargo(), "/_type"), "provenance.statement_type");
    for other in ["https://slsa.dev/provenance/v0.2", "https://slsa.dev/provenance/v1.1", ""] {
        fails(&with(cargo(), "/predicateType", json!(other)), "provenance.predicate_type");
    }
    fails(&json!({}), "provenance.statement_type");
}

#[test]
fn near_misses_of_the_ids_are_refused() {
    let known = "https://lunal.dev/kettle-tee/v1";
    for miss in [
        format!("{known}/"),
        known.replace("https", "http"),
        known.replace("lunal", "xn--lunal-abc"),
        known.to_uppercase(),
        known.replace('u', "\u{443}"),
        format!(" {known}"),
        String::new(),
    ] {
        fails(&with(cargo(), "/predicate/runDetails/builder/id", json!(miss)), "provenance.builder");
    }
    for miss in ["https://lunal.dev/kettle/cargo@v2", "https://lunal.dev/kettle/cargo", ""] {
        fails(&with(cargo(), &format!("{DEFINITION}/buildType"), json!(miss)), "provenance.build_type");
    }
    fails(&without(cargo(), "/predicate/runDetails/builder"), "provenance.builder");
    fails(&without(cargo(), &format!("{DEFINITION}/buildType")), "provenance.build_type");
}

#[test]
fn later_ids_are_taken() {
    let document = with(cargo(), &format!("{DEFINITION}/buildType"), json!(origin::SHARED_BUILD_TYPE));
    passes(&document);
    let id = json!("https://confidential.ai/attested-builds");
    passes(&with(document, "/predicate/runDetails/builder/id", id));
}

#[test]
fn the_policy_replaces_the_known_ids() {
    let rules = policy(json!({
        "builders": ["https://example.org/builder"],
        "build_types": [{"uri": "https://example.org/build"}]
    }));
    assert_eq!(failures(&cargo(), &rules), ["provenance.build_type", "provenance.builder"]);
    let own = with(cargo(), &format!("{DEFINITION}/buildType"), json!("https://example.org/build"));
    let own = with(own, "/predicate/runDetails/builder/id", json!("https://example.org/builder"));
    assert_eq!(failures(&own, &rules), Vec::<String>::new());
}

#[test]
fn unexpected_parameters_are_refused() {
    let parameters = format!("{DEFINITION}/externalParameters");
    for (pointer, value) in [
        ("/buildFlags", json!(["--evil"])),
        ("/source/ref", json!("main")),
        ("/source/digest/sha1", json!("1")),
        ("/buildCommand", json!("")),
        ("/buildCommand", json!(["cargo", "build"])),
        ("/source", json!("https://example.org/tool")),
        ("/source/digest", json!(null)),
    ] {
        let changed = with(cargo(), &format!("{parameters}{pointer}"), value);
        fails(&changed, "provenance.external_parameters");
    }
    fails(&without(cargo(), &format!("{parameters}/buildCommand")), "provenance.external_parameters");
    fails(&without(cargo(), &parameters), "provenance.external_parameters");
}

#[test]
fn the_policy_names_parameters_and_commands_for_a_build_type() {
    let flagged = with(cargo(), &format!("{DEFINITION}/externalParameters/buildFlags"), json!("x"));
    let uri = "https://lunal.dev/kettle/cargo@v1";
    let rule = |rule: Json| policy(json!({"build_types": [with(rule, "/uri", json!(uri))]}));
    let named = rule(json!({"external_parameters": ["buildFlags"]}));
    assert_eq!(failures(&flagged, &named), Vec::<String>::new());
    let other = rule(json!({"external_parameters": ["buildArguments"]}));
    assert_eq!(failures(&flagged, &other), ["provenance.external_parameters"]);
    let commands = rule(json!({"build_commands": ["cargo build"]}));
    assert_eq!(failures(&cargo(), &commands), Vec::<String>::new());
    let commands = rule(json!({"build_commands": ["cargo build --locked"]}));
    assert_eq!(failures(&cargo(), &commands), ["provenance.external_parameters"]);
}

#[test]
fn source_ids_are_git_ids() {
    let source = format!("{DEFINITION}/externalParameters/source");
    for name in ["gitCommit", "gitTree"] {
        for id in
            ["A".repeat(40), "1".repeat(39), "1".repeat(41), "1".repeat(64), "HEAD".into(), String::new()]
        {
            fails(&with(cargo(), &format!("{source}/digest/{name}"), json!(id)), "provenance.source");
        }
        fails(&without(cargo(), &format!("{source}/digest/{name}")), "provenance.source");
    }
    fails(&without(cargo(), &format!("{source}/uri")), "provenance.source");
    passes(&with(cargo(), &format!("{source}/uri"), json!("")));
    let long = with(cargo(), &format!("{source}/digest/gitCommit"), json!("1".repeat(64)));
    passes(&rooted(with(long, &format!("{source}/digest/gitTree"), json!("2".repeat(64)))));
}

#[test]
fn the_policy_compares_each_part_of_the_source() {
    let source = |rule: Json| failures(&cargo(), &policy(json!({"source": rule})));
    let (uri, commit, tree) = ("https://example.org/tool", "1".repeat(40), "2".repeat(40));
    let good = json!({"uris": ["https://example.org/other", uri], "commits": [commit], "trees": [tree]});
    assert_eq!(source(good), Vec::<String>::new());
    for rule in [
        json!({"uris": ["https://example.org/tool.git"]}),
        json!({"uris": [uri], "commits": ["3".repeat(40)]}),
        json!({"uris": [uri], "trees": ["3".repeat(40)]}),
    ] {
        assert_eq!(source(rule), ["provenance.source"]);
    }
}

#[test]
fn subjects_have_safe_names_of_their_own() {
    let subject = |name: &str, seed: &str| json!({"digest": {"sha256": digest(seed)}, "name": name});
    let many = |list: Json| with(cargo(), "/subject", list);
    for name in ["../x", "/x", "a//b", "a\\b", "C:x", "a\0b", "a\u{202e}b", "", ".", ".."] {
        fails(&many(json!([subject(name, "x")])), "provenance.subjects");
    }
    for (one, two) in [("x", "x"), ("x", "X"), ("caf\u{e9}", "cafe\u{301}")] {
        fails(&many(json!([subject(one, "x"), subject(two, "y")])), "provenance.subjects");
        fails(&many(json!([subject(one, "x"), subject(two, "x")])), "provenance.subjects");
    }
    passes(&many(json!([subject("x", "x"), subject("y", "x")])));
    passes(&many(json!([subject("bin/x", "x"), subject("lib/x", "y")])));
}

#[test]
fn subjects_have_a_sha256() {
    let good = digest("x");
    for bad in [
        json!({"sha256": good.to_uppercase()}),
        json!({"sha256": good[..63]}),
        json!({"sha256": format!("sha256:{good}")}),
        json!({"sha256": format!("{good}0")}),
        json!({"sha256": null}),
        json!({"sha512": format!("{good}{good}")}),
        json!({}),
        json!(good),
    ] {
        fails(&with(cargo(), "/subject/0/digest", bad), "provenance.subjects");
    }
    let both = json!({"sha256": good, "sha512": "0"});
    let document = with(cargo(), "/subject/0/digest", both);
    passes(&document);
    let (_, record) = appraised(document.to_string().as_bytes(), &Policy::default());
    assert!(record.notes.iter().any(|note| note.id == "provenance.subjects.other_digests"));
}

#[test]
fn there_are_subjects_within_bounds() {
    for none in [json!([]), json!(null), json!({}), json!("tool"), json!([null]), json!([{}])] {
        fails(&with(cargo(), "/subject", none), "provenance.subjects");
    }
    fails(&without(cargo(), "/subject"), "provenance.subjects");
    let one = |n: usize| json!({"digest": {"sha256": digest("x")}, "name": format!("x{n}")});
    let list: Vec<Json> = (0..=crate::limits::SUBJECTS).map(one).collect();
    let text = with(cargo(), "/subject", json!(list)).to_string();
    let document = json::parse(text.as_bytes(), 1 << 24).unwrap();
    let policy = Policy::default();
    let mut log = Log::new(&policy, CHECKS.iter().copied());
    assert!(appraise(&document, &policy, &mut log).is_err());
    assert_eq!(log.status(&SUBJECTS), Status::Fail);
}

#[test]
fn later_parts_are_looked_at_whatever_the_earlier_ones_said() {
    let document = with(cargo(), "/subject", json!([]));
    let document = with(document, "/predicate/runDetails/builder/id", json!("x"));
    let document = with(document, "/predicate/runDetails/metadata/startedOn", json!("x"));
    let failed = failures(&document, &Policy::default());
    assert_eq!(failed, ["provenance.subjects", "provenance.builder", "provenance.invocation"]);
}

#[test]
fn the_toolchain_fits_the_build_type() {
    let toolchain = format!("{DEFINITION}/internalParameters/toolchain");
    for build_type in ["https://lunal.dev/kettle/nix@v1", "https://lunal.dev/kettle/pnpm@v1"] {
        let other = with(cargo(), &format!("{DEFINITION}/buildType"), json!(build_type));
        fails(&other, "provenance.toolchain");
    }
    fails(&with(cargo(), &format!("{toolchain}/node"), tool("node", "1")), "provenance.toolchain");
    for name in ["cargo", "rustc", "kettle"] {
        fails(&without(cargo(), &format!("{toolchain}/{name}")), "provenance.toolchain");
        fails(&without(cargo(), &format!("{toolchain}/{name}/version")), "provenance.toolchain");
        let sha256 = format!("{toolchain}/{name}/digest/sha256");
        fails(&with(cargo(), &sha256, json!("0".repeat(63))), "provenance.toolchain");
        fails(&with(cargo(), &sha256, json!("A".repeat(64))), "provenance.toolchain");
    }
    let shared = with(cargo(), &format!("{DEFINITION}/buildType"), json!(origin::SHARED_BUILD_TYPE));
    fails(&with(shared, &format!("{toolchain}/node"), tool("node", "1")), "provenance.toolchain");
}

#[test]
fn the_lockfile_has_a_sha256() {
    let lockfile = format!("{DEFINITION}/internalParameters/lockfileHash");
    fails(&with(cargo(), &format!("{lockfile}/sha256"), json!("0".repeat(63))), "provenance.lockfile");
    fails(&with(cargo(), &format!("{lockfile}/sha256"), json!("A".repeat(64))), "provenance.lockfile");
    fails(&without(cargo(), &lockfile), "provenance.lockfile");
}

#[test]
fn every_input_of_the_merkle_tree_counts() {
    let internal = format!("{DEFINITION}/internalParameters");
    let source = format!("{DEFINITION}/externalParameters/source/digest");
    let root = "merkle_root";
    for (pointer, value) in [
        (format!("{source}/gitCommit"), json!("3".repeat(40))),
        (format!("{source}/gitTree"), json!("3".repeat(40))),
        (format!("{internal}/lockfileHash/sha256"), json!(digest("other"))),
        (format!("{internal}/toolchain/cargo/version"), json!("cargo 1.94.0")),
        (format!("{internal}/toolchain/cargo/digest/sha256"), json!(digest("other"))),
        (format!("{internal}/toolchain/rustc/version"), json!("rustc 1.94.0")),
        (format!("{internal}/toolchain/rustc/digest/sha256"), json!(digest("other"))),
        (format!("{DEFINITION}/resolvedDependencies/-"), crate_from_registry("c")),
        (format!("{DEFINITION}/resolvedDependencies/0"), crate_from_registry("c")),
    ] {
        let changed = with(cargo(), &pointer, value);
        fails(&changed, &format!("provenance.{root}"));
        passes(&rooted(changed));
    }
    // The builder itself is no input of the tree, and the order of Cargo's dependencies neither.
    passes(&with(cargo(), &format!("{internal}/toolchain/kettle"), tool("x", "2")));
    let swapped = json!([crate_from_registry("a"), crate_from_registry("b")]);
    passes(&with(cargo(), &format!("{DEFINITION}/resolvedDependencies"), swapped));
}

#[test]
fn there_is_exactly_one_root() {
    let byproducts = "/predicate/runDetails/byproducts";
    let root = cargo().pointer("/predicate/runDetails/byproducts/0").unwrap().clone();
    fails(&with(cargo(), &format!("{byproducts}/-"), root.clone()), "provenance.merkle_root");
    fails(&with(cargo(), byproducts, json!([])), "provenance.merkle_root");
    fails(&without(cargo(), byproducts), "provenance.merkle_root");
    fails(&with(cargo(), &format!("{byproducts}/0/name"), json!("merkle_root")), "provenance.merkle_root");
    let upper = text(&root, "/digest/sha256").to_uppercase();
    fails(&with(cargo(), &format!("{byproducts}/0/digest/sha256"), json!(upper)), "provenance.merkle_root");
    passes(&with(cargo(), &format!("{byproducts}/-"), json!({"name": "other", "digest": {}})));
}

#[test]
fn the_invocation_has_an_id_and_ordered_times() {
    let metadata = "/predicate/runDetails/metadata";
    for (name, value) in [
        ("invocationId", json!("")),
        ("invocationId", json!(7)),
        ("startedOn", json!("yesterday")),
        ("startedOn", json!("2026-03-05T07:06:06Z")),
        ("finishedOn", json!(null)),
        ("finishedOn", json!("2026-03-05 07:06:06")),
        ("finishedOn", json!("2026-03-05T07:06:03+00:00")),
    ] {
        fails(&with(cargo(), &format!("{metadata}/{name}"), value), "provenance.invocation");
    }
    fails(&without(cargo(), metadata), "provenance.invocation");
    passes(&with(cargo(), &format!("{metadata}/startedOn"), json!("2026-03-05T07:06:05Z")));
}

fn builder_version(measurement: Option<&str>, named: Option<&str>) -> Status {
    let mut image = json!({"id": "image", "platform": "snp", "launch_digest": "11".repeat(48)});
    if let Some(named) = named {
        image = with(image, "/builder_version", json!(named));
    }
    let mut other = image.clone();
    other = with(other, "/id", json!("other"));
    other = with(other, "/builder_version", json!("9.9.9"));
    let policy = policy(json!({"measurements": [other, image]}));
    let mut log = Log::new(&policy, CHECKS.iter().copied());
    if let Some(id) = measurement {
        log.claim("policy.measurement", id, Authority::Policy, "/measurements");
    }
    let text = cargo().to_string();
    let document = json::parse(text.as_bytes(), 1 << 20).unwrap();
    appraise(&document, &policy, &mut log).unwrap();
    log.status(&BUILDER_VERSION)
}

#[test]
fn the_builder_version_is_that_of_the_matched_image() {
    assert_eq!(builder_version(Some("image"), Some("1.0.0")), Status::Pass);
    assert_eq!(builder_version(Some("image"), Some("1.0")), Status::Fail);
    assert_eq!(builder_version(Some("image"), None), Status::Pass);
    assert_eq!(builder_version(Some("other"), Some("1.0.0")), Status::Fail);
    assert_eq!(builder_version(None, Some("9.9.9")), Status::Pass);
}

#[test]
fn unknown_fields_are_noted_up_to_a_bound() {
    let places = |document: &Json| -> Vec<String> {
        let (_, record) = appraised(document.to_string().as_bytes(), &Policy::default());
        let unknown = record.notes.into_iter().filter(|note| note.id == "provenance.unknown_field");
        unknown.map(|note| note.location).collect()
    };
    assert_eq!(places(&cargo()), Vec::<String>::new());
    let mut document = with(cargo(), "/extra", json!(1));
    document = with(document, "/subject/0/annotations", json!({}));
    document = with(document, "/predicate/runDetails/builder/version", json!({}));
    document = with(document, &format!("{DEFINITION}/internalParameters/toolchain/rustc/path"), json!("x"));
    passes(&document);
    let expected = [
        "/extra".into(),
        "/subject/0/annotations".into(),
        format!("{DEFINITION}/internalParameters/toolchain/rustc/path"),
        "/predicate/runDetails/builder/version".into(),
    ];
    assert_eq!(places(&document), expected);
    for n in 0..100 {
        document = with(document, &format!("/extra{n}"), json!(n));
    }
    assert_eq!(places(&document).len(), crate::limits::UNKNOWN_FIELDS + 1);
}

fn generation(document: &Json, form: &str, bytes: &str, nonce: &str) -> Option<String> {
    let policy = Policy::default();
    let mut log = Log::new(&policy, CHECKS.iter().copied());
    for (id, value) in
        [("binding.digest_form", form), ("binding.field_bytes", bytes), ("binding.nonce", nonce)]
    {
        log.claim(id, value, Authority::Hardware, "");
    }
    let text = document.to_string();
    appraise(&json::parse(text.as_bytes(), 1 << 20).unwrap(), &policy, &mut log).unwrap();
    log.claimed("bundle.generation").map(ToOwned::to_owned)
}

#[test]
fn generations_are_told_apart_as_far_as_they_can_be() {
    let shared = with(cargo(), &format!("{DEFINITION}/buildType"), json!(origin::SHARED_BUILD_TYPE));
    let told = |document: &Json, form, bytes, nonce| generation(document, form, bytes, nonce).unwrap();
    assert_eq!(told(&cargo(), "compact-tokens", "32", "none"), "F0");
    assert_eq!(told(&cargo(), "compact-tokens", "48", "none"), "F1");
    assert_eq!(told(&cargo(), "compact-tokens", "64", "07"), "F1");
    assert_eq!(told(&cargo(), "compact-tokens", "64", "none"), "F0 or F1");
    assert_eq!(told(&cargo(), "raw-bytes", "50", "none"), "F2");
    assert_eq!(told(&shared, "raw-bytes", "64", "none"), "F3");
}
