//! What the policy demands of a SEV-SNP machine. Every rule is looked at, so that a verdict shows all
//! that is amiss at once.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::authentic::AuthenticReport;
use super::checks;
use super::generation;
use super::tcb::Tcb;
use crate::log::{Finding, Log};
use crate::policy::{Generation, GuestPolicyRules, Policy, ProductFloor, SnpRules, TcbFloor};
use crate::text::hex;
use crate::verdict::{CheckSpec, NoteKind};

/// The firmware levels below which reports can be forged, by AMD-SB-3015 (December 2024) and
/// AMD-SB-3019 (March 2025). Turin was released with firmware above both.
const FIRMWARE_FLOORS: &[(Generation, u8)] = &[(Generation::Milan, 0x18), (Generation::Genoa, 0x17)];

/// Bit 5 of the platform info: the memory alias check has completed since the last reset.
const ALIAS_CHECK_COMPLETE: u64 = 1 << 5;

/// Performs the checks.
pub(super) fn appraise(report: &AuthenticReport, policy: &Policy, log: &mut Log<'_>) {
    let rules = policy.document().snp.clone().unwrap_or_default();
    generation_taken(report, &rules, log);
    guest_policy(report, policy, &rules, log);
    vmpl(report, &rules, log);
    alias_check(report, &rules, log);
    firmware(report, &rules, log);
    identity(report, &rules, log);
    advisories(report, log);
}

fn generation_taken(report: &AuthenticReport, rules: &SnpRules, log: &mut Log<'_>) {
    let found = report.vek().generation();
    let taken = rules.generations.as_ref();
    let expected = taken.map_or_else(
        || "any generation".into(),
        |list| list.iter().copied().map(generation::name).collect::<Vec<_>>().join(" or "),
    );
    let holds = taken.is_none_or(|list| list.contains(&found));
    log.assess(
        &checks::GENERATION_TAKEN,
        holds,
        Finding::new(expected, generation::name(found)).at("vek issuer"),
    );
}

fn guest_policy(report: &AuthenticReport, policy: &Policy, rules: &SnpRules, log: &mut Log<'_>) {
    let guest = report.raw().policy();
    let rules = rules.guest_policy.clone().unwrap_or_default();
    let at = "report[0x8..0x10]";
    let allowed = |holds: bool| if holds { "allowed" } else { "forbidden" };
    let debug = guest.debug_allowed();
    let insecure = policy.document().insecure_allow_debug;
    let expected = if insecure { "any, debug guests are taken" } else { "forbidden" };
    log.assess(&checks::DEBUG, !debug || insecure, Finding::new(expected, allowed(debug)).at(at));
    if debug && insecure {
        let text =
            "a debug guest: the host can read and write its memory, so nothing it says is worth anything";
        log.note(NoteKind::Danger, "snp.debug", text, at);
    }
    reserved_bits(report, &rules, log);
    let agent = guest.migration_agent_allowed();
    let taken = rules.allow_migration_agent == Some(true);
    log.assess(&checks::MIGRATION, !agent || taken, Finding::new(allowed(taken), allowed(agent)).at(at));
    let (smt, taken) = (guest.smt_allowed(), rules.allow_smt != Some(false));
    log.assess(&checks::SMT, !smt || taken, Finding::new(allowed(taken), allowed(smt)).at(at));
    let (single, demanded) = (guest.single_socket(), rules.require_single_socket == Some(true));
    let bound = |holds: bool| if holds { "one socket" } else { "any number of sockets" };
    log.assess(
        &checks::SINGLE_SOCKET,
        single || !demanded,
        Finding::new(bound(demanded), bound(single)).at(at),
    );
    abi(report, &rules, log);
}

fn reserved_bits(report: &AuthenticReport, rules: &GuestPolicyRules, log: &mut Log<'_>) {
    let guest = report.raw().policy();
    let tolerated = rules.tolerate_bits.as_deref().unwrap_or_default();
    let unknown: Vec<String> =
        guest.reserved_bits().iter().filter(|bit| !tolerated.contains(bit)).map(u32::to_string).collect();
    let found = match (guest.reserved_one(), unknown.is_empty()) {
        (true, true) => "so".into(),
        (false, _) => "bit 17 is zero".into(),
        (true, false) => format!("bits {} are set", unknown.join(", ")),
    };
    let holds = guest.reserved_one() && unknown.is_empty();
    let expected = "bit 17 one, bits 26 to 63 zero";
    log.assess(&checks::GUEST_POLICY, holds, Finding::new(expected, found).at("report[0x8..0x10]"));
}

fn abi(report: &AuthenticReport, rules: &GuestPolicyRules, log: &mut Log<'_>) {
    let demanded = report.raw().policy().abi();
    let (_, minor, major) = report.raw().current_firmware();
    let firmware = u64::from(u16::from_be_bytes([major, minor]));
    let least = u64::from(rules.minimum_abi.unwrap_or(0));
    let version = |abi: u64| format!("{}.{}", abi >> 8, abi & 0xff);
    let holds = demanded <= firmware && demanded >= least;
    let expected = format!("from {} to {}", version(least), version(firmware));
    log.assess(&checks::GUEST_ABI, holds, Finding::new(expected, version(demanded)).at("report[0x8..0xa]"));
}

fn vmpl(report: &AuthenticReport, rules: &SnpRules, log: &mut Log<'_>) {
    let taken = rules.vmpl.as_deref().unwrap_or(&[0]);
    let expected: Vec<String> = taken.iter().map(u32::to_string).collect();
    let found = report.raw().vmpl();
    let finding = Finding::new(expected.join(" or "), found.to_string()).at("report[0x30..0x34]");
    log.assess(&checks::VMPL, taken.contains(&found), finding);
}

fn alias_check(report: &AuthenticReport, rules: &SnpRules, log: &mut Log<'_>) {
    let complete = report.raw().platform_info() & ALIAS_CHECK_COMPLETE != 0;
    let demanded = rules.require_alias_check == Some(true);
    let expected = if demanded { "complete" } else { "complete or not" };
    let found = if complete { "complete" } else { "not complete" };
    log.assess(
        &checks::ALIAS_CHECK,
        complete || !demanded,
        Finding::new(expected, found).at("report[0x40..0x48]"),
    );
}

fn firmware(report: &AuthenticReport, rules: &SnpRules, log: &mut Log<'_>) {
    let generation = report.vek().generation();
    let raw = report.raw();
    let (reported, committed, launch) =
        (raw.reported_tcb(generation), raw.committed_tcb(generation), raw.launch_tcb(generation));
    log.assess(
        &checks::LAUNCH_TCB,
        committed.at_most(launch),
        Finding::new(format!("at least {}", committed.describe()), launch.describe())
            .at("report[0x1f0..0x1f8]"),
    );
    let floor = FIRMWARE_FLOORS.iter().find(|(known, _)| *known == generation).map_or(0, |(_, floor)| *floor);
    let level = reported.levels().snp;
    log.assess(
        &checks::FIRMWARE_FLOOR,
        level >= floor,
        Finding::new(format!("snp at least {floor}"), format!("snp {level}")).at("report[0x180..0x188]"),
    );
    minimum(&checks::MINIMUM_TCB, reported, generation, rules.minimum_tcb.as_deref(), log);
    minimum(&checks::MINIMUM_LAUNCH_TCB, launch, generation, rules.minimum_launch_tcb.as_deref(), log);
    let (least, svn) = (rules.minimum_guest_svn.unwrap_or(0), raw.guest_svn());
    let finding = Finding::new(format!("at least {least}"), svn.to_string()).at("report[0x4..0x8]");
    log.assess(&checks::GUEST_SVN, svn >= least, finding);
}

/// A policy that sets floors and names none for this generation refuses it: absent is not satisfied.
fn minimum(
    spec: &'static CheckSpec,
    tcb: Tcb,
    generation: Generation,
    floors: Option<&[ProductFloor]>,
    log: &mut Log<'_>,
) {
    let Some(floors) = floors else {
        log.assess(spec, true, Finding::new("no floor in the policy", tcb.describe()));
        return;
    };
    let named: Vec<&TcbFloor> =
        floors.iter().filter(|floor| floor.generation == generation).map(|floor| &floor.floor).collect();
    let finding = if named.is_empty() {
        Some(Finding::new(
            "a floor for this generation",
            format!("none for {}", generation::name(generation)),
        ))
    } else {
        named.iter().find_map(|floor| tcb.below(floor)).map(|(name, least, level)| {
            let found = level.map_or_else(|| format!("no {name}"), |level| format!("{name} {level}"));
            Finding::new(format!("{name} at least {least}"), found)
        })
    };
    let holds = finding.is_none();
    log.assess(spec, holds, finding.unwrap_or_else(|| Finding::new("not below the floor", tcb.describe())));
}

fn identity(report: &AuthenticReport, rules: &SnpRules, log: &mut Log<'_>) {
    let raw = report.raw();
    named(
        &checks::HOST_DATA,
        rules.host_data.as_deref(),
        Some(&hex(&raw.host_data())),
        "report[0xc0..0xe0]",
        log,
    );
    named(
        &checks::FAMILY_ID,
        rules.family_ids.as_deref(),
        Some(&hex(&raw.family_id())),
        "report[0x10..0x20]",
        log,
    );
    named(
        &checks::IMAGE_ID,
        rules.image_ids.as_deref(),
        Some(&hex(&raw.image_id())),
        "report[0x20..0x30]",
        log,
    );
    named(
        &checks::REPORT_ID,
        rules.report_ids.as_deref(),
        Some(&hex(&raw.report_id())),
        "report[0x140..0x160]",
        log,
    );
    named(
        &checks::ID_KEY,
        rules.id_key_digests.as_deref(),
        Some(&hex(&raw.id_key_digest())),
        "report[0xe0..0x110]",
        log,
    );
    let author = raw.author_key_enabled().then(|| hex(&raw.author_key_digest()));
    let authors = rules.author_key_digests.as_deref();
    named(&checks::AUTHOR_KEY, authors, author.as_deref(), "report[0x110..0x140]", log);
    let csp_id = report.vek().extensions().csp_id.as_deref();
    named(&checks::CSP_ID, rules.csp_ids.as_deref(), csp_id, "vek cspID", log);
}

/// A value must be one of those that the policy names; without names there is nothing to compare.
fn named(
    spec: &'static CheckSpec,
    names: Option<&[String]>,
    found: Option<&str>,
    at: &str,
    log: &mut Log<'_>,
) {
    let holds = names.is_none_or(|names| found.is_some_and(|found| names.iter().any(|name| name == found)));
    let expected = names.map_or_else(|| "any".into(), |names| names.join(" or "));
    log.assess(spec, holds, Finding::new(expected, found.unwrap_or("none")).at(at));
}

/// Dated advisories that no field of a report can show to be mended.
fn advisories(report: &AuthenticReport, log: &mut Log<'_>) {
    if report.vek().generation() == Generation::Milan {
        let text = "arXiv 2605.12990 (May 2026) reports that the seed of Milan's VCEKs can be extracted, which would make \
                    any Milan report forgeable; `snp.generations` in the policy can leave Milan out";
        log.note(NoteKind::Advisory, "arXiv-2605.12990", text, "");
    }
}
