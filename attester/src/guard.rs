//! Folders that are gone when the program is, however it ended.
//!
//! A process of its own holds the reading end of a pipe and knows every folder before it is made. When the
//! program ends, or is killed, the pipe ends, and what is left of the folders is removed.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder};
use std::io::{BufRead as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use crate::failure::{At as _, Done, Failure};

/// The sub-command of the process that removes folders.
pub const GUARD: &str = "guard-of-the-folders";

/// How the folders' names go on after an optional dot. Nothing else is ever removed.
const PREFIX: &str = "kettle-attest-";

/// Times that a folder is tried to be removed: processes that were killed may still be at work in it.
const TRIES: usize = 100;

/// The process that removes folders when this one is gone.
#[derive(Debug)]
pub struct Guard {
    process: Child,
    told: Mutex<Option<ChildStdin>>,
}

impl Guard {
    /// Starts it.
    ///
    /// # Errors
    /// [`Failure`] where this program can't be started once more.
    pub fn start() -> Done<Self> {
        let this = Path::new("/proc/self/exe");
        let mut command = Command::new(this);
        command.arg0("kettle-attest").arg(GUARD).env_clear().process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut process = command.spawn().at("start", this)?;
        let told = Mutex::new(process.stdin.take());
        Ok(Self { process, told })
    }

    /// Makes a folder that only this user can enter.
    ///
    /// # Errors
    /// [`Failure`] where it can't be made.
    pub fn folder(&self, parent: &Path, prefix: &str) -> Done<Temporary> {
        let mut random = [0; 12];
        getrandom::fill(&mut random)
            .map_err(|error| Failure::usage(format!("no random numbers: {error}")))?;
        let parent = fs::canonicalize(parent).at("find", parent)?;
        let path = parent.join(format!("{prefix}{PREFIX}{}", crate::hex(&random)));
        self.tell(&path)?;
        DirBuilder::new().mode(0o700).create(&path).at("make the folder", &path)?;
        Ok(Temporary { path })
    }

    fn tell(&self, path: &Path) -> Done {
        let mut told = self.told.lock().map_err(|_| Failure::usage("the guard of the folders is gone"))?;
        let line = [path.as_os_str().as_bytes(), b"\0"].concat();
        told.as_mut().map_or(Ok(()), |told| told.write_all(&line)).at("tell the guard of", path)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Ok(mut told) = self.told.lock() {
            drop(told.take());
        }
        let _ = self.process.wait();
    }
}

/// A folder that is removed when nobody needs it any more.
#[derive(Debug)]
pub struct Temporary {
    path: PathBuf,
}

impl Temporary {
    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

/// What the guard does: reads paths until there are no more, and removes what is left of them.
#[must_use]
pub fn stand() -> i32 {
    let mut paths = Vec::new();
    let mut input = std::io::stdin().lock();
    let mut bytes = Vec::new();
    while input.read_until(0, &mut bytes).is_ok_and(|count| count > 0) {
        paths.push(PathBuf::from(OsStr::from_bytes(bytes.strip_suffix(b"\0").unwrap_or(&bytes))));
        bytes.clear();
    }
    for path in &paths {
        remove(path);
    }
    0
}

fn remove(path: &Path) {
    let name = path.file_name().map(OsStr::as_bytes).unwrap_or_default();
    let ours = name.strip_prefix(b".").unwrap_or(name).starts_with(PREFIX.as_bytes());
    for _ in 0..TRIES {
        if !ours || !path.is_absolute() || fs::symlink_metadata(path).is_err() {
            return;
        }
        if fs::remove_dir_all(path).is_err() {
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
