//! Folders that are gone when the program is, however it ended.
//!
//! A process of its own holds the reading end of a pipe and knows every folder before it is made. When the
//! program ends, or is killed, the pipe ends, and what is left of the folders is removed.
//!
//! Where both processes were killed at once (the machine was reset, or all of a control group was ended), the
//! folders stay, and whoever makes the next one there has them removed: a folder is locked for as long as its
//! program lives, so one that can be locked is nobody's any more. A process of its own does it, which nobody
//! waits for.

use std::ffi::{OsStr, OsString};
use std::fs::{self, DirBuilder, File};
use std::io::{BufRead as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use nix::fcntl::{Flock, FlockArg};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::failure::{At as _, Done, Failure};
use crate::sandbox::BWRAP;

/// The sub-command of the process that removes folders.
pub const GUARD: &str = "guard-of-the-folders";

/// The sub-command of the process that removes what dead programs left.
pub const SWEEPER: &str = "sweeper-of-the-folders";

/// How the folders' names go on after an optional dot. Nothing else is ever removed.
const PREFIX: &str = "kettle-attest-";

/// Hex digits after that.
const RANDOM_DIGITS: usize = 24;

/// Times that a folder is tried to be removed: processes that were killed may still be at work in it.
const TRIES: usize = 100;

/// Times that a folder is made anew which somebody removed while it was not locked yet.
const MAKINGS: usize = 8;

/// What the guard is told, before a path.
const FOLDER: u8 = b'f';
/// A file that is of no use unless something comes to the place which is told next.
const FILE: u8 = b's';

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
        let mut command = ourselves(GUARD);
        let mut process = command.stdin(Stdio::piped()).spawn().at("start", Path::new(THIS))?;
        let told = Mutex::new(process.stdin.take());
        Ok(Self { process, told })
    }

    /// Makes a folder that only this user can enter, and has those removed that dead programs left beside it.
    ///
    /// # Errors
    /// [`Failure`] where it can't be made.
    pub fn folder(&self, parent: &Path, prefix: &str) -> Done<Temporary> {
        let parent = fs::canonicalize(parent).at("find", parent)?;
        if left(&parent).next().is_some() {
            // What it can't do, the next one will.
            let _ = ourselves(SWEEPER).arg(&parent).stdin(Stdio::null()).spawn();
        }
        for _ in 0..MAKINGS {
            let mut random = [0; RANDOM_DIGITS / 2];
            getrandom::fill(&mut random)
                .map_err(|error| Failure::usage(format!("no random numbers: {error}")))?;
            let path = parent.join(format!("{prefix}{PREFIX}{}", crate::hex(&random)));
            self.tell(FOLDER, &path)?;
            DirBuilder::new().mode(0o700).create(&path).at("make the folder", &path)?;
            // Who sweeps may have come between.
            let Ok(folder) = open(&path) else { continue };
            let lock = Flock::lock(folder, FlockArg::LockExclusive);
            let lock = lock.map_err(|(_, error)| error.into()).at("lock", &path)?;
            if is_at(&lock, &path) {
                return Ok(Temporary { path, _lock: lock });
            }
        }
        Err(Failure::usage(format!("somebody removes every folder that is made in `{}`", parent.display())))
    }

    /// Has a file removed in the end, unless something is in the other place by then.
    ///
    /// # Errors
    /// [`Failure`] where the guard can't be told.
    pub fn remove_unless(&self, file: &Path, place: &Path) -> Done {
        let place = std::path::absolute(place).at("find", place)?;
        self.tell(FILE, &std::path::absolute(file).at("find", file)?)?;
        self.tell(FILE, &place)
    }

    fn tell(&self, what: u8, path: &Path) -> Done {
        let mut told = self.told.lock().map_err(|_| Failure::usage("the guard of the folders is gone"))?;
        let line = [&[what], path.as_os_str().as_bytes(), b"\0"].concat();
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
    _lock: Flock<File>,
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

/// Where this program is found, whatever became of its file.
const THIS: &str = "/proc/self/exe";

/// This program once more, in a group of its own: what ends us does not end it.
fn ourselves(word: &str) -> Command {
    let mut command = Command::new(THIS);
    command.arg0("kettle-attest").arg(word).env_clear().process_group(0);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// What the guard does: reads paths until there are no more, and removes what is left of them.
#[must_use]
pub fn stand() -> i32 {
    let (mut folders, mut files) = (Vec::new(), Vec::new());
    let mut input = std::io::stdin().lock();
    let mut bytes = Vec::new();
    while input.read_until(0, &mut bytes).is_ok_and(|count| count > 0) {
        // What is cut off is no path.
        if let Some([what, path @ ..]) = bytes.strip_suffix(b"\0") {
            let list = if *what == FILE { &mut files } else { &mut folders };
            list.push(PathBuf::from(OsStr::from_bytes(path)));
        }
        bytes.clear();
    }
    for pair in files.chunks_exact(2) {
        if let [file, place] = pair
            && fs::symlink_metadata(place).is_err()
        {
            let _ = fs::remove_file(file);
        }
    }
    end(&folders);
    for path in &folders {
        remove(path);
    }
    0
}

/// Ends what was being made a sandbox over these folders. Bubblewrap's second process is tied to its first one
/// a moment after it has begun, and until then outlives it.
fn end(folders: &[PathBuf]) {
    let user = nix::unistd::geteuid().as_raw();
    for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let id = process.file_name().to_str().and_then(|name| name.parse().ok());
        let (Some(id), Ok(about)) = (id, process.metadata()) else { continue };
        let read = |name: &str| fs::read(process.path().join(name)).unwrap_or_default();
        let (name, words) = (read("comm"), read("cmdline"));
        let mut words = words.split(|byte| *byte == 0).map(|word| Path::new(OsStr::from_bytes(word)));
        let over = words.any(|word| folders.iter().any(|folder| is_ours(folder) && word.starts_with(folder)));
        if over && about.uid() == user && name.trim_ascii_end() == BWRAP.as_bytes() {
            let _ = kill(Pid::from_raw(id), Signal::SIGKILL);
        }
    }
}

/// Whether this is a name that [`Guard::folder`] gives.
fn is_ours(path: &Path) -> bool {
    let name = path.file_name().map(OsStr::as_bytes).unwrap_or_default();
    let random = name.strip_prefix(b".").unwrap_or(name).strip_prefix(PREFIX.as_bytes());
    random.is_some_and(|random| {
        random.len() == RANDOM_DIGITS && random.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// Opens a folder, and nothing that a link leads to.
fn open(path: &Path) -> std::io::Result<File> {
    let flags = libc::O_NOFOLLOW | libc::O_DIRECTORY | libc::O_CLOEXEC;
    File::options().read(true).custom_flags(flags).open(path)
}

/// Whether an open folder is the one of this path.
fn is_at(folder: &File, path: &Path) -> bool {
    let (folder, there) = (folder.metadata(), fs::symlink_metadata(path));
    let same = |(one, other): (fs::Metadata, fs::Metadata)| {
        (one.dev(), one.ino(), one.uid()) == (other.dev(), other.ino(), nix::unistd::geteuid().as_raw())
    };
    folder.ok().zip(there.ok()).is_some_and(same)
}

/// Folders that somebody may have left: they can be locked.
fn left(parent: &Path) -> impl Iterator<Item = (PathBuf, Flock<File>)> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| is_ours(path)).filter_map(|path| {
        let folder = open(&path).ok().filter(|folder| is_at(folder, &path))?;
        let locked = Flock::lock(folder, FlockArg::LockExclusiveNonblock).ok()?;
        is_at(&locked, &path).then_some((path, locked))
    })
}

/// What the sweeper does: removes the folders of programs that are gone. Each stays locked until it is
/// removed: whoever has just made it waits, and makes another.
#[must_use]
pub fn sweep(words: &[OsString]) -> i32 {
    for parent in words {
        for (path, _locked) in left(Path::new(parent)) {
            end(std::slice::from_ref(&path));
            remove(&path);
        }
    }
    0
}

fn remove(path: &Path) {
    for _ in 0..TRIES {
        if !is_ours(path) || !path.is_absolute() || fs::symlink_metadata(path).is_err() {
            return;
        }
        if fs::remove_dir_all(path).is_err() {
            unlock(path);
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Makes every folder one that its owner can remove things from: a build, or a store, may have closed some.
fn unlock(path: &Path) {
    use std::os::fd::AsRawFd as _;
    let mut pending = vec![path.to_owned()];
    while let Some(path) = pending.pop() {
        let flags = libc::O_PATH | libc::O_NOFOLLOW | libc::O_DIRECTORY | libc::O_CLOEXEC;
        // The mode is that of what was opened, and of nothing that a link leads to.
        let Ok(folder) = File::options().read(true).custom_flags(flags).open(&path) else { continue };
        let opened = PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd()));
        let _ = fs::set_permissions(&opened, fs::Permissions::from_mode(0o700));
        let Ok(entries) = fs::read_dir(&opened) else { continue };
        let folders = entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
        pending.extend(folders.map(|entry| path.join(entry.file_name())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A guard without its process, which the test's own program is not.
    fn guard() -> Guard {
        let process = Command::new("true").stdin(Stdio::piped()).spawn().unwrap();
        Guard { process, told: Mutex::new(None) }
    }

    #[test]
    fn what_dead_programs_left_is_removed_and_nothing_else() {
        let parent = tempfile::tempdir().unwrap();
        let at = |name: &str| parent.path().join(name);
        let dead =
            [format!("kettle-attest-{}", "0".repeat(24)), format!(".kettle-attest-{}", "a1".repeat(12))];
        let kept = [
            "kettle-attest-1".to_owned(),
            format!("kettle-attest-{}", "A".repeat(24)),
            format!("my-kettle-attest-{}", "0".repeat(24)),
        ];
        for name in dead.iter().chain(&kept) {
            fs::create_dir_all(at(name).join("source")).unwrap();
            fs::write(at(name).join("source/file"), "x").unwrap();
        }
        let elsewhere = tempfile::tempdir().unwrap();
        fs::write(elsewhere.path().join("kept"), "x").unwrap();
        let link = at(&format!("kettle-attest-{}", "b".repeat(24)));
        std::os::unix::fs::symlink(elsewhere.path(), &link).unwrap();

        assert_eq!(sweep(&[parent.path().into()]), 0);
        let guard = guard();
        let first = guard.folder(parent.path(), "").unwrap();
        for name in &dead {
            assert!(!at(name).exists(), "{name}");
        }
        for name in &kept {
            assert!(at(name).join("source/file").exists(), "{name}");
        }
        assert!(link.exists() && elsewhere.path().join("kept").exists());
        // One that lives is left alone by the next.
        let second = guard.folder(parent.path(), ".").unwrap();
        assert_eq!(sweep(&[parent.path().into()]), 0);
        assert!(first.path().exists() && second.path().exists());
        let path = first.path().to_owned();
        // Whoever is root needs no mode to remove things; others do.
        fs::create_dir_all(path.join("closed/below")).unwrap();
        fs::set_permissions(path.join("closed"), fs::Permissions::from_mode(0o000)).unwrap();
        unlock(&path);
        assert_eq!(fs::metadata(path.join("closed")).unwrap().mode() & 0o777, 0o700);
        drop(first);
        assert!(!path.exists());
    }
}
