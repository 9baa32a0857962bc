//! `cargo xtask fuzz`: every fuzz target, seeded with the corpus.

use std::path::Path;

use crate::failure::{Done, Failure};
use crate::workspace::{command, output, root, run as execute, succeeds};

mod seeds;

/// The longest input that libFuzzer makes; the parsers' own bounds are tested elsewhere.
const INPUT_BYTES: u32 = 65_536;
/// Seconds after which one input counts as a hang, and MiB that one run may need.
const HANG_SECONDS: u32 = 10;
const MEMORY_MIB: u32 = 2048;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Seconds for each target
    #[arg(long, default_value_t = 60, value_name = "N")]
    seconds: u32,
    /// Names the targets and stops
    #[arg(long)]
    list: bool,
    /// The targets; all of them where none is named
    targets: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Done {
    let known = targets()?;
    if arguments.list {
        known.iter().for_each(|name| println!("{name}"));
        return Ok(());
    }
    if let Some(stranger) = arguments.targets.iter().find(|name| !known.contains(name)) {
        return Err(Failure::new(format!("no fuzz target is called `{stranger}`; `--list` names them")));
    }
    if let Some(missing) = missing() {
        return Err(Failure::new(missing));
    }
    let chosen = if arguments.targets.is_empty() { &known } else { &arguments.targets };
    all(chosen, arguments.seconds)
}

/// Runs every target for some seconds each.
pub(crate) fn smoke(seconds: u32) -> Done {
    all(&targets()?, seconds)
}

/// What fuzzing needs and this machine has not.
pub(crate) fn missing() -> Option<String> {
    if !succeeds(&mut command("cargo", &["+nightly", "--version"])) {
        return Some("fuzzing needs a nightly toolchain: `rustup toolchain install nightly`".into());
    }
    if !succeeds(&mut command("cargo", &["+nightly", "fuzz", "--version"])) {
        return Some("fuzzing needs cargo-fuzz: `cargo install --locked cargo-fuzz`".into());
    }
    None
}

fn targets() -> Done<Vec<String>> {
    let files = std::fs::read_dir(root().join("fuzz/fuzz_targets"))?;
    let names = files.flatten().filter_map(|file| {
        let path = file.path();
        (path.extension()? == "rs")
            .then(|| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()))?
    });
    let mut names: Vec<String> = names.collect();
    names.sort();
    if names.is_empty() { Err(Failure::new("fuzz/fuzz_targets is empty")) } else { Ok(names) }
}

/// Runs all even after a finding, and fails with the list of targets that have one.
fn all(targets: &[String], seconds: u32) -> Done {
    execute(&mut command("cargo", &["+nightly", "fuzz", "build", "--fuzz-dir", "fuzz"]))?;
    let seeds = seeds::gather()?;
    let mut found = Vec::new();
    for target in targets {
        let corpus = root().join("fuzz/corpus").join(target);
        let count = seeds::write(&seeds, target, &corpus)?;
        println!("\n-- {target}: {count} seeds, {seconds} s");
        if one(target, &corpus, seconds).is_err() {
            found.push(target.as_str());
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!("findings in {}; the inputs lie in fuzz/artifacts", found.join(", "))))
}

/// The machine's own target: cargo-fuzz builds below its name.
fn host() -> Done<String> {
    let version = output(&mut command("rustc", &["-vV"])).unwrap_or_default();
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(Into::into).ok_or_else(|| Failure::new("`rustc -vV` names no host"))
}

/// libFuzzer talks a lot: of a run without a finding only its counts are shown. The program that was
/// built is run itself, so that a change of the source meanwhile does no harm.
fn one(target: &str, corpus: &Path, seconds: u32) -> Done {
    let built = root().join("fuzz/target").join(host()?).join("release").join(target);
    let artifacts = root().join("fuzz/artifacts").join(target);
    std::fs::create_dir_all(&artifacts)?;
    let mut fuzz = command(&built.to_string_lossy(), &[]);
    fuzz.arg(corpus).args([
        format!("-artifact_prefix={}/", artifacts.display()),
        format!("-max_total_time={seconds}"),
        format!("-max_len={INPUT_BYTES}"),
        format!("-timeout={HANG_SECONDS}"),
        format!("-rss_limit_mb={MEMORY_MIB}"),
        "-print_final_stats=1".into(),
    ]);
    let finished = fuzz.output()?;
    let said = String::from_utf8_lossy(&finished.stderr);
    if !finished.status.success() {
        println!("{said}");
        return Err(Failure::new(format!("`{target}` has a finding")));
    }
    let counts = ["number_of_executed_units", "new_units_added", "slowest_unit_time_sec", "peak_rss_mb"];
    said.lines()
        .filter_map(|line| line.strip_prefix("stat::"))
        .filter(|line| counts.iter().any(|count| line.starts_with(count)))
        .for_each(|line| println!("{line}"));
    Ok(())
}
