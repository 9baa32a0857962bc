//! Folders by handle: `openat(2)` with `O_NOFOLLOW`.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{Dir, FileType, Mode, OFlags};
use rustix::io::Errno;

use super::Node;
use crate::error::ErrorKind;
use crate::file::Opened;
use crate::name::FILES;

/// An open folder.
pub(crate) struct Folder(OwnedFd);

impl Folder {
    /// Opens the folder that somebody named; a link in its own path is their word.
    pub(crate) fn open(path: &Path) -> Result<Self, ErrorKind> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        rustix::fs::open(path, flags, Mode::empty()).map(Self).map_err(refused)
    }

    /// The names in it, sorted.
    pub(crate) fn names(&self) -> Result<Vec<String>, ErrorKind> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.0).map_err(refused)? {
            let entry = entry.map_err(refused)?;
            let bytes = entry.file_name().to_bytes();
            if matches!(bytes, b"." | b"..") {
                continue;
            }
            if names.len() >= FILES {
                return Err(ErrorKind::TooMany { limit: FILES });
            }
            let name = core::str::from_utf8(bytes)
                .map_err(|_| ErrorKind::Name { reason: "a name in this folder is not UTF-8" })?;
            names.push(name.into());
        }
        names.sort_unstable();
        Ok(names)
    }

    /// Opens what lies under a name, or nothing where there is nothing.
    pub(crate) fn get(&self, name: &str) -> Result<Option<Node>, ErrorKind> {
        // A pipe would block without NONBLOCK; a terminal would take the process over without NOCTTY.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let handle = match rustix::fs::openat(&self.0, name, flags, Mode::empty()) {
            Ok(handle) => handle,
            Err(Errno::NOENT) => return Ok(None),
            Err(error) => return Err(refused(error)),
        };
        let status = rustix::fs::fstat(&handle).map_err(refused)?;
        match FileType::from_raw_mode(status.st_mode) {
            FileType::Directory => Ok(Some(Node::Folder(Self(handle)))),
            _ => Opened::new(File::from(handle)).map(Node::File).map(Some),
        }
    }
}

fn refused(error: Errno) -> ErrorKind {
    match error {
        // POSIX and Linux say ELOOP for a link under O_NOFOLLOW, FreeBSD EMLINK.
        Errno::LOOP | Errno::MLINK => ErrorKind::Special { what: "a symbolic link" },
        Errno::NXIO => ErrorKind::Special { what: "a socket" },
        other => ErrorKind::io(&other.into()),
    }
}
