//! Azure's virtual TPM: the HCL blob that binds the attestation key to the report, and TPM quotes.

mod hcl;
mod quote;
mod runtime;

pub use hcl::Hcl;
pub use quote::{
    ATTRIBUTES, ENDORSEMENT_HIERARCHY, Quote, Selection, TPM_ALG_SHA1, TPM_ALG_SHA256, TPM_ALG_SHA384,
    qualified_name, sign_quote,
};
pub use runtime::{Jwk, RuntimeData};

use crate::keys::{self, RsaKey};

/// An Azure machine: what its HCL blob and its quote are made of.
#[derive(Clone)]
pub struct Azure {
    /// The HCL blob's header.
    pub hcl: Hcl,
    /// What the report's report data binds.
    pub runtime: RuntimeData,
    /// The quote before it is signed.
    pub quote: Quote,
    /// The key that signs the quote.
    pub ak: &'static RsaKey,
    /// The PCR values beside the quote, of which the quote's digest is made.
    pub pcrs: Vec<Vec<u8>>,
}

impl Azure {
    /// A sound machine.
    #[must_use]
    pub fn sound() -> Self {
        let ak: &'static RsaKey = &keys::AK;
        Self {
            hcl: Hcl::of_version(1),
            runtime: RuntimeData::sound(ak),
            quote: Quote::by(ak),
            ak,
            pcrs: pcrs(),
        }
    }
}

/// The PCRs of the software TEE's image: 0 to 14 extended, 15 and 16 to 23 as a boot leaves them.
#[must_use]
pub fn pcrs() -> Vec<Vec<u8>> {
    (0..24_u8)
        .map(|index| match index {
            0..=14 => crate::signing::Hash::Sha256.digest(format!("test vectors: PCR {index}").as_bytes()),
            17..=22 => vec![0xff; 32],
            _ => vec![0; 32],
        })
        .collect()
}
