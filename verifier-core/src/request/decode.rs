//! From the documents of a request to its bytes.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Deserialize;

use super::document::{
    ArtifactDocument, BUNDLE_SCHEMA, BundleDocument, BundleKind, SETTINGS_SCHEMA, SettingsDocument,
};
use super::error::{RequestError, RequestErrorCode};
use super::{Content, Settings, Terms};
use crate::bundle::{Artifact, ArtifactMode, ArtifactSet, Bundle, Collateral, EvidenceOnly};
use crate::formats::{attestable, tee_compile};
use crate::limits::REQUEST_BYTES;
use crate::text::{json_fault, unhex, unhex_any};
use crate::verdict::Verdict;

/// Appraises a bundle document under a settings document.
///
/// # Errors
/// [`RequestError`] where either can't be read, or where a setting is refused.
pub fn appraise_json(bundle: &[u8], settings: &[u8]) -> Result<Verdict, RequestError> {
    let bundle = BundleDocument::from_json(bundle)?;
    bundle.appraise(&SettingsDocument::from_json(settings)?)
}

fn parse<'j, T: Deserialize<'j>>(part: &str, bytes: &'j [u8]) -> Result<T, RequestError> {
    if bytes.len() > REQUEST_BYTES {
        return Err(fault(part, format!("larger than {REQUEST_BYTES} bytes")));
    }
    serde_json::from_slice(bytes).map_err(|error| {
        let (location, reason) = json_fault(&error);
        fault(&format!("{part} {location}"), reason)
    })
}

impl BundleDocument {
    /// Reads a bundle document.
    ///
    /// # Errors
    /// [`RequestErrorCode::Document`] where it can't be read.
    pub fn from_json(json: &[u8]) -> Result<Self, RequestError> {
        parse("bundle", json)
    }

    /// Appraises this document under settings.
    ///
    /// # Errors
    /// [`RequestError`] where either can't be read, or where a setting is refused.
    pub fn appraise(&self, settings: &SettingsDocument) -> Result<Verdict, RequestError> {
        let bundle = self.decode()?;
        Ok(settings.terms()?.appraise(&bundle.content()))
    }

    /// The bytes that the document holds.
    ///
    /// # Errors
    /// [`RequestErrorCode::Document`] where a text is not what its field takes, and
    /// [`RequestErrorCode::NotApplicable`] where a field has no meaning for the kind.
    pub fn decode(&self) -> Result<Decoded, RequestError> {
        schema(&self.schema, BUNDLE_SCHEMA)?;
        let artifact = |(index, given): (usize, &ArtifactDocument)| {
            let place = format!("/artifacts/{index}/sha256");
            let sha256 =
                unhex(&given.sha256).ok_or_else(|| fault(&place, "expected 32 bytes of lower-case hex"))?;
            Ok::<_, RequestError>(Artifact { name: given.name.clone(), sha256, size: given.size })
        };
        let decoded = Decoded {
            kind: self.kind,
            provenance: bytes("/provenance", &self.provenance)?,
            evidence: bytes("/evidence", &self.evidence)?,
            artifacts: ArtifactSet {
                mode: self.artifacts_mode,
                files: self.artifacts.iter().enumerate().map(artifact).collect::<Result<_, _>>()?,
                subjects: self.subjects.clone(),
            },
            collateral: Collateral {
                certificates: list("/certificates", &self.certificates)?,
                crls: list("/crls", &self.crls)?,
                intel: list("/intel", &self.intel)?,
            },
            report_data: report_data(&self.report_data)?,
            input_hash: hash("/input_hash", &self.input_hash)?,
            output_hash: hash("/output_hash", &self.output_hash)?,
        };
        decoded.applicable()?;
        Ok(decoded)
    }
}

/// A bundle document whose texts were turned into bytes, or what a binding collected piece by piece.
#[derive(Debug, Clone, Default)]
pub struct Decoded {
    /// What it is.
    pub kind: BundleKind,
    /// The bytes of `provenance.json`; for a bundle.
    pub provenance: Vec<u8>,
    /// The bytes of `evidence.json`, or of the other system's document.
    pub evidence: Vec<u8>,
    /// The artifacts; for a bundle, and at most one for a certificate of attestable builds.
    pub artifacts: ArtifactSet,
    /// Certificates and revocation lists beside it.
    pub collateral: Collateral,
    /// The report data that is expected; for evidence alone.
    pub report_data: Option<Vec<u8>>,
    /// The root over the inputs that is expected; for a report of TEE Compile.
    pub input_hash: Option<[u8; 32]>,
    /// The root over the outputs that is expected; for a report of TEE Compile.
    pub output_hash: Option<[u8; 32]>,
}

impl Decoded {
    /// A field that would be left aside is an error, so that none reads as obeyed.
    ///
    /// # Errors
    /// [`RequestErrorCode::NotApplicable`] where a field has no meaning for the kind.
    pub fn applicable(&self) -> Result<(), RequestError> {
        use BundleKind::{AttestableBuild, Bundle, Evidence, TeeCompile};
        let beside = &[Bundle, Evidence][..];
        let Collateral { certificates, crls, intel } = &self.collateral;
        let fields = [
            ("/provenance", !self.provenance.is_empty(), &[Bundle][..]),
            ("/artifacts_mode", self.artifacts.mode != ArtifactMode::default(), &[Bundle]),
            ("/artifacts", !self.artifacts.files.is_empty(), &[Bundle, AttestableBuild]),
            ("/artifacts/1", self.artifacts.files.len() > 1, &[Bundle]),
            ("/subjects", !self.artifacts.subjects.is_empty(), &[Bundle]),
            ("/certificates", !certificates.is_empty(), beside),
            ("/crls", !crls.is_empty(), beside),
            ("/intel", !intel.is_empty(), beside),
            ("/report_data", self.report_data.is_some(), &[Evidence]),
            ("/input_hash", self.input_hash.is_some(), &[TeeCompile]),
            ("/output_hash", self.output_hash.is_some(), &[TeeCompile]),
        ];
        match fields.iter().find(|(_, given, kinds)| *given && !kinds.contains(&self.kind)) {
            None => Ok(()),
            Some((place, ..)) => Err(RequestErrorCode::NotApplicable
                .because(format!("at `{place}`: this has no meaning for what is appraised"))
                .at(*place)),
        }
    }

    /// What is appraised. [`Decoded::applicable`] says whether all of it has a meaning.
    #[must_use]
    pub fn content(&self) -> Content<'_> {
        match self.kind {
            BundleKind::Bundle => Content::Bundle(Bundle {
                provenance: &self.provenance,
                evidence: &self.evidence,
                artifacts: self.artifacts.clone(),
                collateral: self.collateral.clone(),
            }),
            BundleKind::Evidence => Content::Evidence(EvidenceOnly {
                evidence: &self.evidence,
                report_data: self.report_data.clone(),
                collateral: self.collateral.clone(),
            }),
            BundleKind::AttestableBuild => Content::AttestableBuild(attestable::Certificate {
                certificate: &self.evidence,
                artifact: self.artifacts.files.first().cloned(),
            }),
            BundleKind::TeeCompile => Content::TeeCompile(tee_compile::Report {
                report: &self.evidence,
                input_hash: self.input_hash,
                output_hash: self.output_hash,
            }),
        }
    }
}

impl SettingsDocument {
    /// Reads what the document holds.
    ///
    /// # Errors
    /// [`RequestError`] where it can't be read, or where a setting is refused.
    pub fn terms(&self) -> Result<Terms, RequestError> {
        SettingsBytes::of(self)?.settings(self).terms()
    }

    /// Reads a settings document.
    ///
    /// # Errors
    /// [`RequestErrorCode::Document`] where it can't be read.
    pub fn from_json(json: &[u8]) -> Result<Self, RequestError> {
        parse("settings", json)
    }
}

/// The bytes of a settings document.
struct SettingsBytes {
    policy: Vec<u8>,
    policy_keys: Vec<Vec<u8>>,
    trust_root: Vec<u8>,
}

impl SettingsBytes {
    fn of(document: &SettingsDocument) -> Result<Self, RequestError> {
        schema(&document.schema, SETTINGS_SCHEMA)?;
        Ok(Self {
            policy: bytes("/policy", &document.policy)?,
            policy_keys: list("/policy_keys", &document.policy_keys)?,
            trust_root: bytes("/trust_root", &document.trust_root)?,
        })
    }

    fn settings<'a>(&'a self, document: &'a SettingsDocument) -> Settings<'a> {
        Settings {
            now: &document.now,
            policy: Some(self.policy.as_slice()).filter(|_| !document.policy.is_empty()),
            policy_keys: self.policy_keys.iter().map(Vec::as_slice).collect(),
            policy_minimum_version: Some(document.policy_minimum_version).filter(|lowest| *lowest > 0),
            trust_root: Some(self.trust_root.as_slice()).filter(|_| !document.trust_root.is_empty()),
            nonce: Some(document.nonce.as_str()).filter(|text| !text.is_empty()),
            source: Some(document.source.as_str()).filter(|text| !text.is_empty()),
            insecure_allow_debug: document.insecure_allow_debug,
        }
    }
}

fn fault(place: &str, message: impl core::fmt::Display) -> RequestError {
    RequestErrorCode::Document.because(format!("at `{place}`: {message}")).at(place)
}

fn schema(found: &str, expected: &str) -> Result<(), RequestError> {
    if found == expected { Ok(()) } else { Err(fault("/schema", format!("expected `{expected}`"))) }
}

fn bytes(place: &str, text: &str) -> Result<Vec<u8>, RequestError> {
    unhex_any(text).ok_or_else(|| fault(place, "expected lower-case hex"))
}

fn list(place: &str, texts: &[String]) -> Result<Vec<Vec<u8>>, RequestError> {
    texts.iter().enumerate().map(|(index, text)| bytes(&format!("{place}/{index}"), text)).collect()
}

fn hash(place: &str, text: &str) -> Result<Option<[u8; 32]>, RequestError> {
    match text {
        "" => Ok(None),
        text => unhex(text).map(Some).ok_or_else(|| fault(place, "expected 32 bytes of lower-case hex")),
    }
}

/// Longer than any report's it is no mistake of the document: nothing equals it, and the verdict says so.
fn report_data(text: &str) -> Result<Option<Vec<u8>>, RequestError> {
    Ok(Some(bytes("/report_data", text)?).filter(|data| !data.is_empty()))
}
