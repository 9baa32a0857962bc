//! `kettle-verify policy`: write a policy, or say what one enforces.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use kettle_verifier_core::Verdict;
use kettle_verifier_core::policy::{NotPinned, Pinned};
use kettle_verifier_core::request::Content;
use kettle_verifier_io::{ErrorKind, Request, read};

use crate::appraisal::{self, Asked};
use crate::args::{PolicyCheckArgs, PolicyCommand, PolicyInitArgs};
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::progress::Bar;
use crate::report::{Context, Page, report};
use crate::style::{DIM, GOOD, paint};

/// Runs a sub-command.
pub(crate) fn run(command: &PolicyCommand, quiet: bool) -> Result<ExitCode, Failure> {
    match command {
        PolicyCommand::Init(given) => init(given, quiet),
        PolicyCommand::Check(given) => check(given, quiet),
    }
}

fn check(given: &PolicyCheckArgs, quiet: bool) -> Result<ExitCode, Failure> {
    let time = Asked::from(&given.time);
    let policy = Asked { policy: Some(&given.policy), keys: Some(&given.keys), ..time }.terms()?.policy;
    if !quiet {
        let mut page = Page::new();
        page.heading("What this policy enforces");
        for demand in policy.demands() {
            page.item("·", DIM, &demand);
        }
        page.heading("The terms");
        page.term("expires", &policy.expires().map_or_else(|| "never".into(), |time| time.to_string()));
        page.term("SHA-256", policy.digest());
        appraisal::write(&page.finish())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn init(given: &PolicyInitArgs, quiet: bool) -> Result<ExitCode, Failure> {
    if let Some(path) = given.output.as_deref().filter(|path| path.symlink_metadata().is_ok()) {
        return Err(Failure::in_file(path, &"is there already; name a new file, or move the old one away"));
    }
    let verdict = appraised(given, quiet)?;
    let what = Pinned { id: &given.id, registers: given.registers.as_deref(), any_commit: given.any_commit };
    let text = match verdict.pin(what) {
        Ok(text) => text,
        Err(why @ NotPinned::NothingGenuine) => {
            let context =
                Context { clock: given.trust.time.at.is_none(), explain: false, ignored: &[], hint: None };
            anstream::eprint!("{}", report(&verdict, &context));
            anstream::eprintln!("\nno policy was written: {why}");
            return Ok(ExitCode::from(verdict.outcome.exit_code()));
        }
        Err(why @ NotPinned::NoRegister(_)) => return Err(Failure::new(format!("--registers {why}"))),
        Err(why) => return Err(Failure::new(why.to_string())),
    };
    match &given.output {
        None => appraisal::write(&text)?,
        Some(path) => {
            create(path, &text).map_err(|error| Failure::in_file(path, &ErrorKind::io(&error)))?;
            if !quiet {
                anstream::eprintln!(
                    "{} wrote `{}`; review it, then use it with --policy",
                    paint(GOOD, "✔"),
                    path.display()
                );
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn appraised(given: &PolicyInitArgs, quiet: bool) -> Result<Verdict, Failure> {
    let terms = Asked::from(given).terms()?;
    let request = Request {
        paths: given.paths.clone(),
        without_artifacts: true,
        collateral: appraisal::collateral(&given.trust.collateral)?,
        ..Request::default()
    };
    let mut bar = Bar::new(quiet);
    let input = read(&request, &mut |progress| bar.show(progress))?;
    bar.finish();
    Ok(terms.appraise(&Content::Bundle(input.bundle())))
}

/// Fails where the file exists, even as a link.
fn create(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())
}
