//! The tree over a build's inputs, and proofs that one input is in it.
//!
//! It is the hash tree of RFC 6962, section 2.1, over salted leaves:
//!
//! ```text
//! leaf = SHA-256(00 ‖ kind ‖ salt ‖ entry)     one byte, 16 bytes, UTF-8
//! node = SHA-256(01 ‖ left ‖ right)            an odd node goes up unchanged
//! ```
//!
//! A leaf never equals a node, and who sees the hash of a leaf can't try out what is in it: that takes the
//! salt, which nobody has but the builder and those to whom it shows this one input. Leaves lie in the order
//! of their hashes, so that a place in the tree says nothing either. `spec/input-tree.md` has the whole.

mod error;
mod proof;

#[cfg(test)]
mod tests;

use alloc::string::String;
use alloc::vec::Vec;

use crate::crypto::Sha256;
use crate::json;
use crate::limits::PROVENANCE_BYTES;
use crate::provenance;
use crate::text::{hex, unhex};

pub use error::ProofError;
pub use proof::Proof;

/// The hash of a leaf or node.
pub type Hash = [u8; 32];

/// What keeps the entry of a leaf from being tried out.
pub type Salt = [u8; 16];

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The Git commit, as hex.
    Commit,
    /// The Git tree of the commit, as hex.
    Tree,
    /// SHA-256 of the list of source files, as hex.
    SourceFiles,
    /// SHA-256 of the lockfile, as hex.
    Lockfile,
    /// A tool: name, SHA-256 as hex and version, each on a line of its own.
    Tool,
    /// A dependency: its package URL.
    Dependency,
}

impl Kind {
    /// Every kind, in the order of their numbers.
    pub const ALL: [Self; 6] =
        [Self::Commit, Self::Tree, Self::SourceFiles, Self::Lockfile, Self::Tool, Self::Dependency];

    /// The number in leaves and proofs.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Commit => 1,
            Self::Tree => 2,
            Self::SourceFiles => 3,
            Self::Lockfile => 4,
            Self::Tool => 5,
            Self::Dependency => 6,
        }
    }

    /// The kind in words.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Tree => "tree",
            Self::SourceFiles => "source files",
            Self::Lockfile => "lockfile",
            Self::Tool => "tool",
            Self::Dependency => "dependency",
        }
    }
}

/// The hash of a leaf.
#[must_use]
pub fn leaf(kind: Kind, salt: &Salt, entry: &str) -> Hash {
    hash([&[0, kind.number()], salt, entry.as_bytes()])
}

/// The hash of a node above two others.
#[must_use]
pub fn node(left: &Hash, right: &Hash) -> Hash {
    hash([&[1], left, right])
}

fn hash(parts: [&[u8]; 3]) -> Hash {
    let mut hash = Sha256::default();
    parts.iter().for_each(|part| hash.update(part));
    hash.finish()
}

/// The level above a level of a tree.
fn above(level: &[Hash]) -> Vec<Hash> {
    let pair = |pair: &[Hash]| match pair {
        [left, right] => Some(node(left, right)),
        rest => rest.first().copied(),
    };
    level.chunks(2).filter_map(pair).collect()
}

/// The root over leaves in this order; `None` where there are none.
///
/// ```
/// use kettle_verifier_core::input_tree::{Kind, leaf, node, root};
/// let leaves = ["a", "b", "c"].map(|entry| leaf(Kind::Dependency, &[7; 16], entry));
/// let [a, b, c] = &leaves;
/// assert_eq!(root(&leaves), Some(node(&node(a, b), c)));
/// ```
#[must_use]
pub fn root(leaves: &[Hash]) -> Option<Hash> {
    let mut level = leaves.to_vec();
    while level.len() > 1 {
        level = above(&level);
    }
    level.first().copied()
}

/// A tree as it is known to whoever checks a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tree {
    /// Its root.
    pub root: Hash,
    /// How many leaves it has; `None` where nobody said, and then a proof's own number is only its word.
    pub leaves: Option<u32>,
}

impl Tree {
    /// A root as a verdict spells it: 64 characters of lower-case hex.
    ///
    /// ```
    /// use kettle_verifier_core::input_tree::Tree;
    /// assert_eq!(Tree::root_from_hex(&"07".repeat(32)), Some([7; 32]));
    /// assert_eq!(Tree::root_from_hex("07"), None);
    /// ```
    #[must_use]
    pub fn root_from_hex(text: &str) -> Option<Hash> {
        unhex(text)
    }

    /// The root as a verdict spells it.
    #[must_use]
    pub fn root_hex(&self) -> String {
        hex(&self.root)
    }

    /// The tree that a provenance document names. Nobody vouches for the document here: that takes an
    /// appraisal of the bundle.
    ///
    /// # Errors
    /// [`ProofError::Provenance`] where the document can't be read, [`ProofError::NoTree`] where it names no
    /// such tree, or more than one.
    pub fn of_provenance(bytes: &[u8]) -> Result<Self, ProofError> {
        let document = json::parse(bytes, PROVENANCE_BYTES).map_err(ProofError::Provenance)?;
        provenance::input_tree(&document).ok_or(ProofError::NoTree)
    }
}
