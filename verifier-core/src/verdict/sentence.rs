//! The outcome in one sentence, and what it does not prove.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Outcome, Status, Subject, TrustRootKind, Verdict};
use crate::platform::{self, Platform};

/// How the title of a platform begins.
const GENUINE: &str = "a genuine ";

/// One sentence that a person understands.
pub(crate) fn sentence(verdict: &Verdict, subject: Subject) -> String {
    let body = match verdict.outcome {
        Outcome::Failed => failed(verdict),
        Outcome::Inconclusive => inconclusive(verdict),
        Outcome::Verified | Outcome::Unpinned if subject == Subject::CompileReport => {
            format!("{}{}", compiled(verdict), missing(verdict))
        }
        Outcome::Unpinned if subject == Subject::Evidence => {
            format!("the evidence comes from {}{}", hardware(verdict), missing(verdict))
        }
        Outcome::Verified | Outcome::Unpinned => format!("{}{}", built(verdict, subject), missing(verdict)),
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

fn built(verdict: &Verdict, subject: Subject) -> String {
    let artifacts: Vec<&str> = verdict
        .claims
        .iter()
        .filter(|claim| claim.id == "artifact.checked")
        .map(|claim| claim.value.as_str())
        .collect();
    let subject = match artifacts.as_slice() {
        [] if subject == Subject::Certificate => {
            "the certificate, whose artifact was not checked, names".into()
        }
        [] => "the provenance, whose artifacts were not checked, names".into(),
        [one] => format!("`{one}` matches"),
        [first, rest @ ..] => format!("`{first}` and {} more match", rest.len()),
    };
    let uri =
        claim(verdict, "source.uri").filter(|uri| !uri.is_empty()).unwrap_or("a source without an address");
    let commit = claim(verdict, "source.commit").unwrap_or("an unnamed commit");
    format!("{subject} a build of {uri} at {commit}, attested by {}", hardware(verdict))
}

fn compiled(verdict: &Verdict) -> String {
    let hash = |id: &str| claim(verdict, id).unwrap_or("nothing");
    let (output, input) = (hash("tee_compile.output_hash"), hash("tee_compile.input_hash"));
    format!("the report names the output {output} of the input {input}, attested by {}", hardware(verdict))
}

/// What attested: under a test root, which anybody can use, nothing that is called genuine.
fn hardware(verdict: &Verdict) -> String {
    let title = platform::find(&verdict.platform).map_or("hardware", Platform::title);
    match title.strip_prefix(GENUINE) {
        Some(known) if verdict.trust_root == TrustRootKind::Test => format!("a simulated {known}"),
        _ => title.into(),
    }
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
    let pins = platform::find(&verdict.platform).map(Platform::pins).unwrap_or_default();
    for (_, unsaid) in pins.iter().filter(|(spec, _)| open(spec.id)) {
        said.push_str(&format!("; you have not said {unsaid}"));
    }
    if open("artifacts.checked") || open("attestable.artifact") {
        said.push_str("; no artifact was checked");
    }
    if open("tee_compile.output") {
        said.push_str("; you have not said which output you expect");
    }
    if open("tee_compile.input") {
        said.push_str("; you have not said which input you expect");
    }
    if open("binding.report_data") {
        said.push_str("; you have not said which report data you expect");
    }
    said
}

/// What no verdict on this subject proves, and what this platform's evidence does not.
pub(crate) fn not_proven(subject: Subject, platform: Option<&'static dyn Platform>) -> Vec<String> {
    let special = platform.map(Platform::not_proven).unwrap_or_default();
    subject.not_proven().iter().chain(special).map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EvidenceOnly, Policy, Timestamp, TrustRoots, appraise_evidence};

    #[test]
    fn every_platform_has_a_title_that_can_be_turned() {
        for known in platform::all() {
            assert!(known.title().starts_with(GENUINE), "{}: {}", known.label(), known.title());
        }
    }

    #[test]
    fn under_a_test_root_nothing_is_genuine() {
        let given =
            EvidenceOnly { evidence: br#"{"platform":"snp","evidence":{}}"#, ..EvidenceOnly::default() };
        let now = Timestamp::from_unix(0).unwrap();
        let mut verdict = appraise_evidence(&given, &Policy::default(), &TrustRoots::pinned(), now);
        assert_eq!(hardware(&verdict), "a genuine AMD SEV-SNP VM");
        verdict.trust_root = TrustRootKind::Test;
        assert_eq!(hardware(&verdict), "a simulated AMD SEV-SNP VM");
    }
}
