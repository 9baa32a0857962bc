//! Proofs that one input went into a build, for verifiers in any language: `proofs.json`.
//!
//! Trees and paths are worked out here by the definitions of RFC 6962, section 2.1, and not by the core.

use serde::{Deserialize, Serialize};

use crate::hex;
use crate::signing::Hash;

/// One proof, and whether it proves what it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofCase {
    /// Its name.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// The proof, hex.
    pub proof: String,
    /// The input that is to be proved.
    pub entry: String,
    /// The root, hex.
    pub root: String,
    /// The number of leaves, where whoever checks knows it.
    pub leaves: Option<u32>,
    /// Whether it is proved.
    pub proved: bool,
}

/// The kind of a dependency.
const DEPENDENCY: u8 = 6;

struct Grove {
    leaves: Vec<Vec<u8>>,
}

impl Grove {
    fn of(count: usize) -> Self {
        Self { leaves: (0..count).map(|index| leaf(DEPENDENCY, &salt(index), &entry(index))).collect() }
    }

    fn proof(&self, index: usize) -> Vec<u8> {
        let number = |value: usize| u32::try_from(value).unwrap().to_be_bytes();
        [
            b"KIP1".as_slice(),
            &[DEPENDENCY],
            &number(self.leaves.len()),
            &number(index),
            &salt(index),
            &path(index, &self.leaves),
        ]
        .concat()
    }

    fn root(&self) -> Vec<u8> {
        root(&self.leaves)
    }
}

fn entry(index: usize) -> String {
    format!(
        "pkg:cargo/crate{index}@1.0.{index}?checksum=sha256:{}",
        hex(&[u8::try_from(index % 251).unwrap(); 32])
    )
}

fn salt(index: usize) -> Vec<u8> {
    Hash::Sha256.digest(format!("test vectors: salt {index}").as_bytes())[..16].to_vec()
}

fn leaf(kind: u8, salt: &[u8], entry: &str) -> Vec<u8> {
    Hash::Sha256.digest(&[&[0, kind], salt, entry.as_bytes()].concat())
}

/// MTH of RFC 6962.
fn root(leaves: &[Vec<u8>]) -> Vec<u8> {
    match leaves {
        [one] => one.clone(),
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            Hash::Sha256.digest(&[&[1][..], &root(left), &root(right)].concat())
        }
    }
}

/// PATH of RFC 6962, one node after the other.
fn path(index: usize, leaves: &[Vec<u8>]) -> Vec<u8> {
    let at = split(leaves.len());
    match leaves.len() {
        1 => Vec::new(),
        _ if index < at => [path(index, &leaves[..at]), root(&leaves[at..])].concat(),
        _ => [path(index - at, &leaves[at..]), root(&leaves[..at])].concat(),
    }
}

/// The largest power of two below a number.
fn split(count: usize) -> usize {
    count.next_power_of_two() / 2
}

/// Every case.
#[must_use]
pub fn cases() -> Vec<ProofCase> {
    let sound = [1_usize, 2, 3, 8, 13, 1500].map(sound).into_iter().flatten();
    sound.chain(asked_otherwise()).chain(damaged()).chain([node_as_leaf()]).collect()
}

/// The proof that other cases change in one place.
fn base(id: &str, title: &str) -> ProofCase {
    let grove = Grove::of(13);
    ProofCase {
        id: id.into(),
        title: title.into(),
        proof: hex(&grove.proof(5)),
        entry: entry(5),
        root: hex(&grove.root()),
        leaves: Some(13),
        proved: true,
    }
}

/// A sound proof, and what somebody else asks of it.
fn asked_otherwise() -> Vec<ProofCase> {
    let refused = |id: &str, title: &str| ProofCase { proved: false, ..base(id, title) };
    vec![
        base("ok", "the proof that the others change in one place"),
        ProofCase { leaves: None, ..base("ok-count-unknown", "the root alone") },
        ProofCase { leaves: Some(14), ..refused("count", "a tree of another number of leaves") },
        ProofCase { entry: entry(6), ..refused("entry", "another input of the same build") },
        ProofCase { root: hex(&Grove::of(12).root()), ..refused("root", "the root of another build") },
    ]
}

/// Proofs of which a byte or a node is another.
fn damaged() -> Vec<ProofCase> {
    let case = |id: &str, title: &str, change: &dyn Fn(&mut Vec<u8>)| {
        let sound = base(id, title);
        let mut proof = Grove::of(13).proof(5);
        change(&mut proof);
        ProofCase { proof: hex(&proof), proved: false, ..sound }
    };
    let put = |at: usize, bytes: &'static [u8]| {
        move |proof: &mut Vec<u8>| proof[at..at + bytes.len()].copy_from_slice(bytes)
    };
    vec![
        case("magic", "another format's first bytes", &put(0, b"KIP2")),
        case("kind", "another kind of input", &put(4, &[5])),
        case("kind-unknown", "a kind that nobody knows", &put(4, &[9])),
        case("leaves-none", "a tree without leaves", &put(5, &[0; 4])),
        case("leaves-most", "a tree of more leaves than there may be", &put(5, &[0xff; 4])),
        case("index", "the place of the leaf beside it", &put(9, &[0, 0, 0, 4])),
        case("index-outside", "a place outside the tree", &put(9, &[0, 0, 0, 13])),
        case("salt", "another salt", &|proof| proof[13] ^= 1),
        case("node", "another node on the way", &|proof| proof[29] ^= 1),
        case("nodes-swapped", "two nodes in the other order", &|proof| proof[29..93].rotate_left(32)),
        case("cut", "a node too few", &|proof| proof.truncate(proof.len() - 32)),
        case("byte-more", "a byte after the end", &|proof| proof.push(0)),
        case("node-more", "a node too many", &|proof| proof.extend([0; 32])),
        case("empty", "nothing at all", &Vec::clear),
    ]
}

/// First and last leaf of a sound tree.
fn sound(count: usize) -> Vec<ProofCase> {
    let grove = Grove::of(count);
    let case = |index: usize| ProofCase {
        id: format!("ok-{index}-of-{count}"),
        title: format!("leaf {index} of {count}"),
        proof: hex(&grove.proof(index)),
        entry: entry(index),
        root: hex(&grove.root()),
        leaves: u32::try_from(count).ok(),
        proved: true,
    };
    let mut indices = vec![0, count - 1];
    indices.dedup();
    indices.into_iter().map(case).collect()
}

/// A node of a tree of four as if it were a leaf of a tree of two: salt and entry are its two halves, as far
/// as they fit. Without prefixes it would prove an input that nobody recorded.
fn node_as_leaf() -> ProofCase {
    let grove = Grove::of(4);
    let right = root(&grove.leaves[2..]);
    let proof = [
        b"KIP1".as_slice(),
        &[DEPENDENCY],
        &2_u32.to_be_bytes(),
        &0_u32.to_be_bytes(),
        &grove.leaves[0][..16],
        &right,
    ]
    .concat();
    ProofCase {
        id: "node-as-leaf".into(),
        title: "a node in a leaf's place".into(),
        proof: hex(&proof),
        entry: hex(&grove.leaves[1]),
        root: hex(&grove.root()),
        leaves: None,
        proved: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unhex;
    use kettle_verifier_core::input_tree::{Proof, Tree};

    #[test]
    fn the_core_answers_as_the_cases_say() {
        let cases = cases();
        let mut ids: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), cases.len());
        for case in &cases {
            let tree = Tree { root: unhex(&case.root).try_into().unwrap(), leaves: case.leaves };
            let answer = Proof::read(&unhex(&case.proof)).and_then(|proof| proof.check(&tree, &case.entry));
            assert_eq!(answer.is_ok(), case.proved, "{}: {answer:?}", case.id);
        }
        assert!(cases.iter().filter(|case| case.proved).all(|case| case.proof.len() < 800));
    }
}
