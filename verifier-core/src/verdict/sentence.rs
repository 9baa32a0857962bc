//! The outcome in one sentence, and what it does not prove.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Outcome, Status, TrustRootKind, Verdict};
use crate::platform::{self, Platform};

/// One sentence that a person understands.
pub(crate) fn sentence(verdict: &Verdict, evidence_only: bool) -> String {
    let body = match verdict.outcome {
        Outcome::Failed => failed(verdict),
        Outcome::Inconclusive => inconclusive(verdict),
        Outcome::Unpinned if evidence_only => {
            format!("the evidence comes from {}{}", hardware(verdict), missing(verdict))
        }
        Outcome::Verified | Outcome::Unpinned => format!("{}{}", built(verdict), missing(verdict)),
    };
    match verdict.trust_root {
        TrustRootKind::Test => format!("TEST ROOT, no hardware vouches for this: {body}"),
        TrustRootKind::Replaced => format!("under the trust root that was given: {body}"),
        TrustRootKind::Pinned | TrustRootKind::Extended => body,
    }
}

fn failed(verdict: &Verdict) -> String {
    match verdict.first_failure() {
        Some(check) if check.location.is_empty() => {
            format!(
                "refused: it does not hold that {} (expected {}, found {})",
                check.title, check.expected, check.found
            )
        }
        Some(check) => format!(
            "refused: it does not hold that {} (expected {}, found {} at {})",
            check.title, check.expected, check.found, check.location
        ),
        None => "refused: nothing was checked".into(),
    }
}

fn inconclusive(verdict: &Verdict) -> String {
    let open = verdict
        .checks
        .iter()
        .find(|check| check.status == Status::Inconclusive)
        .or_else(|| verdict.checks.iter().find(|check| check.status == Status::NotReached));
    open.map_or_else(
        || "undecided".into(),
        |check| {
            format!("undecided: whether {} can't be told from what was given ({})", check.title, check.found)
        },
    )
}

fn claim<'v>(verdict: &'v Verdict, id: &str) -> Option<&'v str> {
    verdict.claims.iter().find(|claim| claim.id == id).map(|claim| claim.value.as_str())
}

fn built(verdict: &Verdict) -> String {
    let artifacts: Vec<&str> = verdict
        .claims
        .iter()
        .filter(|claim| claim.id == "artifact.checked")
        .map(|claim| claim.value.as_str())
        .collect();
    let subject = match artifacts.as_slice() {
        [] => "the provenance, whose artifacts were not checked, names".into(),
        [one] => format!("`{one}` matches"),
        [first, rest @ ..] => format!("`{first}` and {} more match", rest.len()),
    };
    let uri =
        claim(verdict, "source.uri").filter(|uri| !uri.is_empty()).unwrap_or("a source without an address");
    let commit = claim(verdict, "source.commit").unwrap_or("an unnamed commit");
    format!("{subject} a build of {uri} at {commit}, attested by {}", hardware(verdict))
}

fn hardware(verdict: &Verdict) -> String {
    platform::find(&verdict.platform).map_or_else(|| "hardware".to_string(), |known| known.title().into())
}

/// What nobody has said, for the outcome `unpinned`; and for `verified` what was not demanded.
fn missing(verdict: &Verdict) -> String {
    if verdict.outcome == Outcome::Verified {
        return match claim(verdict, "policy.measurement") {
            Some(id) => format!(", in the machine image `{id}` that the policy names"),
            None => String::new(),
        };
    }
    let open = |id: &str| verdict.check(id).is_some_and(|check| check.status == Status::NotReached);
    let mut said = String::new();
    if open("machine.measurement") {
        said.push_str("; you have not said which machine image you trust");
    } else if open("machine.pcrs") {
        let named = platform::find(&verdict.platform).and_then(Platform::registers);
        let without = named.map_or("the launch digest only", |known| known.without);
        said.push_str(&format!("; you have not said which guest you trust: the policy names {without}"));
    }
    if open("artifacts.checked") {
        said.push_str("; no artifact was checked");
    }
    if open("binding.report_data") {
        said.push_str("; you have not said which report data you expect");
    }
    said
}

/// What no verdict of this verifier proves, and what this platform's evidence does not.
pub(crate) fn not_proven(platform: Option<&'static dyn Platform>) -> Vec<String> {
    let common = [
        "that the source is free of faults or malice: only which source was named",
        "that the work tree equalled the named commit: the known builder records the commit and does not compare the tree",
        "that the whole toolchain is the named one: the toolchain digests cover the driver programs only",
        "that the build steps could not reach the quote device: whatever runs inside the measured machine may ask for a report over any data, so an image is worth what its isolation is worth",
        "when the build took place: times in the provenance are claims, and nothing in a bundle alone proves freshness",
        "a SLSA level beyond 1, unless the policy's own map grants it",
    ];
    let special = platform.map(Platform::not_proven).unwrap_or_default();
    common.iter().chain(special).map(ToString::to_string).collect()
}
