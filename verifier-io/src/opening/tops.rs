//! The folder among names, which is all that whoever has no file system knows of folders.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::error::{Error, ErrorKind};
use crate::input::{ARTIFACTS, EVIDENCE, PROJECT, PROVENANCE};
use crate::name;
use crate::order::sorted;

/// A folder of a bundle.
pub(super) struct Folder {
    /// Its name, as far as it has one.
    pub(super) name: String,
    /// Its members by their paths, in the order in which a folder is read: those beside the provenance, and
    /// the artifacts.
    pub(super) members: Vec<(String, usize)>,
    /// Files in other folders of it, which play no part.
    pub(super) aside: Vec<usize>,
    /// Files beside the folder.
    pub(super) beside: Vec<usize>,
}

/// Whether a folder below the one that was given has to be listed.
pub(super) fn enters(path: &str) -> bool {
    let bundle = path.strip_prefix(PROJECT).and_then(|rest| rest.strip_prefix('/'));
    path == PROJECT || bundle.unwrap_or(path).split('/').next() == Some(ARTIFACTS)
}

/// The folder, where the names have one. Names of documents without any folder beside names with one are
/// those of a folder whose own name was left out.
pub(super) fn folder(names: &[&str], hash: bool) -> Result<Option<Folder>, Error> {
    let Some((top, _)) = names.iter().find_map(|name| name.split_once('/')) else { return Ok(None) };
    let bare = names.iter().any(|name| matches!(*name, PROVENANCE | EVIDENCE));
    let within = if bare { String::new() } else { format!("{top}/") };
    let project = format!("{within}{PROJECT}/");
    let in_project = !names.contains(&format!("{within}{PROVENANCE}").as_str())
        && names.iter().any(|name| name.starts_with(&project));
    let prefix = if in_project { &project } else { &within };
    let shown = prefix.trim_end_matches('/');
    let mut folder =
        Folder { name: shown.into(), members: Vec::new(), aside: Vec::new(), beside: Vec::new() };
    for (index, name) in names.iter().enumerate() {
        let Some(path) = name.strip_prefix(prefix.as_str()) else {
            match name.split_once('/') {
                None => folder.beside.push(index),
                Some((other, _)) if other == top => folder.aside.push(index),
                Some((other, _)) => return Err(ErrorKind::Folder.of(other)),
            }
            continue;
        };
        name::path(path).map_err(|kind| kind.at(shown, path))?;
        let part = path.split_once('/').is_none_or(|(first, _)| first == ARTIFACTS && hash);
        if part {
            folder.members.push((path.into(), index));
        } else {
            folder.aside.push(index);
        }
    }
    let parts = |index: usize| folder.members.get(index).into_iter().flat_map(|(path, _)| path.split('/'));
    let order = sorted(folder.members.len(), &|one, other| parts(one).lt(parts(other)));
    folder.members = order.iter().filter_map(|index| folder.members.get(*index).cloned()).collect();
    Ok(Some(folder))
}
