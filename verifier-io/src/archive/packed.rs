//! Archives on disk.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read, Seek as _};
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
    let mut head = Vec::new();
    let mut file = &opened.file;
    file.take(u64::try_from(HEAD).unwrap_or_default())
        .read_to_end(&mut head)
        .and_then(|_| file.rewind())
        .map_err(|error| ErrorKind::io(&error).of(shown(path)))?;
    Ok(head)
}

/// Reads an archive.
pub(crate) fn read(
    opened: Opened,
    kind: Kind,
    path: &Path,
    hash: bool,
    watch: &mut Watch<'_>,
) -> Result<Input, Error> {
    let source = shown(path);
    let budget = budget(opened.size);
    match kind {
        Kind::Tar => tarball::read(opened.file, budget, &source, hash, watch),
        Kind::TarGz => tarball::read(Gunzip::new(opened.file), budget, &source, hash, watch),
        Kind::Zip => zipped::read(&opened, budget, &source, hash, watch),
    }
}

/// One gzip file and nothing behind it. Some readers take what follows for more of the same, and some do not.
struct Gunzip(GzDecoder<BufReader<File>>);

impl Gunzip {
    fn new(file: File) -> Self {
        Self(GzDecoder::new(BufReader::new(file)))
    }
}

impl Read for Gunzip {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.0.read(buffer)?;
        if count == 0 && !buffer.is_empty() && !self.0.get_mut().fill_buf()?.is_empty() {
            return Err(io::Error::other("bytes behind its end"));
        }
        Ok(count)
    }
}
