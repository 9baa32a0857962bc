//! What the policy demands of a TD. Every rule is looked at, so that a verdict shows all that is
//! amiss at once.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::authentic::AuthenticTd;
use super::checks;
use crate::log::{Finding, Log};
use crate::policy::{Policy, TdxRules};
use crate::text::{hex, unhex};
use crate::verdict::{CheckSpec, NoteKind};

/// Bits 0 to 7: the host can look into the TD. 0 is debugging, 4 to 6 are profiling.
const UNTRUSTED: u64 = 0xff;
const SEPT_VE_DISABLE: u64 = 1 << 28;
const MIGRATABLE: u64 = 1 << 29;
const PROTECTION_KEYS: u64 = 1 << 30;
const KEY_LOCKER: u64 = 1 << 31;
const MONITORING: u64 = 1 << 63;
/// ICSSD, SERVTD_EXT and LASS, which take nothing from the TD's security, and what has a check of
/// its own. Every other bit is reserved.
const NAMED: u64 = UNTRUSTED
    | 1 << 16
    | 1 << 17
    | 1 << 27
    | SEPT_VE_DISABLE
    | MIGRATABLE
    | PROTECTION_KEYS
    | KEY_LOCKER
    | MONITORING;

/// x87 and SSE state, which every TD has.
const XFAM_ONES: u64 = 0x3;
/// All that a TD may have: x87, SSE, AVX, AVX-512, PT, PKRU, CET, ULI, LBR, AMX.
const XFAM_KNOWN: u64 = 0x6_dbe7;
/// Control-flow enforcement, which the TDX module sets by the processor's abilities.
const XFAM_CET: u64 = 0x1800;

const ATTRIBUTES_AT: (usize, usize) = (0x78, 8);
const XFAM_AT: (usize, usize) = (0x80, 8);

/// Performs the checks.
pub(super) fn appraise(td: &AuthenticTd, policy: &Policy, log: &mut Log<'_>) {
    let rules = policy.document().tdx.clone().unwrap_or_default();
    debug(td, policy, log);
    reserved(td, &rules, log);
    attributes(td, &rules, log);
    xfam(td, &rules, log);
    service_tds(td, &rules, log);
    identity(td, &rules, log);
}

fn debug(td: &AuthenticTd, policy: &Policy, log: &mut Log<'_>) {
    let found = td.body().td_attributes() & UNTRUSTED;
    let insecure = policy.document().insecure_allow_debug;
    let expected = if insecure { "any, debug guests are taken" } else { "bits 0 to 7 zero" };
    let at = td.body().place(ATTRIBUTES_AT.0, 1);
    let finding = Finding::new(expected, format!("{found:#x}")).at(&at);
    log.assess(&checks::DEBUG, found == 0 || insecure, finding);
    if found != 0 && insecure {
        let text = "a debug TD: the host can read and write its memory, so nothing it says is worth anything";
        log.note(NoteKind::Danger, "tdx.debug", text, &at);
    }
}

fn reserved(td: &AuthenticTd, rules: &TdxRules, log: &mut Log<'_>) {
    let attributes = td.body().td_attributes() & !NAMED;
    let tolerated = rules.tolerate_attribute_bits.as_deref().unwrap_or_default();
    let set = |bit: &u32| 1_u64.checked_shl(*bit).is_some_and(|mask| attributes & mask != 0);
    let unknown: Vec<String> =
        (0..64).filter(set).filter(|bit| !tolerated.contains(bit)).map(|bit| bit.to_string()).collect();
    let found = if unknown.is_empty() { "zeros".into() } else { format!("bits {}", unknown.join(", ")) };
    let at = td.body().place(ATTRIBUTES_AT.0, ATTRIBUTES_AT.1);
    log.assess(&checks::RESERVED, unknown.is_empty(), Finding::new("zeros", found).at(at));
}

fn attributes(td: &AuthenticTd, rules: &TdxRules, log: &mut Log<'_>) {
    let attributes = td.body().td_attributes();
    let at = td.body().place(ATTRIBUTES_AT.0, ATTRIBUTES_AT.1);
    let disabled = attributes & SEPT_VE_DISABLE != 0;
    let demanded = rules.require_sept_ve_disable != Some(false);
    let word = |set: bool| if set { "set" } else { "not set" };
    let expected = if demanded { "set" } else { "set or not" };
    log.assess(&checks::SEPT_VE, disabled || !demanded, Finding::new(expected, word(disabled)).at(&at));
    let abilities: [(&'static CheckSpec, u64, Option<bool>); 4] = [
        (&checks::MIGRATABLE, MIGRATABLE, rules.allow_migratable),
        (&checks::PROTECTION_KEYS, PROTECTION_KEYS, rules.allow_protection_keys),
        (&checks::KEY_LOCKER, KEY_LOCKER, rules.allow_key_locker),
        (&checks::MONITORING, MONITORING, rules.allow_performance_monitoring),
    ];
    for (spec, bit, allowed) in abilities {
        let (set, taken) = (attributes & bit != 0, allowed == Some(true));
        let expected = if taken { "set or not" } else { "not set" };
        log.assess(spec, !set || taken, Finding::new(expected, word(set)).at(&at));
    }
}

fn xfam(td: &AuthenticTd, rules: &TdxRules, log: &mut Log<'_>) {
    let found = td.body().xfam();
    let at = td.body().place(XFAM_AT.0, XFAM_AT.1);
    let fixed = found & XFAM_ONES == XFAM_ONES && found & !XFAM_KNOWN == 0;
    let expected = format!("bits 0 and 1, and none beyond {XFAM_KNOWN:#x}");
    log.assess(&checks::XFAM_FIXED, fixed, Finding::new(expected, format!("{found:#x}")).at(&at));
    let number = |text: &String| unhex::<8>(text).map(u64::from_le_bytes);
    let mask = rules.xfam_mask.as_ref().and_then(number).unwrap_or(!XFAM_CET);
    let same = |text: &String| number(text).is_some_and(|value| value & mask == found & mask);
    let holds = rules.xfam.as_ref().is_none_or(|names| names.iter().any(same));
    let expected = rules.xfam.as_ref().map_or_else(|| "any".into(), |names| names.join(" or "));
    log.assess(&checks::XFAM, holds, Finding::new(expected, hex(&found.to_le_bytes())).at(&at));
}

fn service_tds(td: &AuthenticTd, rules: &TdxRules, log: &mut Log<'_>) {
    let names = rules.service_tds.as_deref().unwrap_or_default();
    let taken = |hash: &[u8; 48]| *hash == [0; 48] || names.contains(&hex(hash));
    let hashes = td.body().service_tds();
    let stranger = hashes.iter().find(|(hash, _)| !taken(hash));
    let expected = if names.is_empty() { "zeros".into() } else { format!("zeros or {}", names.join(" or ")) };
    let finding = match stranger {
        Some((hash, offset)) => Finding::new(expected, hex(hash)).at(td.body().place(*offset, 48)),
        None if hashes.is_empty() => Finding::new(expected, "a TD 1.0 body, which has no place for one"),
        None => Finding::new(expected, "no other"),
    };
    log.assess(&checks::SERVICE_TD, stranger.is_none(), finding);
}

fn identity(td: &AuthenticTd, rules: &TdxRules, log: &mut Log<'_>) {
    let body = td.body();
    let mut named = |spec, names: Option<&Vec<String>>, found: [u8; 48], offset| {
        let found = hex(&found);
        let holds = names.is_none_or(|names| names.contains(&found));
        let expected = names.map_or_else(|| "any".into(), |names| names.join(" or "));
        log.assess(spec, holds, Finding::new(expected, found).at(body.place(offset, 48)));
    };
    named(&checks::MR_SEAM, rules.mr_seams.as_ref(), body.mr_seam(), 0x10);
    named(&checks::MR_CONFIG_ID, rules.mr_config_ids.as_ref(), body.mr_config_id(), 0xb8);
    named(&checks::MR_OWNER, rules.mr_owners.as_ref(), body.mr_owner(), 0xe8);
    named(&checks::MR_OWNER_CONFIG, rules.mr_owner_configs.as_ref(), body.mr_owner_config(), 0x118);
}
