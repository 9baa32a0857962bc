//! The signed text: `commit_hash=…,artifact_name=…,artifact_hash=…`.

use super::{ONE_READING, USER_DATA, USER_DATA_AT, VALUES};
use crate::log::{Finding, Log, Stopped};
use crate::platform::nitro::AuthenticDocument;
use crate::provenance::names;
use crate::text::{unhex, unhex_any};

/// What an authentic document's text says.
pub(super) struct Signed<'d> {
    pub(super) commit: &'d str,
    pub(super) name: &'d str,
    pub(super) sha256: [u8; 32],
}

/// Takes a text apart without a log, for fuzzing.
#[cfg(fuzzing)]
pub(super) fn fuzz(user_data: &[u8]) -> Option<Signed<'_>> {
    values(parts(text(user_data).ok()?.0).ok()?.0).ok().map(|(signed, _)| signed)
}

/// Takes the text apart.
///
/// The text joins its values with commas and escapes none. Whoever chooses a value with a comma in
/// it (the build chooses the artifact's name) could write a second commit or hash into it, and
/// readers that look for the first or for the last `artifact_hash=` would see two different things.
/// So there must be exactly three parts, each with its name, in order.
pub(super) fn read<'d>(document: &'d AuthenticDocument, log: &mut Log<'_>) -> Result<Signed<'d>, Stopped> {
    let user_data = document.user_data().unwrap_or_default();
    let text = log.obtain(&USER_DATA, text(user_data))?;
    let parts = log.obtain(&ONE_READING, parts(text))?;
    log.obtain(&VALUES, values(parts))
}

fn text(user_data: &[u8]) -> Result<(&str, Finding), Finding> {
    let expected = "`commit_hash=…`";
    match core::str::from_utf8(user_data) {
        Ok(text) if text.starts_with("commit_hash=") => {
            Ok((text, Finding::new(expected, text).at(USER_DATA_AT)))
        }
        Ok(text) => Err(Finding::new(expected, text).at(USER_DATA_AT)),
        Err(_) => Err(Finding::new(expected, "bytes that are no UTF-8").at(USER_DATA_AT)),
    }
}

fn parts(text: &str) -> Result<([&str; 3], Finding), Finding> {
    let finding = Finding::new("commit_hash=…,artifact_name=…,artifact_hash=…", text).at(USER_DATA_AT);
    let mut pieces = text.split(',');
    let mut value = |name: &str| pieces.next()?.strip_prefix(name)?.strip_prefix('=');
    let values = (value("commit_hash"), value("artifact_name"), value("artifact_hash"));
    match (values, pieces.next()) {
        ((Some(commit), Some(name), Some(hash)), None) => Ok(([commit, name, hash], finding)),
        _ => Err(finding),
    }
}

fn values([commit, name, hash]: [&str; 3]) -> Result<(Signed<'_>, Finding), Finding> {
    let refused = |expected: &str, found: &str| Err(Finding::new(expected, found).at(USER_DATA_AT));
    // A git object id is a SHA-1 or a SHA-256.
    if !unhex_any(commit).is_some_and(|id| matches!(id.len(), 20 | 32)) {
        return refused("20 or 32 bytes of lower-case hex", commit);
    }
    if let Some(fault) = names::fault(name).or_else(|| name.contains('/').then_some("it has a folder")) {
        return refused("a safe file name", fault);
    }
    match unhex::<32>(hash) {
        Some(sha256) => {
            Ok((Signed { commit, name, sha256 }, Finding::new("a commit, a name and a SHA-256", "these")))
        }
        None => refused("32 bytes of lower-case hex", hash),
    }
}
