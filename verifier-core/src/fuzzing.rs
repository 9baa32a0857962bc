//! Doors for the fuzz targets: parsers that whole bundles reach only behind a signature. They exist
//! in fuzzing builds only.

use crate::artifacts;
use crate::bundle::{Artifact, ArtifactSet, Collateral};
use crate::crypto::sha256;
use crate::envelope;
use crate::eventlog;
use crate::input_tree::{Proof, Tree};
use crate::json;
use crate::log::Log;
use crate::platform::{Context, dstack, nitro, snp, tdx};
use crate::policy::Policy;
use crate::provenance;
use crate::time::Timestamp;
use crate::trust::TrustRoots;
use crate::vtpm::hcl::{HclBlob, ReportType};
use crate::vtpm::key::AttestationKey;
use crate::vtpm::runtime::BoundRuntime;
use crate::vtpm::{attest, hcl};

/// The HCL blob around a report.
pub fn hcl(blob: &[u8]) {
    let policy = Policy::default();
    for kind in [ReportType::Snp, ReportType::Tdx] {
        let mut log = Log::new(&policy, hcl::CHECKS.iter().copied());
        if let Ok(read) = HclBlob::read(blob, kind, &mut log) {
            assert!(read.report().len() <= blob.len() && read.runtime().len() <= blob.len());
        }
    }
}

/// The runtime data of a paravisor, as if the report named it, and the key in it.
pub fn runtime(bytes: &[u8]) {
    let policy = Policy::default();
    let mut log = Log::new(&policy, core::iter::empty());
    let mut report_data = [0; 64];
    report_data[..32].copy_from_slice(&sha256(bytes));
    if let Ok(runtime) = BoundRuntime::bind(bytes, &report_data, &mut log) {
        runtime.claim(&mut log);
        let _key = AttestationKey::from_runtime(&runtime, &mut log).map(|key| key.qualified_name());
    }
}

/// A TPM quote.
pub fn quote(message: &[u8]) {
    if let Ok(read) = attest::read(message) {
        assert!(read.extra_data.bytes.len() < message.len());
    }
}

/// The extensions of an endorsement certificate.
pub fn endorsement(certificate: &[u8]) {
    snp::fuzz_endorsement(certificate);
}

/// A quote of Intel TDX, with collateral beside it.
pub fn tdx(quote: &[u8], intel: &[u8], now: Timestamp) {
    let (policy, roots) = (Policy::default(), TrustRoots::pinned());
    let collateral = Collateral { intel: alloc::vec![intel.to_vec()], ..Collateral::default() };
    let context = Context { policy: &policy, roots: &roots, collateral: &collateral, now };
    let checks = tdx::LAYER_CHECKS.iter().flat_map(|table| table.iter().copied());
    let mut log = Log::new(&policy, checks).with_needs();
    let _authentic = tdx::authenticate(quote, None, &context, &mut log);
    assert!(log.take_needs().len() <= 4, "each part is needed once");
}

/// A TCB info or a QE identity, as if Intel had signed it.
pub fn intel_json(bytes: &[u8]) {
    crate::dcap::fuzz_signed_json(bytes);
}

/// The event log of a TD, replayed.
pub fn ccel(bytes: &[u8]) {
    let Ok(log) = eventlog::read(bytes) else { return };
    for event in &log.events {
        assert!(event.register < 4 && event.position < bytes.len());
        assert!(event.payload.len() < bytes.len());
    }
    let replayed = eventlog::replay(log.events.iter().map(|event| (event.register, event.digest)));
    assert!(replayed.is_some(), "every register that is read exists");
}

/// A document of AWS Nitro.
pub fn nitro(document: &[u8], now: Timestamp) {
    let (policy, roots, collateral) = (Policy::default(), TrustRoots::pinned(), Collateral::default());
    let context = Context { policy: &policy, roots: &roots, collateral: &collateral, now };
    let mut log = Log::new(&policy, core::iter::empty());
    let _authentic = nitro::authenticate(document, None, &context, &mut log);
}

/// An event log of dstack.
pub fn dstack_events(bytes: &[u8]) {
    if let Ok(text) = core::str::from_utf8(bytes) {
        dstack::fuzz_event_log(text);
    }
}

/// A provenance document, as if the hardware had attested it, beside an empty artifact.
pub fn provenance(bytes: &[u8]) {
    let policy = Policy::default();
    let mut log = Log::new(&policy, core::iter::empty());
    let Ok((document, _)) = envelope::provenance_document(bytes) else { return };
    let Ok(statement) = provenance::appraise(&document, &policy, &mut log) else { return };
    let name = statement.subjects().first().map(|subject| subject.name()).unwrap_or_default();
    let artifacts = ArtifactSet { files: alloc::vec![Artifact::from_bytes(name, b"")], ..Default::default() };
    artifacts::appraise(&statement, &artifacts, &mut log);
}

/// A proof that an input is in a tree, against a tree and an entry that the input names too: what was read
/// has one spelling, and holds for one entry at most.
pub fn proof(bytes: &[u8], root: [u8; 32], entry: &str) {
    let Ok(proof) = Proof::read(bytes) else { return };
    assert_eq!(proof.to_bytes(), bytes, "a proof has one spelling");
    let tree = Tree { root, leaves: Some(proof.leaves()) };
    assert!(proof.check(&tree, entry).is_err() || proof.check(&tree, &alloc::format!("{entry}x")).is_err());
    let more = Tree { root, leaves: proof.leaves().checked_add(1) };
    assert!(proof.check(&more, entry).is_err());
}

/// SHA-256 over the tokens of a document, where it is strict JSON.
pub fn compact_sha256(bytes: &[u8]) -> Option<[u8; 32]> {
    json::parse(bytes, bytes.len()).ok()?;
    Some(json::tokens(bytes).compact_sha256())
}

/// A strict CBOR value.
pub fn cbor(bytes: &[u8]) {
    let _value = crate::cbor::parse(bytes);
}

/// The signed text of a certificate of attestable builds: what was read of it can be said in one way
/// only.
pub fn certificate_text(bytes: &[u8]) {
    if let Some((commit, name, sha256)) = crate::formats::attestable::fuzz_text(bytes) {
        let hash = crate::text::hex(&sha256);
        let again = alloc::format!("commit_hash={commit},artifact_name={name},artifact_hash={hash}");
        assert_eq!(again.as_bytes(), bytes, "the text has one reading");
    }
}
