//! A document that a trusted key signed, and what it says.

use alloc::format;
use alloc::vec::Vec;

use super::chain::TrustedLeaf;
use super::document::Document;
use crate::cose::SignedPayload;
use crate::crypto::sha256;
use crate::log::Log;
use crate::platform::Validity;
use crate::text::hex;
use crate::time::Timestamp;
use crate::verdict::{Authority, Link, NoteKind};

/// A document that an enclave's key signed, under a trusted root. Only this module makes one, and it
/// is not `Clone`: holding it is the proof.
pub struct AuthenticDocument {
    document: Document,
    window: Validity,
    links: Vec<Link>,
}

impl AuthenticDocument {
    /// What the enclave chose, up to 512 bytes; `None` where it gave nothing.
    #[must_use]
    pub fn user_data(&self) -> Option<&[u8]> {
        self.document.user_data.as_deref()
    }

    /// The nonce, up to 512 bytes; `None` where none was given.
    #[must_use]
    pub fn nonce(&self) -> Option<&[u8]> {
        self.document.nonce.as_deref()
    }

    /// The public key, up to 1024 bytes; `None` where none was given.
    #[must_use]
    pub fn public_key(&self) -> Option<&[u8]> {
        self.document.public_key.as_deref()
    }

    /// A register's value.
    #[must_use]
    pub fn pcr(&self, index: u8) -> Option<&[u8; 48]> {
        self.document.pcr(index)
    }

    /// The document's own time.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        self.document.time
    }

    /// The window in which the document verifies: from its own time on, as long as its root is
    /// trusted.
    #[must_use]
    pub fn validity(&self) -> Validity {
        self.window.meet(Validity { from: Some(self.document.time), until: None })
    }

    /// The links from the document to the vendor root, nearest first.
    #[must_use]
    pub fn links(&self) -> &[Link] {
        &self.links
    }
}

/// Takes a document whose payload a trusted leaf signed, and records what it says.
pub(super) fn accept(
    document: Document,
    payload: &SignedPayload<'_>,
    leaf: TrustedLeaf,
    log: &mut Log<'_>,
) -> AuthenticDocument {
    let signed = Link {
        from: "document".into(),
        to: "certificate of the enclave".into(),
        left: hex(&sha256(payload.bytes())),
        right: leaf.fingerprint().into(),
        holds: true,
        checks: alloc::vec!["cose.signature".into()],
    };
    let links = [signed].into_iter().chain(leaf.links().iter().cloned()).collect();
    claims(&document, log);
    let text = format!(
        "certificates were judged at the document's own time, {}, since they live some three hours",
        document.time
    );
    log.note(NoteKind::Information, "nitro.own_time", text, "document/timestamp");
    AuthenticDocument { document, window: leaf.window(), links }
}

/// What the authentic document says, for the verdict and for the policy.
fn claims(document: &Document, log: &mut Log<'_>) {
    let mut hardware = |id: &str, value: &str, at: &str| log.claim(id, value, Authority::Hardware, at);
    hardware("nitro.module_id", &document.module_id, "document/module_id");
    hardware("nitro.timestamp", &document.time.to_rfc3339(), "document/timestamp");
    for (index, value) in &document.pcrs {
        hardware(&format!("nitro.pcr.{index}"), &hex(value), &format!("document/pcrs/{index}"));
    }
    let optional = [
        ("public_key", &document.public_key),
        ("user_data", &document.user_data),
        ("nonce", &document.nonce),
    ];
    // One that was given empty is a claim with an empty value; one that was not given is none.
    for (name, value) in optional {
        if let Some(bytes) = value {
            hardware(&format!("nitro.{name}"), &hex(bytes), &format!("document/{name}"));
        }
    }
}
