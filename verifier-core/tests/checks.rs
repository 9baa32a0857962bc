//! Rules on the tables of checks as a whole.

use std::collections::BTreeSet;

use kettle_verifier_core::appraise::{bundle_checks, evidence_checks};
use kettle_verifier_core::platform;
use kettle_verifier_core::verdict::{CheckSpec, Stage};

/// Every platform's pipeline, for a bundle and for evidence alone, and the one of an unknown label.
fn pipelines() -> Vec<(String, Vec<&'static CheckSpec>)> {
    let labels = platform::all().map(|platform| platform.label()).chain([""]);
    labels
        .flat_map(|label| {
            [
                (format!("bundle `{label}`"), bundle_checks(label).collect()),
                (format!("evidence `{label}`"), evidence_checks(label).collect()),
            ]
        })
        .collect()
}

#[test]
fn an_id_comes_once_in_a_pipeline() {
    for (name, checks) in pipelines() {
        let mut seen = BTreeSet::new();
        for spec in checks {
            assert!(seen.insert(spec.id), "{name}: {} comes twice", spec.id);
        }
    }
}

/// The hardware comes as one block, because its layers nest: behind a vTPM a whole report lies, with
/// its chain and its machine rules, before the quote is looked at.
#[test]
fn the_order_of_a_pipeline_is_the_order_of_verification() {
    let place = |spec: &&CheckSpec| match spec.stage {
        Stage::Input => 0,
        Stage::Evidence | Stage::Chain | Stage::Report | Stage::Vtpm | Stage::Machine => 1,
        Stage::Binding => 2,
        Stage::Provenance => 3,
        Stage::Artifacts => 4,
    };
    for (name, checks) in pipelines() {
        assert!(checks.is_sorted_by_key(place), "{name}");
    }
}

#[test]
fn one_id_is_one_check_on_all_platforms() {
    let all: Vec<&CheckSpec> = platform::all_checks().collect();
    for one in &all {
        for other in all.iter().filter(|other| other.id == one.id) {
            assert_eq!(one, other);
        }
    }
}

/// Ids are part of policies and of other people's programs: two or more words between dots.
#[test]
fn ids_are_dotted_lower_case() {
    for spec in platform::all_checks() {
        let words: Vec<&str> = spec.id.split('.').collect();
        assert!(words.len() >= 2, "{}", spec.id);
        for word in words {
            let sound =
                |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
            assert!(!word.is_empty() && word.chars().all(sound), "{}", spec.id);
        }
    }
}

/// A check says what holds, where that is demanded and how to mend it, in words.
#[test]
fn every_check_has_its_texts() {
    for spec in platform::all_checks() {
        for text in [spec.title, spec.mend] {
            assert!(text.split(' ').count() >= 3, "{}: `{text}`", spec.id);
        }
        assert!(spec.clause.len() >= 8, "{}: `{}`", spec.id, spec.clause);
        for text in [spec.title, spec.mend, spec.clause] {
            assert!(!text.ends_with('.'), "{}: `{text}`", spec.id);
        }
    }
}

/// Chain, signature and report-data binding can never be waived, and what only pins is left open
/// rather than waived.
#[test]
fn what_carries_the_proof_is_not_waivable() {
    for spec in platform::all_checks().filter(|spec| spec.waivable) {
        assert!(!spec.pins, "{}", spec.id);
        assert_ne!(spec.stage, Stage::Binding, "{}", spec.id);
        let carries = ["signature", "signed", "root", "chain", "hash", "digest", "report_data", "extra_data"];
        let last = spec.id.rsplit('.').next().unwrap_or_default();
        assert!(!carries.iter().any(|word| last.split('_').any(|part| part == *word)), "{}", spec.id);
    }
}
