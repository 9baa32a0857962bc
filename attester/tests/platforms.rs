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
fn what_is_simulated_is_named_once() {
    let project = Project::hello();
    project.commit();
    project.build_with(&["--simulate", "sgx"]).fails(2, "can't be simulated");
    project.build_with(&["--simulate"]).fails(2, "say which platform");
    project.build_with(&["--platform", "tdx", "--simulate", "snp"]).fails(2, "name one of the two");
    project.build_with(&["--platform", "nitro"]).fails(2, "no quote device of `nitro` was found");
}
