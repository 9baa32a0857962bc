//! Why a proof proves nothing.

use core::fmt;

use crate::json::JsonError;

/// Why a proof proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProofError {
    /// The bytes do not begin as a proof does.
    Magic,
    /// No kind of entry has this number.
    Kind(u8),
    /// The tree would have no leaves, or more than there may be.
    Leaves(u32),
    /// The place lies outside the tree.
    Index {
        /// The place.
        index: u32,
        /// How many leaves there are.
        leaves: u32,
    },
    /// There are more or fewer bytes than a proof for this place in this tree has.
    Length {
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// The provenance document is not strict JSON.
    Provenance(JsonError),
    /// The provenance document names no input tree, or more than one, or one that can't be read.
    NoTree,
    /// The tree has another number of leaves.
    OtherCount {
        /// How many the tree has.
        expected: u32,
        /// How many the proof is for.
        found: u32,
    },
    /// The entry is not under the root, or is another one than the proof is for.
    NotUnderRoot,
}

impl fmt::Display for ProofError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Magic => f.write_str("the file is no proof of an input: it does not begin with `KIP1`"),
            Self::Kind(number) => write!(f, "no kind of input has the number {number}"),
            Self::Leaves(leaves) => write!(f, "a tree of {leaves} leaves is none that can be proved in"),
            Self::Index { index, leaves } => {
                write!(f, "there is no leaf {index} in a tree of {leaves}; they are counted from 0")
            }
            Self::Length { expected, found } => {
                write!(f, "a proof for this place has {expected} bytes, and this one has {found}")
            }
            Self::Provenance(error) => write!(f, "provenance.json: {error}"),
            Self::NoTree => f.write_str(
                "provenance.json names no input tree; only bundles of `kettle-attest` do, and each names one",
            ),
            Self::OtherCount { expected, found } => {
                write!(f, "the tree has {expected} leaves, and the proof is for one of {found}")
            }
            Self::NotUnderRoot => f.write_str(
                "this entry is not under the root; it must be spelled to the letter as the builder recorded it",
            ),
        }
    }
}

impl core::error::Error for ProofError {}
