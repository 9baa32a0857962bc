//! What whoever asks demands: a small, strict JSON document.
//!
//! The built-in policy ([`Policy::default`]) is the strict side of every rule and names no
//! measurement, so that nothing is `verified` under it. An unknown or misspelt field, a `null`, an
//! empty list and an unknown id are errors: for a security policy there is no such thing as a rule
//! that silently does not apply.

mod demands;
mod document;
mod error;
mod init;
mod rules;
mod signed;

pub use document::{
    AzureRules, BuildTypeRule, Claimed, DigestForm, DstackRules, Generation, GuestPolicyRules, LevelRule,
    MachineRules, Measurement, NitroRules, PcrValue, PolicyDocument, ProductFloor, RevocationRules, SnpRules,
    SourceRule, TcbFloor, TcbStatus, TdxRules, Waiver,
};
pub use error::{PolicyError, PolicyErrorKind};
pub use init::{NotPinned, Pinned};
pub use signed::{PAYLOAD_TYPE, PolicyKey, SignedPolicyRules};

use alloc::string::String;
use alloc::vec::Vec;

use crate::crypto::sha256;
use crate::json::typed;
use crate::limits::POLICY_BYTES;
use crate::text::hex;
use crate::time::Timestamp;

/// The schema name that every policy document carries.
pub const SCHEMA: &str = "kettle-policy/v1";

/// A policy whose document was read and found sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    document: PolicyDocument,
    digest: String,
}

impl Default for Policy {
    fn default() -> Self {
        Self { document: PolicyDocument::empty(), digest: String::new() }
    }
}

impl Policy {
    /// Reads a policy document.
    ///
    /// # Errors
    /// [`PolicyError`] with the place, when the bytes are not strict JSON of the schema, or when a
    /// rule in it could never apply.
    pub fn from_json(bytes: &[u8]) -> Result<Self, PolicyError> {
        if bytes.len() > POLICY_BYTES {
            return Err(PolicyErrorKind::TooLarge { limit: POLICY_BYTES }.at(""));
        }
        let document: PolicyDocument = typed::document(bytes, POLICY_BYTES)?;
        rules::check(&document).map_err(|error| *error)?;
        Ok(Self { document, digest: hex(&sha256(bytes)) })
    }

    /// The document.
    #[must_use]
    pub fn document(&self) -> &PolicyDocument {
        &self.document
    }

    /// The same policy with a demanded nonce: 32 characters of lower-case hex.
    ///
    /// # Errors
    /// [`PolicyError`] when it is not 16 bytes of lower-case hex, or all zero.
    pub fn with_nonce(mut self, nonce: &str) -> Result<Self, PolicyError> {
        self.document.nonce = Some(nonce.into());
        rules::check(&self.document).map_err(|error| *error)?;
        Ok(self)
    }

    /// The same policy with a demanded source repository, and commit where one is given.
    ///
    /// # Errors
    /// [`PolicyError`] when either is empty or the commit is not lower-case hex.
    pub fn with_source(mut self, uri: &str, commit: Option<&str>) -> Result<Self, PolicyError> {
        let source = self.document.source.get_or_insert_with(SourceRule::default);
        source.uris = Some(alloc::vec![uri.into()]);
        if let Some(commit) = commit {
            source.commits = Some(alloc::vec![commit.into()]);
        }
        rules::check(&self.document).map_err(|error| *error)?;
        Ok(self)
    }

    /// The same policy, which takes debug guests. Their memory is open to the host: nothing they
    /// say is worth anything outside a test.
    #[must_use]
    pub fn insecure_allow_debug(mut self) -> Self {
        self.document.insecure_allow_debug = true;
        self
    }

    /// Lower-case hex of the SHA-256 of the document's bytes; empty for the built-in policy.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// When the policy ends, where it says so.
    #[must_use]
    pub fn expires(&self) -> Option<Timestamp> {
        self.document.expires.as_deref().and_then(Timestamp::from_rfc3339)
    }

    /// Whether the policy waives the check with this id.
    #[must_use]
    pub fn waives(&self, id: &str) -> bool {
        self.document.waivers.iter().flatten().any(|waiver| waiver.id == id)
    }

    /// What the policy demands, one sentence each.
    #[must_use]
    pub fn demands(&self) -> Vec<String> {
        demands::demands(&self.document)
    }

    /// The named measurements of one platform family; empty where none is named.
    pub fn measurements<'p>(&'p self, family: &'p str) -> impl Iterator<Item = &'p Measurement> + 'p {
        self.document
            .measurements
            .iter()
            .flatten()
            .filter(move |measurement| crate::platform::family(&measurement.platform) == Some(family))
    }
}

#[cfg(test)]
impl Policy {
    /// A policy that waives these ids, whether or not such checks exist.
    pub(crate) fn waiving(ids: &[&str]) -> Self {
        let mut policy = Self::default();
        let waiver = |id: &&str| Waiver { id: (*id).into(), reason: "a test".into() };
        policy.document.waivers = Some(ids.iter().map(waiver).collect());
        policy
    }
}
