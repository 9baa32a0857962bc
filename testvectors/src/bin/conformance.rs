//! Answers every case of the corpus, one line each: `id<TAB>sha256`, and at the end `conformance <hash>`.
//! Runners in other languages print the same.

use kettle_testvectors::conformance::conformance;

fn main() {
    let found = conformance();
    for (id, sha256) in &found.answers {
        println!("{id}\t{sha256}");
    }
    println!("conformance {}", found.hash);
}
