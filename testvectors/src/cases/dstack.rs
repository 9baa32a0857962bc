//! Guests of dstack: the layout of their evidence, their application and what a policy demands of it
//! (adversarial.md, T20 and P04).

use kettle_verifier_core::policy::PcrValue;

use crate::case::{Case, Expect, Input};
use crate::hex;
use crate::intel::{APP_ID, DSTACK_POLICY, GuestEvent, INSTANCE_ID, POLICY, Step, Td, guest};

cases![
    sound,
    base64,
    short,
    no_vm_config,
    ids,
    rtmr3_named,
    null_log,
    label,
    label_of_dstack,
    no_compose_hash,
    no_rtmr2,
    no_collateral,
    unknown_field,
    quote_prefix,
    quote_upper,
    quote_absent,
    log_list,
    config_twice,
    config_object,
    application_twice,
    application_compose_hash,
    no_ready,
    compose_hash_twice,
    compose_hash_other,
    compose_hash_late,
    compose_hash_demanded_without_log,
    app_id,
    app_id_absent,
    instance_id,
    policy_empty,
    policy_list_empty,
    policy_hash_short,
];

pub(super) const LAYOUT: &str = "dstack.event_log.layout";
const EVIDENCE: &str = "dstack.evidence.layout";

/// A case of a sound guest with one change, which comes after the registers were taken.
pub(super) fn case(id: &str, title: &str, expect: Expect, change: fn(&mut Td)) -> Case {
    let mut td = guest();
    extended(&mut td);
    change(&mut td);
    case_of(id, title, expect, &td)
}

/// A case of a guest that was changed before its registers were extended.
pub(super) fn measured(id: &str, title: &str, expect: Expect, change: fn(&mut Td)) -> Case {
    let mut td = guest();
    change(&mut td);
    case_of(id, title, expect, &td)
}

/// A case of a guest as it is.
pub(super) fn case_of(id: &str, title: &str, expect: Expect, td: &Td) -> Case {
    grouped("T20", id, title, expect, td)
}

fn grouped(groups: &str, id: &str, title: &str, expect: Expect, td: &Td) -> Case {
    let why = "what a guest says it runs counts only where its registers say so too";
    Case::new(&format!("dstack/{id}"), groups, title, expect).why(why, "platforms.md, 24").td(td)
}

/// Writes the registers of the log as it now is into the quote.
pub(super) fn extended(td: &mut Td) {
    for (register, value) in td.registers().iter().enumerate() {
        td.put(Step::Body, 0x148 + 48 * register, value);
    }
}

pub(super) fn events(td: &mut Td) -> &mut Vec<GuestEvent> {
    &mut td.guest_log.as_mut().unwrap().events
}

/// The event of a name.
pub(super) fn named<'t>(td: &'t mut Td, name: &str) -> &'t mut GuestEvent {
    events(td).iter_mut().find(|event| event.name == name).unwrap()
}

/// Where the event of a name stands.
pub(super) fn place(td: &mut Td, name: &str) -> usize {
    events(td).iter().position(|event| event.name == name).unwrap()
}

/// A case whose envelope has one text in place of another.
fn enveloped(id: &str, title: &str, expect: Expect, from: &str, to: &str) -> Case {
    let mut td = guest();
    td.replace(Step::Envelope, from, to);
    case_of(id, title, expect, &td)
}

fn sound() -> Case {
    case("ok", "a guest of dstack whose application the policy names", Expect::verified(), |_| {})
}

fn base64() -> Case {
    case("ok-base64", "a quote in base64", Expect::verified(), |td| {
        td.change(Step::Envelope, |bytes| {
            use base64ct::{Base64, Encoding as _};
            let text = std::str::from_utf8(bytes).unwrap();
            let hex = text.split(r#""quote":""#).nth(1).unwrap().split('"').next().unwrap();
            *bytes = text.replacen(hex, &Base64::encode_string(&crate::unhex(hex)), 1).into_bytes();
        });
    })
}

fn short() -> Case {
    case("ok-short", "a log without the digests of dstack's own events", Expect::verified(), |td| {
        td.guest_log.as_mut().unwrap().shorten();
    })
}

fn no_vm_config() -> Case {
    case("ok-no-config", "no configuration of the machine", Expect::verified(), |td| {
        td.change(Step::Envelope, |bytes| {
            let text = std::str::from_utf8(bytes).unwrap();
            let (before, rest) = text.split_once(r#","vm_config":"#).unwrap();
            let (_, after) = rest.split_once(r#","collateral""#).unwrap();
            *bytes = format!(r#"{before},"vm_config":null,"collateral"{after}"#).into_bytes();
        });
    })
}

fn ids() -> Case {
    case("ok-ids", "the application and the instance that the policy names", Expect::verified(), |_| {})
        .dstack_policy(|policy| {
            let rules = policy.dstack.as_mut().unwrap();
            rules.app_ids = Some(vec!["00".repeat(20), hex(&APP_ID)]);
            rules.instance_ids = Some(vec![hex(&INSTANCE_ID)]);
        })
}

/// RTMR3 as the policy may name it in place of the compose hash.
fn with_rtmr3(case: Case) -> Case {
    let value = guest().registers()[3];
    case.dstack_policy(|policy| {
        policy.dstack = None;
        let rtmr = PcrValue { index: 3, sha256: None, sha384: Some(hex(&value)) };
        policy.measurements.as_mut().unwrap()[0].rtmrs.as_mut().unwrap().push(rtmr);
    })
}

fn rtmr3_named() -> Case {
    let title = "no event log, where the policy names RTMR3 as a whole";
    with_rtmr3(case("ok-rtmr3", title, Expect::verified(), |td| td.guest_log = None))
}

fn null_log() -> Case {
    let title = "an event log of null";
    with_rtmr3(case("ok-log-null", title, Expect::verified(), |td| {
        td.guest_log = None;
        td.replace(Step::Envelope, r#","vm_config""#, r#","event_log":null,"vm_config""#);
    }))
}

/// Relabelled, a guest of dstack would be a TD like any other, of which nobody asks for its application.
fn label() -> Case {
    let mut td = guest();
    extended(&mut td);
    td.guest_log = None;
    td.label = "tdx".into();
    let expect = Expect::fails("machine.measurement");
    grouped("P04", "label-tdx", "a guest of dstack under the label of any TD", expect, &td)
        .policy_file(Input::Shared(DSTACK_POLICY))
}

fn label_of_dstack() -> Case {
    let mut td = Td::sound();
    td.label = "dstack".into();
    let expect = Expect::fails("machine.measurement");
    grouped("P04", "label-dstack", "any TD under the label of dstack", expect, &td)
        .policy_file(Input::Shared(POLICY))
}

fn no_compose_hash() -> Case {
    let expect = Expect::unpinned("dstack.policy.compose_hash");
    case("compose-hash-unpinned", "a policy that names no application", expect, |_| {})
        .dstack_policy(|policy| policy.dstack = None)
}

fn no_rtmr2() -> Case {
    let expect = Expect::unpinned("machine.pcrs");
    case("system-unpinned", "a policy that names RTMR0 and RTMR1 alone", expect, |_| {}).dstack_policy(
        |policy| {
            policy.measurements.as_mut().unwrap()[0].rtmrs.as_mut().unwrap().retain(|rtmr| rtmr.index < 2);
        },
    )
}

fn no_collateral() -> Case {
    let expect = Expect::inconclusive("tdx.collateral.present");
    case("no-collateral", "a guest of dstack without collateral", expect, |td| td.collateral = None)
}

fn unknown_field() -> Case {
    let to = r#","report_data":"00","vm_config""#;
    enveloped(
        "unknown-field",
        "a field beside those of the format",
        Expect::fails(EVIDENCE),
        r#","vm_config""#,
        to,
    )
}

fn quote_prefix() -> Case {
    let (from, to) = (r#""quote":""#, r#""quote":"0x"#);
    enveloped("quote-prefix", "a quote in hex with a prefix", Expect::fails(EVIDENCE), from, to)
}

/// Hex in upper case is base64 of something else.
fn quote_upper() -> Case {
    let expect = Expect::fails("tdx.quote.version");
    case("quote-upper", "a quote in hex in upper case", expect, |td| {
        td.change(Step::Envelope, |bytes| {
            let text = std::str::from_utf8(bytes).unwrap();
            let hex = text.split(r#""quote":""#).nth(1).unwrap().split('"').next().unwrap();
            *bytes = text.replacen(hex, &hex.to_uppercase(), 1).into_bytes();
        });
    })
}

fn quote_absent() -> Case {
    case("quote-absent", "an event log without a quote", Expect::fails(EVIDENCE), |td| {
        td.change(Step::Envelope, |bytes| {
            let text = std::str::from_utf8(bytes).unwrap();
            let (before, rest) = text.split_once(r#""quote":""#).unwrap();
            let (_, after) = rest.split_once(r#"","#).unwrap();
            *bytes = format!("{before}{after}").into_bytes();
        });
    })
}

fn log_list() -> Case {
    case("log-list", "an event log that is a list and no text", Expect::fails(EVIDENCE), |td| {
        td.guest_log = None;
        td.replace(Step::Envelope, r#","vm_config""#, r#","event_log":[],"vm_config""#);
    })
}

fn config_twice() -> Case {
    let (from, to) = (r#","collateral""#, r#","vm_config":{},"collateral""#);
    enveloped(
        "config-twice",
        "two configurations of the machine",
        Expect::fails("input.evidence_json"),
        from,
        to,
    )
}

fn config_object() -> Case {
    let (from, to) = (r#","vm_config":"#, r#","vm_config":{"text":"#);
    let mut td = guest();
    td.replace(Step::Envelope, from, to);
    td.replace(Step::Envelope, r#","collateral""#, r#"},"collateral""#);
    case_of("config-object", "a configuration that is an object and no text", Expect::fails(EVIDENCE), &td)
}

fn application_twice() -> Case {
    measured("ok-application", "two events of the application of one name", Expect::verified(), |td| {
        let event = GuestEvent::runtime("build-started", b"again");
        events(td).push(event);
    })
}

fn application_compose_hash() -> Case {
    let title = "an application that has another compose hash measured, after the system has its own";
    measured("ok-application-compose-hash", title, Expect::verified(), |td| {
        events(td).push(GuestEvent::runtime("compose-hash", &[0xbb; 32]));
    })
}

fn no_ready() -> Case {
    measured("ok-not-ready", "a quote before the application was started", Expect::verified(), |td| {
        let end = place(td, "system-ready");
        events(td).truncate(end);
    })
}

fn compose_hash_twice() -> Case {
    let title = "two compose hashes before the application starts";
    measured("compose-hash-twice", title, Expect::fails("dstack.event_log.system"), |td| {
        let place = place(td, "compose-hash");
        events(td).insert(place, GuestEvent::runtime("compose-hash", &[0xbb; 32]));
    })
}

fn compose_hash_other() -> Case {
    let expect = Expect::fails("dstack.policy.compose_hash");
    measured("compose-hash-other", "another application on the same image", expect, |td| {
        *named(td, "compose-hash") = GuestEvent::runtime("compose-hash", &[0xbb; 32]);
    })
}

fn compose_hash_late() -> Case {
    let expect = Expect::fails("dstack.policy.compose_hash");
    measured("compose-hash-late", "a compose hash that only the application had measured", expect, |td| {
        let place = place(td, "compose-hash");
        let event = events(td).remove(place);
        events(td).push(event);
    })
}

fn compose_hash_demanded_without_log() -> Case {
    let title = "no event log where the policy names an application";
    case("compose-hash-no-log", title, Expect::fails(LAYOUT), |td| td.guest_log = None)
}

fn app_id() -> Case {
    let expect = Expect::fails("dstack.policy.app_id");
    case("app-id", "an application that the policy does not name", expect, |_| {})
        .dstack_policy(|policy| policy.dstack.as_mut().unwrap().app_ids = Some(vec!["00".repeat(20)]))
}

fn app_id_absent() -> Case {
    let expect = Expect::fails("dstack.policy.app_id");
    measured("app-id-absent", "no id of the application where the policy names one", expect, |td| {
        let place = place(td, "app-id");
        events(td).remove(place);
    })
    .dstack_policy(|policy| policy.dstack.as_mut().unwrap().app_ids = Some(vec![hex(&APP_ID)]))
}

fn instance_id() -> Case {
    let expect = Expect::fails("dstack.policy.instance_id");
    case("instance-id", "an instance that the policy does not name", expect, |_| {})
        .dstack_policy(|policy| policy.dstack.as_mut().unwrap().instance_ids = Some(vec!["00".repeat(20)]))
}

/// A case whose policy can't be read.
fn unreadable(id: &str, title: &str, at: &str, rules: &str) -> Case {
    let text = format!(r#"{{"schema":"kettle-policy/v1","dstack":{rules}}}"#);
    grouped("P13 P10", id, title, Expect::unreadable_policy(at), &guest()).policy_text(&text)
}

fn policy_empty() -> Case {
    unreadable("policy-empty", "rules for dstack that demand nothing", "/dstack", "{}")
}

fn policy_list_empty() -> Case {
    let title = "an empty list of compose hashes";
    unreadable("policy-list-empty", title, "/dstack/compose_hashes", r#"{"compose_hashes":[]}"#)
}

fn policy_hash_short() -> Case {
    let title = "a compose hash of 20 bytes";
    let rules = format!(r#"{{"compose_hashes":["{}"]}}"#, "c0".repeat(20));
    unreadable("policy-hash-short", title, "/dstack/compose_hashes/0", &rules)
}
