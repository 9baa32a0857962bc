//! `kettle-verify`: the verifier on the command line, as a library for programs in other languages that
//! are the same command.
//!
//! It reads files, asks the core for a verdict, and shows it. It decides nothing about attestation
//! and has no network code.

mod appraisal;
mod args;
mod checks;
mod collateral;
mod evidence;
mod exit;
mod failure;
mod generate;
mod inspect;
mod policy;
#[cfg(not(target_family = "wasm"))]
mod progress;
#[cfg(target_family = "wasm")]
#[path = "progress/none.rs"]
mod progress;
mod proof;
mod report;
mod style;
mod verify;

use std::ffi::OsString;

use crate::args::{Arguments, Command};
use crate::exit::ExitCode;
use crate::failure::Failure;

/// Runs the program with these arguments, of which the first is its own name, and returns the exit code.
/// It reads files and writes to standard output and standard error, as the command does.
///
/// ```
/// assert_eq!(kettle_verify_cli::main(["kettle-verify", "--version"]), 0);
/// assert_eq!(kettle_verify_cli::main(["kettle-verify", "/no/such/bundle"]), 2);
/// ```
#[must_use]
pub fn main<A>(arguments: impl IntoIterator<Item = A>) -> u8
where
    A: Into<OsString> + Clone,
{
    let arguments = match Arguments::read(arguments) {
        Ok(arguments) => arguments,
        Err(answer) => {
            // Help and version are answers of this kind too. A reader that went away changes nothing.
            let _ = answer.print();
            return u8::try_from(answer.exit_code()).unwrap_or(failure::USAGE);
        }
    };
    style::set_color(arguments.color);
    match run(&arguments) {
        Ok(code) => code.number(),
        Err(failure) => {
            failure.show();
            failure::USAGE
        }
    }
}

fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    match &arguments.command {
        None => verify::run(&arguments.verify, arguments.quiet),
        Some(Command::Inspect(given)) => inspect::run(given, arguments.quiet),
        Some(Command::Policy { command }) => policy::run(command, arguments.quiet),
        Some(Command::Checks(given)) => checks::run(given),
        Some(Command::Evidence(given)) => evidence::run(given, arguments.quiet),
        Some(Command::Collateral(given)) => collateral::run(given, arguments.quiet),
        Some(Command::Proof(given)) => proof::run(given, arguments.quiet),
        Some(Command::Completions { shell }) => generate::completions(*shell),
        Some(Command::Man { dir }) => generate::man(dir.as_deref()),
    }
}
