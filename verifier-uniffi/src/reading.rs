//! From files to a bundle document.

use core::fmt::Write as _;
use core::ops::ControlFlow;
use std::path::PathBuf;

use kettle_verifier_core::Collateral;
use kettle_verifier_core::request::{ArtifactDocument, BUNDLE_SCHEMA, BundleDocument, Decoded};
use kettle_verifier_io::{Error, Request, read_any};

pub(crate) fn read(path: PathBuf, without_artifacts: bool) -> Result<BundleDocument, Error> {
    let request = Request { paths: vec![path], without_artifacts, ..Request::default() };
    let given = read_any(&request, &mut |_| ControlFlow::Continue(()))?;
    Ok(document(given.into()))
}

fn document(parts: Decoded) -> BundleDocument {
    let Decoded { kind, provenance, evidence, artifacts, collateral, report_data, input_hash, output_hash } =
        parts;
    let Collateral { certificates, crls, intel } = collateral;
    let files = artifacts.files.into_iter().map(|file| ArtifactDocument {
        name: file.name,
        sha256: hex(&file.sha256),
        size: file.size,
    });
    BundleDocument {
        schema: BUNDLE_SCHEMA.into(),
        kind,
        provenance: hex(&provenance),
        evidence: hex(&evidence),
        artifacts_mode: artifacts.mode,
        artifacts: files.collect(),
        subjects: artifacts.subjects,
        certificates: each(&certificates),
        crls: each(&crls),
        intel: each(&intel),
        report_data: report_data.as_deref().map(hex).unwrap_or_default(),
        input_hash: input_hash.as_ref().map(|hash| hex(hash)).unwrap_or_default(),
        output_hash: output_hash.as_ref().map(|hash| hex(hash)).unwrap_or_default(),
    }
}

fn each(all: &[Vec<u8>]) -> Vec<String> {
    all.iter().map(|bytes| hex(bytes)).collect()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_what_is_decoded() {
        let parts = Decoded { provenance: vec![0, 255, 16], evidence: b"{}".to_vec(), ..Decoded::default() };
        let back = document(parts).decode().unwrap();
        assert_eq!((back.provenance, back.evidence), (vec![0, 255, 16], b"{}".to_vec()));
    }

    #[test]
    fn what_is_not_there_is_unreadable() {
        assert!(read("no/such/folder".into(), false).is_err());
    }
}
