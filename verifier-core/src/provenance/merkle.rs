//! The Merkle root over all inputs.
//!
//! A leaf is SHA-256 of an entry's UTF-8 bytes, digests enter as their hex. An inner node is
//! SHA-256(left ‖ right). The last node of an odd level goes up unchanged.
//!
//! There is no domain separation: an entry of 64 bytes can equal an inner node. The root is
//! recomputed here over the whole list, which is sound; a proof that one entry is under the root is
//! sound only together with the number of leaves, the entry's index and its syntax.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::dependencies::Dependency;
use super::inputs::{Kind, Toolchain};
use super::origin::Source;
use super::read::{at, is_sha256};
use crate::crypto::{Sha256, sha256};
use crate::index::Index;
use crate::json::Value;
use crate::log::{Finding, Log};
use crate::text::hex;
use crate::verdict::{Authority, NoteKind};

const BYPRODUCTS: &str = "/predicate/runDetails/byproducts";

/// Everything that the root covers.
pub(super) struct Inputs<'i, 'v, 'a> {
    pub(super) source: Source<'v>,
    pub(super) lockfile: &'v str,
    pub(super) toolchain: &'i Toolchain<'v, 'a>,
    pub(super) dependencies: &'i [Dependency<'v>],
}

type Hash = [u8; 32];

impl Inputs<'_, '_, '_> {
    /// The leaves in the order of the toolchain.
    fn leaves(&self) -> Vec<Hash> {
        let mut leaves = Vec::with_capacity(self.dependencies.len().saturating_add(8));
        let mut add = |entry: &str| leaves.push(sha256(entry.as_bytes()));
        add(self.source.commit);
        add(self.source.tree);
        let kind = self.toolchain.kind();
        let tools = kind.tools().iter().map(|name| self.toolchain.tool(name));
        match kind {
            Kind::Nix => {
                add(self.lockfile);
                let mut entry = String::new();
                for fetch in self.dependencies {
                    entry.clear();
                    entry.extend(["fetch:", fetch.name, ":", fetch.algorithm, ":", fetch.digest]);
                    add(&entry);
                }
                for (digest, version) in tools {
                    add(digest);
                    add(version);
                }
            }
            _ => {
                for (digest, version) in tools {
                    add(digest);
                    add(version);
                }
                add(self.lockfile);
                let order = Index::of(self.dependencies.iter().map(|dependency| dependency.uri));
                let sorted = order.places().filter_map(|at| self.dependencies.get(at));
                sorted.for_each(|dependency| add(dependency.uri));
            }
        }
        leaves
    }
}

/// Compares the one `input_merkle_root` with the root over the inputs.
pub(super) fn appraise(document: &Value<'_>, inputs: &Inputs<'_, '_, '_>, log: &mut Log<'_>) {
    let leaves = inputs.leaves();
    let count = leaves.len();
    let expected = root(leaves).map(|root| hex(&root)).unwrap_or_default();
    let result = claimed(document);
    let holds = result.is_ok_and(|found| found == expected);
    let (Ok(found) | Err(found)) = result;
    let finding = Finding::new(format!("{expected} over {count} entries"), found).at(BYPRODUCTS);
    log.assess(&super::MERKLE_ROOT, holds, finding);
    if let Ok(found) = result {
        log.claim("build.input_merkle_root", found, Authority::Provenance, BYPRODUCTS);
    }
    log.note(
        NoteKind::Information,
        "provenance.merkle_domain",
        format!("the Merkle tree has no domain separation: prove an entry only with its index among {count} leaves"),
        BYPRODUCTS,
    );
}

/// The root that the document names, or what is wrong with it.
fn claimed<'v>(document: &'v Value<'_>) -> Result<&'v str, &'v str> {
    let byproducts = at(document, BYPRODUCTS).and_then(Value::as_array).ok_or("no byproducts")?;
    let named = |entry: &&Value<'_>| entry.get("name").and_then(Value::as_str) == Some("input_merkle_root");
    let mut roots = byproducts.iter().filter(named);
    match (roots.next(), roots.next()) {
        (None, _) => Err("no byproduct `input_merkle_root`"),
        (Some(_), Some(_)) => Err("more than one byproduct `input_merkle_root`"),
        (Some(root), None) => {
            let sha256 = root.get("digest").and_then(|digest| digest.get("sha256"));
            let text = sha256.and_then(Value::as_str).ok_or("a byproduct without a SHA-256")?;
            if is_sha256(text) { Ok(text) } else { Err("a SHA-256 that is not 64 lower-case hex characters") }
        }
    }
}

/// The root over leaves; `None` where there are none.
fn root(mut level: Vec<Hash>) -> Option<Hash> {
    while level.len() > 1 {
        level = level
            .chunks(2)
            .filter_map(|pair| match pair {
                [left, right] => {
                    let mut node = Sha256::default();
                    node.update(left);
                    node.update(right);
                    Some(node.finish())
                }
                [odd] => Some(*odd),
                _ => None,
            })
            .collect();
    }
    level.first().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(left: Hash, right: Hash) -> Hash {
        sha256(&[left, right].concat())
    }

    #[test]
    fn trees_of_every_small_size() {
        let [a, b, c, d, e] = [b"a", b"b", b"c", b"d", b"e"].map(|entry| sha256(entry));
        assert_eq!(root(Vec::new()), None);
        assert_eq!(root([a].to_vec()), Some(a));
        assert_eq!(root([a, b].to_vec()), Some(node(a, b)));
        assert_eq!(root([a, b, c].to_vec()), Some(node(node(a, b), c)));
        assert_eq!(root([a, b, c, d].to_vec()), Some(node(node(a, b), node(c, d))));
        assert_eq!(root([a, b, c, d, e].to_vec()), Some(node(node(node(a, b), node(c, d)), e)));
    }

    /// Why an inclusion proof needs more than the root.
    #[test]
    fn an_entry_can_equal_an_inner_node() {
        let [a, b, c, d] = [b"a", b"b", b"c", b"d"].map(|entry| sha256(entry));
        let (left, right) = ([a, b].concat(), [c, d].concat());
        let two = [sha256(&left), sha256(&right)].to_vec();
        assert_eq!(root(two), root([a, b, c, d].to_vec()));
    }
}
