//! Folders that somebody hostile may write to while they are read.
//!
//! Every name is opened once, relative to the handle of its folder and without following links;
//! what it is, is asked of the handle.

#[cfg(not(unix))]
mod portable;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
pub(crate) use portable::Folder;
#[cfg(unix)]
pub(crate) use unix::Folder;

use crate::file::Opened;

/// What lies under a name.
pub(crate) enum Node {
    /// A folder.
    Folder(Folder),
    /// A regular file.
    File(Opened),
}
