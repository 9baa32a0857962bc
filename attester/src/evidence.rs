//! The hardware's word over bytes of our choice.

mod simulated;

use crate::failure::{Done, Failure};

pub use simulated::SIMULATED;

/// Evidence, with all that verifies it for ever.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// `evidence.json`.
    pub envelope: Vec<u8>,
    /// Files that lie beside it, by name: certificates, revocation lists, Intel's collateral.
    pub beside: Vec<(String, Vec<u8>)>,
    /// The trust root that a verifier must name, where no hardware vouches for this.
    pub test_root: Option<Vec<u8>>,
}

/// The 48 bytes that the hardware attests: the digest of the provenance and the nonce.
pub type Attested = [u8; 48];

/// A way to the hardware's signature.
pub trait Attester {
    /// The platform label of the evidence.
    fn label(&self) -> &'static str;

    /// Has the hardware sign.
    ///
    /// # Errors
    /// [`Failure`] where the hardware or its host refuses.
    fn attest(&self, attested: &Attested) -> Done<Evidence>;
}

/// The attester of a platform: `simulated` with the platform that it stands for, or one of the machine.
///
/// # Errors
/// [`Failure`] where there is none of that name.
pub fn of(platform: &str, simulate: bool) -> Done<Box<dyn Attester>> {
    if simulate {
        return simulated::of(platform);
    }
    Err(Failure::usage(format!(
        "`{platform}`: no quote device of this platform was found; inside a confidential VM it would be, and elsewhere --simulate makes evidence that only tests accept"
    )))
}
