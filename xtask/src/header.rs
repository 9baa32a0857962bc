//! `cargo xtask header`: the C header, generated from the Rust declarations and committed.

use crate::failure::{Done, Failure};
use crate::workspace::{command, root, run};

/// The header's place.
pub(crate) const HEADER: &str = "verifier-ffi/include/kettle_verify.h";

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Writes nothing, and fails where the committed header is not what the declarations give
    #[arg(long)]
    check: bool,
}

pub(crate) fn run_chore(arguments: &Arguments) -> Done {
    if arguments.check { check() } else { write(HEADER) }
}

/// Fails where the committed header is not what the declarations give.
pub(crate) fn check() -> Done {
    const FRESH: &str = "target/c/kettle_verify.h";
    std::fs::create_dir_all(root().join("target/c"))?;
    write(FRESH)?;
    run(&mut command("diff", &["--unified", HEADER, FRESH]))
        .map_err(|_| Failure::new("run `cargo xtask header` and commit it"))
}

fn write(to: &str) -> Done {
    let configuration = ["--quiet", "--config", "verifier-ffi/cbindgen.toml"];
    let source = ["--crate", "kettle-verifier-ffi", "--output", to, "verifier-ffi"];
    run(&mut command("cbindgen", &[&configuration[..], &source[..]].concat()))
}
