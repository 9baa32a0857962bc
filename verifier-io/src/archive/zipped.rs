//! Zip archives. What the central directory says of a member must be what lies at its place.

use std::fs::File;
use std::io::Read as _;

use flate2::read::DeflateDecoder;
use rawzip::{CompressionMethod, ZipArchive, ZipArchiveEntryWayfinder, ZipFileHeaderRecord};

use super::bounded::{Bounded, Budget};
use crate::assemble::Assembly;
use crate::error::{Error, ErrorKind};
use crate::file::Opened;
use crate::name::{self, FILES};
use crate::read::Input;
use crate::watch::Watch;

/// The type bits of a Unix mode (`S_IFMT`), of a regular file and of none at all.
const TYPE: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;

type Archive = ZipArchive<rawzip::FileReader>;

struct Listed {
    path: String,
    raw: Vec<u8>,
    method: CompressionMethod,
    size: u64,
    offset: u64,
    wayfinder: ZipArchiveEntryWayfinder,
}

/// Reads the members of a zip.
pub(crate) fn read(
    opened: Opened,
    limit: u64,
    source: &str,
    hash: bool,
    watch: &mut Watch<'_>,
) -> Result<Input, Error> {
    let budget = Budget::new(limit);
    let size = opened.size;
    let archive = open(opened.file, size).map_err(|kind| kind.of(source))?;
    let mut assembly = Assembly::new(source, hash, watch);
    let members = list(&archive, source, &mut assembly)?;
    let mut extents: Vec<(u64, u64)> = Vec::new();
    for member in &members {
        let extent = one(&archive, member, &budget, &mut assembly).map_err(|error| Error {
            kind: budget.explain_kind(error.kind),
            file: source.into(),
            ..error
        })?;
        extents.push(extent);
    }
    extents.sort_unstable();
    let overlap = extents.windows(2).any(|pair| matches!(pair, [(_, end), (start, _)] if end > start));
    let directory = archive.directory_offset();
    if overlap || extents.last().is_some_and(|(_, end)| *end > directory) {
        return Err(ErrorKind::Overlap.of(source));
    }
    assembly.finish_archive()
}

fn open(file: File, size: u64) -> Result<Archive, ErrorKind> {
    let mut buffer = vec![0; rawzip::RECOMMENDED_BUFFER_SIZE];
    let archive = ZipArchive::from_file(file, &mut buffer).map_err(|error| broken(&error))?;
    if archive.end_offset() != size {
        return Err(ErrorKind::Trailing);
    }
    Ok(archive)
}

/// The files of the central directory.
fn list(archive: &Archive, source: &str, assembly: &mut Assembly<'_, '_>) -> Result<Vec<Listed>, Error> {
    let mut buffer = vec![0; rawzip::MAX_CENTRAL_DIRECTORY_RECORD_SIZE];
    let mut entries = archive.entries(&mut buffer);
    let mut files = Vec::new();
    let mut count: u64 = 0;
    while let Some(record) = entries.next_entry().map_err(|error| broken(&error).of(source))? {
        count = count.saturating_add(1);
        if count > u64::try_from(FILES).unwrap_or(u64::MAX) {
            return Err(ErrorKind::TooMany { limit: FILES }.of(source));
        }
        let raw = record.file_path().as_bytes().to_vec();
        let shown = String::from_utf8_lossy(&raw).into_owned();
        if let Some(listed) = listed(&record, raw).map_err(|kind| kind.at(source, &shown))? {
            assembly.name(&listed.path)?;
            files.push(listed);
        }
    }
    if count != archive.entries_hint() {
        let reason = "it has another number of members than it says".into();
        return Err(ErrorKind::Archive { reason }.of(source));
    }
    Ok(files)
}

fn listed(record: &ZipFileHeaderRecord<'_>, raw: Vec<u8>) -> Result<Option<Listed>, ErrorKind> {
    let flags = record.flags();
    if flags.is_encrypted() || flags.has_strong_encryption() {
        return Err(ErrorKind::Encrypted);
    }
    if let Some(bare) = raw.strip_suffix(b"/") {
        name::member(bare)?;
        if record.uncompressed_size_hint() != 0 {
            return Err(ErrorKind::Archive { reason: "a folder with content".into() });
        }
        return Ok(None);
    }
    if record.mode().is_symlink() {
        return Err(ErrorKind::Special { what: "a symbolic link" });
    }
    if ![0, REGULAR].contains(&(record.mode().value() & TYPE)) {
        return Err(ErrorKind::Special { what: "a device, a pipe or another special member" });
    }
    let method = record.compression_method();
    if ![CompressionMethod::STORE, CompressionMethod::DEFLATE].contains(&method) {
        return Err(ErrorKind::Compression { method: format!("{method:?}") });
    }
    Ok(Some(Listed {
        path: name::member(&raw)?,
        raw,
        method,
        size: record.uncompressed_size_hint(),
        offset: record.local_header_offset(),
        wayfinder: record.wayfinder(),
    }))
}

/// Reads one member and returns the bytes of the archive that it occupies.
fn one(
    archive: &Archive,
    member: &Listed,
    budget: &Budget,
    assembly: &mut Assembly<'_, '_>,
) -> Result<(u64, u64), Error> {
    let at = |error: rawzip::Error| broken(&error).at("", &member.path);
    let entry = archive.get_entry(member.wayfinder).map_err(at)?;
    let mut buffer = vec![0; rawzip::RECOMMENDED_BUFFER_SIZE];
    let header = entry.local_header(&mut buffer).map_err(at)?;
    if header.file_path().as_bytes() != member.raw || header.compression_method() != member.method {
        let reason = "its own header says something else than the directory".into();
        return Err(ErrorKind::Archive { reason }.at("", &member.path));
    }
    let most = member.size.saturating_add(1);
    if member.method == CompressionMethod::STORE {
        let plain = Bounded::new(entry.reader(), budget.clone()).take(most);
        assembly.member(&member.path, member.size, &mut entry.verifying_reader(plain))?;
    } else {
        let plain = Bounded::new(DeflateDecoder::new(entry.reader()), budget.clone()).take(most);
        assembly.member(&member.path, member.size, &mut entry.verifying_reader(plain))?;
    }
    let (_, end) = entry.compressed_data_range();
    Ok((member.offset, end))
}

fn broken(error: &rawzip::Error) -> ErrorKind {
    ErrorKind::Archive { reason: error.to_string() }
}
