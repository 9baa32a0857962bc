//! The members of a zip, whose bytes come from outside.

use alloc::vec::Vec;

use super::Task;
use crate::archive::directory::{Directory, Place};
use crate::assemble::{Assembly, Passed};
use crate::error::Error;

/// Where in the archive one is.
pub(super) struct Zip {
    file: usize,
    directory: Directory,
    /// The member that is next or at work.
    next: usize,
    /// Where its data lie, once that is known.
    place: Option<Place>,
    places: Vec<Place>,
}

impl Zip {
    pub(super) const fn new(file: usize, size: u64) -> Self {
        Self { file, directory: Directory::new(size), next: 0, place: None, places: Vec::new() }
    }

    /// What is to be done next; nothing at the end.
    pub(super) fn task(&mut self, assembly: &Assembly) -> Result<Option<Task>, Error> {
        let file = self.file;
        if let Some((offset, bytes)) = self.directory.wants() {
            return Ok(Some(Task::Range { file, offset, bytes }));
        }
        while let Some(member) = self.directory.members().get(self.next) {
            let Some(place) = self.place else {
                let (offset, bytes) = member.own();
                return Ok(Some(Task::Range { file, offset, bytes }));
            };
            if let Some(keep) = assembly.keep(&member.path) {
                return Ok(Some(Task::Slice {
                    file,
                    offset: place.start,
                    bytes: place.end.saturating_sub(place.start),
                    deflated: place.deflated,
                    name: member.path.clone(),
                    size: member.size,
                    keep,
                }));
            }
            self.forward();
        }
        self.directory.apart(&self.places).map(|()| None)
    }

    /// Takes a range.
    pub(super) fn took(&mut self, bytes: &[u8], assembly: &mut Assembly) -> Result<(), Error> {
        if self.directory.wants().is_none() {
            if let Some(member) = self.directory.members().get(self.next) {
                self.place = Some(member.place(bytes)?);
            }
            return Ok(());
        }
        self.directory.take(bytes)?;
        self.directory.members().iter().try_for_each(|member| assembly.name(&member.path))
    }

    /// Takes what was hashed of a member, and its checksum.
    pub(super) fn passed(&mut self, passed: Passed, crc: u32, assembly: &mut Assembly) -> Result<(), Error> {
        if let Some(member) = self.directory.members().get(self.next) {
            member.check(passed.artifact.size, crc)?;
            assembly.take(member.path.clone(), passed);
        }
        self.forward();
        Ok(())
    }

    fn forward(&mut self) {
        self.places.extend(self.place.take());
        self.next = self.next.saturating_add(1);
    }
}
