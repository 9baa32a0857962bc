//! What the JSON schema can't say of a policy: lists that are not empty, hex of the right length,
//! ids that exist.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

mod dstack;
mod nitro;
mod tdx;

use super::document::{LevelRule, Measurement, PcrValue, PolicyDocument, SnpRules};
use super::error::{PolicyError, PolicyErrorKind};
use crate::platform::{self, Platform, RegisterDigest, RegisterField, Registers};
use crate::text::{echo, unhex, unhex_any};
use crate::time::Timestamp;

type Checked = Result<(), Box<PolicyError>>;

/// Refuses a document in which some rule could never apply.
pub(super) fn check(document: &PolicyDocument) -> Checked {
    if document.schema != super::SCHEMA {
        return Err(PolicyErrorKind::Schema.placed("/schema"));
    }
    times(document)?;
    origin(document)?;
    measurements(document)?;
    document.snp.as_ref().map_or(Ok(()), snp)?;
    document.tdx.as_ref().map_or(Ok(()), tdx::check)?;
    azure(document)?;
    document.dstack.as_ref().map_or(Ok(()), dstack::check)?;
    document.nitro.as_ref().map_or(Ok(()), nitro::check)?;
    machines(document)?;
    levels(document)?;
    waivers(document)
}

fn times(document: &PolicyDocument) -> Checked {
    for (field, value) in [("/issued", &document.issued), ("/expires", &document.expires)] {
        if let Some(text) = value
            && Timestamp::from_rfc3339(text).is_none()
        {
            return Err(expected("a time such as `2027-01-01T00:00:00Z`").placed(field));
        }
    }
    let time = |text: &Option<String>| text.as_deref().and_then(Timestamp::from_rfc3339);
    match (time(&document.issued), time(&document.expires)) {
        (Some(issued), Some(expires)) if expires < issued => {
            Err(expected("a time that is not before `issued`").placed("/expires"))
        }
        _ => Ok(()),
    }
}

fn origin(document: &PolicyDocument) -> Checked {
    names(document.platforms.as_ref(), "/platforms")?;
    for (index, label) in document.platforms.iter().flatten().enumerate() {
        known_platform(label, &format!("/platforms/{index}"))?;
    }
    names(document.builders.as_ref(), "/builders")?;
    filled(document.digest_forms.as_ref(), "/digest_forms")?;
    filled(document.build_types.as_ref(), "/build_types")?;
    distinct(document.build_types.as_deref(), |rule| rule.uri.as_str(), "/build_types", "uri")?;
    for (index, rule) in document.build_types.iter().flatten().enumerate() {
        names(rule.external_parameters.as_ref(), &format!("/build_types/{index}/external_parameters"))?;
        names(rule.build_commands.as_ref(), &format!("/build_types/{index}/build_commands"))?;
    }
    names(document.sandbox.as_ref(), "/sandbox")?;
    if let Some(source) = &document.source {
        if source.uris.is_none() && source.commits.is_none() && source.trees.is_none() {
            return Err(PolicyErrorKind::Empty.placed("/source"));
        }
        names(source.uris.as_ref(), "/source/uris")?;
        git_ids(source.commits.as_ref(), "/source/commits")?;
        git_ids(source.trees.as_ref(), "/source/trees")?;
    }
    match &document.nonce {
        // All zero is how a builder says that no nonce was given, so it can't be demanded.
        Some(nonce) if unhex::<16>(nonce).is_none_or(|bytes| bytes == [0; 16]) => {
            Err(expected("16 bytes of lower-case hex, not all zero").placed("/nonce"))
        }
        _ => Ok(()),
    }
}

fn measurements(document: &PolicyDocument) -> Checked {
    filled(document.measurements.as_ref(), "/measurements")?;
    distinct(document.measurements.as_deref(), |one| one.id.as_str(), "/measurements", "id")?;
    for (index, measurement) in document.measurements.iter().flatten().enumerate() {
        let at = format!("/measurements/{index}");
        if !is_claimed_whole(&measurement.id) {
            return Err(expected(CLAIMED).placed(format!("{at}/id")));
        }
        known_platform(&measurement.platform, &format!("{at}/platform"))?;
        one_measurement(measurement, &at)?;
    }
    Ok(())
}

fn one_measurement(measurement: &Measurement, at: &str) -> Checked {
    let launch = unhex::<48>(&measurement.launch_digest);
    if launch.is_none_or(|bytes| bytes == [0; 48]) {
        return Err(
            expected("48 bytes of lower-case hex, not all zero").placed(format!("{at}/launch_digest"))
        );
    }
    let known = platform::find(&measurement.platform).and_then(Platform::registers);
    for (field, name) in [(RegisterField::Pcrs, "pcrs"), (RegisterField::Rtmrs, "rtmrs")] {
        let at = format!("{at}/{name}");
        match (measurement.registers(field), known.filter(|known| known.field == field)) {
            (None, _) => {}
            (Some(_), None) => return Err(expected("no such registers: this platform has none").placed(at)),
            (Some(values), Some(known)) => registers(values, known, &at)?,
        }
    }
    Ok(())
}

fn registers(values: &Vec<PcrValue>, known: &Registers, at: &str) -> Checked {
    filled(Some(values), at)?;
    let mut seen: Vec<u32> = Vec::new();
    for (index, value) in values.iter().enumerate() {
        if value.index > known.highest || seen.contains(&value.index) {
            let what = "an index that the platform's registers have, once each";
            return Err(expected(what).placed(format!("{at}/{index}/index")));
        }
        seen.push(value.index);
        let (sound, what) = match (known.digest, &value.sha256, &value.sha384) {
            (RegisterDigest::Sha256, Some(text), None) => {
                (unhex::<32>(text).is_some(), "`sha256`, 32 bytes of lower-case hex")
            }
            (RegisterDigest::Sha256, ..) => (false, "`sha256`, and no other digest"),
            (RegisterDigest::Sha384, None, Some(text)) => {
                (unhex::<48>(text).is_some(), "`sha384`, 48 bytes of lower-case hex")
            }
            (RegisterDigest::Sha384, ..) => (false, "`sha384`, and no other digest"),
        };
        if !sound {
            return Err(expected(what).placed(format!("{at}/{index}")));
        }
    }
    Ok(())
}

fn snp(rules: &SnpRules) -> Checked {
    filled(rules.report_versions.as_ref(), "/snp/report_versions")?;
    if rules.report_versions.iter().flatten().any(|version| !(2..=5).contains(version)) {
        return Err(expected("versions from 2 to 5").placed("/snp/report_versions"));
    }
    filled(rules.generations.as_ref(), "/snp/generations")?;
    filled(rules.vmpl.as_ref(), "/snp/vmpl")?;
    if rules.vmpl.iter().flatten().any(|level| *level > 3) {
        return Err(expected("levels from 0 to 3").placed("/snp/vmpl"));
    }
    filled(rules.minimum_tcb.as_ref(), "/snp/minimum_tcb")?;
    filled(rules.minimum_launch_tcb.as_ref(), "/snp/minimum_launch_tcb")?;
    hexes::<32>(rules.host_data.as_ref(), "/snp/host_data")?;
    hexes::<16>(rules.family_ids.as_ref(), "/snp/family_ids")?;
    hexes::<16>(rules.image_ids.as_ref(), "/snp/image_ids")?;
    hexes::<32>(rules.report_ids.as_ref(), "/snp/report_ids")?;
    hexes::<48>(rules.id_key_digests.as_ref(), "/snp/id_key_digests")?;
    hexes::<48>(rules.author_key_digests.as_ref(), "/snp/author_key_digests")?;
    names(rules.csp_ids.as_ref(), "/snp/csp_ids")?;
    if let Some(bits) = rules.guest_policy.as_ref().and_then(|policy| policy.tolerate_bits.as_ref()) {
        filled(Some(bits), "/snp/guest_policy/tolerate_bits")?;
        if bits.iter().any(|bit| !(26..=63).contains(bit)) {
            return Err(expected("reserved bits, 26 to 63").placed("/snp/guest_policy/tolerate_bits"));
        }
    }
    Ok(())
}

fn azure(document: &PolicyDocument) -> Checked {
    let Some(rules) = &document.azure else { return Ok(()) };
    hexes::<64>(rules.user_data.as_ref(), "/azure/user_data")?;
    filled(rules.reset_counts.as_ref(), "/azure/reset_counts")?;
    match &rules.minimum_tpm_firmware {
        Some(text) if unhex::<8>(text).is_none() => {
            Err(expected("8 bytes of lower-case hex").placed("/azure/minimum_tpm_firmware"))
        }
        _ => Ok(()),
    }
}

fn machines(document: &PolicyDocument) -> Checked {
    let Some(rules) = &document.machines else { return Ok(()) };
    if rules.allow.is_none() && rules.deny.is_none() {
        return Err(PolicyErrorKind::Empty.placed("/machines"));
    }
    for (field, list) in [("/machines/allow", &rules.allow), ("/machines/deny", &rules.deny)] {
        filled(list.as_ref(), field)?;
        for (index, entry) in list.iter().flatten().enumerate() {
            if !platform::identifies_machine(&entry.claim) {
                return Err(expected("a claim that identifies a machine, such as `snp.chip_id`")
                    .placed(format!("{field}/{index}/claim")));
            }
            if !is_claimed_whole(&entry.value) {
                return Err(expected(CLAIMED).placed(format!("{field}/{index}/value")));
            }
        }
    }
    Ok(())
}

fn levels(document: &PolicyDocument) -> Checked {
    filled(document.levels.as_ref(), "/levels")?;
    let both = |rule: &LevelRule| (rule.measurement.clone(), rule.builder.clone());
    distinct(document.levels.as_deref(), both, "/levels", "builder")?;
    for (index, rule) in document.levels.iter().flatten().enumerate() {
        let at = format!("/levels/{index}");
        let named = document.measurements.iter().flatten().any(|known| known.id == rule.measurement);
        if !named {
            return Err(
                expected("the id of a measurement of this policy").placed(format!("{at}/measurement"))
            );
        }
        if !is_claimed_whole(&rule.builder) {
            return Err(expected(CLAIMED).placed(format!("{at}/builder")));
        }
        if !(1..=3).contains(&rule.level) {
            return Err(expected("a level from 1 to 3").placed(format!("{at}/level")));
        }
    }
    Ok(())
}

fn waivers(document: &PolicyDocument) -> Checked {
    filled(document.waivers.as_ref(), "/waivers")?;
    for (index, waiver) in document.waivers.iter().flatten().enumerate() {
        let at = format!("/waivers/{index}");
        let spec = platform::all_checks().find(|spec| spec.id == waiver.id);
        match spec {
            None => return Err(PolicyErrorKind::UnknownCheck.placed(format!("{at}/id"))),
            Some(spec) if !spec.waivable => {
                return Err(PolicyErrorKind::NotWaivable.placed(format!("{at}/id")));
            }
            Some(_) => {}
        }
        if waiver.reason.trim().is_empty() {
            return Err(expected("a reason").placed(format!("{at}/reason")));
        }
    }
    Ok(())
}

fn known_platform(label: &str, at: &str) -> Checked {
    if platform::find(label).is_some() { Ok(()) } else { Err(PolicyErrorKind::UnknownPlatform.placed(at)) }
}

fn expected(what: &'static str) -> PolicyErrorKind {
    PolicyErrorKind::Value { expected: what }
}

fn filled<T>(list: Option<&Vec<T>>, at: &str) -> Checked {
    if list.is_some_and(Vec::is_empty) { Err(PolicyErrorKind::Empty.placed(at)) } else { Ok(()) }
}

/// Refuses a second rule for one thing: the first alone would apply.
fn distinct<'l, T, K: PartialEq>(
    list: Option<&'l [T]>,
    key: impl Fn(&'l T) -> K,
    at: &str,
    field: &str,
) -> Checked {
    let mut seen: Vec<K> = Vec::new();
    for (index, one) in list.into_iter().flatten().enumerate() {
        let key = key(one);
        if seen.contains(&key) {
            return Err(PolicyErrorKind::Duplicate.placed(format!("{at}/{index}/{field}")));
        }
        seen.push(key);
    }
    Ok(())
}

/// Whether a claim can have this value: claims are cut and escaped for whoever reads them, and a rule that
/// compares another text with them could never apply.
fn is_claimed_whole(text: &str) -> bool {
    !text.is_empty() && echo(text) == text
}

/// What [`is_claimed_whole`] takes.
const CLAIMED: &str = "a text of at most 200 characters, all of which can be seen";

fn names(list: Option<&Vec<String>>, at: &str) -> Checked {
    filled(list, at)?;
    for (index, name) in list.into_iter().flatten().enumerate() {
        if name.is_empty() {
            return Err(expected("a text that is not empty").placed(format!("{at}/{index}")));
        }
    }
    Ok(())
}

fn hexes<const N: usize>(list: Option<&Vec<String>>, at: &str) -> Checked {
    filled(list, at)?;
    for (index, text) in list.into_iter().flatten().enumerate() {
        if unhex::<N>(text).is_none() {
            return Err(expected("lower-case hex of the field's length").placed(format!("{at}/{index}")));
        }
    }
    Ok(())
}

/// Git object ids are SHA-1 or SHA-256.
fn git_ids(list: Option<&Vec<String>>, at: &str) -> Checked {
    filled(list, at)?;
    for (index, text) in list.into_iter().flatten().enumerate() {
        let length = unhex_any(text).map(|bytes| bytes.len());
        if !matches!(length, Some(20 | 32)) {
            return Err(expected("20 or 32 bytes of lower-case hex").placed(format!("{at}/{index}")));
        }
    }
    Ok(())
}
