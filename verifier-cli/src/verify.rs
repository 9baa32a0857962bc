//! `kettle-verify BUNDLE`.

use std::process::ExitCode;

use kettle_verifier_core::{Policy, appraise};
use kettle_verifier_io::{Given, Request, read_any};

use crate::appraisal::{self, Now};
use crate::args::VerifyArgs;
use crate::failure::Failure;
use crate::other;
use crate::progress::Bar;
use crate::report::Context;

const HINT: &str = "`kettle-verify policy init` writes a policy that names what you see here. Review it, and \
                    say it with --policy next time.";

/// Verifies a bundle.
pub(crate) fn run(given: &VerifyArgs, quiet: bool) -> Result<ExitCode, Failure> {
    // What is demanded is read first: a mistake in it should not cost the hashing of a large file.
    let now = appraisal::now(&given.trust.time)?;
    let policy = demands(given, now)?;
    let roots = appraisal::roots(&given.trust)?;
    let collateral = appraisal::collateral(&given.trust)?;

    let request = Request {
        paths: given.paths.clone(),
        artifacts: given.artifact.clone(),
        subjects: given.subject.clone(),
        without_artifacts: given.without_artifacts,
    };
    let mut bar = Bar::new(quiet);
    let read = read_any(&request, &mut |progress| bar.show(progress))?;
    bar.finish();
    let (verdict, ignored, hint) = match read {
        Given::Bundle(mut input) => {
            other::refuse_hashes(&given.hashes)?;
            appraisal::put_first(collateral, &mut input.collateral);
            let verdict = appraise(&input.bundle(), &policy, &roots, now.time);
            (verdict, input.ignored, given.demands.policy.is_none().then_some(HINT))
        }
        Given::Other(document) => {
            let verdict = other::appraise(&document, given, &policy, &roots, now.time)?;
            (verdict, document.ignored, None)
        }
    };
    let context = Context { clock: now.clock, explain: given.output.explain, ignored: &ignored, hint };
    appraisal::show(&verdict, &context, &given.output, quiet)
}

fn demands(given: &VerifyArgs, now: Now) -> Result<Policy, Failure> {
    let mut policy = appraisal::policy(&given.demands, now)?;
    if let Some(nonce) = &given.nonce {
        policy = policy.with_nonce(nonce).map_err(|_| {
            Failure::new(format!("--nonce `{nonce}`: expected 32 characters of lower-case hex, not all zero"))
        })?;
    }
    if let Some(source) = &given.source {
        let (uri, commit) = split_source(source);
        policy = policy.with_source(uri, commit).map_err(|_| {
            Failure::new(format!(
                "--source `{source}`: expected a repository URI, and after an `@` a full commit of 40 or 64 lower-case hex digits"
            ))
        })?;
    }
    Ok(policy)
}

/// `URI@COMMIT`. The `@` of `git@host:path` or `https://user@host/path` does not begin a commit.
fn split_source(source: &str) -> (&str, Option<&str>) {
    match source.rsplit_once('@') {
        Some((uri, commit)) if !commit.contains(['/', ':']) => (uri, Some(commit)),
        _ => (source, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_commit_is_what_follows_the_last_at() {
        let cases = [
            ("https://example.org/a", ("https://example.org/a", None)),
            ("https://example.org/a@00ff", ("https://example.org/a", Some("00ff"))),
            ("https://me@example.org/a", ("https://me@example.org/a", None)),
            ("git@example.org:a/b", ("git@example.org:a/b", None)),
            ("git@example.org:a/b@00ff", ("git@example.org:a/b", Some("00ff"))),
            ("https://example.org/a@", ("https://example.org/a", Some(""))),
        ];
        for (source, expected) in cases {
            assert_eq!(split_source(source), expected);
        }
    }
}
