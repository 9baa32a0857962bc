//! Why an event log can't be read.

use core::fmt;

use crate::limits::EVENT_LOG_EVENTS;
use crate::reader::LayoutError;

/// Why an event log can't be read, with the byte position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EventLogError {
    pub(crate) kind: EventLogErrorKind,
    pub(crate) position: usize,
}

/// What is wrong with an event log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EventLogErrorKind {
    /// A size that does not fit the bytes.
    Layout(LayoutError),
    /// The first event is not the header of a log with SHA-384 digests.
    Header,
    /// More events than are read.
    TooMany,
    /// An event without exactly one SHA-384 digest.
    Digests,
    /// An event of a register that is no run-time measurement register.
    Register(u32),
    /// An event that measures nothing, with a digest or after events that do.
    NoAction,
}

impl EventLogErrorKind {
    pub(super) const fn at(self, position: usize) -> EventLogError {
        EventLogError { kind: self, position }
    }
}

impl fmt::Display for EventLogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            EventLogErrorKind::Layout(error) => write!(f, "{error}")?,
            EventLogErrorKind::Header => write!(f, "no header of a log with SHA-384 digests")?,
            EventLogErrorKind::TooMany => write!(f, "more than {EVENT_LOG_EVENTS} events")?,
            EventLogErrorKind::Digests => write!(f, "an event without exactly one SHA-384 digest")?,
            EventLogErrorKind::Register(index) => write!(f, "an event of register {index}")?,
            EventLogErrorKind::NoAction => {
                write!(f, "an event that measures nothing, with a digest or after events that do")?;
            }
        }
        write!(f, " in the event at byte {}", self.position)
    }
}
