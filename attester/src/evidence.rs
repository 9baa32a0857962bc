//! The hardware's word over bytes of our choice.

mod simulated;

use kettle_verifier_core::Timestamp;

use crate::failure::{Done, Failure};

pub use simulated::{SIMULATED, test_root};

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

    /// Has the hardware sign. What is simulated has the dates of `now`.
    ///
    /// # Errors
    /// [`Failure`] where the hardware or its host refuses.
    fn attest(&self, attested: &Attested, now: Timestamp) -> Done<Evidence>;
}

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// The label of the platform; without it, the machine's.
    pub platform: Option<String>,
    /// Whether the software TEE takes the machine's place.
    pub simulate: bool,
}

/// The attester that is asked for.
///
/// # Errors
/// [`Failure`] where there is none of that name.
pub fn of(asked: &Asked) -> Done<Box<dyn Attester>> {
    match (&asked.platform, asked.simulate) {
        (Some(platform), true) => simulated::of(platform),
        (None, true) => Err(Failure::usage(format!(
            "--simulate: say which platform; {} can be simulated",
            SIMULATED.join(", ")
        ))),
        (platform, false) => Err(Failure::usage(format!(
            "no quote device {}was found; inside a confidential VM one would be, and elsewhere --simulate makes evidence that only tests accept",
            platform.as_ref().map(|name| format!("of `{name}` ")).unwrap_or_default()
        ))),
    }
}
