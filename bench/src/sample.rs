//! Bundles to measure: those of the corpus, and the genuine ones where they are.

use std::path::{Path, PathBuf};

use kettle_verifier_core::bundle::ArtifactMode;
use kettle_verifier_core::{ArtifactSet, Bundle, Outcome, Policy, Timestamp, TrustRoots, Verdict, appraise};
use serde_json::Value;

/// A bundle with what it is appraised under.
pub struct Sample {
    /// A name for the table.
    pub name: String,
    /// The bytes of `evidence.json`.
    pub evidence: Vec<u8>,
    /// The bytes of `provenance.json`.
    pub provenance: Vec<u8>,
    /// DER of the intermediate that signed the endorsement certificate.
    pub intermediate: Vec<u8>,
    policy: Policy,
    roots: TrustRoots,
    now: Timestamp,
}

impl Sample {
    /// Appraises the bundle without its artifacts, whose hashing is as long as they are large.
    #[must_use]
    pub fn appraise(&self) -> Verdict {
        let artifacts = ArtifactSet { mode: ArtifactMode::Without, ..ArtifactSet::default() };
        let bundle =
            Bundle { provenance: &self.provenance, evidence: &self.evidence, artifacts, ..Bundle::default() };
        appraise(&bundle, &self.policy, &self.roots, self.now)
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
    for case in ["az-snp/ok-milan", "snp/ok-milan"] {
        let folder = root().join("testvectors/cases").join(case);
        if folder.is_dir() {
            found.push(synthetic(case, &folder)?);
        }
    }
    let genuine = vectors();
    for name in ["lunal-kettle/fixtures/ripgrep", "lunal-kettle/fixtures/alejandra"] {
        let folder = genuine.join("kettle").join(name);
        if folder.is_dir() {
            found.push(genuine_sample(name, &folder)?);
        }
    }
    if found.is_empty() { Err("there is no bundle to measure".into()) } else { Ok(found) }
}

fn genuine_sample(name: &str, folder: &Path) -> Result<Sample, String> {
    Ok(Sample {
        name: format!("genuine {name}"),
        evidence: read(&folder.join("evidence.json"))?,
        provenance: read(&folder.join("provenance.json"))?,
        intermediate: read(&root().join("verifier-core/src/platform/snp/roots/milan-ask.der"))?,
        policy: Policy::default(),
        roots: TrustRoots::pinned(),
        now: time("2026-04-01T00:00:00Z")?,
    })
}

fn synthetic(name: &str, folder: &Path) -> Result<Sample, String> {
    let trust_root = read(&root().join("testvectors/trust-root.json"))?;
    let case = json(&read(&folder.join("case.json"))?)?;
    let now = case.get("now").and_then(Value::as_str).ok_or("case.json has no `now`")?;
    Ok(Sample {
        name: format!("synthetic {name}"),
        evidence: read(&folder.join("evidence.json"))?,
        provenance: read(&folder.join("provenance.json"))?,
        intermediate: milan_ask(&json(&trust_root)?)?,
        policy: Policy::default(),
        roots: TrustRoots::from_json(&trust_root).map_err(|error| error.to_string())?,
        now: time(now)?,
    })
}

fn milan_ask(trust_root: &Value) -> Result<Vec<u8>, String> {
    use base64ct::{Base64, Encoding as _};
    let entries = trust_root.get("amd").and_then(Value::as_array).into_iter().flatten();
    let milan = entries.filter(|entry| entry.get("generation").and_then(Value::as_str) == Some("Milan"));
    let ask = milan.filter_map(|entry| entry.get("ask")?.as_str()).next().ok_or("no Milan root")?;
    Base64::decode_vec(ask).map_err(|error| error.to_string())
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

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn vectors() -> PathBuf {
    std::env::var_os("KETTLE_VECTORS").map_or_else(|| root().join("../shared/vectors"), PathBuf::from)
}
