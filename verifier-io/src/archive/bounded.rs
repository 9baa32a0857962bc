//! A reader that stops once more was unpacked than may be.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use crate::error::ErrorKind;

/// How much may still be unpacked; shared by all members of an archive.
#[derive(Clone)]
pub(crate) struct Budget {
    limit: u64,
    left: Rc<Cell<u64>>,
    exceeded: Rc<Cell<bool>>,
}

impl Budget {
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, left: Rc::new(Cell::new(limit)), exceeded: Rc::default() }
    }

    /// What an error of a reader further out means: the budget's end, or a damaged archive.
    pub(crate) fn explain_kind(&self, kind: ErrorKind) -> ErrorKind {
        match kind {
            _ if self.exceeded.get() => ErrorKind::Expands { limit: self.limit },
            ErrorKind::Io { reason } => ErrorKind::Archive { reason },
            other => other,
        }
    }
}

/// Counts what it passes on.
pub(crate) struct Bounded<R> {
    inner: R,
    budget: Budget,
}

impl<R> Bounded<R> {
    pub(crate) fn new(inner: R, budget: Budget) -> Self {
        Self { inner, budget }
    }

    /// What it reads from.
    pub(crate) fn into_inner(self) -> R {
        self.inner
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        match self.budget.left.get().checked_sub(u64::try_from(count).unwrap_or(u64::MAX)) {
            Some(left) => {
                self.budget.left.set(left);
                Ok(count)
            }
            None => {
                self.budget.exceeded.set(true);
                Err(io::Error::other("unpacks to too much"))
            }
        }
    }
}
