//! A progress bar for large artifacts, on standard error and only on a terminal.

use core::ops::ControlFlow;
use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use kettle_verifier_io::Progress;

/// Files below this many bytes are hashed before an eye could see the bar.
const LARGE: u64 = 64 * 1024 * 1024;

const TEMPLATE: &str = "  hashing {msg}  {bar:24}  {percent}% of {total_bytes}, {eta} left";

/// Shows at most one bar at a time.
pub(crate) struct Bar {
    wanted: bool,
    bar: Option<(String, ProgressBar)>,
}

impl Bar {
    pub(crate) fn new(quiet: bool) -> Self {
        Self { wanted: !quiet && std::io::stderr().is_terminal(), bar: None }
    }

    /// Takes a piece of news. The program is cancelled by its signals, so it always goes on.
    pub(crate) fn show(&mut self, progress: Progress<'_>) -> ControlFlow<()> {
        let Some(total) = progress.total.filter(|total| self.wanted && *total >= LARGE) else {
            return ControlFlow::Continue(());
        };
        if self.bar.as_ref().is_none_or(|(name, _)| name != progress.name) {
            self.finish();
            self.bar = Some((progress.name.into(), start(progress.name, total)));
        }
        if let Some((_, bar)) = &self.bar {
            bar.set_position(progress.done);
        }
        ControlFlow::Continue(())
    }

    /// Takes the bar away.
    pub(crate) fn finish(&mut self) {
        if let Some((_, bar)) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

fn start(name: &str, total: u64) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(10));
    // The template is a constant of this file; the library's own style stands in for a broken one.
    bar.set_style(ProgressStyle::with_template(TEMPLATE).unwrap_or_else(|_| ProgressStyle::default_bar()));
    let short: String = name.chars().filter(|character| !character.is_control()).take(30).collect();
    bar.set_message(short);
    bar
}
