//! `kettle-verify`: the verifier on the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(kettle_verify_cli::main(std::env::args_os()))
}
