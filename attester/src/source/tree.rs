//! Git's tree over the files as they lie in the folder.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use gix::ObjectId;
use gix::hash::Kind as HashKind;
use gix::object::Kind;
use gix::objs::compute_hash;

use super::{Mode, SourceFile};
use crate::failure::{At as _, Done, Failure};

/// An entry of a folder: its mode and id.
type Entry = (&'static str, ObjectId);

/// The id of the tree over the files, read back from the folder.
pub(super) fn recompute(files: &[SourceFile], folder: &Path) -> Done<ObjectId> {
    let mut folders: BTreeMap<String, BTreeMap<Vec<u8>, Entry>> = BTreeMap::new();
    folders.entry(String::new()).or_default();
    for file in files {
        let at = folder.join(&file.path);
        let bytes = if file.mode == Mode::Link {
            fs::read_link(&at).at("read the link", &at)?.as_os_str().as_bytes().to_vec()
        } else {
            fs::read(&at).at("read", &at)?
        };
        let id = hash(Kind::Blob, &bytes)?;
        put(&mut folders, &file.path, (file.mode.octal(), id));
    }
    // The deepest folders first, so that each one's id is known when its parent is hashed.
    let mut paths: Vec<String> = folders.keys().cloned().collect();
    paths.sort_by_key(|path| core::cmp::Reverse(path.matches('/').count()));
    let mut root = None;
    for path in paths {
        let id = hash(Kind::Tree, &tree(folders.get(&path)))?;
        if path.is_empty() {
            root = Some(id);
        } else {
            put(&mut folders, path.trim_end_matches('/'), ("40000", id));
        }
    }
    root.ok_or_else(|| Failure::build("the commit has no tree"))
}

/// Puts an entry into its folder, and makes the folders above it known.
fn put(folders: &mut BTreeMap<String, BTreeMap<Vec<u8>, Entry>>, path: &str, entry: Entry) {
    let (folder, name) = match path.rsplit_once('/') {
        Some((folder, name)) => (format!("{folder}/"), name),
        None => (String::new(), path),
    };
    // Git sorts a folder as if its name ended in a slash.
    let mut key = name.as_bytes().to_vec();
    if entry.0 == "40000" {
        key.push(b'/');
    }
    let mut above = folder.as_str();
    while let Some((parent, _)) = above.trim_end_matches('/').rsplit_once('/') {
        let end = parent.len().saturating_add(1);
        above = above.get(..end).unwrap_or_default();
        folders.entry(above.to_owned()).or_default();
    }
    folders.entry(folder).or_default().insert(key, entry);
}

fn tree(entries: Option<&BTreeMap<Vec<u8>, Entry>>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, (mode, id)) in entries.into_iter().flatten() {
        bytes.extend_from_slice(mode.as_bytes());
        bytes.push(b' ');
        bytes.extend_from_slice(name.strip_suffix(b"/").unwrap_or(name));
        bytes.push(0);
        bytes.extend_from_slice(id.as_slice());
    }
    bytes
}

fn hash(kind: Kind, bytes: &[u8]) -> Done<ObjectId> {
    compute_hash(HashKind::Sha1, kind, bytes)
        .map_err(|_| Failure::build("a file's bytes look like an attack on SHA-1"))
}
