//! `kettle-verify`: the verifier on the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    #[cfg(target_os = "wasi")]
    enter_folder();
    ExitCode::from(kettle_verify_cli::main(std::env::args_os()))
}

/// A program in WASI begins at the root; whoever starts it says where the paths begin. Without a word, or
/// where the folder is gone, they begin at the root.
#[cfg(target_os = "wasi")]
fn enter_folder() {
    if let Some(folder) = std::env::var_os("PWD") {
        let _ = std::env::set_current_dir(folder);
    }
}
