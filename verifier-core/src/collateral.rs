//! What evidence needs beside itself, and whether that is there, genuine, current and for this
//! machine.
//!
//! The checks are those of [`appraise_evidence`](crate::appraise_evidence): the same run says here what
//! became of each part of the collateral. What the evidence says of the guest is not judged.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::appraise::{evidence_checks, outcome, run_evidence};
use crate::bundle::{Collateral, EvidenceOnly};
use crate::dcap::alone;
use crate::envelope;
use crate::log::Log;
use crate::platform::{Context, Validity};
use crate::policy::Policy;
use crate::time::Timestamp;
use crate::trust::TrustRoots;
use crate::verdict::{Authority, Check, CheckSpec, Claim, Stage, Status, Subject, TrustRootKind, Verdict};

/// The schema of a [`CollateralReport`].
pub const SCHEMA: &str = "kettle-collateral/v1";

/// A kind of collateral, as the stage that looks at it declares it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    /// What it is called.
    pub(crate) id: &'static str,
    /// The same for a person.
    pub(crate) title: &'static str,
    /// Where it goes.
    pub(crate) place: &'static str,
    /// Whether nothing is decided without it, whatever the policy demands.
    pub(crate) required: bool,
    /// The checks that look at it.
    pub(crate) checks: &'static [&'static CheckSpec],
    /// The one of them that compares its window with the time.
    pub(crate) window: Option<&'static CheckSpec>,
}

/// One thing that evidence needs beside itself.
#[derive(Debug, Clone)]
pub(crate) struct Need {
    /// What it is.
    pub(crate) part: &'static Part,
    /// What it is looked up by.
    pub(crate) keys: Vec<(&'static str, String)>,
    /// Where its vendor serves it; several where the evidence does not say which.
    pub(crate) urls: Vec<String>,
    /// Whether something of this kind is there.
    pub(crate) given: bool,
}

/// What evidence needs beside itself, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CollateralReport {
    /// `kettle-collateral/v1`.
    pub schema: String,
    /// What became of all of it.
    pub state: CollateralState,
    /// The same as one sentence for a person.
    pub sentence: String,
    /// The platform label of the evidence; empty where it could not be read.
    pub platform: String,
    /// The time of appraisal, RFC 3339, UTC.
    pub now: String,
    /// From when on all that is there is current, RFC 3339; empty where something is not.
    pub valid_from: String,
    /// Until when, RFC 3339; empty likewise.
    pub valid_until: String,
    /// Where the trusted vendor keys came from.
    pub trust_root: TrustRootKind,
    /// SHA-256 of the trust roots, lower-case hex.
    pub trust_root_digest: String,
    /// What is needed, part by part, in the order of verification.
    pub parts: Vec<CollateralPart>,
    /// What the vendor's own words in the collateral say, such as the status of the platform.
    pub claims: Vec<Claim>,
    /// The checks before and of the collateral that did not pass.
    pub open: Vec<Check>,
}

/// What became of collateral.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CollateralState {
    /// It is there, genuine, for this machine, and current.
    Current,
    /// It is there and refused; for the whole, also where the evidence itself is.
    Failed,
    /// It is genuine, and no longer current at the time of appraisal.
    Expired,
    /// It is not there.
    Missing,
    /// It is there, and something before it stopped the appraisal.
    NotReached,
}

/// One part of the collateral.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CollateralPart {
    /// What it is called, such as `tcb_info`.
    pub part: String,
    /// The same for a person.
    pub title: String,
    /// Whether nothing is decided without it, here and under this policy.
    pub required: bool,
    /// What became of it.
    pub state: CollateralState,
    /// Its window and that of its signer, as `from … to …`; empty where it was not looked at.
    pub window: String,
    /// What it is looked up by.
    pub keys: Vec<LookupKey>,
    /// Where its vendor serves it; several where the evidence does not say which, none where nobody
    /// serves it to the public.
    pub urls: Vec<String>,
    /// Where it goes.
    pub place: String,
}

/// What collateral is looked up by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LookupKey {
    /// Its name, such as `fmspc`.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl CollateralReport {
    /// The exit code of a command line: 0 where everything that is needed is there and current, 1
    /// where something is refused, 3 where something is missing or no longer current.
    #[must_use]
    pub const fn exit_code(&self) -> u8 {
        match self.state {
            CollateralState::Current => 0,
            CollateralState::Failed => 1,
            CollateralState::Expired | CollateralState::Missing | CollateralState::NotReached => 3,
        }
    }
}

/// Says what hardware evidence needs beside itself, and what became of what is there. Total, as the
/// appraisal of the evidence itself.
///
/// ```
/// use kettle_verifier_core::collateral::{CollateralState, appraise_collateral};
/// use kettle_verifier_core::{EvidenceOnly, Policy, Timestamp, TrustRoots};
/// let now = Timestamp::from_unix(1_772_694_364).unwrap();
/// let given = EvidenceOnly::default();
/// let report = appraise_collateral(&given, &Policy::default(), &TrustRoots::pinned(), now);
/// assert_eq!(report.state, CollateralState::Failed);
/// ```
#[must_use]
pub fn appraise_collateral(
    given: &EvidenceOnly<'_>,
    policy: &Policy,
    roots: &TrustRoots,
    now: Timestamp,
) -> CollateralReport {
    let peeked = envelope::peek(given.evidence);
    let label = peeked.label().to_owned();
    let mut log = Log::new(policy, evidence_checks(&label)).with_needs();
    let context = Context { policy, roots, collateral: &given.collateral, now };
    let validity = run_evidence(given, peeked, &context, &mut log).unwrap_or_default();
    let needs = log.take_needs();
    let verdict = outcome::verdict(log, &label, &context, validity, Subject::Evidence);
    report(&needs, verdict)
}

/// Says whether one piece of Intel's collateral is genuine and current by itself, and for which
/// platforms it is. Total, as [`appraise_collateral`]; whether it is for a machine, only that one says.
///
/// ```
/// use kettle_verifier_core::collateral::{CollateralState, appraise_intel_collateral};
/// use kettle_verifier_core::{Policy, Timestamp, TrustRoots};
/// let now = Timestamp::from_unix(1_772_694_364).unwrap();
/// let report = appraise_intel_collateral(b"{}", &Policy::default(), &TrustRoots::pinned(), now);
/// assert_eq!(report.state, CollateralState::Failed);
/// ```
#[must_use]
pub fn appraise_intel_collateral(
    document: &[u8],
    policy: &Policy,
    roots: &TrustRoots,
    now: Timestamp,
) -> CollateralReport {
    let checks = core::iter::once(&envelope::POLICY_CURRENT).chain(alone::CHECKS.iter().copied());
    let mut log = Log::new(policy, checks).with_needs();
    let none = Collateral::default();
    let context = Context { policy, roots, collateral: &none, now };
    let current = envelope::policy_current(policy, now, &mut log);
    let validity = current.and_then(|()| alone::appraise(document, &context, &mut log)).unwrap_or_default();
    let validity = validity.meet(Validity { from: None, until: policy.expires() });
    let needs = log.take_needs();
    let verdict = outcome::verdict(log, "tdx", &context, validity, Subject::Evidence);
    let mut report = report(&needs, verdict);
    if report.state == CollateralState::Current {
        let until = &report.valid_until;
        report.sentence = format!("the collateral is genuine, and current until {until}");
    }
    report
}

fn report(needs: &[Need], verdict: Verdict) -> CollateralReport {
    let parts: Vec<CollateralPart> = needs.iter().map(|need| part(need, &verdict)).collect();
    let looked_at = |check: &Check| {
        check.stage <= Stage::Evidence
            || needs.iter().any(|need| need.looks_at(check))
            || before(check, needs)
    };
    let open =
        |check: &&Check| matches!(check.status, Status::Fail | Status::Inconclusive) && looked_at(check);
    let open: Vec<Check> = verdict.checks.iter().filter(open).cloned().collect();
    let state = whole(&parts, &open);
    let (mut from, mut until) = (verdict.valid_from, verdict.valid_until);
    if state != CollateralState::Current {
        from.clear();
        until.clear();
    }
    let of_vendor = |claim: &Claim| claim.authority == Authority::Collateral;
    CollateralReport {
        schema: SCHEMA.into(),
        state,
        sentence: sentence(state, &until, &parts, &open),
        platform: verdict.platform,
        now: verdict.now,
        valid_from: from,
        valid_until: until,
        trust_root: verdict.trust_root,
        trust_root_digest: verdict.trust_root_digest,
        parts,
        claims: verdict.claims.into_iter().filter(of_vendor).collect(),
        open,
    }
}

/// Whether a check comes before all collateral: the evidence's own chain. Where that fails, nothing
/// says what the evidence needs.
fn before(check: &Check, needs: &[Need]) -> bool {
    check.stage == Stage::Chain && (needs.is_empty() || check.status == Status::Fail)
}

impl Need {
    fn looks_at(&self, check: &Check) -> bool {
        self.part.checks.iter().any(|spec| spec.id == check.id)
    }
}

fn part(need: &Need, verdict: &Verdict) -> CollateralPart {
    let any = |wanted: &[Status]| {
        let mut mine = verdict.checks.iter().filter(|check| need.looks_at(check));
        mine.any(|check| wanted.contains(&check.status))
    };
    let state = if any(&[Status::Fail]) {
        CollateralState::Failed
    } else if !need.given {
        CollateralState::Missing
    } else if any(&[Status::Inconclusive]) {
        CollateralState::Expired
    } else if any(&[Status::NotReached]) {
        CollateralState::NotReached
    } else {
        CollateralState::Current
    };
    let window = need.part.window.and_then(|spec| verdict.check(spec.id));
    let key = |(name, value): &(&str, String)| LookupKey { name: (*name).into(), value: value.clone() };
    CollateralPart {
        part: need.part.id.into(),
        title: need.part.title.into(),
        required: need.part.required || any(&[Status::Fail, Status::Inconclusive]),
        state,
        window: window.map_or_else(String::new, |check| check.expected.clone()),
        keys: need.keys.iter().map(key).collect(),
        urls: need.urls.clone(),
        place: need.part.place.into(),
    }
}

/// A refusal outweighs what is missing, and that what is no longer current.
fn whole(parts: &[CollateralPart], open: &[Check]) -> CollateralState {
    let any = |state| {
        parts
            .iter()
            .any(|part| part.state == state && (part.required || part.state != CollateralState::Missing))
    };
    if open.iter().any(|check| check.status == Status::Fail) {
        return CollateralState::Failed;
    }
    [CollateralState::Missing, CollateralState::Expired, CollateralState::NotReached]
        .into_iter()
        .find(|state| any(*state))
        .unwrap_or(CollateralState::Current)
}

fn sentence(state: CollateralState, until: &str, parts: &[CollateralPart], open: &[Check]) -> String {
    let named = |state| {
        let names: Vec<&str> = parts
            .iter()
            .filter(|part| part.state == state && part.required)
            .map(|part| part.title.as_str())
            .collect();
        names.join(", ")
    };
    match (state, open.iter().find(|check| check.status == Status::Fail)) {
        (CollateralState::Current, _) if parts.is_empty() => {
            "the evidence needs nothing beside itself".into()
        }
        (CollateralState::Current, _) => {
            let until = if until.is_empty() { String::new() } else { format!(" until {until}") };
            format!("everything that the evidence needs is there, genuine and current{until}")
        }
        (CollateralState::Failed, Some(check)) => {
            format!("refused: it does not hold that {} (found {})", check.title, check.found)
        }
        (CollateralState::Failed, None) => "refused".into(),
        (CollateralState::Missing, _) => format!("what the evidence needs is missing: {}", named(state)),
        (CollateralState::Expired, _) => format!("no longer current: {}", named(state)),
        (CollateralState::NotReached, _) => format!("not looked at: {}", named(state)),
    }
}
