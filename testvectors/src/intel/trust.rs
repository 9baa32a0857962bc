//! The trust-root file and the policy that cases of TDs share.

use base64ct::{Base64, Encoding as _};
use kettle_verifier_core::policy::{Measurement, PcrValue, PolicyDocument};

use super::{Keys, MRTD, Td, root};
use crate::{hex, policies};

/// The trust-root file below `testvectors/`.
pub const TRUST_ROOT: &str = "roots/intel.json";

/// The policy below `testvectors/`, which names the software TEE's image and its source.
pub const POLICY: &str = "policies/tdx.json";

/// The text of [`TRUST_ROOT`].
#[must_use]
pub fn trust_root() -> String {
    let document = serde_json::json!({
        "schema": "kettle-trust-root/v1",
        "description": "TEST ROOT of kettle-verify's test vectors. Its private key is public.",
        "mode": "replace",
        "test": true,
        "intel": [{ "certificate": Base64::encode_string(&root(&Keys::named("intel").root)) }],
    });
    format!("{}\n", serde_json::to_string_pretty(&document).unwrap())
}

/// The document of [`POLICY`].
#[must_use]
pub fn policy() -> PolicyDocument {
    let registers = Td::sound().registers();
    let values = registers.iter().zip(0..).take(3);
    let rtmrs =
        values.map(|(value, index)| PcrValue { index, sha256: None, sha384: Some(hex(value)) }).collect();
    let bare = Measurement {
        id: "image1 in a TD".into(),
        platform: "tdx".into(),
        launch_digest: hex(&MRTD),
        pcrs: None,
        rtmrs: Some(rtmrs),
        builder_version: None,
        minimum_tcb: None,
    };
    let azure = Measurement {
        id: "image1 in a TD on Azure".into(),
        platform: "az-tdx".into(),
        pcrs: Some(policies::pcrs()),
        rtmrs: None,
        ..bare.clone()
    };
    PolicyDocument { measurements: Some(vec![bare, azure]), ..policies::pinned() }
}
