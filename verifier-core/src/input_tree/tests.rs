use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use std::format;

use super::*;
use crate::crypto::sha256;
use crate::limits::INPUT_LEAVES;
use crate::text::hex;

/// MTH of RFC 6962, section 2.1, as it stands there: by the largest power of two below the number.
fn by_definition(leaves: &[Hash]) -> Hash {
    match leaves {
        [one] => *one,
        _ => {
            let split = (1..leaves.len()).rev().find(|at| at.is_power_of_two()).unwrap();
            let (left, right) = leaves.split_at(split);
            sha256(&[&[1][..], &by_definition(left), &by_definition(right)].concat())
        }
    }
}

/// PATH of RFC 6962, section 2.1.1.
fn path_by_definition(index: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let split = (1..leaves.len()).rev().find(|at| at.is_power_of_two()).unwrap();
    let (left, right) = leaves.split_at(split);
    if index < split {
        [path_by_definition(index, left), [by_definition(right)].to_vec()].concat()
    } else {
        [path_by_definition(index - split, right), [by_definition(left)].to_vec()].concat()
    }
}

fn salt(index: usize) -> Salt {
    sha256(&index.to_be_bytes())[..16].try_into().unwrap()
}

fn leaves(count: usize) -> Vec<Hash> {
    (0..count).map(|index| leaf(Kind::Dependency, &salt(index), &index.to_string())).collect()
}

fn proof(index: usize, leaves: &[Hash]) -> Proof {
    Proof::make(Kind::Dependency, salt(index), leaves, index.try_into().unwrap()).unwrap()
}

/// The trees that implementations of Certificate Transparency compare: eight inputs, and the roots over the
/// first one, two, up to all.
#[test]
fn nodes_are_those_of_certificate_transparency() {
    let inputs: [&[u8]; 4] = [b"", &[0], &[0x10], &[0x20, 0x21]];
    let leaves = inputs.map(|input| sha256(&[&[0], input].concat()));
    for (count, expected) in [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    .iter()
    .enumerate()
    {
        assert_eq!(hex(&root(&leaves[..=count]).unwrap()), *expected);
    }
}

#[test]
fn roots_and_paths_are_those_of_the_definition() {
    assert_eq!(root(&[]), None);
    for count in 1..70 {
        let leaves = leaves(count);
        let tree = Tree { root: by_definition(&leaves), leaves: count.try_into().ok() };
        assert_eq!(root(&leaves), Some(tree.root));
        for index in 0..count {
            let proof = proof(index, &leaves);
            let bytes = proof.to_bytes();
            assert_eq!(bytes[29..], path_by_definition(index, &leaves).concat(), "{index} of {count}");
            let read = Proof::read(&bytes).unwrap();
            assert_eq!(read, proof);
            assert_eq!(read.check(&tree, &index.to_string()), Ok(()));
            assert_eq!(read.check(&tree, "x"), Err(ProofError::NotUnderRoot));
        }
    }
}

#[test]
fn a_proof_among_1500_has_below_400_bytes() {
    let leaves = leaves(1500);
    let longest = (0..1500).map(|index| proof(index, &leaves).to_bytes().len()).max();
    assert_eq!(longest, Some(29 + 11 * 32));
}

#[test]
fn nothing_but_the_bytes_as_they_were_made_proves_anything() {
    let leaves = leaves(13);
    let tree = Tree { root: by_definition(&leaves), leaves: Some(13) };
    let alone = Tree { leaves: None, ..tree };
    for index in [0, 7, 12] {
        let entry = index.to_string();
        let bytes = proof(index, &leaves).to_bytes();
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut other = bytes.clone();
                other[at] ^= 1 << bit;
                let checked = |tree| Proof::read(&other).and_then(|read| read.check(tree, &entry));
                assert!(checked(&tree).is_err(), "byte {at}, bit {bit}");
                // Against the root alone the number of leaves is the proof's own word, and nothing else is.
                assert!(checked(&alone).is_err() || (5..9).contains(&at), "byte {at}, bit {bit}");
            }
        }
        for length in 0..bytes.len() {
            assert!(Proof::read(&bytes[..length]).is_err());
        }
        assert!(Proof::read(&[bytes, [0; 32].to_vec()].concat()).is_err());
    }
}

/// In a tree without prefixes the two halves of a node's input would pass for an entry.
#[test]
fn a_node_is_no_leaf() {
    let [a, b] = [1, 2].map(|index| leaf(Kind::Commit, &salt(index), "x"));
    let inner = [a, b].concat();
    assert_ne!(sha256(&[&[0][..], &inner].concat()), node(&a, &b));
    // Kind, salt and entry can't be shifted into each other either: two have a fixed length.
    assert_ne!(leaf(Kind::Tree, &salt(1), "x"), a);
    assert_ne!(leaf(Kind::Commit, &salt(2), "x"), a);
}

#[test]
fn refusals_say_what_is_wrong() {
    let sound = proof(3, &leaves(5)).to_bytes();
    let put = |at: usize, bytes: &[u8]| {
        let mut other = sound.clone();
        other[at..at + bytes.len()].copy_from_slice(bytes);
        Proof::read(&other).unwrap_err()
    };
    assert_eq!(put(0, b"KIP2"), ProofError::Magic);
    assert_eq!(put(4, &[0]), ProofError::Kind(0));
    assert_eq!(put(4, &[7]), ProofError::Kind(7));
    assert_eq!(put(5, &[0; 4]), ProofError::Leaves(0));
    assert_eq!(put(5, &[0xff; 4]), ProofError::Leaves(u32::MAX));
    assert_eq!(put(9, &5_u32.to_be_bytes()), ProofError::Index { index: 5, leaves: 5 });
    assert_eq!(put(9, &4_u32.to_be_bytes()), ProofError::Length { expected: 61, found: 125 });
    assert_eq!(put(5, &INPUT_LEAVES.to_be_bytes()), ProofError::Length { expected: 797, found: 125 });
    let tree = Tree { root: [0; 32], leaves: Some(6) };
    let error = Proof::read(&sound).unwrap().check(&tree, "3").unwrap_err();
    assert_eq!(error, ProofError::OtherCount { expected: 6, found: 5 });
}

fn provenance(leaves: &str, byproducts: &str) -> String {
    format!(
        r#"{{"predicate":{{"buildDefinition":{{"internalParameters":{{"kettleverify_attester":{{"inputTree":{{"leaves":{leaves}}}}}}}}},"runDetails":{{"byproducts":[{byproducts}]}}}}}}"#
    )
}

#[test]
fn a_provenance_names_one_tree() {
    let named =
        format!(r#"{{"name":"kettleverify_input_tree","digest":{{"sha256":"{}"}}}}"#, "07".repeat(32));
    let other = r#"{"name":"input_merkle_root","digest":{"sha256":"00"}}"#;
    let of = |text: String| Tree::of_provenance(text.as_bytes());
    let sound = Tree { root: [7; 32], leaves: Some(3) };
    assert_eq!(of(provenance("3", &format!("{other},{named}"))), Ok(sound));
    for (leaves, byproducts) in [
        ("3", String::from(other)),
        ("3", format!("{named},{named}")),
        ("3", named.replace("07", "7")),
        ("3", named.replace("07", "0A")),
        ("0", named.clone()),
        ("-1", named.clone()),
        ("4294967296", named.clone()),
        (r#""3""#, named.clone()),
    ] {
        assert_eq!(of(provenance(leaves, &byproducts)), Err(ProofError::NoTree), "{leaves} {byproducts}");
    }
    assert!(matches!(of("{} ".repeat(2)), Err(ProofError::Provenance(_))));
}
