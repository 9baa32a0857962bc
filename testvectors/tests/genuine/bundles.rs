//! Genuine bundles of real builds, and what becomes of them when one thing is changed.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use kettle_verifier_core::bundle::ArtifactMode;
use kettle_verifier_core::{
    Artifact, ArtifactSet, Bundle, Outcome, Policy, Timestamp, TrustRoots, Verdict, appraise,
};
use serde_json::{Value, json};

use crate::files::{captures, read};

/// A bundle in memory.
#[derive(Clone)]
struct Given {
    provenance: Vec<u8>,
    evidence: Vec<u8>,
    artifacts: Vec<Artifact>,
    mode: ArtifactMode,
}

impl Given {
    fn at(folder: &str, artifacts: &[&str]) -> Self {
        let file = |name: &str| read(&format!("kettle/{folder}/{name}"));
        Self {
            provenance: file("provenance.json"),
            evidence: file("evidence.json"),
            artifacts: artifacts
                .iter()
                .map(|name| Artifact::from_bytes(*name, &file(&format!("artifacts/{name}"))))
                .collect(),
            mode: ArtifactMode::Folder,
        }
    }

    fn appraise(&self, policy: &Policy) -> Verdict {
        let artifacts =
            ArtifactSet { mode: self.mode, files: self.artifacts.clone(), ..ArtifactSet::default() };
        let bundle =
            Bundle { provenance: &self.provenance, evidence: &self.evidence, artifacts, ..Bundle::default() };
        let now = Timestamp::from_rfc3339("2026-06-01T00:00:00Z").unwrap();
        appraise(&bundle, policy, &TrustRoots::pinned(), now)
    }

    /// The first check that fails under a policy that names everything.
    fn failure(&self, policy: &Policy) -> String {
        let verdict = self.appraise(policy);
        assert_eq!(verdict.outcome, Outcome::Failed);
        verdict.first_failure().unwrap().id.clone()
    }

    /// The same bundle with one bit of a field of its evidence changed.
    fn flipped(&self, pointer: &str, byte: usize) -> Self {
        let mut value: Value = serde_json::from_slice(&self.evidence).unwrap();
        let field = value.pointer_mut(pointer).unwrap();
        let text = field.as_str().unwrap();
        let encoded = if pointer.contains("tpm_quote") {
            let mut bytes = kettle_testvectors::unhex(text);
            bytes[byte] ^= 1;
            kettle_testvectors::hex(&bytes)
        } else {
            let mut bytes = Base64UrlUnpadded::decode_vec(text).unwrap();
            bytes[byte] ^= 1;
            Base64UrlUnpadded::encode_string(&bytes)
        };
        *field = json!(encoded);
        Self { evidence: serde_json::to_vec(&value).unwrap(), ..self.clone() }
    }

    fn reshaped(&self, change: impl Fn(&str) -> String) -> Self {
        let changed = change(std::str::from_utf8(&self.provenance).unwrap());
        assert_ne!(changed.as_bytes(), self.provenance);
        Self { provenance: changed.into_bytes(), ..self.clone() }
    }
}

/// A policy that names what a bundle says: its launch digest, its PCRs and its source.
fn naming(verdict: &Verdict) -> Policy {
    let claim = |id: &str| verdict.claims.iter().find(|claim| claim.id == id).unwrap().value.clone();
    let pcrs: Vec<Value> =
        (0..24).map(|index| json!({"index": index, "sha256": claim(&format!("vtpm.pcr.{index}"))})).collect();
    let document = json!({
        "schema": "kettle-policy/v1",
        "measurements": [{
            "id": "image", "platform": "az-snp", "launch_digest": claim("snp.measurement"), "pcrs": pcrs,
        }],
        "source": {"uris": [claim("source.uri")], "commits": [claim("source.commit")]},
    });
    Policy::from_json(&serde_json::to_vec(&document).unwrap()).unwrap()
}

const ALEJANDRA: &str = "lunal-kettle/fixtures/alejandra";
const RIPGREP: &str = "lunal-kettle/fixtures/ripgrep";
const RIPGREP_F2: &str = "confidentialdotai-kettle/fixtures/ripgrep";

#[test]
fn a_whole_bundle_is_verified_by_a_policy_that_names_it() {
    if captures().is_none() {
        return;
    }
    let given = Given::at(ALEJANDRA, &["alejandra"]);
    let unpinned = given.appraise(&Policy::default());
    assert_eq!(unpinned.outcome, Outcome::Unpinned, "{}", unpinned.sentence);
    assert_eq!(unpinned.outcome.exit_code(), 4);
    let verified = given.appraise(&naming(&unpinned));
    assert_eq!(verified.outcome, Outcome::Verified, "{}", verified.sentence);
}

#[test]
fn a_bundle_without_its_artifact_fails_unless_it_is_left_out_on_purpose() {
    if captures().is_none() {
        return;
    }
    for folder in [RIPGREP, RIPGREP_F2] {
        let mut given = Given::at(folder, &[]);
        assert_eq!(given.failure(&Policy::default()), "artifacts.present", "{folder}");
        given.mode = ArtifactMode::Without;
        let unpinned = given.appraise(&Policy::default());
        assert_eq!(unpinned.outcome, Outcome::Unpinned, "{folder}: {}", unpinned.sentence);
        let named = given.appraise(&naming(&unpinned));
        assert_eq!(named.outcome, Outcome::Unpinned, "no artifact was checked in {folder}");
        assert_eq!(named.check("machine.measurement").unwrap().found.len(), 96);
    }
}

#[test]
fn roots_and_generations_are_those_that_are_known() {
    if captures().is_none() {
        return;
    }
    for (folder, generation, root) in
        [(RIPGREP, "F0", "4e212fbc"), (ALEJANDRA, "F0", "d6da62fa"), (RIPGREP_F2, "F2", "5deb8d30")]
    {
        let verdict = Given::at(folder, &[]).appraise(&Policy::default());
        let found = verdict.claims.iter().find(|claim| claim.id == "bundle.generation").unwrap();
        assert_eq!(found.value, generation, "{folder}");
        let check = verdict.check("provenance.merkle_root").unwrap();
        assert!(check.expected.starts_with(root) || check.found.starts_with(root), "{check:?}");
    }
}

#[test]
fn one_changed_byte_fails_at_its_check() {
    if captures().is_none() {
        return;
    }
    let sound = Given::at(ALEJANDRA, &["alejandra"]);
    let policy = naming(&sound.appraise(&Policy::default()));
    let mut artifact = sound.clone();
    artifact.artifacts[0].sha256[0] ^= 1;
    assert_eq!(artifact.failure(&policy), "artifacts.digests");
    let provenance = sound.reshaped(|text| text.replacen("alejandra", "alejandrb", 1));
    assert_eq!(provenance.failure(&policy), "binding.provenance_digest");
    for (pointer, byte, check) in [
        ("/evidence/hcl_report", 32 + 0x90, "snp.report.signature"),
        ("/evidence/hcl_report", 32 + 0x2a0, "snp.report.signature"),
        ("/evidence/hcl_report", 0x4d4 + 60, "az.runtime.digest"),
        ("/evidence/vcek", 1000, "snp.chain.vek_signature"),
        ("/evidence/tpm_quote/message", 50, "az.quote.signature"),
        ("/evidence/tpm_quote/signature", 100, "az.quote.signature"),
        ("/evidence/tpm_quote/pcrs/8", 0, "az.quote.pcr_digest"),
    ] {
        assert_eq!(sound.flipped(pointer, byte).failure(&policy), check, "{pointer} {byte}");
    }
}

#[test]
fn provenance_that_says_the_same_in_other_bytes_fails() {
    if captures().is_none() {
        return;
    }
    let f0 = Given::at(ALEJANDRA, &["alejandra"]);
    let mut f2 = Given::at(RIPGREP_F2, &[]);
    f2.mode = ArtifactMode::Without;
    for (given, white_space) in [(f0, "binding.digest_form"), (f2, "binding.provenance_digest")] {
        let policy = Policy::default();
        let injected = given.reshaped(|text| {
            text.replacen(r#""buildCommand": "#, r#""buildFlags": "--features x", "buildCommand": "#, 1)
        });
        assert_eq!(injected.failure(&policy), "binding.provenance_digest");
        let reordered = given.reshaped(|text| {
            let kind = "  \"_type\": \"https://in-toto.io/Statement/v1\",\n";
            let rest = text.trim_end().strip_suffix('}').unwrap().trim_end().replacen(kind, "", 1);
            format!("{rest},\n{}\n}}", kind.trim_end_matches(",\n"))
        });
        assert_eq!(reordered.failure(&policy), "binding.provenance_digest");
        let spaces = given.reshaped(|text| text.replace("  ", "   "));
        assert_eq!(spaces.failure(&policy), white_space);
    }
}

#[test]
fn evidence_of_one_build_does_not_carry_over_to_another() {
    if captures().is_none() {
        return;
    }
    let (one, two) = (Given::at(ALEJANDRA, &["alejandra"]), Given::at(RIPGREP, &[]));
    // Both were built on one machine within seconds: report, key and PCRs are equal.
    let crossed = Given { evidence: two.evidence, ..one };
    assert_eq!(crossed.failure(&Policy::default()), "binding.provenance_digest");
}

/// Its Merkle root does not follow from its inputs, and no hardware ever vouched for it.
#[test]
fn a_synthetic_provenance_does_not_pass() {
    if captures().is_none() {
        return;
    }
    let mut given = Given::at(ALEJANDRA, &[]);
    given.provenance = read("kettle/lunal-kettle/fixtures/openclaw/provenance.json");
    assert_eq!(given.failure(&Policy::default()), "binding.provenance_digest");
}
