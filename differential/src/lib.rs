//! What this verifier says of the TCB of an Intel TDX platform beside what the crate `dcap-qvl` says,
//! of the same quote with the same collateral at the same time.
//!
//! That crate verifies quotes of SGX, too. Those are not ours to read: a quote of an enclave is refused
//! (`tdx.quote.version`), and the tests say so of the sample that the crate ships.

use std::collections::BTreeSet;

use base64ct::{Base64, Encoding as _};
use dcap_qvl::QuoteCollateralV3;
use dcap_qvl::QuotePolicy;
use dcap_qvl::verify::QuoteVerifier;
use kettle_verifier_core::verdict::Status;
use kettle_verifier_core::{
    Collateral, EvidenceOnly, Outcome, Policy, Timestamp, TrustRoots, Verdict, appraise_evidence,
};

/// A quote with its collateral, at a time, under a root.
#[derive(Debug, Clone)]
pub struct Sample {
    /// What it is called in messages.
    pub name: String,
    /// The quote's bytes.
    pub quote: Vec<u8>,
    /// The collateral as JSON.
    pub collateral: Vec<u8>,
    /// The time of appraisal, RFC 3339.
    pub now: String,
    /// A trust-root file, and the root in it as DER; Intel's own where there is none.
    pub root: Option<(Vec<u8>, Vec<u8>)>,
}

/// What a verifier says of the TCB.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tcb {
    /// The status, as Intel spells it.
    pub status: String,
    /// Intel's advisories for the level of the platform.
    pub advisories: BTreeSet<String>,
    /// The lower one of the evaluation numbers of TCB info and QE identity.
    pub evaluation: String,
}

/// Our verdict; every status is taken, so that its claims are complete.
///
/// # Panics
/// Where the sample's own time or root can't be read.
#[must_use]
pub fn verdict(sample: &Sample) -> Verdict {
    let quote = Base64::encode_string(&sample.quote);
    let evidence = format!(r#"{{"platform":"tdx","evidence":{{"quote":"{quote}","cc_eventlog":null}}}}"#);
    let collateral = Collateral { intel: vec![sample.collateral.clone()], ..Collateral::default() };
    let given = EvidenceOnly { evidence: evidence.as_bytes(), report_data: None, collateral };
    let roots = match &sample.root {
        Some((file, _)) => TrustRoots::from_json(file).unwrap(),
        None => TrustRoots::pinned(),
    };
    let now = Timestamp::from_rfc3339(&sample.now).unwrap();
    appraise_evidence(&given, &Policy::default(), &roots, now)
}

/// What our verdict says of the TCB; else the first check that failed.
///
/// # Errors
/// The id of that check.
pub fn ours(verdict: &Verdict) -> Result<Tcb, String> {
    let claims = |id: &str| {
        verdict.claims.iter().filter(|claim| claim.id == id).map(|claim| claim.value.clone()).collect()
    };
    let first = |id: &str| Vec::from_iter::<Vec<String>>(claims(id)).first().cloned();
    let Some(status) = first("tdx.tcb.status") else {
        let failed = verdict.checks.iter().find(|check| check.status == Status::Fail);
        return Err(failed.map_or_else(String::new, |check| check.id.clone()));
    };
    Ok(Tcb {
        status,
        advisories: BTreeSet::from_iter(claims("tdx.tcb.advisory")),
        evaluation: first("tdx.tcb.evaluation_data_number").unwrap_or_default(),
    })
}

/// What `dcap-qvl` says of it, which need not take the status either.
///
/// # Errors
/// Its own words, where it refuses the quote or the collateral.
///
/// # Panics
/// Where the sample's own time can't be read.
pub fn theirs(sample: &Sample) -> Result<Tcb, String> {
    let collateral: QuoteCollateralV3 =
        serde_json::from_slice(&sample.collateral).map_err(|error| error.to_string())?;
    let verifier = match &sample.root {
        Some((_, der)) => QuoteVerifier::new(der.clone()),
        None => QuoteVerifier::new_prod(),
    };
    let now = Timestamp::from_rfc3339(&sample.now).unwrap().unix();
    let claims = verifier
        .allow_debug(true)
        .allow_service_td(true)
        .verify_with_policy(&sample.quote, collateral, now, &QuotePolicy::claims_only(now))
        .map_err(|error| format!("{error:#}"))?;
    Ok(Tcb {
        status: claims.tcb.status.to_string(),
        advisories: claims.tcb.advisory_ids.into_iter().collect(),
        evaluation: claims.tcb.eval_data_number.to_string(),
    })
}

/// Compares the two. `Ok(true)` where both know the status and say the same of it, `Ok(false)` where
/// one of them refuses the sample and the other one's word does not contradict it: this verifier may
/// refuse more, and where only that crate refuses, our verdict must not be a good one either.
///
/// # Errors
/// What they say, where they contradict each other.
pub fn agree(sample: &Sample) -> Result<bool, String> {
    let verdict = verdict(sample);
    let (ours, theirs) = (ours(&verdict), theirs(sample));
    let agreed = match (&ours, &theirs) {
        (Ok(ours), Ok(theirs)) => ours == theirs,
        (Ok(_), Err(_)) => matches!(verdict.outcome, Outcome::Failed | Outcome::Inconclusive),
        (Err(_), _) => verdict.outcome == Outcome::Failed,
    };
    let both = ours.is_ok() && theirs.is_ok();
    if agreed { Ok(both) } else { Err(format!("{}: we say {ours:?}, and they {theirs:?}", sample.name)) }
}
