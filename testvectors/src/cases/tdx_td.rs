//! What the policy demands of a TD (adversarial.md, T14 to T19), and the machine rules on TDX.

use kettle_verifier_core::policy::{Claimed, PolicyDocument, TdxRules};

use super::tdx::{accepted, case, refused};
use crate::case::{Case, Expect, Input};
use crate::hex;
use crate::intel::{PPID, Step, Td};

cases![
    zero_svn_at_a_level,
    debug,
    debug_taken,
    profiled,
    reserved,
    reserved_tolerated,
    sept_ve,
    sept_ve_taken,
    migratable,
    migratable_taken,
    protection_keys,
    protection_keys_taken,
    key_locker,
    performance_monitoring,
    xfam_no_sse,
    xfam_unknown_bit,
    xfam_other,
    xfam_cet,
    xfam_cet_compared,
    service_td,
    service_td_named,
    service_td_now,
    module_signer,
    module_attributes,
    unmeasured,
    mr_seam,
    mr_config_id_padded,
    mr_config_id,
    mr_owner,
    mr_owner_config,
    measurement,
    registers,
    registers_unpinned,
    unpinned,
    denied,
    allowed,
    stranger,
];

fn rules(change: impl FnOnce(&mut TdxRules)) -> impl FnOnce(&mut PolicyDocument) {
    move |policy| change(policy.tdx.get_or_insert_default())
}

fn attributes(td: &mut Td, bits: u64) {
    td.put(Step::Body, 0x78, &(0x1000_0000 | bits).to_le_bytes());
}

fn xfam(td: &mut Td, bits: u64) {
    td.put(Step::Body, 0x80, &bits.to_le_bytes());
}

fn zero_svn_at_a_level() -> Case {
    refused(
        "td-zero-svn",
        "T14",
        "a TD whose levels are all zero, at a level of zeros",
        "tdx.td.tcb_svn",
        |td| {
            td.put(Step::Body, 0, &[0; 16]);
            let info = &mut td.given().tcb_info;
            let (before, _) = info.rsplit_once(r#""tcbLevels":["#).unwrap();
            let level = crate::intel::level(0, 1, [0; 3], "UpToDate", "");
            *info = format!(r#"{before}"tcbLevels":[{level}]}}"#);
        },
    )
}

const DEBUG: &str = "tdx.policy.debug";

fn debug() -> Case {
    refused("td-debug", "T15", "a TD under debugging", DEBUG, |td| attributes(td, 1))
}

fn debug_taken() -> Case {
    accepted("td-debug", "T15", "a TD under debugging, which the policy takes", |td| attributes(td, 1))
        .td_policy(|policy| policy.insecure_allow_debug = true)
}

fn profiled() -> Case {
    refused("td-profiled", "T15", "a TD that its host may profile", DEBUG, |td| attributes(td, 1 << 4))
}

const RESERVED: &str = "tdx.policy.reserved_bits";

fn reserved() -> Case {
    refused("td-reserved", "T15", "a reserved attribute bit", RESERVED, |td| attributes(td, 1 << 40))
}

fn reserved_tolerated() -> Case {
    accepted("td-reserved", "T15", "a reserved attribute bit that the policy tolerates", |td| {
        attributes(td, 1 << 18);
    })
    .td_policy(rules(|rules| rules.tolerate_attribute_bits = Some(vec![18])))
}

fn sept_ve() -> Case {
    refused("td-sept-ve", "T15", "a TD without SEPT_VE_DISABLE", "tdx.policy.sept_ve_disable", |td| {
        td.put(Step::Body, 0x78, &[0; 8]);
    })
}

fn sept_ve_taken() -> Case {
    accepted("td-sept-ve", "T15", "a TD without SEPT_VE_DISABLE, which the policy takes", |td| {
        td.put(Step::Body, 0x78, &[0; 8]);
    })
    .td_policy(rules(|rules| rules.require_sept_ve_disable = Some(false)))
}

fn migratable() -> Case {
    refused("td-migratable", "T15", "a TD that can be migrated", "tdx.policy.migratable", |td| {
        attributes(td, 1 << 29);
    })
}

fn migratable_taken() -> Case {
    accepted("td-migratable", "T15", "a TD that can be migrated, which the policy takes", |td| {
        attributes(td, 1 << 29);
    })
    .td_policy(rules(|rules| rules.allow_migratable = Some(true)))
}

fn protection_keys() -> Case {
    let check = "tdx.policy.protection_keys";
    refused("td-protection-keys", "T15", "a TD with supervisor protection keys", check, |td| {
        attributes(td, 1 << 30);
    })
}

fn protection_keys_taken() -> Case {
    accepted("td-protection-keys", "T15", "supervisor protection keys, which the policy takes", |td| {
        attributes(td, 1 << 30);
    })
    .td_policy(rules(|rules| rules.allow_protection_keys = Some(true)))
}

fn key_locker() -> Case {
    refused("td-key-locker", "T15", "a TD with Key Locker", "tdx.policy.key_locker", |td| {
        attributes(td, 1 << 31)
    })
}

fn performance_monitoring() -> Case {
    let check = "tdx.policy.performance_monitoring";
    refused("td-monitoring", "T15", "a TD with performance monitoring", check, |td| attributes(td, 1 << 63))
}

const FIXED: &str = "tdx.policy.xfam_fixed";

fn xfam_no_sse() -> Case {
    refused("td-xfam-no-sse", "T16", "XFAM without SSE", FIXED, |td| xfam(td, 0x602e5))
}

fn xfam_unknown_bit() -> Case {
    refused("td-xfam-unknown", "T16", "XFAM with a bit that no TD may have", FIXED, |td| {
        xfam(td, 0x0010_02e7)
    })
}

const USUAL: &str = "e702060000000000";

fn xfam_other() -> Case {
    refused(
        "td-xfam-other",
        "T16",
        "XFAM without AMX where the policy names one with it",
        "tdx.policy.xfam",
        |td| {
            xfam(td, 0x2e7);
        },
    )
    .td_policy(rules(|rules| rules.xfam = Some(vec![USUAL.into()])))
}

fn xfam_cet() -> Case {
    accepted("td-xfam-cet", "T16", "XFAM with the bits of control-flow enforcement", |td| xfam(td, 0x61ae7))
        .td_policy(rules(|rules| rules.xfam = Some(vec![USUAL.into()])))
        .accepts("xfam-cet-bits")
}

fn xfam_cet_compared() -> Case {
    let title = "control-flow enforcement where the policy compares every bit";
    refused("td-xfam-cet", "T16", title, "tdx.policy.xfam", |td| xfam(td, 0x61ae7)).td_policy(rules(
        |rules| {
            rules.xfam = Some(vec![USUAL.into()]);
            rules.xfam_mask = Some("f".repeat(16));
        },
    ))
}

const SERVICE: &str = "tdx.policy.service_td";

fn service_td() -> Case {
    refused("td-service", "T17", "a TD with a service TD", SERVICE, |td| {
        td.put(Step::Body, 0x258, &[0x5d; 48])
    })
}

fn service_td_named() -> Case {
    accepted("td-service", "T17", "a service TD that the policy names", |td| {
        td.put(Step::Body, 0x258, &[0x5d; 48]);
    })
    .td_policy(rules(|rules| rules.service_tds = Some(vec![hex(&[0x5d; 48])])))
}

fn service_td_now() -> Case {
    refused("td-service-later", "T17", "a service TD that was bound after the launch", SERVICE, |td| {
        td.kind = 4;
        td.put(Step::Body, 0x33d, &[0x5d; 48]);
    })
}

/// The TCB info takes what the TD report says; the TD's own check does not.
fn module(td: &mut Td, from: &str, to: &str) {
    let info = &mut td.given().tcb_info;
    *info = info.replace(from, to);
}

fn module_signer() -> Case {
    refused("td-module-signer", "T18", "a module that somebody else signed", "tdx.td.module_signer", |td| {
        td.put(Step::Body, 0x40, &[0xaa; 48]);
        module(td, &"0".repeat(96), &"A".repeat(96));
    })
}

fn module_attributes() -> Case {
    let check = "tdx.td.module_attributes";
    refused("td-module-attributes", "T18", "a module that can be debugged", check, |td| {
        td.put(Step::Body, 0x70, &[1]);
        module(td, r#""attributes":"00"#, r#""attributes":"01"#);
    })
}

fn unmeasured() -> Case {
    refused("td-unmeasured", "T19", "an MRTD of zeros", "tdx.td.measured", |td| {
        td.put(Step::Body, 0x88, &[0; 48])
    })
}

fn mr_seam() -> Case {
    refused("td-mr-seam", "T18", "another TDX module than the policy names", "tdx.policy.mr_seam", |_| {})
        .td_policy(rules(|rules| rules.mr_seams = Some(vec![hex(&[1; 48])])))
}

const CONFIG: &str = "tdx.policy.mr_config_id";

fn config_id(id: &str, title: &str, expect: Expect, named: &'static [u8]) -> Case {
    let mut value = named.to_vec();
    value.resize(48, 0);
    case(id, "T19", title, expect, |td| td.put(Step::Body, 0xb8, &[0xc0, 0xc1, 0xc2, 0]))
        .td_policy(rules(|rules| rules.mr_config_ids = Some(vec![hex(&value)])))
}

fn mr_config_id_padded() -> Case {
    config_id(
        "td-config-id-prefix",
        "an MRCONFIGID that only begins alike",
        Expect::fails(CONFIG),
        &[0xc0, 0xc1],
    )
}

fn mr_config_id() -> Case {
    config_id(
        "ok-td-config-id",
        "the MRCONFIGID that the policy names",
        Expect::verified(),
        &[0xc0, 0xc1, 0xc2],
    )
}

fn mr_owner() -> Case {
    refused("td-owner", "T19", "another owner than the policy names", "tdx.policy.mr_owner", |_| {})
        .td_policy(rules(|rules| rules.mr_owners = Some(vec![hex(&[1; 48])])))
}

fn mr_owner_config() -> Case {
    refused("td-owner-config", "T19", "another owner's configuration", "tdx.policy.mr_owner_config", |_| {})
        .td_policy(rules(|rules| rules.mr_owner_configs = Some(vec![hex(&[1; 48])])))
}

fn measurement() -> Case {
    refused(
        "measurement",
        "T19",
        "a virtual firmware that the policy does not name",
        "machine.measurement",
        |td| {
            td.put(Step::Body, 0x88, &[0x7e; 48]);
        },
    )
}

fn registers() -> Case {
    refused("registers", "T19", "a guest that the policy does not name", "machine.pcrs", |td| {
        td.put(Step::Body, 0x178, &[0x7e; 48]);
    })
}

fn registers_unpinned() -> Case {
    case(
        "registers-unpinned",
        "T19",
        "a policy that names MRTD alone",
        Expect::unpinned("machine.pcrs"),
        |_| {},
    )
    .td_policy(|policy| policy.measurements.as_mut().unwrap()[0].rtmrs = None)
}

fn unpinned() -> Case {
    let expect = Expect::unpinned("machine.measurement");
    case("unpinned", "P08", "a policy that names no image of a TD", expect, |_| {})
        .policy_file(Input::Shared(crate::policies::EMPTY))
}

fn machines(allow: Option<&str>, deny: Option<&str>) -> impl FnOnce(&mut PolicyDocument) {
    let list = |ppid: &str| vec![Claimed { claim: "tdx.ppid".into(), value: ppid.into() }];
    let (allow, deny) = (allow.map(list), deny.map(list));
    move |policy| {
        let rules = policy.machines.get_or_insert_default();
        rules.allow = allow;
        rules.deny = deny;
    }
}

fn denied() -> Case {
    refused("machine-denied", "T07", "a processor that the policy refuses", "machine.identity", |_| {})
        .td_policy(machines(None, Some(&hex(&PPID))))
}

fn allowed() -> Case {
    accepted("machine-allowed", "T07", "a processor of the policy's list", |_| {})
        .td_policy(machines(Some(&hex(&PPID)), None))
}

fn stranger() -> Case {
    refused(
        "machine-stranger",
        "T07",
        "a processor that is not in the policy's list",
        "machine.identity",
        |_| {},
    )
    .td_policy(machines(Some(&"00".repeat(16)), None))
}
