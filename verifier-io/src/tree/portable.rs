//! Folders by path, for systems without `openat(2)`: links are refused by their metadata.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::Node;
use crate::error::ErrorKind;
use crate::file::Opened;
use crate::name::FILES;

/// A folder.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// Opens the folder that somebody named.
    pub(crate) fn open(path: &Path) -> Result<Self, ErrorKind> {
        let metadata = std::fs::metadata(path).map_err(|error| ErrorKind::io(&error))?;
        if metadata.is_dir() {
            Ok(Self(path.into()))
        } else {
            Err(ErrorKind::Content { expected: "a folder" })
        }
    }

    /// The names in it, sorted.
    pub(crate) fn names(&self) -> Result<Vec<String>, ErrorKind> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.0).map_err(|error| ErrorKind::io(&error))? {
            let entry = entry.map_err(|error| ErrorKind::io(&error))?;
            if names.len() >= FILES {
                return Err(ErrorKind::TooMany { limit: FILES });
            }
            let name = entry.file_name().into_string();
            names.push(name.map_err(|_| ErrorKind::Name { reason: "a name in this folder is not Unicode" })?);
        }
        names.sort_unstable();
        Ok(names)
    }

    /// Opens what lies under a name, or nothing where there is nothing.
    pub(crate) fn get(&self, name: &str) -> Result<Option<Node>, ErrorKind> {
        let path = self.0.join(name);
        let metadata = match std::fs::symlink_metadata(&path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(ErrorKind::io(&error)),
        };
        if metadata.is_dir() {
            return Ok(Some(Node::Folder(Self(path))));
        }
        if !metadata.is_file() {
            return Err(ErrorKind::Special { what: "a link or a device" });
        }
        let file = File::open(&path).map_err(|error| ErrorKind::io(&error))?;
        Opened::new(file).map(Node::File).map(Some)
    }
}
