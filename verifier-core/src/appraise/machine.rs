//! What the policy demands of the machine, on every platform: its image, its firmware, its identity.
//!
//! All of it compares claims that the platform recorded from authentic bytes.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::log::{Finding, Log};
use crate::platform::{Platform, RegisterDigest, Registers};
use crate::policy::{Claimed, Measurement, Policy, TcbFloor};
use crate::verdict::{Authority, CheckSpec, NoteKind, Stage, checks};

checks! {
    /// The checks of the machine that all platforms share.
    CHECKS;

    /// The launch digest is one that the policy names.
    MEASUREMENT = CheckSpec::new(
        "machine.measurement", Stage::Machine, Authority::Hardware,
        "the launch digest is one that the policy names",
        "platforms.md, 11 and 18",
        "compare the launch digest with the one that the image's maker published, then name it in the policy",
    ).pinning();
    /// The registers are those that the policy names with the launch digest.
    PCRS = CheckSpec::new(
        "machine.pcrs", Stage::Machine, Authority::Hardware,
        "where the launch digest alone does not name what ran, the registers (PCRs or RTMRs) are those that the policy names",
        "platforms.md, 18, 23 and 28",
        "compare the registers with those that the image's maker published, then name them beside the launch digest",
    ).pinning();
    /// The firmware is not below the floor that the policy sets for this image.
    TCB_FLOOR = CheckSpec::new(
        "machine.minimum_tcb", Stage::Machine, Authority::Hardware,
        "the firmware is not below the floor that the policy sets for this image",
        "platforms.md, 10",
        "have the build repeated on a machine with newer firmware, or lower the floor in the policy",
    );
    /// The machine is allowed and not denied.
    IDENTITY = CheckSpec::new(
        "machine.identity", Stage::Machine, Authority::Hardware,
        "the machine's identity is one that the policy takes",
        "platforms.md, 30",
        "have the build repeated on a machine of the policy's list, or change the list",
    );
}

/// Performs the checks.
pub(crate) fn appraise(platform: &'static dyn Platform, policy: &Policy, log: &mut Log<'_>) {
    let matched = measurement(platform, policy, log);
    let floor = matched.and_then(|measurement| measurement.minimum_tcb.as_ref());
    tcb_floor(floor, log);
    identity(platform, policy, log);
}

fn measurement<'p>(
    platform: &'static dyn Platform,
    policy: &'p Policy,
    log: &mut Log<'_>,
) -> Option<&'p Measurement> {
    let claim = platform.measurement_claim();
    let launch = log.claimed(claim).unwrap_or_default().to_string();
    let named: Vec<&Measurement> = policy.measurements(platform.family()).collect();
    if policy.document().measurements.is_none() {
        log.unnamed(&MEASUREMENT, Finding::new("the policy names no measurement", &launch).at(claim));
        log.unnamed(&PCRS, Finding::new("the policy names no measurement", pcr_summary(platform, log)));
        return None;
    }
    let images: Vec<&Measurement> = named.into_iter().filter(|known| known.launch_digest == launch).collect();
    let expected = "a launch digest of the policy";
    if !log.assess(&MEASUREMENT, !images.is_empty(), Finding::new(expected, &launch).at(claim)) {
        return None;
    }
    let matched = images.iter().copied().find(|known| first_difference(platform, known, log).is_none());
    pcrs(platform, &images, matched, log);
    let matched = matched?;
    log.claim("policy.measurement", &matched.id, Authority::Policy, "/measurements");
    Some(matched)
}

fn pcrs(platform: &dyn Platform, images: &[&Measurement], matched: Option<&Measurement>, log: &mut Log<'_>) {
    let found = pcr_summary(platform, log);
    match matched {
        Some(measurement) => match platform.registers().and_then(|known| unpinned(measurement, known)) {
            None => {
                log.assess(&PCRS, true, Finding::new(format!("those of `{}`", measurement.id), found));
            }
            Some(expected) => log.unnamed(&PCRS, Finding::new(expected, found)),
        },
        None => {
            let names: Vec<&str> = images.iter().map(|known| known.id.as_str()).collect();
            let first =
                images.iter().find_map(|known| first_difference(platform, known, log)).unwrap_or_default();
            log.assess(&PCRS, false, Finding::new(format!("those of `{}`", names.join("` or `")), first));
        }
    }
}

fn pcr_summary(platform: &dyn Platform, log: &Log<'_>) -> String {
    let Some(known) = platform.registers() else {
        return "this platform has no registers to pin".into();
    };
    let claimed = |index: &u32| log.claimed(&format!("{}{index}", known.claims)).is_some();
    format!("{} signed {}s", (0..=known.highest).filter(claimed).count(), known.name)
}

/// What the measurement would have to name before it names what ran; `None` where it does.
fn unpinned(measurement: &Measurement, known: &Registers) -> Option<String> {
    let named = measurement.registers(known.field).map(Vec::as_slice).unwrap_or_default();
    let has = |index: &u32| named.iter().any(|value| value.index == *index);
    match known.required.iter().find(|index| !has(index)) {
        Some(index) => Some(format!("`{}` names no {} {index}", measurement.id, known.name)),
        None if named.is_empty() => {
            Some(format!("`{}` names no {}s, so nobody named the guest", measurement.id, known.name))
        }
        None => None,
    }
}

fn first_difference(platform: &dyn Platform, measurement: &Measurement, log: &Log<'_>) -> Option<String> {
    // The policy's rules refuse a measurement with registers that its platform does not have.
    let known = platform.registers()?;
    measurement.registers(known.field).into_iter().flatten().find_map(|value| {
        let found = log.claimed(&format!("{}{}", known.claims, value.index));
        let expected = match known.digest {
            RegisterDigest::Sha256 => value.sha256.as_deref(),
            RegisterDigest::Sha384 => value.sha384.as_deref(),
        };
        // Absent on both sides is no match.
        (found.is_none() || found != expected).then(|| {
            format!(
                "{} {} is {} where `{}` has {}",
                known.name,
                value.index,
                found.unwrap_or("not there"),
                measurement.id,
                expected.unwrap_or("none")
            )
        })
    })
}

fn tcb_floor(floor: Option<&TcbFloor>, log: &mut Log<'_>) {
    let Some(floor) = floor else {
        log.assess(&TCB_FLOOR, true, Finding::new("no floor for this image", "nothing to compare"));
        return;
    };
    let components = [
        ("fmc", floor.fmc),
        ("bootloader", floor.bootloader),
        ("tee", floor.tee),
        ("snp", floor.snp),
        ("microcode", floor.microcode),
    ];
    let short = components.into_iter().find_map(|(name, least)| {
        let least = least?;
        let found = log.claimed(&format!("snp.tcb.reported.{name}")).and_then(|text| text.parse::<u8>().ok());
        (found.is_none_or(|level| level < least)).then(|| {
            (
                format!("{name} at least {least}"),
                found.map_or_else(|| "none".into(), |level| level.to_string()),
            )
        })
    });
    let (expected, found) =
        short.clone().unwrap_or_else(|| ("the floor of this image".into(), "not below it".into()));
    log.assess(&TCB_FLOOR, short.is_none(), Finding::new(expected, found).at("snp.tcb.reported"));
}

fn identity(platform: &dyn Platform, policy: &Policy, log: &mut Log<'_>) {
    let Some(rules) = &policy.document().machines else {
        log.assess(&IDENTITY, true, Finding::new("no list of machines", "nothing to compare"));
        return;
    };
    // Identities are hex, GUIDs and names in ASCII. Azure itself spells the same GUID in both cases,
    // and a denied machine must not slip through in the other one.
    let same = |entry: &&Claimed| {
        log.claimed(&entry.claim).is_some_and(|value| value.eq_ignore_ascii_case(&entry.value))
    };
    if let Some(denied) = rules.deny.iter().flatten().find(same) {
        let finding = Finding::new("a machine that is not denied", &denied.value).at(&denied.claim);
        log.assess(&IDENTITY, false, finding);
        return;
    }
    let Some(allow) = &rules.allow else {
        log.assess(&IDENTITY, true, Finding::new("a machine that is not denied", "not denied"));
        return;
    };
    // Each kind of identity that the list speaks of and the evidence has must be one of the list's,
    // and at least one must be there.
    let kinds = platform
        .identity_claims()
        .iter()
        .filter(|kind| log.claimed(kind).is_some() && allow.iter().any(|entry| entry.claim == **kind));
    let kinds: Vec<&str> = kinds.copied().collect();
    let stranger = kinds.iter().find(|kind| !allow.iter().any(|entry| entry.claim == **kind && same(&entry)));
    let found = match stranger {
        Some(kind) => log.claimed(kind).unwrap_or_default().to_string(),
        None if kinds.is_empty() => "no identity that the list speaks of".into(),
        None => "a machine of the list".into(),
    };
    let holds = stranger.is_none() && !kinds.is_empty();
    log.assess(&IDENTITY, holds, Finding::new("a machine of the list", found));
}

/// Says the SLSA build level that the operator grants; 1 where nothing is granted.
pub(crate) fn level(policy: &Policy, log: &mut Log<'_>) {
    let measurement = log.claimed("policy.measurement");
    let builder = log.claimed("build.builder");
    let granted = policy
        .document()
        .levels
        .iter()
        .flatten()
        .find(|rule| measurement == Some(rule.measurement.as_str()) && builder == Some(rule.builder.as_str()))
        .map_or(1, |rule| rule.level);
    log.claim("slsa.build_level", granted.to_string(), Authority::Policy, "/levels");
    for waiver in policy.document().waivers.iter().flatten() {
        log.note(
            NoteKind::Danger,
            "policy.waiver",
            format!("`{}` is waived: {}", waiver.id, waiver.reason),
            "/waivers",
        );
    }
}
