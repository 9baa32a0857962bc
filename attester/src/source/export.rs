//! Writes the files of a tree.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Component, Path, PathBuf};

use gix::ObjectId;
use gix::objs::tree::EntryKind;
use sha2::{Digest as _, Sha256};

use super::{Mode, SourceFile};
use crate::failure::{At as _, Done, Failure};

/// Folders below each other.
const DEPTH: usize = 64;
/// Files in a tree.
const FILES: usize = 500_000;
/// Bytes of one path.
const PATH_BYTES: usize = 4096;

/// Writes every file of the tree into an empty folder.
pub(super) fn export(repository: &gix::Repository, tree: ObjectId, into: &Path) -> Done<Vec<SourceFile>> {
    let mut files = Vec::new();
    let mut pending = vec![(tree, String::new(), 0_usize)];
    while let Some((id, prefix, depth)) = pending.pop() {
        if depth > DEPTH {
            return Err(Failure::usage(format!("`{prefix}` lies more than {DEPTH} folders deep")));
        }
        let object = repository.find_tree(id).map_err(|error| missing(&prefix, &error))?;
        let decoded = object.decode().map_err(|error| missing(&prefix, &error))?;
        for entry in &decoded.entries {
            let path = join(&prefix, entry.filename)?;
            let id = entry.oid.to_owned();
            match entry.mode.kind() {
                EntryKind::Tree => {
                    fs::create_dir(into.join(&path)).at("make the folder", Path::new(&path))?;
                    pending.push((id, format!("{path}/"), depth.saturating_add(1)));
                }
                EntryKind::Commit => {
                    return Err(Failure::usage(format!(
                        "`{path}` is a Git submodule, whose files are in no commit of this repository; vendor them"
                    )));
                }
                EntryKind::Blob => files.push(write(repository, id, path, Mode::File, into)?),
                EntryKind::BlobExecutable => files.push(write(repository, id, path, Mode::Executable, into)?),
                EntryKind::Link => files.push(write(repository, id, path, Mode::Link, into)?),
            }
            if files.len() > FILES {
                return Err(Failure::usage(format!("the commit has more than {FILES} files")));
            }
        }
    }
    files.sort_by(|one, two| one.path.cmp(&two.path));
    Ok(files)
}

fn missing(path: &str, error: &dyn core::fmt::Display) -> Failure {
    Failure::build(format!("`{path}` can't be read from the repository: {error}"))
}

/// The path of an entry. What a tree may not hold on any file system is refused.
fn join(prefix: &str, name: &[u8]) -> Done<String> {
    let name = core::str::from_utf8(name)
        .map_err(|_| Failure::usage(format!("a file name below `{prefix}` is not UTF-8")))?;
    let hostile = matches!(name, "" | "." | "..")
        || name.eq_ignore_ascii_case(".git")
        || name.contains(['/', '\\', '\0', '\n', '\r']);
    if hostile || prefix.len().saturating_add(name.len()) > PATH_BYTES {
        return Err(Failure::usage(format!(
            "`{prefix}{}` is no name that a tree may hold",
            name.escape_debug()
        )));
    }
    Ok(format!("{prefix}{name}"))
}

fn write(
    repository: &gix::Repository,
    id: ObjectId,
    path: String,
    mode: Mode,
    into: &Path,
) -> Done<SourceFile> {
    let blob = repository.find_object(id).map_err(|error| missing(&path, &error))?;
    let at = into.join(&path);
    if mode == Mode::Link {
        let target = link(&path, &blob.data)?;
        symlink(&target, &at).at("make the link", &at)?;
    } else {
        fs::write(&at, &blob.data).at("write", &at)?;
        let bits = if mode == Mode::Executable { 0o755 } else { 0o644 };
        fs::set_permissions(&at, fs::Permissions::from_mode(bits)).at("set the mode of", &at)?;
    }
    Ok(SourceFile { sha256: Sha256::digest(&blob.data).into(), path, mode })
}

/// The target of a link, which must stay inside the project.
fn link(path: &str, target: &[u8]) -> Done<PathBuf> {
    let refused = || Failure::usage(format!("the link `{path}` leads out of the project"));
    let target = PathBuf::from(core::str::from_utf8(target).map_err(|_| refused())?);
    let mut depth = Path::new(path).components().count().saturating_sub(1);
    for part in target.components() {
        depth = match part {
            Component::Normal(_) => depth.saturating_add(1),
            Component::CurDir => depth,
            Component::ParentDir => depth.checked_sub(1).ok_or_else(refused)?,
            Component::RootDir | Component::Prefix(_) => return Err(refused()),
        };
    }
    if target.as_os_str().is_empty() { Err(refused()) } else { Ok(target) }
}
