//! The two Merkle roots over a build's inputs.
//!
//! The known format's root has no prefixes and no leaf count: an entry can equal an inner node. The
//! second one follows RFC 6962, section 2.1 (0x00 before a leaf, 0x01 before a node), over typed and
//! salted leaves, so that showing one input says nothing of the others.

use sha2::{Digest as _, Sha256};

/// The hash of a node.
pub type Hash = [u8; 32];

/// The known format's root over entries: leaves are hashed, an odd node goes up unchanged.
#[must_use]
pub fn known_root<'e>(entries: impl IntoIterator<Item = &'e str>) -> Option<Hash> {
    let leaves = entries.into_iter().map(|entry| Sha256::digest(entry.as_bytes()).into()).collect();
    reduce(leaves, &[])
}

/// A level at a time, up to the root. Promoting the odd node gives the tree of RFC 6962 too, whose left
/// part is the largest power of two.
fn reduce(mut level: Vec<Hash>, prefix: &[u8]) -> Option<Hash> {
    while level.len() > 1 {
        level = level
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => {
                    let hash = Sha256::new().chain_update(prefix).chain_update(left).chain_update(right);
                    hash.finalize().into()
                }
                odd => odd.first().copied().unwrap_or_default(),
            })
            .collect();
    }
    level.first().copied()
}
