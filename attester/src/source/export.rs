//! Writes the files of a tree.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Component, Path, PathBuf};

use gix::ObjectId;
use gix::objs::tree::EntryKind;
use sha2::{Digest as _, Sha256};

use super::{Mode, SourceFile};
use crate::failure::{At as _, Done, Failure};
use crate::interrupt;

/// Folders below each other.
const DEPTH: usize = 64;
/// Files in a tree.
const FILES: usize = 500_000;
/// Folders in a tree. Ten folders with the same ten in each, and so on, take no room in a repository and all
/// of a disk; the largest projects have some ten thousand.
const FOLDERS: usize = 100_000;
/// Bytes of all files together: what a requester may send. The same holds of one file under many names.
const BYTES: u64 = 4 << 30;
/// Bytes of one path.
const PATH_BYTES: usize = 4096;

/// Writes every file of the tree into an empty folder.
pub(super) fn export(repository: &gix::Repository, tree: ObjectId, into: &Path) -> Done<Vec<SourceFile>> {
    let mut files = Vec::new();
    let mut pending = vec![(tree, String::new(), 0_usize)];
    let (mut folders, mut left) = (0_usize, BYTES);
    while let Some((id, prefix, depth)) = pending.pop() {
        if depth > DEPTH {
            return Err(Failure::usage(format!("`{prefix}` lies more than {DEPTH} folders deep")));
        }
        let object = repository.find_tree(id).map_err(|error| missing(&prefix, &error))?;
        let decoded = object.decode().map_err(|error| missing(&prefix, &error))?;
        interrupt::check()?;
        folders = folders.saturating_add(1);
        if decoded.entries.is_empty() && !prefix.is_empty() {
            return Err(Failure::usage(format!("`{prefix}` is an empty folder, which no commit has")));
        }
        for entry in &decoded.entries {
            if folders > FOLDERS || files.len() >= FILES {
                return Err(Failure::usage(format!(
                    "the commit has more than {FOLDERS} folders or {FILES} files; build a smaller part of it"
                )));
            }
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
                EntryKind::Blob => files.push(write(repository, id, path, Mode::File, into, &mut left)?),
                EntryKind::BlobExecutable => {
                    files.push(write(repository, id, path, Mode::Executable, into, &mut left)?);
                }
                EntryKind::Link => files.push(write(repository, id, path, Mode::Link, into, &mut left)?),
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
        || name.contains(['/', '\\'])
        || name.chars().any(char::is_control);
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
    left: &mut u64,
) -> Done<SourceFile> {
    let blob = repository.find_object(id).map_err(|error| missing(&path, &error))?;
    let size = u64::try_from(blob.data.len()).unwrap_or(u64::MAX);
    *left = left.checked_sub(size).ok_or_else(|| {
        Failure::usage(format!("the files of the commit have more than {} GiB", BYTES >> 30))
    })?;
    let at = into.join(&path);
    if mode == Mode::Link {
        let target = link(&path, &blob.data)?;
        symlink(&target, &at).at("make the link", &at)?;
    } else {
        // Only a new file: a tree may name one twice, first as a link that leads elsewhere.
        let mut file = fs::File::create_new(&at).at("write", &at)?;
        file.write_all(&blob.data).at("write", &at)?;
        let bits = if mode == Mode::Executable { 0o755 } else { 0o644 };
        file.set_permissions(fs::Permissions::from_mode(bits)).at("set the mode of", &at)?;
    }
    Ok(SourceFile { sha256: Sha256::digest(&blob.data).into(), path, mode })
}

/// The target of a link, which must stay inside the project. `..` stands only at its beginning: behind the
/// name of another link it would go up from wherever that one leads, and not from here.
fn link(path: &str, target: &[u8]) -> Done<PathBuf> {
    let refused = || {
        Failure::usage(format!(
            "the link `{path}` leads out of the project, or could; have it lead to a file of the project, with `..` only at its beginning"
        ))
    };
    let target = PathBuf::from(core::str::from_utf8(target).map_err(|_| refused())?);
    let mut above = Path::new(path).components().count().saturating_sub(1);
    let mut down = false;
    for part in target.components() {
        match part {
            Component::Normal(_) => down = true,
            Component::CurDir => {}
            Component::ParentDir if !down => above = above.checked_sub(1).ok_or_else(refused)?,
            _ => return Err(refused()),
        }
    }
    if target.as_os_str().is_empty() { Err(refused()) } else { Ok(target) }
}
