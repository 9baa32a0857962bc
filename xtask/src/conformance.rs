//! `cargo xtask conformance`: every language over every case, byte for byte.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::failure::{Done, Failure};
use crate::test::uniffi;
use crate::workspace::{command, programs, root};

/// A program that answers every case, one line each, `id<TAB>sha256` of the answer, and says
/// `conformance <hash>` at the end.
struct Runner {
    name: &'static str,
    /// A file that is there once the runner is built, and what builds it.
    built: Option<(&'static str, &'static str)>,
    command: fn() -> Command,
}

/// The first is the one that the others are compared with.
static RUNNERS: &[Runner] = &[
    Runner { name: "Rust", built: None, command: rust },
    Runner {
        name: "Node",
        built: Some(("target/npm/package/node.js", "cargo xtask npm")),
        command: || command("node", &["verifier-wasm/test/corpus.mjs", "target/npm/package"]),
    },
    Runner {
        name: "Page",
        built: Some(("target/web/single/index.html", "cargo xtask web")),
        command: || command("node", &["web-demo/test/corpus.mjs"]),
    },
    Runner {
        name: "Python",
        built: Some(("target/venv/bin/kettle-verify", "cargo xtask python --test")),
        command: || command("target/venv/bin/python", &["verifier-py/tests/conformance.py"]),
    },
    Runner { name: "C", built: Some(("target/c/conformance", "cargo xtask test --only c")), command: c },
    Runner {
        name: "Ruby",
        built: Some(("target/uniffi/ruby/kettle_verify.rb", "cargo xtask test --only uniffi")),
        command: || command("sh", &["-c", uniffi::RUBY]),
    },
    Runner {
        name: "Kotlin",
        built: Some(("target/uniffi/classes/ConformanceKt.class", "cargo xtask test --only uniffi")),
        command: || command("sh", &["-c", uniffi::KOTLIN]),
    },
    Runner {
        name: "Swift",
        built: Some(("target/uniffi/swift/conformance", "cargo xtask test --only uniffi")),
        command: || command("sh", &["-c", uniffi::SWIFT]),
    },
];

fn rust() -> Command {
    command("target/debug/conformance", &[])
}

/// The program is linked with the library that was installed beside it.
fn c() -> Command {
    let mut runner = command("target/c/conformance", &["testvectors"]);
    runner.env("LD_LIBRARY_PATH", "target/c/prefix/lib");
    runner
}

/// What a runner printed.
#[derive(Debug, Default, PartialEq, Eq)]
struct Answers {
    cases: BTreeMap<String, String>,
    hash: String,
}

pub(crate) fn run_chore() -> Done {
    programs(&["conformance"])?;
    let mut reference: Option<Answers> = None;
    let mut divergent = 0_usize;
    println!("{:8} {:>6} {:>10}  conformance", "runner", "cases", "divergent");
    for runner in RUNNERS {
        if let Some((file, how)) = runner.built.filter(|(file, _)| !Path::new(&root().join(file)).exists()) {
            println!("{:8} skipped: {file} is not there; `{how}` builds it", runner.name);
            continue;
        }
        let answers = answers(runner)?;
        let differences = reference.as_ref().map(|known| differences(known, &answers)).unwrap_or_default();
        let (name, cases) = (runner.name, answers.cases.len());
        println!("{name:8} {cases:>6} {:>10}  {}", differences.len(), answers.hash);
        differences.iter().for_each(|line| println!("  {line}"));
        divergent = divergent.saturating_add(differences.len());
        reference.get_or_insert(answers);
    }
    if divergent == 0 {
        Ok(())
    } else {
        Err(Failure::new(format!("{divergent} answers diverge from Rust's")))
    }
}

fn answers(runner: &Runner) -> Done<Answers> {
    let output =
        (runner.command)().output().map_err(|error| Failure::new(format!("{}: {error}", runner.name)))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let answers = parse(&text);
    if output.status.success() && !answers.hash.is_empty() && !answers.cases.is_empty() {
        return Ok(answers);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Failure::new(format!(
        "the runner of {} gave no whole answer: {}: {said}",
        runner.name, output.status
    )))
}

fn parse(text: &str) -> Answers {
    let mut answers = Answers::default();
    for line in text.lines() {
        if let Some((id, sha256)) = line.split_once('\t') {
            answers.cases.insert(id.into(), sha256.into());
        } else if let Some(hash) = line.strip_prefix("conformance ") {
            answers.hash = hash.into();
        }
    }
    answers
}

/// One line for each case that differs, is missing or is there too much, and one where only the whole does.
fn differences(known: &Answers, found: &Answers) -> Vec<String> {
    let of = |answers: &Answers, id: &str| answers.cases.get(id).cloned().unwrap_or_else(|| "none".into());
    let ids: std::collections::BTreeSet<&String> = known.cases.keys().chain(found.cases.keys()).collect();
    let mut lines: Vec<String> = ids
        .into_iter()
        .filter(|id| known.cases.get(*id) != found.cases.get(*id))
        .map(|id| format!("{id}: {} and not {}", of(found, id), of(known, id)))
        .collect();
    if lines.is_empty() && known.hash != found.hash {
        lines.push(format!("the whole: {} and not {}", found.hash, known.hash));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_divergence_is_a_line() {
        let known = parse("a/x\t00\na/y\t11\nconformance 22\n");
        assert_eq!(differences(&known, &known), Vec::<String>::new());
        for (text, lines) in [
            ("a/x\t00\na/y\t12\nconformance 22", 1),
            ("a/x\t00\nconformance 22", 1),
            ("a/x\t00\na/y\t11\na/z\t11\nconformance 22", 1),
            ("a/x\t00\na/y\t11\nconformance 23", 1),
            ("", 2),
        ] {
            assert_eq!(differences(&known, &parse(text)).len(), lines, "{text}");
        }
    }
}
