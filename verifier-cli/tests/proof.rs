//! `kettle-verify proof` on the proofs of the corpus.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that panics has failed"
)]

mod common;

use common::{run, synthetic, text, trusted, vectors};
use serde_json::Value;

fn unhex(digits: &str) -> Vec<u8> {
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

fn cases() -> Vec<Value> {
    serde_json::from_slice(&std::fs::read(vectors("proofs.json")).unwrap()).unwrap()
}

#[test]
fn every_proof_of_the_corpus_gets_the_answer_that_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("proof");
    let cases = cases();
    assert!(cases.len() >= 30);
    for case in cases {
        let field = |name: &str| case[name].as_str().unwrap().to_owned();
        std::fs::write(&file, unhex(&field("proof"))).unwrap();
        let leaves = case["leaves"].as_u64().map(|leaves| leaves.to_string());
        let (proof, entry, root) = (text(&file), field("entry"), field("root"));
        let mut words = vec!["proof", &proof, &entry, "--root", &root];
        if let Some(leaves) = &leaves {
            words.extend(["--leaves", leaves]);
        }
        let answer = run(&words);
        let proved = case["proved"].as_bool().unwrap();
        assert_eq!(answer.code, i32::from(!proved), "{}: {}{}", case["id"], answer.stdout, answer.stderr);
        words.push("--json");
        let json: Value = serde_json::from_str(&run(&words).stdout).unwrap();
        assert_eq!(json["proved"], proved, "{}", case["id"]);
    }
}

#[test]
fn the_answer_says_what_it_does_not_say() {
    let case = cases().into_iter().find(|case| case["id"] == "ok-count-unknown").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("proof");
    std::fs::write(&file, unhex(case["proof"].as_str().unwrap())).unwrap();
    let (proof, entry, root) = (text(&file), case["entry"].as_str().unwrap(), case["root"].as_str().unwrap());
    let answer = run(&["proof", &proof, entry, "--root", root]);
    let said = answer.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in ["nothing vouches for that", "does not say that the input is used", "was not looked at"] {
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn a_bundle_without_an_input_tree_proves_nothing() {
    let (_folder, bundle) = synthetic();
    let case = &cases()[0];
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("proof");
    std::fs::write(&file, unhex(case["proof"].as_str().unwrap())).unwrap();
    let options = trusted();
    let proof = text(&file);
    let mut words = vec!["proof", &proof, case["entry"].as_str().unwrap(), &bundle];
    words.extend(options.iter().map(String::as_str));
    let answer = run(&words);
    assert_eq!(answer.code, 1, "{}", answer.stderr);
    assert!(answer.stdout.contains("names no input tree"), "{}", answer.stdout);
}

#[test]
fn what_is_asked_must_be_said_once() {
    assert_eq!(run(&["proof", "x", "y"]).code, 2);
    assert_eq!(run(&["proof", "x", "y", "bundle", "--root", &"0".repeat(64)]).code, 2);
    assert_eq!(run(&["proof", "x", "y", "--leaves", "3", "bundle"]).code, 2);
    assert_eq!(run(&["proof", "/no/such/proof", "y", "--root", &"0".repeat(64)]).code, 2);
    let help = run(&["proof", "--help"]).stdout;
    let said = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("it can't say that another is not there"), "{help}");
}
