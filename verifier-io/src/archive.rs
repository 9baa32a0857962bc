//! A bundle in an archive. Members come in any order and are hashed as they come.

mod bounded;
mod tarball;
mod zipped;

use std::io::{Read as _, Seek as _};
use std::path::Path;

use crate::error::{Error, ErrorKind, shown};
use crate::file::Opened;
use crate::read::Input;
use crate::watch::Watch;

/// The kinds of archives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Tar,
    TarGz,
    Zip,
}

/// What an archive may always unpack to, whatever its size.
const ALWAYS: u64 = 1 << 30;

/// How many times its own size an archive may unpack to beyond that. Compilers' output shrinks to a
/// third; disk images with much empty space to a hundredth.
const RATIO: u64 = 200;

/// The kind of archive a file is, by its first bytes; `.tar` files of the oldest kind by their name.
pub(crate) fn kind(opened: &Opened, path: &Path) -> Result<Option<Kind>, Error> {
    Ok(match head(opened, path)?.as_slice() {
        [0x1f, 0x8b, ..] => Some(Kind::TarGz),
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Kind::Zip),
        head if head.get(257..262) == Some(b"ustar") => Some(Kind::Tar),
        _ if path.extension().is_some_and(|extension| extension == "tar") => Some(Kind::Tar),
        _ => None,
    })
}

/// What packed a file that no reader here unpacks, by its first bytes.
pub(crate) fn foreign(opened: &Opened, path: &Path) -> Result<Option<&'static str>, Error> {
    Ok(match head(opened, path)?.as_slice() {
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some("xz"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some("zstd"),
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some("bzip2"),
        [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => Some("7-Zip"),
        [b'R', b'a', b'r', b'!', 0x1a, 0x07, ..] => Some("RAR"),
        _ => None,
    })
}

fn head(opened: &Opened, path: &Path) -> Result<Vec<u8>, Error> {
    let mut head = Vec::new();
    let mut file = &opened.file;
    file.take(512)
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
    let budget = opened.size.saturating_mul(RATIO).saturating_add(ALWAYS);
    match kind {
        Kind::Tar => tarball::read(opened.file, budget, &source, hash, watch),
        Kind::TarGz => {
            let plain = flate2::read::MultiGzDecoder::new(std::io::BufReader::new(opened.file));
            tarball::read(plain, budget, &source, hash, watch)
        }
        Kind::Zip => zipped::read(opened, budget, &source, hash, watch),
    }
}
