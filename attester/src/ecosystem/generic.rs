//! Everything else: `kettle-build.toml` declares inputs with digests, programs, a command and outputs.
//!
//! ```toml
//! command = ["make", "install"]   # runs in a copy of the source, with $KETTLE_INPUTS and $KETTLE_OUTPUT
//! outputs = ["bin/hello"]         # below $KETTLE_OUTPUT
//! programs = ["make", "cc"]       # of this machine, whose digests are recorded
//!
//! [[inputs]]                      # lies in $KETTLE_INPUTS under the last part of its address
//! name = "zlib"
//! version = "1.3.1"
//! url = "https://zlib.net/fossils/zlib-1.3.1.tar.gz"
//! sha256 = "9a93b2b7dfdac77ceba5a558a580e74667dd6fede4585b91eefb60f03b72df23"
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{Command, Dependency, Ecosystem, Made, Mounts, Places, fetch, programs};
use crate::failure::{At as _, Done, Failure};
use crate::sha256_hex;
use crate::toolchain::{Asked, Tool};

/// A declared build.
#[derive(Debug)]
struct Generic {
    manifest: Manifest,
    dependencies: Vec<Dependency>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    command: Vec<String>,
    outputs: Vec<String>,
    programs: Vec<String>,
    #[serde(default)]
    inputs: Vec<Input>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    name: String,
    version: String,
    url: String,
    sha256: String,
}

fn fault(what: impl core::fmt::Display) -> Failure {
    let text = what.to_string();
    let words: Vec<&str> = text.split_whitespace().collect();
    Failure::usage(format!("`kettle-build.toml`: {}", words.join(" ")))
}

/// Reads the manifest.
pub(super) fn open(lockfile: &[u8]) -> Done<Box<dyn Ecosystem>> {
    let manifest: Manifest = toml::from_slice(lockfile).map_err(fault)?;
    for (list, name) in
        [(&manifest.command, "command"), (&manifest.outputs, "outputs"), (&manifest.programs, "programs")]
    {
        if list.is_empty() || list.iter().any(String::is_empty) {
            return Err(fault(format!(
                "`{name}` is empty; a declared build names what runs and what it makes"
            )));
        }
    }
    // What lies beside a program is shown to the build: a path would choose what that is.
    if let Some(path) = manifest.programs.iter().find(|name| name.contains('/') || name.starts_with('.')) {
        return Err(fault(format!(
            "`programs` has `{}`, which is a path; name a program of this machine, such as `make`",
            path.escape_debug()
        )));
    }
    let dependencies = manifest.inputs.iter().map(dependency).collect::<Done<Vec<_>>>()?;
    let files: BTreeSet<Option<&str>> = dependencies.iter().map(|known| file_of(&known.url)).collect();
    if files.len() != dependencies.len() {
        return Err(fault(
            "two inputs would lie in one file; each needs an address that ends in a name of its own",
        ));
    }
    Ok(Box::new(Generic { manifest, dependencies: fetch::unique(dependencies)? }))
}

fn dependency(input: &Input) -> Done<Dependency> {
    let Input { name, version, url, sha256 } = input;
    let plain = |text: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        text.starts_with(|first: char| first.is_ascii_alphanumeric()) && text.bytes().all(allowed)
    };
    let shown = name.escape_debug();
    if !plain(name) || !plain(version) {
        return Err(fault(format!(
            "the input `{shown}` needs a name and a version of letters, digits, `.`, `_` and `-`"
        )));
    }
    if !fetch::is_address(url) || file_of(url).is_none() {
        return Err(fault(format!(
            "the input `{shown}` needs an https address that ends in the name of a file"
        )));
    }
    let hex = sha256.len() == 64 && sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !hex {
        return Err(fault(format!("the input `{shown}` needs its SHA-256 in 64 lower-case hex characters")));
    }
    Ok(Dependency {
        name: name.clone(),
        uri: format!("pkg:generic/{name}@{version}?checksum=sha256:{sha256}"),
        digest: ("sha256".into(), sha256.clone()),
        url: url.clone(),
        annotations: BTreeMap::new(),
    })
}

/// The file that an address ends in.
fn file_of(url: &str) -> Option<&str> {
    let path = url.split(['?', '#']).next()?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._+~-".contains(&byte);
    path.rsplit('/')
        .next()
        .filter(|name| !name.is_empty() && !name.starts_with('.') && name.bytes().all(allowed))
}

/// What the system calls itself.
fn system() -> Done<String> {
    let path = Path::new("/etc/os-release");
    let text = std::fs::read_to_string(path).at("read", path)?;
    let name = text.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    Ok(name.map(|name| name.trim_matches(['"', '\'']).to_owned()).unwrap_or_default())
}

impl Generic {
    fn programs(&self) -> Done<Vec<PathBuf>> {
        let found = self.manifest.programs.iter().map(|name| programs::find(name));
        let unique: BTreeSet<PathBuf> = found.collect::<Done<_>>()?;
        Ok(unique.into_iter().collect())
    }

    fn run(words: &[String]) -> Command {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        Command::new(&words, &[("KETTLE_INPUTS", Places::CHECKED)])
    }
}

impl Ecosystem for Generic {
    fn dependencies(&self) -> &[Dependency] {
        &self.dependencies
    }

    fn tools(&self) -> Done<Vec<Asked>> {
        let mut list = String::new();
        let programs = self.programs()?;
        for program in &programs {
            let bytes = std::fs::read(program).at("read", program)?;
            list += &format!("{} {}\n", sha256_hex(&bytes), program.display());
        }
        let path = programs.into_iter().next().unwrap_or_default();
        Ok(vec![Asked::known(Tool {
            name: "system".into(),
            sha256: sha256_hex(list.as_bytes()),
            version: system()?,
            path,
        })])
    }

    fn mounts(&self) -> Done<Mounts> {
        let programs = self.programs()?;
        let prefixes: Vec<&Path> = programs.iter().map(|program| programs::prefix(program)).collect();
        programs::mounts(&prefixes)
    }

    fn closure(&self) -> Done<Vec<PathBuf>> {
        self.programs()
    }

    fn fetch(&self, cache: &Path) -> Done<Vec<Command>> {
        fetch::by_address(&self.dependencies, cache)
    }

    fn take(&self, cache: &Path, checked: &Path) -> Done<Vec<Dependency>> {
        fetch::take_by_index(&self.dependencies, cache, checked, |known, _| {
            file_of(&known.url).unwrap_or_default().to_owned()
        })
    }

    fn build(&self, command: &[String]) -> Command {
        Self::run(command)
    }

    fn default_command(&self) -> Vec<String> {
        self.manifest.command.clone()
    }

    fn artifacts(&self) -> Made {
        Made::Named(self.manifest.outputs.clone())
    }

    fn merkle_tools(&self) -> &'static [&'static str] {
        &["system"]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_something_open_is_refused() {
        let sound = "command = [\"make\"]\noutputs = [\"x\"]\nprograms = [\"sh\"]\n";
        assert!(open(sound.as_bytes()).unwrap().dependencies().is_empty());
        let sum = "a".repeat(64);
        let input = |name: &str, url: &str, sha256: &str| {
            format!(
                "{sound}[[inputs]]\nname = \"{name}\"\nversion = \"1\"\nurl = \"{url}\"\nsha256 = \"{sha256}\"\n"
            )
        };
        for (text, said) in [
            ("command = [\"make\"]\noutputs = [\"x\"]\n".to_owned(), "programs"),
            (sound.replace("[\"x\"]", "[]"), "`outputs` is empty"),
            (sound.replace("make", ""), "`command` is empty"),
            (sound.replace("sh", "/usr/lib/a/sh"), "which is a path"),
            (sound.replace("sh", "../sh"), "which is a path"),
            (sound.replace("sh", ".."), "which is a path"),
            (format!("{sound}network = true\n"), "unknown field"),
            (input("a", "https://a.example/a.tar", "abc"), "SHA-256"),
            (input("a", "http://a.example/a.tar", &sum), "https address"),
            (input("a", "https://a.example/", &sum), "name of a file"),
            (input("a", "https://a.example/..", &sum), "name of a file"),
            (input("a/../b", "https://a.example/a.tar", &sum), "name and a version"),
            (
                input("a", "https://a.example/a.tar", &sum)
                    + &input("b", "https://b.example/a.tar", &"b".repeat(64)).replace(sound, ""),
                "in one file",
            ),
        ] {
            let failure = open(text.as_bytes()).err().unwrap();
            assert!(failure.message.contains(said), "{text}: {failure}");
        }
    }
}
