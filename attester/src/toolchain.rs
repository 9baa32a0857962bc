//! The programs that build: their versions and digests, and the digest of all that they load.

mod closure;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::{At as _, Done, Failure};
use crate::sha256_hex;

pub use closure::{Closure, Pending};

/// A program as the provenance names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    /// Its key in the provenance.
    pub name: String,
    /// SHA-256 of the program's bytes.
    pub sha256: String,
    /// What it says of its version.
    pub version: String,
    /// Where it lies.
    pub path: PathBuf,
}

impl Tool {
    /// The program at this path.
    ///
    /// # Errors
    /// [`Failure`] where it isn't there or doesn't answer.
    pub fn at(name: &str, path: &Path, version: &[&str]) -> Done<Self> {
        let version = output(&path.to_string_lossy(), version)?;
        Self::with_version(name, path, version)
    }

    /// The program at this path, whose version is known.
    ///
    /// # Errors
    /// [`Failure`] where it isn't there or has no version.
    pub fn with_version(name: &str, path: &Path, version: String) -> Done<Self> {
        let path = fs::canonicalize(path).at("find", path)?;
        if version.is_empty() {
            return Err(Failure::usage(format!("`{}` doesn't tell its version", path.display())));
        }
        Ok(Self { name: name.into(), sha256: sha256_hex(&fs::read(&path).at("read", &path)?), version, path })
    }

    /// This program, under the key that the format has for the builder.
    ///
    /// # Errors
    /// [`Failure`] where it can't read itself.
    pub fn this() -> Done<Self> {
        let path = Path::new("/proc/self/exe");
        Ok(Self {
            name: "kettle".into(),
            sha256: sha256_hex(&fs::read(path).at("read", path)?),
            version: concat!("kettle-attest ", env!("CARGO_PKG_VERSION")).into(),
            path: fs::canonicalize(path).at("find", path)?,
        })
    }
}

/// The first line that a program prints.
///
/// # Errors
/// [`Failure`] where it isn't there or fails.
pub fn output(program: &str, arguments: &[&str]) -> Done<String> {
    Ok(lines(program, arguments)?.into_iter().next().unwrap_or_default())
}

/// The lines that a program prints, without the space around them.
///
/// # Errors
/// [`Failure`] where it isn't there or fails.
pub fn lines(program: &str, arguments: &[&str]) -> Done<Vec<String>> {
    let missing = |reason: &dyn core::fmt::Display| {
        Failure::usage(format!("`{program}` is needed and doesn't answer ({reason}); install it"))
    };
    let done = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .current_dir("/")
        .output()
        .map_err(|error| missing(&error))?;
    if !done.status.success() {
        return Err(missing(&done.status));
    }
    let text = String::from_utf8_lossy(&done.stdout);
    Ok(text.lines().map(|line| line.trim().to_owned()).collect())
}
