//! SIGINT, SIGTERM and SIGHUP end a build as a failure does, so that nothing of it is left. A second one
//! ends the program at once.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

use crate::failure::{Done, Failure};

static RECEIVED: LazyLock<Arc<AtomicUsize>> = LazyLock::new(Arc::default);

/// Listens for signals, from here on.
///
/// # Errors
/// [`Failure`] where the system refuses.
pub fn listen() -> Done {
    let refused = |error: std::io::Error| Failure::usage(format!("can't listen for signals: {error}"));
    let again = Arc::new(AtomicBool::new(false));
    for (signal, number) in [(SIGINT, 2), (SIGTERM, 15), (SIGHUP, 1)] {
        flag::register_conditional_shutdown(signal, 1, Arc::clone(&again)).map_err(refused)?;
        flag::register(signal, Arc::clone(&again)).map_err(refused)?;
        flag::register_usize(signal, Arc::clone(&RECEIVED), number).map_err(refused)?;
    }
    Ok(())
}

/// Whether to stop.
#[must_use]
pub fn received() -> bool {
    RECEIVED.load(Ordering::Relaxed) != 0
}

/// Stops where a signal came.
///
/// # Errors
/// [`Failure`] where one did.
pub fn check() -> Done {
    match RECEIVED.load(Ordering::Relaxed) {
        0 => Ok(()),
        number => Err(Failure::build(format!("stopped by signal {number}; there is no bundle"))),
    }
}
