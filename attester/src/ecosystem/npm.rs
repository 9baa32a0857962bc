//! Node packages by npm: `package-lock.json`, versions 2 and 3.
//!
//! npm's cache holds archives under their SHA-512 and asks it before any registry, so a cache that has
//! nothing but checked archives, written here, is all that an offline `npm ci` needs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest as _, Sha512};

use super::{Command, Dependency, Ecosystem, Made, Mounts, Places, fetch, programs};
use crate::failure::{At as _, Done, Failure};
use crate::source::Source;
use crate::toolchain::Asked;

/// npm's builds.
#[derive(Debug)]
struct Npm {
    dependencies: Vec<Dependency>,
    /// The lockfile with every address that npm left out, where it left out any.
    completed: Option<Vec<u8>>,
}

/// `package-lock.json`, as much of it as matters here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Lockfile {
    lockfile_version: u32,
    #[serde(default)]
    packages: BTreeMap<String, Package>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Package {
    name: Option<String>,
    version: Option<String>,
    resolved: Option<String>,
    integrity: Option<String>,
    #[serde(default)]
    link: bool,
    #[serde(default)]
    in_bundle: bool,
    os: Option<Vec<String>>,
    cpu: Option<Vec<String>>,
}

fn fault(what: impl core::fmt::Display) -> Failure {
    Failure::usage(format!("`package-lock.json`: {what}"))
}

/// Reads the lockfile.
pub(super) fn open(lockfile: &[u8]) -> Done<Box<dyn Ecosystem>> {
    let lock: Lockfile = serde_json::from_slice(lockfile).map_err(fault)?;
    if !matches!(lock.lockfile_version, 2 | 3) {
        let version = lock.lockfile_version;
        return Err(fault(format!("version {version} is not taken; write it anew with npm 7 or later")));
    }
    let mut dependencies = Vec::new();
    let mut left_out = Vec::new();
    for (path, package) in &lock.packages {
        let Some(dependency) = dependency(path, package)? else { continue };
        if package.resolved.is_none() {
            left_out.push((path.as_str(), dependency.url.clone()));
        }
        dependencies.push(dependency);
    }
    let completed = if left_out.is_empty() { None } else { Some(complete(lockfile, left_out)?) };
    Ok(Box::new(Npm { dependencies: fetch::unique(dependencies)?, completed }))
}

/// The lockfile with addresses, without which npm would ask a registry what the newest version is.
fn complete(lockfile: &[u8], left_out: Vec<(&str, String)>) -> Done<Vec<u8>> {
    let mut lock: serde_json::Value = serde_json::from_slice(lockfile).map_err(fault)?;
    for (path, url) in left_out {
        let package = lock.get_mut("packages").and_then(|packages| packages.get_mut(path));
        if let Some(package) = package.and_then(serde_json::Value::as_object_mut) {
            package.insert("resolved".into(), url.into());
        }
    }
    serde_json::to_vec_pretty(&lock).map_err(fault)
}

/// The dependency of an entry; none where its files lie in the project or in another package's archive,
/// or where this machine can't use it.
fn dependency(path: &str, package: &Package) -> Done<Option<Dependency>> {
    let Some((_, folder)) = path.rsplit_once("node_modules/") else { return Ok(None) };
    let resolved = package.resolved.as_deref();
    let local = package.link || resolved.is_some_and(|resolved| resolved.starts_with("file:"));
    if local || package.in_bundle || !fits(package) {
        return Ok(None);
    }
    let name = package.name.as_deref().unwrap_or(folder);
    let version = package.version.as_deref().unwrap_or_default();
    if !is_name(name) || !is_version(version) {
        return Err(fault(format!("`{}` has no proper name and version", path.escape_debug())));
    }
    let url = match resolved {
        Some(url) if fetch::is_address(url) => url.to_owned(),
        Some(other) => {
            return Err(fault(format!(
                "`{name}@{version}` comes from `{}`; only archives from a registry, by https, are taken, so publish or vendor it",
                other.escape_debug()
            )));
        }
        // npm leaves the address out where it follows from name and version.
        None => {
            let base = name.rsplit('/').next().unwrap_or(name);
            format!("https://registry.npmjs.org/{name}/-/{base}-{version}.tgz")
        }
    };
    let sri = package.integrity.as_deref().and_then(fetch::sha512_of).ok_or_else(|| {
        fault(format!("`{name}@{version}` has no SHA-512; write the lockfile anew with a current npm"))
    })?;
    Ok(Some(Dependency {
        name: name.into(),
        uri: format!("pkg:npm/{name}@{version}?checksum={sri}"),
        digest: ("sha512".into(), sri.into()),
        url,
        annotations: BTreeMap::new(),
    }))
}

/// A name as registries have them, with or without a scope.
pub(super) fn is_name(name: &str) -> bool {
    let part = |part: &str| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte);
        !part.is_empty() && part.bytes().all(plain)
    };
    match name.strip_prefix('@') {
        Some(scoped) => scoped.split_once('/').is_some_and(|(scope, name)| part(scope) && part(name)),
        None => part(name),
    }
}

/// A version of semver, as far as its characters go.
pub(super) fn is_version(version: &str) -> bool {
    version.starts_with(|first: char| first.is_ascii_digit())
        && version.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".+-".contains(&byte))
}

/// Whether npm would install it here. A package for another system is no input of this build.
fn fits(package: &Package) -> bool {
    let cpu = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    allows(package.os.as_deref(), "linux") && allows(package.cpu.as_deref(), cpu)
}

/// npm's lists of systems: names that are meant, or names that are not, after `!`.
pub(super) fn allows(list: Option<&[String]>, this: &str) -> bool {
    let Some(list) = list.filter(|list| !list.is_empty()) else { return true };
    if list.iter().any(|one| one.strip_prefix('!') == Some(this)) {
        return false;
    }
    list.iter().any(|one| one == this || one == "any") || list.iter().all(|one| one.starts_with('!'))
}

/// Node itself.
pub(super) fn node() -> Done<Asked> {
    Asked::at("node", &programs::find("node")?, &["--version"])
}

/// A package manager that is a Node package: its driver, with the version of its manifest.
pub(super) fn manager(name: &'static str) -> Done<Asked> {
    let driver = programs::find(name)?;
    let manifest = package_of(&driver).join("package.json");
    let bytes = std::fs::read(&manifest).at("read", &manifest)?;
    let manifest: Package = serde_json::from_slice(&bytes)
        .map_err(|error| Failure::usage(format!("`{}`: {error}", manifest.display())))?;
    Asked::with_version(name, &driver, manifest.version.unwrap_or_default())
}

/// The folder of the package that a driver such as `npm/bin/npm-cli.js` belongs to.
pub(super) fn package_of(driver: &Path) -> PathBuf {
    programs::prefix(driver).to_path_buf()
}

impl Ecosystem for Npm {
    fn dependencies(&self) -> &[Dependency] {
        &self.dependencies
    }

    /// npm would take the other lockfile, and nobody would have read it.
    fn inspect(&self, source: &Source) -> Done {
        let other = "npm-shrinkwrap.json";
        if source.files.iter().any(|file| file.path == other) {
            return Err(Failure::usage(format!(
                "npm takes `{other}` in place of `package-lock.json`; commit one of them alone, as `package-lock.json`"
            )));
        }
        Ok(())
    }

    fn tools(&self) -> Done<Vec<Asked>> {
        Ok(vec![node()?, manager("npm")?])
    }

    fn mounts(&self) -> Done<Mounts> {
        let (node, npm) = (programs::find("node")?, programs::find("npm")?);
        programs::mounts(&[programs::prefix(&node), programs::prefix(&npm)])
    }

    fn closure(&self) -> Done<Vec<PathBuf>> {
        Ok(vec![programs::find("node")?, package_of(&programs::find("npm")?)])
    }

    fn fetch(&self, cache: &Path) -> Done<Vec<Command>> {
        fetch::by_address(&self.dependencies, cache)
    }

    fn take(&self, cache: &Path, checked: &Path) -> Done<Vec<Dependency>> {
        // The layout of npm's cache: two folders of two hex digits each, and the rest.
        fetch::take_by_index(&self.dependencies, cache, checked, |_, bytes| {
            let hex = crate::hex(&Sha512::digest(bytes));
            let (first, rest) = hex.split_at(2);
            let (second, rest) = rest.split_at(2);
            format!("_cacache/content-v2/sha512/{first}/{second}/{rest}")
        })
    }

    fn complete(&self, source: &Path) -> Done {
        let Some(completed) = &self.completed else { return Ok(()) };
        let path = source.join("package-lock.json");
        std::fs::write(&path, completed).at("write", &path)
    }

    fn prepare(&self) -> Vec<Command> {
        // npm writes into its cache, and what was checked can't be written.
        let copy = format!("cp -r {}/. {}/", Places::CHECKED, Places::CACHE);
        vec![npm(&["sh", "-c", &copy]), npm(&["npm", "ci", "--offline", "--no-audit", "--no-fund"])]
    }

    fn build(&self, command: &[String]) -> Command {
        npm(&command.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn default_command(&self) -> Vec<String> {
        let script = "npm run build --if-present && npm pack --pack-destination \"$KETTLE_OUTPUT\"";
        ["sh", "-c", script].map(String::from).to_vec()
    }

    fn artifacts(&self) -> Made {
        Made::Files
    }

    fn merkle_tools(&self) -> &'static [&'static str] {
        &["node", "npm"]
    }
}

fn npm(words: &[&str]) -> Command {
    // Variables outweigh what a project's own configuration says.
    let variables = [
        ("npm_config_cache", Places::CACHE),
        ("npm_config_offline", "true"),
        ("npm_config_update_notifier", "false"),
    ];
    Command::new(words, &variables)
}

#[cfg(test)]
mod tests;
