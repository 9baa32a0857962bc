//! The chores of this workspace. `cargo xtask --help` lists them.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod attester;
mod bench;
mod conformance;
mod failure;
mod fuzz;
mod header;
mod install;
mod npm;
mod package;
mod python;
mod readme;
mod schema;
mod shape;
mod test;
mod web;
mod workspace;

use failure::Failure;

/// The chores of this workspace.
///
/// Start with `cargo xtask test`: it says what is missing on this machine, installs it, and runs
/// everything that a change has to pass. `cargo xtask test --list` names the steps.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Installs what is missing and runs every test.
    ///
    /// Each step prints a heading, and a table at the end says what became of it. The exit code is 0
    /// only if no step failed; a step that could not run says why. Examples:
    ///
    ///   cargo xtask test
    ///   cargo xtask test --only fmt,clippy
    ///   cargo xtask test --list
    #[command(verbatim_doc_comment)]
    Test(test::Arguments),
    /// Writes `schema/` and `spec/checks.md` from the Rust types, or checks that they are current.
    Schema(schema::Arguments),
    /// Writes the C header from the Rust declarations, or checks that it is current.
    Header(header::Arguments),
    /// Runs the fuzz targets, seeded with the corpus.
    ///
    /// Needs a nightly toolchain and cargo-fuzz. The inputs of findings lie in `fuzz/artifacts`; run
    /// one again with `cargo +nightly fuzz run TARGET FILE`. Examples:
    ///
    ///   cargo xtask fuzz
    ///   cargo xtask fuzz --seconds 600 appraise json
    #[command(verbatim_doc_comment)]
    Fuzz(fuzz::Arguments),
    /// Builds the npm package into `target/npm`.
    Npm(npm::Arguments),
    /// Builds the page into `target/web`, for a static host and as one file.
    Web(web::Arguments),
    /// Builds the Python package; with `--test` it is installed and tested.
    Python(python::Arguments),
    /// Runs every case in every language, and fails where an answer is not byte for byte Rust's.
    ///
    /// Runners that aren't built yet are skipped, with the command that builds them.
    Conformance,
    /// Builds what is published, installs each into an empty place, and runs it there.
    Package(package::Arguments),
    /// Tries what is claimed of the attester: real projects, bit-for-bit builds, what attesting costs.
    Attester(attester::Arguments),
    /// Measures a whole appraisal beside the sum of its own primitives, in interleaved rounds.
    ///
    /// Fails where the whole costs more than 1.15 of the sum, or 1.40 for a provenance of 100 kB and
    /// more. A genuine TDX quote is measured beside the crate `dcap-qvl`, too. The genuine bundles are
    /// measured where they are (`KETTLE_VECTORS`).
    Bench(bench::Arguments),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().chore {
        Chore::Test(arguments) => test::run(&arguments),
        Chore::Schema(arguments) => schema::run(&arguments),
        Chore::Header(arguments) => header::run_chore(&arguments),
        Chore::Fuzz(arguments) => fuzz::run(&arguments),
        Chore::Npm(arguments) => npm::run_chore(&arguments),
        Chore::Web(arguments) => web::run_chore(&arguments),
        Chore::Python(arguments) => python::run_chore(&arguments),
        Chore::Package(arguments) => package::run_chore(&arguments),
        Chore::Conformance => conformance::run_chore(),
        Chore::Attester(arguments) => attester::run_chore(&arguments),
        Chore::Bench(arguments) => bench::run(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(reason)) => {
            eprintln!("error: {reason}");
            ExitCode::FAILURE
        }
    }
}
