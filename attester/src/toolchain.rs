//! The programs that build: their versions and digests, and the digest of all that they load.

mod closure;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::{self, JoinHandle};

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

/// A program whose version and digest are being found out while others work: to start it and to read all of
/// it takes longer than all else that comes before a build, which can't write it.
#[derive(Debug)]
pub struct Asked {
    path: PathBuf,
    answer: JoinHandle<Done<Tool>>,
}

impl Asked {
    /// The program at this path, which is asked for its version with these arguments.
    ///
    /// # Errors
    /// [`Failure`] where it isn't there.
    pub fn at(name: &'static str, path: &Path, version: &'static [&'static str]) -> Done<Self> {
        Self::with(name, path, move |path| output(&path.to_string_lossy(), version))
    }

    /// The program at this path, whose version is known.
    ///
    /// # Errors
    /// [`Failure`] where it isn't there.
    pub fn with_version(name: &'static str, path: &Path, version: String) -> Done<Self> {
        Self::with(name, path, move |_| Ok(version))
    }

    fn with(
        name: &'static str,
        path: &Path,
        version: impl FnOnce(&Path) -> Done<String> + Send + 'static,
    ) -> Done<Self> {
        let path = fs::canonicalize(path).at("find", path)?;
        let begin = move |path: PathBuf| {
            let version = version(&path)?;
            if version.is_empty() {
                return Err(Failure::usage(format!("`{}` doesn't tell its version", path.display())));
            }
            let sha256 = sha256_hex(&fs::read(&path).at("read", &path)?);
            Ok(Tool { name: name.into(), sha256, version, path })
        };
        let asked = path.clone();
        Ok(Self { path, answer: thread::spawn(move || begin(asked)) })
    }

    /// What is known already.
    #[must_use]
    pub fn known(tool: Tool) -> Self {
        Self { path: tool.path.clone(), answer: thread::spawn(move || Ok(tool)) }
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The answer.
    ///
    /// # Errors
    /// [`Failure`] where it doesn't answer, has no version or can't be read.
    pub fn wait(self) -> Done<Tool> {
        let lost = Failure::usage(format!("`{}` can't be looked at", self.path.display()));
        self.answer.join().unwrap_or(Err(lost))
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
