//! From the log to the verdict.

use alloc::string::String;

use crate::log::Log;
use crate::platform::{self, Context, Platform, Validity};
use crate::time::Timestamp;
use crate::verdict::{self, Outcome, Status, Subject, Verdict};

#[cfg(test)]
mod tests;

pub(crate) fn verdict(
    log: Log<'_>,
    label: &str,
    context: &Context<'_>,
    validity: Validity,
    subject: Subject,
) -> Verdict {
    let outcome = decide(&log, subject);
    let record = log.finish();
    let text = |time: Option<Timestamp>| time.map_or_else(String::new, Timestamp::to_rfc3339);
    let mut verdict = Verdict {
        schema: verdict::SCHEMA.into(),
        outcome,
        sentence: String::new(),
        platform: platform::find(label).map(Platform::label).unwrap_or_default().into(),
        now: context.now.to_rfc3339(),
        valid_from: text(validity.from),
        valid_until: text(validity.until),
        trust_root: context.roots.kind(),
        trust_root_digest: context.roots.digest().into(),
        policy_digest: context.policy.digest().into(),
        demands: context.policy.demands(),
        checks: record.checks,
        links: record.links,
        claims: record.claims,
        notes: record.notes,
        unauthenticated: record.unauthenticated,
        not_proven: verdict::not_proven(subject, platform::find(label)),
    };
    verdict.sentence = verdict::sentence(&verdict, subject);
    verdict
}

/// The outcome. A failure outweighs everything, then what is undecided or was not performed, then
/// what was not pinned.
fn decide(log: &Log<'_>, subject: Subject) -> Outcome {
    let any = |wanted: fn(Status, bool) -> bool| log.statuses().any(|(status, pins)| wanted(status, pins));
    let decided = |status: Status| matches!(status, Status::Pass | Status::Waived);
    if any(|status, _| status == Status::Fail) || log.statuses().next().is_none() {
        Outcome::Failed
    } else if any(|status, pins| status == Status::Inconclusive || (status == Status::NotReached && !pins)) {
        Outcome::Inconclusive
    } else if subject != Subject::Evidence && log.statuses().all(|(status, _)| decided(status)) {
        Outcome::Verified
    } else {
        Outcome::Unpinned
    }
}
