//! A command that is ended when its time is over, or ours.

use std::process::{Child, ExitStatus};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::failure::{At as _, Done, Failure};
use crate::interrupt;

/// How often is looked whether to end it.
const LOOK: Duration = Duration::from_millis(20);

const RUNS: u8 = 0;
const ENDED: u8 = 1;
const LATE: u8 = 2;

/// The command. Its process id is only used while nobody else can have it.
pub(super) struct Watched {
    child: Mutex<Child>,
    state: AtomicU8,
    time: Duration,
}

impl Watched {
    pub(super) const fn new(child: Child, time: Duration) -> Self {
        Self { child: Mutex::new(child), state: AtomicU8::new(RUNS), time }
    }

    /// Ends the command when it is time to. Bubblewrap dies, and with it all that it started; so does what it
    /// had only just begun to start, which is of its group and not yet tied to it.
    pub(super) fn watch(&self) {
        let begun = Instant::now();
        while self.state.load(Ordering::Acquire) == RUNS {
            let late = begun.elapsed() > self.time;
            if late || interrupt::received() {
                if late {
                    let _ = self.state.compare_exchange(RUNS, LATE, Ordering::AcqRel, Ordering::Acquire);
                }
                self.end();
                return;
            }
            std::thread::park_timeout(LOOK);
        }
    }

    fn end(&self) {
        let Ok(mut child) = self.child.lock() else { return };
        // Nobody has waited for it, so the number is still that of its group.
        if let (Ok(None), Ok(group)) = (child.try_wait(), i32::try_from(child.id())) {
            let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
        }
    }

    /// Waits for its end.
    pub(super) fn wait(&self) -> Done<ExitStatus> {
        let place = std::path::Path::new("the build");
        let status = loop {
            let mut child = self.child.lock().map_err(|_| Failure::usage("the build can't be waited for"))?;
            if let Some(status) = child.try_wait().at("wait for", place)? {
                break status;
            }
            drop(child);
            std::thread::sleep(Duration::from_millis(2));
        };
        let before = self.state.swap(ENDED, Ordering::AcqRel);
        interrupt::check()?;
        if before == LATE {
            return Err(Failure::build(format!(
                "a command ran for more than {} seconds; give it more with --timeout",
                self.time.as_secs()
            )));
        }
        Ok(status)
    }
}
