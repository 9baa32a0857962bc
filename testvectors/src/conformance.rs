//! The answers of this verifier to the whole corpus, and one hash over them.

use sha2::{Digest as _, Sha256};

use crate::case::{Answer, CaseDocument, run};
use crate::corpus::{Index, folder, in_parallel};
use crate::hex;

/// The verifier's answer to each case, in the order of the index.
#[derive(Debug)]
pub struct Conformance {
    /// The id of each case with the SHA-256 of the answer in hex.
    pub answers: Vec<(String, String)>,
    /// SHA-256 over all answers, each followed by a line feed.
    pub hash: String,
}

/// Runs every case that is on disk.
///
/// # Panics
/// Where the corpus can't be read.
#[must_use]
pub fn conformance() -> Conformance {
    let read =
        |path: &str| std::fs::read(folder().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    let index: Index = serde_json::from_slice(&read("index.json")).unwrap();
    let texts = in_parallel(&index.cases, |id| {
        let case: CaseDocument = serde_json::from_slice(&read(&format!("cases/{id}/case.json"))).unwrap();
        match run(&case, &read) {
            Answer::Verdict(verdict) => verdict.to_json(),
            Answer::Unreadable(place) => place,
        }
    });
    let mut whole = Sha256::new();
    for text in &texts {
        whole.update(text);
        whole.update("\n");
    }
    let answers = index.cases.into_iter().zip(texts.iter().map(|text| hex(&Sha256::digest(text))));
    Conformance { answers: answers.collect(), hash: hex(&whole.finalize()) }
}

/// Where the hash is kept, for whoever has the verifier and not the corpus.
#[must_use]
pub fn file() -> std::path::PathBuf {
    folder().join("../verifier-core/src/conformance.txt")
}
