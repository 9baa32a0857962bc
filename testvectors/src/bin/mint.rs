//! Mints the corpus again: `cargo run -p kettle-testvectors --bin mint`. With `--check` nothing is
//! written, and a difference from what is on disk is a failure.

use std::process::ExitCode;

use kettle_testvectors::conformance::{conformance, file};
use kettle_testvectors::corpus;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let check = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => false,
        ["--check"] => true,
        _ => return failure(["usage: mint [--check]".to_owned()]),
    };
    let files = match corpus::mint() {
        Ok(files) => files,
        Err(wrong) => return failure(wrong),
    };
    let root = corpus::folder();
    let cases = files.keys().filter(|path| path.ends_with("/case.json")).count();
    if check {
        let differences = corpus::differences(&files, &root);
        if !differences.is_empty() {
            return failure(differences);
        }
        let hash = conformance().hash;
        if std::fs::read_to_string(file()).is_ok_and(|found| found == hash) {
            println!("{cases} cases, all as minted; conformance {hash}");
            return ExitCode::SUCCESS;
        }
        return failure([format!("{} is not {hash}; mint again", file().display())]);
    }
    if let Err(error) = corpus::write(&files, &root) {
        return failure([format!("can't write the corpus: {error}")]);
    }
    let hash = conformance().hash;
    if let Err(error) = std::fs::write(file(), &hash) {
        return failure([format!("can't write the conformance hash: {error}")]);
    }
    println!("{cases} cases minted; conformance {hash}");
    ExitCode::SUCCESS
}

fn failure(lines: impl IntoIterator<Item = String>) -> ExitCode {
    for line in lines {
        eprintln!("{line}");
    }
    ExitCode::FAILURE
}
