//! What is left of a build that is ended while its sandbox is being made: nothing.
//!
//! Bubblewrap's second process is tied to its first one a moment after it has begun. Here a stand-in for
//! bubblewrap stays in that moment.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a test that panics has failed"
)]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::Duration;

use common::{Project, names, sandbox};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// It leaves trials and questions to the bubblewrap that is meant, and starts itself again for the rest, as a
/// process that waits for what never comes.
const STAND_IN: &str = r#"#!/bin/sh
here=$(dirname "$0")
if [ "$1" = second ]; then
    : > "$here/begun"
    read -r nothing < "$here/fifo"
    exit
fi
for last; do :; done
case "$last" in true | --help | --version) PATH=${PATH#*:} exec bwrap "$@" ;; esac
"$0" second "$@" &
wait
"#;

/// Waits for what must come, however slow the machine is.
fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    for _ in 0..6_000 {
        if let Some(found) = look() {
            return found;
        }
        sleep(Duration::from_millis(20));
    }
    panic!("{what} does not come")
}

/// The processes that have this path in their command line.
fn over(folder: &Path) -> Vec<String> {
    let lines = fs::read_dir("/proc").unwrap().flatten();
    let lines = lines.map(|entry| fs::read(entry.path().join("cmdline")).unwrap_or_default());
    let lines = lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " "));
    lines.filter(|line| line.contains(&*folder.to_string_lossy())).collect()
}

/// A build that has come to its first sandbox, with its temporary folders in one of ours.
fn begun(project: &Project, temporary: &Path) -> Child {
    let folder = project.beside("stand-in");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("bwrap"), STAND_IN).unwrap();
    fs::set_permissions(folder.join("bwrap"), fs::Permissions::from_mode(0o755)).unwrap();
    nix::unistd::mkfifo(&folder.join("fifo"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let mut build = Command::new(env!("CARGO_BIN_EXE_kettle-attest"));
    build.args(["build", ".", "--simulate", "snp", "--source-uri", common::URI, "--output"]);
    build.arg(project.beside("bundle")).current_dir(project.path());
    build.env("PATH", path).env("TMPDIR", temporary).stdout(Stdio::null());
    let mut build = build.spawn().unwrap();
    wait_for("the second process", || {
        assert_eq!(build.try_wait().unwrap(), None, "the build ended before its sandbox began");
        folder.join("begun").exists().then_some(())
    });
    assert!(!over(temporary).is_empty());
    build
}

fn ended_by(signal: Signal) -> ExitStatus {
    let project = Project::hello();
    project.commit();
    let temporary = project.beside("temporary");
    fs::create_dir(&temporary).unwrap();
    let mut build = begun(&project, &temporary);
    kill(Pid::from_raw(build.id().try_into().unwrap()), signal).unwrap();
    let status = wait_for("the program's end", || build.try_wait().unwrap());
    wait_for("the end of what it started", || over(&temporary).is_empty().then_some(()));
    wait_for("the end of its folders", || names(&temporary).is_empty().then_some(()));
    assert!(!project.beside("bundle").exists());
    status
}

#[test]
fn nothing_is_left_of_a_sandbox_that_was_interrupted_while_it_was_made() {
    if sandbox() {
        assert_eq!(ended_by(Signal::SIGINT).code(), Some(1));
        assert_eq!(ended_by(Signal::SIGTERM).code(), Some(1));
    }
}

#[test]
fn nothing_is_left_of_a_sandbox_whose_maker_was_killed() {
    if sandbox() {
        assert_eq!(ended_by(Signal::SIGKILL).code(), None);
    }
}
