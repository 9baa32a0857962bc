//! Event logs (adversarial.md, T20).

use super::tdx;
use crate::case::{Case, Expect};
use crate::hex;
use crate::intel::{EventLog, Step, Td, header, measured};

cases![
    sound,
    zeros,
    payload_changed,
    type_changed,
    digest_changed,
    order,
    removed,
    doubled,
    other_register,
    rtmr3_extra,
    rtmr3_by_guest,
    register_0,
    register_5,
    remark,
    remark_after_data,
    sha256,
    size_overflow,
    truncated,
    no_header,
    header_of_two_algorithms,
    not_base64,
    demanded,
];

const LAYOUT: &str = "tdx.event_log.layout";
const REPLAY: &str = "tdx.event_log.replay";

/// A case of a TD with a log, whose registers the policy names. `change` comes after the registers
/// were taken.
fn case(id: &str, title: &str, expect: Expect, change: fn(&mut Td)) -> Case {
    let mut td = Td::sound();
    td.log = Some(EventLog::sound());
    let registers = td.registers();
    for (register, value) in registers.iter().enumerate() {
        td.put(Step::Body, 0x148 + 48 * register, value);
    }
    change(&mut td);
    tdx::case(id, "T20", title, expect, |_| {}).td(&td).td_policy(move |policy| {
        for rtmr in policy.measurements.as_mut().unwrap()[0].rtmrs.as_mut().unwrap() {
            rtmr.sha384 = Some(hex(&registers[usize::try_from(rtmr.index).unwrap()]));
        }
    })
}

fn events(td: &mut Td) -> &mut Vec<(u32, u32, Vec<u8>, Vec<u8>)> {
    &mut td.log.as_mut().unwrap().events
}

fn sound() -> Case {
    case("ok-log", "an event log that replays to the registers", Expect::verified(), |_| {})
}

fn zeros() -> Case {
    case("ok-log-zeros", "an event log in a buffer of 64 KiB of zeros", Expect::verified(), |td| {
        td.log.as_mut().unwrap().tail = vec![0; 65_536];
    })
    .accepts("ccel-zero-tail-64-kib")
}

fn payload_changed() -> Case {
    case("ok-log-payload", "a changed payload, which is then nobody's word", Expect::verified(), |td| {
        events(td)[0].3 = b"another firmware".to_vec();
    })
}

fn type_changed() -> Case {
    case("ok-log-type", "a changed type, which nothing ever hashes", Expect::verified(), |td| {
        events(td)[0].1 = 1
    })
}

fn digest_changed() -> Case {
    case("log-digest", "a changed digest", Expect::fails(REPLAY), |td| events(td)[1].2[0] ^= 1)
}

fn order() -> Case {
    case("log-order", "two events of one register in the other order", Expect::fails(REPLAY), |td| {
        events(td).swap(1, 2);
    })
}

fn removed() -> Case {
    case("log-removed", "an event left out", Expect::fails(REPLAY), |td| {
        events(td).remove(2);
    })
}

fn doubled() -> Case {
    case("log-doubled", "an event twice", Expect::fails(REPLAY), |td| {
        let event = events(td)[1].clone();
        events(td).insert(1, event);
    })
}

fn other_register() -> Case {
    case("log-other-register", "an event in another register", Expect::fails(REPLAY), |td| {
        events(td)[3].0 = 4
    })
}

fn rtmr3_extra() -> Case {
    case("log-rtmr3-extra", "an event of RTMR3, which was never extended", Expect::fails(REPLAY), |td| {
        events(td).push(measured(4, 8, b"never measured"));
    })
}

fn rtmr3_by_guest() -> Case {
    case("ok-log-rtmr3", "RTMR3, which the guest extended after the log ended", Expect::verified(), |td| {
        td.put(Step::Body, 0x1d8, &[0x33; 48]);
    })
}

fn register_0() -> Case {
    case("log-register-0", "an event of MRTD", Expect::fails(LAYOUT), |td| {
        events(td).push((0, 8, vec![1; 48], Vec::new()));
    })
}

fn register_5() -> Case {
    case("log-register-5", "an event of a fifth register", Expect::fails(LAYOUT), |td| {
        events(td).push((5, 8, vec![1; 48], Vec::new()));
    })
}

fn remark() -> Case {
    case("ok-log-remark", "a reference manifest before all events", Expect::verified(), |td| {
        events(td).insert(0, (0, 3, vec![0; 48], b"SP800-155 Event3".to_vec()));
    })
}

fn remark_after_data() -> Case {
    case(
        "log-remark-after",
        "an event that measures nothing, after those that do",
        Expect::fails(LAYOUT),
        |td| {
            events(td).push((0, 3, vec![0; 48], b"end".to_vec()));
        },
    )
}

fn sha256() -> Case {
    case("log-sha256", "an event with a SHA-256 digest only", Expect::fails(LAYOUT), |td| {
        td.put(Step::EventLog, header().len() + 12, &[0x0b]);
    })
}

fn size_overflow() -> Case {
    case("log-size", "an event of 4 GiB", Expect::fails(LAYOUT), |td| {
        td.put(Step::EventLog, header().len() + 62, &[0xff; 4]);
    })
}

fn truncated() -> Case {
    case("log-truncated", "a log cut within an event", Expect::fails(LAYOUT), |td| {
        td.change(Step::EventLog, |log| log.truncate(header().len() + 20));
    })
}

fn no_header() -> Case {
    case("log-no-header", "a log without its header", Expect::fails(LAYOUT), |td| {
        td.change(Step::EventLog, |log| {
            log.drain(..header().len());
        });
    })
}

fn header_of_two_algorithms() -> Case {
    case("log-two-algorithms", "a log that promises two algorithms", Expect::fails(LAYOUT), |td| {
        td.put(Step::EventLog, 56, &[2]);
    })
}

fn not_base64() -> Case {
    case("log-not-base64", "an event log in hex", Expect::fails("tdx.evidence.layout"), |td| {
        td.replace(Step::Envelope, r#""cc_eventlog":""#, r#""cc_eventlog":"0x"#);
    })
}

fn demanded() -> Case {
    let title = "no event log where the policy demands one";
    tdx::refused("log-absent", "T20", title, LAYOUT, |_| {})
        .td_policy(|policy| policy.tdx.get_or_insert_default().require_event_log = Some(true))
}
