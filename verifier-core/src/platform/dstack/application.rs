//! What the system recorded in RTMR3 before it started the application, and what the policy demands
//! of that.
//!
//! Once the application runs, it may have events of any name measured, `compose-hash` among them. So
//! only what stands before `system-ready` says something of the system, and nothing may stand there
//! twice. The replay covers each event with its name: none can be hidden behind another name or type.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::checks;
use super::events::{Event, PLACE};
use super::log::MeasuredEvents;
use crate::index::Index;
use crate::json::{self, Value};
use crate::limits::EVENT_LOG_BYTES;
use crate::log::{Finding, Log};
use crate::policy::Policy;
use crate::text::hex;
use crate::verdict::{Authority, CheckSpec};

/// The last event of the system, after which the application starts.
const READY: &str = "system-ready";

const COMPOSE_HASH: &str = "compose-hash";
const APP_ID: &str = "app-id";
const INSTANCE_ID: &str = "instance-id";
const KEY_PROVIDER: &str = "key-provider";

/// Events of the system that become claims as they are: name and claim.
const CLAIMS: [(&str, &str); 5] = [
    (APP_ID, "dstack.app_id"),
    (COMPOSE_HASH, "dstack.compose_hash"),
    (INSTANCE_ID, "dstack.instance_id"),
    ("os-image-hash", "dstack.os_image_hash"),
    ("rootfs-hash", "dstack.rootfs_hash"),
];

/// Looks at the events of the system, makes claims of them and compares them with the policy.
pub(super) fn appraise(events: Option<&MeasuredEvents>, policy: &Policy, log: &mut Log<'_>) {
    let system: Vec<&Event> = match events {
        Some(events) => events.iter().take_while(|event| event.name != READY).collect(),
        None => Vec::new(),
    };
    if events.is_some() {
        let twice = first_twice(&system);
        let found = twice.map_or_else(|| "no event twice".into(), |name| format!("`{name}` twice"));
        let finding = Finding::new("no event twice before `system-ready`", found).at(PLACE);
        if !log.assess(&checks::LOG_SYSTEM, twice.is_none(), finding) {
            return;
        }
        claims(&system, log);
    }
    demands(&system, policy, log);
}

fn first_twice<'e>(system: &[&'e Event]) -> Option<&'e str> {
    let names = Index::of(system.iter().map(|event| event.name.as_str()));
    names.repeated().and_then(|at| system.get(at)).map(|event| event.name.as_str())
}

fn payload<'e>(system: &[&'e Event], name: &str) -> Option<&'e [u8]> {
    system.iter().find(|event| event.name == name).map(|event| event.payload.as_slice())
}

fn claims(system: &[&Event], log: &mut Log<'_>) {
    for (name, claim) in CLAIMS {
        if let Some(payload) = payload(system, name) {
            log.claim(claim, hex(payload), Authority::Hardware, format!("{PLACE}, event `{name}`"));
        }
    }
    // `{"name": …, "id": …}`; in any other form it is one event of the list among others.
    let provider = payload(system, KEY_PROVIDER).and_then(|bytes| json::parse(bytes, EVENT_LOG_BYTES).ok());
    for (member, claim) in [("name", "dstack.key_provider"), ("id", "dstack.key_provider.id")] {
        if let Some(text) = provider.as_ref().and_then(|value| value.get(member)).and_then(Value::as_str) {
            log.claim(claim, text, Authority::Hardware, format!("{PLACE}, event `{KEY_PROVIDER}`"));
        }
    }
}

fn demands(system: &[&Event], policy: &Policy, log: &mut Log<'_>) {
    let rules = policy.document().dstack.clone().unwrap_or_default();
    let found = |name: &str| payload(system, name).map_or_else(|| "none".into(), hex);
    match &rules.compose_hashes {
        None if names_rtmr3(policy) => {
            let finding = Finding::new("any, since the policy names RTMR3", found(COMPOSE_HASH));
            log.assess(&checks::COMPOSE_HASH, true, finding);
        }
        None => {
            let finding = Finding::new("the policy names no compose hash", found(COMPOSE_HASH));
            log.unnamed(&checks::COMPOSE_HASH, finding);
        }
        Some(names) => one_of(&checks::COMPOSE_HASH, Some(names), found(COMPOSE_HASH), log),
    }
    one_of(&checks::APP_ID, rules.app_ids.as_ref(), found(APP_ID), log);
    one_of(&checks::INSTANCE_ID, rules.instance_ids.as_ref(), found(INSTANCE_ID), log);
}

/// Whether every image that the policy names for dstack comes with RTMR3, which covers each event.
fn names_rtmr3(policy: &Policy) -> bool {
    let mut images = policy.measurements("dstack").peekable();
    images.peek().is_some()
        && images.all(|image| image.rtmrs.iter().flatten().any(|register| register.index == 3))
}

/// `found` is hex, or `none`, which no policy can name.
fn one_of(spec: &'static CheckSpec, names: Option<&Vec<String>>, found: String, log: &mut Log<'_>) {
    let holds = names.is_none_or(|names| names.contains(&found));
    let expected = names.map_or_else(|| "any".into(), |names| names.join(" or "));
    log.assess(spec, holds, Finding::new(expected, found).at(PLACE));
}
