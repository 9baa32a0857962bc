//! A machine's evidence with what it lacks beside itself, fetched.

use kettle_verifier_core::Timestamp;
use kettle_verifier_core::request::Settings;

use super::{Attested, Attester, Evidence};
use crate::failure::{Done, Failure};
use crate::staple::{self, Fetch};

/// Fetches what the evidence of another attester lacks.
pub(super) struct Stapled<F> {
    pub(super) machine: Box<dyn Attester>,
    pub(super) fetch: F,
}

impl<F: Fetch> Attester for Stapled<F> {
    fn source(&self) -> String {
        self.machine.source()
    }

    fn attest(&self, attested: &Attested, now: Timestamp) -> Done<Evidence> {
        let mut evidence = self.machine.attest(attested, now)?;
        let (now, trust_root) = (now.to_rfc3339(), evidence.trust_root.clone());
        let settings = Settings { now: &now, trust_root: trust_root.as_deref(), ..Settings::default() };
        let terms = settings.terms().map_err(|error| Failure::usage(error.to_string()))?;
        match staple::complete(&evidence.envelope, &terms, &self.fetch) {
            Ok(Some(envelope)) => evidence.envelope = envelope,
            Ok(None) => {}
            Err(failure) => evidence.not_fetched = Some(failure.message),
        }
        Ok(evidence)
    }
}
