//! `cargo xtask python`: the Python package, from the Rust source to a wheel that is installed and tested.

use std::path::PathBuf;

use crate::failure::{Done, Failure};
use crate::workspace::{cargo, command, root, run, succeeds};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Runs its tests, too
    #[arg(long)]
    test: bool,
}

pub(crate) fn run_chore(arguments: &Arguments) -> Done {
    tools()?;
    build()?;
    if arguments.test { test() } else { Ok(()) }
}

const VENV: &str = "target/venv";
const DIST: &str = "target/python/dist";

/// What builds and tests the package.
const TOOLS: [&str; 4] =
    ["maturin==1.16.0", "pytest>=8,<10", "cyclonedx-python-lib[json-validation]>=11,<12", "mypy>=1,<3"];

/// Whether the virtual environment has the tools.
pub(crate) fn has_tools() -> bool {
    let modules = "import pytest, cyclonedx.validation.json, jsonschema, mypy";
    succeeds(&mut command(&bin("maturin"), &["--version"]))
        && succeeds(&mut command(&bin("python"), &["-c", modules]))
}

/// Makes the virtual environment.
pub(crate) fn tools() -> Done {
    if has_tools() {
        return Ok(());
    }
    run(&mut command("python3", &["-m", "venv", VENV]))?;
    run(command(&bin("python"), &["-m", "pip", "install", "--quiet"]).args(TOOLS))
}

/// Builds the wheel.
pub(crate) fn build() -> Done {
    let _ = std::fs::remove_dir_all(root().join(DIST));
    let wheel = ["build", "--quiet", "--manifest-path", "verifier-py/Cargo.toml", "--out", DIST];
    run(&mut command(&bin("maturin"), &wheel))
}

/// Installs the wheel and runs the tests against it, with the answers of the Rust runner beside them.
pub(crate) fn test() -> Done {
    install(&bin("python"))?;
    let rust =
        cargo(&["run", "--quiet", "--locked", "--package", "kettle-testvectors", "--bin", "conformance"])
            .output()?;
    if !rust.status.success() {
        return Err(Failure::new("the Rust runner of the corpus fails; see the step `test`"));
    }
    let answers = root().join("target/python/answers");
    std::fs::write(&answers, rust.stdout)?;
    let answers = answers.canonicalize()?;
    run(command(&bin("python"), &["-m", "pytest", "--quiet", "-p", "no:cacheprovider", "verifier-py/tests"])
        .env("KETTLE_ANSWERS", answers)
        .env("PYTHONDONTWRITEBYTECODE", "1"))
}

/// Installs the wheel for an interpreter.
pub(crate) fn install(python: &str) -> Done {
    let mut arguments = vec!["-m", "pip", "install", "--quiet", "--no-index", "--force-reinstall"];
    let wheel = wheel()?;
    arguments.push(&wheel);
    run(&mut command(python, &arguments))
}

/// The wheel that was built.
pub(crate) fn wheel() -> Done<String> {
    let built = std::fs::read_dir(root().join(DIST))?.flatten().map(|entry| entry.path());
    let mut wheels = built.filter(|path: &PathBuf| path.extension().is_some_and(|name| name == "whl"));
    let wheel = wheels.next().ok_or_else(|| Failure::new(format!("no wheel in {DIST}")))?;
    Ok(wheel.canonicalize()?.to_string_lossy().into_owned())
}

fn bin(name: &str) -> String {
    root().join(VENV).join("bin").join(name).to_string_lossy().into_owned()
}
