//! The directory of a zip (APPNOTE.TXT, 6.3.10), range by range: says which bytes it wants, and lists the
//! members. What it says of a member must be what lies at its place.
//!
//! Stricter than what reads zips elsewhere: the directory ends where its end begins, the end ends with the
//! file, and all of it is used, so that no two readers see two different archives.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::error::{Error, ErrorKind};
use crate::name::{self, FILES};
use crate::order::sorted;

/// Bytes of the end record without its comment, and the longest comment (4.3.16).
const END: u64 = 22;
const COMMENT: u64 = 0xffff;

/// Bytes of the Zip64 locator (4.3.15), the Zip64 end record (4.3.14), an entry of the directory (4.3.12) and a
/// member's own header (4.3.7), without what is of any length.
const LOCATOR: u64 = 20;
const END_64: u64 = 56;
const ENTRY: usize = 46;
const OWN: u64 = 30;

/// Bytes of a directory: more than any of the greatest number of members with the longest names.
const MOST: u64 = 64 * 1024 * 1024;

/// The type bits of a Unix mode (`S_IFMT`), of a regular file and of a link.
const TYPE: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;
const LINK: u32 = 0o120_000;

/// Flags (4.4.4): encrypted, sizes behind the data, strongly encrypted, masked header.
const ENCRYPTED: u16 = 1;
const BEHIND: u16 = 1 << 3;
const STRONG: u16 = 1 << 6;
const MASKED: u16 = 1 << 13;

/// Methods (4.4.5).
const STORED: u16 = 0;
const DEFLATED: u16 = 8;

/// Reads the directory. Errors have no file.
pub(crate) struct Directory {
    size: u64,
    state: State,
}

enum State {
    /// The end of the file is wanted.
    End,
    /// The Zip64 end record is wanted.
    End64 {
        at: u64,
        locator: u64,
        entries: Option<u64>,
    },
    /// The directory itself is wanted.
    Entries {
        at: u64,
        bytes: u64,
        entries: u64,
    },
    Listed {
        at: u64,
        members: Vec<Listed>,
    },
}

/// A file of the directory.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    /// Its path below the top.
    pub(crate) path: String,
    /// Its bytes when it is unpacked, as the directory says.
    pub(crate) size: u64,
    crc: u32,
    packed: u64,
    raw: Vec<u8>,
    method: u16,
    at: u64,
}

/// Where the data of a member lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// Where its own header begins.
    pub(crate) header: u64,
    /// The first byte of its data.
    pub(crate) start: u64,
    /// The byte behind them.
    pub(crate) end: u64,
    /// Whether they are deflated, or stored as they are.
    pub(crate) deflated: bool,
}

impl Directory {
    /// That of a file of this size.
    pub(crate) const fn new(size: u64) -> Self {
        Self { size, state: State::End }
    }

    /// Where the bytes begin that are wanted, and how many; nothing once all is known.
    pub(crate) fn wants(&self) -> Option<(u64, u64)> {
        match self.state {
            State::End => {
                let bytes = self.size.min(END.saturating_add(COMMENT).saturating_add(LOCATOR));
                Some((self.size.saturating_sub(bytes), bytes))
            }
            State::End64 { at, .. } => Some((at, END_64)),
            State::Entries { at, bytes, .. } => Some((at, bytes)),
            State::Listed { .. } => None,
        }
    }

    /// Takes the bytes that were wanted.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.state = match self.state {
            State::End => self.end(bytes)?,
            State::End64 { at, locator, entries } => end_64(bytes, at, locator, entries)?,
            State::Entries { at, entries, .. } => State::Listed { at, members: list(bytes, entries)? },
            State::Listed { .. } => return Ok(()),
        };
        match self.state {
            State::Entries { bytes, .. } if bytes > MOST => Err(unsound("its directory is too large").of("")),
            State::Entries { entries, .. } if entries > u64::try_from(FILES).unwrap_or(u64::MAX) => {
                Err(ErrorKind::TooMany { limit: FILES }.of(""))
            }
            _ => Ok(()),
        }
    }

    /// The files, once nothing is wanted any more.
    pub(crate) fn members(&self) -> &[Listed] {
        if let State::Listed { members, .. } = &self.state { members } else { &[] }
    }

    /// Refuses members that share bytes with each other or with the directory.
    pub(crate) fn apart(&self, places: &[Place]) -> Result<(), Error> {
        let mut behind = 0;
        let header = |index: usize| places.get(index).map(|place| place.header);
        for index in sorted(places.len(), &|one, other| header(one) < header(other)) {
            let Some(Place { header, end, .. }) = places.get(index) else { continue };
            if *header < behind {
                return Err(ErrorKind::Overlap.of(""));
            }
            behind = *end;
        }
        match self.state {
            State::Listed { at, .. } if behind <= at => Ok(()),
            _ => Err(ErrorKind::Overlap.of("")),
        }
    }

    fn end(&self, bytes: &[u8]) -> Result<State, Error> {
        let none = || unsound("it has no directory, as when it is cut off").of("");
        let fixed = usize::try_from(END).unwrap_or_default();
        let mut windows = bytes.windows(fixed).enumerate();
        let (skipped, record) =
            windows.rfind(|(_, window)| window.starts_with(b"PK\x05\x06")).ok_or_else(none)?;
        let start = self.size.saturating_sub(length(bytes)).saturating_add(length_of(skipped));
        let mut fields = Fields(record.get(4..).unwrap_or_default());
        let (disk, first_disk) = (fields.two(), fields.two());
        let (here, entries) = (fields.two(), fields.two());
        let (directory, at) = (fields.four(), fields.four());
        let behind = start.saturating_add(END).saturating_add(u64::from(fields.two()));
        if behind != self.size {
            return Err(ErrorKind::Trailing.of(""));
        }
        if disk != first_disk || here != entries {
            return Err(unsound("it is a part of several").of(""));
        }
        let before = skipped.checked_sub(usize::try_from(LOCATOR).unwrap_or_default());
        let locator = before.and_then(|from| bytes.get(from..skipped));
        if let Some(found) = locator.filter(|found| found.starts_with(b"PK\x06\x07")) {
            let mut fields = Fields(found.get(8..).unwrap_or_default());
            let entries = (entries != u16::MAX).then_some(u64::from(entries));
            return Ok(State::End64 { at: fields.eight(), locator: start.saturating_sub(LOCATOR), entries });
        }
        entries_until(start, u64::from(at), u64::from(directory), u64::from(entries))
    }
}

fn end_64(bytes: &[u8], at: u64, locator: u64, expected: Option<u64>) -> Result<State, Error> {
    let wrong = || unsound("the two ends of its directory disagree").of("");
    let mut fields = Fields(bytes.strip_prefix(b"PK\x06\x06").ok_or_else(wrong)?);
    let size = fields.eight();
    let (_versions, disk, first_disk) = (fields.four(), fields.four(), fields.four());
    let (here, entries) = (fields.eight(), fields.eight());
    let (directory, start) = (fields.eight(), fields.eight());
    let own = at.checked_add(12).and_then(|from| from.checked_add(size));
    if own != Some(locator)
        || disk != first_disk
        || here != entries
        || expected.is_some_and(|known| known != entries)
    {
        return Err(wrong());
    }
    entries_until(at, start, directory, entries)
}

/// The directory lies right before its end.
fn entries_until(end: u64, at: u64, bytes: u64, entries: u64) -> Result<State, Error> {
    if at.checked_add(bytes) != Some(end) {
        return Err(unsound("its directory is not where its end says").of(""));
    }
    Ok(State::Entries { at, bytes, entries })
}

fn list(mut bytes: &[u8], entries: u64) -> Result<Vec<Listed>, Error> {
    let mut files = Vec::new();
    let mut count: u64 = 0;
    while !bytes.is_empty() {
        let (listed, rest) = entry(bytes)?;
        files.extend(listed);
        bytes = rest;
        count = count.saturating_add(1);
    }
    if count != entries {
        return Err(unsound("it has another number of members than it says").of(""));
    }
    Ok(files)
}

/// The first entry, if it is a file, and what follows it.
fn entry(bytes: &[u8]) -> Result<(Option<Listed>, &[u8]), Error> {
    let cut = || unsound("its directory is cut off").of("");
    let (fixed, rest) = bytes.split_at_checked(ENTRY).ok_or_else(cut)?;
    let mut fields = Fields(fixed.strip_prefix(b"PK\x01\x02").ok_or_else(cut)?);
    let (made_by, _needed, flags, method) = (fields.two(), fields.two(), fields.two(), fields.two());
    let (_moment, crc, packed, size) = (fields.four(), fields.four(), fields.four(), fields.four());
    let (name, extra, comment) = (fields.two(), fields.two(), fields.two());
    let (_disk, _internal, external, at) = (fields.two(), fields.two(), fields.four(), fields.four());
    let (raw, rest) = rest.split_at_checked(usize::from(name)).ok_or_else(cut)?;
    let (extra, rest) = rest.split_at_checked(usize::from(extra)).ok_or_else(cut)?;
    let (_, rest) = rest.split_at_checked(usize::from(comment)).ok_or_else(cut)?;
    let here = |kind: ErrorKind| kind.at("", String::from_utf8_lossy(raw));
    if flags & (ENCRYPTED | STRONG | MASKED) != 0 {
        return Err(here(ErrorKind::Encrypted));
    }
    let mut wide = Fields(extended(extra, &[size, packed, at]).map_err(here)?);
    let mut full = |value: u32| if value == u32::MAX { wide.eight() } else { u64::from(value) };
    let (size, packed, at) = (full(size), full(packed), full(at));
    if let Some(bare) = raw.strip_suffix(b"/") {
        name::member(bare).map_err(here)?;
        return if size == 0 { Ok((None, rest)) } else { Err(here(unsound("a folder with content"))) };
    }
    regular(made_by, external).map_err(here)?;
    if !matches!(method, STORED | DEFLATED) {
        return Err(here(ErrorKind::Compression { method: format!("method {method}") }));
    }
    let path = name::member(raw).map_err(here)?;
    Ok((Some(Listed { path, size, crc, packed, raw: raw.into(), method, at }), rest))
}

/// The Zip64 values (4.5.3), which stand for those that have no room. Nothing where all have.
fn extended<'x>(mut extra: &'x [u8], values: &[u32]) -> Result<&'x [u8], ErrorKind> {
    let full = values.iter().filter(|value| **value == u32::MAX).count();
    if full == 0 {
        return Ok(&[]);
    }
    let missing = || unsound("a size or place is missing");
    loop {
        let (head, rest) = extra.split_at_checked(4).ok_or_else(missing)?;
        let mut fields = Fields(head);
        let (id, bytes) = (fields.two(), usize::from(fields.two()));
        let (value, rest) = rest.split_at_checked(bytes).ok_or_else(missing)?;
        if id == 1 {
            return Some(value).filter(|value| value.len() / 8 >= full).ok_or_else(missing);
        }
        extra = rest;
    }
}

/// Systems that keep a Unix mode there (4.4.2): Unix, and macOS.
fn regular(made_by: u16, external: u32) -> Result<(), ErrorKind> {
    if !matches!(made_by >> 8, 3 | 19) {
        return Ok(());
    }
    match (external >> 16) & TYPE {
        0 | REGULAR => Ok(()),
        LINK => Err(ErrorKind::Special { what: "a symbolic link" }),
        _ => Err(ErrorKind::Special { what: "a device, a pipe or another special member" }),
    }
}

impl Listed {
    /// Where the bytes of its own header begin that [`Listed::place`] wants, and how many.
    pub(crate) fn own(&self) -> (u64, u64) {
        (self.at, OWN.saturating_add(length(&self.raw)))
    }

    /// Where its data lie, once its own header says the same as the directory.
    pub(crate) fn place(&self, header: &[u8]) -> Result<Place, Error> {
        let other = || unsound("its own header says something else than the directory").at("", &self.path);
        let (fixed, name) =
            header.split_at_checked(usize::try_from(OWN).unwrap_or_default()).ok_or_else(other)?;
        let mut fields = Fields(fixed.strip_prefix(b"PK\x03\x04").ok_or_else(other)?);
        let (_needed, flags, method) = (fields.two(), fields.two(), fields.two());
        let (_moment, crc, packed, size) = (fields.four(), fields.four(), fields.four(), fields.four());
        let (named, extra) = (fields.two(), fields.two());
        let same = |own: u32, listed: u64| own == u32::MAX || u64::from(own) == listed;
        let sizes =
            flags & BEHIND != 0 || (crc == self.crc && same(packed, self.packed) && same(size, self.size));
        let hidden = flags & (ENCRYPTED | STRONG | MASKED) != 0;
        if hidden
            || !sizes
            || method != self.method
            || name != self.raw
            || length_of(named.into()) != length(name)
        {
            return Err(other());
        }
        let (_, own) = self.own();
        let start = self.at.saturating_add(own).saturating_add(extra.into());
        let end = start.saturating_add(self.packed);
        Ok(Place { header: self.at, start, end, deflated: method == DEFLATED })
    }

    /// Refuses what was unpacked where it is not what the directory says.
    pub(crate) fn check(&self, size: u64, crc: u32) -> Result<(), Error> {
        if size != self.size {
            return Err(unsound("it unpacks to another size").at("", &self.path));
        }
        if crc != self.crc {
            return Err(unsound("its checksum is another").at("", &self.path));
        }
        Ok(())
    }
}

fn length(bytes: &[u8]) -> u64 {
    length_of(bytes.len())
}

fn length_of(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// Not a sound archive.
pub(crate) fn unsound(reason: &str) -> ErrorKind {
    ErrorKind::Archive { reason: reason.into() }
}

/// Numbers one after the other, the lowest byte first. Behind the last they are zero; whoever reads them made
/// sure that all are there.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let Some((first, rest)) = self.0.split_first_chunk() else { return [0; N] };
        self.0 = rest;
        *first
    }

    fn two(&mut self) -> u16 {
        u16::from_le_bytes(self.bytes())
    }

    fn four(&mut self) -> u32 {
        u32::from_le_bytes(self.bytes())
    }

    fn eight(&mut self) -> u64 {
        u64::from_le_bytes(self.bytes())
    }
}
