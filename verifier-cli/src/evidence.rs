//! `kettle-verify evidence`.

use kettle_verifier_io::read_evidence;

use crate::appraisal::{self, Asked};
use crate::args::EvidenceArgs;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::report::Context;

/// Verifies hardware evidence alone.
pub(crate) fn run(given: &EvidenceArgs, quiet: bool) -> Result<ExitCode, Failure> {
    let asked = Asked::from(given);
    let terms = asked.terms()?;
    let mut files = given.files.clone();
    files.extend(given.trust.collateral.iter().cloned());
    let input = read_evidence(&files)?;
    let verdict = terms.appraise(&input.content(given.report_data.as_deref())?);
    let context =
        Context { clock: asked.by_clock(), explain: given.output.explain, ignored: &[], hint: None };
    appraisal::show(&verdict, &context, &given.output, quiet)
}
