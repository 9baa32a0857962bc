//! The verdict and its checks. All texts are UTF-8, end in a NUL, and last as long as the verdict.

use core::ffi::{CStr, c_char};

use super::guard::total;
use crate::generated::Outcome;
use crate::verdict::{Check, Verdict};

/// The exit code of the command line where there is no verdict.
const NO_VERDICT: u8 = 2;

/// The outcome; `KETTLE_OUTCOME_NONE` for a null pointer.
#[unsafe(no_mangle)]
pub extern "C" fn kettle_verdict_outcome(verdict: Option<&Verdict>) -> Outcome {
    verdict.map_or(Outcome::None, |verdict| verdict.outcome)
}

/// The outcome as one word, as the JSON spells it; empty for a null pointer.
#[unsafe(no_mangle)]
pub extern "C" fn kettle_verdict_outcome_name(verdict: Option<&Verdict>) -> *const c_char {
    shown(verdict.map(|verdict| verdict.outcome_name.as_c_str()))
}

/// The exit code of the command line for the outcome; 2 for a null pointer.
#[unsafe(no_mangle)]
pub extern "C" fn kettle_verdict_exit_code(verdict: Option<&Verdict>) -> u8 {
    verdict.map_or(NO_VERDICT, |verdict| verdict.exit_code)
}

/// The outcome as one sentence for a person; empty for a null pointer.
#[unsafe(no_mangle)]
pub extern "C" fn kettle_verdict_sentence(verdict: Option<&Verdict>) -> *const c_char {
    shown(verdict.map(|verdict| verdict.sentence.as_c_str()))
}

/// The whole verdict as JSON on one line (`schema/verdict.v1.json`), the same bytes as in every language;
/// empty for a null pointer.
#[unsafe(no_mangle)]
pub extern "C" fn kettle_verdict_json(verdict: Option<&Verdict>) -> *const c_char {
    shown(verdict.map(|verdict| verdict.json.as_c_str()))
}

/// How many checks the verdict has; 0 for a null pointer.
#[unsafe(no_mangle)]
pub extern "C" fn kettle_verdict_check_count(verdict: Option<&Verdict>) -> usize {
    verdict.map_or(0, |verdict| verdict.checks.len())
}

/// The check at a position, in pipeline order; null where there is none. It lasts as long as the verdict.
#[unsafe(no_mangle)]
pub extern "C" fn kettle_verdict_check(verdict: Option<&Verdict>, position: usize) -> Option<&Check> {
    verdict.and_then(|verdict| verdict.checks.get(position))
}

/// Frees the verdict with its checks and texts. Null is taken and nothing is done.
///
/// # Safety
/// `verdict` is null or a handle that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_verdict_free(verdict: Option<Box<Verdict>>) {
    total((), || drop(verdict));
}

/// The stable dotted id of the check. Empty for a null pointer.
#[unsafe(no_mangle)]
pub extern "C" fn kettle_check_id(check: Option<&Check>) -> *const c_char {
    shown(check.map(|check| check.id.as_c_str()))
}

/// The stage of the pipeline. Empty for a null pointer.
#[unsafe(no_mangle)]
pub extern "C" fn kettle_check_stage(check: Option<&Check>) -> *const c_char {
    shown(check.map(|check| check.stage.as_c_str()))
}

/// What became of the check, as the JSON spells it. Empty for a null pointer.
#[unsafe(no_mangle)]
pub extern "C" fn kettle_check_status(check: Option<&Check>) -> *const c_char {
    shown(check.map(|check| check.status.as_c_str()))
}

/// What is checked, as a statement that holds where the check passes. Empty for a null pointer.
#[unsafe(no_mangle)]
pub extern "C" fn kettle_check_title(check: Option<&Check>) -> *const c_char {
    shown(check.map(|check| check.title.as_c_str()))
}

/// What was expected; empty where the check was not reached. Empty for a null pointer.
#[unsafe(no_mangle)]
pub extern "C" fn kettle_check_expected(check: Option<&Check>) -> *const c_char {
    shown(check.map(|check| check.expected.as_c_str()))
}

/// What was found; empty where the check was not reached. Empty for a null pointer.
#[unsafe(no_mangle)]
pub extern "C" fn kettle_check_found(check: Option<&Check>) -> *const c_char {
    shown(check.map(|check| check.found.as_c_str()))
}

/// Where: a JSON pointer or a byte range. Empty for a null pointer.
#[unsafe(no_mangle)]
pub extern "C" fn kettle_check_location(check: Option<&Check>) -> *const c_char {
    shown(check.map(|check| check.location.as_c_str()))
}

/// Whose word the found value is. Empty for a null pointer.
#[unsafe(no_mangle)]
pub extern "C" fn kettle_check_authority(check: Option<&Check>) -> *const c_char {
    shown(check.map(|check| check.authority.as_c_str()))
}

/// The clause of the specification. Empty for a null pointer.
#[unsafe(no_mangle)]
pub extern "C" fn kettle_check_clause(check: Option<&Check>) -> *const c_char {
    shown(check.map(|check| check.clause.as_c_str()))
}

/// How to mend it; empty where the check passed. Empty for a null pointer.
#[unsafe(no_mangle)]
pub extern "C" fn kettle_check_mend(check: Option<&Check>) -> *const c_char {
    shown(check.map(|check| check.mend.as_c_str()))
}

fn shown(text: Option<&CStr>) -> *const c_char {
    text.unwrap_or(c"").as_ptr()
}
