//! The workspace's root and the commands that run in it.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::failure::{Done, Failure};

/// The folder of the workspace's `Cargo.toml`.
pub(crate) fn root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    PathBuf::from(package).join("..")
}

/// A command that runs at the root.
pub(crate) fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    // What `cargo run` sets for this package must not leak into the builds of others: it would
    // rebuild them with every change of the caller.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST") || text == "CARGO" {
            command.env_remove(&name);
        }
    }
    command
}

/// A `cargo` command that runs at the root. The lock file is never changed.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = command("cargo", arguments);
    // Incremental builds write twice as much as they save when everything is built once.
    command.env("CARGO_INCREMENTAL", "0");
    command
}

/// Builds programs of the workspace below `target/debug`.
///
/// Whatever is built for tests has the features that the whole workspace asks for, as `cargo test
/// --workspace` has: by itself each program would bring other builds of what they share. Only where a test
/// is named as well does cargo count what tests depend on; this is a small one.
pub(crate) fn programs(names: &[&str]) -> Done {
    programs_with(&[], names)
}

/// Builds programs of the workspace with more options, too.
pub(crate) fn programs_with(options: &[&str], names: &[&str]) -> Done {
    let mut build = cargo(&["build", "--quiet", "--locked", "--workspace", "--test", "checks"]);
    build.args(options);
    names.iter().for_each(|name| _ = build.args(["--bin", name]));
    run(&mut build)
}

/// Shows a command, runs it and fails with it.
pub(crate) fn run(command: &mut Command) -> Done {
    println!("$ {}", shown(command));
    let status = command.status().map_err(|error| Failure::new(format!("`{}`: {error}", shown(command))))?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("`{}`: {status}", shown(command)))) }
}

/// Whether a command succeeds; its output is not shown.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|s| s.success())
}

/// What a command prints, where it succeeds.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A command as it would be typed, with the variables that were set for it.
fn shown(command: &Command) -> String {
    let quiet = ["CARGO_INCREMENTAL", "HOME", "LANG", "PATH"];
    let variables = command.get_envs().filter_map(|(name, value)| {
        let (name, value) = (name.to_string_lossy(), value?.to_string_lossy());
        (!quiet.contains(&&*name)).then(|| format!("{name}={}", quoted(&value)))
    });
    let words = [command.get_program()].into_iter().chain(command.get_args());
    let words = words.map(|word| quoted(&word.to_string_lossy()));
    variables.chain(words).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    if word.is_empty() || word.contains([' ', '"', '*']) { format!("'{word}'") } else { word.to_owned() }
}
