//! The bundle's own verification, before it is put in its place.

use kettle_verifier_core::bundle::{ArtifactMode, EvidenceOnly};
use kettle_verifier_core::collateral::{CollateralState, appraise_collateral};
use kettle_verifier_core::request::{Content, Settings, Terms};
use kettle_verifier_core::{Artifact, ArtifactSet, Bundle, Collateral, Outcome, Verdict};

use super::{Options, now, rfc3339};
use crate::evidence::Evidence;
use crate::failure::{Done, Failure};

/// The verdict over the bundle, without a policy: it can't be `verified`, and must not be `failed`. One that
/// is `inconclusive` lacks what would decide it, and that can be had while the machine runs.
pub(super) fn verify(
    provenance: &[u8],
    evidence: &Evidence,
    files: Vec<Artifact>,
    options: &Options,
) -> Done<Verdict> {
    let content = Content::Bundle(Bundle {
        provenance,
        evidence: &evidence.envelope,
        artifacts: ArtifactSet { mode: ArtifactMode::Folder, files, subjects: Vec::new() },
        collateral: Collateral::default(),
    });
    let terms = terms(evidence)?;
    let verdict = terms.appraise(&content);
    match verdict.outcome {
        Outcome::Failed => Err(Failure::build(format!("the bundle does not verify: {}", verdict.sentence))),
        Outcome::Inconclusive if !options.allow_inconclusive => Err(Failure::build(format!(
            "whether the bundle verifies can't be decided: {}{}{}; name what is missing with --collateral, or take the bundle as it is with --allow-inconclusive",
            verdict.sentence.trim_end_matches('.'),
            missing(&evidence.envelope, &terms),
            evidence.not_fetched.as_ref().map(|why| format!("; {why}")).unwrap_or_default()
        ))),
        _ => Ok(verdict),
    }
}

fn terms(evidence: &Evidence) -> Done<Terms> {
    let now = rfc3339(now()?).replace("+00:00", "Z");
    let settings = Settings { now: &now, trust_root: evidence.trust_root.as_deref(), ..Settings::default() };
    settings.terms().map_err(|error| Failure::usage(error.to_string()))
}

/// What the evidence lacks beside itself, and where it is served.
fn missing(evidence: &[u8], terms: &Terms) -> String {
    let only = EvidenceOnly { evidence, report_data: None, collateral: Collateral::default() };
    let report = appraise_collateral(&only, &terms.policy, &terms.roots, terms.now);
    let lacking = |state| matches!(state, CollateralState::Missing | CollateralState::Expired);
    let parts = report.parts.iter().filter(|part| part.required && lacking(part.state));
    let said: Vec<String> = parts
        .map(|part| match part.urls.first() {
            Some(url) => format!("{} (<{url}>)", part.title),
            None => part.title.clone(),
        })
        .collect();
    if said.is_empty() { String::new() } else { format!("; not current or not there: {}", said.join(", ")) }
}
