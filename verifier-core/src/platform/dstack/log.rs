//! The event log against the RTMRs of the quote.

use alloc::format;
use alloc::vec::Vec;

use super::checks;
use super::events::{self, Event, PLACE};
use crate::eventlog;
use crate::log::{Finding, Log, Stopped};
use crate::platform::tdx::AuthenticTd;
use crate::policy::Policy;
use crate::text::hex;
use crate::verdict::{Authority, CheckSpec};

/// The events of RTMR3 of a log that was replayed, in their order. Only this module makes one:
/// holding it is the proof that each was measured with its name and payload.
pub(super) struct MeasuredEvents(Vec<Event>);

impl MeasuredEvents {
    /// The events.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Event> {
        self.0.iter()
    }
}

/// Replays the log; `None` where there is none and the policy demands none.
///
/// # Errors
/// [`Stopped`] where it is not the log of this TD, or one that is demanded is not there.
pub(super) fn appraise(
    text: Option<&str>,
    td: &AuthenticTd,
    policy: &Policy,
    log: &mut Log<'_>,
) -> Result<Option<MeasuredEvents>, Stopped> {
    let Some(text) = text else { return absent(policy, log).map(|()| None) };
    let events = log.obtain(&checks::LOG_LAYOUT, layout(text))?;
    let digests = log.obtain(&checks::LOG_DIGESTS, digests(&events))?;
    replay(&events, &digests, td, log)?;
    list(&events, &digests, log);
    log.unauthenticated(format!(
        "{PLACE}: types and names of the events of RTMR0 to RTMR2, and their payloads where they are not what was hashed"
    ));
    Ok(Some(MeasuredEvents(events.into_iter().filter(Event::is_of_guest).collect())))
}

fn absent(policy: &Policy, log: &mut Log<'_>) -> Result<(), Stopped> {
    let document = policy.document();
    let demanded = document.tdx.as_ref().and_then(|rules| rules.require_event_log) == Some(true)
        || document.dstack.is_some();
    let expected = if demanded { "an event log" } else { "an event log or none" };
    log.require(&checks::LOG_LAYOUT, !demanded, Finding::new(expected, "none").at(PLACE))?;
    for spec in [&checks::LOG_DIGESTS, &checks::LOG_REPLAY, &checks::LOG_SYSTEM] {
        log.assess(spec, true, Finding::new(expected, "none"));
    }
    Ok(())
}

fn layout(text: &str) -> Result<(Vec<Event>, Finding), Finding> {
    let events = events::read(text)?;
    let found = format!("{} events", events.len());
    Ok((events, Finding::new("a log that can be read", found).at(PLACE)))
}

fn digests(events: &[Event]) -> Result<(Vec<[u8; 48]>, Finding), Finding> {
    let expected = "events of dstack's type in RTMR3 alone, each with the digest of its content";
    let digest = |(number, event): (usize, &Event)| {
        let found = || format!("`{}` of type {:#x} in RTMR{}", event.name, event.kind, event.register);
        event.digest().ok_or_else(|| Finding::new(expected, found()).at(format!("{PLACE}/{number}")))
    };
    let digests = events.iter().enumerate().map(digest).collect::<Result<_, _>>()?;
    Ok((digests, Finding::new(expected, "the same").at(PLACE)))
}

fn replay(
    events: &[Event],
    digests: &[[u8; 48]],
    td: &AuthenticTd,
    log: &mut Log<'_>,
) -> Result<(), Stopped> {
    let spec: &'static CheckSpec = &checks::LOG_REPLAY;
    let registers = events.iter().map(|event| event.register);
    let Some(found) = eventlog::replay(registers.zip(digests.iter().copied())) else {
        let finding = Finding::new("events of RTMR0 to RTMR3", "an event of another register");
        return log.require(spec, false, finding.at(PLACE));
    };
    let expected = td.rtmrs();
    let different = expected.iter().zip(&found).enumerate().find(|(_, (expected, found))| expected != found);
    let finding = match different {
        Some((register, (expected, found))) => {
            Finding::new(format!("RTMR{register} {}", hex(expected)), hex(found))
        }
        None => Finding::new("the quote's RTMRs", "the same"),
    };
    log.require(spec, different.is_none(), finding.at(PLACE))
}

/// Lists the events of a log that was replayed. In RTMR3 type, name and payload are authentic; in the
/// others the digest is, and the payload where the digest is its own.
fn list(events: &[Event], digests: &[[u8; 48]], log: &mut Log<'_>) {
    for (number, (event, digest)) in events.iter().zip(digests).enumerate() {
        let place = format!("{PLACE}/{number}");
        let id = format!("dstack.event.{number}");
        let word = match () {
            () if event.is_of_guest() => "type, name and payload measured",
            () if event.payload_is_measured() => "payload measured",
            () => "digest only",
        };
        let value = format!("RTMR{} {} {word}", event.register, hex(digest));
        log.claim(&id, value, Authority::Hardware, &place);
        let authority = if event.is_of_guest() { Authority::Hardware } else { Authority::Claim };
        if !event.name.is_empty() {
            log.claim(&format!("{id}.name"), &event.name, authority, &place);
        }
        if event.is_of_guest() {
            log.claim(&format!("{id}.payload"), hex(&event.payload), authority, &place);
        } else {
            log.claim(&format!("{id}.type"), format!("{:#x}", event.kind), authority, &place);
        }
    }
}
