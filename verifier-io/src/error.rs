//! Why something could not be read: the file, the place in it, and what to do.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;
use core::ops::Deref;
#[cfg(feature = "files")]
use std::io;
#[cfg(feature = "files")]
use std::path::Path;

/// Why something could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Box<Refusal>);

/// What an [`Error`] holds, behind one address: every step of the way may be the last, and hands it on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong.
    pub kind: ErrorKind,
    /// The file, folder or archive as it was given.
    pub file: String,
    /// The place in it: a member, a path below the folder, a PEM block; empty where it is the whole.
    pub place: String,
}

impl Error {
    /// What it holds.
    #[must_use]
    pub fn into_refusal(self) -> Refusal {
        *self.0
    }

    /// The same error in another file.
    #[must_use]
    pub(crate) fn within(mut self, file: &str) -> Self {
        self.0.file = file.into();
        self
    }

    /// The same error of another kind.
    #[cfg(feature = "files")]
    #[must_use]
    pub(crate) fn explained(mut self, explain: impl FnOnce(ErrorKind) -> ErrorKind) -> Self {
        self.0.kind = explain(core::mem::replace(&mut self.0.kind, ErrorKind::NotFound));
        self
    }
}

impl Deref for Error {
    type Target = Refusal;

    fn deref(&self) -> &Refusal {
        &self.0
    }
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// There is no such file.
    NotFound,
    /// The operating system says no.
    Io {
        /// What it says.
        reason: String,
    },
    /// Not a regular file where only one will do: a link, a device, a pipe.
    Special {
        /// What it is.
        what: &'static str,
    },
    /// A folder where a file is needed.
    Folder,
    /// A name that no bundle may have.
    Name {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The same name twice in an archive.
    Duplicate,
    /// Two names that many file systems take for one.
    Twin {
        /// The other name.
        other: String,
    },
    /// An encrypted archive member.
    Encrypted,
    /// A compression that is not read.
    Compression {
        /// What it is called.
        method: String,
    },
    /// An archive that is packed in a way which is not read.
    Packed {
        /// What packed it.
        with: &'static str,
    },
    /// Not a sound archive.
    Archive {
        /// What its reader says.
        reason: String,
    },
    /// Bytes after the end of the archive.
    Trailing,
    /// More members or files than are read.
    TooMany {
        /// The bound.
        limit: usize,
    },
    /// Folders nested deeper than is read.
    TooDeep {
        /// The bound.
        limit: usize,
    },
    /// A document larger than it may be.
    TooLarge {
        /// The bound in bytes.
        limit: usize,
    },
    /// An archive that unpacks to far more than it holds.
    Expands {
        /// The bound in bytes.
        limit: u64,
    },
    /// Members whose data overlap: the mark of a zip bomb.
    Overlap,
    /// The file changed while it was read.
    Changed,
    /// Something that has to be there is not.
    Missing {
        /// What is missing, and what to do.
        what: &'static str,
    },
    /// Two files for one role.
    Twice {
        /// The role.
        what: &'static str,
        /// The other file.
        other: String,
    },
    /// A file whose role must be said and not guessed.
    Unasked {
        /// What it is.
        what: &'static str,
        /// The option that names it.
        option: &'static str,
    },
    /// Not the content that was expected.
    Content {
        /// What was expected.
        expected: &'static str,
    },
    /// A certificate or revocation list that can't be read.
    Certificate {
        /// What is wrong.
        reason: String,
    },
    /// Whoever watches the progress cancelled.
    Cancelled,
}

impl ErrorKind {
    /// What is wrong, as one word. Codes keep their meaning.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Io { .. } => "io",
            Self::Special { .. } => "special",
            Self::Folder => "folder",
            Self::Name { .. } => "name",
            Self::Duplicate => "duplicate",
            Self::Twin { .. } => "twin",
            Self::Encrypted => "encrypted",
            Self::Compression { .. } => "compression",
            Self::Packed { .. } => "packed",
            Self::Archive { .. } => "archive",
            Self::Trailing => "trailing",
            Self::TooMany { .. } => "too_many",
            Self::TooDeep { .. } => "too_deep",
            Self::TooLarge { .. } => "too_large",
            Self::Expands { .. } => "expands",
            Self::Overlap => "overlap",
            Self::Changed => "changed",
            Self::Missing { .. } => "missing",
            Self::Twice { .. } => "twice",
            Self::Unasked { .. } => "unasked",
            Self::Content { .. } => "content",
            Self::Certificate { .. } => "certificate",
            Self::Cancelled => "cancelled",
        }
    }

    /// The error in a file.
    #[must_use]
    pub fn of(self, file: impl Into<String>) -> Error {
        self.at(file, String::new())
    }

    /// The error at a place in a file.
    #[must_use]
    pub fn at(self, file: impl Into<String>, place: impl Into<String>) -> Error {
        Error(Box::new(Refusal { kind: self, file: file.into(), place: place.into() }))
    }

    /// What the operating system says, in words that are the same on all of them where we have some.
    #[cfg(feature = "files")]
    #[must_use]
    pub fn io(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::NotFound,
            io::ErrorKind::PermissionDenied => {
                Self::Io { reason: "permission denied; let your user read it".into() }
            }
            _ => {
                let text = error.to_string();
                // The number is another one on every system.
                Self::Io { reason: text.split(" (os error ").next().unwrap_or_default().into() }
            }
        }
    }
}

/// A path as it is shown in errors.
#[cfg(feature = "files")]
pub(crate) fn shown(path: &Path) -> String {
    path.display().to_string()
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", printable(&self.file))?;
        if !self.place.is_empty() {
            write!(f, " at `{}`", printable(&self.place))?;
        }
        write!(f, ": {}", self.kind)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound => write!(f, "there is no such file or folder"),
            Self::Io { reason } => write!(f, "{reason}"),
            Self::Special { what } => {
                write!(f, "{what}, where only regular files are read; put the file itself there")
            }
            Self::Folder => write!(f, "a folder; name the files in it"),
            Self::Name { reason } => {
                write!(f, "{reason}; no builder writes such a name, so nothing was read")
            }
            Self::Duplicate => write!(f, "the name is there twice; fetch the bundle again from its source"),
            Self::Twin { other } => {
                let other = printable(other);
                write!(f, "is the same name as `{other}` on some systems; rename one of them")
            }
            Self::Encrypted => write!(f, "encrypted; decrypt it first"),
            Self::Compression { method } => {
                write!(f, "compressed with {method}; pack it with deflate, or unpack it and give the folder")
            }
            Self::Packed { with } => write!(
                f,
                "packed with {with}; of archives `.tar`, `.tar.gz` and `.zip` are read: unpack it and give \
                 the folder, or pack the folder again with `tar -czf`"
            ),
            Self::Archive { reason } => write!(f, "not a sound archive: {reason}; fetch it again"),
            Self::Trailing => write!(f, "bytes after the end of the archive; fetch it again"),
            Self::TooMany { limit } => write!(f, "more than {limit} files; give the bundle's own folder"),
            Self::TooDeep { limit } => {
                write!(f, "more than {limit} folders deep; give the bundle's own folder")
            }
            Self::TooLarge { limit } => write!(f, "larger than the {limit} bytes that such a file may have"),
            Self::Expands { limit } => {
                write!(
                    f,
                    "unpacks to more than {limit} bytes, as bombs do; if you trust it, unpack it and give the folder"
                )
            }
            Self::Overlap => write!(f, "shares its data with another member, as bombs do; fetch it again"),
            Self::Changed => write!(f, "changed while it was read; try again when nothing writes to it"),
            Self::Missing { what } => write!(f, "{what}"),
            Self::Twice { what, other } => {
                write!(f, "a second {what} beside `{}`; give only one", printable(other))
            }
            Self::Unasked { what, option } => {
                write!(f, "{what}, which is taken only where you name it; if it is yours, say {option}")
            }
            Self::Content { expected } => write!(f, "expected {expected}"),
            Self::Certificate { reason } => {
                write!(f, "not a certificate or revocation list in DER or PEM: {reason}")
            }
            Self::Cancelled => write!(f, "cancelled"),
        }
    }
}

impl core::error::Error for Error {}

/// Untrusted names must not move the cursor or turn the text around.
fn printable(text: &str) -> String {
    let deceptive = |character: char| {
        character.is_control()
            || matches!(character,
                '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
    };
    text.chars()
        .flat_map(|character| {
            let escaped = deceptive(character).then(|| character.escape_unicode());
            let plain = escaped.is_none().then_some(character);
            escaped.into_iter().flatten().chain(plain)
        })
        .take(400)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_permission_says_what_to_do() {
        let kind = ErrorKind::io(&io::ErrorKind::PermissionDenied.into());
        assert_eq!(
            kind.at("bundle", "evidence.json").to_string(),
            "`bundle` at `evidence.json`: permission denied; let your user read it"
        );
    }
}
