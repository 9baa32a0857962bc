//! The members of a tar, whose bytes come from outside.

use alloc::string::String;

use super::Task;
use crate::archive::walk::{self, BLOCK, Next, Walk};
use crate::assemble::{Assembly, Passed};
use crate::error::{Error, ErrorKind};

/// Where in the archive one is.
pub(super) struct Tar {
    walk: Walk,
    next: State,
}

enum State {
    Header,
    Extension(u64),
    Member(String, u64),
    Padding(u64),
    Tail,
    End,
}

impl Tar {
    pub(super) fn new() -> Self {
        Self { walk: Walk::default(), next: State::Header }
    }

    /// What is to be done next; nothing at the end.
    pub(super) fn task(&mut self, assembly: &Assembly) -> Option<Task> {
        Some(match &self.next {
            State::Header => Task::Block { bytes: BLOCK },
            State::Extension(bytes) => Task::Block { bytes: *bytes },
            State::Member(name, size) => match assembly.keep(name) {
                Some(keep) => Task::Member { name: name.clone(), size: *size, keep },
                None => Task::Skip { bytes: *size },
            },
            State::Padding(bytes) => Task::Skip { bytes: *bytes },
            State::Tail => {
                self.next = State::End;
                Task::Rest
            }
            State::End => return None,
        })
    }

    /// Takes a header or an extended header.
    pub(super) fn took(&mut self, bytes: &[u8], assembly: &mut Assembly) -> Result<(), Error> {
        match self.next {
            State::Extension(size) => {
                if u64::try_from(bytes.len()) != Ok(size) {
                    return Err(walk::ends());
                }
                self.walk.extension(bytes)?;
                self.next = State::Padding(walk::padding(size));
            }
            _ => {
                self.next = match self.walk.header(bytes)? {
                    Next::Header => State::Header,
                    Next::Extension(size) => State::Extension(size),
                    Next::Member { path, size } => {
                        assembly.name(&path)?;
                        State::Member(path, size)
                    }
                    Next::Tail => State::Tail,
                };
            }
        }
        Ok(())
    }

    /// Takes what was hashed of a member.
    pub(super) fn passed(&mut self, passed: Passed, assembly: &mut Assembly) -> Result<(), Error> {
        let State::Member(path, size) = core::mem::replace(&mut self.next, State::End) else {
            return Err(walk::ends());
        };
        if passed.artifact.size != size {
            return Err(walk::ends());
        }
        assembly.take(path, passed);
        self.next = State::Padding(walk::padding(size));
        Ok(())
    }

    /// Takes how many bytes were skipped.
    pub(super) fn skipped(&mut self, bytes: u64) -> Result<(), Error> {
        let (expected, next) = match self.next {
            State::Member(_, size) => (size, State::Padding(walk::padding(size))),
            State::Padding(size) => (size, State::Header),
            _ => return Err(walk::ends()),
        };
        self.next = next;
        if bytes == expected { Ok(()) } else { Err(walk::ends()) }
    }

    /// Looks at bytes behind the end mark.
    pub(super) fn rest(bytes: &[u8]) -> Result<(), Error> {
        if walk::is_tail(bytes) { Ok(()) } else { Err(ErrorKind::Trailing.of("")) }
    }
}
