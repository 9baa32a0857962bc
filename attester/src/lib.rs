//! Builds a project inside a confidential VM so that the build can neither lie about its inputs nor
//! reach the quote device, and leaves a bundle that anybody can verify offline.
//!
//! ```text
//! commit ─► clean export ─► lockfile ─► fetch, check ─► sandboxed build ─► artifacts
//!              │                │                            (no network,       │
//!              ▼                ▼                             no devices)       ▼
//!           tree, files     dependencies                              SHA-256 of each
//!              └────────────────┴──────────► provenance.json ◄──────────────────┘
//!                                                  │ SHA-256 ‖ nonce
//!                                                  ▼
//!                                            evidence.json ─► verified here, then put in place
//! ```
//!
//! Everything that a build script could touch is read before the build runs, or outside its sandbox
//! afterwards.

pub mod artifacts;
pub mod build;
pub mod bundle;
pub mod device;
pub mod ecosystem;
pub mod event;
pub mod evidence;
pub mod failure;
pub mod guard;
pub mod input_tree;
pub mod interrupt;
pub mod merkle;
pub mod provenance;
pub mod remote;
pub mod sandbox;
pub mod source;
pub mod staple;
pub mod toolchain;

pub use build::{Options, build};
pub use event::{Event, Reporter};
pub use failure::{Done, Failure, Kind};

/// SHA-256 as lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    base16ct::lower::encode_string(bytes)
}

pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    hex(&sha2::Sha256::digest(bytes))
}
