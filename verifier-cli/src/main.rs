//! `kettle-verify`: the verifier on the command line.
//!
//! It reads files, asks the core for a verdict, and shows it. It decides nothing about attestation
//! and has no network code.

mod appraisal;
mod args;
mod checks;
mod collateral;
mod evidence;
mod failure;
mod generate;
mod inspect;
mod policy;
mod progress;
mod report;
mod style;
mod verify;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Arguments, Command};
use crate::failure::Failure;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    style::set_color(arguments.color);
    match run(&arguments) {
        Ok(code) => code,
        Err(failure) => {
            failure.show();
            ExitCode::from(failure::USAGE)
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
        Some(Command::Completions { shell }) => generate::completions(*shell),
        Some(Command::Man { dir }) => generate::man(dir.as_deref()),
    }
}
