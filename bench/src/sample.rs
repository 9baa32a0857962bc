//! What is measured: cases of the corpus, and genuine captures where they are.

use std::path::{Path, PathBuf};

use base64ct::{Base64, Encoding as _};
use kettle_verifier_core::bundle::ArtifactMode;
use kettle_verifier_core::verdict::TrustRootKind;
use kettle_verifier_core::{
    ArtifactSet, Bundle, EvidenceOnly, Outcome, Policy, Timestamp, TrustRoots, Verdict, appraise,
    appraise_evidence,
};
use serde_json::Value;

/// Cases of the corpus, one for each platform. A case without provenance is evidence alone.
const CASES: &[&str] = &[
    "az-snp/ok-milan",
    "snp/ok-milan",
    "real/tdx",
    "tdx/ok-version-4",
    "az-tdx/ok",
    "dstack/ok",
    "nitro/ok",
];

/// Genuine bundles below the folder of captures.
const BUNDLES: &[&str] = &["lunal-kettle/fixtures/ripgrep", "lunal-kettle/fixtures/alejandra"];

/// Genuine documents of Nitro below the folder of captures, with their own time.
const DOCUMENTS: &[(&str, &str)] = &[("nautilus/twitter.move.bin", "2025-04-15T15:38:57Z")];

/// Evidence, with its provenance or alone, and what it is appraised under.
pub struct Sample {
    /// A name for the table.
    pub name: String,
    /// The bytes of `evidence.json`.
    pub evidence: Vec<u8>,
    /// The bytes of `provenance.json`; empty where evidence is appraised alone.
    pub provenance: Vec<u8>,
    /// DER of AMD's intermediate that signed the endorsement certificate.
    pub intermediate: Option<Vec<u8>>,
    /// The time of appraisal.
    pub now: Timestamp,
    policy: Policy,
    roots: TrustRoots,
}

impl Sample {
    /// Appraises it without artifacts, whose hashing is as long as they are large.
    #[must_use]
    pub fn appraise(&self) -> Verdict {
        if self.provenance.is_empty() {
            let given = EvidenceOnly { evidence: &self.evidence, ..EvidenceOnly::default() };
            return appraise_evidence(&given, &self.policy, &self.roots, self.now);
        }
        let artifacts = ArtifactSet { mode: ArtifactMode::Without, ..ArtifactSet::default() };
        let bundle =
            Bundle { provenance: &self.provenance, evidence: &self.evidence, artifacts, ..Bundle::default() };
        appraise(&bundle, &self.policy, &self.roots, self.now)
    }

    /// Whether a vendor made it, and not the corpus.
    #[must_use]
    pub fn is_genuine(&self) -> bool {
        self.roots.kind() == TrustRootKind::Pinned
    }

    /// Why the sample is not worth measuring: a pipeline that stops early is fast.
    #[must_use]
    pub fn flaw(&self) -> Option<String> {
        let verdict = self.appraise();
        (verdict.outcome != Outcome::Unpinned).then_some(verdict.sentence)
    }
}

/// Every sample that is here.
///
/// # Errors
/// Where a file of the corpus can't be read, in words.
pub fn samples() -> Result<Vec<Sample>, String> {
    let mut found = Vec::new();
    for case in CASES {
        let folder = corpus().join("cases").join(case);
        if folder.is_dir() {
            found.push(of_corpus(case, &folder)?);
        }
    }
    for name in BUNDLES {
        let folder = vectors().join("kettle").join(name);
        if folder.is_dir() {
            found.push(bundle(name, &folder)?);
        }
    }
    for (name, now) in DOCUMENTS {
        let path = vectors().join("nitro").join(name);
        if path.is_file() {
            let document = Base64::encode_string(&read(&path)?);
            let evidence = format!(r#"{{"platform":"nitro","evidence":{{"document":"{document}"}}}}"#);
            found.push(genuine(&format!("nitro/{name}"), evidence.into(), Vec::new(), now)?);
        }
    }
    if found.is_empty() { Err("there is nothing to measure".into()) } else { Ok(found) }
}

fn bundle(name: &str, folder: &Path) -> Result<Sample, String> {
    let (evidence, provenance) =
        (read(&folder.join("evidence.json"))?, read(&folder.join("provenance.json"))?);
    genuine(name, evidence, provenance, "2026-04-01T00:00:00Z")
}

fn genuine(name: &str, evidence: Vec<u8>, provenance: Vec<u8>, now: &str) -> Result<Sample, String> {
    let ask = corpus().join("../verifier-core/src/platform/snp/roots/milan-ask.der");
    Ok(Sample {
        name: format!("genuine {name}"),
        evidence,
        provenance,
        intermediate: Some(read(&ask)?),
        now: time(now)?,
        policy: Policy::default(),
        roots: TrustRoots::pinned(),
    })
}

/// A case under the built-in policy, since the bench appraises without artifacts.
fn of_corpus(name: &str, folder: &Path) -> Result<Sample, String> {
    let case = json(&read(&folder.join("case.json"))?)?;
    let text = |pointer: &str| case.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let file = |pointer: &str| match text(pointer) {
        "" => Ok(Vec::new()),
        path => read(&corpus().join(path)),
    };
    let (evidence, provenance) = (file("/files/evidence")?, file("/files/provenance")?);
    let trust_root = file("/files/trust_root")?;
    if trust_root.is_empty() {
        return Ok(Sample { name: name.into(), ..genuine(name, evidence, provenance, text("/now"))? });
    }
    Ok(Sample {
        name: format!("synthetic {name}"),
        evidence,
        provenance,
        intermediate: milan_ask(&json(&trust_root)?)?,
        now: time(text("/now"))?,
        policy: Policy::default(),
        roots: TrustRoots::from_json(&trust_root).map_err(|error| error.to_string())?,
    })
}

fn milan_ask(trust_root: &Value) -> Result<Option<Vec<u8>>, String> {
    let entries = trust_root.get("amd").and_then(Value::as_array).into_iter().flatten();
    let milan = entries.filter(|entry| entry.get("generation").and_then(Value::as_str) == Some("Milan"));
    let ask = milan.filter_map(|entry| entry.get("ask")?.as_str()).next();
    ask.map(Base64::decode_vec).transpose().map_err(|error| error.to_string())
}

fn time(text: &str) -> Result<Timestamp, String> {
    Timestamp::from_rfc3339(text).ok_or_else(|| format!("`{text}` is no time"))
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

pub(crate) fn json(bytes: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(bytes).map_err(|error| error.to_string())
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../testvectors")
}

fn vectors() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors");
    std::env::var_os("KETTLE_VECTORS").map_or_else(beside, PathBuf::from)
}
