//! What a build may use up at most.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;

use crate::failure::{At as _, Done};

/// The limits of one build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// Bytes of memory.
    pub memory_bytes: u64,
    /// Processes and threads at a time.
    pub processes: u64,
    /// Seconds that one command may run.
    pub seconds: u64,
}

impl Default for Limits {
    /// Nine tenths of the machine's memory, 4096 processes, four hours.
    fn default() -> Self {
        let total = machine_memory().unwrap_or(8 << 30);
        Self { memory_bytes: total.saturating_sub(total / 10), processes: 4096, seconds: 4 * 3600 }
    }
}

impl Limits {
    /// How long one command may run.
    #[must_use]
    pub const fn time(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }

    /// The limits as an argument of our own program in the sandbox.
    pub(super) fn argument(&self) -> String {
        format!("{},{}", self.memory_bytes, self.processes)
    }

    /// Memory and processes of such an argument.
    pub(super) fn parse(text: &str) -> Option<(u64, u64)> {
        let (memory, processes) = text.split_once(',')?;
        Some((memory.parse().ok()?, processes.parse().ok()?))
    }
}

/// `MemTotal` of this machine, in bytes.
fn machine_memory() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// A control group of version 2 for one command: all of its processes together stay within the limits.
#[derive(Debug)]
pub(super) struct Group {
    path: PathBuf,
}

/// Where control groups are mounted.
const GROUPS: &str = "/sys/fs/cgroup";

impl Group {
    /// A new group, where this machine lets us make one; where not, every process is limited by itself.
    pub(super) fn new(limits: &Limits) -> Option<Self> {
        Self::below(Path::new(GROUPS), limits)
    }

    fn below(root: &Path, limits: &Limits) -> Option<Self> {
        let controllers = fs::read_to_string(root.join("cgroup.subtree_control")).ok()?;
        let has = |name| controllers.split_whitespace().any(|controller| controller == name);
        if !has("memory") || !has("pids") {
            return None;
        }
        // What a program that was killed left: empty groups, which alone can be removed.
        for entry in fs::read_dir(root).ok()?.flatten() {
            if entry.file_name().as_encoded_bytes().starts_with(b"kettle-attest-") {
                let _ = fs::remove_dir(entry.path());
            }
        }
        let mut random = [0; 8];
        getrandom::fill(&mut random).ok()?;
        let group = Self { path: root.join(format!("kettle-attest-{}", crate::hex(&random))) };
        fs::create_dir(&group.path).ok()?;
        let set = |name: &str, value: u64| fs::write(group.path.join(name), value.to_string());
        let set = set("memory.max", limits.memory_bytes).and_then(|()| set("pids.max", limits.processes));
        // Without swap there is no file for it; a kernel that can't kill the group kills the largest process.
        let _ = fs::write(group.path.join("memory.swap.max"), "0");
        let _ = fs::write(group.path.join("memory.oom.group"), "1");
        set.is_ok().then_some(group)
    }

    /// Enters the group for as long as it takes to start a command, which is in it then from its beginning.
    pub(super) fn enter(&self) -> Done<Inside<'_>> {
        let before = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
        let before = before.lines().find_map(|line| line.strip_prefix("0::/")).unwrap_or_default();
        let path = self.path.join(PROCESSES);
        fs::write(&path, "0").at("write", &path)?;
        let root = self.path.parent().unwrap_or(Path::new(GROUPS));
        Ok(Inside { before: root.join(before).join(PROCESSES), _group: self })
    }
}

/// Where a group lists its processes, and takes them: `0` is whoever writes.
const PROCESSES: &str = "cgroup.procs";

/// This process while it is in a command's group.
#[derive(Debug)]
pub(super) struct Inside<'g> {
    before: PathBuf,
    _group: &'g Group,
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        let _ = fs::write(&self.before, "0");
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let _ = fs::write(self.path.join("cgroup.kill"), "1");
        for _ in 0..100 {
            if fs::remove_dir(&self.path).is_ok() || !self.path.exists() {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder in the place of the kernel's file system: what is written, and when there is no group.
    #[test]
    fn a_group_has_the_limits() {
        let root = tempfile::tempdir().unwrap();
        let limits = Limits { memory_bytes: 1 << 30, processes: 77, seconds: 1 };
        assert!(Group::below(root.path(), &limits).is_none());
        fs::write(root.path().join("cgroup.subtree_control"), "cpu pids\n").unwrap();
        assert!(Group::below(root.path(), &limits).is_none());
        fs::write(root.path().join("cgroup.subtree_control"), "cpu memory pids\n").unwrap();
        fs::create_dir(root.path().join("kettle-attest-stale")).unwrap();
        let group = Group::below(root.path(), &limits).unwrap();
        drop(group.enter().unwrap());
        let read = |name: &str| fs::read_to_string(group.path.join(name)).unwrap();
        assert_eq!(read("memory.max"), "1073741824");
        assert_eq!((read("pids.max"), read("memory.swap.max")), ("77".into(), "0".into()));
        assert_eq!(read("cgroup.procs"), "0");
        assert!(!root.path().join("kettle-attest-stale").exists());
    }

    #[test]
    fn limits_go_through_an_argument() {
        let limits = Limits { memory_bytes: 5, processes: 6, seconds: 7 };
        assert_eq!(Limits::parse(&limits.argument()), Some((5, 6)));
        assert_eq!(Limits::parse("5"), None);
    }
}
