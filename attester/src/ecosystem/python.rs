//! Python: what its two package managers share.
//!
//! Neither lockfile names what builds a package unless the project lists it there, and both managers
//! would fetch it unasked; here a build sees what was checked, so the build backend has to be listed.

pub(super) mod pip;
mod requirements;
pub(super) mod uv;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use super::{Command, Dependency, Places};
use crate::failure::{At as _, Done, Failure};
use crate::toolchain::{Asked, lines};

/// Where the build's own environment lies.
const ENVIRONMENT: &str = "/build/cache/venv";

/// The interpreter that builds.
#[derive(Debug)]
struct Python {
    program: PathBuf,
    prefix: PathBuf,
    version: String,
    minor: u32,
    glibc: bool,
    library: PathBuf,
}

/// Asks the interpreter, since the program in the path may be a proxy of a version manager.
const QUESTION: &str = "import platform, sys, sysconfig
print(sys.executable, sys.base_prefix, platform.python_version(), sys.version_info.minor, platform.libc_ver()[0], sysconfig.get_path('stdlib'), sep='\\n')";

impl Python {
    fn find() -> Done<Self> {
        let answer = lines("python3", &["-IB", "-c", QUESTION])?;
        let mut answer = answer.iter().map(String::as_str);
        let mut next = || answer.next().unwrap_or_default();
        let python = Self {
            program: PathBuf::from(next()),
            prefix: PathBuf::from(next()),
            version: format!("Python {}", next()),
            minor: next().parse().unwrap_or_default(),
            glibc: next() == "glibc",
            library: PathBuf::from(next()),
        };
        if python.program.is_absolute() && python.prefix.is_absolute() && python.minor > 0 {
            return Ok(python);
        }
        Err(Failure::usage("`python3` doesn't tell where it lies and which version it is"))
    }

    fn tool(&self) -> Done<Asked> {
        Asked::with_version("python", &self.program, self.version.clone())
    }

    /// The interpreter and its library. What is installed beside the library
    /// is not seen by a build, which has an environment of its own.
    fn closure(&self) -> Done<Vec<PathBuf>> {
        let library = &self.library;
        let mut roots = vec![self.program.clone()];
        for entry in fs::read_dir(library).at("list", library)? {
            let entry = entry.at("list", library)?;
            if !["site-packages", "dist-packages"].iter().any(|name| entry.file_name() == *name) {
                roots.push(entry.path());
            }
        }
        Ok(roots)
    }

    /// Whether a wheel could be installed by this interpreter on this machine.
    fn takes(&self, wheel: &str) -> bool {
        let Some(stem) = wheel.strip_suffix(".whl") else { return false };
        let mut parts = stem.rsplitn(4, '-');
        let (Some(platform), Some(abi), Some(python), Some(_)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return false;
        };
        let any = |list: &str, fits: &dyn Fn(&str) -> bool| list.split('.').any(fits);
        any(platform, &|platform| self.runs_on(platform))
            && any(abi, &|abi| any(python, &|python| self.reads(python, abi)))
    }

    fn runs_on(&self, platform: &str) -> bool {
        let libc = if self.glibc { "manylinux" } else { "musllinux" };
        let machine = platform.strip_suffix(std::env::consts::ARCH).and_then(|rest| rest.strip_suffix('_'));
        platform == "any" || machine.is_some_and(|system| system == "linux" || system.starts_with(libc))
    }

    fn reads(&self, python: &str, abi: &str) -> bool {
        let minor = |prefix| python.strip_prefix(prefix).and_then(|minor| minor.parse::<u32>().ok());
        match abi {
            "none" if python == "py3" => true,
            "none" => minor("py3").or_else(|| minor("cp3")).is_some_and(|minor| minor <= self.minor),
            "abi3" => minor("cp3").is_some_and(|minor| minor <= self.minor),
            abi => abi == python && minor("cp3") == Some(self.minor),
        }
    }

    /// A command with the build's environment in force.
    fn command(words: &[&str], more: &[(&str, &str)]) -> Command {
        let mut command = Command::new(words, more);
        command.first = Some("/build/cache/venv/bin");
        command.environment.extend([
            ("VIRTUAL_ENV".to_owned(), ENVIRONMENT.to_owned()),
            ("PYTHONDONTWRITEBYTECODE".to_owned(), "1".to_owned()),
            // Dictionaries and sets in the same order in every build.
            ("PYTHONHASHSEED".to_owned(), "0".to_owned()),
            ("XDG_CACHE_HOME".to_owned(), Places::CACHE.to_owned()),
        ]);
        command
    }
}

/// The dependency of a file in a registry of Python packages.
fn dependency(name: &str, version: &str, sha256: &str, url: &str) -> Dependency {
    Dependency {
        name: name.into(),
        uri: format!("pkg:pypi/{name}@{version}?checksum=sha256:{sha256}"),
        digest: ("sha256".into(), sha256.into()),
        url: url.into(),
        annotations: BTreeMap::new(),
    }
}

/// A name as registries have them: letters, digits, and `-` for every run of `-`, `_` and `.`.
fn normal(name: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let ends = name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.ends_with(|last: char| last.is_ascii_alphanumeric());
    if !ends || !name.bytes().all(plain) {
        return None;
    }
    let parts: Vec<&str> = name.split(['.', '_', '-']).filter(|part| !part.is_empty()).collect();
    Some(parts.join("-").to_ascii_lowercase())
}

/// A version, as far as its characters go.
fn is_version(version: &str) -> bool {
    !version.is_empty()
        && version.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".+!-_".contains(&byte))
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// The name of a file in a registry: a wheel or a source archive, and nothing that leads elsewhere.
fn is_file_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._+!-".contains(&byte);
    let kind = [".whl", ".tar.gz", ".zip"].iter().any(|kind| name.ends_with(kind));
    kind && !name.starts_with('.') && name.bytes().all(plain)
}

#[cfg(test)]
mod tests;
