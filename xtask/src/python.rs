//! `cargo xtask python`: the Python package, from the Rust source to a wheel that is installed and tested.

use std::path::{Path, PathBuf};

use crate::failure::{Done, Failure};
use crate::workspace::{command, programs, root, run, succeeds};

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
    let wheel = ["build", "--quiet", "--locked", "--manifest-path", "verifier-py/Cargo.toml", "--out", DIST];
    run(&mut command(&bin("maturin"), &wheel))
}

/// Installs the wheel and runs the tests against it, with the answers of the Rust runner beside them.
pub(crate) fn test() -> Done {
    install(&bin("python"))?;
    programs(&["conformance"])?;
    let rust = command("target/debug/conformance", &[]).output()?;
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

/// Packs the sources with what they need of the workspace.
pub(crate) fn sdist(folder: &Path) -> Done<PathBuf> {
    let out = folder.to_string_lossy();
    let pack = ["sdist", "--manifest-path", "verifier-py/Cargo.toml", "--out", &*out];
    run(&mut command(&bin("maturin"), &pack))?;
    only(folder, "gz")
}

/// The wheel that was built.
pub(crate) fn wheel() -> Done<String> {
    Ok(only(&root().join(DIST), "whl")?.to_string_lossy().into_owned())
}

/// The file with this extension in a folder.
fn only(folder: &Path, extension: &str) -> Done<PathBuf> {
    let files = std::fs::read_dir(folder)?.flatten().map(|entry| entry.path());
    let mut files = files.filter(|path| path.extension().is_some_and(|name| name == extension));
    let file =
        files.next().ok_or_else(|| Failure::new(format!("no .{extension} in {}", folder.display())))?;
    Ok(file.canonicalize()?)
}

fn bin(name: &str) -> String {
    root().join(VENV).join("bin").join(name).to_string_lossy().into_owned()
}
