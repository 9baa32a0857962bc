//! The cost of a whole appraisal beside the sum of its own primitives, in interleaved rounds, so that
//! whatever slows the machine down slows all of them.

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Instant;

use kettle_bench::{Primitives, Sample, samples};

/// Rounds for each sample; every round measures the whole and each primitive once.
const ROUNDS: usize = 400;
/// The most that a whole appraisal may cost, as a multiple of the sum of its primitives.
const TARGET: f64 = 1.15;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            eprintln!("error: a whole appraisal costs more than {TARGET} of its primitives");
            ExitCode::FAILURE
        }
        Err(reason) => {
            eprintln!("error: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<bool, String> {
    println!("medians of {ROUNDS} interleaved rounds, in microseconds");
    println!("{HEADING}");
    let mut within = true;
    for sample in samples()? {
        let primitives = Primitives::of(&sample)?;
        if let Some(flaw) = sample.flaw() {
            return Err(format!("{}: {flaw}", sample.name));
        }
        if !primitives.hold() {
            return Err(format!("{}: a primitive refuses its own signature", sample.name));
        }
        let figures = measure(&sample, &primitives);
        println!("{}", figures.line(&sample.name));
        within &= figures.ratio <= TARGET;
    }
    Ok(within)
}

const HEADING: &str = "\
sample                                       whole  RSA-4096   P-384  RSA-2048  hashes     sum  ratio";

struct Figures {
    whole: f64,
    parts: [f64; 4],
    sum: f64,
    ratio: f64,
}

impl Figures {
    fn line(&self, name: &str) -> String {
        let [rsa4096, p384, rsa2048, hashes] = self.parts;
        format!(
            "{name:42} {:7.0} {rsa4096:9.0} {p384:7.0} {rsa2048:9.0} {hashes:7.1} {:7.0} {:6.3}",
            self.whole, self.sum, self.ratio
        )
    }
}

fn measure(sample: &Sample, primitives: &Primitives) -> Figures {
    let mut rounds: Vec<[f64; 5]> = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        rounds.push([
            microseconds(|| sample.appraise()),
            microseconds(|| primitives.rsa4096_pss()),
            microseconds(|| primitives.p384()),
            microseconds(|| primitives.rsa2048_pkcs1()),
            microseconds(|| primitives.hashes()),
        ]);
    }
    let sum = |[_, one, two, three, four]: &[f64; 5]| one + two + three + four;
    let column = |index: usize| median(rounds.iter().filter_map(|round| round.get(index).copied()));
    Figures {
        whole: column(0),
        parts: [column(1), column(2), column(3), column(4)],
        sum: median(rounds.iter().map(sum)),
        ratio: median(rounds.iter().map(|round| round[0] / sum(round))),
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
