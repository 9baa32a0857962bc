//! Runs a case as every binding does: files in, verdict out.

use kettle_verifier_core::bundle::ArtifactMode;
use kettle_verifier_core::formats::{attestable, tee_compile};
use kettle_verifier_core::verdict::Status;
use kettle_verifier_core::{
    Artifact, ArtifactSet, Bundle, Collateral, EvidenceOnly, Policy, Timestamp, TrustRoots, Verdict,
    appraise, appraise_evidence,
};

use super::document::{CaseDocument, Expected};
use super::expect::Expect;
use crate::unhex;

/// What a verifier says to a case.
#[derive(Debug, Clone)]
pub enum Answer {
    /// A verdict.
    Verdict(Box<Verdict>),
    /// The policy or the trust-root file is unreadable: which of them, and where.
    Unreadable(String),
}

/// Runs a case; `read` gives the bytes of a file below `testvectors/`.
#[must_use]
pub fn run(case: &CaseDocument, read: &dyn Fn(&str) -> Vec<u8>) -> Answer {
    let policy = match case.files.policy.as_str() {
        "" => Policy::default(),
        path => match Policy::from_json(&read(path)) {
            Ok(policy) => policy,
            Err(error) => return Answer::Unreadable(format!("policy {}", error.location)),
        },
    };
    let roots = match case.files.trust_root.as_str() {
        "" => TrustRoots::pinned(),
        path => match TrustRoots::from_json(&read(path)) {
            Ok(roots) => roots,
            Err(error) => return Answer::Unreadable(format!("trust_root {}", error.location)),
        },
    };
    let now = Timestamp::from_rfc3339(&case.now).unwrap();
    Answer::Verdict(Box::new(verdict(case, read, &policy, &roots, now)))
}

fn verdict(
    case: &CaseDocument,
    read: &dyn Fn(&str) -> Vec<u8>,
    policy: &Policy,
    roots: &TrustRoots,
    now: Timestamp,
) -> Verdict {
    let padded = |name: &str, path: &str| {
        let mut bytes = read(path);
        if let Some(padding) = case.padding.as_ref().filter(|padding| padding.file == name) {
            bytes.resize(padding.to, padding.byte);
        }
        bytes
    };
    let all = |paths: &[String]| paths.iter().map(|path| read(path)).collect();
    let collateral = Collateral {
        certificates: all(&case.files.certificates),
        crls: all(&case.files.crls),
        ..Collateral::default()
    };
    let evidence = padded("evidence", &case.files.evidence);
    let mut files: Vec<Artifact> =
        case.files.artifacts.iter().map(|file| Artifact::from_bytes(&file.name, &read(&file.path))).collect();
    let expected = |hex: &str| Some(hex).filter(|hex| !hex.is_empty()).map(unhex);
    match case.kind.as_str() {
        "bundle" => {
            let provenance = padded("provenance", &case.files.provenance);
            let (mode, subjects) = (mode(&case.artifacts_mode), case.subjects.clone());
            let artifacts = ArtifactSet { mode, files, subjects };
            let bundle = Bundle { provenance: &provenance, evidence: &evidence, artifacts, collateral };
            appraise(&bundle, policy, roots, now)
        }
        "evidence" => {
            let report_data = expected(&case.report_data);
            let given = EvidenceOnly { evidence: &evidence, report_data, collateral };
            appraise_evidence(&given, policy, roots, now)
        }
        "attestable_build" => {
            assert!(files.len() < 2, "more than one artifact in {}", case.id);
            let given = attestable::Certificate { certificate: &evidence, artifact: files.pop() };
            attestable::appraise(&given, policy, roots, now)
        }
        "tee_compile" => {
            let hash = |hex: &str| expected(hex).map(|hash| hash.try_into().unwrap());
            let (input_hash, output_hash) = (hash(&case.input_hash), hash(&case.output_hash));
            let given = tee_compile::Report { report: &evidence, input_hash, output_hash };
            tee_compile::appraise(&given, policy, roots, now)
        }
        other => panic!("unknown kind `{other}` in {}", case.id),
    }
}

fn mode(name: &str) -> ArtifactMode {
    match name {
        "folder" => ArtifactMode::Folder,
        "loose" => ArtifactMode::Loose,
        "without" => ArtifactMode::Without,
        other => panic!("unknown mode of artifacts `{other}`"),
    }
}

impl Answer {
    /// The answer as `expected.json` has it.
    #[must_use]
    pub fn expected(&self) -> Expected {
        match self {
            Self::Unreadable(place) => Expected {
                outcome: "unreadable".into(),
                exit_code: 2,
                decided_by: place.clone(),
                checks: Vec::new(),
            },
            Self::Verdict(verdict) => {
                let statuses = verdict.checks.iter().map(|check| (check.id.clone(), word(&check.status)));
                Expected {
                    outcome: word(&verdict.outcome),
                    exit_code: verdict.outcome.exit_code(),
                    decided_by: decided_by(verdict),
                    checks: statuses.collect(),
                }
            }
        }
    }

    /// Whether the answer bears out what the author of the case states.
    #[must_use]
    pub fn bears_out(&self, expect: &Expect) -> bool {
        let found = self.expected();
        found.outcome == expect.outcome && found.decided_by == expect.decided_by
    }
}

/// The first check with the status that weighs most: a failure, then what can't be decided, then
/// what nobody pinned.
fn decided_by(verdict: &Verdict) -> String {
    [Status::Fail, Status::Inconclusive, Status::NotReached]
        .into_iter()
        .find_map(|status| verdict.checks.iter().find(|check| check.status == status))
        .map(|check| check.id.clone())
        .unwrap_or_default()
}

fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}
