//! The hardware's word over bytes of our choice.

mod azure;
mod emulator;
mod envelope;
mod machine;
mod simulated;
mod stapled;

#[cfg(test)]
mod tests;

use std::path::Path;

use kettle_verifier_core::Timestamp;
use sha2::{Digest as _, Sha256};

use self::stapled::Stapled;
use crate::failure::{Done, Failure};
use crate::staple::Curl;

pub use machine::Machine;
pub use simulated::{SIMULATED, test_root};

/// Evidence, with all that verifies it for ever.
#[derive(Debug, Clone)]
pub struct Evidence {
    /// `evidence.json`, with the certificates and the collateral that belong to it.
    pub envelope: Vec<u8>,
    /// The trust root that a verifier must name, where the pinned ones do not vouch for this.
    pub trust_root: Option<Vec<u8>>,
    /// Why something that it lacks beside itself could not be fetched.
    pub not_fetched: Option<String>,
}

/// The 48 bytes that the hardware attests: the digest of the provenance and the nonce.
pub type Attested = [u8; 48];

/// What the hardware attests to answer a challenge of 32 bytes in hex: SHA-256 over a few words and the
/// challenge as it is written. A provenance begins with `{` and a key with 0x30, so it is neither's digest.
///
/// # Errors
/// [`Failure`] where it is no challenge.
pub fn answer(challenge: &str) -> Done<Attested> {
    let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if challenge.len() != 64 || !challenge.bytes().all(digit) {
        return Err(Failure::usage("--challenge: expected 64 lower-case hex digits, chosen by chance"));
    }
    let mut attested = [0; 48];
    let (digest, _) = attested.split_at_mut(32);
    digest.copy_from_slice(&Sha256::digest(format!("kettle-attest challenge:{challenge}")));
    Ok(attested)
}

/// A way to the hardware's signature.
pub trait Attester {
    /// Where the signature comes from, for a person.
    fn source(&self) -> String;

    /// Has the hardware sign. What is simulated has the dates of `now`.
    ///
    /// # Errors
    /// [`Failure`] where the hardware or its host refuses.
    fn attest(&self, attested: &Attested, now: Timestamp) -> Done<Evidence>;
}

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The label of the platform; without it, the machine's.
    pub platform: Option<String>,
    /// Whether the software TEE takes the machine's place.
    pub simulate: bool,
    /// The machine.
    pub machine: Machine,
    /// Whether nothing is fetched that the evidence lacks beside itself.
    pub offline: bool,
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
        (platform, false) => {
            let machine = asked.machine.attester(platform.as_deref())?;
            if asked.offline { Ok(machine) } else { Ok(Box::new(Stapled { machine, fetch: Curl })) }
        }
    }
}

/// The event log of a TD's firmware, where the kernel shows it.
fn event_log(root: &Path) -> Option<Vec<u8>> {
    let log = std::fs::read(root.join("sys/firmware/acpi/tables/data/CCEL")).ok()?;
    (!log.is_empty() && log.len() <= kettle_verifier_core::limits::EVENT_LOG_BYTES).then_some(log)
}
