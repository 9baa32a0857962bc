//! Sound builds of every ecosystem whose tools are here, as a verifier sees them. Dependencies come from
//! the public registries; where none can be reached, the test says so.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a test that panics has failed"
)]

mod common;

use std::process::{Command, Stdio};

use common::{Built, Project, names, sandbox};

/// Whether a build can be tried: a sandbox, a tool, and a registry. `cargo xtask test` demands what
/// `KETTLE_NETWORK` promises.
fn possible(tool: &str, registry: &str) -> bool {
    let quiet = |mut command: Command| {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    let mut program = Command::new("sh");
    program.args(["-c", &format!("command -v {tool}")]);
    let mut reach = Command::new("curl");
    reach.args(["--silent", "--fail", "--max-time", "20", "--output", "/dev/null", registry]);
    if !sandbox() {
        return false;
    }
    if !quiet(program) {
        eprintln!("not run: `{tool}` is not here");
        return false;
    }
    if !quiet(reach) {
        assert!(std::env::var_os("KETTLE_NETWORK").is_none(), "{registry} can't be reached");
        eprintln!("not run: {registry} can't be reached from here");
        return false;
    }
    true
}

fn provenance(built: &Built) -> serde_json::Value {
    serde_json::from_slice(&built.file("provenance.json")).unwrap()
}

/// The URIs of the dependencies.
fn dependencies(built: &Built) -> Vec<String> {
    let list = provenance(built)["predicate"]["buildDefinition"]["resolvedDependencies"].clone();
    list.as_array().unwrap().iter().map(|one| one["uri"].as_str().unwrap().to_owned()).collect()
}

/// The keys of the toolchain.
fn tools(built: &Built) -> Vec<String> {
    let tools = &provenance(built)["predicate"]["buildDefinition"]["internalParameters"]["toolchain"];
    tools.as_object().unwrap().keys().cloned().collect()
}

const NPM: &str = "https://registry.npmjs.org/ms/-/ms-2.1.3.tgz";
const MS: &str =
    "sha512-6FlzubTLZG3J2a/NVCAleEhjzq5oxgHyaCU9yYXvcLsvoVaHJq/s5xXI6/XXP6tz7R9xAOtHnSO/tXtF3WRTlA==";
const MANIFEST: &str = r#"{"name": "hello", "version": "1.0.0", "files": ["days.txt"], "dependencies": {"ms": "2.1.3"},
    "scripts": {"build": "node -e \"require('fs').writeFileSync('days.txt', String(require('ms')('2 days')))\""}}"#;

fn npm_lockfile(integrity: &str) -> String {
    format!(
        r#"{{"name": "hello", "version": "1.0.0", "lockfileVersion": 3, "requires": true, "packages": {{
        "": {{"name": "hello", "version": "1.0.0", "dependencies": {{"ms": "2.1.3"}}}},
        "node_modules/ms": {{"version": "2.1.3", "resolved": "{NPM}", "integrity": "{integrity}"}}}}}}"#
    )
}

/// What the archive that npm and pnpm pack holds.
fn days(built: &Built) -> String {
    let archive = built.bundle.join("artifacts/hello-1.0.0.tgz");
    let mut tar = Command::new("tar");
    let read = tar.arg("-xzOf").arg(archive).arg("package/days.txt").output().unwrap();
    String::from_utf8(read.stdout).unwrap()
}

#[test]
fn npm_builds_out_of_checked_archives() {
    if !possible("npm", NPM) {
        return;
    }
    let project = Project::empty();
    project.write("package.json", MANIFEST).write("package-lock.json", &npm_lockfile(MS)).commit();
    let built = project.build(&[]).holds();
    assert_eq!(names(&built.bundle.join("artifacts")), ["hello-1.0.0.tgz"]);
    assert_eq!(days(&built), "172800000");
    assert_eq!(dependencies(&built), [format!("pkg:npm/ms@2.1.3?checksum={MS}")]);
    assert_eq!(tools(&built), ["kettle", "node", "npm"]);
    built.discard();
    // An address may be left out where it follows from name and version.
    let short = npm_lockfile(MS).replace(&format!("\"resolved\": \"{NPM}\", "), "");
    project.write("package-lock.json", &short).commit();
    project.build(&[]).holds().discard();
    let other = MS.replace("6FlzubTL", "7FlzubTL");
    project.write("package-lock.json", &npm_lockfile(&other)).commit();
    project.build(&[]).fails(1, "has another digest");
    // What the lockfile doesn't name can't be had.
    project
        .write("package-lock.json", &npm_lockfile(MS).replace("node_modules/ms", "node_modules/m"))
        .commit();
    project.build(&[]).fails(1, "the build can't be prepared");
}

#[test]
fn pnpm_builds_out_of_checked_archives() {
    if !possible("pnpm", NPM) {
        return;
    }
    let lockfile = format!(
        "lockfileVersion: '9.0'\n\nsettings:\n  autoInstallPeers: true\n  excludeLinksFromLockfile: false\n\nimporters:\n\n  .:\n    dependencies:\n      ms:\n        specifier: 2.1.3\n        version: 2.1.3\n\npackages:\n\n  ms@2.1.3:\n    resolution: {{integrity: {MS}}}\n\nsnapshots:\n\n  ms@2.1.3: {{}}\n"
    );
    let project = Project::empty();
    project.write("package.json", MANIFEST).write("pnpm-lock.yaml", &lockfile).commit();
    let built = project.build(&[]).holds();
    assert_eq!(days(&built), "172800000");
    assert_eq!(dependencies(&built), [format!("pkg:npm/ms@2.1.3?checksum={MS}")]);
    assert_eq!(tools(&built), ["kettle", "node", "pnpm"]);
}

const FLIT: &str = "e7a0304069ea895172e3c7bb703292e992c5d1555dd1233ab7b5621b5b69e62c";
const FLIT_FILE: &str = "https://files.pythonhosted.org/packages/f2/65/b6ba90634c984a4fcc02c7e3afe523fef500c4980fec67cc27536ee50acf/flit_core-3.12.0-py3-none-any.whl";
const INDEX: &str = "https://pypi.org/simple/flit-core/";

fn python() -> Project {
    let project = Project::empty();
    let manifest = "[build-system]\nrequires = [\"flit_core==3.12.0\"]\nbuild-backend = \"flit_core.buildapi\"\n\n[project]\nname = \"hello\"\nversion = \"1.0.0\"\ndescription = \"says hello\"\nrequires-python = \">=3.8\"\n\n[dependency-groups]\nbuild = [\"flit_core==3.12.0\"]\n";
    project.write("pyproject.toml", manifest).write("hello.py", "print('hello')\n");
    project
}

#[test]
fn pip_builds_a_wheel_out_of_checked_wheels() {
    if !possible("python3", INDEX) {
        return;
    }
    let project = python();
    let lockfile = |hash: &str| format!("flit-core==3.12.0 \\\n    --hash=sha256:{hash}\n");
    project.write("requirements.txt", &lockfile(FLIT)).commit();
    let built = project.build(&[]).holds();
    assert_eq!(names(&built.bundle.join("artifacts")), ["hello-1.0.0-py3-none-any.whl"]);
    assert_eq!(dependencies(&built), [format!("pkg:pypi/flit-core@3.12.0?checksum=sha256:{FLIT}")]);
    assert_eq!(tools(&built), ["kettle", "pip", "python"]);
    built.discard();
    project.write("requirements.txt", &lockfile(&FLIT.replace('e', "f"))).commit();
    project.build(&[]).fails(1, "the dependencies can't be fetched");
    // What builds has to be in the lockfile, too.
    project.write("requirements.txt", "").commit();
    project.build(&[]).fails(1, "the build failed");
}

#[test]
fn uv_builds_a_wheel_out_of_checked_wheels() {
    if !possible("uv", INDEX) {
        return;
    }
    let project = python();
    let lockfile = format!(
        "version = 1\nrevision = 3\nrequires-python = \">=3.8\"\n\n[[package]]\nname = \"flit-core\"\nversion = \"3.12.0\"\nsource = {{ registry = \"https://pypi.org/simple\" }}\nwheels = [\n    {{ url = \"{FLIT_FILE}\", hash = \"sha256:{FLIT}\", size = 45594 }},\n]\n\n[[package]]\nname = \"hello\"\nversion = \"1.0.0\"\nsource = {{ editable = \".\" }}\n\n[package.dev-dependencies]\nbuild = [\n    {{ name = \"flit-core\" }},\n]\n\n[package.metadata]\n\n[package.metadata.requires-dev]\nbuild = [{{ name = \"flit-core\", specifier = \"==3.12.0\" }}]\n"
    );
    project.write("uv.lock", &lockfile).commit();
    let built = project.build(&[]).holds();
    assert_eq!(names(&built.bundle.join("artifacts")), ["hello-1.0.0-py3-none-any.whl"]);
    assert_eq!(dependencies(&built), [format!("pkg:pypi/flit-core@3.12.0?checksum=sha256:{FLIT}")]);
    assert_eq!(tools(&built), ["kettle", "python", "uv"]);
}

#[test]
fn go_builds_out_of_checked_modules() {
    if !possible("go", "https://proxy.golang.org/rsc.io/sampler/@v/v1.3.0.mod") {
        return;
    }
    let project = Project::empty();
    project.write(
        "go.mod",
        "module example.org/hello\n\ngo 1.18\n\nrequire github.com/BurntSushi/toml v1.6.0\n",
    );
    let sums = |sum: &str| {
        format!(
            "github.com/BurntSushi/toml v1.6.0 h1:{sum}\ngithub.com/BurntSushi/toml v1.6.0/go.mod h1:ukJfTF/6rtPPRCnwkur4qwRxa8vTRFBF0uk2lLoLwho=\n"
        )
    };
    let main = "package main\n\nimport (\n\t\"fmt\"\n\n\t\"github.com/BurntSushi/toml\"\n)\n\nfunc main() { fmt.Println(len((&toml.MetaData{}).Keys())) }\n";
    project
        .write("go.sum", &sums("dRaEfpa2VI55EwlIW72hMRHdWouJeRF7TPYhI+AUQjk="))
        .write("main.go", main)
        .commit();
    let built = project.build(&[]).holds();
    assert_eq!(names(&built.bundle.join("artifacts")), ["hello"]);
    let hello = Command::new(built.bundle.join("artifacts/hello")).output().unwrap();
    assert_eq!(hello.stdout, b"0\n");
    let hex = "7516847e96b6548e791309485bbda13111dd5a8b8979117b4cf62123e0144239";
    assert_eq!(
        dependencies(&built),
        [format!("pkg:golang/github.com/BurntSushi/toml@v1.6.0?checksum=h1:{hex}")]
    );
    assert_eq!(tools(&built), ["go", "kettle"]);
    built.discard();
    project.write("go.sum", &sums("eRaEfpa2VI55EwlIW72hMRHdWouJeRF7TPYhI+AUQjk=")).commit();
    project.build(&[]).fails(1, "can't be fetched");
}

/// A flake that makes a program out of a file that it fetches and an input of its lockfile.
fn flake(sha256: &str) -> String {
    format!(
        r#"{{
  inputs.ms = {{ url = "{NPM}"; flake = false; }};
  outputs = {{ self, ms }}: {{
    packages.x86_64-linux.default = derivation {{
      name = "hello"; system = "x86_64-linux"; builder = "/bin/sh"; PATH = "/bin:/usr/bin"; inherit ms;
      archive = derivation {{
        name = "ms.tgz"; system = "builtin"; builder = "builtin:fetchurl"; url = "{NPM}"; executable = false;
        unpack = false; outputHashMode = "flat"; outputHashAlgo = "sha256"; outputHash = "{sha256}";
      }};
      args = [ "-c" "mkdir -p $out/bin; tar -xzOf $archive package/package.json > $out/bin/hello; cat $ms/license.md >> $out/bin/hello; chmod 755 $out/bin/hello" ];
    }};
  }};
}}
"#
    )
}

#[test]
#[cfg(target_arch = "x86_64")]
fn a_flake_is_built_out_of_checked_inputs_and_fetches() {
    if !possible("nix", NPM) {
        return;
    }
    let project = Project::empty();
    let file = project.beside("ms.tgz");
    let fetched = Command::new("curl").args(["--silent", "--fail", "--output"]).arg(&file).arg(NPM).status();
    assert!(fetched.unwrap().success());
    let digest = <sha2::Sha256 as sha2::Digest>::digest(std::fs::read(&file).unwrap());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let lockfile = |hash: &str| {
        format!(
            r#"{{"nodes": {{"ms": {{"flake": false, "locked": {{"narHash": "{hash}", "type": "tarball", "url": "{NPM}"}},
                "original": {{"type": "tarball", "url": "{NPM}"}}}}, "root": {{"inputs": {{"ms": "ms"}}}}}}, "root": "root", "version": 7}}"#
        )
    };
    // `nix flake lock`
    let hash = "sha256-VUuSdtec+ygwwQKYYAAGZqNZsqxeqrBadtEjuZCpV7s=";
    project.write("flake.nix", &flake(&hex)).write("flake.lock", &lockfile(hash)).commit();
    let built = project.build(&[]).holds();
    assert_eq!(names(&built.bundle.join("artifacts")), ["hello"]);
    let made = String::from_utf8(built.file("artifacts/hello")).unwrap();
    assert!(made.contains("\"version\": \"2.1.3\"") && made.contains("The MIT License"), "{made}");
    let base64 = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, digest);
    assert_eq!(dependencies(&built), [format!("pkg:nix-fetch/ms.tgz?hash=sha256:{base64}")]);
    assert_eq!(tools(&built), ["kettle", "nix"]);
    let internal = &provenance(&built)["predicate"]["buildDefinition"]["internalParameters"];
    assert_eq!(internal["flakeInputs"], serde_json::json!([{ "name": "ms", "narHash": hash }]));
    assert_eq!(internal["evaluation"], serde_json::json!({ "derivationCount": 2, "fetchCount": 1 }));
    built.discard();
    project.write("flake.lock", &lockfile(&hash.replace("VUuS", "VUuT"))).commit();
    project.build(&[]).fails(1, "can't be fetched");
    project.write("flake.lock", &lockfile(hash)).write("flake.nix", &flake(&"0".repeat(64))).commit();
    project.build(&[]).fails(1, "can't be fetched");
    // An input that the lockfile doesn't have.
    let more = flake(&hex).replace("inputs.ms =", &format!("inputs.more.url = \"{NPM}\"; inputs.ms ="));
    project.write("flake.nix", &more.replace("{ self, ms }", "{ self, ms, more }")).commit();
    project.build(&[]).fails(1, "can't be fetched");
}

#[test]
fn a_declared_build_takes_declared_inputs() {
    if !possible("sh", NPM) {
        return;
    }
    let sum = "8c0d4fb1ffe2c5aa4bfb7e3ef0a2c7c4ab9d9f1e"; // of another algorithm
    let manifest = |sha256: &str| {
        format!(
            "command = [\"sh\", \"-c\", \"tar -xzOf $KETTLE_INPUTS/ms-2.1.3.tgz package/index.js > $KETTLE_OUTPUT/ms.js\"]\noutputs = [\"ms.js\"]\nprograms = [\"sh\", \"tar\"]\n\n[[inputs]]\nname = \"ms\"\nversion = \"2.1.3\"\nurl = \"{NPM}\"\nsha256 = \"{sha256}\"\n"
        )
    };
    let project = Project::empty();
    project.write("kettle-build.toml", &manifest(sum)).commit();
    project.build(&[]).fails(2, "SHA-256");
    project.write("kettle-build.toml", &manifest(&"0".repeat(64))).commit();
    project.build(&[]).fails(1, "has another digest");
    let file = project.beside("ms.tgz");
    let fetched = Command::new("curl").args(["--silent", "--fail", "--output"]).arg(&file).arg(NPM).status();
    assert!(fetched.unwrap().success());
    let bytes = std::fs::read(&file).unwrap();
    let digest: String =
        <sha2::Sha256 as sha2::Digest>::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    project.write("kettle-build.toml", &manifest(&digest)).commit();
    let built = project.build(&[]).holds();
    assert_eq!(names(&built.bundle.join("artifacts")), ["ms.js"]);
    assert_eq!(dependencies(&built), [format!("pkg:generic/ms@2.1.3?checksum=sha256:{digest}")]);
    assert_eq!(tools(&built), ["kettle", "system"]);
}
