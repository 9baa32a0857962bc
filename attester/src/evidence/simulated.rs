//! Evidence of the software TEE: byte-exact, signed by keys that everybody has. A verifier refuses it
//! unless the test root is named.

use kettle_testvectors::live::{self, Machines};
use kettle_verifier_core::Timestamp;

use super::{Attested, Attester, Evidence};
use crate::failure::{Done, Failure};

/// The platforms that can be simulated.
pub const SIMULATED: &[&str] = &live::LABELS;

/// The trust-root file that takes simulated evidence of every platform. Its private keys are public.
#[must_use]
pub fn test_root() -> Vec<u8> {
    live::trust_root().into_bytes()
}

struct Simulated(&'static str);

pub(super) fn of(platform: &str) -> Done<Box<dyn Attester>> {
    match SIMULATED.iter().find(|known| **known == platform) {
        Some(known) => Ok(Box::new(Simulated(known))),
        None => Err(unknown(platform)),
    }
}

fn unknown(platform: &str) -> Failure {
    Failure::usage(format!("`{platform}` can't be simulated; {} can", SIMULATED.join(", ")))
}

impl Attester for Simulated {
    fn label(&self) -> &'static str {
        self.0
    }

    fn attest(&self, attested: &Attested, now: Timestamp) -> Done<Evidence> {
        let envelope = Machines::at(now).evidence(self.0, attested).ok_or_else(|| unknown(self.0))?;
        Ok(Evidence { envelope, beside: Vec::new(), test_root: Some(test_root()) })
    }
}
