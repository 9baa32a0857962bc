//! The whole pipeline on one screen.

use alloc::borrow::ToOwned;

use crate::artifacts;
use crate::binding;
use crate::bundle::{Bundle, EvidenceOnly};
use crate::envelope;
use crate::log::{Log, Place, Stopped};
use crate::platform::{self, Attested, Context, Validity};
use crate::policy::Policy;
use crate::provenance;
use crate::time::Timestamp;
use crate::trust::TrustRoots;
use crate::verdict::{CheckSpec, Subject, Verdict};

pub(crate) mod machine;
pub(crate) mod outcome;

pub(crate) use machine::CHECKS as MACHINE_CHECKS;

/// Appraises a bundle: vendor root, hardware evidence, provenance, artifact bytes.
///
/// Total: whatever the bytes are, the answer is a verdict that lists every check of the platform.
///
/// ```
/// use kettle_verifier_core::{Bundle, Outcome, Policy, Timestamp, TrustRoots, appraise};
/// let now = Timestamp::from_unix(1_772_694_364).unwrap();
/// let verdict = appraise(&Bundle::default(), &Policy::default(), &TrustRoots::pinned(), now);
/// assert_eq!(verdict.outcome, Outcome::Failed);
/// assert_eq!(verdict.first_failure().unwrap().id, "input.evidence_json");
/// ```
#[must_use]
pub fn appraise(bundle: &Bundle<'_>, policy: &Policy, roots: &TrustRoots, now: Timestamp) -> Verdict {
    let peeked = envelope::peek(bundle.evidence);
    let label = peeked.label().to_owned();
    let mut log = Log::new(policy, bundle_checks(&label));
    let context = Context { policy, roots, collateral: &bundle.collateral, now };
    let validity = run_bundle(bundle, peeked, &context, &mut log).unwrap_or_default();
    outcome::verdict(log, &label, &context, validity, Subject::Bundle)
}

fn run_bundle(
    bundle: &Bundle<'_>,
    peeked: envelope::Peeked<'_>,
    context: &Context<'_>,
    log: &mut Log<'_>,
) -> Result<Validity, Stopped> {
    let envelope = peeked.open(context.policy, context.now, log)?;
    let attested = envelope.platform.authenticate(&envelope.evidence, context, log)?;
    machine::appraise(envelope.platform, context.policy, log);
    let document = binding::provenance(&attested, bundle.provenance, context.policy, log)?;
    let statement = provenance::appraise(&document, context.policy, log)?;
    artifacts::appraise(&statement, &bundle.artifacts, log);
    Ok(finish(&attested, context.policy, log))
}

/// Appraises hardware evidence alone, against expected report data.
///
/// Without artifacts the outcome is `unpinned` at best.
#[must_use]
pub fn appraise_evidence(
    given: &EvidenceOnly<'_>,
    policy: &Policy,
    roots: &TrustRoots,
    now: Timestamp,
) -> Verdict {
    let peeked = envelope::peek(given.evidence);
    let label = peeked.label().to_owned();
    let mut log = Log::new(policy, evidence_checks(&label));
    let context = Context { policy, roots, collateral: &given.collateral, now };
    let validity = run_evidence(given, peeked, &context, &mut log).unwrap_or_default();
    outcome::verdict(log, &label, &context, validity, Subject::Evidence)
}

pub(crate) fn run_evidence(
    given: &EvidenceOnly<'_>,
    peeked: envelope::Peeked<'_>,
    context: &Context<'_>,
    log: &mut Log<'_>,
) -> Result<Validity, Stopped> {
    let envelope = peeked.open(context.policy, context.now, log)?;
    let attested = envelope.platform.authenticate(&envelope.evidence, context, log)?;
    machine::appraise(envelope.platform, context.policy, log);
    binding::expected(&attested, given.report_data.as_deref(), context.policy, log);
    Ok(finish(&attested, context.policy, log))
}

/// Adds the links beyond the attested field, and the policy's own expiry to the evidence's window.
fn finish(attested: &Attested, policy: &Policy, log: &mut Log<'_>) -> Validity {
    machine::level(policy, log);
    for link in attested.links() {
        log.link(Place::Evidence, link.clone());
    }
    attested.validity().meet(Validity { from: None, until: policy.expires() })
}

/// The checks of a bundle with this platform label, in pipeline order.
pub fn bundle_checks(label: &str) -> impl Iterator<Item = &'static CheckSpec> {
    hardware_checks(label)
        .chain([binding::CHECKS, provenance::CHECKS, artifacts::CHECKS].into_iter().flatten().copied())
}

/// The checks of hardware evidence alone, in pipeline order.
pub fn evidence_checks(label: &str) -> impl Iterator<Item = &'static CheckSpec> {
    hardware_checks(label).chain(binding::EXPECTED_CHECKS.iter().copied()).chain([&binding::NONCE])
}

fn hardware_checks(label: &str) -> impl Iterator<Item = &'static CheckSpec> {
    let tables = platform::find(label).map(platform::Platform::checks).unwrap_or_default();
    envelope::CHECKS
        .iter()
        .copied()
        .chain(tables.iter().flat_map(|table| table.iter().copied()))
        .chain(machine::CHECKS.iter().copied())
}
