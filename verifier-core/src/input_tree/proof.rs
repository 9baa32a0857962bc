//! A proof that one entry is under a root.
//!
//! | offset | bytes | what |
//! |---|---|---|
//! | 0 | 4 | `KIP1` |
//! | 4 | 1 | kind of the entry |
//! | 5 | 4 | leaves of the tree, big-endian |
//! | 9 | 4 | place of the leaf, from 0, big-endian |
//! | 13 | 16 | salt of the leaf |
//! | 29 | 32 each | the nodes beside the way from the leaf to the root |
//!
//! Their number follows from place and leaves, so a proof has one length and one spelling. The entry itself
//! is not in it: whoever checks says what he wants to see proved.

use alloc::vec::Vec;

use super::{Hash, Kind, ProofError, Salt, Tree, above, leaf, node};
use crate::limits::INPUT_LEAVES;

const MAGIC: &[u8; 4] = b"KIP1";

/// Bytes before the nodes.
const HEAD: usize = 29;

/// A proof that can be read. Whether it proves anything, [`Proof::check`] says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    kind: Kind,
    leaves: u32,
    index: u32,
    salt: Salt,
    path: Vec<Hash>,
}

/// On which side of the way a node lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

impl Proof {
    /// Makes the proof for a leaf of a tree. `None` where there is no such leaf, or where the tree has more
    /// than 2²⁴ of them.
    ///
    /// ```
    /// use kettle_verifier_core::input_tree::{Kind, Proof, Tree, leaf, root};
    /// let leaves = ["a", "b", "c"].map(|entry| leaf(Kind::Dependency, &[7; 16], entry));
    /// let proof = Proof::make(Kind::Dependency, [7; 16], &leaves, 2).unwrap();
    /// let read = Proof::read(&proof.to_bytes()).unwrap();
    /// let tree = Tree { root: root(&leaves).unwrap(), leaves: Some(3) };
    /// assert_eq!(read.check(&tree, "c"), Ok(()));
    /// assert!(read.check(&tree, "b").is_err());
    /// ```
    #[must_use]
    pub fn make(kind: Kind, salt: Salt, leaves: &[Hash], index: u32) -> Option<Self> {
        let count = u32::try_from(leaves.len()).ok().filter(|count| *count <= INPUT_LEAVES)?;
        let (mut level, mut at, mut path) = (leaves.to_vec(), usize::try_from(index).ok()?, Vec::new());
        level.get(at)?;
        while level.len() > 1 {
            path.extend(level.get(at ^ 1));
            level = above(&level);
            at /= 2;
        }
        Some(Self { kind, leaves: count, index, salt, path })
    }

    /// Reads a proof.
    ///
    /// # Errors
    /// [`ProofError`] where the bytes are not the one spelling of a proof.
    pub fn read(bytes: &[u8]) -> Result<Self, ProofError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(ProofError::Magic)?;
        let cut = ProofError::Length { expected: HEAD, found: bytes.len() };
        let (&[kind], rest) = rest.split_first_chunk().ok_or(cut)?;
        let (&leaves, rest) = rest.split_first_chunk().ok_or(cut)?;
        let (&index, rest) = rest.split_first_chunk().ok_or(cut)?;
        let (&salt, rest) = rest.split_first_chunk().ok_or(cut)?;
        let (leaves, index) = (u32::from_be_bytes(leaves), u32::from_be_bytes(index));
        let known = Kind::ALL.into_iter().find(|known| known.number() == kind);
        let kind = known.ok_or(ProofError::Kind(kind))?;
        if leaves == 0 || leaves > INPUT_LEAVES {
            return Err(ProofError::Leaves(leaves));
        }
        if index >= leaves {
            return Err(ProofError::Index { index, leaves });
        }
        let (path, over) = rest.as_chunks::<32>();
        let nodes = way(index, leaves).count();
        if path.len() != nodes || !over.is_empty() {
            let expected = nodes.saturating_mul(32).saturating_add(HEAD);
            return Err(ProofError::Length { expected, found: bytes.len() });
        }
        Ok(Self { kind, leaves, index, salt, path: path.to_vec() })
    }

    /// The bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.push(self.kind.number());
        bytes.extend(self.leaves.to_be_bytes());
        bytes.extend(self.index.to_be_bytes());
        bytes.extend(self.salt);
        bytes.extend(self.path.iter().flatten());
        bytes
    }

    /// What the entry is.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// How many leaves the tree has, as the proof says.
    #[must_use]
    pub const fn leaves(&self) -> u32 {
        self.leaves
    }

    /// Checks that the entry is a leaf of the tree (RFC 9162, section 2.1.3.2).
    ///
    /// # Errors
    /// [`ProofError::OtherCount`] or [`ProofError::NotUnderRoot`].
    pub fn check(&self, tree: &Tree, entry: &str) -> Result<(), ProofError> {
        if let Some(expected) = tree.leaves.filter(|expected| *expected != self.leaves) {
            return Err(ProofError::OtherCount { expected, found: self.leaves });
        }
        let from = leaf(self.kind, &self.salt, entry);
        let root =
            way(self.index, self.leaves).zip(&self.path).fold(from, |hash, (side, beside)| match side {
                Side::Left => node(beside, &hash),
                Side::Right => node(&hash, beside),
            });
        if root == tree.root { Ok(()) } else { Err(ProofError::NotUnderRoot) }
    }
}

/// The sides of the nodes beside the way up from a place. A node without another beside it goes up as it is.
fn way(index: u32, leaves: u32) -> impl Iterator<Item = Side> {
    let step = |(index, width): &(u32, u32)| (*width > 1).then(|| (index / 2, width.div_ceil(2)));
    let levels = core::iter::successors(Some((index, leaves)), step);
    levels.filter_map(|(index, width)| match (index % 2, width) {
        (1, _) => Some(Side::Left),
        (_, width) if index.saturating_add(1) < width => Some(Side::Right),
        _ => None,
    })
}
