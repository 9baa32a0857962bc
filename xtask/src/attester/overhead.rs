//! What attesting costs beside building: the same project, plain and attested, in interleaved rounds.
//!
//! Both begin with everything fetched and nothing compiled. Fetching is left out of the attested build's
//! time, since a plain one fetches once and for all. What else runs on the machine can only add to a time,
//! so the least times are compared.

use std::io::BufRead as _;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::{README, shell};
use crate::failure::{Done, Failure};
use crate::readme;
use crate::workspace::{cargo, command, root, run as run_command};

/// Times that both are built.
const ROUNDS: usize = 3;

/// What an attested build may cost of a plain one.
const RATIO: f64 = 1.05;

/// What comes before the first command, at most.
const START: Duration = Duration::from_millis(100);

/// An attested build's times.
struct Attested {
    /// Until the first command in the sandbox.
    start: Duration,
    /// Without fetching.
    whole: Duration,
}

pub(crate) fn run() -> Done {
    run_command(&mut cargo(&[
        "build",
        "--release",
        "--locked",
        "-p",
        "kettle-attest",
        "-p",
        "kettle-verify",
    ]))?;
    let bin = root().join("target/release").canonicalize()?;
    // Outside of this workspace, to which cargo would take the project to belong.
    let place = std::env::temp_dir().join(format!("kettle-overhead-{}", std::process::id()));
    std::fs::create_dir_all(&place)?;
    let place = place.canonicalize()?;
    shell(&place, &bin, &readme::block(README, "sh", "commit -qm 'hexyl ")?)?;
    let project = place.join("hexyl-0.16.0");
    run_command(command("cargo", &["fetch", "--locked", "--quiet"]).current_dir(&project))?;
    let (mut plain, mut whole, mut start) = (Duration::MAX, Duration::MAX, Duration::MAX);
    for round in 0..ROUNDS {
        let one = plainly(&project, &place)?;
        let other = attested(&project, &place, &bin)?;
        println!(
            "round {round}: plain {one:.2?}, attested {:.2?}, its start {:.1?}",
            other.whole, other.start
        );
        plain = plain.min(one);
        whole = whole.min(other.whole);
        start = start.min(other.start);
    }
    std::fs::remove_dir_all(place)?;
    let ratio = whole.as_secs_f64() / plain.as_secs_f64();
    println!(
        "an attested build takes {ratio:.3} of a plain one ({RATIO} at most), and {start:.1?} to start ({START:.0?} at most)"
    );
    if ratio > RATIO || start > START {
        return Err(Failure::new("attesting costs more than is claimed"));
    }
    Ok(())
}

fn plainly(project: &Path, place: &Path) -> Done<Duration> {
    let target = place.join("target");
    let mut cargo = command("cargo", &["build", "--release", "--locked", "--offline", "--quiet"]);
    cargo.current_dir(project).env("CARGO_TARGET_DIR", &target);
    let begun = Instant::now();
    let status = cargo.status()?;
    let taken = begun.elapsed();
    std::fs::remove_dir_all(target)?;
    if status.success() { Ok(taken) } else { Err(Failure::new("the plain build failed")) }
}

fn attested(project: &Path, place: &Path, bin: &Path) -> Done<Attested> {
    let output = place.join("bundle");
    let mut build =
        command(&bin.join("kettle-attest").to_string_lossy(), &["--json", "build", ".", "--simulate", "snp"]);
    build.args(["--source-uri", "https://git.example/hexyl.git", "--output"]).arg(&output);
    build.current_dir(project).stdout(Stdio::piped()).stderr(Stdio::null());
    let begun = Instant::now();
    let mut child = build.spawn()?;
    let Some(told) = child.stdout.take() else { return Err(Failure::new("the attester tells nothing")) };
    let (mut fetch, mut compile) = (None, None);
    for line in std::io::BufReader::new(told).lines() {
        let line = line?;
        let step = |name: &str| {
            line.contains("\"event\":\"step\"") && line.contains(&format!("\"step\":\"{name}\""))
        };
        let at = begun.elapsed();
        if step("fetch") {
            fetch.get_or_insert(at);
        }
        if step("build") {
            compile.get_or_insert(at);
        }
    }
    let status = child.wait()?;
    let taken = begun.elapsed();
    std::fs::remove_file(output.with_extension("seed"))?;
    std::fs::remove_dir_all(output)?;
    let (Some(fetch), Some(compile), true) = (fetch, compile, status.success()) else {
        return Err(Failure::new("the attested build failed"));
    };
    Ok(Attested { start: fetch, whole: taken.saturating_sub(compile.saturating_sub(fetch)) })
}
