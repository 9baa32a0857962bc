//! A tar, block by block: says what comes next, and leaves the bytes of members to whoever moves them.
//!
//! Stricter than what reads tars elsewhere: where two readers could see two different members, nothing
//! is read.

use alloc::string::String;
use alloc::vec::Vec;

use super::header::{Extended, Header, Kind};
use crate::error::{Error, ErrorKind};
use crate::name;

/// The unit of a tar.
pub(crate) const BLOCK: u64 = 512;
const BLOCK_LENGTH: usize = 512;

/// Bytes of an extended header: a few names of the greatest length.
const EXTENSION: u64 = 16 * 1024;

/// What follows a block.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Another header.
    Header,
    /// The bytes of an extended header, for [`Walk::extension`], and its padding.
    Extension(u64),
    /// The bytes of a member, and their padding.
    Member {
        /// Its path below the top.
        path: String,
        /// The number of its bytes.
        size: u64,
    },
    /// Zeros up to the archive's end, for [`is_tail`].
    Tail,
}

/// Where in a tar one is.
#[derive(Default)]
pub(crate) struct Walk {
    /// The kind of extended header whose bytes are awaited.
    awaited: Option<Kind>,
    long_name: Option<Vec<u8>>,
    long_link: bool,
    local: Option<Extended>,
}

impl Walk {
    /// Takes a header block, or nothing where the archive ends. Errors have no file.
    pub(crate) fn header(&mut self, block: &[u8]) -> Result<Next, Error> {
        if !matches!(block.len(), 0 | BLOCK_LENGTH) {
            return Err(ends());
        }
        if block.iter().all(|byte| *byte == 0) {
            return if self.long_name.is_some() || self.long_link || self.local.is_some() {
                Err(broken("an extended header without its member"))
            } else {
                Ok(Next::Tail)
            };
        }
        let header = Header::read(block).map_err(broken)?;
        match header.kind {
            Kind::LongName | Kind::LongLink | Kind::Local | Kind::Global => {
                if header.size > EXTENSION {
                    return Err(broken("an extended header is too large"));
                }
                self.awaited = Some(header.kind);
                Ok(Next::Extension(header.size))
            }
            _ => self.member(header),
        }
    }

    /// Takes the bytes of an extended header, without padding.
    pub(crate) fn extension(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let before = match self.awaited.take() {
            Some(Kind::LongName) => {
                self.long_name.replace(bytes.strip_suffix(b"\0").unwrap_or(bytes).into()).is_some()
            }
            Some(Kind::LongLink) => core::mem::replace(&mut self.long_link, true),
            Some(Kind::Local) => self.local.replace(Extended::read(bytes).map_err(broken)?).is_some(),
            // `git archive` puts the commit in a comment; a name or a size would be that of every member.
            _ => Extended::read(bytes).map_err(broken)? != Extended::default(),
        };
        if before { Err(broken("extended headers that contradict each other")) } else { Ok(()) }
    }

    fn member(&mut self, header: Header) -> Result<Next, Error> {
        self.long_link = false;
        let Extended { path, size, sparse } = self.local.take().unwrap_or_default();
        let raw = match (self.long_name.take(), path) {
            (Some(_), Some(_)) => return Err(broken("a member has two names")),
            (Some(name), None) | (None, Some(name)) => name,
            (None, None) => header.name,
        };
        let size = size.unwrap_or(header.size);
        let at = |kind: ErrorKind| kind.at("", String::from_utf8_lossy(&raw));
        match header.kind {
            Kind::Folder => folder(&raw, size).map(|()| Next::Header).map_err(at),
            Kind::Special(what) => Err(at(ErrorKind::Special { what })),
            _ if sparse => Err(at(ErrorKind::Special { what: "a sparse member" })),
            _ => Ok(Next::Member { path: name::member(&raw).map_err(at)?, size }),
        }
    }
}

/// Bytes up to the next block.
pub(crate) const fn padding(size: u64) -> u64 {
    size.wrapping_neg() % BLOCK
}

/// Whether bytes behind the end mark are padding. Anything else would be seen by some readers and not by
/// others.
pub(crate) fn is_tail(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte == 0)
}

/// A member or header that is cut off.
pub(crate) fn ends() -> Error {
    broken("it ends too early")
}

fn broken(reason: &str) -> Error {
    ErrorKind::Archive { reason: reason.into() }.of("")
}

/// A folder's name has a slash at its end; the top may be called `./`.
fn folder(raw: &[u8], size: u64) -> Result<(), ErrorKind> {
    if size != 0 {
        return Err(ErrorKind::Archive { reason: "a folder with content".into() });
    }
    let bare = raw.strip_suffix(b"/").unwrap_or(raw);
    if bare == b"." { Ok(()) } else { name::member(bare).map(|_| ()) }
}
