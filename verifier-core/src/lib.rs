//! Offline appraisal of attested builds.
//!
//! An attested build compiles source inside a confidential VM. The processor signs a report over
//! the digest of a provenance document which names every input and every output. This crate
//! follows that chain from end to end and says, for every single check, what was expected and what
//! was found:
//!
//! ```text
//! vendor root -> hardware evidence -> report data -> provenance -> subject -> artifact bytes
//! ```
//!
//! [`appraise()`] is total. Malformed input is a failed check and never another kind of error, so
//! every caller, in every language, sees one [`Verdict`].
//!
//! The crate is `no_std` with `alloc`; it has no clock, no network, no file access, no randomness
//! and no logging. Time and trust are arguments.
//!
//! The source reads in the order of verification: [`bundle`], [`envelope`], [`platform`],
//! [`binding`], [`provenance`], [`artifacts`], [`verdict`].

#![no_std]
#![warn(clippy::alloc_instead_of_core, clippy::std_instead_of_alloc, clippy::std_instead_of_core)]
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::std_instead_of_alloc,
        reason = "a test may fail loudly; the library is linted without `test` too"
    )
)]

extern crate alloc;

#[cfg(test)]
extern crate std;

pub mod appraise;
pub mod artifacts;
pub mod binding;
pub mod bundle;
pub mod cbor;
pub mod collateral;
pub mod cose;
pub mod crypto;
mod dcap;
pub mod emit;
pub mod envelope;
mod eventlog;
pub mod formats;
#[cfg(fuzzing)]
#[allow(clippy::indexing_slicing, missing_docs, reason = "fuzz targets may stop")]
pub mod fuzzing;
pub mod input_tree;
pub mod json;
pub mod limits;
pub mod log;
pub mod platform;
pub mod policy;
pub mod provenance;
pub mod reader;
pub mod request;
pub mod time;
pub mod trust;
pub mod verdict;
pub mod vtpm;
pub mod x509;

mod asn1;
mod index;
mod text;

#[cfg(test)]
mod vectors;

/// SHA-256 over the verdicts on the test corpus, in lower-case hex: equal where two builds of the verifier
/// judge alike. It is written by the program that mints the corpus, which tests that it is true.
pub const CONFORMANCE: &str = include_str!("conformance.txt");

pub use appraise::{appraise, appraise_evidence};
pub use bundle::{Artifact, ArtifactSet, Bundle, Collateral, EvidenceOnly};
pub use collateral::{appraise_collateral, appraise_intel_collateral};
pub use policy::Policy;
pub use time::Timestamp;
pub use trust::TrustRoots;
pub use verdict::{Outcome, Verdict};
