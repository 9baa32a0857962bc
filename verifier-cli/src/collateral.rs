//! `kettle-verify collateral`: what evidence needs beside itself, and what is there of it.

use std::io::Read as _;
use std::ops::ControlFlow;
use std::path::Path;

use kettle_verifier_core::collateral::{CollateralPart, CollateralReport, CollateralState};
use kettle_verifier_core::request::Terms;
use kettle_verifier_core::verdict::{Check, Status};
use kettle_verifier_core::{EvidenceOnly, appraise_collateral, appraise_intel_collateral};
use kettle_verifier_io::{EvidenceInput, Request, Role, read, read_evidence_or_collateral, recognise};

use crate::appraisal::{self, Asked};
use crate::args::CollateralArgs;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::report::Page;
use crate::style::{BAD, DIM, GOOD, HEADING, OPEN, paint};

/// As much of a file as says whether it is an archive.
const HEAD_BYTES: u64 = 512;

/// Says what the evidence needs, and what became of what is there.
pub(crate) fn run(given: &CollateralArgs, quiet: bool) -> Result<ExitCode, Failure> {
    let Terms { now, policy, roots } = Asked::from(given).terms()?;
    let EvidenceInput { evidence, collateral } = input(given)?;
    let (report, alone) = match collateral.intel.as_slice() {
        [document] if evidence.is_empty() => {
            (appraise_intel_collateral(document, &policy, &roots, now), true)
        }
        [_, ..] if evidence.is_empty() => {
            return Err(Failure::new("several collateral files without a quote; give one at a time"));
        }
        _ => {
            let evidence = EvidenceOnly { evidence: &evidence, report_data: None, collateral };
            (appraise_collateral(&evidence, &policy, &roots, now), false)
        }
    };
    if !quiet {
        appraisal::write(&if given.json { as_json(&report)? } else { page(&report, alone) })?;
    }
    Ok(ExitCode::from(report.exit_code()))
}

/// One bundle with collateral beside it, or evidence in files.
fn input(given: &CollateralArgs) -> Result<EvidenceInput, Failure> {
    let named = given.paths.iter().chain(&given.trust.collateral).cloned();
    let (bundles, files): (Vec<_>, Vec<_>) = named.partition(|path| is_bundle(path));
    match bundles.as_slice() {
        [] => Ok(read_evidence_or_collateral(&files)?),
        [_] => {
            let collateral = appraisal::collateral(&files)?;
            let request =
                Request { paths: bundles, collateral, without_artifacts: true, ..Request::default() };
            let bundle = read(&request, &mut |_| ControlFlow::Continue(()))?;
            Ok(EvidenceInput { evidence: bundle.evidence, collateral: bundle.collateral })
        }
        _ => Err(Failure::new("two bundles; give one at a time")),
    }
}

fn is_bundle(path: &Path) -> bool {
    let head = || {
        let mut head = Vec::new();
        std::fs::File::open(path)?.take(HEAD_BYTES).read_to_end(&mut head).map(|_| head)
    };
    path.is_dir() || (path.is_file() && head().is_ok_and(|head| recognise(&head) == Role::Archive))
}

fn as_json(report: &CollateralReport) -> Result<String, Failure> {
    let text = serde_json::to_string(report).map_err(|error| Failure::new(error.to_string()))?;
    Ok(format!("{text}\n"))
}

/// The report for a person; `alone` where no evidence says what is needed.
fn page(report: &CollateralReport, alone: bool) -> String {
    let mut page = Page::new();
    let (symbol, word, style) = state(report.state);
    let head = format!("{symbol} {}", word.to_uppercase());
    page.line(&format!("{}  as of {}", paint(style, paint(HEADING, head)), report.now));
    page.text("  ", &report.sentence);
    if !report.parts.is_empty() {
        page.heading(if alone { "What is in it" } else { "What the evidence needs" });
        report.parts.iter().for_each(|known| part(known, &mut page));
    }
    let refused: Vec<&Check> = report.open.iter().filter(|check| check.status == Status::Fail).collect();
    if !refused.is_empty() {
        page.heading("What is refused");
    }
    for check in refused {
        let (symbol, word, style) = crate::style::status(check.status);
        page.gap();
        page.item(symbol, style, &format!("{}  {}", paint(HEADING, &check.id), paint(style, word)));
        page.field("holds if", &check.title);
        page.field("expected", &check.expected);
        page.field("found", &check.found);
        page.field("where", &check.location);
        page.field("to mend", &check.mend);
    }
    if !report.claims.is_empty() {
        page.heading("What the vendor's words say");
        report.claims.iter().for_each(|claim| page.entry(1, &claim.id, &claim.value));
    }
    page.gap();
    let left = if alone {
        "This judges the file alone; whether it is for a machine is said where its quote is given, too."
    } else {
        "This judges the collateral alone; `kettle-verify evidence` judges the evidence."
    };
    page.text("", left);
    page.finish()
}

fn part(known: &CollateralPart, page: &mut Page) {
    let (symbol, word, style) = state(known.state);
    let word = match known.state {
        CollateralState::Missing if !known.required => "none given",
        _ => word,
    };
    page.gap();
    page.item(symbol, style, &format!("{}  {}", paint(HEADING, &known.title), paint(style, word)));
    page.field("window", &known.window);
    for key in &known.keys {
        page.field(&key.name, &key.value);
    }
    // An address is copied, so it is never broken into lines.
    for url in &known.urls {
        page.line(&format!("      {}{url}", paint(DIM, "fetch       ")));
    }
    if known.state != CollateralState::Current {
        page.field("goes to", &known.place);
    }
}

const fn state(state: CollateralState) -> (&'static str, &'static str, anstyle::Style) {
    match state {
        CollateralState::Current => ("✔", "current", GOOD),
        CollateralState::Failed => ("✘", "refused", BAD),
        CollateralState::Expired => ("?", "no longer current", OPEN),
        CollateralState::Missing => ("?", "missing", OPEN),
        CollateralState::NotReached => ("·", "not looked at", DIM),
    }
}
