//! `cargo xtask attester`: what is claimed of the attester, tried on real projects.

mod overhead;
pub(crate) mod reproducible;

use std::path::Path;

use clap::{Args, Subcommand};

use crate::failure::{Done, Failure};
use crate::readme;
use crate::workspace::{command, programs, root, succeeds};

#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    claim: Claim,
}

#[derive(Subcommand)]
enum Claim {
    /// Builds the projects of the attester's README from the registries, as it stands there, and verifies them
    Real,
    /// Builds the attester twice in different folders and compares every byte
    Reproducible,
    /// Measures an attested build beside a plain one, in interleaved rounds
    Overhead,
}

pub(crate) fn run_chore(arguments: &Arguments) -> Done {
    match arguments.claim {
        Claim::Real => match real()? {
            None => Ok(()),
            Some(missing) => Err(Failure::new(missing)),
        },
        Claim::Reproducible => reproducible::run(),
        Claim::Overhead => overhead::run(),
    }
}

/// The README whose commands are run.
const README: &str = "attester/README.md";

/// The platforms that the projects are built for.
const PLATFORMS: [&str; 4] = ["snp", "az-snp", "tdx", "nitro"];

/// A project: words of the block that fetches it, its folder, and what it needs.
const PROJECTS: [(&str, &str, &str, &str); 3] = [
    ("hexyl", "hexyl-0.16.0", "cargo", "https://static.crates.io/crates/hexyl/hexyl-0.16.0.crate"),
    ("mime-types", "package", "npm", "https://registry.npmjs.org/ms/-/ms-2.1.3.tgz"),
    ("idna", "idna-3.10", "python3", "https://pypi.org/simple/flit-core/"),
];

/// Runs the README; what could not be tried, where something couldn't.
pub(crate) fn real() -> Done<Option<String>> {
    programs(&["kettle-attest", "kettle-verify"])?;
    let bin = root().join("target/debug").canonicalize()?;
    let place = root().join("target/attester/real");
    if place.exists() {
        std::fs::remove_dir_all(&place)?;
    }
    std::fs::create_dir_all(&place)?;
    let place = place.canonicalize()?;
    let build = readme::block(README, "sh", "kettle-attest build . --simulate snp")?;
    let mut missing = Vec::new();
    for (words, folder, tool, registry) in PROJECTS {
        if let Some(reason) = lacks(tool, registry) {
            missing.push(format!("{words}: {reason}"));
            continue;
        }
        shell(&place, &bin, &readme::block(README, "sh", &format!("commit -qm '{words} "))?)?;
        for platform in PLATFORMS {
            let script = build.replace("--simulate snp", &format!("--simulate {platform}"));
            // `kettle-verify` ends well only where the outcome is `verified`.
            shell(&place.join(folder), &bin, &script)?;
            println!("{words} on {platform}: verified");
            std::fs::remove_dir_all(place.join("my-build"))?;
            std::fs::remove_file(place.join("my-build.seed"))?;
        }
    }
    std::fs::remove_dir_all(place)?;
    Ok((!missing.is_empty()).then(|| missing.join("; ")))
}

/// The path of programs with pnpm and uv in it, which few machines have; both are fetched from their
/// registries, and where that fails the tests that need them say so.
pub(crate) fn path_with_tools() -> Done<String> {
    let tools = root().join("target/attester/tools");
    std::fs::create_dir_all(&tools)?;
    let tools = tools.canonicalize()?;
    let shown = tools.to_string_lossy().into_owned();
    let (node, python) = (tools.join("node_modules/.bin"), tools.join("python"));
    if !node.join("pnpm").exists() {
        let words = ["install", "--silent", "--no-audit", "--no-fund", "--prefix", &shown, "pnpm@10.34.9"];
        succeeds(&mut command("npm", &words));
    }
    if !python.join("bin/uv").exists() {
        let python = python.to_string_lossy();
        let made = succeeds(&mut command("python3", &["-m", "venv", &python]));
        made.then(|| {
            succeeds(&mut command(&format!("{python}/bin/pip"), &["install", "--quiet", "uv==0.13.9"]))
        });
    }
    let path = std::env::var("PATH").unwrap_or_default();
    // Last, so that no other program is taken from there.
    Ok(format!("{path}:{}:{}", node.display(), python.join("bin").display()))
}

/// Why a project can't be tried here.
fn lacks(tool: &str, registry: &str) -> Option<String> {
    if !succeeds(&mut command("sh", &["-c", &format!("command -v {tool}")])) {
        return Some(format!("`{tool}` is not here"));
    }
    let quiet = ["--silent", "--fail", "--location", "--max-time", "20", "--output", "/dev/null", registry];
    (!succeeds(&mut command("curl", &quiet))).then(|| format!("{registry} can't be reached from here"))
}

/// Runs a script in a folder, with our programs before all others, and gives back what it printed.
fn shell(folder: &Path, bin: &Path, script: &str) -> Done<String> {
    println!("{}", script.trim_end());
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let mut shell = command("sh", &["-e", "-c", script]);
    let output = shell.current_dir(folder).env("PATH", path).output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(said);
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    Err(Failure::new(format!("{}: {said}{errors}", output.status)))
}
