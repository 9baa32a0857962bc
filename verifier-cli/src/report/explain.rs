//! Every check with all that is known of it.

use kettle_verifier_core::Verdict;
use kettle_verifier_core::verdict::{Authority, Check, Stage, Status};

use super::Page;
use crate::style::{self, paint};

/// Lists every check in pipeline order.
pub(super) fn checks(verdict: &Verdict, page: &mut Page) {
    page.heading("Every check, in the order of the pipeline");
    for check in &verdict.checks {
        one(check, page);
    }
    page.gap();
    page.text("  ", &tally(verdict));
}

fn one(check: &Check, page: &mut Page) {
    let (symbol, word, colour) = style::status(check.status);
    page.gap();
    page.item(symbol, colour, &format!("{}  {}", paint(style::HEADING, &check.id), paint(colour, word)));
    page.field("holds if", &check.title);
    page.field("expected", &check.expected);
    page.field("found", &check.found);
    page.field("where", &check.location);
    page.field("whose word", authority(check.authority));
    page.field("stage", stage(check.stage));
    page.field("clause", &check.clause);
    page.field("to mend", &check.mend);
}

fn tally(verdict: &Verdict) -> String {
    let all = [Status::Pass, Status::Fail, Status::Waived, Status::Inconclusive, Status::NotReached];
    let counts: Vec<String> = all
        .into_iter()
        .map(|status| (status, verdict.checks.iter().filter(|check| check.status == status).count()))
        .filter(|(_, count)| *count > 0)
        .map(|(status, count)| format!("{count} {}", style::status(status).1))
        .collect();
    format!("{} checks: {}", verdict.checks.len(), counts.join(", "))
}

/// Whose word a value is, for a person.
pub(crate) const fn authority(authority: Authority) -> &'static str {
    match authority {
        Authority::Hardware => "the processor's, signed",
        Authority::Collateral => "the vendor's or the cloud's, signed",
        Authority::Provenance => "the provenance's, attested as a whole",
        Authority::Claim => "the bundle's maker's, signed by nobody",
        Authority::Policy => "yours, in the policy",
    }
}

const fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Input => "input",
        Stage::Evidence => "evidence",
        Stage::Chain => "chain",
        Stage::Report => "report",
        Stage::Vtpm => "vTPM",
        Stage::Machine => "machine",
        Stage::Binding => "binding",
        Stage::Provenance => "provenance",
        Stage::Artifacts => "artifacts",
    }
}
