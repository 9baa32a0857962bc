//! Bundles of every platform, from the build to the verdict, by the two programs alone.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a test that panics has failed"
)]

mod common;

use std::path::Path;
use std::process::Command;

use common::{Project, sandbox};
use kettle_attest::evidence::SIMULATED;
use kettle_verifier_core::TrustRoots;

/// What the verifier answers on the command line.
fn kettle_verify(words: &[&str]) -> u8 {
    kettle_verify_cli::main(["kettle-verify", "--quiet"].iter().chain(words))
}

fn test_root(place: &Path) {
    let printed = Command::new(env!("CARGO_BIN_EXE_kettle-attest")).arg("test-root").output().unwrap();
    assert!(printed.status.success());
    TrustRoots::from_json(&printed.stdout).unwrap();
    std::fs::write(place, printed.stdout).unwrap();
}

#[test]
fn bundles_of_every_platform_are_verified_under_the_policy_that_pins_them() {
    if !sandbox() {
        return;
    }
    for platform in SIMULATED {
        let project = Project::hello();
        project.commit();
        let built = project.build_with(&["--simulate", platform, "--nonce", &"09".repeat(16)]).holds();
        let path = |name: &str| project.beside(name).to_str().unwrap().to_owned();
        let (bundle, root, policy) = (built.bundle.to_str().unwrap(), path("root.json"), path("policy.json"));
        test_root(Path::new(&root));
        let trusted = ["--trust-root", &root];
        let init = ["policy", "init", bundle, "--output", &policy, trusted[0], trusted[1]];
        assert_eq!(kettle_verify(&init), 0, "{platform}");
        let pinned = [bundle, "--policy", &policy, "--nonce", &"09".repeat(16)];
        assert_eq!(kettle_verify(&[&pinned[..], &trusted].concat()), 0, "{platform}");
        // Without the test root it is nothing, and with another nonce it is another build's.
        assert_eq!(kettle_verify(&pinned), 1, "{platform}");
        let other = [bundle, "--policy", &policy, "--nonce", &"08".repeat(16)];
        assert_eq!(kettle_verify(&[&other[..], &trusted].concat()), 1, "{platform}");
    }
}

#[test]
fn a_machine_answers_a_challenge_and_nothing_that_could_be_a_build() {
    let project = Project::empty();
    let path = |name: &str| project.beside(name).to_str().unwrap().to_owned();
    let root = path("root.json");
    test_root(Path::new(&root));
    for platform in ["snp", "tdx", "nitro"] {
        let (challenge, evidence) = ("5a".repeat(32), path(platform));
        let mut command = Command::new(env!("CARGO_BIN_EXE_kettle-attest"));
        command.args(["attest", "--challenge", &challenge, "--simulate", platform, "-o", &evidence]);
        let printed = command.output().unwrap();
        assert!(printed.status.success(), "{platform}");
        let said = String::from_utf8(printed.stdout).unwrap();
        // `printf 'kettle-attest challenge:5a5a…' | sha256sum`
        let text = format!("kettle-attest challenge:{challenge}");
        let digest = <sha2::Sha256 as sha2::Digest>::digest(text);
        let expected: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(said.trim_end(), expected);
        let verified = |data: &str| {
            kettle_verify(&["evidence", &evidence, "--report-data", data, "--trust-root", &root])
        };
        // Sound, and nobody has said which image is trusted.
        assert_eq!(verified(&expected), 4, "{platform}");
        assert_eq!(verified(&challenge), 1, "{platform}");
        // What is there is not written over.
        assert_eq!(command.status().unwrap().code(), Some(2));
    }
    for challenge in ["5a", &"5A".repeat(32), &"zz".repeat(32)] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kettle-attest"));
        command.args(["attest", "--challenge", challenge, "--simulate", "snp", "-o", &path("none")]);
        assert_eq!(command.status().unwrap().code(), Some(2));
        assert!(!project.beside("none").exists());
    }
}

#[test]
fn what_is_simulated_is_named_once() {
    let project = Project::hello();
    project.commit();
    project.build_with(&["--simulate", "sgx"]).fails(2, "can't be simulated");
    project.build_with(&["--simulate"]).fails(2, "say which platform");
    project.build_with(&["--platform", "tdx", "--simulate", "snp"]).fails(2, "name one of the two");
    project.build_with(&["--platform", "nitro"]).fails(2, "no quote device of `nitro` was found");
}
