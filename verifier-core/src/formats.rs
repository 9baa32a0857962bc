//! Formats of two earlier systems for attested builds. Both are AWS Nitro documents with something of
//! their own in the user data; each gives a [`Verdict`](crate::Verdict) with its own checks after
//! those of the document, and its own list of what it does not prove.

pub mod attestable;
pub mod tee_compile;

use alloc::string::ToString as _;
use alloc::vec::Vec;

use crate::appraise::machine;
use crate::envelope;
use crate::log::{Finding, Log, Place, Stopped};
use crate::platform::nitro::{self, AuthenticDocument};
use crate::platform::{Context, Platform, Validity};
use crate::policy::Policy;
use crate::verdict::CheckSpec;

/// The platform of both formats.
const LABEL: &str = "nitro";

/// The checks before the format's own.
static INPUT_CHECKS: &[&CheckSpec] = &[&envelope::POLICY_CURRENT, &envelope::PLATFORM_KNOWN];

/// The checks of a format, in pipeline order: those of its outer layer, of the document in it, of the
/// machine, and of what the document says.
fn checks(
    outer: &'static [&'static CheckSpec],
    inner: &'static [&'static CheckSpec],
) -> impl Iterator<Item = &'static CheckSpec> {
    let document = nitro::DOCUMENT_CHECKS.iter().copied().chain([machine::CHECKS]);
    [INPUT_CHECKS, outer].into_iter().chain(document).chain([inner]).flatten().copied()
}

/// The formats' own checks beside those of the platform with this label.
pub(crate) fn own_checks(label: &str) -> impl Iterator<Item = &'static &'static CheckSpec> {
    static TABLES: [&[&CheckSpec]; 2] = [attestable::CHECKS, tee_compile::CHECKS];
    let performed = label == LABEL;
    TABLES.iter().filter(move |_| performed).copied().flatten()
}

/// Performs [`INPUT_CHECKS`].
fn open(context: &Context<'_>, log: &mut Log<'_>) -> Result<&'static dyn Platform, Stopped> {
    envelope::policy_current(context.policy, context.now, log)?;
    envelope::platform_known(LABEL, context.policy, log)
}

/// Appraises the document and the machine that made it.
fn hardware(
    platform: &'static dyn Platform,
    document: &[u8],
    nonce: Option<&str>,
    context: &Context<'_>,
    log: &mut Log<'_>,
) -> Result<(AuthenticDocument, Validity), Stopped> {
    let (document, validity) = nitro::authenticate(document, nonce, context, log)?;
    machine::appraise(platform, context.policy, log);
    machine::level(context.policy, log);
    for link in document.links() {
        log.link(Place::Evidence, link.clone());
    }
    Ok((document, validity.meet(Validity { from: None, until: context.policy.expires() })))
}

/// Whether the measurement that matched names a builder's version.
fn builder_version(policy: &Policy, log: &Log<'_>) -> bool {
    let matched = log.claimed("policy.measurement");
    let mut known = policy.document().measurements.iter().flatten();
    known.any(|known| matched == Some(known.id.as_str()) && known.builder_version.is_some())
}

/// Compares the commit, where there is one, with those that the policy demands.
fn commit(spec: &'static CheckSpec, found: Option<&str>, policy: &Policy, log: &mut Log<'_>) {
    let demanded = policy.document().source.as_ref().and_then(|source| source.commits.as_ref());
    let expected = demanded.map_or_else(|| "any".into(), |commits| commits.join(" or "));
    let holds =
        demanded.is_none_or(|commits| found.is_some_and(|found| commits.iter().any(|known| known == found)));
    let finding = Finding::new(expected, found.unwrap_or("none")).at("document/user_data");
    log.assess(spec, holds, finding);
}

/// Fails where the policy demands something that the format can't say: a demand that is not looked at
/// must not read as met.
fn unmet(spec: &'static CheckSpec, policy: &Policy, log: &mut Log<'_>) {
    let document = policy.document();
    let source = document.source.as_ref();
    let demands = [
        ("source.uris", source.is_some_and(|source| source.uris.is_some())),
        ("source.trees", source.is_some_and(|source| source.trees.is_some())),
        ("builders", document.builders.is_some()),
        ("build_types", document.build_types.is_some()),
        ("sandbox", document.sandbox.is_some()),
        ("measurements.builder_version", builder_version(policy, log)),
    ];
    let unmet: Vec<&str> = demands.iter().filter(|(_, demanded)| *demanded).map(|(name, _)| *name).collect();
    let found = if unmet.is_empty() { "none".to_string() } else { unmet.join(", ") };
    log.assess(spec, unmet.is_empty(), Finding::new("no demand that the format can't answer", found));
}
