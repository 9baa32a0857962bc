//! Tar archives, plain or compressed.

use std::io::Read;

use tar::EntryType;

use super::bounded::{Bounded, Budget};
use crate::assemble::Assembly;
use crate::error::{Error, ErrorKind};
use crate::name;
use crate::read::Input;
use crate::watch::Watch;

/// Reads the members of a tar.
pub(crate) fn read(
    plain: impl Read,
    limit: u64,
    source: &str,
    hash: bool,
    watch: &mut Watch<'_>,
) -> Result<Input, Error> {
    let budget = Budget::new(limit);
    let mut archive = tar::Archive::new(Bounded::new(plain, budget.clone()));
    let mut assembly = Assembly::new(source, hash, watch);
    let broken = |error: std::io::Error| budget.explain(&own_words(&error)).of(source);
    for entry in archive.entries().map_err(broken)? {
        member(&mut entry.map_err(broken)?, source, &budget, &mut assembly)?;
    }
    tail(archive.into_inner()).map_err(|kind| budget.explain_kind(kind).of(source))?;
    assembly.finish_archive()
}

/// After a colon the reader quotes the archive, which may be anything.
fn own_words(error: &std::io::Error) -> std::io::Error {
    let text = error.to_string();
    std::io::Error::other(text.split(':').next().unwrap_or_default())
}

fn member(
    entry: &mut tar::Entry<'_, impl Read>,
    source: &str,
    budget: &Budget,
    assembly: &mut Assembly<'_, '_>,
) -> Result<(), Error> {
    let kind = entry.header().entry_type();
    // `git archive` puts the commit there; it has no file.
    if kind == EntryType::XGlobalHeader {
        return Ok(());
    }
    let raw = entry.path_bytes().into_owned();
    let shown = String::from_utf8_lossy(&raw).into_owned();
    let at = |kind: ErrorKind| kind.at(source, &shown);
    if kind == EntryType::Directory {
        return folder(&raw).map_err(at);
    }
    if let Some(what) = refused(kind) {
        return Err(at(ErrorKind::Special { what }));
    }
    let path = name::member(&raw).map_err(at)?;
    assembly.name(&path)?;
    let size = entry.size();
    assembly
        .member(&path, size, entry)
        .map_err(|error| Error { kind: budget.explain_kind(error.kind), ..error })
}

/// A folder's name has a slash at its end; the top may be called `./`.
fn folder(raw: &[u8]) -> Result<(), ErrorKind> {
    let bare = raw.strip_suffix(b"/").unwrap_or(raw);
    if bare == b"." { Ok(()) } else { name::member(bare).map(|_| ()) }
}

fn refused(kind: EntryType) -> Option<&'static str> {
    match kind {
        EntryType::Regular => None,
        EntryType::Symlink => Some("a symbolic link"),
        EntryType::Link => Some("a hard link"),
        EntryType::Char | EntryType::Block => Some("a device"),
        EntryType::Fifo => Some("a pipe"),
        EntryType::GNUSparse => Some("a sparse member"),
        _ => Some("a member of an unknown kind"),
    }
}

/// After the end mark a tar has zeros only; anything else would be seen by some readers and not by
/// others.
fn tail(mut rest: impl Read) -> Result<(), ErrorKind> {
    let mut piece = vec![0; 64 * 1024];
    loop {
        let count = rest.read(&mut piece).map_err(|error| ErrorKind::io(&error))?;
        let bytes = piece.get(..count).unwrap_or_default();
        if bytes.is_empty() {
            return Ok(());
        }
        if bytes.iter().any(|byte| *byte != 0) {
            return Err(ErrorKind::Trailing);
        }
    }
}
