//! Reads what an appraisal is given, and decides nothing about it.
//!
//! A bundle lies in a folder, in a `.tar`, `.tar.gz` or `.zip`, or in loose files. All of it is
//! hostile: nothing is ever written, no link is followed inside a folder, nothing is opened twice,
//! and every size is bounded. Artifacts are hashed as a stream, so memory stays flat however large
//! they are; only documents are kept.
//!
//! ```no_run
//! use core::ops::ControlFlow;
//! use kettle_verifier_core::request::Settings;
//! use kettle_verifier_io::{Request, read_any};
//!
//! let request = Request { paths: vec!["kettle-build".into()], ..Request::default() };
//! let given = read_any(&request, &mut |_progress| ControlFlow::Continue(()))?;
//! let settings = Settings { now: "2026-03-05T08:00:00Z", ..Settings::default() };
//! let verdict = settings.appraise(&given.content(&request)?)?;
//! println!("{}", verdict.sentence);
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod archive;
mod assemble;
mod collateral;
mod content;
mod error;
mod evidence;
mod file;
mod folder;
mod loose;
mod name;
mod owned;
mod read;
mod role;
mod tree;
mod watch;

pub use collateral::{collateral_from_bytes, public_key_from_bytes, read_collateral, read_public_key};
pub use error::{Error, ErrorKind};
pub use evidence::{EvidenceInput, EvidenceParts, read_evidence, read_evidence_or_collateral};
pub use file::{hash_file, hash_reader, read_small};
pub use read::{Format, Given, Ignored, Input, Other, Request, read, read_any};
pub use role::{Role, recognise};
pub use watch::{Progress, Watch};
