//! Every bit counts: a flipped bit, a cut end or noise in anything that is signed is rejected.
//!
//! A fixed stride of the flips is run; with `KETTLE_ALL_FLIPS=1` all of them are.

use std::path::{Path, PathBuf};

use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use kettle_testvectors::case::CaseDocument;
use kettle_testvectors::corpus::{folder, in_parallel};
use kettle_testvectors::signing::Hash;
use kettle_testvectors::{hex, unhex};
use kettle_verifier_core::bundle::ArtifactMode;
use kettle_verifier_core::{
    Artifact, ArtifactSet, Bundle, Outcome, Policy, Timestamp, TrustRoots, Verdict, appraise,
};
use serde_json::{Value, json};

/// A bundle that is taken as it is.
struct Sample {
    name: String,
    provenance: Vec<u8>,
    evidence: Vec<u8>,
    artifacts: Vec<Artifact>,
    policy: Policy,
    roots: TrustRoots,
    sound: Outcome,
}

impl Sample {
    fn minted(case: &str) -> Self {
        let root = folder();
        let read = |path: &str| std::fs::read(root.join(path)).unwrap();
        let file = |name: &str| read(&format!("cases/{case}/{name}"));
        let document: CaseDocument = serde_json::from_slice(&file("case.json")).unwrap();
        Self {
            name: case.into(),
            provenance: file("provenance.json"),
            evidence: file("evidence.json"),
            artifacts: vec![Artifact::from_bytes("hello", &file("artifacts/hello"))],
            policy: Policy::from_json(&read(&document.files.policy)).unwrap(),
            roots: TrustRoots::from_json(&read(&document.files.trust_root)).unwrap(),
            sound: Outcome::Verified,
        }
    }

    /// A bundle of a real build, under a policy that names nothing.
    fn genuine(vectors: &Path) -> Self {
        let build = vectors.join("kettle/lunal-kettle/fixtures/alejandra");
        let file = |name: &str| std::fs::read(build.join(name)).unwrap();
        Self {
            name: "alejandra".into(),
            provenance: file("provenance.json"),
            evidence: file("evidence.json"),
            artifacts: vec![Artifact::from_bytes("alejandra", &file("artifacts/alejandra"))],
            policy: Policy::default(),
            roots: TrustRoots::pinned(),
            sound: Outcome::Unpinned,
        }
    }

    fn outcome(&self, provenance: &[u8], evidence: &[u8]) -> Outcome {
        self.verdict(provenance, evidence).outcome
    }

    fn verdict(&self, provenance: &[u8], evidence: &[u8]) -> Verdict {
        let files = self.artifacts.clone();
        let artifacts = ArtifactSet { mode: ArtifactMode::Folder, files, subjects: Vec::new() };
        let bundle = Bundle { provenance, evidence, artifacts, ..Bundle::default() };
        let now = Timestamp::from_rfc3339("2026-06-01T00:00:00Z").unwrap();
        appraise(&bundle, &self.policy, &self.roots, now)
    }

    /// As [`Self::outcome`]; evidence that says the same but for parts which the verdict lists as not
    /// authenticated counts as rejected.
    fn outcome_of(&self, evidence: &[u8]) -> Outcome {
        let verdict = self.verdict(&self.provenance, evidence);
        let listed = verdict.unauthenticated.iter().any(|part| {
            part.contains("the TD report in the HCL blob") || part.contains("/evidence/event_log: types")
        });
        let same = |found: Value| Some(found) == authenticated(&self.evidence);
        if listed && authenticated(evidence).is_some_and(same) {
            return Outcome::Failed;
        }
        verdict.outcome
    }

    /// The evidence with other bytes in a field.
    fn with(&self, field: &Field, bytes: &[u8]) -> Vec<u8> {
        let mut value: Value = serde_json::from_slice(&self.evidence).unwrap();
        *value.pointer_mut(field.pointer).unwrap() = json!((field.encode)(bytes));
        serde_json::to_vec(&value).unwrap()
    }

    fn bytes(&self, field: &Field) -> Vec<u8> {
        let value: Value = serde_json::from_slice(&self.evidence).unwrap();
        (field.decode)(value.pointer(field.pointer).unwrap().as_str().unwrap())
    }

    fn fields(&self) -> &'static [Field] {
        let is = |label: &str| self.evidence.starts_with(format!(r#"{{"platform":"{label}""#).as_bytes());
        match () {
            () if is("snp") => BARE,
            () if is("nitro") => NITRO,
            () if is("az-tdx") => AZURE_TDX,
            () if is("dstack") => DSTACK,
            () => AZURE,
        }
    }
}

/// The evidence of a TD without what nothing signs, and with the hex of its collateral in lower case,
/// since its bytes are signed and not its spelling.
fn authenticated(evidence: &[u8]) -> Option<Value> {
    let mut value: Value = serde_json::from_slice(evidence).ok()?;
    if value.pointer("/evidence/event_log").is_some() {
        of_dstack(&mut value)?
    } else {
        on_azure(&mut value)?
    }
    for member in ["root_ca_crl", "pck_crl", "tcb_info_signature", "qe_identity_signature"] {
        let text = value.pointer_mut(&format!("/evidence/collateral/{member}"))?;
        *text = json!(text.as_str()?.to_lowercase());
    }
    Some(value)
}

/// On Azure, what the TD report in the blob has beyond the TD quote.
fn on_azure(value: &mut Value) -> Option<()> {
    let blob = value.pointer_mut("/evidence/hcl_report")?;
    let mut bytes = Base64UrlUnpadded::decode_vec(blob.as_str()?).ok()?;
    for beyond in [0..0x80, 0xc0..0x108, 0x180..0x200, 0x390..0x400] {
        bytes.get_mut(32..)?.get_mut(beyond)?.fill(0);
    }
    *blob = json!(hex(&bytes));
    Some(())
}

/// In the event log of dstack, all but register and digest of the events of RTMR0 to RTMR2; and the
/// configuration of the machine.
fn of_dstack(value: &mut Value) -> Option<()> {
    let text = value.pointer_mut("/evidence/event_log")?;
    let mut events: Vec<Value> = serde_json::from_str(text.as_str()?).ok()?;
    for event in events.iter_mut().filter(|event| event["imr"] != 3) {
        *event = json!([event.get("imr")?, event.get("digest")?]);
    }
    *text = Value::Array(events);
    value.pointer_mut("/evidence")?.as_object_mut()?.remove("vm_config")?;
    Some(())
}

/// A field of the evidence, and its encoding.
struct Field {
    pointer: &'static str,
    decode: fn(&str) -> Vec<u8>,
    encode: fn(&[u8]) -> String,
}

const fn base64(pointer: &'static str) -> Field {
    Field { pointer, decode: |text| Base64::decode_vec(text).unwrap(), encode: Base64::encode_string }
}

const fn base64url(pointer: &'static str) -> Field {
    Field {
        pointer,
        decode: |text| Base64UrlUnpadded::decode_vec(text).unwrap(),
        encode: Base64UrlUnpadded::encode_string,
    }
}

const fn in_hex(pointer: &'static str) -> Field {
    Field { pointer, decode: unhex, encode: hex }
}

/// A text as it is.
const fn plain(pointer: &'static str) -> Field {
    Field {
        pointer,
        decode: |text| text.as_bytes().to_vec(),
        encode: |bytes| String::from_utf8_lossy(bytes).into_owned(),
    }
}

const BARE: &[Field] = &[base64("/evidence/attestation_report"), base64("/evidence/cert_chain/vcek")];

const DSTACK: &[Field] = &[in_hex("/evidence/quote"), plain("/evidence/event_log")];

const NITRO: &[Field] = &[base64("/evidence/document")];

const AZURE: &[Field] = &[
    base64url("/evidence/hcl_report"),
    base64url("/evidence/vcek"),
    in_hex("/evidence/tpm_quote/message"),
    in_hex("/evidence/tpm_quote/signature"),
    in_hex("/evidence/tpm_quote/pcrs/0"),
    in_hex("/evidence/tpm_quote/pcrs/23"),
];

const AZURE_TDX: &[Field] = &[
    base64url("/evidence/hcl_report"),
    base64url("/evidence/td_quote"),
    in_hex("/evidence/tpm_quote/message"),
    in_hex("/evidence/tpm_quote/signature"),
    in_hex("/evidence/tpm_quote/pcrs/0"),
    in_hex("/evidence/tpm_quote/pcrs/23"),
];

fn samples() -> Vec<Sample> {
    let mut samples = vec![
        Sample::minted("snp/ok-milan"),
        Sample::minted("snp/ok-turin"),
        Sample::minted("az-snp/ok-milan"),
        Sample::minted("az-tdx/ok"),
        Sample::minted("dstack/ok"),
        Sample::minted("dstack/ok-short"),
        Sample::minted("nitro/ok-nonce"),
    ];
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors");
    let vectors = std::env::var_os("KETTLE_VECTORS").map_or(beside, PathBuf::from);
    if vectors.join("kettle").is_dir() {
        samples.push(Sample::genuine(&vectors));
    } else {
        println!("no genuine captures: name their folder in KETTLE_VECTORS");
    }
    for sample in &samples {
        let sound = sample.outcome(&sample.provenance, &sample.evidence);
        assert_eq!(sound, sample.sound, "{}", sample.name);
    }
    samples
}

/// The bits that are flipped: about `most` of them at equal distances, or all. An odd distance takes
/// every place within a byte in turn.
fn bits(bytes: &[u8], most: usize) -> Vec<usize> {
    let all = std::env::var_os("KETTLE_ALL_FLIPS").is_some_and(|value| value == "1");
    let stride = if all { 1 } else { (bytes.len() * 8 / most) | 1 };
    (0..bytes.len() * 8).step_by(stride).collect()
}

fn flip(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut flipped = bytes.to_vec();
    flipped[bit / 8] ^= 1 << (bit % 8);
    flipped
}

/// Changes that are not rejected, by what was changed.
fn survivors<T: Sync + std::fmt::Debug>(
    what: &str,
    changes: &[T],
    outcome: impl Fn(&T) -> Outcome + Sync,
) -> Vec<String> {
    let outcomes = in_parallel(changes, &outcome);
    let taken = changes.iter().zip(outcomes).filter(|(_, outcome)| *outcome != Outcome::Failed);
    taken.map(|(change, outcome)| format!("{what} {change:?}: {outcome:?}")).collect()
}

#[test]
fn every_flipped_bit_of_the_evidence_is_rejected() {
    let mut survived = Vec::new();
    for sample in samples() {
        for field in sample.fields() {
            let bytes = sample.bytes(field);
            let what = format!("{} {}", sample.name, field.pointer);
            survived.extend(survivors(&what, &bits(&bytes, 700), |bit| {
                sample.outcome_of(&sample.with(field, &flip(&bytes, *bit)))
            }));
        }
    }
    assert!(survived.is_empty(), "{}", survived.join("\n"));
}

#[test]
fn every_flipped_bit_of_the_files_is_rejected() {
    let mut survived = Vec::new();
    for sample in samples() {
        let name = &sample.name;
        let evidence = &sample.evidence;
        survived.extend(survivors(&format!("{name} evidence.json"), &bits(evidence, 700), |bit| {
            sample.outcome_of(&flip(evidence, *bit))
        }));
        let provenance = &sample.provenance;
        survived.extend(survivors(&format!("{name} provenance.json"), &bits(provenance, 300), |bit| {
            sample.outcome(&flip(provenance, *bit), evidence)
        }));
    }
    assert!(survived.is_empty(), "{}", survived.join("\n"));
}

#[test]
fn every_cut_end_is_rejected() {
    let mut survived = Vec::new();
    for sample in samples() {
        let name = &sample.name;
        let ends = |bytes: &[u8], most: usize| -> Vec<usize> {
            let stride = (bytes.len() / most).max(1);
            (0..bytes.len()).step_by(stride).chain([bytes.len() - 1]).collect()
        };
        let (evidence, provenance) = (&sample.evidence, &sample.provenance);
        survived.extend(survivors(&format!("{name} evidence.json to"), &ends(evidence, 300), |end| {
            sample.outcome(provenance, &evidence[..*end])
        }));
        survived.extend(survivors(&format!("{name} provenance.json to"), &ends(provenance, 150), |end| {
            sample.outcome(&provenance[..*end], evidence)
        }));
        for field in sample.fields() {
            let bytes = sample.bytes(field);
            let what = format!("{name} {} to", field.pointer);
            survived.extend(survivors(&what, &ends(&bytes, 150), |end| {
                let verdict = sample.verdict(provenance, &sample.with(field, &bytes[..*end]));
                if bytes[*end..].iter().all(|byte| *byte == 0) && lists_the_padding(&verdict) {
                    return Outcome::Failed;
                }
                verdict.outcome
            }));
        }
    }
    assert!(survived.is_empty(), "{}", survived.join("\n"));
}

/// Whether the verdict says that nothing signs the number of zeros after an HCL blob.
fn lists_the_padding(verdict: &Verdict) -> bool {
    verdict.unauthenticated.iter().any(|part| part.contains("number of zero bytes"))
}

#[test]
fn noise_is_rejected() {
    let noise = |seed: u32, size: usize| -> Vec<u8> {
        let block = |number: u32| Hash::Sha256.digest(&[seed.to_be_bytes(), number.to_be_bytes()].concat());
        (0_u32..).flat_map(block).take(size).collect()
    };
    let mut survived = Vec::new();
    for sample in samples() {
        let seeds: Vec<u32> = (0..4).collect();
        survived.extend(survivors(&format!("{} noise", sample.name), &seeds, |seed| {
            sample.outcome(&sample.provenance, &noise(*seed, 1 << 20))
        }));
        survived.extend(survivors(&format!("{} noise in the provenance", sample.name), &seeds, |seed| {
            sample.outcome(&noise(*seed, 1 << 20), &sample.evidence)
        }));
        for field in sample.fields() {
            let size = sample.bytes(field).len();
            survived.extend(survivors(&format!("{} {}", sample.name, field.pointer), &seeds, |seed| {
                sample.outcome(&sample.provenance, &sample.with(field, &noise(*seed, size)))
            }));
        }
    }
    assert!(survived.is_empty(), "{}", survived.join("\n"));
}
