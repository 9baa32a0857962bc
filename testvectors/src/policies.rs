//! The policies that cases share.

use kettle_verifier_core::policy::{Measurement, PcrValue, PolicyDocument, SourceRule};

use crate::report::MEASUREMENT;
use crate::{azure, hex};

/// The policy that names the software TEE's image and its source.
pub const PINNED: &str = "policies/pinned.json";

/// The policy that demands nothing beyond the built-in rules.
pub const EMPTY: &str = "policies/empty.json";

/// The document of [`PINNED`].
#[must_use]
pub fn pinned() -> PolicyDocument {
    let image = |id: &str, platform: &str, pcrs| Measurement {
        id: id.into(),
        platform: platform.into(),
        launch_digest: hex(&MEASUREMENT),
        pcrs,
        rtmrs: None,
        builder_version: None,
        minimum_tcb: None,
    };
    PolicyDocument {
        description: "The image of the software TEE, and the source that its build names.".into(),
        measurements: Some(vec![
            image("image1 without a cloud", "snp", None),
            image("image1 on Azure", "az-snp", Some(pcrs())),
        ]),
        source: Some(SourceRule {
            uris: Some(vec!["https://git.example/hello.git".into()]),
            commits: Some(vec!["0123456789abcdef0123456789abcdef01234567".into()]),
            trees: None,
        }),
        ..PolicyDocument::empty()
    }
}

/// PCRs 0 to 14 of the software TEE's image.
#[must_use]
pub fn pcrs() -> Vec<PcrValue> {
    let values = azure::pcrs().into_iter().take(15).zip(0..);
    values.map(|(value, index)| PcrValue { index, sha256: Some(hex(&value)), sha384: None }).collect()
}

/// A policy's text.
#[must_use]
pub fn json(document: &PolicyDocument) -> String {
    let mut text = serde_json::to_string_pretty(document).unwrap();
    text.push('\n');
    text
}
