//! Evidence of the software TEE: byte-exact, signed by keys that everybody has. A verifier refuses it
//! unless the test root is named.

use kettle_testvectors::live::{self, Machines};
use kettle_verifier_core::Timestamp;

use super::{Attested, Attester, Evidence, emulator};
use crate::failure::{Done, Failure};

/// The platforms that can be simulated.
pub const SIMULATED: &[&str] = &live::LABELS;

/// The trust-root file that takes simulated evidence of every platform. Its private keys are public.
#[must_use]
pub fn test_root() -> Vec<u8> {
    live::trust_root().into_bytes()
}

struct Simulated {
    label: &'static str,
    emulated: bool,
}

pub(super) fn of(platform: &str) -> Done<Box<dyn Attester>> {
    match SIMULATED.iter().find(|known| **known == platform) {
        Some(label) => {
            let emulated = matches!(*label, "az-snp" | "az-tdx") && emulator::is_there();
            Ok(Box::new(Simulated { label, emulated }))
        }
        None => Err(unknown(platform)),
    }
}

fn unknown(platform: &str) -> Failure {
    Failure::usage(format!("`{platform}` can't be simulated; {} can", SIMULATED.join(", ")))
}

impl Attester for Simulated {
    fn source(&self) -> String {
        let tpm = if self.emulated { " behind the TPM emulator swtpm" } else { "" };
        format!("the software TEE, as `{}`{tpm}", self.label)
    }

    fn attest(&self, attested: &Attested, now: Timestamp) -> Done<Evidence> {
        let machines = Machines::at(now);
        let envelope = if self.emulated {
            emulator::attest(self.label, attested, machines)?
        } else {
            machines.evidence(self.label, attested).ok_or_else(|| unknown(self.label))?
        };
        Ok(Evidence { envelope, trust_root: Some(test_root()), not_fetched: None })
    }
}
