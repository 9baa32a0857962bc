//! A bundle in an archive. Members come in any order and are hashed as they come.

#[cfg(feature = "files")]
mod bounded;
pub(crate) mod directory;
mod header;
#[cfg(feature = "files")]
mod packed;
#[cfg(feature = "files")]
mod tarball;
pub(crate) mod walk;
#[cfg(feature = "files")]
mod zipped;

#[cfg(feature = "files")]
pub use packed::ReadSeek;
#[cfg(feature = "files")]
pub(crate) use packed::{foreign, kind, read, read_from};

/// The kinds of archives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Tar,
    TarGz,
    Zip,
}

/// Bytes of a file that tell whether it is an archive.
pub(crate) const HEAD: usize = 512;

/// What an archive may always unpack to, whatever its size.
const ALWAYS: u64 = 1 << 30;

/// How many times its own size an archive may unpack to beyond that. Compilers' output shrinks to a
/// third; disk images with much empty space to a hundredth.
const RATIO: u64 = 200;

/// What an archive of this size may unpack to.
pub(crate) const fn budget(size: u64) -> u64 {
    size.saturating_mul(RATIO).saturating_add(ALWAYS)
}

/// The kind of archive a file is, by its first bytes; `.tar` files of the oldest kind by their name.
pub(crate) fn kind_of(name: &str, head: &[u8]) -> Option<Kind> {
    match head {
        [0x1f, 0x8b, ..] => Some(Kind::TarGz),
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Kind::Zip),
        _ if head.get(257..262) == Some(b"ustar") => Some(Kind::Tar),
        _ if name.len() > 4 && name.ends_with(".tar") => Some(Kind::Tar),
        _ => None,
    }
}

/// What packed a file that no reader here unpacks, by its first bytes.
pub(crate) fn foreign_of(head: &[u8]) -> Option<&'static str> {
    match head {
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some("xz"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some("zstd"),
        [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some("bzip2"),
        [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => Some("7-Zip"),
        [b'R', b'a', b'r', b'!', 0x1a, 0x07, ..] => Some("RAR"),
        _ => None,
    }
}
