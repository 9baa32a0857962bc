//! `kettle-verify BUNDLE`.

use kettle_verifier_core::emit::{Emission, NotEmitted};
use kettle_verifier_core::{Outcome, Verdict};
use kettle_verifier_io::{Given, Request, read_any};

use crate::appraisal::{self, Asked};
use crate::args::VerifyArgs;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::progress::Bar;
use crate::report::{Context, report};

const HINT: &str = "`kettle-verify policy init` writes a policy that names what you see here. Review it, and \
                    say it with --policy next time.";

/// Verifies a bundle.
pub(crate) fn run(given: &VerifyArgs, quiet: bool) -> Result<ExitCode, Failure> {
    // What is demanded is read first: a mistake in it should not cost the hashing of a large file.
    let asked = Asked::from(given);
    let terms = asked.terms()?;
    let request = Request {
        paths: given.paths.clone(),
        artifacts: given.artifact.clone(),
        subjects: given.subject.clone(),
        without_artifacts: given.without_artifacts,
        collateral: appraisal::collateral(&given.trust.collateral)?,
        input_hash: given.hashes.input_hash.clone(),
        output_hash: given.hashes.output_hash.clone(),
    };
    let mut bar = Bar::new(quiet);
    let read = read_any(&request, &mut |progress| bar.show(progress))?;
    bar.finish();
    let content = read.content(&request)?;
    let (verdict, pins) = match given.emit.emit {
        None => (terms.appraise(&content), None),
        Some(format) => {
            let dangerously_emit_unverified = given.emit.dangerously_emit_unverified;
            let emission = Emission { format, dangerously_emit_unverified };
            let (verdict, pins) = terms.appraise_and_emit(&content, emission);
            (verdict, Some(pins))
        }
    };
    let unpinned = matches!(read, Given::Bundle(_)) && given.demands.policy.is_none();
    let ignored = read.ignored();
    let context = Context {
        clock: asked.by_clock(),
        explain: given.output.explain,
        ignored: &ignored,
        hint: unpinned.then_some(HINT),
    };
    match pins {
        None => appraisal::show(&verdict, &context, &given.output, quiet),
        Some(pins) => emit(&verdict, pins, &context, quiet),
    }
}

/// The pins alone on standard output; what the verdict says goes where errors go.
fn emit(
    verdict: &Verdict,
    pins: Result<String, NotEmitted>,
    context: &Context<'_>,
    quiet: bool,
) -> Result<ExitCode, Failure> {
    if !quiet {
        anstream::eprint!("{}", report(verdict, context));
    }
    match pins {
        Ok(text) => appraisal::write(&text)?,
        // Success without what was asked for would be none.
        Err(why) if verdict.outcome == Outcome::Verified => {
            return Err(Failure::new(format!("--emit: {why}")));
        }
        Err(why) => Failure::new(format!("--emit: {why}")).show(),
    }
    Ok(ExitCode::from(verdict.outcome.exit_code()))
}
