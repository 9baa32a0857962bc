//! The trust-root file and the policies that cases of enclaves share.

use base64ct::{Base64, Encoding as _};
use kettle_verifier_core::policy::{Measurement, PcrValue, PolicyDocument};
use serde_json::json;

use super::{PCRS, chain};
use crate::{hex, policies};

/// The trust-root file below `testvectors/`.
pub const TRUST_ROOT: &str = "roots/nitro.json";

/// The policy below `testvectors/` that names the software TEE's image and its source.
pub const POLICY: &str = "policies/nitro.json";

/// The policy below `testvectors/` that names the image alone: the other systems' formats say nothing
/// of a repository.
pub const IMAGE_POLICY: &str = "policies/nitro-image.json";

/// The text of [`TRUST_ROOT`].
#[must_use]
pub fn trust_root() -> String {
    trust_root_until("")
}

/// A trust-root file whose entry ends at a time, or never.
#[must_use]
pub fn trust_root_until(until: &str) -> String {
    let mut entry = json!({ "certificate": Base64::encode_string(&chain("aws")[0].der()) });
    if !until.is_empty() {
        entry["valid_until"] = json!(until);
    }
    let document = json!({
        "schema": "kettle-trust-root/v1",
        "description": "TEST ROOT of kettle-verify's test vectors. Its private key is public.",
        "mode": "replace",
        "test": true,
        "nitro": [entry],
    });
    format!("{}\n", serde_json::to_string_pretty(&document).unwrap())
}

/// The document of [`POLICY`].
#[must_use]
pub fn policy() -> PolicyDocument {
    PolicyDocument { measurements: Some(vec![measurement()]), ..policies::pinned() }
}

/// The document of [`IMAGE_POLICY`].
#[must_use]
pub fn image_policy() -> PolicyDocument {
    PolicyDocument {
        description: "The image of the software TEE.".into(),
        measurements: Some(vec![measurement()]),
        ..PolicyDocument::empty()
    }
}

fn measurement() -> Measurement {
    let [launch, kernel, application] = PCRS;
    Measurement {
        id: "image1 in an enclave".into(),
        platform: "nitro".into(),
        launch_digest: hex(&launch),
        pcrs: Some(vec![register(1, &kernel), register(2, &application)]),
        rtmrs: None,
        builder_version: None,
        minimum_tcb: None,
    }
}

/// A register in a measurement.
#[must_use]
pub fn register(index: u32, value: &[u8]) -> PcrValue {
    PcrValue { index, sha256: None, sha384: Some(hex(value)) }
}
