//! One file: opened once, looked at through its handle, read to its end.

use core::ops::ControlFlow;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use kettle_verifier_core::Artifact;
use kettle_verifier_core::bundle::ArtifactHasher;

use crate::assemble::Passed;
use crate::error::{Error, ErrorKind, shown};
use crate::watch::{Progress, Watch};

/// Bytes read at once. Hashing is as fast from 64 KiB on.
const PIECE: usize = 128 * 1024;

/// A regular file that is open, with the size that its handle said.
pub(crate) struct Opened {
    pub(crate) file: File,
    pub(crate) size: u64,
}

impl Opened {
    /// Takes a handle if it is a regular file's.
    pub(crate) fn new(file: File) -> Result<Self, ErrorKind> {
        let metadata = file.metadata().map_err(|error| ErrorKind::io(&error))?;
        if metadata.is_dir() {
            return Err(ErrorKind::Folder);
        }
        if !metadata.is_file() {
            return Err(ErrorKind::Special { what: special(&metadata) });
        }
        Ok(Self { file, size: metadata.len() })
    }
}

/// Opens a file that somebody named. A link is followed here: it is their word and not the bundle's.
pub(crate) fn open(path: &Path) -> Result<Opened, Error> {
    let mut options = std::fs::OpenOptions::new();
    options.read(true);
    // A pipe without a writer would block at once.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, nonblocking());
    options
        .open(path)
        .map_err(|error| ErrorKind::io(&error))
        .and_then(Opened::new)
        .map_err(|kind| kind.of(shown(path)))
}

#[cfg(unix)]
fn nonblocking() -> i32 {
    i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or_default()
}

/// Reads a small file whole, such as a policy.
///
/// # Errors
/// [`Error`] where it can't be read or is larger than `limit` bytes.
pub fn read_small(path: &Path, limit: usize) -> Result<Vec<u8>, Error> {
    let opened = open(path)?;
    let bytes = read_at_most(opened.file, limit).map_err(|kind| kind.of(shown(path)))?;
    if bytes.len() > limit { Err(ErrorKind::TooLarge { limit }.of(shown(path))) } else { Ok(bytes) }
}

/// At most one byte more than `limit`, so that whoever parses the bytes sees that they are too many.
pub(crate) fn read_at_most(reader: impl Read, limit: usize) -> Result<Vec<u8>, ErrorKind> {
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    reader.take(most).read_to_end(&mut bytes).map_err(|error| ErrorKind::io(&error))?;
    Ok(bytes)
}

/// Hashes a file as an artifact of its own name.
///
/// # Errors
/// [`Error`] where it can't be read or changes meanwhile.
pub fn hash_file(path: &Path, watch: &mut Watch<'_>) -> Result<Artifact, Error> {
    crate::loose::artifact(path, watch)
}

/// Hashes what a reader gives, to its end, as an artifact of this name.
///
/// # Errors
/// [`Error`] where it can't be read.
pub fn hash_reader(name: &str, reader: &mut dyn Read, watch: &mut Watch<'_>) -> Result<Artifact, Error> {
    pass(reader, name, None, 0, watch).map(|passed| passed.artifact).map_err(|kind| kind.of(name))
}

/// Hashes to the end, keeping the first `keep` bytes.
pub(crate) fn pass(
    reader: &mut dyn Read,
    name: &str,
    total: Option<u64>,
    keep: usize,
    watch: &mut Watch<'_>,
) -> Result<Passed, ErrorKind> {
    let mut hasher = ArtifactHasher::new();
    let mut head = Vec::new();
    let mut piece = vec![0; PIECE];
    let mut done: u64 = 0;
    loop {
        let count = match reader.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(ErrorKind::io(&error)),
        };
        let bytes = piece.get(..count).unwrap_or_default();
        hasher.update(bytes);
        let room = keep.saturating_sub(head.len()).min(count);
        head.extend_from_slice(bytes.get(..room).unwrap_or_default());
        done = done.saturating_add(u64::try_from(count).unwrap_or(u64::MAX));
        if watch(Progress { name, done, total }) == ControlFlow::Break(()) {
            return Err(ErrorKind::Cancelled);
        }
    }
    Ok(Passed { artifact: hasher.finish(name), head })
}

/// Hashes an open file to its end, and refuses it where its size is no longer what it was.
pub(crate) fn pass_file(
    opened: &mut Opened,
    name: &str,
    keep: usize,
    watch: &mut Watch<'_>,
) -> Result<Passed, ErrorKind> {
    let before = opened.file.metadata().and_then(|metadata| metadata.modified()).ok();
    let passed = pass(&mut opened.file, name, Some(opened.size), keep, watch)?;
    let after = opened.file.metadata().map_err(|error| ErrorKind::io(&error))?;
    if passed.artifact.size != opened.size || after.len() != opened.size || after.modified().ok() != before {
        return Err(ErrorKind::Changed);
    }
    Ok(passed)
}

#[cfg(unix)]
fn special(metadata: &std::fs::Metadata) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    let kind = metadata.file_type();
    if kind.is_symlink() {
        "a symbolic link"
    } else if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn special(_metadata: &std::fs::Metadata) -> &'static str {
    "a link or a device"
}
