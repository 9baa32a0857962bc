//! Where commands run that the project brings: build scripts, package managers, compilers over hostile
//! source.
//!
//! Bubblewrap makes the outer layer: namespaces of its own for mounts, processes, network, users and
//! the rest; the system's programs read-only; a `/dev` with nothing in it but `null`, `zero`, `random`
//! and the like; no `/sys`, so no configfs; none of the machine's sockets. Inside it, this very program
//! changes to another user, takes Landlock and seccomp upon itself, and becomes the command.
//!
//! The process namespace ends with the command: nothing that it started goes on.

mod inside;
mod layers;

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, ExitStatus, Stdio};

use crate::ecosystem::{Command, Places};
use crate::failure::{At as _, Done, Failure};

pub use inside::{INSIDE, enter};
pub use layers::{Layer, Layers, probe};

/// The user and group that commands run as where the machine lets us choose: no account has it.
pub const USER: u32 = 64_999;

/// The user that the command believes to be.
const INNER_USER: u32 = 1000;

/// Where this program lies in the sandbox.
const SELF: &str = "/run/kettle-attest";

/// A sandbox for one project.
#[derive(Debug)]
pub struct Sandbox {
    layers: Layers,
    source: PathBuf,
    cache: PathBuf,
    output: PathBuf,
    mounts: Vec<PathBuf>,
}

/// What a command may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The network is there, and the cache can be written.
    Fetch,
    /// No network.
    Build,
}

impl Sandbox {
    /// A sandbox over these folders. Source is never writable; cache and output belong to the
    /// sandbox's user.
    ///
    /// # Errors
    /// [`Failure`] where the machine can't make one.
    pub fn new(source: &Path, cache: &Path, output: &Path, mounts: Vec<PathBuf>) -> Done<Self> {
        let layers = probe()?;
        for folder in [cache, output] {
            if layers.has(Layer::OtherUser) {
                chown(folder, Some(USER), Some(USER)).at("give away", folder)?;
            }
        }
        Ok(Self {
            layers,
            source: source.to_owned(),
            cache: cache.to_owned(),
            output: output.to_owned(),
            mounts,
        })
    }

    /// The layers that are on.
    #[must_use]
    pub const fn layers(&self) -> &Layers {
        &self.layers
    }

    /// Runs a command to its end, and tells every line that it prints.
    ///
    /// # Errors
    /// [`Failure`] where it can't be started.
    pub fn run(
        &self,
        command: &Command,
        phase: Phase,
        environment: &[(String, String)],
        line: &mut dyn FnMut(&str),
    ) -> Done<ExitStatus> {
        let (reader, writer) = std::io::pipe().at("make", Path::new("a pipe"))?;
        let error = writer.try_clone().at("make", Path::new("a pipe"))?;
        let mut process = Process::new(layers::BWRAP);
        process.env_clear().args(self.arguments(command, phase, environment)?);
        process.stdin(Stdio::null()).stdout(writer).stderr(error);
        let mut child = process
            .spawn()
            .map_err(|error| Failure::usage(format!("`{}` can't be started: {error}", layers::BWRAP)))?;
        // The command keeps copies of the ends that are written to; ours must go, or reading never ends.
        drop(process);
        let mut reader = BufReader::new(reader);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes).at("read", Path::new("the build's output"))? > 0 {
            line(String::from_utf8_lossy(&bytes).trim_end());
            bytes.clear();
        }
        child.wait().at("wait for", Path::new("the build"))
    }

    fn arguments(
        &self,
        command: &Command,
        phase: Phase,
        environment: &[(String, String)],
    ) -> Done<Vec<OsString>> {
        let mut words = Words::default();
        words.add(&["--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try"]);
        words.add(&["--die-with-parent", "--new-session", "--hostname", "build", "--cap-drop", "ALL"]);
        if phase == Phase::Build {
            words.add(&["--unshare-net"]);
        }
        if self.layers.has(Layer::OtherUser) {
            // Only until the program inside has changed to the other user.
            words.add(&["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]);
        } else {
            let user = INNER_USER.to_string();
            words.add(&["--unshare-user", "--uid", &user, "--gid", &user]);
        }
        for folder in ["/usr", "/bin", "/sbin", "/lib", "/lib64"] {
            words.system(Path::new(folder))?;
        }
        words.add(&[
            "--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--tmpfs", "/tmp", "--perms", "0755",
            "--dir", "/etc",
        ]);
        words.above(Path::new(Places::HOME));
        words.add(&["--perms", "0777", "--tmpfs", Places::HOME]);
        for file in ["/etc/alternatives", "/etc/ld.so.cache"] {
            words.bind("--ro-bind-try", Path::new(file), Path::new(file));
        }
        if phase == Phase::Fetch {
            for file in ["/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/ssl", "/etc/pki"] {
                words.bind("--ro-bind-try", Path::new(file), Path::new(file));
            }
        }
        for folder in &self.mounts {
            words.bind("--ro-bind", folder, folder);
        }
        let this = std::env::current_exe().at("find", Path::new("this program"))?;
        words.bind("--ro-bind", &this, Path::new(SELF));
        words.bind("--ro-bind", &self.source, Path::new(Places::SOURCE));
        words.bind("--bind", &self.cache, Path::new(Places::CACHE));
        words.bind("--bind", &self.output, Path::new(Places::OUTPUT));
        words.add(&["--chdir", Places::SOURCE, "--clearenv"]);
        let path = self.path();
        let mut variables = vec![
            ("PATH".to_owned(), path),
            ("HOME".to_owned(), Places::HOME.to_owned()),
            ("LANG".to_owned(), "C.UTF-8".to_owned()),
            ("TZ".to_owned(), "UTC".to_owned()),
        ];
        variables.extend_from_slice(environment);
        variables.extend_from_slice(&command.environment);
        for (name, value) in &variables {
            words.add(&["--setenv", name, value]);
        }
        words.add(&["--", SELF, INSIDE]);
        words.add(&[&self.layers.to_string(), "--"]);
        words.0.extend(command.words.iter().cloned());
        Ok(words.0)
    }

    fn path(&self) -> String {
        let mut path: Vec<String> =
            self.mounts.iter().map(|folder| folder.join("bin").to_string_lossy().into_owned()).collect();
        path.extend(["/usr/local/bin".into(), "/usr/bin".into(), "/bin".into()]);
        path.join(":")
    }
}

/// The words of a command line.
#[derive(Debug, Default)]
struct Words(Vec<OsString>);

impl Words {
    fn add(&mut self, words: &[&str]) {
        self.0.extend(words.iter().map(OsString::from));
    }

    /// The folders above a place that others may pass through; bubblewrap's own are closed to them.
    fn above(&mut self, place: &Path) {
        let mut folders: Vec<&Path> = place.ancestors().skip(1).collect();
        folders.reverse();
        for folder in folders.into_iter().skip(1) {
            self.add(&["--perms", "0755", "--dir"]);
            self.0.push(folder.into());
        }
    }

    fn bind(&mut self, how: &str, from: &Path, to: &Path) {
        self.above(to);
        self.0.extend([how.into(), from.into(), to.into()]);
    }

    /// A folder of the system, as the link that it is on most of them.
    fn system(&mut self, folder: &Path) -> Done {
        match std::fs::read_link(folder) {
            Ok(target) => self.bind("--symlink", &target, folder),
            Err(_) if folder.is_dir() => self.bind("--ro-bind", folder, folder),
            Err(_) => {}
        }
        Ok(())
    }
}
