//! Where commands run that the project brings: build scripts, package managers, compilers over hostile
//! source.
//!
//! Bubblewrap makes the outer layer: namespaces of its own for mounts, processes, network, users and
//! the rest; the system's programs read-only; a `/dev` with nothing in it but `null`, `zero`, `random`
//! and the like; no `/sys`, so no configfs; none of the machine's sockets. Inside it, this very program
//! changes to another user, takes Landlock and seccomp upon itself, and becomes the command.
//!
//! The first process of the process namespace is this program, too, and ends when the command does.
//! The kernel has then ended everything else in it: nothing that a build started goes on.

mod inside;
mod layers;
mod limits;
mod watched;

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, PipeReader, Read as _};
use std::os::unix::fs::lchown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, ExitStatus, Stdio};

use kettle_attest_ioctl::ends_with_us;

use crate::ecosystem::{Command, Places};
use crate::failure::{At as _, Done, Failure};
use crate::toolchain::Asked;

pub use inside::{FIRST, INSIDE, enter, first};
pub(crate) use layers::BWRAP;
pub use layers::{Layer, Layers, probe};
pub use limits::Limits;

use limits::Group;
use watched::Watched;

/// The user and group that commands run as where the machine lets us choose: no account has it.
pub const USER: u32 = 64_999;

/// The user that the command believes to be.
const INNER_USER: u32 = 1000;

/// Where this program lies in the sandbox.
const SELF: &str = "/run/kettle-attest";

/// Bytes of one line of output; a longer one is told in pieces.
const LINE: u64 = 64 << 10;

/// The sandbox of this machine.
#[derive(Debug)]
pub struct Sandbox {
    layers: Layers,
    limits: Limits,
    mounts: Vec<PathBuf>,
    /// Where programs are looked for, before the system's own folders.
    programs: Vec<PathBuf>,
}

/// What one command may reach beside the system's programs.
#[derive(Debug, Default)]
pub struct Room {
    /// Whether the network is there.
    network: bool,
    binds: Vec<(PathBuf, &'static str, &'static str)>,
}

impl Room {
    /// A room with the network.
    #[must_use]
    pub fn with_network() -> Self {
        Self { network: true, binds: Vec::new() }
    }

    /// Shows a folder, which can't be written.
    #[must_use]
    pub fn reads(mut self, folder: &Path, place: &'static str) -> Self {
        self.binds.push((folder.to_owned(), "--ro-bind", place));
        self
    }

    /// Shows a folder that can be written.
    #[must_use]
    pub fn writes(mut self, folder: &Path, place: &'static str) -> Self {
        self.binds.push((folder.to_owned(), "--bind", place));
        self
    }
}

impl Sandbox {
    /// The sandbox with layers that the machine offers, and with the folders of the tools, which can't be written. The programs are looked for
    /// where the tools that are recorded lie, before anywhere else.
    #[must_use]
    pub fn new(layers: Layers, mounts: Vec<PathBuf>, tools: &[Asked], limits: Limits) -> Self {
        let parents = tools.iter().filter_map(|tool| tool.path().parent()).map(Path::to_path_buf);
        let programs = parents.chain(mounts.iter().map(|folder| folder.join("bin"))).collect();
        Self { layers, limits, mounts, programs }
    }

    /// Gives a folder, and the files right in it, to the user that commands run as.
    ///
    /// # Errors
    /// [`Failure`] where that can't be done.
    pub fn give(&self, folder: &Path) -> Done {
        if !self.layers.has(Layer::OtherUser) {
            return Ok(());
        }
        for entry in std::fs::read_dir(folder).at("list", folder)? {
            let path = entry.at("list", folder)?.path();
            lchown(&path, Some(USER), Some(USER)).at("give away", &path)?;
        }
        lchown(folder, Some(USER), Some(USER)).at("give away", folder)
    }

    /// Gives one file or folder to the user that commands run as.
    ///
    /// # Errors
    /// [`Failure`] where that can't be done.
    pub fn give_file(&self, path: &Path) -> Done {
        if self.layers.has(Layer::OtherUser) {
            lchown(path, Some(USER), Some(USER)).at("give away", path)?;
        }
        Ok(())
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
        room: &Room,
        environment: &[(String, String)],
        line: &mut dyn FnMut(&str),
    ) -> Done<ExitStatus> {
        let (reader, writer) = std::io::pipe().at("make", Path::new("a pipe"))?;
        let error = writer.try_clone().at("make", Path::new("a pipe"))?;
        let mut process = Process::new(BWRAP);
        process.env_clear().args(self.arguments(command, room, environment)?);
        // The bubblewrap that is started is the one that was tried.
        process.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        process.stdin(Stdio::null()).stdout(writer).stderr(error);
        let group = Group::new(&self.limits);
        let inside = group.as_ref().map(Group::enter).transpose()?;
        // Bubblewrap sees to that itself, a moment after it has begun. All that it is until our own program runs
        // in it is one group, and can be ended as one.
        let child = ends_with_us(process.process_group(0))
            .spawn()
            .map_err(|error| Failure::usage(format!("`{}` can't be started: {error}", BWRAP)))?;
        drop(inside);
        // The command keeps copies of the ends that are written to; ours must go, or reading never ends.
        drop(process);
        let watched = Watched::new(child, self.limits.time());
        std::thread::scope(|scope| {
            scope.spawn(|| watched.watch());
            let done = told(reader, line);
            let status = watched.wait();
            done.and(status)
        })
    }

    /// How memory and processes are limited.
    #[must_use]
    pub fn limited_by(&self) -> &'static str {
        if Group::new(&self.limits).is_some() { "cgroup-v2" } else { "rlimits" }
    }

    /// The limits.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    fn arguments(
        &self,
        command: &Command,
        room: &Room,
        environment: &[(String, String)],
    ) -> Done<Vec<OsString>> {
        let mut words = Words::default();
        words.add(&["--unshare-ipc", "--unshare-pid", "--unshare-uts", "--unshare-cgroup-try"]);
        words.add(&["--die-with-parent", "--hostname", "build", "--cap-drop", "ALL"]);
        // Our own program is the first process: bubblewrap then ends when all others have.
        words.add(&["--as-pid-1"]);
        if !room.network {
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
        words.add(&["--proc", "/proc", "--dev", "/dev", "--perms", "0755", "--dir", "/etc"]);
        words.above(Path::new(Places::HOME));
        words.in_memory(self.limits.memory_bytes / 2);
        for file in ["/etc/alternatives", "/etc/ld.so.cache"] {
            words.bind("--ro-bind-try", Path::new(file), Path::new(file));
        }
        if room.network {
            for file in ["/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/ssl", "/etc/pki"] {
                words.bind("--ro-bind-try", Path::new(file), Path::new(file));
            }
        }
        for folder in &self.mounts {
            words.bind("--ro-bind", folder, folder);
        }
        let this = std::env::current_exe().at("find", Path::new("this program"))?;
        words.bind("--ro-bind", &this, Path::new(SELF));
        words.above(Path::new(Places::SOURCE));
        words.add(&["--perms", "0755", "--dir", Places::SOURCE]);
        for (folder, how, place) in &room.binds {
            words.bind(how, folder, Path::new(place));
        }
        // What bubblewrap made to hang all of this into belongs to a user that has no other.
        for folder in ["/dev", "/"] {
            words.add(&["--remount-ro", folder]);
        }
        words.add(&["--chdir", Places::SOURCE, "--clearenv"]);
        let path = self.path(command.first);
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
        words.add(&["--", SELF, FIRST]);
        words.add(&[&self.layers.to_string(), &self.limits.argument(), "--"]);
        words.0.extend(command.words.iter().cloned());
        Ok(words.0)
    }

    fn path(&self, first: Option<&str>) -> String {
        let mut path: Vec<String> = first.map(str::to_owned).into_iter().collect();
        path.extend(self.programs.iter().map(|folder| folder.to_string_lossy().into_owned()));
        path.extend(["/usr/local/bin", "/usr/bin", "/bin"].map(String::from));
        path.join(":")
    }
}

/// Tells every line until nobody is left who could write one.
fn told(reader: PipeReader, line: &mut dyn FnMut(&str)) -> Done {
    let mut reader = BufReader::new(reader);
    let mut bytes = Vec::new();
    let mut next = |bytes: &mut Vec<u8>| (&mut reader).take(LINE).read_until(b'\n', bytes);
    while next(&mut bytes).at("read", Path::new("the build's output"))? > 0 {
        line(String::from_utf8_lossy(&bytes).trim_end());
        bytes.clear();
    }
    Ok(())
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

    /// Empty folders for everybody, whose files lie in memory.
    fn in_memory(&mut self, bytes: u64) {
        let bytes = bytes.max(1).to_string();
        for (mode, place) in [("1777", "/tmp"), ("1777", "/dev/shm"), ("0777", Places::HOME)] {
            // Bubblewrap before 0.7 leaves such a folder as large as half of the machine's memory.
            if *layers::SIZED {
                self.add(&["--size", &bytes]);
            }
            self.add(&["--perms", mode, "--tmpfs", place]);
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
