//! `kettle-verify BUNDLE`.

use std::process::ExitCode;

use kettle_verifier_io::{Given, Request, read_any};

use crate::appraisal::{self, Asked};
use crate::args::VerifyArgs;
use crate::failure::Failure;
use crate::progress::Bar;
use crate::report::Context;

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
    let verdict = terms.appraise(&read.content(&request)?);
    let unpinned = matches!(read, Given::Bundle(_)) && given.demands.policy.is_none();
    let context = Context {
        clock: asked.by_clock(),
        explain: given.output.explain,
        ignored: read.ignored(),
        hint: unpinned.then_some(HINT),
    };
    appraisal::show(&verdict, &context, &given.output, quiet)
}
