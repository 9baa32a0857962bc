#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that panics has failed")]

use serde_json::json;

use super::*;

fn provenance(count: usize) -> Value {
    let uri = |index| format!("pkg:cargo/crate{index}@1.{index}.0?checksum=sha256:{}", "07".repeat(32));
    let dependencies: Vec<Value> = (0..count).map(|index| json!({ "uri": uri(index) })).collect();
    json!({ "predicate": { "buildDefinition": {
        "externalParameters": { "source": { "digest": { "gitCommit": "c0", "gitTree": "7e" } } },
        "internalParameters": {
            "kettleverify_attester": { "sourceFiles": { "digest": { "sha256": "f1" } } },
            "lockfileHash": { "sha256": "10" },
            "toolchain": { "cargo": { "digest": { "sha256": "ca" }, "version": "1.90.0 (cargo)" } },
        },
        "resolvedDependencies": dependencies,
    } } })
}

#[test]
fn every_input_can_be_proved_and_no_other() {
    let inputs = InputTree::over(&provenance(20), &Seed([7; 32])).unwrap();
    let tree = inputs.tree().unwrap();
    assert_eq!(tree.leaves, Some(25));
    for leaf in &inputs.leaves {
        let (proof, entry) = inputs.prove(&leaf.entry).unwrap();
        assert_eq!(Proof::read(&proof.to_bytes()).unwrap().check(&tree, entry), Ok(()));
    }
    let tool = "cargo\nca\n1.90.0 (cargo)";
    assert_eq!(inputs.prove(tool).unwrap().0.kind(), Kind::Tool);
    assert!(inputs.prove("crate20").is_err());
}

#[test]
fn dependencies_go_by_name_where_that_says_which() {
    let mut document = provenance(2);
    let list = document.pointer_mut("/predicate/buildDefinition/resolvedDependencies").unwrap();
    list.as_array_mut().unwrap().push(json!({ "uri": "pkg:npm/%40a/crate1@2.0.0?checksum=x" }));
    list.as_array_mut().unwrap().push(json!({ "uri": "pkg:cargo/crate1@2.0.0?checksum=x" }));
    let inputs = InputTree::over(&document, &Seed([7; 32])).unwrap();
    assert!(inputs.prove("crate0").unwrap().1.starts_with("pkg:cargo/crate0@"));
    assert!(inputs.prove("crate1").unwrap_err().message.contains("the name of 2 inputs"));
    assert_eq!(inputs.prove("crate1@2.0.0").unwrap().1, "pkg:cargo/crate1@2.0.0?checksum=x");
    assert_eq!(inputs.prove("%40a/crate1").unwrap().1, "pkg:npm/%40a/crate1@2.0.0?checksum=x");
    assert!(inputs.prove("crate1@3.0.0").is_err());
}

#[test]
fn another_seed_is_another_tree_and_shuffles_it() {
    let of = |seed| InputTree::over(&provenance(40), &Seed([seed; 32])).unwrap();
    let (one, two) = (of(1), of(2));
    assert_ne!(one.tree(), two.tree());
    assert_eq!(one.tree(), of(1).tree());
    let order = |inputs: &InputTree| inputs.leaves.iter().map(|leaf| leaf.entry.clone()).collect::<Vec<_>>();
    assert_ne!(order(&one), order(&two));
    // What a proof shows of one salt is not the salt of another leaf.
    let salts: std::collections::BTreeSet<Salt> =
        order(&one).iter().map(|entry| one.seed.salt(Kind::Dependency, entry).unwrap()).collect();
    assert_eq!(salts.len(), 45);
}

#[test]
fn an_input_that_comes_twice_is_one_leaf() {
    let mut document = provenance(2);
    let list = document.pointer_mut("/predicate/buildDefinition/resolvedDependencies").unwrap();
    let first = list[0].clone();
    list.as_array_mut().unwrap().push(first);
    let twice = InputTree::over(&document, &Seed([7; 32])).unwrap();
    assert_eq!(twice.tree(), InputTree::over(&provenance(2), &Seed([7; 32])).unwrap().tree());
}

#[test]
fn seeds_are_read_as_they_were_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.seed");
    let seed = Seed::fresh().unwrap();
    fs::write(&path, seed.text()).unwrap();
    assert_eq!(Seed::read(&path).unwrap().0, seed.0);
    for wrong in ["", "00", &"0g".repeat(32), &"00".repeat(33)] {
        fs::write(&path, wrong).unwrap();
        assert!(Seed::read(&path).is_err(), "{wrong}");
    }
    assert_eq!(Seed::place(Path::new("a/my-build")), Path::new("a/my-build.seed"));
    assert_eq!(format!("{seed:?}"), "Seed(secret)");
}
