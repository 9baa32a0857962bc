//! What differs between the worlds that builds live in: lockfile, dependencies, tools, commands.
//!
//! Each does the same in its own way: every dependency of the lockfile has a digest; what is fetched is
//! compared with it outside any sandbox; and a build sees nothing but what was compared.

mod cargo;
mod fetch;
mod generic;
mod go;
mod nix;
mod npm;
mod pnpm;
mod programs;
mod python;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{At as _, Done, Failure};
use crate::source::Source;
use crate::toolchain::Asked;

pub use self::nix::{Flake, Input};

/// A dependency as the lockfile names it, with the digest that it will be checked against.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Dependency {
    /// The name.
    pub name: String,
    /// The package URL.
    pub uri: String,
    /// The algorithm and the digest, as the provenance has them.
    pub digest: (String, String),
    /// Where it is fetched from, where it isn't the package manager that knows.
    pub url: String,
    /// What the known format says of it beside that.
    pub annotations: BTreeMap<&'static str, String>,
}

/// One command in the sandbox.
#[derive(Debug, Clone)]
pub struct Command {
    /// The program and its arguments.
    pub words: Vec<OsString>,
    /// Environment variables beside those that every command has.
    pub environment: Vec<(String, String)>,
    /// A folder of programs that is looked into before those of the tools.
    pub first: Option<&'static str>,
}

impl Command {
    /// A command with these variables.
    fn new(words: &[&str], environment: &[(&str, &str)]) -> Self {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self {
            words: words.iter().map(Into::into).collect(),
            environment: environment.iter().map(pair).collect(),
            first: None,
        }
    }
}

/// Where things lie for the commands in the sandbox.
#[derive(Debug, Clone, Copy)]
pub struct Places;

impl Places {
    /// The exported source.
    pub const SOURCE: &'static str = "/build/source";
    /// Where package managers keep their things, empty when a command begins.
    pub const CACHE: &'static str = "/build/cache";
    /// Dependencies as they were fetched, and checked.
    pub const CHECKED: &'static str = "/build/checked";
    /// The same, unpacked.
    pub const VENDOR: &'static str = "/build/vendor";
    /// What the build makes, empty when it begins.
    pub const OUTPUT: &'static str = "/build/output";
    /// The store of Nix, where a build has one.
    pub const STORE: &'static str = "/nix";
    /// The home folder, empty when a command begins.
    pub const HOME: &'static str = "/build/home";
}

/// What an ecosystem needs of the machine: folders with programs, read-only in the sandbox.
pub type Mounts = Vec<PathBuf>;

/// What of the output folder is an artifact where nobody says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Made {
    /// Every program and library right in this folder.
    Programs(&'static str),
    /// Every file right in the output folder.
    Files,
    /// These files.
    Named(Vec<String>),
}

/// One world of builds, over one project's lockfile.
pub trait Ecosystem {
    /// Every dependency that the lockfile names and that this machine could use.
    fn dependencies(&self) -> &[Dependency];

    /// Refuses what the project could say beside its lockfile to have other things built.
    ///
    /// # Errors
    /// [`Failure`] where it does.
    fn inspect(&self, _source: &Source) -> Done {
        Ok(())
    }

    /// The tools in the order in which the provenance names them.
    ///
    /// # Errors
    /// [`Failure`] where one isn't there.
    fn tools(&self) -> Done<Vec<Asked>>;

    /// Folders of the tools beside the system's own.
    ///
    /// # Errors
    /// [`Failure`] where they can't be told.
    fn mounts(&self) -> Done<Mounts>;

    /// The programs and folders that decide what a build makes, for the digest over all of them.
    ///
    /// # Errors
    /// [`Failure`] where they can't be told.
    fn closure(&self) -> Done<Vec<PathBuf>>;

    /// Whether the machine's C compiler links what is built, and belongs to the same digest.
    fn links(&self) -> bool {
        false
    }

    /// Fetches what the lockfile names into the cache; the network is there, the devices are not. The
    /// project can have a say in what runs here, so nothing of it is used but what [`Self::take`] takes.
    ///
    /// # Errors
    /// [`Failure`] where what the commands read can't be written into the cache.
    fn fetch(&self, cache: &Path) -> Done<Vec<Command>>;

    /// Whether there is something to fetch, though the lockfile alone may not say what.
    fn fetches(&self) -> bool {
        !self.dependencies().is_empty()
    }

    /// What is fetched once the commands of [`Self::fetch`] have told what there is.
    ///
    /// # Errors
    /// [`Failure`] where they told something else.
    fn fetch_more(&self, _cache: &Path) -> Done<Vec<Command>> {
        Ok(Vec::new())
    }

    /// Whether a folder of the cache, `nix`, is to be seen as `/nix`.
    fn has_store(&self) -> bool {
        false
    }

    /// What the known format says of a flake, once its dependencies were taken.
    fn flake(&self) -> Option<Flake> {
        None
    }

    /// Copies what was fetched and is as the lockfile has it from the cache into an empty folder, and
    /// tells which dependencies these are.
    ///
    /// # Errors
    /// [`Failure`] where a dependency is missing or is another one.
    fn take(&self, cache: &Path, checked: &Path) -> Done<Vec<Dependency>>;

    /// Unpacks what was checked, in a sandbox that has nothing else.
    fn unpack(&self) -> Vec<Command> {
        Vec::new()
    }

    /// Prepares the package manager's own folder for the build.
    ///
    /// # Errors
    /// [`Failure`] where it can't be written.
    fn configure(&self, _checked: &Path, _cache: &Path) -> Done {
        Ok(())
    }

    /// Whether builds write among their source. They are then given a copy.
    fn writes_source(&self) -> bool {
        true
    }

    /// Completes the build's copy of the source, where the package manager would ask the network for what
    /// follows from the lockfile.
    ///
    /// # Errors
    /// [`Failure`] where it can't be written.
    fn complete(&self, _source: &Path) -> Done {
        Ok(())
    }

    /// What comes before the build command, in the same place, without a network.
    fn prepare(&self) -> Vec<Command> {
        Vec::new()
    }

    /// Builds, without a network.
    fn build(&self, command: &[String]) -> Command;

    /// The command that is run where none is asked for.
    fn default_command(&self) -> Vec<String>;

    /// Where artifacts lie below the output folder where nobody says.
    fn artifacts(&self) -> Made;

    /// The entries of the known Merkle root between the tools and the dependencies are the same for
    /// all but Nix; these are the tools that enter, in order.
    fn merkle_tools(&self) -> &'static [&'static str];
}

/// A world, before its lockfile was read.
struct Known {
    name: &'static str,
    lockfile: &'static str,
    open: fn(&[u8]) -> Done<Box<dyn Ecosystem>>,
}

const KNOWN: &[Known] = &[
    Known { name: "cargo", lockfile: "Cargo.lock", open: cargo::open },
    Known { name: "npm", lockfile: "package-lock.json", open: npm::open },
    Known { name: "pnpm", lockfile: "pnpm-lock.yaml", open: pnpm::open },
    Known { name: "uv", lockfile: "uv.lock", open: python::uv::open },
    Known { name: "pip", lockfile: "requirements.txt", open: python::pip::open },
    Known { name: "go", lockfile: "go.sum", open: go::open },
    Known { name: "nix", lockfile: "flake.lock", open: nix::open },
    Known { name: "generic", lockfile: "kettle-build.toml", open: generic::open },
];

/// Bytes of a lockfile; the largest are a few megabytes.
const LOCKFILE_BYTES: u64 = 64 << 20;

/// The ecosystem of a project, and the bytes of its lockfile: the one that is asked for, or the only one
/// whose lockfile is there.
///
/// # Errors
/// [`Failure`] where there is none, where it can't be told which, or where the lockfile leaves something
/// open.
pub fn of(source: &Source, asked: Option<&str>) -> Done<(Box<dyn Ecosystem>, Vec<u8>)> {
    let there = |known: &&Known| source.files.iter().any(|file| file.path == known.lockfile);
    let chosen = match asked {
        Some(asked) => {
            let known = KNOWN.iter().find(|known| known.name == asked).ok_or_else(|| {
                let names = listed(|known| known.name.to_owned());
                Failure::usage(format!(
                    "`{}` is no toolchain that is known here; known are {names}, and `generic` takes any declared build",
                    asked.escape_debug()
                ))
            })?;
            Some(known).filter(there).ok_or_else(|| {
                Failure::usage(format!(
                    "`{asked}` needs `{}`, and the commit has none; commit it",
                    known.lockfile
                ))
            })?
        }
        None => {
            let mut found = KNOWN.iter().filter(there);
            match (found.next(), found.next()) {
                (Some(one), None) => one,
                (None, _) => {
                    let names = listed(|known| format!("{} for {}", known.lockfile, known.name));
                    return Err(Failure::usage(format!(
                        "there is no lockfile of a known toolchain in the commit ({names}); commit the lockfile"
                    )));
                }
                (Some(one), Some(other)) => {
                    return Err(Failure::usage(format!(
                        "the commit has `{}` and `{}`; name the one that builds with --toolchain",
                        one.lockfile, other.lockfile
                    )));
                }
            }
        }
    };
    let bytes = lockfile(source, chosen.lockfile)?;
    let ecosystem = (chosen.open)(&bytes)?;
    ecosystem.inspect(source)?;
    Ok((ecosystem, bytes))
}

/// The bytes of a lockfile of the commit.
fn lockfile(source: &Source, name: &str) -> Done<Vec<u8>> {
    if source.is_link(name) {
        return Err(Failure::usage(format!(
            "`{name}` is a link, and what it leads to is not what is recorded under its name; commit the file itself"
        )));
    }
    let path = source.folder.join(name);
    let length = fs::symlink_metadata(&path).at("look at", &path)?.len();
    if length > LOCKFILE_BYTES {
        return Err(Failure::usage(format!("`{name}` is larger than {} MiB", LOCKFILE_BYTES >> 20)));
    }
    fs::read(&path).at("read", &path)
}

fn listed(name: impl Fn(&Known) -> String) -> String {
    KNOWN.iter().map(name).collect::<Vec<_>>().join(", ")
}
