//! The known format's root over a build's inputs. It has no prefixes and no leaf count, so that an entry can
//! equal an inner node; [`crate::input_tree`] is the tree without these faults.

use sha2::{Digest as _, Sha256};

/// The hash of a node.
pub type Hash = [u8; 32];

/// The root over entries: leaves are hashed, an odd node goes up unchanged.
#[must_use]
pub fn known_root<'e>(entries: impl IntoIterator<Item = &'e str>) -> Option<Hash> {
    let mut level: Vec<Hash> =
        entries.into_iter().map(|entry| Sha256::digest(entry.as_bytes()).into()).collect();
    while level.len() > 1 {
        level = level
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => Sha256::new().chain_update(left).chain_update(right).finalize().into(),
                odd => odd.first().copied().unwrap_or_default(),
            })
            .collect();
    }
    level.first().copied()
}
