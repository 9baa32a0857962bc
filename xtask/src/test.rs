//! `cargo xtask test`: everything that a change has to pass.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::failure::{Done, Failure};
use crate::install::Need;

mod aside;
mod c;
mod steps;
pub(crate) mod uniffi;

use aside::Aside;
use steps::{Outcome, STEPS, Step};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Runs these steps only, by name
    #[arg(long, value_delimiter = ',', value_name = "STEP,…")]
    only: Vec<String>,
    /// Names the steps and what each one is for
    #[arg(long)]
    list: bool,
    /// Installs nothing; a step whose tool is missing fails
    #[arg(long)]
    no_install: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Done {
    if arguments.list {
        STEPS.iter().for_each(|step| println!("{:12} {}", step.name, step.title));
        return Ok(());
    }
    let steps = chosen(&arguments.only)?;
    let mut summary = Summary::default();
    let missing = if arguments.no_install { Vec::new() } else { missing(&steps) };
    if !missing.is_empty() {
        let installed = perform("install", "what is missing on this machine", || install(missing));
        summary.add(Line { outcome: Ok(installed.outcome?), ..installed });
    }
    // What can run beside others does, where others are to run.
    let (besides, others): (Vec<&Step>, Vec<&Step>) =
        steps.iter().partition(|step| steps::ASIDE.contains(&step.name));
    let host = others.iter().position(|step| step.name == steps::HOST).filter(|_| !besides.is_empty());
    let steps = if host.is_some() { others } else { steps };
    let mut aside = None;
    for (index, step) in steps.into_iter().enumerate() {
        if Some(index) == host {
            aside = Some(Aside::start(&besides)?);
        }
        summary.add(perform(step.name, step.title, step.run));
    }
    if let Some(aside) = aside {
        summary.append(aside.wait()?);
    }
    summary.end()
}

/// What became of the steps.
#[derive(Default)]
struct Summary {
    rows: Vec<String>,
    failed: Vec<&'static str>,
}

/// How its heading begins.
const SUMMARY: &str = "summary: ";

impl Summary {
    fn add(&mut self, line: Line) {
        self.rows.push(line.row());
        if line.outcome.is_err() {
            self.failed.push(line.name);
        }
    }

    fn append(&mut self, mut other: Self) {
        self.rows.append(&mut other.rows);
        self.failed.append(&mut other.failed);
    }

    fn end(self) -> Done {
        println!("\n== {SUMMARY}what became of each step, its seconds, and those of all its processes");
        self.rows.iter().for_each(|row| println!("{row}"));
        let Some(first) = self.failed.first() else { return Ok(()) };
        Err(Failure::new(format!(
            "failed: {}; run one again with `cargo xtask test --only {first}`",
            self.failed.join(", ")
        )))
    }
}

fn chosen(only: &[String]) -> Done<Vec<&'static Step>> {
    if let Some(stranger) = only.iter().find(|name| STEPS.iter().all(|step| step.name != name.as_str())) {
        return Err(Failure::new(format!("no step is called `{stranger}`; `--list` names them")));
    }
    Ok(STEPS.iter().filter(|step| only.is_empty() || only.iter().any(|name| name == step.name)).collect())
}

fn missing(steps: &[&Step]) -> Vec<Need> {
    let needs: BTreeSet<Need> = steps.iter().flat_map(|step| step.needs.iter().copied()).collect();
    needs.into_iter().filter(|need| !need.is_there()).collect()
}

/// Says what will be installed, then installs it.
fn install(missing: Vec<Need>) -> Done<Outcome> {
    for need in &missing {
        println!("will install {}: {}", need.title(), need.plan());
    }
    missing.into_iter().try_for_each(Need::install)?;
    Ok(Outcome::Passed)
}

struct Line {
    name: &'static str,
    outcome: Done<Outcome>,
    took: Duration,
    /// What its processes used of the processor, where the system tells.
    worked: Option<Duration>,
}

impl Line {
    fn row(&self) -> String {
        let (word, why) = match &self.outcome {
            Ok(Outcome::Passed) => ("passed", String::new()),
            Ok(Outcome::Partly(why)) => ("passed", format!("  in part: {why}")),
            Ok(Outcome::Skipped(why)) => ("SKIPPED", format!("  {why}")),
            Err(reason) => ("FAILED", format!("  {reason}")),
        };
        let worked = self.worked.map_or_else(|| "?".into(), |time| format!("{:.1}", time.as_secs_f64()));
        format!("{:12} {word:8} {:7.1} s {worked:>7} s{why}", self.name, self.took.as_secs_f64())
    }
}

fn perform(name: &'static str, title: &str, run: impl FnOnce() -> Done<Outcome>) -> Line {
    println!("\n== {name}: {title}");
    let (start, before) = (Instant::now(), processor_time());
    let outcome = run();
    if let Err(reason) = &outcome {
        println!("FAILED: {reason}");
    }
    let worked = processor_time().zip(before).map(|(after, before)| after.saturating_sub(before));
    Line { name, outcome, took: start.elapsed(), worked }
}

/// What all processes that this one has waited for, and those that they have waited for, used of the
/// processor: `cutime` and `cstime` of Linux's proc(5), in hundredths of a second.
fn processor_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is a name in parentheses, which may have spaces; 16 and 17 are what is asked for.
    let (_, fields) = stat.rsplit_once(')')?;
    let ticks: Vec<u64> = fields.split_whitespace().skip(13).take(2).flat_map(str::parse).collect();
    let ticks = ticks.iter().fold(0_u64, |sum, ticks| sum.saturating_add(*ticks));
    Some(Duration::from_millis(ticks.saturating_mul(10)))
}
