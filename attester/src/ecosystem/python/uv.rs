//! A wheel by uv: `uv.lock`.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{ENVIRONMENT, Python, dependency, is_file_name, is_sha256, is_version, normal};
use crate::ecosystem::{Command, Dependency, Ecosystem, Made, Mounts, Places, fetch, programs};
use crate::failure::{Done, Failure};
use crate::toolchain::Asked;

/// uv's builds.
#[derive(Debug)]
struct Uv {
    python: Python,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Lockfile {
    version: u32,
    #[serde(default)]
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: Option<String>,
    #[serde(default)]
    source: toml::Table,
    sdist: Option<File>,
    #[serde(default)]
    wheels: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    url: Option<String>,
    hash: Option<String>,
}

fn fault(what: impl core::fmt::Display) -> Failure {
    let words = what.to_string();
    let words: Vec<&str> = words.split_whitespace().collect();
    Failure::usage(format!("`uv.lock`: {}", words.join(" ")))
}

/// Reads the lockfile.
pub(in crate::ecosystem) fn open(lockfile: &[u8]) -> Done<Box<dyn Ecosystem>> {
    let lock: Lockfile = toml::from_slice(lockfile).map_err(fault)?;
    if lock.version != 1 {
        return Err(fault(format!("version {} is not known here", lock.version)));
    }
    let python = Python::find()?;
    let mut dependencies = Vec::new();
    for package in &lock.package {
        dependencies.extend(files(package, &python)?);
    }
    Ok(Box::new(Uv { dependencies: fetch::unique(dependencies)?, python }))
}

/// The files of a package that could be installed here; none where its files lie in the project.
fn files(package: &Package, python: &Python) -> Done<Vec<Dependency>> {
    let kind = package.source.keys().next().map(String::as_str).unwrap_or_default();
    let shown = package.name.escape_debug();
    match kind {
        "virtual" | "editable" | "directory" | "path" => return Ok(Vec::new()),
        "registry" | "url" => {}
        _ => {
            return Err(fault(format!(
                "`{shown}` comes from `{}`; only files of a registry or an address are taken, so publish or vendor it",
                kind.escape_debug()
            )));
        }
    }
    let name = normal(&package.name).ok_or_else(|| fault(format!("`{shown}` is no name")))?;
    let version = package.version.as_deref().filter(|version| is_version(version));
    let version = version.ok_or_else(|| fault(format!("`{shown}` has no version")))?;
    let mut wheels = Vec::new();
    for wheel in &package.wheels {
        let (url, file, sha256) = file(wheel).ok_or_else(|| open_file(&name, version))?;
        if python.takes(file) {
            wheels.push(dependency(&name, version, sha256, url));
        }
    }
    if wheels.is_empty() {
        let source = package.sdist.as_ref().map(|sdist| file(sdist).ok_or_else(|| open_file(&name, version)));
        if let Some((url, _, sha256)) = source.transpose()? {
            wheels.push(dependency(&name, version, sha256, url));
        }
    }
    Ok(wheels)
}

fn open_file(name: &str, version: &str) -> Failure {
    fault(format!(
        "a file of `{name} {version}` has no https address or no SHA-256; write the lockfile anew with a current uv"
    ))
}

/// Address, name and SHA-256 of a file.
fn file(file: &File) -> Option<(&str, &str, &str)> {
    let url = file.url.as_deref().filter(|url| fetch::is_address(url))?;
    let sha256 = file.hash.as_deref()?.strip_prefix("sha256:").filter(|hash| is_sha256(hash))?;
    Some((url, name_of(url)?, sha256))
}

/// The last part of an address, without what comes after `?` or `#`.
fn name_of(url: &str) -> Option<&str> {
    let path = url.split(['?', '#']).next()?;
    path.rsplit('/').next().filter(|name| is_file_name(name))
}

impl Uv {
    fn run(&self, words: &[&str], python: &str) -> Command {
        let cache = format!("{}/uv", Places::CACHE);
        let variables = [
            ("UV_CACHE_DIR", cache.as_str()),
            ("UV_FROZEN", "1"),
            ("UV_NO_PROGRESS", "1"),
            ("UV_OFFLINE", "1"),
            ("UV_PYTHON", python),
            ("UV_PYTHON_DOWNLOADS", "never"),
        ];
        Python::command(words, &variables)
    }
}

impl Ecosystem for Uv {
    fn dependencies(&self) -> &[Dependency] {
        &self.dependencies
    }

    fn tools(&self) -> Done<Vec<Asked>> {
        Ok(vec![Asked::at("uv", &programs::find("uv")?, &["--version"])?, self.python.tool()?])
    }

    fn mounts(&self) -> Done<Mounts> {
        let uv = programs::find("uv")?;
        programs::mounts(&[programs::prefix(&uv), &self.python.prefix])
    }

    fn links(&self) -> bool {
        true
    }

    fn closure(&self) -> Done<Vec<PathBuf>> {
        Ok(self.python.closure()?.into_iter().chain([programs::find("uv")?]).collect())
    }

    fn fetch(&self, cache: &Path) -> Done<Vec<Command>> {
        fetch::by_address(&self.dependencies, cache)
    }

    fn take(&self, cache: &Path, checked: &Path) -> Done<Vec<Dependency>> {
        fetch::take_by_index(&self.dependencies, cache, checked, |dependency, _| {
            // Percent signs stand for characters that names of files have and addresses lack.
            name_of(&dependency.url).unwrap_or_default().to_owned()
        })
    }

    fn prepare(&self) -> Vec<Command> {
        let (list, inside) = (format!("{}/list.txt", Places::CACHE), format!("{ENVIRONMENT}/bin/python"));
        let python = self.python.program.to_string_lossy();
        let export = [
            "uv",
            "export",
            "--quiet",
            "--frozen",
            "--all-groups",
            "--no-emit-project",
            "--output-file",
            &list,
        ];
        let install = [
            "uv",
            "pip",
            "install",
            "--quiet",
            "--no-index",
            "--no-deps",
            "--require-hashes",
            "--no-build-isolation",
            "--find-links",
            Places::CHECKED,
            "--requirements",
            &list,
        ];
        vec![
            self.run(&export, &python),
            self.run(&["uv", "venv", "--quiet", ENVIRONMENT], &python),
            self.run(&install, &inside),
        ]
    }

    fn build(&self, command: &[String]) -> Command {
        let words: Vec<&str> = command.iter().map(String::as_str).collect();
        self.run(&words, &format!("{ENVIRONMENT}/bin/python"))
    }

    fn default_command(&self) -> Vec<String> {
        ["uv", "build", "--wheel", "--no-build-isolation", "--out-dir", Places::OUTPUT]
            .map(String::from)
            .to_vec()
    }

    fn artifacts(&self) -> Made {
        Made::Files
    }

    fn merkle_tools(&self) -> &'static [&'static str] {
        &["python", "uv"]
    }
}
