//! The cost of a whole appraisal beside the sum of its own primitives, in interleaved rounds, so that
//! whatever slows the machine down slows all of them.
//!
//! What else runs on a machine can only add to a time, so that the least time of each part is the one
//! that repeats; `ratio` is made of these and decides. `median` is that of the rounds' own ratios, and
//! equals it where nothing else runs.
//!
//! The text of a provenance is read, and not only hashed: for each kilobyte that costs more than its
//! hash does, so a document of a hundred kilobytes and more has a bound of its own, [`LARGE`].

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use kettle_bench::primitives::KINDS;
use kettle_bench::{Peer, Primitives, Sample, samples};

/// Rounds for each sample; every round measures the whole and each primitive once.
const ROUNDS: usize = 400;
/// The most that a whole appraisal may cost, as a multiple of the sum of its primitives.
const TARGET: f64 = 1.15;
/// The same for a provenance of [`LARGE_BYTES`] and more.
const LARGE: f64 = 1.40;
/// From how many bytes on the text outweighs the signatures.
const LARGE_BYTES: usize = 100_000;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("error: a whole appraisal costs more of its primitives than it may");
            ExitCode::FAILURE
        }
        Err(reason) => {
            eprintln!("error: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool, String> {
    println!("the least of {ROUNDS} interleaved rounds, in microseconds");
    let kinds: String = KINDS.iter().map(|(name, _)| format!("{name:>9}")).collect();
    println!(
        "{:42} {:>7} {kinds} {:>8} {:>7} {:>6} {:>6}",
        "sample", "whole", "hashes", "sum", "ratio", "median"
    );
    let mut within = true;
    for sample in samples()? {
        let primitives = Primitives::of(&sample).map_err(|reason| format!("{}: {reason}", sample.name))?;
        if let Some(flaw) = sample.flaw() {
            return Err(format!("{}: {flaw}", sample.name));
        }
        if !primitives.hold() {
            return Err(format!("{}: a primitive refuses its own signature", sample.name));
        }
        let peer = Peer::of(&sample).map_err(|reason| format!("{}: dcap-qvl: {reason}", sample.name))?;
        let figures = measure(&sample, &primitives, peer.as_ref());
        println!("{}", figures.line(&sample.name));
        if let Some((peer, ratio)) = figures.peer {
            println!("  dcap-qvl takes {peer:.0} for the same, so the whole is {ratio:.3} of it");
        }
        let most = if sample.provenance.len() < LARGE_BYTES { TARGET } else { LARGE };
        if figures.ratio > most {
            println!("  the most that it may be is {most}");
            within = false;
        }
    }
    Ok(within)
}

struct Figures {
    whole: f64,
    /// The kinds of signatures, then the hashes.
    parts: Vec<f64>,
    sum: f64,
    ratio: f64,
    median: f64,
    /// The other verifier, and the whole as a multiple of it.
    peer: Option<(f64, f64)>,
}

impl Figures {
    fn line(&self, name: &str) -> String {
        let parts: String = self.parts.iter().map(|part| format!("{part:9.0}")).collect();
        let name: String = name.chars().take(42).collect();
        format!(
            "{name:42} {:7.0} {parts} {:7.0} {:6.3} {:6.3}",
            self.whole, self.sum, self.ratio, self.median
        )
    }
}

struct Round {
    whole: f64,
    parts: Vec<f64>,
    peer: f64,
}

fn measure(sample: &Sample, primitives: &Primitives, peer: Option<&Peer>) -> Figures {
    let round = |_| Round {
        whole: microseconds(|| sample.appraise()),
        parts: KINDS
            .iter()
            .map(|(_, kind)| microseconds(|| primitives.signatures(*kind)))
            .chain([microseconds(|| primitives.hashes())])
            .collect(),
        peer: peer.map_or(f64::NAN, |peer| microseconds(|| peer.verify())),
    };
    let rounds: Vec<Round> = (0..ROUNDS).map(round).collect();
    let least = |value: &dyn Fn(&Round) -> f64| rounds.iter().map(value).fold(f64::INFINITY, f64::min);
    let part = |index: usize| least(&|round: &Round| round.parts.get(index).copied().unwrap_or(f64::NAN));
    let (whole, parts) = (least(&|round| round.whole), (0..=KINDS.len()).map(part).collect::<Vec<f64>>());
    let sum = parts.iter().sum();
    let theirs = least(&|round| round.peer);
    Figures {
        whole,
        parts,
        sum,
        ratio: whole / sum,
        median: median(rounds.iter().map(|round| round.whole / round.parts.iter().sum::<f64>())),
        peer: peer.map(|_| (theirs, whole / theirs)),
    }
}

fn microseconds<T>(work: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    black_box(work());
    start.elapsed().as_secs_f64() * 1e6
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
