//! What a log may never do: pass a check that nobody performed, mend one that failed, or take a
//! check that no table names.

use alloc::vec::Vec;

use super::{Finding, Log};
use crate::policy::Policy;
use crate::verdict::{Authority, CheckSpec, NoteKind, Stage, Status};

const fn spec(id: &'static str) -> CheckSpec {
    CheckSpec::new(id, Stage::Report, Authority::Hardware, "a title", "a clause", "a mend")
}

static FIRST: CheckSpec = spec("test.first");
static SECOND: CheckSpec = spec("test.second").waivable();
static FOREIGN: CheckSpec = spec("test.foreign").waivable();
static TABLE: [&CheckSpec; 2] = [&FIRST, &SECOND];

fn log(policy: &Policy) -> Log<'_> {
    Log::new(policy, TABLE.into_iter())
}

/// Everything that can be said of a check, with the status that it gives alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Unnamed,
    Holds,
    Obtained,
    Undecided,
    DoesNotHold,
    NotObtained,
}

const WORDS: [Word; 6] =
    [Word::Unnamed, Word::Holds, Word::Obtained, Word::Undecided, Word::DoesNotHold, Word::NotObtained];

fn say(log: &mut Log<'_>, spec: &'static CheckSpec, word: Word) {
    let finding = Finding::new("expected", std::format!("{word:?}"));
    match word {
        Word::Unnamed => log.unnamed(spec, finding),
        Word::Holds => assert!(log.assess(spec, true, finding)),
        Word::Obtained => assert_eq!(log.obtain(spec, Ok((7, finding))), Ok(7)),
        Word::Undecided => {
            let _stopped = log.undecided(spec, finding);
        }
        Word::DoesNotHold => {
            log.assess(spec, false, finding);
        }
        Word::NotObtained => assert!(log.obtain::<()>(spec, Err(finding)).is_err()),
    }
}

/// The status of one word alone; `waived` where the policy waives the check.
fn alone(word: Word, waived: bool) -> Status {
    match word {
        Word::Unnamed => Status::NotReached,
        Word::Holds | Word::Obtained => Status::Pass,
        Word::Undecided => Status::Inconclusive,
        Word::DoesNotHold if waived => Status::Waived,
        Word::DoesNotHold | Word::NotObtained => Status::Fail,
    }
}

/// From the best to the worst; a later result may only move to the right.
const ORDER: [Status; 5] =
    [Status::NotReached, Status::Pass, Status::Waived, Status::Inconclusive, Status::Fail];

fn rank(status: Status) -> usize {
    ORDER.iter().position(|known| *known == status).expect("every status has a rank")
}

#[test]
fn a_check_that_nobody_performed_is_not_reached_and_stays_in_its_place() {
    let policy = Policy::default();
    let mut log = log(&policy);
    say(&mut log, &SECOND, Word::Holds);
    let checks = log.finish().checks;
    let shown: Vec<_> = checks.iter().map(|check| (check.id.as_str(), check.status)).collect();
    assert_eq!(shown, [("test.first", Status::NotReached), ("test.second", Status::Pass)]);
    assert_eq!(checks[0].mend, "a mend");
    assert_eq!(checks[1].mend, "");
}

/// All sequences of up to three results for the same check, waived and not.
#[test]
fn a_later_result_only_makes_it_worse() {
    for waived in [false, true] {
        let policy = if waived { Policy::waiving(&[SECOND.id]) } else { Policy::default() };
        for one in WORDS {
            for two in WORDS {
                for three in WORDS {
                    let mut log = log(&policy);
                    let mut worst = 0;
                    for word in [one, two, three] {
                        say(&mut log, &SECOND, word);
                        worst = worst.max(rank(alone(word, waived)));
                        assert_eq!(log.status(&SECOND), ORDER[worst], "{one:?} {two:?} {three:?} {waived}");
                    }
                    assert_eq!(log.status(&FIRST), Status::NotReached);
                }
            }
        }
    }
}

#[test]
fn the_finding_is_that_of_the_status_shown() {
    let policy = Policy::default();
    let mut log = log(&policy);
    say(&mut log, &FIRST, Word::DoesNotHold);
    say(&mut log, &FIRST, Word::Holds);
    assert_eq!(log.finish().checks[0].found, "DoesNotHold");
}

#[test]
fn only_a_waivable_check_is_waived_and_only_by_its_own_id() {
    for (waived, spec, expected) in [
        ("test.first", &FIRST, Status::Fail),
        ("test.second", &SECOND, Status::Waived),
        ("test.first", &SECOND, Status::Fail),
        ("test.second.more", &SECOND, Status::Fail),
        ("test", &SECOND, Status::Fail),
    ] {
        let policy = Policy::waiving(&[waived]);
        let mut log = log(&policy);
        assert_eq!(log.assess(spec, false, Finding::default()), expected == Status::Waived);
        assert_eq!(log.status(spec), expected, "{waived} for {}", spec.id);
    }
}

#[test]
fn a_value_that_was_not_obtained_is_never_waived() {
    let policy = Policy::waiving(&[SECOND.id]);
    let mut log = log(&policy);
    assert!(log.obtain::<()>(&SECOND, Err(Finding::default())).is_err());
    assert_eq!(log.status(&SECOND), Status::Fail);
}

#[test]
fn require_stops_exactly_where_assess_says_no() {
    for (waived, holds, goes_on) in
        [(false, true, true), (false, false, false), (true, true, true), (true, false, true)]
    {
        let policy = if waived { Policy::waiving(&[SECOND.id]) } else { Policy::default() };
        assert_eq!(log(&policy).require(&SECOND, holds, Finding::default()).is_ok(), goes_on);
        assert_eq!(log(&policy).assess(&SECOND, holds, Finding::default()), goes_on);
    }
}

#[test]
fn a_check_outside_the_tables_is_a_failure_whatever_was_said_of_it() {
    let policy = Policy::waiving(&[FOREIGN.id]);
    for word in WORDS {
        let mut log = log(&policy);
        say(&mut log, &FOREIGN, word);
        assert_eq!(log.status(&FOREIGN), Status::Fail, "{word:?}");
        assert!(log.statuses().any(|(status, _)| status == Status::Fail), "{word:?}");
    }
}

#[test]
fn untrusted_text_is_escaped_and_cut_wherever_it_enters() {
    let policy = Policy::default();
    let mut log = log(&policy);
    let hostile = "\u{202e}evil\n".repeat(100);
    log.assess(&FIRST, true, Finding::new(&hostile, &hostile).at(&hostile));
    log.claim("test.claim", &hostile, Authority::Claim, &hostile);
    log.note(NoteKind::Information, "test.note", &hostile, &hostile);
    log.unauthenticated(&hostile);
    let record = log.finish();
    let texts = [
        &record.checks[0].expected,
        &record.checks[0].found,
        &record.checks[0].location,
        &record.claims[0].value,
        &record.claims[0].location,
        &record.notes[0].text,
        &record.notes[0].location,
        &record.unauthenticated[0],
    ];
    for text in texts {
        assert!(text.starts_with("\\u{202e}evil\\u{a}"), "{text}");
        assert!(!text.contains(['\u{202e}', '\n']), "{text}");
        assert!(text.ends_with('…'), "{text}");
    }
}
