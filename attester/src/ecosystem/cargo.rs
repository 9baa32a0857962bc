//! Rust: `Cargo.lock`, crates from a registry.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use cargo_lock::package::SourceKind;
use cargo_lock::{Checksum, Lockfile};

use super::{Command, Dependency, Ecosystem, Mounts, Places};
use crate::artifacts;
use crate::failure::{At as _, Done, Failure};
use crate::sha256_hex;
use crate::toolchain::{Tool, output};

/// Rust's builds.
#[derive(Debug)]
pub(super) struct Cargo;

/// Below the home of cargo: the crates as they were fetched.
const CRATES: &str = "registry/cache";

/// Bytes of a crate; registries stop far below.
const CRATE_BYTES: u64 = 512 << 20;

impl Ecosystem for Cargo {
    fn name(&self) -> &'static str {
        "cargo"
    }

    fn lockfile(&self) -> &'static str {
        "Cargo.lock"
    }

    fn dependencies(&self, lockfile: &[u8]) -> Done<Vec<Dependency>> {
        let fault = |reason: &dyn core::fmt::Display| {
            let reason = reason.to_string();
            let words: Vec<&str> = reason.split_whitespace().collect();
            Failure::usage(format!("`Cargo.lock`: {}", words.join(" ")))
        };
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

    fn take(&self, dependencies: &[Dependency], cache: &Path, checked: &Path) -> Done {
        let mut wanted: BTreeMap<&str, &Dependency> =
            dependencies.iter().map(|dependency| (dependency.digest.1.as_str(), dependency)).collect();
        for path in crates(cache)? {
            let Some(bytes) = plain_file(cache, &path)? else { continue };
            let digest = sha256_hex(&bytes);
            if wanted.remove(digest.as_str()).is_some() {
                let to = checked.join(format!("{digest}.crate"));
                fs::write(&to, bytes).at("write", &to)?;
            }
        }
        match wanted.into_iter().next() {
            None => Ok(()),
            Some((digest, missing)) => Err(Failure::build(format!(
                "`{}`: no crate that was fetched has the checksum of the lockfile, {digest}",
                missing.uri
            ))),
        }
    }

    fn unpack(&self, dependencies: &[Dependency]) -> Vec<Command> {
        if dependencies.is_empty() {
            return Vec::new();
        }
        // `files` is for sources that somebody could have edited; these come out of the checked archive.
        let script = format!(
            r#"set -e; cd {}; for crate in {}/*.crate; do
            digest=$(basename "$crate" .crate); mkdir "$digest"
            tar -xzf "$crate" -C "$digest" --strip-components=1 --no-same-owner
            printf '{{"files":{{}},"package":"%s"}}' "$digest" > "$digest/.cargo-checksum.json"
            done"#,
            Places::VENDOR,
            Places::CHECKED
        );
        vec![self.cargo(&["sh", "-c", &script])]
    }

    fn configure(&self, lockfile: &[u8], cache: &Path) -> Done {
        let text = core::str::from_utf8(lockfile).unwrap_or_default();
        let packages = Lockfile::from_str(text).map(|lock| lock.packages).unwrap_or_default();
        let mut config = format!("[source.kettle-checked]\ndirectory = \"{}\"\n", Places::VENDOR);
        config += "[source.crates-io]\nreplace-with = \"kettle-checked\"\n";
        let others = packages.iter().filter_map(|package| package.source.as_ref());
        let others: BTreeSet<String> = others
            .filter(|source| !source.is_default_registry())
            .map(|source| match source.kind() {
                SourceKind::SparseRegistry => format!("sparse+{}", source.url()),
                _ => source.url().to_string(),
            })
            .collect();
        for (index, url) in others.iter().enumerate() {
            let url = serde_json::Value::from(url.as_str());
            config +=
                &format!("[source.other-{index}]\nregistry = {url}\nreplace-with = \"kettle-checked\"\n");
        }
        let path = cache.join("config.toml");
        fs::write(&path, config).at("write", &path)
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

/// The paths, below the cache, of all files that could be fetched crates. The fetching command made them:
/// links are not followed.
fn crates(cache: &Path) -> Done<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut pending = vec![PathBuf::from(CRATES)];
    while let Some(folder) = pending.pop() {
        if artifacts::no_links(cache, &folder).is_err() {
            continue;
        }
        let at = cache.join(&folder);
        for entry in fs::read_dir(&at).at("list", &at)? {
            let entry = entry.at("list", &at)?;
            let path = folder.join(entry.file_name());
            match entry.file_type().at("look at", &path)? {
                kind if kind.is_file() => found.push(path),
                kind if kind.is_dir() && folder == Path::new(CRATES) => pending.push(path),
                _ => {}
            }
        }
    }
    Ok(found)
}

/// The bytes of a plain file; one that is larger than any crate has none.
fn plain_file(cache: &Path, path: &Path) -> Done<Option<Vec<u8>>> {
    let at = cache.join(path);
    let (file, metadata) = artifacts::open(cache, path)
        .map_err(|what| Failure::build(format!("the fetched `{}` {what}", path.display())))?;
    if metadata.len() > CRATE_BYTES {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    file.take(CRATE_BYTES).read_to_end(&mut bytes).at("read", &at)?;
    Ok(Some(bytes))
}
