//! The trust-root file as it is written.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use super::{AmdRoot, CertificateAuthority, TrustError, TrustErrorKind, VendorRoot};
use crate::crypto::RsaKey;
use crate::json::typed::{self, typed, typed_names};
use crate::limits::POLICY_BYTES;
use crate::platform::Validity;
use crate::policy::Generation;
use crate::time::Timestamp;
use crate::verdict::TrustRootKind;
use crate::x509::Certificate;

/// A trust-root file, schema `kettle-trust-root/v1`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct TrustRootDocument {
    /// `kettle-trust-root/v1`.
    pub schema: String,
    /// Free text.
    #[serde(default)]
    pub description: String,
    /// Whether the roots stand beside the embedded ones or in their place.
    pub mode: TrustRootMode,
    /// Whether these are roots of a test, for which no hardware exists. Every verdict says so.
    pub test: bool,
    /// AMD's keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amd: Vec<AmdRootEntry>,
    /// Intel's root certificates, which sign what a TDX quote and its collateral bring.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub intel: Vec<RootEntry>,
    /// AWS Nitro's root certificates, which sign what a document brings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nitro: Vec<RootEntry>,
}

typed!(TrustRootDocument { schema mode test;; description amd intel nitro });

/// How a trust-root file stands to the embedded roots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TrustRootMode {
    /// Beside them.
    Extend,
    /// In their place.
    Replace,
}

typed_names!(TrustRootMode { Extend = "extend", Replace = "replace" });

/// AMD's keys for one generation; certificates as the standard base64 of their DER.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AmdRootEntry {
    /// The generation.
    pub generation: Generation,
    /// The root, self-signed.
    pub ark: String,
    /// The key that signs VCEKs.
    pub ask: String,
    /// The key that signs VLEKs; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub asvk: String,
    /// From when on the entry is trusted, RFC 3339; empty where nothing bounds it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub valid_from: String,
    /// Until when the entry is trusted, RFC 3339; empty where nothing bounds it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub valid_until: String,
}

typed!(AmdRootEntry { generation ark ask;; asvk valid_from valid_until });

/// A root certificate, as the standard base64 of its DER.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RootEntry {
    /// The root, self-signed.
    pub certificate: String,
    /// From when on the entry is trusted, RFC 3339; empty where nothing bounds it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub valid_from: String,
    /// Until when the entry is trusted, RFC 3339; empty where nothing bounds it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub valid_until: String,
}

typed!(RootEntry { certificate;; valid_from valid_until });

impl TrustRootDocument {
    pub(super) fn from_json(bytes: &[u8]) -> Result<Self, TrustError> {
        if bytes.len() > POLICY_BYTES {
            return Err(TrustErrorKind::TooLarge { limit: POLICY_BYTES }.at(""));
        }
        let document: Self = typed::document(bytes, POLICY_BYTES)?;
        if document.schema != super::SCHEMA {
            return Err(TrustErrorKind::Schema.at("/schema"));
        }
        if document.amd.is_empty() && document.intel.is_empty() && document.nitro.is_empty() {
            return Err(TrustErrorKind::Empty.at("/amd"));
        }
        Ok(document)
    }

    pub(super) fn kind(&self) -> TrustRootKind {
        match (self.test, self.mode) {
            (true, _) => TrustRootKind::Test,
            (false, TrustRootMode::Extend) => TrustRootKind::Extended,
            (false, TrustRootMode::Replace) => TrustRootKind::Replaced,
        }
    }

    pub(super) fn amd_roots(&self) -> Result<Vec<AmdRoot>, TrustError> {
        self.amd.iter().enumerate().map(|(index, entry)| entry.root(&format!("/amd/{index}"))).collect()
    }

    pub(super) fn intel_roots(&self) -> Result<Vec<VendorRoot>, TrustError> {
        self.intel.iter().enumerate().map(|(index, entry)| entry.intel(&format!("/intel/{index}"))).collect()
    }

    pub(super) fn nitro_roots(&self) -> Result<Vec<VendorRoot>, TrustError> {
        self.nitro.iter().enumerate().map(|(index, entry)| entry.nitro(&format!("/nitro/{index}"))).collect()
    }
}

impl RootEntry {
    fn intel(&self, at: &str) -> Result<VendorRoot, TrustError> {
        let self_signed = |root: &Certificate<'_>| Some(root.is_signed_by_p256(&root.p256_key()?));
        self.root(at, self_signed, "a certificate with a P-256 key")
    }

    fn nitro(&self, at: &str) -> Result<VendorRoot, TrustError> {
        let self_signed = |root: &Certificate<'_>| Some(root.is_signed_by_p384(&root.p384_key()?));
        self.root(at, self_signed, "a certificate with a P-384 key")
    }

    /// The root; `self_signed` has nothing to say where the key is not of the `expected` kind.
    fn root(
        &self,
        at: &str,
        self_signed: impl Fn(&Certificate<'_>) -> Option<bool>,
        expected: &'static str,
    ) -> Result<VendorRoot, TrustError> {
        let place = format!("{at}/certificate");
        let der = decode(&self.certificate, &place)?;
        let certificate = read(&der, &place)?;
        // Every vendor has at least one CA below its root.
        if !certificate.is_ca(1) {
            return Err(TrustErrorKind::NotCa.at(place));
        }
        match self_signed(&certificate) {
            Some(true) => {}
            Some(false) => return Err(TrustErrorKind::Signature.at(place)),
            None => return Err(TrustErrorKind::Value { expected }.at(place)),
        }
        let window = window(&self.valid_from, &self.valid_until, at)?;
        Ok(VendorRoot { certificate: Cow::Owned(der), window })
    }
}

impl AmdRootEntry {
    fn root(&self, at: &str) -> Result<AmdRoot, TrustError> {
        let ark = decode(&self.ark, &format!("{at}/ark"))?;
        // ARK -> ASK -> VEK: the root has one CA below it, the intermediates none.
        let root_key = authority(&ark, 1, &format!("{at}/ark"))?;
        signed(&ark, &root_key, &format!("{at}/ark"))?;
        let intermediate = |text: &str, name: &str| {
            let at = format!("{at}/{name}");
            let der = decode(text, &at)?;
            authority(&der, 0, &at)?;
            signed(&der, &root_key, &at)?;
            Ok::<_, TrustError>(CertificateAuthority::new(Cow::Owned(der)))
        };
        let ask = intermediate(&self.ask, "ask")?;
        let asvk = if self.asvk.is_empty() { None } else { Some(intermediate(&self.asvk, "asvk")?) };
        let window = window(&self.valid_from, &self.valid_until, at)?;
        Ok(AmdRoot {
            generation: self.generation,
            ark: CertificateAuthority::new(Cow::Owned(ark)),
            ask,
            asvk,
            window,
        })
    }
}

fn decode(text: &str, at: &str) -> Result<Vec<u8>, TrustError> {
    STANDARD
        .decode(text)
        .map_err(|_| TrustErrorKind::Value { expected: "the standard base64 of a certificate's DER" }.at(at))
}

fn read<'d>(der: &'d [u8], at: &str) -> Result<Certificate<'d>, TrustError> {
    Certificate::from_der(der)
        .map_err(|error| TrustErrorKind::Certificate { reason: format!("{error}") }.at(at))
}

fn authority(der: &[u8], below: u8, at: &str) -> Result<RsaKey, TrustError> {
    let certificate = read(der, at)?;
    if !certificate.is_ca(below) {
        return Err(TrustErrorKind::NotCa.at(at));
    }
    certificate
        .rsa4096_key()
        .ok_or(TrustErrorKind::Value { expected: "a certificate with an RSA-4096 key" }.at(at))
}

fn signed(der: &[u8], key: &RsaKey, at: &str) -> Result<(), TrustError> {
    if read(der, at)?.is_signed_by(key) { Ok(()) } else { Err(TrustErrorKind::Signature.at(at)) }
}

fn window(from: &str, until: &str, at: &str) -> Result<Validity, TrustError> {
    Ok(Validity {
        from: time(from, &format!("{at}/valid_from"))?,
        until: time(until, &format!("{at}/valid_until"))?,
    })
}

fn time(text: &str, at: &str) -> Result<Option<Timestamp>, TrustError> {
    if text.is_empty() {
        return Ok(None);
    }
    match Timestamp::from_rfc3339(text) {
        Some(time) => Ok(Some(time)),
        None => Err(TrustErrorKind::Value { expected: "a time such as `2027-01-01T00:00:00Z`" }.at(at)),
    }
}
