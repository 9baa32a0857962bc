//! The provenance of genuine builds, as it lies there.

use super::*;

fn appraised_file(name: &str) -> Option<(Vec<String>, Record)> {
    let bytes = crate::vectors::bytes(&format!("kettle/{name}/provenance.json"))?;
    let (statement, record) = appraised(&bytes, &Policy::default());
    assert!(statement.is_ok(), "{name}");
    let failed = record.checks.iter().filter(|check| check.status == Status::Fail);
    Some((failed.map(|check| check.id.clone()).collect(), record))
}

fn genuine(name: &str, root: [&str; 2], entries: usize, dependencies: &str) {
    let Some((failed, record)) = appraised_file(name) else { return };
    assert_eq!(failed, Vec::<String>::new(), "{name}");
    assert!(record.checks.iter().all(|check| check.status == Status::Pass), "{name}");
    let claim = |id: &str| record.claims.iter().find(|claim| claim.id == id).unwrap().value.clone();
    let found = claim("build.input_merkle_root");
    assert!(found.starts_with(root[0]) && found.ends_with(root[1]), "{found}");
    let check = record.checks.iter().find(|check| check.id == MERKLE_ROOT.id).unwrap();
    assert_eq!(check.expected, format!("{found} over {entries} entries"));
    assert_eq!(claim("build.dependencies"), dependencies);
    assert!(!record.notes.iter().any(|note| note.id == "provenance.unknown_field"), "{name}");
}

#[test]
fn cargo_builds_pass() {
    genuine("lunal-kettle/fixtures/ripgrep", ["4e212fbc", "28f2"], 58, "51");
    genuine("confidentialdotai-kettle/fixtures/ripgrep", ["5deb8d30", "9805"], 58, "51");
}

#[test]
fn a_nix_build_passes() {
    genuine("lunal-kettle/fixtures/alejandra", ["d6da62fa", "e7ef"], 311, "306");
}

#[test]
fn a_synthetic_build_fails_at_its_root() {
    let Some((failed, _)) = appraised_file("lunal-kettle/fixtures/openclaw") else { return };
    assert_eq!(failed, ["provenance.merkle_root"]);
}

#[test]
fn deviations_are_counted_once_for_each_kind() {
    let Some((_, record)) = appraised_file("lunal-kettle/fixtures/alejandra") else { return };
    let notes: Vec<&str> = record
        .notes
        .iter()
        .filter(|note| note.kind == crate::verdict::NoteKind::Deviation)
        .map(|note| note.id.as_str())
        .collect();
    let expected = [
        "provenance.dependencies.foreign_digest",
        "provenance.dependencies.package_type",
        "provenance.dependencies.package_url",
        "provenance.invocation.offset",
    ];
    assert_eq!(notes, expected);
    let first = record.notes.iter().find(|note| note.id == expected[0]).unwrap();
    assert!(first.text.starts_with("306 "), "{}", first.text);
}
