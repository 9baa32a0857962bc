//! What the policy demands of a Nitro document. Every rule is looked at, so that a verdict shows all
//! that is amiss at once.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::authentic::AuthenticDocument;
use super::checks;
use crate::log::{Finding, Log};
use crate::platform::{Context, Validity};
use crate::text::hex;
use crate::verdict::{CheckSpec, NoteKind};

/// The registers that a debug enclave has all zero: image, kernel with boot ramdisk, application.
const IMAGE_PCRS: [u8; 3] = [0, 1, 2];

/// Performs the checks. The window in which they hold.
pub(super) fn appraise(
    document: &AuthenticDocument,
    demanded: Option<&str>,
    context: &Context<'_>,
    log: &mut Log<'_>,
) -> Validity {
    let rules = context.policy.document().nitro.clone().unwrap_or_default();
    let at = "document/timestamp";
    let (time, now) = (document.time(), context.now);
    let future = Finding::new(format!("at most {now}"), time.to_rfc3339()).at(at);
    log.assess(&checks::FUTURE, time <= now, future);
    let last = rules.maximum_age_seconds.map(|seconds| time.plus_seconds(seconds));
    let age = now.unix().saturating_sub(time.unix());
    let expected = rules
        .maximum_age_seconds
        .map_or_else(|| "any age".into(), |seconds| format!("at most {seconds} seconds"));
    let holds = last.is_none_or(|last| now <= last);
    log.assess(&checks::AGE, holds, Finding::new(expected, format!("{age} seconds")).at(at));
    debug(document, context, log);
    one_of(&checks::PUBLIC_KEY, "public_key", document.public_key(), rules.public_keys.as_ref(), log);
    nonce(document, demanded, rules.nonces.as_ref(), log);
    Validity { from: Some(time), until: last }
}

fn debug(document: &AuthenticDocument, context: &Context<'_>, log: &mut Log<'_>) {
    let zero: Vec<String> = IMAGE_PCRS
        .iter()
        .filter(|index| document.pcr(**index).is_none_or(|value| *value == [0; 48]))
        .map(u8::to_string)
        .collect();
    let insecure = context.policy.document().insecure_allow_debug;
    let expected = if insecure { "any, debug enclaves are taken" } else { "none of them all zero" };
    let found = if zero.is_empty() { "none".into() } else { format!("PCRs {} all zero", zero.join(", ")) };
    let holds = zero.is_empty() || insecure;
    log.assess(&checks::DEBUG, holds, Finding::new(expected, found).at("document/pcrs"));
    if insecure && !zero.is_empty() {
        let text = "a debug enclave: its console is open to the host, and nothing says which image it runs";
        log.note(NoteKind::Danger, "nitro.debug", text, "document/pcrs");
    }
}

/// A nonce that the policy demands of every platform is demanded here too: in evidence alone, nothing
/// else looks at it.
fn nonce(
    document: &AuthenticDocument,
    demanded: Option<&str>,
    rule: Option<&Vec<String>>,
    log: &mut Log<'_>,
) {
    let taken = match (demanded, rule) {
        (Some(one), Some(many)) => Some(many.iter().filter(|known| *known == one).cloned().collect()),
        (Some(one), None) => Some(alloc::vec![one.to_string()]),
        (None, many) => many.cloned(),
    };
    one_of(&checks::NONCE, "nonce", document.nonce(), taken.as_ref(), log);
}

/// Compares a whole field, in bytes, with those that the policy takes. A field that was not given
/// equals none of them.
fn one_of(
    spec: &'static CheckSpec,
    name: &str,
    field: Option<&[u8]>,
    taken: Option<&Vec<String>>,
    log: &mut Log<'_>,
) {
    let found = field.map(hex);
    let holds = taken.is_none_or(|taken| found.as_ref().is_some_and(|found| taken.contains(found)));
    let expected = taken.map_or_else(|| "any".into(), |taken| taken.join(" or "));
    let finding = Finding::new(expected, found.unwrap_or_else(|| "none given".into()));
    log.assess(spec, holds, finding.at(format!("document/{name}")));
}
