//! dstack's event log: a JSON list of what was extended into the four RTMRs.
//!
//! | member | content |
//! |---|---|
//! | `imr` | the RTMR, 0 to 3 |
//! | `event_type` | the type, 32 bits |
//! | `digest` | 48 bytes as lower-case hex; empty where it is to be computed |
//! | `event` | a name; empty for most events of the firmware |
//! | `event_payload` | lower-case hex; empty where it was left out |
//!
//! The firmware and the boot loader extend RTMR0 to RTMR2: their digests are taken as they stand, and
//! types and names are nobody's word. dstack itself extends RTMR3, always with the type `0x08000001`
//! and with SHA-384(type, 4 bytes little-endian ‖ `:` ‖ name ‖ `:` ‖ payload). The digest does not say
//! where the name ends, so a name with a colon is refused: with it the same digest would have two
//! readings. Newer releases also know a second form, with a `version`, which is not taken.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::crypto::sha384;
use crate::json::{self, Value};
use crate::limits::{EVENT_LOG_BYTES, EVENT_LOG_EVENTS};
use crate::log::Finding;
use crate::text::{unhex, unhex_any};

/// Where the log lies.
pub(super) const PLACE: &str = "/evidence/event_log";

/// The type of every event that dstack itself measures.
const RUNTIME: u32 = 0x0800_0001;

/// The register of these events.
const RUNTIME_REGISTER: usize = 3;

const MEMBERS: [&str; 5] = ["imr", "event_type", "digest", "event", "event_payload"];

/// One event as the log has it. Nothing says yet that anything of it was measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event {
    /// The index of the RTMR, 0 to 3.
    pub(super) register: usize,
    /// The type.
    pub(super) kind: u32,
    /// The name.
    pub(super) name: String,
    /// What the log says was measured.
    pub(super) payload: Vec<u8>,
    /// The digest that the log states.
    stated: Option<[u8; 48]>,
}

impl Event {
    /// Whether dstack measured it, and not the firmware or the boot loader.
    pub(super) fn is_of_guest(&self) -> bool {
        self.register == RUNTIME_REGISTER
    }

    /// What the register was extended with: of the guest's events what follows from their content,
    /// and `None` where that is not what the log states or where the type is another one.
    pub(super) fn digest(&self) -> Option<[u8; 48]> {
        if self.is_of_guest() != (self.kind == RUNTIME) {
            return None;
        }
        if !self.is_of_guest() {
            return self.stated;
        }
        let content = [&RUNTIME.to_le_bytes()[..], b":", self.name.as_bytes(), b":", &self.payload].concat();
        Some(sha384(&content)).filter(|digest| self.stated.is_none_or(|stated| stated == *digest))
    }

    /// Whether the digest is the payload's own, which is so for some events of the firmware.
    pub(super) fn payload_is_measured(&self) -> bool {
        self.stated == Some(sha384(&self.payload))
    }
}

/// Reads a log.
pub(super) fn read(text: &str) -> Result<Vec<Event>, Finding> {
    let expected = "a strict JSON list of events";
    let value = json::parse(text.as_bytes(), EVENT_LOG_BYTES).map_err(|error| {
        Finding::new(expected, error.kind.to_string()).at(format!("{PLACE}, byte {}", error.position))
    })?;
    let list = value.as_array().ok_or_else(|| Finding::new(expected, value.kind()).at(PLACE))?;
    if list.len() > EVENT_LOG_EVENTS {
        let expected = format!("at most {EVENT_LOG_EVENTS} events");
        return Err(Finding::new(expected, list.len().to_string()).at(PLACE));
    }
    list.iter().enumerate().map(|(number, value)| event(value, &format!("{PLACE}/{number}"))).collect()
}

fn event(value: &Value<'_>, at: &str) -> Result<Event, Finding> {
    let members = value.as_object().unwrap_or_default();
    let expected = MEMBERS.join(", ");
    let fault = |found: &str| Finding::new(&expected, found).at(at);
    if let Some((unknown, _)) = members.iter().find(|(name, _)| !MEMBERS.contains(&name.as_ref())) {
        return Err(fault(&format!("`{unknown}`")));
    }
    if members.len() != MEMBERS.len() {
        return Err(fault(&format!("{} members", members.len())));
    }
    let register = number(value, "imr").and_then(|imr| usize::try_from(imr).ok()).filter(|imr| *imr <= 3);
    let register = register.ok_or_else(|| wrong("imr", "a register from 0 to 3", at))?;
    let kind = number(value, "event_type").ok_or_else(|| wrong("event_type", "a number of 32 bits", at))?;
    let name = value.get("event").and_then(Value::as_str);
    let name = name.filter(|name| register != RUNTIME_REGISTER || !name.contains(':'));
    let name = name.ok_or_else(|| wrong("event", "a name, without a colon in RTMR3", at))?.to_string();
    let payload = value.get("event_payload").and_then(Value::as_str).and_then(unhex_any);
    let payload = payload.ok_or_else(|| wrong("event_payload", "lower-case hex", at))?;
    let stated = match value.get("digest").and_then(Value::as_str) {
        Some("") if register == RUNTIME_REGISTER => None,
        Some(text) => Some(unhex(text).ok_or_else(|| wrong("digest", DIGEST, at))?),
        None => return Err(wrong("digest", DIGEST, at)),
    };
    Ok(Event { register, kind, name, payload, stated })
}

const DIGEST: &str = "48 bytes of lower-case hex, or in RTMR3 nothing";

fn number(value: &Value<'_>, name: &str) -> Option<u32> {
    value.get(name).and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok())
}

fn wrong(member: &str, expected: &str, at: &str) -> Finding {
    Finding::new(expected, "something else").at(format!("{at}/{member}"))
}

/// What holds of every log that can be read.
#[cfg(fuzzing)]
pub(super) fn fuzz(text: &str) {
    let Ok(events) = read(text) else { return };
    for event in &events {
        let colon = event.is_of_guest() && event.name.contains(':');
        assert!(event.register <= 3 && !colon, "an event of a register, with one reading");
        assert!(event.is_of_guest() || event.stated.is_some(), "nobody computes a digest of the firmware");
    }
}
