//! Sound builds, as a verifier sees them, and input that nothing can be built from.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a test that panics has failed"
)]

mod common;

use std::process::Command;

use common::{Built, Project, names, sandbox};
use kettle_testvectors::policies;
use kettle_testvectors::trust::TrustRootFile;
use kettle_verifier_core::bundle::ArtifactMode;
use kettle_verifier_core::policy::PolicyDocument;
use kettle_verifier_core::{
    Artifact, ArtifactSet, Bundle, Collateral, Outcome, Policy, Timestamp, TrustRoots, Verdict, appraise,
};

/// The verdict of a verifier that trusts the software TEE's image and this commit.
fn verdict(built: &Built, commit: &str, mut policy: PolicyDocument, roots: &str) -> Verdict {
    policy.source.as_mut().unwrap().commits = Some(vec![commit.to_owned()]);
    let policy = Policy::from_json(policies::json(&policy).as_bytes()).unwrap();
    let roots = TrustRoots::from_json(roots.as_bytes()).unwrap();
    let artifacts = built.bundle.join("artifacts");
    let files = names(&artifacts)
        .into_iter()
        .map(|name| Artifact::from_bytes(&name, &std::fs::read(artifacts.join(&name)).unwrap()));
    let bundle = Bundle {
        provenance: &built.file("provenance.json"),
        evidence: &built.file("evidence.json"),
        artifacts: ArtifactSet { mode: ArtifactMode::Folder, files: files.collect(), subjects: Vec::new() },
        collateral: Collateral::default(),
    };
    appraise(&bundle, &policy, &roots, Timestamp::from_rfc3339("2026-06-01T00:00:00Z").unwrap())
}

fn amd(built: &Built, commit: &str) -> Verdict {
    verdict(built, commit, policies::pinned(), &TrustRootFile::sound().json())
}

#[test]
fn a_build_is_verified_under_a_policy_that_pins_image_and_commit() {
    if !sandbox() {
        return;
    }
    let project = Project::hello();
    let commit = project.commit();
    let built = project.build(&[]).holds();
    let found = amd(&built, &commit);
    assert_eq!(found.outcome, Outcome::Verified, "{}", found.sentence);
    assert_eq!(names(&built.bundle), ["artifacts", "evidence.json", "provenance.json"]);
    assert_eq!(names(&built.bundle.join("artifacts")), ["hello"]);
    let hello = Command::new(built.bundle.join("artifacts/hello")).output().unwrap();
    assert_eq!(hello.stdout, b"hello\n");
    let claimed = |id: &str| found.claims.iter().any(|claim| claim.id == format!("build.attester.{id}"));
    for id in [
        "nonce",
        "sandbox",
        "limits",
        "source_files",
        "source_sha256",
        "toolchain_files",
        "toolchain_sha256",
        "input_tree",
        "input_leaves",
    ] {
        assert!(claimed(id), "{id}");
    }
    assert!(found.notes.iter().all(|note| note.id != "provenance.unknown_field"), "{:?}", found.notes);
    // Another commit is another source.
    let other = amd(&built, &"0".repeat(40));
    assert_eq!(other.outcome, Outcome::Failed);
    // One more byte is another artifact.
    let artifact = built.bundle.join("artifacts/hello");
    let mut bytes = std::fs::read(&artifact).unwrap();
    bytes.push(0);
    std::fs::write(&artifact, bytes).unwrap();
    assert_eq!(amd(&built, &commit).outcome, Outcome::Failed);
}

#[test]
fn only_what_is_committed_is_built() {
    if !sandbox() {
        return;
    }
    let project = Project::hello();
    let commit = project.commit();
    project.write("src/main.rs", "fn main() { println!(\"edited\"); }\n");
    project.write("build.rs", "fn main() { panic!(\"not committed\"); }\n");
    // What a hostile configuration would run where Git's own program reads it.
    let ran = project.beside("ran");
    let run = format!("touch {}", ran.display());
    for name in ["core.fsmonitor", "core.hooksPath", "filter.x.smudge", "core.sshCommand"] {
        let value = if name == "core.hooksPath" { "." } else { &run };
        project.git(&["config", name, value]);
    }
    let built = project.build(&[]).holds();
    assert!(!ran.exists());
    assert_eq!(amd(&built, &commit).outcome, Outcome::Verified);
    let hello = Command::new(built.bundle.join("artifacts/hello")).output().unwrap();
    assert_eq!(hello.stdout, b"hello\n");
}

#[test]
fn dependencies_are_recorded_and_come_out_of_checked_archives() {
    if !sandbox() {
        return;
    }
    let project = Project::hello();
    let manifest = "[package]\nname = \"hello\"\nversion = \"0.1.0\"\nedition = \"2021\"\n\n[dependencies]\nitoa = \"=1.0.15\"\n";
    let lockfile = |digest: &str| {
        format!(
            "version = 4\n\n[[package]]\nname = \"hello\"\nversion = \"0.1.0\"\ndependencies = [\n \"itoa\",\n]\n\n[[package]]\nname = \"itoa\"\nversion = \"1.0.15\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"{digest}\"\n"
        )
    };
    let digest = "4a5f13b858c8d314ee3e8f639011f7ccefe71f97f96e50151fb991f267928e2c";
    project.write("Cargo.toml", manifest).write("Cargo.lock", &lockfile(digest));
    project.write("src/main.rs", "fn main() { println!(\"{}\", itoa::Buffer::new().format(7)); }\n");
    let commit = project.commit();
    let outside = Command::new("cargo")
        .args(["fetch", "--locked", "--quiet"])
        .current_dir(project.path())
        .env("CARGO_HOME", project.beside("cargo"))
        .output();
    if !outside.unwrap().status.success() {
        eprintln!("not run: the registry can't be reached from here");
        return;
    }
    let built = project.build(&[]).holds();
    assert_eq!(amd(&built, &commit).outcome, Outcome::Verified);
    let provenance = String::from_utf8(built.file("provenance.json")).unwrap();
    assert!(provenance.contains(&format!("pkg:cargo/itoa@1.0.15?checksum=sha256:{digest}")));
    built.discard();
    project.write("Cargo.lock", &lockfile(&digest.replace('4', "5"))).commit();
    project.build(&[]).fails(1, "the dependencies can't be fetched");
}

#[test]
fn events_are_json_one_on_a_line() {
    if !sandbox() {
        return;
    }
    let project = Project::hello();
    project.commit();
    let built = project.build(&["--json", "--nonce", &"07".repeat(16)]).holds();
    let events: Vec<serde_json::Value> = built
        .output
        .stdout
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    let steps: Vec<&str> = events.iter().filter_map(|event| event["step"].as_str()).collect();
    assert_eq!(steps, ["source", "inputs", "build", "artifacts", "evidence", "verify"]);
    let last = events.last().unwrap();
    assert_eq!((last["event"].as_str(), last["outcome"].as_str()), (Some("bundle"), Some("unpinned")));
    assert!(String::from_utf8(built.file("provenance.json")).unwrap().contains(&"07".repeat(16)));
}

#[test]
fn a_failure_is_an_event_as_well() {
    let project = Project::hello();
    let built = project.build(&["--json"]);
    built.fails(2, "nothing is checked out");
    let last = built.output.stdout.split(|byte| *byte == b'\n').rfind(|line| !line.is_empty()).unwrap();
    let last: serde_json::Value = serde_json::from_slice(last).unwrap();
    assert_eq!((last["event"].as_str(), last["fault"].as_str()), (Some("failed"), Some("usage")));
    assert!(last["text"].as_str().unwrap().contains("nothing is checked out"));
}

#[test]
fn bad_input_gets_one_sentence_and_leaves_nothing() {
    if !sandbox() {
        return;
    }
    let with = |path: &str, text: &str, code: i32, said: &str| {
        let project = Project::hello();
        project.write(path, text).commit();
        project.build(&[]).fails(code, said);
    };
    let empty = Project::hello();
    empty.build(&[]).fails(2, "nothing is checked out");
    let project = Project::hello();
    std::fs::remove_file(project.path().join("Cargo.lock")).unwrap();
    project.commit();
    project.build(&[]).fails(2, "there is no lockfile");
    with("Cargo.lock", "not a lockfile", 2, "`Cargo.lock`");
    let package = "version = 4\n\n[[package]]\nname = \"itoa\"\nversion = \"1.0.15\"\n";
    let registry = "source = \"registry+https://github.com/rust-lang/crates.io-index\"\n";
    with("Cargo.lock", &format!("{package}{registry}"), 2, "has no checksum");
    let git = "source = \"git+https://git.example/itoa.git#0123456789abcdef0123456789abcdef01234567\"\n";
    with("Cargo.lock", &format!("{package}{git}"), 2, "only crates of a registry are taken");
    for key in ["[source.crates-io]\nreplace-with = \"here\"", "paths = [\"other\"]", "[patch.crates-io]"] {
        with(".cargo/config.toml", key, 2, "so crates would come from elsewhere");
    }
    with("src/main.rs", "fn main() { no }", 1, "the build failed");
    let sound = Project::hello();
    sound.commit();
    sound.build(&["--toolchain", "make"]).fails(2, "is no toolchain that is known here");
    sound.build(&["--ref", "absent"]).fails(2, "is no branch, tag or full commit id");
    sound.build(&["--ref", &"1".repeat(40)]).fails(2, "is not in this repository");
    sound.build(&["--nonce", "7"]).fails(2, "expected 32 lower-case hex digits");
    sound.build_on("sgx", &[]).fails(2, "can't be simulated");
    sound.build(&["--artifact", "release/absent"]).fails(1, "is not there");
    sound.build(&["--artifact", "../release/hello"]).fails(1, "has no plain name");
    sound.build(&["--", "true"]).fails(1, "the build left nothing");
    sound.build(&["--", "absent-program"]).fails(1, "the build failed");
}

#[test]
fn trees_that_lead_elsewhere_are_refused() {
    if !sandbox() {
        return;
    }
    let module = Project::hello();
    let commit = module.commit();
    module.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{commit},module")]);
    module.git(&["commit", "--quiet", "--message", "a submodule"]);
    module.build(&[]).fails(2, "is a Git submodule");
    for target in ["/etc/passwd", "../outside", "src/../../outside"] {
        let link = Project::hello();
        std::os::unix::fs::symlink(target, link.path().join("link")).unwrap();
        link.commit();
        link.build(&[]).fails(2, "leads out of the project");
    }
}

#[test]
fn a_damaged_repository_is_noticed() {
    if !sandbox() {
        return;
    }
    let project = Project::hello();
    project.commit();
    let blob = project.git(&["rev-parse", "HEAD:src/main.rs"]);
    let other = project.beside("other.rs");
    std::fs::write(&other, "fn main() { println!(\"other\"); }\n").unwrap();
    let other = project.git(&["hash-object", "-w", &other.to_string_lossy()]);
    let object = |id: &str| project.path().join(".git/objects").join(&id[..2]).join(&id[2..]);
    std::fs::remove_file(object(&blob)).unwrap();
    std::fs::copy(object(&other), object(&blob)).unwrap();
    project.build(&[]).fails(1, "the repository is damaged");
}

#[test]
fn what_is_there_already_is_not_touched() {
    let project = Project::hello();
    project.commit();
    let there = project.beside("bundle");
    std::fs::create_dir(&there).unwrap();
    std::fs::write(there.join("kept"), "kept").unwrap();
    let built = project.build(&[]);
    assert_eq!(built.output.status.code(), Some(2));
    assert!(built.said().contains("is there already"));
    assert_eq!(names(&there), ["kept"]);
}
