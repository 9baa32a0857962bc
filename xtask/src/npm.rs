//! `cargo xtask npm`: the npm package, from the Rust source to the tarball.

use std::path::{Path, PathBuf};

use crate::failure::{Done, Failure};
use crate::install::{WASI, WASM, cross};
use crate::workspace::{command, programs, root, run};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Runs its tests, too: the corpus in Node and Chromium, bundlers, the command line
    #[arg(long)]
    test: bool,
}

pub(crate) fn run_chore(arguments: &Arguments) -> Done {
    build()?;
    if arguments.test { test() } else { Ok(()) }
}

const NPM: &str = "verifier-wasm/npm";
const OUT: &str = "target/npm";

/// Builds the package into `target/npm/package` and packs it.
pub(crate) fn build() -> Done {
    run(&mut cross(WASM, "build", &["--package", "kettle-verifier-wasm", "--profile", "wasm"])?)?;
    run(&mut cross(WASI, "build", &["--package", "kettle-verify", "--profile", "wasm"])?)?;
    let module = format!("target/{WASM}/wasm/kettle_verifier_wasm.wasm");
    let glue = format!("{NPM}/src/wasm");
    programs(&["kettle-wasm-bindgen"])?;
    run(&mut command("target/debug/kettle-wasm-bindgen", &[&module, &glue]))?;
    install(NPM)?;
    node("build.mjs", &["../../target/npm/package"])?;
    let packed = root().join(OUT).join("package");
    run(command("npm", &["pack", "--silent", "--pack-destination", ".."]).current_dir(packed))
}

/// The packed package.
pub(crate) fn tarball() -> Done<PathBuf> {
    let files = std::fs::read_dir(root().join(OUT))?.flatten().map(|entry| entry.path());
    let mut packed = files.filter(|path| path.extension().is_some_and(|name| name == "tgz"));
    packed.next().ok_or_else(|| Failure::new(format!("no tarball in {OUT}")))
}

/// What every build of the package has to hold.
pub(crate) fn test() -> Done {
    let package = "../../target/npm/package";
    node("../test/corpus.mjs", &[package])?;
    programs(&["kettle-verify"])?;
    node("../test/command.mjs", &["../../target/debug/kettle-verify", package])?;
    let archives = "../../target/npm/archives.json";
    let native = "../../target/debug/kettle-verify";
    node("../test/open.mjs", &[native, package, archives])?;
    run(command("node", &["--expose-gc", "../test/stream.mjs", package]).current_dir(folder()))?;
    let [oldest, deno] = runtimes()?;
    run(command(&oldest, &["../test/command.mjs", native, package]).current_dir(folder()))?;
    for (program, options) in
        [(oldest, &["--no-warnings"][..]), (deno, &["run", "--no-prompt", "--allow-all"][..])]
    {
        for words in [&["../test/corpus.mjs", package][..], &["../test/open.mjs", native, package]] {
            run(command(&program, options).args(words).current_dir(folder()))?;
        }
    }
    node("../test/install.mjs", &["../../target/npm"])?;
    node("../test/browser.mjs", &[package, archives])
}

/// What a folder's lock file names, in its versions.
pub(crate) fn install(name: &str) -> Done {
    let folder = root().join(name);
    let (lock, known) = (folder.join("package-lock.json"), folder.join("node_modules/.kettle-lock"));
    let wanted = std::fs::read(&lock)?;
    if std::fs::read(&known).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    run(command("npm", &["ci", "--no-audit", "--no-fund"]).current_dir(folder))?;
    std::fs::write(known, wanted)?;
    Ok(())
}

/// The oldest Node that the package takes, and Deno, as npm has both.
const RUNTIMES: [&str; 2] = ["node@18.20.8", "deno@2.9.6"];

/// The programs of [`RUNTIMES`].
fn runtimes() -> Done<[String; 2]> {
    let place = root().join(OUT).join("runtimes");
    std::fs::create_dir_all(&place)?;
    std::fs::write(place.join("package.json"), "{\"private\":true}\n")?;
    let programs = ["node_modules/node/bin/node", "node_modules/.bin/deno"].map(|name| place.join(name));
    if !programs.iter().all(|program| program.exists()) {
        let install = ["install", "--no-audit", "--no-fund", "--silent", "--no-save"];
        run(command("npm", &install).args(RUNTIMES).current_dir(&place))?;
    }
    Ok(programs.map(|program| program.to_string_lossy().into_owned()))
}

fn folder() -> PathBuf {
    root().join(NPM)
}

fn node(script: &str, arguments: &[&str]) -> Done {
    if !Path::new(&folder()).is_dir() {
        return Err(Failure::new(format!("{NPM} is missing")));
    }
    run(command("node", &[script]).args(arguments).current_dir(folder()))
}
