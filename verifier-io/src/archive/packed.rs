//! Archives on disk.

use std::io::{self, BufRead as _, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::{HEAD, Kind, budget, foreign_of, kind_of, tarball, zipped};
use flate2::bufread::GzDecoder;

use crate::error::{Error, ErrorKind, shown};
use crate::file::Opened;
use crate::input::Input;
use crate::watch::Watch;

/// The kind of archive a file is.
pub(crate) fn kind(opened: &Opened, path: &Path) -> Result<Option<Kind>, Error> {
    Ok(kind_of(&shown(path), &head(opened, path)?))
}

/// What packed a file that no reader here unpacks.
pub(crate) fn foreign(opened: &Opened, path: &Path) -> Result<Option<&'static str>, Error> {
    Ok(foreign_of(&head(opened, path)?))
}

fn head(opened: &Opened, path: &Path) -> Result<Vec<u8>, Error> {
    head_of(&mut &opened.file).map_err(|error| ErrorKind::io(&error).of(shown(path)))
}

fn head_of(archive: &mut dyn ReadSeek) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    archive.take(u64::try_from(HEAD).unwrap_or_default()).read_to_end(&mut head)?;
    archive.rewind()?;
    Ok(head)
}

/// What an archive is read from: a file, or bytes at hand.
pub trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// Reads an archive.
pub(crate) fn read(
    opened: Opened,
    kind: Kind,
    path: &Path,
    hash: bool,
    watch: &mut Watch<'_>,
) -> Result<Input, Error> {
    unpack(&mut &opened.file, opened.size, kind, &shown(path), hash, watch)
}

/// Reads an archive that has no path.
pub(crate) fn read_from(
    archive: &mut dyn ReadSeek,
    source: &str,
    hash: bool,
    watch: &mut Watch<'_>,
) -> Result<Input, Error> {
    let measured = archive.seek(SeekFrom::End(0)).and_then(|size| archive.rewind().map(|()| size));
    let size = measured.map_err(|error| ErrorKind::io(&error).of(source))?;
    let head = head_of(archive).map_err(|error| ErrorKind::io(&error).of(source))?;
    match (kind_of(source, &head), foreign_of(&head)) {
        (Some(kind), _) => unpack(archive, size, kind, source, hash, watch),
        (None, Some(with)) => Err(ErrorKind::Packed { with }.of(source)),
        (None, None) => {
            Err(ErrorKind::Content { expected: "a bundle as `.tar`, `.tar.gz` or `.zip`" }.of(source))
        }
    }
}

fn unpack(
    archive: &mut dyn ReadSeek,
    size: u64,
    kind: Kind,
    source: &str,
    hash: bool,
    watch: &mut Watch<'_>,
) -> Result<Input, Error> {
    let budget = budget(size);
    match kind {
        Kind::Tar => tarball::read(archive, budget, source, hash, watch),
        Kind::TarGz => tarball::read(Gunzip::new(archive), budget, source, hash, watch),
        Kind::Zip => zipped::read(archive, size, budget, source, hash, watch),
    }
}

/// One gzip file and nothing behind it. Some readers take what follows for more of the same, and some do not.
struct Gunzip<R>(GzDecoder<BufReader<R>>);

impl<R: Read> Gunzip<R> {
    fn new(packed: R) -> Self {
        Self(GzDecoder::new(BufReader::new(packed)))
    }
}

impl<R: Read> Read for Gunzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read(buffer)?;
        if count == 0 && !buffer.is_empty() && !self.0.get_mut().fill_buf()?.is_empty() {
            return Err(io::Error::other("bytes behind its end"));
        }
        Ok(count)
    }
}
