//! The trust-root file of the software TEE.

use base64ct::{Base64, Encoding as _};
use serde::Serialize;

use crate::pki;
use crate::product::{Product, VekKind};

/// A trust-root file, schema `kettle-trust-root/v1`, whose every field a case may change.
#[derive(Debug, Clone, Serialize)]
pub struct TrustRootFile {
    /// The schema.
    pub schema: String,
    /// Free text.
    pub description: String,
    /// `replace` or `extend`.
    pub mode: String,
    /// Whether these are roots of a test.
    pub test: bool,
    /// The roots.
    pub amd: Vec<AmdEntry>,
}

/// The keys of one generation, base64 of DER.
#[derive(Debug, Clone, Serialize)]
pub struct AmdEntry {
    /// The generation.
    pub generation: String,
    /// The root.
    pub ark: String,
    /// Signs VCEKs.
    pub ask: String,
    /// Signs VLEKs.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub asvk: String,
    /// From when on the entry is trusted.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub valid_from: String,
    /// Until when the entry is trusted.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub valid_until: String,
}

impl TrustRootFile {
    /// The roots of the software TEE, in place of the pinned ones.
    #[must_use]
    pub fn sound() -> Self {
        Self {
            schema: "kettle-trust-root/v1".into(),
            description: "TEST ROOTS of kettle-verify's test vectors. Their private keys are public.".into(),
            mode: "replace".into(),
            test: true,
            amd: Product::ALL.map(entry).to_vec(),
        }
    }

    /// The file's text.
    #[must_use]
    pub fn json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap();
        text.push('\n');
        text
    }
}

/// The DER of a generation's root.
#[must_use]
pub fn ark(product: Product) -> Vec<u8> {
    pki::ark(product, product.ark()).sign(product.ark())
}

/// The DER of a generation's ASK or ASVK.
#[must_use]
pub fn intermediate(product: Product, kind: VekKind) -> Vec<u8> {
    pki::intermediate(product, kind, product.signer(kind), product.ark()).sign(product.ark())
}

fn entry(product: Product) -> AmdEntry {
    AmdEntry {
        generation: product.name().into(),
        ark: Base64::encode_string(&ark(product)),
        ask: Base64::encode_string(&intermediate(product, VekKind::Vcek)),
        asvk: Base64::encode_string(&intermediate(product, VekKind::Vlek)),
        valid_from: String::new(),
        valid_until: String::new(),
    }
}
