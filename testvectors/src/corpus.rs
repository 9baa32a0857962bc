//! The corpus as files: minting it, and comparing it with what is on disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use kettle_verifier_core::policy::PolicyDocument;
use serde::{Deserialize, Serialize};

use crate::case::{CaseDocument, json, run};
use crate::cases::{self, Source};
use crate::intel;
use crate::nitro;
use crate::policies;
use crate::proofs;
use crate::trust::TrustRootFile;

/// The files of the corpus by their path below `testvectors/`.
pub type Files = BTreeMap<String, Vec<u8>>;

/// `index.json`: every case, so that a runner notices when it finds fewer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Index {
    /// `kettle-testvectors/v1`.
    pub schema: String,
    /// The ids of the cases, sorted.
    pub cases: Vec<String>,
}

/// Folders and files that are minted: what lies in them and is not minted is an error.
const MINTED: [&str; 6] = ["cases", "policies", "roots", "trust-root.json", "index.json", "proofs.json"];

/// The folder `testvectors/`.
#[must_use]
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Mints the whole corpus.
///
/// # Errors
/// Every case whose verdict does not bear out its author's statement.
pub fn mint() -> Result<Files, Vec<String>> {
    let shared = shared();
    let minted = in_parallel(&cases::all(), |source| one(source, &shared));
    let mut files = shared;
    let (mut ids, mut wrong) = (Vec::new(), Vec::new());
    for (id, case) in minted {
        if ids.contains(&id) {
            wrong.push(format!("{id}: this id comes twice"));
        }
        ids.push(id);
        match case {
            Ok(case) => files.extend(case),
            Err(reason) => wrong.push(reason),
        }
    }
    ids.sort();
    let index = Index { schema: "kettle-testvectors/v1".into(), cases: ids };
    files.insert("index.json".into(), json(&index));
    files.insert("proofs.json".into(), json(&proofs::cases()));
    if wrong.is_empty() { Ok(files) } else { Err(wrong) }
}

/// Mints a case: its id, and its files or what is wrong with it.
fn one(source: &Source, shared: &Files) -> (String, Result<Files, String>) {
    let case = source();
    let id = case.document.id.clone();
    let mut files: Files = case.files().into_iter().collect();
    let document: CaseDocument = serde_json::from_slice(&files[&format!("cases/{id}/case.json")]).unwrap();
    let answer = run(&document, &|path| files.get(path).unwrap_or_else(|| &shared[path]).clone());
    let expected = answer.expected();
    if !answer.bears_out(&case.expect) {
        let reason = format!("{:?}, and not {} by `{}`", case.expect, expected.outcome, expected.decided_by);
        return (id.clone(), Err(format!("{id}: {reason}")));
    }
    files.insert(format!("cases/{id}/expected.json"), json(&expected));
    (id, Ok(files))
}

/// Does work on every core; results keep the order of what was given.
pub fn in_parallel<T: Sync, R: Send>(given: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = given.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let work = &work;
        let parts: Vec<_> = given
            .chunks(share)
            .map(|part| scope.spawn(move || part.iter().map(work).collect::<Vec<R>>()))
            .collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
    })
}

fn shared() -> Files {
    let own = |path: &str, text: String| (path.to_owned(), text.into_bytes());
    Files::from([
        own("trust-root.json", TrustRootFile::sound().json()),
        own(policies::PINNED, policies::json(&policies::pinned())),
        own(intel::TRUST_ROOT, intel::trust_root()),
        own(intel::POLICY, policies::json(&intel::policy())),
        own(intel::DSTACK_POLICY, policies::json(&intel::dstack_policy())),
        own(nitro::TRUST_ROOT, nitro::trust_root()),
        own(nitro::POLICY, policies::json(&nitro::policy())),
        own(nitro::IMAGE_POLICY, policies::json(&nitro::image_policy())),
        own(policies::EMPTY, policies::json(&PolicyDocument::empty())),
    ])
}

/// What differs between the minted files and those on disk, one line each.
#[must_use]
pub fn differences(files: &Files, root: &Path) -> Vec<String> {
    let stored = stored(root);
    let changed = files.iter().filter_map(|(path, bytes)| match stored.get(path) {
        None => Some(format!("{path} is missing")),
        Some(found) if found != bytes => Some(format!("{path} differs")),
        Some(_) => None,
    });
    let left =
        stored.keys().filter(|path| !files.contains_key(*path)).map(|path| format!("{path} is left over"));
    changed.chain(left).collect()
}

/// Writes the minted files, and takes away what is left of earlier ones.
///
/// # Errors
/// Where a file can't be written.
pub fn write(files: &Files, root: &Path) -> std::io::Result<()> {
    for path in stored(root).keys().filter(|path| !files.contains_key(*path)) {
        std::fs::remove_file(root.join(path))?;
    }
    for (path, bytes) in files {
        let path = root.join(path);
        if std::fs::read(&path).is_ok_and(|found| found == *bytes) {
            continue;
        }
        std::fs::create_dir_all(path.parent().unwrap())?;
        std::fs::write(path, bytes)?;
    }
    Ok(())
}

/// The minted files that are on disk.
#[must_use]
pub fn stored(root: &Path) -> Files {
    let mut files = Files::new();
    let mut pending: Vec<PathBuf> = MINTED.iter().map(|name| root.join(name)).collect();
    while let Some(path) = pending.pop() {
        if path.is_dir() {
            pending.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.is_file() {
            let parts = path.strip_prefix(root).unwrap().iter().map(|part| part.to_str().unwrap());
            files.insert(parts.collect::<Vec<_>>().join("/"), std::fs::read(&path).unwrap());
        }
    }
    files
}
