//! One commit with its trees and files, and nothing else of a repository, from one side to the other.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::path::Path;

use gix::ObjectId;
use gix::object::Kind;
use gix::objs::Write as _;

use super::Item;
use super::frame::{self, Budget};
use crate::failure::{Done, Failure};

/// What is taken of a source: 4 GiB in a million objects.
const SOURCE: Budget = Budget { bytes: 4 << 30, items: 1 << 20 };

/// Bytes of one object, which is kept in memory until it is written.
const OBJECT_BYTES: u64 = 512 << 20;

/// Sends a commit, its trees and its files, each once.
pub(super) fn send(stream: &mut impl Write, repository: &gix::Repository, commit: ObjectId) -> Done {
    let mut known = BTreeSet::new();
    let mut pending = vec![commit];
    while let Some(id) = pending.pop() {
        if !known.insert(id) {
            continue;
        }
        let missing = |error: &dyn core::fmt::Display| {
            Failure::build(format!("object {id} can't be read from the repository: {error}"))
        };
        let object = repository.find_object(id).map_err(|error| missing(&error))?;
        match object.kind {
            Kind::Commit => {
                let read = gix::objs::CommitRef::from_bytes(&object.data, id.kind());
                pending.push(read.map_err(|error| missing(&error))?.tree());
            }
            Kind::Tree => {
                let tree = gix::objs::TreeRef::from_bytes(&object.data, id.kind());
                // A submodule's commit lies elsewhere; the build machine says so.
                let entries = tree.map_err(|error| missing(&error))?.entries;
                let inside = entries.iter().filter(|entry| !entry.mode.is_commit());
                pending.extend(inside.map(|entry| entry.oid.to_owned()));
            }
            _ => {}
        }
        frame::write_item(stream, &Item::named(object.kind.to_string()), object.data.as_slice())?;
    }
    frame::end(stream)
}

/// Writes what comes into a new repository. Names of objects are computed here: what a commit doesn't
/// lead to is of no use to whoever sent it.
pub(super) fn receive(stream: &mut impl Read, folder: &Path) -> Done {
    let cant = |error: &dyn core::fmt::Display| Failure::usage(format!("the source can't be kept: {error}"));
    let repository = gix::init_bare(folder).map_err(|error| cant(&error))?;
    let mut budget = SOURCE;
    while let Some(item) = frame::next_item(stream, &mut budget, &mut |_| ())? {
        let kind = Kind::from_bytes(item.name.as_bytes()).map_err(|error| cant(&error))?;
        let mut bytes = Vec::new();
        let before = budget.bytes;
        budget.bytes = before.min(OBJECT_BYTES);
        let given = budget.bytes;
        frame::pieces(stream, &mut bytes, &mut budget)?;
        budget.bytes = before.saturating_sub(given.saturating_sub(budget.bytes));
        repository.objects.write_buf(kind, &bytes).map_err(|error| cant(&error))?;
    }
    Ok(())
}
