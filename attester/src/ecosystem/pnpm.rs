//! Node packages by pnpm: `pnpm-lock.yaml`, versions 6 and 9.
//!
//! pnpm's store has a layout of its own that changes between versions. So what was checked is offered to
//! it by a registry on the sandbox's own loopback, which is all the network that there is.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::npm::{allows, is_name, is_version, manager, node, package_of};
use super::{Command, Dependency, Ecosystem, Made, Mounts, Places, fetch, programs};
use crate::failure::{At as _, Done, Failure};
use crate::toolchain::Asked;

/// pnpm's builds.
#[derive(Debug)]
struct Pnpm {
    dependencies: Vec<Dependency>,
}

/// The registry, as a program for Node: `registry.mjs COMMAND…` offers what was checked while the command runs.
const REGISTRY: &str = include_str!("pnpm/registry.mjs");

/// `pnpm-lock.yaml`, as much of it as matters here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lockfile {
    lockfile_version: Version,
    #[serde(default)]
    packages: BTreeMap<String, Package>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Version {
    Text(String),
    Number(f64),
}

#[derive(Deserialize)]
struct Package {
    resolution: Resolution,
    os: Option<Vec<String>>,
    cpu: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Resolution {
    integrity: Option<String>,
    tarball: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

fn fault(what: impl core::fmt::Display) -> Failure {
    let text = what.to_string();
    Failure::usage(format!("`pnpm-lock.yaml`: {}", text.lines().next().unwrap_or_default()))
}

/// Reads the lockfile.
pub(super) fn open(lockfile: &[u8]) -> Done<Box<dyn Ecosystem>> {
    let text = core::str::from_utf8(lockfile).map_err(fault)?;
    let lock: Lockfile = serde_saphyr::from_str(text).map_err(fault)?;
    let version = match &lock.lockfile_version {
        Version::Text(version) => version.clone(),
        Version::Number(version) => version.to_string(),
    };
    if !["6.0", "6.1", "9.0", "6", "9"].contains(&version.as_str()) {
        return Err(fault(format!("version {} is not known here", version.escape_debug())));
    }
    let packages = lock.packages.iter().filter_map(|(key, package)| dependency(key, package).transpose());
    Ok(Box::new(Pnpm { dependencies: fetch::unique(packages.collect::<Done<_>>()?)? }))
}

/// The dependency of an entry `name@version`; none where this machine can't use it.
fn dependency(key: &str, package: &Package) -> Done<Option<Dependency>> {
    let shown = key.escape_debug();
    // Peers in brackets tell copies of one package apart, and version 6 begins with a slash.
    let bare = key.split('(').next().unwrap_or(key).trim_start_matches('/');
    let (name, version) = bare.rsplit_once('@').unwrap_or((bare, ""));
    let resolution = &package.resolution;
    if resolution.tarball.is_some() || resolution.kind.is_some() || !is_name(name) || !is_version(version) {
        return Err(fault(format!(
            "`{shown}` does not come from the registry; only packages of the registry are taken, so publish it or make it part of the workspace"
        )));
    }
    let cpu = if std::env::consts::ARCH == "aarch64" { "arm64" } else { "x64" };
    if !allows(package.os.as_deref(), "linux") || !allows(package.cpu.as_deref(), cpu) {
        return Ok(None);
    }
    let sri = resolution.integrity.as_deref().and_then(fetch::sha512_of).ok_or_else(|| {
        fault(format!("`{shown}` has no SHA-512; write the lockfile anew with a current pnpm"))
    })?;
    Ok(Some(Dependency {
        name: name.into(),
        uri: format!("pkg:npm/{name}@{version}?checksum={sri}"),
        digest: ("sha512".into(), sri.into()),
        url: format!("https://registry.npmjs.org/{}", archive(name, version)),
        annotations: BTreeMap::new(),
    }))
}

/// Where a registry keeps the archive of a package.
fn archive(name: &str, version: &str) -> String {
    let base = name.rsplit('/').next().unwrap_or(name);
    format!("{name}/-/{base}-{version}.tgz")
}

/// Where the build finds `pnpm`.
const BIN: &str = "/build/cache/bin";

fn pnpm(words: &[&str]) -> Command {
    let variables = [
        ("npm_config_store_dir", "/build/cache/store"),
        ("npm_config_cache", "/build/cache/npm"),
        ("npm_config_manage_package_manager_versions", "false"),
        ("npm_config_update_notifier", "false"),
        ("COREPACK_ENABLE_STRICT", "0"),
        ("CI", "true"),
    ];
    let mut command = Command::new(words, &variables);
    command.first = Some(BIN);
    command
}

impl Ecosystem for Pnpm {
    fn dependencies(&self) -> &[Dependency] {
        &self.dependencies
    }

    fn tools(&self) -> Done<Vec<Asked>> {
        Ok(vec![node()?, manager("pnpm")?])
    }

    fn mounts(&self) -> Done<Mounts> {
        let (node, pnpm) = (programs::find("node")?, package_of(&programs::find("pnpm")?));
        programs::mounts(&[programs::prefix(&node), &pnpm])
    }

    fn closure(&self) -> Done<Vec<PathBuf>> {
        Ok(vec![programs::find("node")?, package_of(&programs::find("pnpm")?)])
    }

    fn fetch(&self, cache: &Path) -> Done<Vec<Command>> {
        fetch::by_address(&self.dependencies, cache)
    }

    fn take(&self, cache: &Path, checked: &Path) -> Done<Vec<Dependency>> {
        fetch::take_by_index(&self.dependencies, cache, checked, |dependency, _| {
            dependency.url.strip_prefix("https://registry.npmjs.org/").unwrap_or_default().to_owned()
        })
    }

    fn configure(&self, _: &Path, cache: &Path) -> Done {
        let registry = cache.join("registry.mjs");
        fs::write(&registry, REGISTRY).at("write", &registry)?;
        // The driver is called by its name, which the folder that it lies in may not have.
        let (bin, driver) = (cache.join("bin"), programs::find("pnpm")?);
        fs::create_dir(&bin).at("make the folder", &bin)?;
        let (program, line) =
            (bin.join("pnpm"), format!("#!/bin/sh\nexec node '{}' \"$@\"\n", driver.display()));
        fs::write(&program, line).at("write", &program)?;
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).at("set the mode of", &program)
    }

    fn prepare(&self) -> Vec<Command> {
        let registry = format!("{}/registry.mjs", Places::CACHE);
        vec![pnpm(&["node", &registry, "pnpm", "install", "--frozen-lockfile", "--reporter", "append-only"])]
    }

    fn build(&self, command: &[String]) -> Command {
        pnpm(&command.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn default_command(&self) -> Vec<String> {
        let script = "pnpm run --if-present build && pnpm pack --pack-destination \"$KETTLE_OUTPUT\"";
        ["sh", "-c", script].map(String::from).to_vec()
    }

    fn artifacts(&self) -> Made {
        Made::Files
    }

    fn merkle_tools(&self) -> &'static [&'static str] {
        &["node", "pnpm"]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lockfile(version: &str, package: &str) -> String {
        format!("lockfileVersion: {version}\n\npackages:\n{package}\n")
    }

    #[test]
    fn what_leaves_something_open_is_refused() {
        let sri = format!("sha512-{}==", "A".repeat(86));
        let entry = |key: &str, resolution: &str| format!("  {key}:\n    resolution: {resolution}");
        let sound = entry("'@a/b@1.0.0(c@2.0.0)'", &format!("{{integrity: {sri}}}"));
        assert_eq!(
            open(lockfile("'9.0'", &sound).as_bytes()).unwrap().dependencies()[0].url,
            "https://registry.npmjs.org/@a/b/-/b-1.0.0.tgz"
        );
        let other = format!("{sound}\n    os: [win32]");
        assert!(open(lockfile("6.0", &other).as_bytes()).unwrap().dependencies().is_empty());
        for (version, package, said) in [
            ("'5.4'", sound, "not known"),
            ("'9.0'", entry("a@1.0.0", "{integrity: sha1-AAAA}"), "no SHA-512"),
            ("'9.0'", entry("a@1.0.0", "{}"), "no SHA-512"),
            ("'9.0'", entry("a@https://codeload.github.com/a", "{tarball: https://x}"), "registry"),
            ("'9.0'", entry("a@1.0.0", "{type: git, repo: x, commit: y}"), "registry"),
            ("'9.0'", entry("'../a@1.0.0'", &format!("{{integrity: {sri}}}")), "registry"),
            ("'9.0'", "  a@1.0.0: 7".into(), "pnpm-lock.yaml"),
        ] {
            let text = lockfile(version, &package);
            let failure = open(text.as_bytes()).err().unwrap();
            assert!(failure.message.contains(said), "{text}: {failure}");
        }
    }
}
