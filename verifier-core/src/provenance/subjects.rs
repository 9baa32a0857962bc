//! The outputs of the build.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::names;
use super::read::{Read, describe, is_sha256};
use crate::index::Index;
use crate::json::Value;
use crate::limits::{LISTED, SUBJECTS};
use crate::log::{Finding, Log, Stopped};
use crate::text::unhex;
use crate::verdict::{Authority, NoteKind};

/// One output of the build: a safe name and the SHA-256 of its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    name: String,
    sha256: [u8; 32],
}

impl Subject {
    /// The name: a relative path with `/` between its parts.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// SHA-256 of the output's bytes.
    #[must_use]
    pub const fn sha256(&self) -> &[u8; 32] {
        &self.sha256
    }
}

pub(super) fn appraise(document: &Value<'_>, log: &mut Log<'_>) -> Result<Vec<Subject>, Stopped> {
    let mut others = 0;
    let subjects = log.obtain(&super::SUBJECTS, read(document, &mut others))?;
    for (index, subject) in subjects.iter().enumerate().take(LISTED) {
        log.claim("subject", &subject.name, Authority::Provenance, format!("/subject/{index}/name"));
    }
    if subjects.len() > LISTED {
        let text = format!("{} subjects, of which the first {LISTED} are listed", subjects.len());
        log.note(NoteKind::Information, "provenance.subjects", text, "/subject");
    }
    if others > 0 {
        let text = format!("{others} digests of other algorithms than SHA-256 were not compared");
        log.note(NoteKind::Information, "provenance.subjects.other_digests", text, "/subject");
    }
    Ok(subjects)
}

pub(super) fn read(document: &Value<'_>, others: &mut usize) -> Read<Vec<Subject>> {
    let expected = "a list of at least one subject";
    let value = document.get("subject");
    let refused = |found: &str| Finding::new(expected, found).at("/subject");
    let list = value.and_then(Value::as_array).ok_or_else(|| refused(&describe(value)))?;
    match list.len() {
        0 => return Err(refused("an empty list")),
        count if count > SUBJECTS => return Err(refused(&format!("{count}, more than {SUBJECTS}"))),
        _ => {}
    }
    let mut subjects: Vec<Subject> = Vec::with_capacity(list.len());
    let mut refused = None;
    for (index, entry) in list.iter().enumerate() {
        match one(entry, others) {
            Ok(subject) => subjects.push(subject),
            Err(fault) => {
                let at = format!("/subject/{index}{}", fault.below);
                refused = Some(Finding::new(fault.expected, fault.found).at(at));
                break;
            }
        }
    }
    // The first that is amiss counts, and those that were read stand before the one that was refused.
    let keys: Vec<String> = subjects.iter().map(|subject| names::twin_key(&subject.name)).collect();
    let twin = Index::of(&keys).repeated().and_then(|at| Some((at, subjects.get(at)?)));
    if let Some((index, subject)) = twin {
        let found = format!("`{}`, as an earlier one but for case or spelling", subject.name);
        let found = Finding::new("names that differ on every file system", found);
        return Err(found.at(format!("/subject/{index}/name")));
    }
    if let Some(refused) = refused {
        return Err(refused);
    }
    let found = format!("{} of them", subjects.len());
    Ok((subjects, Finding::new(expected, found).at("/subject")))
}

struct Fault {
    expected: &'static str,
    found: String,
    below: &'static str,
}

fn one(entry: &Value<'_>, others: &mut usize) -> Result<Subject, Fault> {
    let name = entry.get("name");
    let text = name.and_then(Value::as_str).ok_or_else(|| Fault {
        expected: "a name",
        found: describe(name).into_owned(),
        below: "/name",
    })?;
    if let Some(why) = names::fault(text) {
        let found = format!("`{text}`: {why}");
        return Err(Fault { expected: "a safe relative path", found, below: "/name" });
    }
    let digest = entry.get("digest");
    let sha256 = digest.and_then(|digest| digest.get("sha256"));
    let hex = sha256.and_then(Value::as_str).filter(|text| is_sha256(text));
    let Some(bytes) = hex.and_then(unhex::<32>) else {
        let found = describe(sha256).into_owned();
        return Err(Fault { expected: "64 lower-case hex characters", found, below: "/digest/sha256" });
    };
    let algorithms = digest.and_then(Value::as_object).map_or(0, <[_]>::len);
    *others = others.saturating_add(algorithms.saturating_sub(1));
    Ok(Subject { name: text.into(), sha256: bytes })
}
