//! Rust: `Cargo.lock`, crates from a registry.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use cargo_lock::{Checksum, Lockfile};

use super::{Command, Dependency, Ecosystem, Mounts, Places};
use crate::failure::{At as _, Done, Failure};
use crate::sha256_hex;
use crate::toolchain::{Tool, output};

/// Rust's builds.
#[derive(Debug)]
pub(super) struct Cargo;

/// Below the home of cargo: the crates as they were fetched.
const CRATES: &str = "registry/cache";

impl Ecosystem for Cargo {
    fn name(&self) -> &'static str {
        "cargo"
    }

    fn lockfile(&self) -> &'static str {
        "Cargo.lock"
    }

    fn dependencies(&self, lockfile: &[u8]) -> Done<Vec<Dependency>> {
        let fault = |reason: &dyn core::fmt::Display| Failure::usage(format!("`Cargo.lock`: {reason}"));
        let text = core::str::from_utf8(lockfile).map_err(|error| fault(&error))?;
        let lock = Lockfile::from_str(text).map_err(|error| fault(&error))?;
        let mut dependencies = Vec::with_capacity(lock.packages.len());
        for package in &lock.packages {
            // A package without a source lies in the project, whose tree is recorded.
            let Some(source) = &package.source else { continue };
            let (name, version) = (package.name.as_str(), &package.version);
            if !source.is_registry() {
                return Err(fault(&format_args!(
                    "`{name} {version}` comes from `{source}`; only crates of a registry are taken, so vendor it"
                )));
            }
            let Some(Checksum::Sha256(digest)) = &package.checksum else {
                return Err(fault(&format_args!(
                    "`{name} {version}` has no checksum; write the lockfile anew with a current cargo"
                )));
            };
            let digest = crate::hex(digest);
            dependencies.push(Dependency {
                name: name.into(),
                uri: format!("pkg:cargo/{name}@{version}?checksum=sha256:{digest}"),
                digest: ("sha256".into(), digest),
            });
        }
        Ok(dependencies)
    }

    fn tools(&self) -> Done<Vec<Tool>> {
        let bin = sysroot()?.join("bin");
        Ok(vec![
            Tool::at("cargo", &bin.join("cargo"), &["--version"])?,
            Tool::at("rustc", &bin.join("rustc"), &["--version"])?,
        ])
    }

    fn mounts(&self) -> Done<Mounts> {
        Ok(vec![sysroot()?])
    }

    fn fetch(&self) -> Vec<Command> {
        vec![self.cargo(&["cargo", "fetch", "--locked"])]
    }

    fn check(&self, dependencies: &[Dependency], cache: &Path) -> Done {
        let found = crates(cache)?;
        for dependency in dependencies {
            let (_, digest) = &dependency.digest;
            match found.get(digest) {
                Some(_) => {}
                None => {
                    return Err(Failure::build(format!(
                        "`{}`: no crate that was fetched has the checksum of the lockfile, {digest}",
                        dependency.uri
                    )));
                }
            }
        }
        // Unpacked sources would be taken by cargo as they lie there; they are unpacked again from the
        // checked crates, by the build.
        let unpacked = cache.join("registry/src");
        if unpacked.exists() {
            fs::remove_dir_all(&unpacked).at("empty", &unpacked)?;
        }
        let wanted: Vec<&String> = dependencies.iter().map(|dependency| &dependency.digest.1).collect();
        for (digest, path) in found.iter().filter(|(digest, _)| !wanted.contains(digest)) {
            fs::remove_file(path).at(&format!("remove the crate {digest} that nobody asked for,"), path)?;
        }
        Ok(())
    }

    fn build(&self, command: &[String]) -> Command {
        let words: Vec<&str> = command.iter().map(String::as_str).collect();
        let mut build = self.cargo(&words);
        build.environment.push(("CARGO_NET_OFFLINE".into(), "true".into()));
        build
    }

    fn default_command(&self) -> Vec<String> {
        ["cargo", "build", "--release", "--locked"].map(String::from).to_vec()
    }

    fn artifacts(&self) -> &'static str {
        "release"
    }

    fn merkle_tools(&self) -> &'static [&'static str] {
        &["rustc", "cargo"]
    }
}

impl Cargo {
    fn cargo(&self, words: &[&str]) -> Command {
        Command {
            words: words.iter().map(Into::into).collect(),
            environment: vec![
                ("CARGO_HOME".into(), Places::CACHE.into()),
                ("CARGO_TARGET_DIR".into(), Places::OUTPUT.into()),
            ],
        }
    }
}

/// The toolchain that is in force, asked of the compiler itself: the programs in a user's path may be
/// proxies of a toolchain manager, which need files of their own.
fn sysroot() -> Done<PathBuf> {
    Ok(PathBuf::from(output("rustc", &["--print", "sysroot"])?))
}

/// Every fetched crate by the SHA-256 of its bytes.
fn crates(cache: &Path) -> Done<BTreeMap<String, PathBuf>> {
    let mut found = BTreeMap::new();
    let all = cache.join(CRATES);
    if !all.exists() {
        return Ok(found);
    }
    for registry in fs::read_dir(&all).at("list", &all)? {
        let registry = registry.at("list", &all)?.path();
        for entry in fs::read_dir(&registry).at("list", &registry)? {
            let path = entry.at("list", &registry)?.path();
            let bytes = fs::read(&path).at("read", &path)?;
            found.insert(sha256_hex(&bytes), path);
        }
    }
    Ok(found)
}
