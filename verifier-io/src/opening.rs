//! A bundle for whoever moves the bytes: what to read, and what was read, without a file being opened here.
//!
//! The rules are those of [`crate::read()`]. JavaScript reads by this, which can't wait for bytes inside a
//! call.

use alloc::string::String;
use alloc::vec::Vec;

mod finish;
mod tar;
mod tops;
mod zip;

use kettle_verifier_core::Artifact;
use kettle_verifier_core::request::Decoded;

use self::tar::Tar;
use self::tops::Folder;
use self::zip::Zip;
use crate::archive::{self, Kind, budget, foreign_of, kind_of};
use crate::assemble::{Assembly, Passed};
use crate::error::{Error, ErrorKind};
use crate::found::{HEAD, Top, whole};
use crate::input::{Part, Seen, role_of};
use crate::name::FILES;
use crate::role::Role;

/// What to do next. Each is answered by one call, and where nothing is said by [`Opening::task`] alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Task {
    /// Read the first bytes of a file, for [`Opening::took`].
    Head {
        /// Which file, as they were given.
        file: usize,
        /// At most so many.
        bytes: usize,
    },
    /// Hash a file, for [`Opening::passed`].
    File {
        /// Which file.
        file: usize,
        /// The number of first bytes to be handed over.
        keep: usize,
    },
    /// From here on, read a file as one stream.
    Unpack {
        /// Which file.
        file: usize,
        /// Whether it is compressed with gzip.
        gzip: bool,
    },
    /// Read the next bytes of the stream, for [`Opening::took`]; fewer where it ends.
    Block {
        /// So many.
        bytes: u64,
    },
    /// Hash the next bytes of the stream, for [`Opening::passed`].
    Member {
        /// The member's name.
        name: String,
        /// So many.
        size: u64,
        /// The number of first bytes to be handed over.
        keep: usize,
    },
    /// Leave bytes of the stream out, and say to [`Opening::skipped`] how many there were.
    Skip {
        /// So many.
        bytes: u64,
    },
    /// Hand the stream over to its end, piece by piece, to [`Opening::rest`].
    Rest,
    /// Read bytes within a file, for [`Opening::took`].
    Range {
        /// Which file.
        file: usize,
        /// Where they begin.
        offset: u64,
        /// So many.
        bytes: u64,
    },
    /// Hash what lies within a file, for [`Opening::passed`] with its CRC-32.
    Slice {
        /// Which file.
        file: usize,
        /// Where it begins.
        offset: u64,
        /// How long it is there.
        bytes: u64,
        /// Whether it is deflated.
        deflated: bool,
        /// The member's name.
        name: String,
        /// The bytes that it unpacks to. One more is as wrong as a million more.
        size: u64,
        /// The number of first bytes to be handed over.
        keep: usize,
    },
    /// Nothing: call [`Opening::finish`].
    Done,
}

/// What was opened.
#[derive(Debug, Clone, Default)]
pub struct Opened {
    /// What is appraised; nothing where a document is missing.
    pub content: Option<Decoded>,
    /// Every file, the members of an archive one by one.
    pub files: Vec<Seen>,
    /// The parts that are still needed.
    pub missing: Vec<Part>,
    /// A policy that lay among loose files. Nobody said that it is theirs.
    pub policy: Option<Vec<u8>>,
    /// A trust root that lay among loose files. Nobody said that it is theirs.
    pub trust_root: Option<Vec<u8>>,
}

struct File {
    name: String,
    size: u64,
    kind: Option<Kind>,
    packed: Option<&'static str>,
    passed: Option<Passed>,
}

enum Stage {
    /// The first bytes of the files are looked at.
    Heads(usize),
    /// Loose files are hashed, all but archives.
    Loose(usize),
    /// The members of the folder are hashed.
    Folder(usize),
    Tar(Tar),
    Zip(Zip),
    /// Files beside the bundle, or archives that are loose files like others, are hashed.
    Rest(usize),
    Done,
}

/// Opens a bundle step by step.
pub struct Opening {
    hash: bool,
    subjects: Vec<String>,
    files: Vec<File>,
    folder: Option<Folder>,
    archive: Option<usize>,
    stage: Stage,
    asked: Task,
    assembly: Assembly,
    unpacked: u64,
}

impl Opening {
    /// Begins with the names and sizes of what was given. Files of a folder have `/` in their names.
    ///
    /// # Errors
    /// [`Error`] where the names are none of a bundle.
    pub fn new(
        files: Vec<(String, u64)>,
        subjects: Vec<String>,
        without_artifacts: bool,
    ) -> Result<Self, Error> {
        if files.len() > FILES {
            return Err(ErrorKind::TooMany { limit: FILES }.of(""));
        }
        let hash = !without_artifacts;
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        let folder = tops::folder(&names, hash)?;
        let mut assembly = Assembly::new(hash);
        for (path, _) in folder.iter().flat_map(|folder| &folder.members) {
            assembly.name(path)?;
        }
        let stage = if folder.is_some() { Stage::Folder(0) } else { Stage::Heads(0) };
        let file = |(name, size)| File { name, size, kind: None, packed: None, passed: None };
        let files = files.into_iter().map(file).collect();
        let (archive, asked, unpacked) = (None, Task::Done, 0);
        Ok(Self { hash, subjects, files, folder, archive, stage, asked, assembly, unpacked })
    }

    /// Whether a folder, by its path below the one that was given, has files that matter.
    #[must_use]
    pub fn enters(path: &str) -> bool {
        tops::enters(path)
    }

    /// What to do next.
    ///
    /// # Errors
    /// [`Error`] where an archive is not sound.
    pub fn task(&mut self) -> Result<Task, Error> {
        self.asked = loop {
            match self.within().map_err(|error| self.located(error))? {
                Some(task) => break task,
                None if matches!(self.stage, Stage::Done) => break Task::Done,
                None => {
                    if let Some(task) = self.advance() {
                        break task;
                    }
                }
            }
        };
        Ok(self.asked.clone())
    }

    /// The next task of the stage; nothing where the stage is over.
    fn within(&mut self) -> Result<Option<Task>, Error> {
        let hashed = |file| Task::File { file, keep: HEAD };
        Ok(match &mut self.stage {
            Stage::Heads(next) => following(&self.files, next, |_, _| true)
                .map(|file| Task::Head { file, bytes: archive::HEAD }),
            Stage::Loose(next) => following(&self.files, next, |_, file| file.kind.is_none()).map(hashed),
            Stage::Rest(next) => {
                let (archive, folder) = (self.archive, self.folder.as_ref());
                let beside = |index, file: &File| {
                    file.passed.is_none()
                        && archive != Some(index)
                        && folder.is_none_or(|folder| folder.beside.contains(&index))
                };
                following(&self.files, next, beside).map(hashed)
            }
            Stage::Folder(next) => {
                let member = self.folder.as_ref().and_then(|folder| folder.members.get(*next));
                *next = next.saturating_add(1);
                // Even a member of which no byte is kept is hashed: others are not listed.
                member.map(|(path, file)| Task::File {
                    file: *file,
                    keep: self.assembly.keep(path).unwrap_or_default(),
                })
            }
            Stage::Tar(tar) => tar.task(&self.assembly),
            Stage::Zip(zip) => zip.task(&self.assembly)?,
            Stage::Done => None,
        })
    }

    /// Goes to the next stage.
    fn advance(&mut self) -> Option<Task> {
        self.stage = match self.stage {
            Stage::Heads(_) if self.files.len() > 1 => Stage::Loose(0),
            Stage::Heads(_) | Stage::Loose(_) => {
                let tops: Vec<Top> = self.files.iter().map(File::top).collect();
                self.archive = whole(&tops);
                return self.unpack();
            }
            Stage::Folder(_) | Stage::Tar(_) | Stage::Zip(_) => Stage::Rest(0),
            Stage::Rest(_) | Stage::Done => Stage::Done,
        };
        None
    }

    /// Begins with the archive, where one is the bundle.
    fn unpack(&mut self) -> Option<Task> {
        let found = self.archive.and_then(|file| Some((file, self.files.get(file)?)));
        let Some((file, File { kind: Some(kind), size, .. })) = found else {
            self.stage = Stage::Rest(0);
            return None;
        };
        if *kind == Kind::Zip {
            self.stage = Stage::Zip(Zip::new(file, *size));
            return None;
        }
        self.stage = Stage::Tar(Tar::new());
        Some(Task::Unpack { file, gzip: *kind == Kind::TarGz })
    }

    /// Takes the bytes that the task asked for.
    ///
    /// # Errors
    /// [`Error`] where an archive is not sound.
    pub fn took(&mut self, bytes: Vec<u8>) -> Result<(), Error> {
        let taken = match (&mut self.stage, &self.asked) {
            (Stage::Heads(_), Task::Head { file, .. }) => {
                if let Some(file) = self.files.get_mut(*file) {
                    file.kind = kind_of(&file.name, &bytes);
                    file.packed = foreign_of(&bytes);
                }
                Ok(())
            }
            (Stage::Tar(tar), _) => tar.took(&bytes, &mut self.assembly),
            (Stage::Zip(zip), _) => zip.took(&bytes, &mut self.assembly),
            _ => Ok(()),
        };
        taken.map_err(|error| self.located(error))
    }

    /// Takes what was hashed: SHA-256, the number of bytes, the first of them, and the CRC-32 where the task
    /// asks for it.
    ///
    /// # Errors
    /// [`Error`] where it is not what the archive says, or no longer what was given.
    pub fn passed(&mut self, sha256: [u8; 32], size: u64, head: Vec<u8>, crc: u32) -> Result<(), Error> {
        let named = |name: String| Passed { artifact: Artifact { name, sha256, size }, head };
        let taken = match (&mut self.stage, &self.asked) {
            (Stage::Tar(tar), Task::Member { name, .. }) => {
                tar.passed(named(name.clone()), &mut self.assembly)
            }
            (Stage::Zip(zip), Task::Slice { name, .. }) => {
                zip.passed(named(name.clone()), crc, &mut self.assembly)
            }
            (_, Task::File { file, .. }) => return self.hashed(*file, named(String::new())),
            _ => Ok(()),
        };
        taken.map_err(|error| self.located(error))
    }

    fn hashed(&mut self, index: usize, mut passed: Passed) -> Result<(), Error> {
        let Some(file) = self.files.get_mut(index) else { return Ok(()) };
        if file.size != passed.artifact.size {
            return Err(ErrorKind::Changed.of(&file.name));
        }
        let members = self.folder.iter().flat_map(|folder| &folder.members);
        match members.into_iter().find(|(_, file)| *file == index) {
            Some((path, _)) => {
                passed.artifact.name.clone_from(path);
                self.assembly.take(path.clone(), passed);
            }
            None => {
                passed.artifact.name.clone_from(&file.name);
                file.passed = Some(passed);
            }
        }
        Ok(())
    }

    /// Takes the number of bytes that were left out.
    ///
    /// # Errors
    /// [`Error`] where the archive ends too early.
    pub fn skipped(&mut self, bytes: u64) -> Result<(), Error> {
        let taken = if let Stage::Tar(tar) = &mut self.stage { tar.skipped(bytes) } else { Ok(()) };
        taken.map_err(|error| self.located(error))
    }

    /// Looks at bytes behind the end mark of a tar.
    ///
    /// # Errors
    /// [`Error`] where they are no padding.
    pub fn rest(&self, bytes: &[u8]) -> Result<(), Error> {
        Tar::rest(bytes).map_err(|error| self.located(error))
    }

    /// Is told of every byte that an archive unpacks to.
    ///
    /// # Errors
    /// [`Error`] where they are as many as those of a bomb.
    pub fn unpacked(&mut self, bytes: u64) -> Result<(), Error> {
        self.unpacked = self.unpacked.saturating_add(bytes);
        let size = self.archive.and_then(|file| self.files.get(file)).map_or(0, |file| file.size);
        let limit = budget(size);
        if self.unpacked <= limit {
            return Ok(());
        }
        Err(self.located(ErrorKind::Expands { limit }.at("", self.member())))
    }

    /// What stopped the archive's reader outside.
    #[must_use]
    pub fn broken(&self, reason: &str) -> Error {
        self.located(ErrorKind::Archive { reason: reason.into() }.at("", self.member()))
    }

    /// The member at work.
    fn member(&self) -> &str {
        match &self.asked {
            Task::Member { name, .. } | Task::Slice { name, .. } => name,
            _ => "",
        }
    }

    /// The error with the archive or folder that it is about.
    fn located(&self, error: Error) -> Error {
        let archive = self.archive.and_then(|file| self.files.get(file)).map(|file| &file.name);
        match archive.or(self.folder.as_ref().map(|folder| &folder.name)) {
            Some(name) if error.file.is_empty() => error.within(name),
            _ => error,
        }
    }

    /// What was opened, once all is done.
    ///
    /// # Errors
    /// [`Error`] where two files have one role.
    pub fn finish(mut self) -> Result<Opened, Error> {
        let assembly = core::mem::replace(&mut self.assembly, Assembly::new(false));
        let draft = match (self.archive, &self.folder) {
            (Some(_), _) => Some(assembly.finish_archive()),
            (None, Some(_)) => Some(assembly.finish()),
            (None, None) => None,
        };
        let draft = draft.transpose().map_err(|error| self.located(error))?;
        finish::finish(self, draft)
    }
}

impl File {
    fn top(&self) -> Top {
        match (&self.kind, &self.passed) {
            (Some(_), _) => Top::Archive,
            (None, Some(passed)) => Top::Loose(role_of(&self.name, &passed.head)),
            (None, None) => Top::Loose(Role::Unknown),
        }
    }
}

/// The next file that is meant, from a place on that moves behind it.
fn following(files: &[File], next: &mut usize, meant: impl Fn(usize, &File) -> bool) -> Option<usize> {
    let found = files.iter().enumerate().skip(*next).find(|(index, file)| meant(*index, file))?.0;
    *next = found.saturating_add(1);
    Some(found)
}
