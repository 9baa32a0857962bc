//! Progress and cancellation.

use core::ops::ControlFlow;

/// How far the reading of one file has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'a> {
    /// The file or archive member.
    pub name: &'a str,
    /// Bytes that were read.
    pub done: u64,
    /// Bytes in all, where that is known.
    pub total: Option<u64>,
}

/// Is told of progress after every piece that was read; [`ControlFlow::Break`] cancels.
pub type Watch<'w> = dyn FnMut(Progress<'_>) -> ControlFlow<()> + 'w;
