//! Event logs of dstack (adversarial.md, T20).

use super::dstack::{LAYOUT, case, case_of, events, extended, measured, named, place};
use crate::case::{Case, Expect};
use crate::intel::{COMPOSE_HASH, GuestEvent, Step, guest};
use crate::signing::Hash;

cases![
    boot_name,
    boot_type,
    boot_payload,
    log_not_json,
    log_object,
    log_trailing,
    log_twice_name,
    log_huge,
    log_absent,
    event_missing_member,
    event_unknown_member,
    event_version_2,
    event_null,
    imr_4,
    imr_negative,
    imr_fraction,
    type_too_large,
    digest_short,
    digest_upper,
    digest_of_boot_empty,
    payload_odd,
    name_number,
    name_colon,
    payload_changed,
    name_changed,
    digest_changed,
    guest_type,
    boot_type_of_guest,
    hidden_compose_hash,
    boot_digest,
    swapped,
    swapped_boot,
    removed,
    doubled,
    added,
    emptied,
    moved,
    other_digests,
    rtmr3_other,
];

const DIGESTS: &str = "dstack.event_log.digests";
const REPLAY: &str = "dstack.event_log.replay";

/// A case whose log has one text in place of another.
fn spelt(id: &str, title: &str, from: &'static str, to: &'static str) -> Case {
    let mut td = guest();
    td.replace(Step::EventLog, from, to);
    case_of(id, title, Expect::fails(LAYOUT), &td)
}

fn boot_name() -> Case {
    case("ok-boot-name", "a changed name of an event of the firmware", Expect::verified(), |td| {
        named(td, "acpi-tables").name = "compose-hash".into();
    })
}

fn boot_type() -> Case {
    case("ok-boot-type", "a changed type of an event of the firmware", Expect::verified(), |td| {
        events(td)[0].kind = 1;
    })
}

fn boot_payload() -> Case {
    case("ok-boot-payload", "payloads of the firmware left out", Expect::verified(), |td| {
        events(td).iter_mut().filter(|event| event.imr < 3).for_each(|event| event.payload.clear());
    })
}

fn log_not_json() -> Case {
    spelt("log-not-json", "an event log cut within an event", r#"}]"#, "")
}

fn log_object() -> Case {
    case("log-object", "one event in place of the list", Expect::fails(LAYOUT), |td| {
        td.change(Step::EventLog, |bytes| {
            let text = std::str::from_utf8(bytes).unwrap();
            *bytes = format!("{}}}", text.split('}').next().unwrap().trim_start_matches('[')).into_bytes();
        });
    })
}

fn log_trailing() -> Case {
    spelt("log-trailing", "a second list after the first", "}]", "}][]")
}

fn log_twice_name() -> Case {
    let (from, to) = (r#""imr":3"#, r#""imr":3,"\u0069mr":3"#);
    spelt("log-name-twice", "an event with two registers", from, to)
}

fn log_huge() -> Case {
    measured("log-huge", "more events than are read", Expect::fails(LAYOUT), |td| {
        let event = GuestEvent::boot(0, 4, b"");
        events(td).extend(std::iter::repeat_n(event, 1024));
    })
}

fn log_absent() -> Case {
    let title = "no event log where the policy demands one";
    case("log-absent", title, Expect::fails(LAYOUT), |td| td.guest_log = None).dstack_policy(|policy| {
        policy.dstack = None;
        policy.tdx.get_or_insert_default().require_event_log = Some(true);
    })
}

fn event_missing_member() -> Case {
    case("event-no-digest", "an event without a digest", Expect::fails(LAYOUT), |td| {
        td.guest_log.as_mut().unwrap().shorten();
        td.replace(Step::EventLog, r#""digest":"","#, "");
    })
}

fn event_unknown_member() -> Case {
    spelt("event-unknown-member", "an event with another member", r#""imr":3"#, r#""imr":3,"note":"""#)
}

/// The second form of dstack's events, whose digest is made in another way.
fn event_version_2() -> Case {
    spelt("event-version-2", "an event of the second form", r#""imr":3"#, r#""imr":3,"version":2"#)
}

fn event_null() -> Case {
    spelt("event-null", "null in place of an event", "[{", "[null,{")
}

fn imr_4() -> Case {
    case("imr-4", "an event of a fifth register", Expect::fails(LAYOUT), |td| {
        events(td).push(GuestEvent { imr: 4, ..GuestEvent::boot(0, 4, b"x") });
    })
}

fn imr_negative() -> Case {
    spelt("imr-negative", "an event of a register below zero", r#""imr":3"#, r#""imr":-1"#)
}

fn imr_fraction() -> Case {
    spelt("imr-fraction", "a register with a fraction", r#""imr":3"#, r#""imr":3.0"#)
}

fn type_too_large() -> Case {
    let (from, to) = (r#""event_type":134217729"#, r#""event_type":4429185025"#);
    spelt("type-large", "a type that has dstack's in its lowest 32 bits", from, to)
}

fn digest_short() -> Case {
    case("digest-short", "a digest of SHA-256", Expect::fails(LAYOUT), |td| events(td)[0].digest.truncate(32))
}

fn digest_upper() -> Case {
    let mut td = guest();
    td.change(Step::EventLog, |bytes| {
        let text = std::str::from_utf8(bytes).unwrap();
        *bytes = text.replacen(&"ac".repeat(48), &"AC".repeat(48), 1).into_bytes();
    });
    case_of("digest-upper", "a digest in upper case", Expect::fails(LAYOUT), &td)
}

fn digest_of_boot_empty() -> Case {
    let title = "an event of the firmware whose digest is left out";
    case("digest-boot-empty", title, Expect::fails(LAYOUT), |td| events(td)[0].digest.clear())
}

fn payload_odd() -> Case {
    let (from, to) = (r#""event_payload":"a9"#, r#""event_payload":"a"#);
    spelt("payload-odd", "a payload of half a byte too few", from, to)
}

fn name_number() -> Case {
    spelt("name-number", "a name that is a number", r#""event":"app-id""#, r#""event":7"#)
}

/// `app:x` with `y` and `app` with `x:y` have one digest.
fn name_colon() -> Case {
    measured("name-colon", "a name with a colon, which has two readings", Expect::fails(LAYOUT), |td| {
        events(td).push(GuestEvent::runtime("hello: the application", b"s own"));
    })
}

fn payload_changed() -> Case {
    case("payload", "a compose hash that was not measured", Expect::fails(DIGESTS), |td| {
        named(td, "compose-hash").payload[0] ^= 1;
    })
}

fn name_changed() -> Case {
    case("name", "an event under another name", Expect::fails(DIGESTS), |td| {
        named(td, "os-image-hash").name = "rootfs-hash".into();
    })
}

fn digest_changed() -> Case {
    case("digest", "a digest that is not the content's", Expect::fails(DIGESTS), |td| {
        named(td, "instance-id").digest[47] ^= 1;
    })
}

fn guest_type() -> Case {
    case("type", "an event of RTMR3 of another type", Expect::fails(DIGESTS), |td| {
        named(td, "build-started").kind = 4;
    })
}

fn boot_type_of_guest() -> Case {
    let title = "an event of RTMR2 that claims to be one of dstack's";
    case("type-boot", title, Expect::fails(DIGESTS), |td| events(td)[3].kind = 0x0800_0001)
}

/// With the types of the system's events changed, only their digests would count, the log would still
/// replay, and the application's own event would be the first of its name.
fn hidden_compose_hash() -> Case {
    let mut td = guest();
    named(&mut td, "compose-hash").payload = vec![0xbb; 32];
    let content = [&0x0800_0001_u32.to_le_bytes()[..], b":compose-hash:", &[0xbb; 32]].concat();
    named(&mut td, "compose-hash").digest = Hash::Sha384.digest(&content);
    events(&mut td).push(GuestEvent::runtime("compose-hash", &COMPOSE_HASH));
    extended(&mut td);
    for name in ["compose-hash", "system-ready"] {
        named(&mut td, name).kind = 13;
    }
    let title = "the system's compose hash hidden by its type, so that the application's own comes first";
    case_of("type-hides", title, Expect::fails(DIGESTS), &td)
}

fn boot_digest() -> Case {
    case("boot-digest", "a changed digest of the firmware", Expect::fails(REPLAY), |td| {
        events(td)[1].digest[0] ^= 1;
    })
}

fn swapped() -> Case {
    case("swapped", "two events of the system in the other order", Expect::fails(REPLAY), |td| {
        let (one, two) = (place(td, "app-id"), place(td, "compose-hash"));
        events(td).swap(one, two);
    })
}

fn swapped_boot() -> Case {
    let title = "two events of the firmware in the other order";
    case("swapped-boot", title, Expect::fails(REPLAY), |td| events(td).swap(0, 1))
}

fn removed() -> Case {
    case("removed", "the application's event left out", Expect::fails(REPLAY), |td| {
        events(td).pop();
    })
}

fn doubled() -> Case {
    case("doubled", "an event of the firmware twice", Expect::fails(REPLAY), |td| {
        let event = events(td)[2].clone();
        events(td).insert(2, event);
    })
}

fn added() -> Case {
    case("added", "an event that was never measured", Expect::fails(REPLAY), |td| {
        events(td).push(GuestEvent::runtime("build-finished", b""));
    })
}

fn emptied() -> Case {
    case("emptied", "an event log without events", Expect::fails(REPLAY), |td| events(td).clear())
}

fn moved() -> Case {
    case("moved", "an event of the boot loader in another register", Expect::fails(REPLAY), |td| {
        events(td)[2].imr = 2;
    })
}

fn other_digests() -> Case {
    let mut td = guest();
    extended(&mut td);
    *named(&mut td, "compose-hash") = GuestEvent::runtime("compose-hash", &[0xbb; 32]);
    let title = "a sound event in place of the one that was measured";
    case_of("replaced", title, Expect::fails(REPLAY), &td)
}

fn rtmr3_other() -> Case {
    let title = "the log of another boot of the same image";
    case("rtmr3-other", title, Expect::fails(REPLAY), |td| td.put(Step::Body, 0x1d8, &[0x33; 48]))
}
