//! The format's own rules, read off its description and from nothing of ours: digest, subjects, inputs and
//! their Merkle root as the verifiers see them that were there before us.
//!
//! Everything is worked out here by itself. Neither the attester's code nor `verifier-core` has a hand in it.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a test that panics has failed"
)]

mod common;

use std::collections::BTreeMap;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{Built, Project, URI, names, sandbox};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

/// The statement with the fields that the format has, and none that we add.
#[derive(Deserialize)]
struct Statement {
    #[serde(rename = "_type")]
    kind: String,
    predicate: Predicate,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    subject: Vec<Named>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Predicate {
    build_definition: Definition,
    run_details: Run,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Definition {
    build_type: String,
    external_parameters: External,
    internal_parameters: Internal,
    resolved_dependencies: Vec<Dependency>,
}

/// Beside these two there may be none: verifiers refuse external parameters that they do not know.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct External {
    build_command: String,
    source: Source,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    digest: BTreeMap<String, String>,
    uri: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Internal {
    lockfile_hash: BTreeMap<String, String>,
    toolchain: BTreeMap<String, Tool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tool {
    digest: BTreeMap<String, String>,
    version: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Dependency {
    digest: BTreeMap<String, String>,
    name: String,
    uri: String,
}

#[derive(Deserialize)]
struct Run {
    builder: BTreeMap<String, String>,
    byproducts: Vec<Named>,
    metadata: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    digest: BTreeMap<String, String>,
    name: String,
}

fn sha256(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// "leaf = SHA-256(UTF-8 bytes of the entry); inner node = SHA-256(left ‖ right), no prefix, no leaf count; an
/// odd node is promoted unchanged": from above, by the largest power of two, where the builder goes from below.
fn root(entries: &[&str]) -> Vec<u8> {
    match entries {
        [one] => sha256(one.as_bytes()),
        _ => {
            let half = entries.len().next_power_of_two() / 2;
            sha256(&[root(&entries[..half]), root(&entries[half..])].concat())
        }
    }
}

/// Cargo's entries, in order.
fn entries(definition: &Definition) -> Vec<&str> {
    let tools = &definition.internal_parameters.toolchain;
    let known: Vec<&str> = tools.keys().map(String::as_str).collect();
    assert_eq!(known, ["cargo", "kettle", "rustc"]);
    let tool = |name: &str| [tools[name].digest["sha256"].as_str(), &tools[name].version];
    let source = &definition.external_parameters.source.digest;
    let mut entries = vec![source["gitCommit"].as_str(), &source["gitTree"]];
    entries.extend([tool("rustc"), tool("cargo")].concat());
    entries.push(&definition.internal_parameters.lockfile_hash["sha256"]);
    let mut uris: Vec<&str> =
        definition.resolved_dependencies.iter().map(|dependency| dependency.uri.as_str()).collect();
    uris.sort_unstable();
    entries.extend(uris);
    entries
}

/// The roots that the statement names: there may be one.
fn merkle_root(statement: &Statement) -> Vec<String> {
    let byproducts = &statement.predicate.run_details.byproducts;
    let roots = byproducts.iter().filter(|byproduct| byproduct.name == "input_merkle_root");
    roots.map(|root| root.digest["sha256"].clone()).collect()
}

/// The bundle's provenance half by the format's rules.
fn holds(built: &Built, commit: &str, nonce: &[u8; 16]) -> Statement {
    let bytes = built.file("provenance.json");
    let text = std::str::from_utf8(&bytes).unwrap();
    // Generation F3: two spaces, no newline at the end, and the digest is over the file's bytes.
    assert!(text.starts_with("{\n  \"_type\": \"https://in-toto.io/Statement/v1\",\n  \"predicate\": {\n"));
    assert!(text.ends_with("\n}"));
    let order = [
        "\"buildDefinition\"",
        "\"buildType\"",
        "\"externalParameters\"",
        "\"buildCommand\"",
        "\"gitCommit\"",
        "\"gitTree\"",
        "\"internalParameters\"",
        "\"lockfileHash\"",
        "\"toolchain\"",
        "\"resolvedDependencies\"",
        "\"runDetails\"",
        "\"builder\"",
        "\"byproducts\"",
        "\"metadata\"",
        "\"invocationId\"",
        "\"startedOn\"",
        "\"finishedOn\"",
        "\"predicateType\"",
        "\"subject\"",
    ];
    let places: Vec<usize> = order.iter().map(|name| text.find(name).unwrap()).collect();
    assert!(places.is_sorted(), "{places:?}");

    // The report's data is the digest, the nonce and zeros.
    let evidence: serde_json::Value = serde_json::from_slice(&built.file("evidence.json")).unwrap();
    assert_eq!(evidence["platform"], "snp");
    let report = STANDARD.decode(evidence["evidence"]["attestation_report"].as_str().unwrap()).unwrap();
    assert_eq!(report.len(), 1184);
    assert_eq!(report[0x50..0x90], [&sha256(&bytes)[..], nonce, &[0; 16]].concat());

    let statement: Statement = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(statement.kind, "https://in-toto.io/Statement/v1");
    assert_eq!(statement.predicate_type, "https://slsa.dev/provenance/v1");
    let definition = &statement.predicate.build_definition;
    assert_eq!(definition.build_type, "https://confidential.ai/attested-builds/v1");
    assert_eq!(definition.external_parameters.source.uri, URI);
    assert_eq!(definition.external_parameters.source.digest["gitCommit"], commit);
    assert!(definition.external_parameters.build_command.starts_with("cargo build"));
    let run = &statement.predicate.run_details;
    assert_eq!(run.builder["id"], "https://confidential.ai/attested-builds");
    for time in ["startedOn", "finishedOn"] {
        assert!(run.metadata[time].ends_with("+00:00"), "{}", run.metadata[time]);
    }

    assert_eq!(merkle_root(&statement), vec![hex(&root(&entries(definition)))]);

    // Every artifact that is there is a subject, and has its digest.
    let files = names(&built.bundle.join("artifacts"));
    assert_eq!(files, statement.subject.iter().map(|subject| subject.name.as_str()).collect::<Vec<_>>());
    for subject in &statement.subject {
        let file = built.file(&format!("artifacts/{}", subject.name));
        assert_eq!(subject.digest, [("sha256".to_owned(), hex(&sha256(&file)))].into());
    }
    statement
}

#[test]
fn a_bundle_keeps_to_the_known_format() {
    if !sandbox() {
        return;
    }
    let project = Project::hello();
    let commit = project.commit();
    let built = project.build_with(&["--simulate", "snp", "--nonce", &"4e".repeat(16)]).holds();
    let statement = holds(&built, &commit, &[0x4e; 16]);
    assert!(statement.predicate.build_definition.resolved_dependencies.is_empty());
    // One other character anywhere is another document.
    let edited =
        String::from_utf8(built.file("provenance.json")).unwrap().replacen(": \"build-", ": \"Build-", 1);
    std::fs::write(built.bundle.join("provenance.json"), edited).unwrap();
    assert!(std::panic::catch_unwind(|| holds(&built, &commit, &[0x4e; 16])).is_err());
}

#[test]
fn dependencies_are_named_as_the_known_format_names_them() {
    if !sandbox() {
        return;
    }
    let crates = [
        ("cfg-if", "1.0.4", "9330f8b2ff13f34540b44e946ef35111825727b38d33286ef986142615121801"),
        ("itoa", "1.0.15", "4a5f13b858c8d314ee3e8f639011f7ccefe71f97f96e50151fb991f267928e2c"),
    ];
    let project = Project::hello();
    let mut manifest =
        "[package]\nname = \"hello\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\n".to_owned();
    let mut lockfile = "version = 4\n".to_owned();
    for (name, version, digest) in crates {
        manifest += &format!("{name} = \"={version}\"\n");
        let own = if name == "itoa" {
            ""
        } else {
            "\n[[package]]\nname = \"hello\"\nversion = \"0.1.0\"\ndependencies = [\n \"cfg-if\",\n \"itoa\",\n]\n"
        };
        lockfile += &format!(
            "\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"{digest}\"\n{own}"
        );
    }
    project.write("Cargo.toml", &manifest).write("Cargo.lock", &lockfile);
    let commit = project.commit();
    let outside = Command::new("cargo")
        .args(["fetch", "--locked", "--quiet"])
        .current_dir(project.path())
        .env("CARGO_HOME", project.beside("cargo"))
        .output();
    if !outside.unwrap().status.success() {
        println!("not run: the registry can't be reached from here");
        return;
    }
    let built = project.build_with(&["--simulate", "snp"]).holds();
    let statement = holds(&built, &commit, &[0; 16]);
    let found: Vec<(String, String, BTreeMap<String, String>)> = statement
        .predicate
        .build_definition
        .resolved_dependencies
        .into_iter()
        .map(|dependency| (dependency.name, dependency.uri, dependency.digest))
        .collect();
    let expected = crates.map(|(name, version, digest)| {
        let uri = format!("pkg:cargo/{name}@{version}?checksum=sha256:{digest}");
        (name.to_owned(), uri, [("sha256".to_owned(), digest.to_owned())].into())
    });
    assert_eq!(found, expected);
}
