//! Reads what an appraisal is given, and decides nothing about it.
//!
//! A bundle lies in a folder, in a `.tar`, `.tar.gz` or `.zip`, or in loose files. All of it is
//! hostile: nothing is ever written, no link is followed inside a folder, nothing is opened twice,
//! and every size is bounded. Artifacts are hashed as a stream, so memory stays flat however large
//! they are; only documents are kept.
//!
//! Without the feature `files` nothing here opens a file: [`Opening`] says what to read, and takes what
//! was read, for whoever moves the bytes otherwise.
//!
#![cfg_attr(feature = "files", doc = "```no_run")]
#![cfg_attr(not(feature = "files"), doc = "```ignore")]
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

#![cfg_attr(not(feature = "files"), no_std)]

extern crate alloc;

mod archive;
mod assemble;
mod collateral;
mod error;
mod found;
mod input;
mod name;
mod opening;
mod order;
mod owned;
mod role;

#[cfg(feature = "files")]
mod content;
#[cfg(feature = "files")]
mod evidence;
#[cfg(feature = "files")]
mod file;
#[cfg(feature = "files")]
mod folder;
#[cfg(feature = "files")]
mod loose;
#[cfg(feature = "files")]
mod read;
#[cfg(feature = "files")]
mod tree;
#[cfg(feature = "files")]
mod watch;

pub use collateral::{collateral_from_bytes, public_key_from_bytes};
pub use error::{Error, ErrorKind, Refusal};
pub use input::{Format, Given, Ignored, Input, Other, Part, Seen};
pub use opening::{Opened, Opening, Task};
pub use role::{Role, recognise};

#[cfg(feature = "files")]
pub use archive::ReadSeek;
#[cfg(feature = "files")]
pub use collateral::{read_collateral, read_public_key};
#[cfg(feature = "files")]
pub use evidence::{EvidenceInput, EvidenceParts, read_evidence, read_evidence_or_collateral};
#[cfg(feature = "files")]
pub use file::{hash_file, hash_reader, read_small};
#[cfg(feature = "files")]
pub use read::{Request, read, read_any, read_archive};
#[cfg(feature = "files")]
pub use watch::{Progress, Watch};
