//! What is told while a build goes on.

use serde::{Deserialize, Serialize};

use crate::failure::Kind;

/// One thing that happened. As JSON, one object on a line.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event<'a> {
    /// A step begins.
    Step {
        /// Its name; names stay what they are.
        step: Step,
        /// What is done, in words.
        text: &'a str,
    },
    /// How far the step is.
    Progress {
        /// The step.
        step: Step,
        /// How many are done.
        done: u64,
        /// How many there are.
        total: u64,
    },
    /// A line that the build printed.
    Output {
        /// The line, without its end.
        line: &'a str,
    },
    /// Something that a person should know and that stops nothing.
    Warning {
        /// In words.
        text: &'a str,
    },
    /// Orders are taken from now on.
    Listening {
        /// Where.
        address: &'a str,
    },
    /// An order was built, or not.
    Served {
        /// Whose it was.
        from: &'a str,
        /// Why there is no bundle; nothing where there is one.
        failure: Option<&'a str>,
    },
    /// There is no bundle; the last event.
    Failed {
        /// Whose fault it is.
        fault: Kind,
        /// In words.
        text: &'a str,
    },
    /// The bundle is in its place.
    Bundle {
        /// Its folder.
        path: &'a str,
        /// SHA-256 of the provenance.
        provenance_sha256: &'a str,
        /// The outcome of its own verification.
        outcome: &'a str,
    },
}

/// The steps of an attested build, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The commit is exported and its tree recomputed.
    Source,
    /// The lockfile is read.
    Inputs,
    /// The dependencies are fetched and checked.
    Fetch,
    /// The build runs in its sandbox.
    Build,
    /// What it made is hashed.
    Artifacts,
    /// The hardware signs.
    Evidence,
    /// The bundle is verified.
    Verify,
}

/// Is told what happens.
pub trait Reporter {
    /// Something happened.
    fn report(&mut self, event: &Event<'_>);
}

/// Says nothing.
#[derive(Debug, Default)]
pub struct Silent;

impl Reporter for Silent {
    fn report(&mut self, _: &Event<'_>) {}
}
