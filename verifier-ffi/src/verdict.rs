//! A verdict whose texts C can read.

use std::ffi::CString;

use kettle_verifier_core::verdict as core;

use crate::failure::c_text;
use crate::generated::Outcome;

/// A verdict. It never changes, so threads may share it.
#[derive(Debug)]
pub struct Verdict {
    pub(crate) outcome: Outcome,
    pub(crate) outcome_name: CString,
    pub(crate) exit_code: u8,
    pub(crate) sentence: CString,
    pub(crate) json: CString,
    pub(crate) checks: Vec<Check>,
}

/// One check of a verdict.
#[derive(Debug)]
pub struct Check {
    pub(crate) id: CString,
    pub(crate) stage: CString,
    pub(crate) status: CString,
    pub(crate) title: CString,
    pub(crate) expected: CString,
    pub(crate) found: CString,
    pub(crate) location: CString,
    pub(crate) authority: CString,
    pub(crate) clause: CString,
    pub(crate) mend: CString,
}

impl Verdict {
    pub(crate) fn new(verdict: &core::Verdict) -> Self {
        Self {
            outcome: verdict.outcome.into(),
            outcome_name: word(&verdict.outcome),
            exit_code: verdict.outcome.exit_code(),
            sentence: c_text(&verdict.sentence),
            json: c_text(&verdict.to_json()),
            checks: verdict.checks.iter().map(Check::new).collect(),
        }
    }
}

impl Check {
    fn new(check: &core::Check) -> Self {
        Self {
            id: c_text(&check.id),
            stage: word(&check.stage),
            status: word(&check.status),
            title: c_text(&check.title),
            expected: c_text(&check.expected),
            found: c_text(&check.found),
            location: c_text(&check.location),
            authority: word(&check.authority),
            clause: c_text(&check.clause),
            mend: c_text(&check.mend),
        }
    }
}

/// A word of an enumeration, as the verdict's JSON spells it.
fn word(value: &impl serde::Serialize) -> CString {
    let spelt = serde_json::to_value(value).ok();
    c_text(spelt.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default())
}
