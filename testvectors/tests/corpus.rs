//! Runs every case that is on disk, and looks at the corpus as a whole.

use std::collections::{BTreeMap, BTreeSet};

use kettle_testvectors::case::{Answer, CaseDocument, Expected, run};
use kettle_testvectors::corpus::{self, Index, folder, in_parallel};
use kettle_verifier_core::appraise::{bundle_checks, evidence_checks};
use kettle_verifier_core::formats::{attestable, tee_compile};
use kettle_verifier_core::platform;
use sha2::{Digest as _, Sha256};

/// A case as it is on disk.
struct Stored {
    document: CaseDocument,
    expected: Expected,
}

fn read(path: &str) -> Vec<u8> {
    std::fs::read(folder().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Every folder with a `case.json`, sorted by its id.
fn stored() -> Vec<Stored> {
    let mut found = Vec::new();
    for group in std::fs::read_dir(folder().join("cases")).unwrap() {
        for case in std::fs::read_dir(group.unwrap().path()).unwrap() {
            let path = case.unwrap().path();
            let file = |name: &str| std::fs::read(path.join(name)).unwrap();
            let document: CaseDocument = serde_json::from_slice(&file("case.json")).unwrap();
            let expected: Expected = serde_json::from_slice(&file("expected.json")).unwrap();
            assert!(path.ends_with(&document.id), "{} does not lie in its folder", document.id);
            found.push(Stored { document, expected });
        }
    }
    found.sort_by(|one, two| one.document.id.cmp(&two.document.id));
    found
}

#[test]
fn every_case_has_its_verdict() {
    let cases = stored();
    let index: Index = serde_json::from_slice(&read("index.json")).unwrap();
    let ids: Vec<&str> = cases.iter().map(|case| case.document.id.as_str()).collect();
    assert_eq!(ids, index.cases, "the folders are not those of index.json");
    let answers = in_parallel(&cases, |case| run(&case.document, &read));
    let mut conformance = Sha256::new();
    let mut wrong = Vec::new();
    for (case, answer) in cases.iter().zip(&answers) {
        let found = answer.expected();
        if found != case.expected {
            wrong.push(difference(&case.document.id, &case.expected, &found));
        }
        conformance.update(match answer {
            Answer::Verdict(verdict) => verdict.to_json(),
            Answer::Unreadable(place) => place.clone(),
        });
        conformance.update("\n");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{} cases, conformance {}", cases.len(), kettle_testvectors::hex(&conformance.finalize()));
}

fn difference(id: &str, expected: &Expected, found: &Expected) -> String {
    let status = |of: &Expected, id: &str| {
        of.checks
            .iter()
            .find(|(known, _)| known == id)
            .map_or("absent".to_owned(), |(_, status)| status.clone())
    };
    let ids: BTreeSet<&String> = expected.checks.iter().chain(&found.checks).map(|(id, _)| id).collect();
    let checks: Vec<String> = ids
        .into_iter()
        .filter(|check| status(expected, check) != status(found, check))
        .map(|check| format!("{check} {} and not {}", status(found, check), status(expected, check)))
        .collect();
    format!(
        "{id}: {} by `{}` and not {} by `{}`; {}",
        found.outcome,
        found.decided_by,
        expected.outcome,
        expected.decided_by,
        checks.join(", ")
    )
}

#[test]
fn the_corpus_is_as_it_was_minted() {
    let files = corpus::mint().unwrap_or_else(|wrong| panic!("{}", wrong.join("\n")));
    let differences = corpus::differences(&files, &folder());
    let mend = "mint it again: `cargo run -p kettle-testvectors --bin mint`";
    assert!(differences.is_empty(), "{}\n{mend}", differences.join("\n"));
}

/// The checks of the platforms and formats that this corpus covers, with those of the common stages.
fn checks() -> BTreeSet<&'static str> {
    let bundle = PLATFORMS.iter().flat_map(|label| bundle_checks(label));
    let evidence = PLATFORMS.iter().flat_map(|label| evidence_checks(label));
    let formats = [attestable::CHECKS, tee_compile::CHECKS].into_iter().flatten().copied();
    bundle.chain(evidence).chain(formats).map(|spec| spec.id).collect()
}

#[test]
fn every_check_decides_a_case() {
    let cases = stored();
    let deciding: BTreeSet<&str> = cases.iter().map(|case| case.expected.decided_by.as_str()).collect();
    let idle: Vec<&str> =
        checks().into_iter().filter(|id| !deciding.contains(id) && !NEVER_FIRST.contains(id)).collect();
    assert!(idle.is_empty(), "no case is decided by: {idle:?}");
    for id in NEVER_FIRST {
        assert!(checks().contains(id) && !deciding.contains(id), "{id} needs no exception");
        let short = |case: &Stored| {
            let status = case.expected.checks.iter().find(|(check, _)| check == id);
            status.is_some_and(|(_, status)| status == "not_reached")
                && case.expected.decided_by.starts_with("artifacts.")
        };
        assert!(cases.iter().any(short), "no case leaves {id} undone");
    }
}

/// Its checks are those of two other platforms, whose cases would stand for them.
#[test]
fn every_check_of_az_tdx_decides_a_case_of_its_own() {
    let cases = stored();
    let own = cases.iter().filter(|case| case.document.id.starts_with("az-tdx/"));
    let deciding: BTreeSet<&str> = own.map(|case| case.expected.decided_by.as_str()).collect();
    let tables = platform::find("az-tdx").unwrap().checks();
    let idle: Vec<&str> = tables
        .iter()
        .flat_map(|table| table.iter().map(|spec| spec.id))
        .filter(|id| !deciding.contains(id))
        .collect();
    assert!(idle.is_empty(), "no case of az-tdx is decided by: {idle:?}");
}

#[test]
fn every_check_passes_somewhere() {
    let cases = stored();
    let passed: BTreeSet<&str> = cases
        .iter()
        .flat_map(|case| &case.expected.checks)
        .filter(|(_, status)| status == "pass")
        .map(|(id, _)| id.as_str())
        .collect();
    let never: Vec<&str> = checks().into_iter().filter(|id| !passed.contains(id)).collect();
    assert!(never.is_empty(), "no case passes: {never:?}");
}

#[test]
fn every_platform_has_an_accepted_case() {
    let cases = stored();
    for label in PLATFORMS {
        let accepted = |case: &&Stored| {
            let evidence = read(&case.document.files.evidence);
            case.expected.outcome == "verified"
                && evidence.starts_with(format!(r#"{{"platform":"{label}""#).as_bytes())
        };
        assert!(cases.iter().any(|case| accepted(&case)), "no case of {label} is verified");
    }
}

#[test]
fn every_group_has_its_cases() {
    let cases = stored();
    let groups = names(&GROUPS);
    let covered: BTreeSet<String> = cases.iter().flat_map(|case| case.document.covers.clone()).collect();
    let open: Vec<&String> = groups.difference(&covered).collect();
    assert!(open.is_empty(), "groups without a case: {open:?}");
    let unknown: Vec<&String> = covered.difference(&groups).collect();
    assert!(unknown.is_empty(), "cases name groups that do not exist: {unknown:?}");
}

#[test]
fn every_format_has_an_accepted_case() {
    let cases = stored();
    for kind in ["attestable_build", "tee_compile"] {
        let accepted = |case: &&Stored| case.document.kind == kind && case.expected.outcome == "verified";
        assert!(cases.iter().any(|case| accepted(&case)), "no case of {kind} is verified");
    }
}

#[test]
fn everything_genuine_is_accepted() {
    let cases = stored();
    let accepted: BTreeSet<String> = cases
        .iter()
        .filter(|case| case.expected.outcome == "verified")
        .flat_map(|case| case.document.accepts.clone())
        .collect();
    let named: BTreeSet<String> = cases.iter().flat_map(|case| case.document.accepts.clone()).collect();
    let open: Vec<&&str> = DO_NOT_REJECT.iter().filter(|line| !accepted.contains(**line)).collect();
    assert!(open.is_empty(), "no accepted case stands for: {open:?}");
    assert_eq!(accepted, named, "a case that stands for something genuine is not verified");
}

fn names(groups: &[(char, u32, u32)]) -> BTreeSet<String> {
    let numbered = |(letter, first, last): &(char, u32, u32)| {
        let letter = *letter;
        (*first..=*last).map(move |number| format!("{letter}{number:02}"))
    };
    groups.iter().flat_map(numbered).collect()
}

#[test]
fn every_case_says_what_it_is() {
    let mut titles = BTreeMap::new();
    for Stored { document, expected } in stored() {
        let id = &document.id;
        assert!(
            !document.title.is_empty() && !document.why.is_empty() && !document.clause.is_empty(),
            "{id}"
        );
        let group = id.split('/').next().unwrap();
        if let Some(other) = titles.insert((group.to_owned(), document.title.clone()), id.clone()) {
            panic!("{other} and {id} have one title");
        }
        let exit = match expected.outcome.as_str() {
            "verified" => 0,
            "failed" => 1,
            "unreadable" => 2,
            "inconclusive" => 3,
            "unpinned" => 4,
            other => panic!("{id}: {other}"),
        };
        assert_eq!(expected.exit_code, exit, "{id}");
        if let Some(parent) = document.source.strip_prefix("mutated-from:") {
            assert!(folder().join("cases").join(parent).is_dir(), "{id}: {parent} does not exist");
        }
    }
}

/// The platforms whose cases are here.
const PLATFORMS: [&str; 8] = ["snp", "gcp-snp", "az-snp", "tdx", "gcp-tdx", "az-tdx", "dstack", "nitro"];

/// Checks that no input can make the first that is not satisfied. Where no artifact was compared,
/// `artifacts.present` says so before `artifacts.checked` does.
const NEVER_FIRST: [&str; 1] = ["artifacts.checked"];

/// Groups of adversarial.md that must have a case each: letter, first and last number.
const GROUPS: [(char, u32, u32); 7] =
    [('S', 1, 18), ('S', 20, 39), ('T', 1, 22), ('A', 1, 15), ('N', 1, 13), ('P', 1, 15), ('G', 1, 6)];

/// The lines of "Do not reject" in adversarial.md that concern these platforms.
const DO_NOT_REJECT: [&str; 18] = [
    "vek-serial-0-no-aki-no-key-usage-no-basic-constraints",
    "vlek-with-vmpl-1-and-masked-chip-id",
    "reported-tcb-below-committed",
    "platform-info-unknown-bits",
    "guest-policy-bit-25",
    "spl-above-127-in-two-octets",
    "amd-extensions-unsorted",
    "hcl-version-1",
    "hcl-version-2",
    "hcl-ak-only-2048-bytes",
    "extra-data-50-with-zero-tail",
    "high-s-signatures",
    "cpuid-19-a0-02",
    "tdx-pem-chain-nul",
    "ccel-zero-tail-64-kib",
    "xfam-cet-bits",
    "untagged-cose-sign1",
    "indefinite-length-cbor-maps",
];
