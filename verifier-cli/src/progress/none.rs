//! No progress bar, where there is no terminal to draw one on.

use core::ops::ControlFlow;

use kettle_verifier_io::Progress;

/// Shows nothing.
pub(crate) struct Bar;

impl Bar {
    pub(crate) fn new(_quiet: bool) -> Self {
        Self
    }

    pub(crate) fn show(&mut self, _progress: Progress<'_>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    pub(crate) fn finish(&mut self) {}
}
