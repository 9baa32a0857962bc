//! The run: when, under which id, and by which version of the builder.

use alloc::format;

use super::inputs::Toolchain;
use super::read::{Read, text_or};
use crate::json::Value;
use crate::log::{Finding, Log};
use crate::policy::Policy;
use crate::time::Timestamp;
use crate::verdict::{Authority, NoteKind};

const METADATA: &str = "/predicate/runDetails/metadata";

struct Invocation<'v> {
    id: &'v str,
    started: &'v str,
    finished: &'v str,
}

/// The id and the times. They are compared to the second.
pub(super) fn invocation(document: &Value<'_>, log: &mut Log<'_>) {
    let Ok(run) = log.obtain(&super::INVOCATION, read(document)) else { return };
    for (claim, value, name) in [
        ("build.invocation", run.id, "invocationId"),
        ("build.started", run.started, "startedOn"),
        ("build.finished", run.finished, "finishedOn"),
    ] {
        log.claim(claim, value, Authority::Provenance, format!("{METADATA}/{name}"));
    }
    let text = "the times are what the builder's clock said; nothing in a bundle alone proves them";
    log.note(NoteKind::Information, "provenance.times", text, METADATA);
    if ![run.started, run.finished].iter().all(|time| time.ends_with('Z')) {
        let text = "times have a numeric offset where SLSA's Timestamp wants `Z`";
        log.note(NoteKind::Deviation, "provenance.invocation.offset", text, METADATA);
    }
}

fn read<'v>(document: &'v Value<'_>) -> Read<Invocation<'v>> {
    let time = |name: &str| {
        let place = format!("{METADATA}/{name}");
        let text = text_or(document, &place, "an RFC 3339 time")?;
        match Timestamp::from_rfc3339(text) {
            Some(time) => Ok((text, time)),
            None => Err(Finding::new("an RFC 3339 time", text).at(place)),
        }
    };
    let id = text_or(document, &format!("{METADATA}/invocationId"), "an invocation id")?;
    let ((started, from), (finished, until)) = (time("startedOn")?, time("finishedOn")?);
    let finding = Finding::new(format!("an end not before {started}"), finished).at(METADATA);
    if until < from { Err(finding) } else { Ok((Invocation { id, started, finished }, finding)) }
}

/// The version of the builder against the one that the policy names with the measurement.
pub(super) fn builder_version(toolchain: Option<&Toolchain<'_, '_>>, policy: &Policy, log: &mut Log<'_>) {
    let Some(toolchain) = toolchain else { return };
    let found = toolchain.builder_version();
    let named = log.claimed("policy.measurement").and_then(|id| {
        let mut measurements = policy.document().measurements.iter().flatten();
        measurements.find(|measurement| measurement.id == id)?.builder_version.as_deref()
    });
    let expected = named.unwrap_or("any: the policy names none with the machine image");
    let finding = Finding::new(expected, found).at("build.toolchain.kettle.version");
    log.assess(&super::BUILDER_VERSION, named.is_none_or(|named| named == found), finding);
}
