//! The outcome as a table: every pair of an ordinary check and one that only pins.

use super::{Subject, decide};
use crate::log::{Finding, Log};
use crate::policy::Policy;
use crate::verdict::Status::{Fail, Inconclusive, NotReached, Pass, Waived};
use crate::verdict::{Authority, CheckSpec, Outcome, Stage, Status};

const fn spec(id: &'static str) -> CheckSpec {
    CheckSpec::new(id, Stage::Report, Authority::Hardware, "a title", "a clause", "a mend").waivable()
}

static ORDINARY: CheckSpec = spec("test.ordinary");
static PINS: CheckSpec = spec("test.pins").pinning();

/// Rows: the ordinary check. Columns: the one that pins. `V`erified, `U`npinned, `I`nconclusive,
/// `F`ailed.
const STATUSES: [Status; 5] = [Pass, Waived, NotReached, Inconclusive, Fail];
const BUNDLE: [&str; 5] = [
    "VVUIF", // pass
    "VVUIF", // waived
    "IIIIF", // not reached
    "IIIIF", // inconclusive
    "FFFFF", // fail
];

fn letter(outcome: Outcome) -> char {
    match outcome {
        Outcome::Verified => 'V',
        Outcome::Unpinned => 'U',
        Outcome::Inconclusive => 'I',
        Outcome::Failed => 'F',
    }
}

fn put(log: &mut Log<'_>, spec: &'static CheckSpec, status: Status) {
    match status {
        Pass => assert!(log.assess(spec, true, Finding::default())),
        Waived => assert!(log.assess(spec, false, Finding::default()), "the policy waives it"),
        NotReached => {}
        Inconclusive => {
            let _stopped = log.undecided(spec, Finding::default());
        }
        // A value that was not obtained is never waived.
        Fail => assert!(log.obtain::<()>(spec, Err(Finding::default())).is_err()),
    }
    assert_eq!(log.status(spec), status);
}

fn outcome(ordinary: Status, pins: Status, subject: Subject) -> char {
    let policy = Policy::waiving(&[ORDINARY.id, PINS.id]);
    let mut log = Log::new(&policy, [&ORDINARY, &PINS].into_iter());
    put(&mut log, &ORDINARY, ordinary);
    put(&mut log, &PINS, pins);
    letter(decide(&log, subject))
}

#[test]
fn every_pair_of_statuses_has_its_outcome() {
    for (ordinary, row) in STATUSES.into_iter().zip(BUNDLE) {
        for (pins, expected) in STATUSES.into_iter().zip(row.chars()) {
            assert_eq!(outcome(ordinary, pins, Subject::Bundle), expected, "{ordinary:?} {pins:?}");
        }
    }
}

/// Evidence alone is `unpinned` where a bundle would be `verified`, and the same otherwise.
#[test]
fn evidence_alone_is_never_verified() {
    for (ordinary, row) in STATUSES.into_iter().zip(BUNDLE) {
        for (pins, expected) in STATUSES.into_iter().zip(row.replace('V', "U").chars()) {
            assert_eq!(outcome(ordinary, pins, Subject::Evidence), expected, "{ordinary:?} {pins:?}");
        }
    }
}

#[test]
fn nothing_checked_is_a_failure() {
    let policy = Policy::default();
    for subject in [Subject::Bundle, Subject::Evidence] {
        assert_eq!(decide(&Log::new(&policy, core::iter::empty()), subject), Outcome::Failed);
    }
}

#[test]
fn nothing_is_open_only_where_every_check_was_decided_for() {
    let evidence = crate::bundle::EvidenceOnly::default();
    let roots = crate::trust::TrustRoots::pinned();
    let now = crate::time::Timestamp::from_unix(0).unwrap();
    let mut verdict = crate::appraise::appraise_evidence(&evidence, &Policy::default(), &roots, now);
    assert!(!verdict.leaves_nothing_open());
    for status in STATUSES {
        for check in &mut verdict.checks {
            check.status = Pass;
        }
        verdict.checks[0].status = status;
        assert_eq!(verdict.leaves_nothing_open(), matches!(status, Pass | Waived), "{status:?}");
    }
    verdict.checks.clear();
    assert!(!verdict.leaves_nothing_open());
}
