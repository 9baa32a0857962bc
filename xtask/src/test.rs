//! `cargo xtask test`: everything that a change has to pass.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::failure::{Done, Failure};
use crate::install::Need;

mod c;
mod steps;
pub(crate) mod uniffi;

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
    install(&steps, arguments.no_install)?;
    let results: Vec<Line> = steps.into_iter().map(perform).collect();
    summary(&results);
    let failed: Vec<&str> =
        results.iter().filter(|line| line.outcome.is_err()).map(|line| line.name).collect();
    if failed.is_empty() {
        Ok(())
    } else {
        Err(Failure::new(format!(
            "failed: {0}; run one again with `cargo xtask test --only {1}`",
            failed.join(", "),
            failed.first().unwrap_or(&"")
        )))
    }
}

fn chosen(only: &[String]) -> Done<Vec<&'static Step>> {
    if let Some(stranger) = only.iter().find(|name| STEPS.iter().all(|step| step.name != name.as_str())) {
        return Err(Failure::new(format!("no step is called `{stranger}`; `--list` names them")));
    }
    Ok(STEPS.iter().filter(|step| only.is_empty() || only.iter().any(|name| name == step.name)).collect())
}

/// Says what will be installed, then installs it.
fn install(steps: &[&Step], forbidden: bool) -> Done {
    let needs: BTreeSet<Need> = steps.iter().flat_map(|step| step.needs.iter().copied()).collect();
    let missing: Vec<Need> = needs.into_iter().filter(|need| !need.is_there()).collect();
    if missing.is_empty() || forbidden {
        return Ok(());
    }
    heading("install", "what is missing on this machine");
    for need in &missing {
        println!("will install {}: {}", need.title(), need.plan());
    }
    missing.into_iter().try_for_each(Need::install)
}

struct Line {
    name: &'static str,
    outcome: Done<Outcome>,
    took: Duration,
}

fn perform(step: &'static Step) -> Line {
    heading(step.name, step.title);
    let start = Instant::now();
    let outcome = (step.run)();
    if let Err(reason) = &outcome {
        println!("FAILED: {reason}");
    }
    Line { name: step.name, outcome, took: start.elapsed() }
}

fn heading(name: &str, title: &str) {
    println!("\n== {name}: {title}");
}

fn summary(lines: &[Line]) {
    heading("summary", "what became of each step");
    for line in lines {
        let (word, why) = match &line.outcome {
            Ok(Outcome::Passed) => ("passed", String::new()),
            Ok(Outcome::Partly(why)) => ("passed", format!("  in part: {why}")),
            Ok(Outcome::Skipped(why)) => ("SKIPPED", format!("  {why}")),
            Err(reason) => ("FAILED", format!("  {reason}")),
        };
        println!("{:12} {:8} {:6.1} s{}", line.name, word, line.took.as_secs_f64(), why);
    }
}
