//! Rust: `Cargo.lock`, crates from a registry.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::OnceLock;

use cargo_lock::package::SourceKind;
use cargo_lock::{Checksum, Lockfile};

use super::{Command, Dependency, Ecosystem, Made, Mounts, Places, fetch};
use crate::artifacts;
use crate::failure::{At as _, Done, Failure};
use crate::sha256_hex;
use crate::source::Source;
use crate::toolchain::{Asked, output};

/// Rust's builds.
#[derive(Debug)]
struct Cargo {
    dependencies: Vec<Dependency>,
    /// The registries beside crates.io, as cargo's configuration names them.
    registries: BTreeSet<String>,
}

/// Below the home of cargo: the crates as they were fetched.
const CRATES: &str = "registry/cache";

fn fault(reason: impl core::fmt::Display) -> Failure {
    let reason = reason.to_string();
    let words: Vec<&str> = reason.split_whitespace().collect();
    Failure::usage(format!("`Cargo.lock`: {}", words.join(" ")))
}

/// Reads the lockfile.
pub(super) fn open(lockfile: &[u8]) -> Done<Box<dyn Ecosystem>> {
    let text = core::str::from_utf8(lockfile).map_err(fault)?;
    let lock = Lockfile::from_str(text).map_err(fault)?;
    let mut dependencies = Vec::with_capacity(lock.packages.len());
    let mut registries = BTreeSet::new();
    for package in &lock.packages {
        // A package without a source lies in the project, whose tree is recorded.
        let Some(source) = &package.source else { continue };
        let (name, version) = (package.name.as_str(), &package.version);
        if !source.is_registry() {
            return Err(fault(format_args!(
                "`{name} {version}` comes from `{source}`; only crates of a registry are taken, so publish it or make it part of the project by path"
            )));
        }
        let Some(Checksum::Sha256(digest)) = &package.checksum else {
            return Err(fault(format_args!(
                "`{name} {version}` has no checksum; write the lockfile anew with a current cargo"
            )));
        };
        let digest = crate::hex(digest);
        dependencies.push(Dependency {
            name: name.into(),
            uri: format!("pkg:cargo/{name}@{version}?checksum=sha256:{digest}"),
            digest: ("sha256".into(), digest),
            url: String::new(),
            annotations: BTreeMap::new(),
        });
        if !source.is_default_registry() {
            registries.insert(match source.kind() {
                SourceKind::SparseRegistry => format!("sparse+{}", source.url()),
                _ => source.url().to_string(),
            });
        }
    }
    Ok(Box::new(Cargo { dependencies, registries }))
}

/// What in the project's own configuration would have other crates built than those that were checked.
const ELSEWHERE: [&str; 4] = ["source", "paths", "patch", "include"];

impl Ecosystem for Cargo {
    fn dependencies(&self) -> &[Dependency] {
        &self.dependencies
    }

    /// A vendored tree says of itself what its digests are; cargo would believe it.
    fn inspect(&self, source: &Source) -> Done {
        for path in [".cargo", ".cargo/config.toml", ".cargo/config"] {
            if source.is_link(path) {
                return Err(Failure::usage(format!(
                    "`{path}` is a link, so cargo would be configured by another file; commit the file itself"
                )));
            }
            if !source.files.iter().any(|file| file.path == path) {
                continue;
            }
            let at = source.folder.join(path);
            let text = fs::read_to_string(&at).at("read", &at)?;
            let config: toml::Table =
                text.parse().map_err(|error| Failure::usage(format!("`{path}`: {error}")))?;
            if let Some(key) = ELSEWHERE.into_iter().find(|key| config.contains_key(*key)) {
                return Err(Failure::usage(format!(
                    "`{path}` has `{key}`, so crates would come from elsewhere than the registry that `Cargo.lock` has digests for; build a commit without it"
                )));
            }
        }
        Ok(())
    }

    fn tools(&self) -> Done<Vec<Asked>> {
        let bin = sysroot()?.join("bin");
        ["cargo", "rustc"].into_iter().map(|name| Asked::at(name, &bin.join(name), &["--version"])).collect()
    }

    fn mounts(&self) -> Done<Mounts> {
        Ok(vec![sysroot()?])
    }

    fn links(&self) -> bool {
        true
    }

    fn closure(&self) -> Done<Vec<PathBuf>> {
        let sysroot = sysroot()?;
        let parts = ["bin", "lib", "libexec"].map(|part| sysroot.join(part));
        let programs = ["bin/cargo", "bin/rustc"].map(|program| sysroot.join(program));
        let there = parts.into_iter().filter(|part| part.is_dir());
        Ok(there.chain(programs).collect())
    }

    fn fetch(&self, _: &Path) -> Done<Vec<Command>> {
        Ok(vec![cargo(&["cargo", "fetch", "--locked"])])
    }

    fn take(&self, cache: &Path, checked: &Path) -> Done<Vec<Dependency>> {
        let mut wanted: BTreeMap<&str, &Dependency> =
            self.dependencies.iter().map(|dependency| (dependency.digest.1.as_str(), dependency)).collect();
        for path in crates(cache)? {
            let Some(bytes) = fetch::plain_file(cache, &path)? else { continue };
            let digest = sha256_hex(&bytes);
            if wanted.remove(digest.as_str()).is_some() {
                let to = checked.join(format!("{digest}.crate"));
                fs::write(&to, bytes).at("write", &to)?;
            }
        }
        match wanted.into_iter().next() {
            None => Ok(self.dependencies.clone()),
            Some((digest, missing)) => Err(Failure::build(format!(
                "`{}`: no crate that was fetched has the checksum of the lockfile, {digest}",
                missing.uri
            ))),
        }
    }

    fn unpack(&self) -> Vec<Command> {
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
        vec![cargo(&["sh", "-c", &script])]
    }

    fn configure(&self, _: &Path, cache: &Path) -> Done {
        let mut config = format!("[source.kettle-checked]\ndirectory = \"{}\"\n", Places::VENDOR);
        config += "[source.crates-io]\nreplace-with = \"kettle-checked\"\n";
        for (index, url) in self.registries.iter().enumerate() {
            let url = serde_json::Value::from(url.as_str());
            config +=
                &format!("[source.other-{index}]\nregistry = {url}\nreplace-with = \"kettle-checked\"\n");
        }
        let path = cache.join("config.toml");
        fs::write(&path, config).at("write", &path)
    }

    fn writes_source(&self) -> bool {
        false
    }

    fn build(&self, command: &[String]) -> Command {
        let mut build = cargo(&command.iter().map(String::as_str).collect::<Vec<_>>());
        build.environment.push(("CARGO_NET_OFFLINE".into(), "true".into()));
        build
    }

    fn default_command(&self) -> Vec<String> {
        ["cargo", "build", "--release", "--locked"].map(String::from).to_vec()
    }

    fn artifacts(&self) -> Made {
        Made::Programs("release")
    }

    fn merkle_tools(&self) -> &'static [&'static str] {
        &["rustc", "cargo"]
    }
}

fn cargo(words: &[&str]) -> Command {
    Command::new(words, &[("CARGO_HOME", Places::CACHE), ("CARGO_TARGET_DIR", Places::OUTPUT)])
}

/// The toolchain that is in force, asked of the compiler itself: the programs in a user's path may be
/// proxies of a toolchain manager, which need files of their own.
fn sysroot() -> Done<PathBuf> {
    static SYSROOT: OnceLock<Done<PathBuf>> = OnceLock::new();
    SYSROOT.get_or_init(|| Ok(PathBuf::from(output("rustc", &["--print", "sysroot"])?))).clone()
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
