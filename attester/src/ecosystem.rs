//! What differs between the worlds that builds live in: lockfile, dependencies, tools, commands.

mod cargo;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::failure::{Done, Failure};
use crate::source::Source;
use crate::toolchain::Tool;

/// A dependency as the lockfile names it, with the digest that it will be checked against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependency {
    /// The name.
    pub name: String,
    /// The package URL.
    pub uri: String,
    /// The algorithm and the digest, as the provenance has them.
    pub digest: (String, String),
}

/// One command in the sandbox.
#[derive(Debug, Clone)]
pub struct Command {
    /// The program and its arguments.
    pub words: Vec<OsString>,
    /// Environment variables beside those that every command has.
    pub environment: Vec<(String, String)>,
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
    /// The home folder, empty when a command begins.
    pub const HOME: &'static str = "/build/home";
}

/// What an ecosystem needs of the machine: folders with programs, read-only in the sandbox.
pub type Mounts = Vec<PathBuf>;

/// One world of builds.
pub trait Ecosystem {
    /// The key of the toolchain in the provenance.
    fn name(&self) -> &'static str;

    /// The lockfile's path below the project.
    fn lockfile(&self) -> &'static str;

    /// Every dependency that the lockfile names. One without a digest is an error.
    ///
    /// # Errors
    /// [`Failure`] where the lockfile can't be read, or where it leaves a dependency open.
    fn dependencies(&self, lockfile: &[u8]) -> Done<Vec<Dependency>>;

    /// The tools in the order in which the provenance names them.
    ///
    /// # Errors
    /// [`Failure`] where one isn't there.
    fn tools(&self) -> Done<Vec<Tool>>;

    /// Folders of the tools beside the system's own.
    ///
    /// # Errors
    /// [`Failure`] where they can't be told.
    fn mounts(&self) -> Done<Mounts>;

    /// Fetches what the lockfile names into the cache; the network is there, the devices are not. The
    /// project can have a say in what runs here, so nothing of it is used but what [`Self::take`] takes.
    fn fetch(&self) -> Vec<Command>;

    /// Copies what was fetched and is as the lockfile has it from the cache into an empty folder.
    ///
    /// # Errors
    /// [`Failure`] where a dependency is missing or is another one.
    fn take(&self, dependencies: &[Dependency], cache: &Path, checked: &Path) -> Done;

    /// Unpacks what was checked, in a sandbox that has nothing else.
    fn unpack(&self, dependencies: &[Dependency]) -> Vec<Command>;

    /// Prepares the package manager's own folder for the build.
    ///
    /// # Errors
    /// [`Failure`] where it can't be written.
    fn configure(&self, lockfile: &[u8], cache: &Path) -> Done;

    /// Builds, without a network.
    fn build(&self, command: &[String]) -> Command;

    /// The command that is run where none is asked for.
    fn default_command(&self) -> Vec<String>;

    /// Where artifacts lie below the output folder where nobody says: a folder whose programs and
    /// libraries are taken.
    fn artifacts(&self) -> &'static str;

    /// The entries of the known Merkle root between the tools and the dependencies are the same for
    /// all but Nix; these are the tools that enter, in order.
    fn merkle_tools(&self) -> &'static [&'static str];
}

/// The ecosystem of a project: the one that is asked for, or the only one whose lockfile is there.
///
/// # Errors
/// [`Failure`] where there is none, or where it can't be told which.
pub fn of(source: &Source, asked: Option<&str>) -> Done<Box<dyn Ecosystem>> {
    let known: [Box<dyn Ecosystem>; 1] = [Box::new(cargo::Cargo)];
    let names = known.iter().map(|known| known.name()).collect::<Vec<_>>().join(", ");
    let mut there: Vec<Box<dyn Ecosystem>> = known
        .into_iter()
        .filter(|known| match asked {
            Some(asked) => known.name() == asked,
            None => source.folder.join(known.lockfile()).is_file(),
        })
        .collect();
    match (there.pop(), there.is_empty(), asked) {
        (Some(one), true, _) => Ok(one),
        (None, _, Some(asked)) => {
            Err(Failure::usage(format!("`{asked}` is no toolchain that is known here; known are {names}")))
        }
        (None, ..) => Err(Failure::usage(format!(
            "there is no lockfile of a known toolchain ({names}) in the commit; commit the lockfile, or name the toolchain with --toolchain"
        ))),
        (Some(_), false, _) => Err(Failure::usage(
            "the commit has lockfiles of several toolchains; name the one that builds with --toolchain",
        )),
    }
}
