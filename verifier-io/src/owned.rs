//! What was read, as one value for every kind of it: what bindings hold between reading and appraising.

use kettle_verifier_core::bundle::ArtifactSet;
use kettle_verifier_core::request::{BundleKind, Decoded};

#[cfg(feature = "files")]
use crate::evidence::EvidenceInput;
use crate::input::{Format, Given, Input, Other};

impl From<Given> for Decoded {
    fn from(given: Given) -> Self {
        match given {
            Given::Bundle(input) => input.into(),
            Given::Other(other) => other.into(),
        }
    }
}

impl From<Input> for Decoded {
    fn from(input: Input) -> Self {
        let Input { provenance, evidence, artifacts, collateral, files: _ } = input;
        Self { kind: BundleKind::Bundle, provenance, evidence, artifacts, collateral, ..Self::default() }
    }
}

impl From<Other> for Decoded {
    fn from(other: Other) -> Self {
        let kind = match other.format {
            Format::Certificate => BundleKind::AttestableBuild,
            Format::CompileReport => BundleKind::TeeCompile,
        };
        let artifacts = ArtifactSet { files: other.artifacts, ..ArtifactSet::default() };
        Self { kind, evidence: other.document, artifacts, ..Self::default() }
    }
}

#[cfg(feature = "files")]
impl From<EvidenceInput> for Decoded {
    fn from(input: EvidenceInput) -> Self {
        let EvidenceInput { evidence, collateral } = input;
        Self { kind: BundleKind::Evidence, evidence, collateral, ..Self::default() }
    }
}
