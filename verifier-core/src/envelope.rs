//! The outer layer of what was given: the policy's own validity, both documents as strict JSON, and
//! the envelope `{"platform": P, "evidence": {…}}`.
//!
//! The label is the attester's claim and never evidence. It only selects the decoder; the bytes
//! decide.

use alloc::format;
use alloc::string::{String, ToString};

use crate::json::{self, JsonError, Value};
use crate::limits::{EVIDENCE_BYTES, PROVENANCE_BYTES};
use crate::log::{Finding, Log, Stopped};
use crate::platform::{self, Platform};
use crate::policy::Policy;
use crate::time::Timestamp;
use crate::verdict::{Authority, CheckSpec, Stage, checks};

const CLAUSE: &str = "kettle-bundle.md, evidence.json";

checks! {
    /// The checks of the outer layer.
    CHECKS;

    /// The policy has not expired.
    POLICY_CURRENT = CheckSpec::new(
        "input.policy_current", Stage::Input, Authority::Policy,
        "the policy has not expired at the time of appraisal",
        "design.md, policy",
        "ask whoever issued the policy for a current one",
    );
    /// `evidence.json` is strict JSON.
    EVIDENCE_JSON = CheckSpec::new(
        "input.evidence_json", Stage::Input, Authority::Claim,
        "evidence.json is one strict JSON object within its bounds",
        CLAUSE,
        "fetch the bundle again; the file is damaged or was written by something else",
    );
    /// The envelope has exactly a platform and an evidence object.
    ENVELOPE = CheckSpec::new(
        "input.envelope", Stage::Input, Authority::Claim,
        "the envelope has exactly `platform` and `evidence`",
        CLAUSE,
        "fetch the bundle again, or update the verifier if the format has a newer version",
    );
    /// The label is one that the verifier knows.
    PLATFORM_KNOWN = CheckSpec::new(
        "input.platform", Stage::Input, Authority::Claim,
        "the platform label is one that the verifier knows and the policy takes",
        CLAUSE,
        "update the verifier, or add the platform to the policy",
    );
}

/// What the outer layer yields.
pub(crate) struct Envelope<'a> {
    pub(crate) platform: &'static dyn Platform,
    pub(crate) evidence: Value<'a>,
}

/// An envelope that could be read as far as its label, before any check: the label decides which
/// checks the verdict lists.
pub(crate) struct Peeked<'a> {
    json: Result<Value<'a>, JsonError>,
}

/// Reads the envelope's JSON.
pub(crate) fn peek(evidence: &[u8]) -> Peeked<'_> {
    Peeked { json: json::parse(evidence, EVIDENCE_BYTES) }
}

impl<'a> Peeked<'a> {
    /// The label; empty where there is none.
    pub(crate) fn label(&self) -> &str {
        self.json.as_ref().ok().and_then(|value| value.get("platform")?.as_str()).unwrap_or_default()
    }

    /// Performs the checks of this stage.
    pub(crate) fn open(
        self,
        policy: &Policy,
        now: Timestamp,
        log: &mut Log<'_>,
    ) -> Result<Envelope<'a>, Stopped> {
        policy_current(policy, now, log)?;
        let value = log.obtain(&EVIDENCE_JSON, document(self.json))?;
        let (label, evidence) = log.obtain(&ENVELOPE, parts(value))?;
        let platform = platform_known(&label, policy, log)?;
        log.claim("evidence.platform", &label, Authority::Claim, "/platform");
        log.unauthenticated(
            "the platform label of evidence.json: it selects the decoder and decides nothing",
        );
        Ok(Envelope { platform, evidence })
    }
}

/// Performs [`POLICY_CURRENT`].
pub(crate) fn policy_current(policy: &Policy, now: Timestamp, log: &mut Log<'_>) -> Result<(), Stopped> {
    let expires = policy.expires();
    let expected = expires.map_or_else(|| "no expiry".into(), |time| format!("at most {time}"));
    let holds = expires.is_none_or(|expires| now <= expires);
    log.require(&POLICY_CURRENT, holds, Finding::new(expected, now.to_string()).at("/expires"))
}

/// Performs [`PLATFORM_KNOWN`].
pub(crate) fn platform_known(
    label: &str,
    policy: &Policy,
    log: &mut Log<'_>,
) -> Result<&'static dyn Platform, Stopped> {
    let taken = policy.document().platforms.as_ref().is_none_or(|platforms| {
        platforms.iter().any(|known| platform::family(known) == platform::family(label))
    });
    log.obtain(&PLATFORM_KNOWN, supported(platform::find(label).filter(|_| taken), label))
}

/// `provenance.json` as a strict JSON object.
pub(crate) fn provenance_document(provenance: &[u8]) -> Result<(Value<'_>, Finding), Finding> {
    document(json::parse(provenance, PROVENANCE_BYTES))
}

/// One strict JSON object.
pub(crate) fn document(json: Result<Value<'_>, JsonError>) -> Result<(Value<'_>, Finding), Finding> {
    let expected = "one JSON object in UTF-8";
    match json {
        Ok(value) if value.as_object().is_some() => Ok((value, Finding::new(expected, "one JSON object"))),
        Ok(_) => Err(Finding::new(expected, "another JSON value").at("byte 0")),
        Err(error) => {
            Err(Finding::new(expected, error.kind.to_string()).at(format!("byte {}", error.position)))
        }
    }
}

fn parts(value: Value<'_>) -> Result<((String, Value<'_>), Finding), Finding> {
    let expected = "`platform`, a text, and `evidence`, an object";
    let Value::Object(members) = value else {
        return Err(Finding::new(expected, "no object"));
    };
    let (mut label, mut evidence) = (None, None);
    for (key, value) in members {
        match (&*key, value) {
            ("platform", Value::String(text)) => label = Some(text.into_owned()),
            ("evidence", value @ Value::Object(_)) => evidence = Some(value),
            (other, _) => {
                return Err(Finding::new(expected, format!("`{other}`")).at(format!("/{other}")));
            }
        }
    }
    match (label, evidence) {
        (Some(label), Some(evidence)) => Ok(((label, evidence), Finding::new(expected, "both"))),
        (None, _) => Err(Finding::new(expected, "no `platform`")),
        (_, None) => Err(Finding::new(expected, "no `evidence`")),
    }
}

fn supported(
    platform: Option<&'static dyn Platform>,
    label: &str,
) -> Result<(&'static dyn Platform, Finding), Finding> {
    let labels: alloc::vec::Vec<&str> = platform::all().map(Platform::label).collect();
    let finding = Finding::new(labels.join(", "), label).at("/platform");
    match platform {
        Some(platform) => Ok((platform, finding)),
        None => Err(finding),
    }
}
