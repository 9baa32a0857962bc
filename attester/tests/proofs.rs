//! One input proved by the builder, and checked by somebody who sees nothing of the others.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a test that panics has failed"
)]

mod common;

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use common::{Project, names, sandbox};
use serde_json::Value;

fn kettle_verify(words: &[&str]) -> u8 {
    kettle_verify_cli::main(["kettle-verify", "--quiet"].iter().chain(words))
}

fn prove(words: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kettle-attest"));
    let done = command.arg("prove").args(words).output().unwrap();
    let said = [done.stdout, done.stderr].concat();
    (done.status.code().unwrap(), String::from_utf8(said).unwrap().trim_end().to_owned())
}

#[test]
fn an_input_is_proved_against_the_bundle_and_against_the_root_alone() {
    if !sandbox() {
        return;
    }
    let project = Project::hello();
    let commit = project.commit();
    let built = project.build_with(&["--simulate", "tdx"]).holds();
    let path = |name: &str| project.beside(name).to_str().unwrap().to_owned();
    let (bundle, seed) = (path("bundle"), path("bundle.seed"));
    // The secret lies beside the bundle, and nobody else reads it.
    assert_eq!(std::fs::metadata(&seed).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(names(&built.bundle), ["artifacts", "evidence.json", "provenance.json"]);

    let proof = path("commit.proof");
    assert_eq!(prove(&[&commit, "--bundle", &bundle, "-o", &proof]), (0, commit.clone()));
    let provenance: Value = serde_json::from_slice(&built.file("provenance.json")).unwrap();
    let byproducts = provenance.pointer("/predicate/runDetails/byproducts").unwrap().as_array().unwrap();
    let root = byproducts.iter().find(|byproduct| byproduct["name"] == "kettleverify_input_tree").unwrap();
    let root = root["digest"]["sha256"].as_str().unwrap();
    let internal = &provenance["predicate"]["buildDefinition"]["internalParameters"];
    // Commit, tree, source files, lockfile, cargo, rustc and this builder.
    assert_eq!(internal["kettleverify_attester"]["inputTree"]["leaves"], 7);

    let checked =
        |input: &str, more: &[&str]| kettle_verify(&[&["proof", proof.as_str(), input][..], more].concat());
    assert_eq!(checked(&commit, &["--root", root]), 0);
    assert_eq!(checked(&commit, &["--root", root, "--leaves", "7"]), 0);
    assert_eq!(checked(&commit, &["--root", root, "--leaves", "8"]), 1);
    assert_eq!(checked(&"0".repeat(40), &["--root", root]), 1);
    assert_eq!(checked(&commit, &["--root", &"0".repeat(64)]), 1);
    assert_eq!(checked(&commit, &["--root", "07"]), 2);

    // With the bundle, the bundle's own outcome is what counts.
    let (trusted, policy) = (path("root.json"), path("policy.json"));
    std::fs::write(&trusted, kettle_attest::evidence::test_root()).unwrap();
    let init = ["policy", "init", &bundle, "--output", &policy, "--trust-root", &trusted];
    assert_eq!(kettle_verify(&init), 0);
    assert_eq!(checked(&commit, &[&bundle, "--trust-root", &trusted, "--policy", &policy]), 0);
    assert_eq!(checked(&commit, &[&bundle, "--trust-root", &trusted]), 4);
    assert_eq!(checked(&commit, &[&bundle, "--policy", &policy]), 1);
    assert_eq!(checked("x", &[&bundle, "--trust-root", &trusted, "--policy", &policy]), 1);
}

#[test]
fn nothing_is_proved_with_another_seed_or_of_what_was_no_input() {
    if !sandbox() {
        return;
    }
    let project = Project::hello();
    let commit = project.commit();
    project.build_with(&["--simulate", "snp", "--seed", project.beside("kept").to_str().unwrap()]).holds();
    let path = |name: &str| project.beside(name).to_str().unwrap().to_owned();
    let (bundle, kept, proof) = (path("bundle"), path("kept"), path("proof"));
    let tried = |input: &str, seed: &str| prove(&[input, "--bundle", &bundle, "--seed", seed, "-o", &proof]);
    assert!(tried("absent", &kept).1.contains("is no input of this build"));
    assert!(tried(&commit, &path("absent")).1.contains("can't read"));
    std::fs::write(path("other"), format!("{}\n", "07".repeat(32))).unwrap();
    let (code, said) = tried(&commit, &path("other"));
    assert_eq!(code, 2);
    assert!(said.contains("is not the seed of this bundle"), "{said}");
    assert!(!project.beside("proof").exists());
    assert_eq!(tried(&commit, &kept).0, 0);
    assert_eq!(tried(&commit, &kept).0, 2, "a proof that is there is not written over");
}

#[test]
fn a_seed_is_never_in_the_bundle_nor_in_the_place_of_another_file() {
    let project = Project::hello();
    project.commit();
    let inside = project.beside("bundle/seed");
    let built = project.build_with(&["--simulate", "snp", "--seed", inside.to_str().unwrap()]);
    built.fails(2, "must not lie in the bundle");
    std::fs::write(project.beside("bundle.seed"), "kept").unwrap();
    project.build_with(&["--simulate", "snp"]).fails(2, "is there already");
    assert_eq!(std::fs::read(project.beside("bundle.seed")).unwrap(), b"kept");
}
