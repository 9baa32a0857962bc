//! Confidential builds: the source is sent to a build machine only after that machine has proven what it
//! is, and over a connection that ends inside it.
//!
//! ```text
//! requester                                        build machine
//!     │  TLS 1.3, the server with a key of this connection alone (RFC 7250: no certificate)
//!     │ hello: nonce ──────────────────────────────────►│
//!     │                     report data = SHA-256(key ‖ nonce) ‖ 16 zeros
//!     │◄───────────────────────────────────── evidence │
//!     │ appraised under the requester's policy: is this machine behind the very key of this connection?
//!     │ order, commit, trees, files ───────────────────►│
//!     │◄──────────────── what happens, then the bundle │
//!     │ appraised under the same policy, with source, commit and a nonce of this order
//! ```
//!
//! The key is the DER of its SubjectPublicKeyInfo, as the TLS handshake carries and proves it. That begins
//! with 0x30, and a provenance document with `{`: neither's digest can be taken for the other's.
//!
//! Who stands in the middle has another key than the one in the evidence. Evidence of another connection
//! has another nonce. Nothing of the source is sent in either case, nor to a machine that the policy
//! doesn't name.

mod frame;
mod objects;
mod send;
mod serve;
mod tls;

use sha2::{Digest as _, Sha256};

pub use frame::{Kind as FrameKind, read as read_frame, write as write_frame};
pub use send::{Request, send};
pub use serve::{Served, Server};
pub use tls::{Identity, client as tls_client};

use serde::{Deserialize, Serialize};

use crate::evidence::Attested;

/// The bytes that the machine has attested for a connection: SHA-256 over its key and the nonce, and no
/// nonce of a build.
#[must_use]
pub fn bound(key: &[u8], nonce: &[u8; 32]) -> Attested {
    let mut attested = [0; 48];
    let (digest, _) = attested.split_at_mut(32);
    digest.copy_from_slice(&Sha256::new().chain_update(key).chain_update(nonce).finalize());
    attested
}

/// The requester's first word.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hello {
    /// The version of what is spoken here.
    pub version: u32,
    /// 32 bytes in hex, never used before.
    pub nonce: String,
}

/// The name of the item with the seed of the input tree, a secret of the requester's.
const SEED: &str = "seed";

/// What is spoken here.
pub const VERSION: u32 = 1;

/// What is to be built.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Order {
    /// The commit, whose objects follow.
    pub commit: String,
    /// Where the source comes from.
    pub source_uri: String,
    /// The toolchain, where it can't be told from the lockfile.
    pub toolchain: Option<String>,
    /// The build command; empty for the toolchain's own.
    pub command: Vec<String>,
    /// The artifacts; empty for all of the toolchain's.
    pub artifacts: Vec<String>,
    /// The nonce that the bundle's evidence carries: 16 bytes in hex.
    pub nonce: String,
}

/// What an item is, before its bytes.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// The path of a file, or the kind of an object.
    pub name: String,
    /// Whether it is a program.
    #[serde(default)]
    pub executable: bool,
}

/// Why the other side ends the connection.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Refusal {
    /// Whether the build failed, and not the order.
    build: bool,
    message: String,
}
