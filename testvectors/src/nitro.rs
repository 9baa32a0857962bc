//! AWS Nitro Enclaves as the software TEE has them: certificates, documents, and what lies around
//! them: a bundle, or the file of one of the two other systems.

mod cbor;
mod document;
mod formats;
mod pki;
mod trust;

pub use cbor::{Cbor, Entry};
pub use document::{Enclave, Fields, MADE, MODULE, PCRS, Step};
pub use formats::{Certified, Compiled, HASHES};
pub use pki::{EXTENDED_KEY_USAGE, Signed, between, chain, constraints, ecdsa, key, name, usage};
pub use trust::{
    IMAGE_POLICY, POLICY, TRUST_ROOT, image_policy, policy, register, trust_root, trust_root_until,
};

use base64ct::{Base64, Encoding as _};

use crate::provenance::{Build, Generation, Toolchain};

/// A bundle of an enclave before it is put together.
pub struct Bundle {
    /// The enclave and its document.
    pub enclave: Enclave,
    /// The platform label.
    pub label: String,
    /// The build.
    pub build: Build,
    /// The document's nonce; all zero is none.
    pub nonce: [u8; 16],
    /// The artifact files: name and bytes.
    pub files: Vec<(String, Vec<u8>)>,
}

impl Bundle {
    /// A sound bundle without a nonce, generation F2, cargo.
    #[must_use]
    pub fn sound() -> Self {
        let files = vec![("hello".to_owned(), b"#!/bin/sh\necho hello, attested world\n".to_vec())];
        let given: Vec<(&str, &[u8])> =
            files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        Self {
            enclave: Enclave::sound(),
            label: "nitro".into(),
            build: Build::sound(Generation::F2, Toolchain::Cargo, &given),
            nonce: [0; 16],
            files,
        }
    }

    /// Puts the bundle together: provenance and evidence. The digest lies in `user_data`, the nonce
    /// in the document's own field.
    #[must_use]
    pub fn mint(&self) -> (Vec<u8>, Vec<u8>) {
        let provenance = self.build.json().into_bytes();
        let attested = self.build.attested(&provenance, self.nonce);
        let nonce = Some(self.nonce.as_slice()).filter(|nonce| nonce.iter().any(|byte| *byte != 0));
        (provenance, self.evidence(Some(&attested[..32]), nonce))
    }

    /// Evidence over bytes of the caller's choice.
    #[must_use]
    pub fn evidence(&self, user_data: Option<&[u8]>, nonce: Option<&[u8]>) -> Vec<u8> {
        let document = Base64::encode_string(&self.enclave.document(user_data, nonce));
        let envelope = format!(r#"{{"platform":"{}","evidence":{{"document":"{document}"}}}}"#, self.label);
        self.enclave.changed(Step::Envelope, envelope.into_bytes())
    }
}
