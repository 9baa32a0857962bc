//! The event log's reader, and the documentation. Whole bundles are cases of the corpus.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::events::{self, Event};
use crate::limits::EVENT_LOG_EVENTS;
use crate::platform;
use crate::text::hex;
use crate::verdict::CheckSpec;

/// An event in RTMR3 of dstack's type, with the digest that is given.
fn guest(name: &str, payload: &str, digest: &str) -> String {
    format!(
        r#"{{"imr":3,"event_type":134217729,"digest":"{digest}","event":"{name}","event_payload":"{payload}"}}"#
    )
}

fn one(text: &str) -> Event {
    let mut events = events::read(&format!("[{text}]")).unwrap();
    assert_eq!(events.len(), 1);
    events.remove(0)
}

fn refused_at(text: &str) -> String {
    format!("{:?}", events::read(text).unwrap_err())
}

/// SHA-384 over `01 00 00 08 ":" "system-ready" ":"`, and with a payload, by another implementation.
const READY: &str =
    "1a76b2a80a0be71eae59f80945d876351a7a3fb8e9fd1ff1cede5734aa84ea11fd72b4edfbb6f04e5a85edd114c751bd";
const APP: &str =
    "837c2dd72f8a4c740159e5e042ed79b7eaaa5ab3a151a45e27bc366bb8b27e6c3faec87aab1e95197d3e6d23308d448c";
const APP_PAYLOAD: &str = "3763bc34552cf3a27ff71ad5f7a90471562a1a2d";

#[test]
fn the_digest_of_a_guests_event_is_that_of_its_content() {
    for (name, payload, digest) in [("system-ready", "", READY), ("app-id", APP_PAYLOAD, APP)] {
        for stated in ["", digest] {
            let event = one(&guest(name, payload, stated));
            assert_eq!(event.digest().map(|bytes| hex(&bytes)).as_deref(), Some(digest), "{name}");
        }
        assert_eq!(one(&guest(name, &format!("{payload}00"), digest)).digest(), None, "{name}");
        assert_eq!(one(&guest(&format!("{name}x"), payload, digest)).digest(), None, "{name}");
    }
}

#[test]
fn only_rtmr3_has_events_of_the_guest_and_nothing_else() {
    let guest = guest("system-ready", "", READY);
    assert!(one(&guest).digest().is_some());
    for (from, to) in [("134217729", "134217728"), ("134217729", "4"), (r#""imr":3"#, r#""imr":2"#)] {
        assert_eq!(one(&guest.replace(from, to)).digest(), None, "{to}");
    }
    let boot = guest.replace("134217729", "4").replace(r#""imr":3"#, r#""imr":2"#);
    assert_eq!(one(&boot).digest().map(|bytes| hex(&bytes)).as_deref(), Some(READY));
    assert!(!one(&boot).payload_is_measured());
}

#[test]
fn what_is_no_event_is_refused_where_it_stands() {
    let sound = guest("system-ready", "", READY);
    assert_eq!(events::read("[]").unwrap().len(), 0);
    for (from, to, at) in [
        (r#""imr":3"#, r#""imr":4"#, "/evidence/event_log/1/imr"),
        (r#""imr":3"#, r#""imr":"3""#, "/evidence/event_log/1/imr"),
        (r#""imr":3"#, r#""imr":3.0"#, "/evidence/event_log/1/imr"),
        (r#""imr":3,"#, "", "/evidence/event_log/1"),
        (r#""imr":3"#, r#""imr":3,"version":2"#, "/evidence/event_log/1"),
        ("134217729", "4429185025", "/evidence/event_log/1/event_type"),
        ("system-ready", "system:ready", "/evidence/event_log/1/event"),
        (READY, &READY[2..], "/evidence/event_log/1/digest"),
        (r#""event_payload":"""#, r#""event_payload":"0""#, "/evidence/event_log/1/event_payload"),
        (r#""event_payload":"""#, r#""event_payload":"AB""#, "/evidence/event_log/1/event_payload"),
    ] {
        let text = format!("[{sound},{}]", sound.replacen(from, to, 1));
        assert!(refused_at(&text).contains(&format!(r#"location: "{at}""#)), "{to}: {}", refused_at(&text));
    }
    let empty = sound.replace(r#""imr":3"#, r#""imr":1"#).replace(READY, "");
    assert!(refused_at(&format!("[{empty}]")).contains("/0/digest"));
    for text in ["", "null", "{}", "[null]", "[[]]", "[{}]"] {
        assert!(events::read(text).is_err(), "{text}");
    }
    assert!(refused_at(&format!("[{sound}][]")).contains("byte"));
}

#[test]
fn the_number_of_events_is_bounded() {
    let sound = guest("x", "", "");
    let log = |count: usize| format!("[{}]", alloc::vec![sound.as_str(); count].join(","));
    assert_eq!(events::read(&log(EVENT_LOG_EVENTS)).unwrap().len(), EVENT_LOG_EVENTS);
    assert!(refused_at(&log(EVENT_LOG_EVENTS + 1)).contains(&EVENT_LOG_EVENTS.to_string()));
}

#[test]
fn the_readme_names_every_check_of_its_own() {
    let readme = include_str!("README.md");
    let checks = platform::find("dstack").unwrap().checks().iter().flat_map(|table| table.iter());
    let (own, shared): (Vec<&CheckSpec>, Vec<&CheckSpec>) =
        checks.copied().partition(|spec| spec.id.starts_with("dstack."));
    assert!(own.iter().all(|spec| readme.contains(&format!("`{}`", spec.id))));
    assert!(!own.is_empty() && shared.iter().all(|spec| spec.id.starts_with("tdx.")));
}
