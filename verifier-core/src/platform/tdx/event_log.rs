//! The event log of the firmware against the RTMRs of the quote.

use alloc::format;
use alloc::string::ToString as _;

use super::authentic::AuthenticTd;
use super::checks;
use crate::eventlog::{self, Event};
use crate::log::{Finding, Log};
use crate::policy::Policy;
use crate::text::{hex, range};
use crate::verdict::{Authority, NoteKind};

/// RTMR3 is the guest's own: what runs in it may extend it long after the firmware's log ended.
const GUEST_REGISTER: usize = 3;

/// Replays the log. Nothing else depends on it, so the stage goes on whatever it says.
pub(super) fn appraise(bytes: Option<&[u8]>, td: &AuthenticTd, policy: &Policy, log: &mut Log<'_>) {
    let demanded = policy.document().tdx.as_ref().and_then(|rules| rules.require_event_log) == Some(true);
    let Some(bytes) = bytes else {
        let expected = if demanded { "an event log" } else { "an event log or none" };
        log.assess(&checks::LOG_LAYOUT, !demanded, Finding::new(expected, "none"));
        log.assess(&checks::LOG_REPLAY, !demanded, Finding::new(expected, "none"));
        return;
    };
    let parsed = match eventlog::read(bytes) {
        Ok(parsed) => {
            let found = format!("{} events", parsed.events.len());
            let finding = Finding::new("a log that can be read", found).at("/evidence/cc_eventlog");
            log.assess(&checks::LOG_LAYOUT, true, finding);
            parsed
        }
        Err(error) => {
            let finding = Finding::new("a log that can be read", error.to_string());
            log.assess(&checks::LOG_LAYOUT, false, finding.at("/evidence/cc_eventlog"));
            return;
        }
    };
    if replay(&parsed.events, td, log) {
        list(&parsed.events, log);
        let text = format!(
            "/evidence/cc_eventlog: the type of every event, payloads that are not what was hashed, {} remarks at its \
             beginning, and the bytes after its last event",
            parsed.remarks
        );
        log.unauthenticated(text);
    }
}

fn replay(events: &[Event<'_>], td: &AuthenticTd, log: &mut Log<'_>) -> bool {
    let expected = td.rtmrs();
    let found = eventlog::replay(events.iter().map(|event| (event.register, event.digest)));
    let Some(found) = found else {
        let finding = Finding::new("events of RTMR0 to RTMR3", "an event of another register");
        return log.assess(&checks::LOG_REPLAY, false, finding.at("/evidence/cc_eventlog"));
    };
    let empty = |register| !events.iter().any(|event| event.register == register);
    let beyond = empty(GUEST_REGISTER);
    let pairs = expected.iter().zip(&found).enumerate();
    let different = pairs
        .filter(|(register, _)| *register != GUEST_REGISTER || !beyond)
        .find(|(_, (expected, found))| expected != found);
    let finding = match different {
        Some((register, (expected, found))) => {
            Finding::new(format!("RTMR{register} {}", hex(expected)), hex(found))
        }
        None => Finding::new("the quote's RTMRs", "the same"),
    };
    let holds = log.assess(&checks::LOG_REPLAY, different.is_none(), finding.at("/evidence/cc_eventlog"));
    let [.., own] = expected;
    if holds && beyond && own != [0; 48] {
        let text = "RTMR3 was extended and the event log does not say with what";
        log.note(NoteKind::Information, "tdx.event_log.rtmr3", text, "/evidence/cc_eventlog");
    }
    holds
}

/// Lists the events of a log that was replayed: the digest is authentic, and the payload where the
/// digest is its own.
fn list(events: &[Event<'_>], log: &mut Log<'_>) {
    for (number, event) in events.iter().enumerate() {
        let word = if event.payload_is_measured() { "payload measured" } else { "digest only" };
        let value = format!("RTMR{} {} {word}", event.register, hex(&event.digest));
        let size = event.payload.len().saturating_add(66);
        let place = range("cc_eventlog", event.position, event.position.saturating_add(size));
        log.claim(&format!("tdx.event.{number}"), value, Authority::Hardware, &place);
        let kind = format!("{:#x}", event.kind);
        log.claim(&format!("tdx.event.{number}.type"), kind, Authority::Claim, &place);
    }
}
