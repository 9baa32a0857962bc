//! What an appraisal is made under, collected piece by piece.

use std::time::{SystemTime, UNIX_EPOCH};

use kettle_verifier_core::Timestamp;
use kettle_verifier_core::request as core;

use crate::bundle::Bundle;
use crate::code::Code;
use crate::failure::Failure;
use crate::verdict::Verdict;

/// What an appraisal is made under.
#[derive(Debug, Default)]
pub struct Settings {
    pub(crate) now: String,
    pub(crate) policy: Option<Vec<u8>>,
    pub(crate) policy_keys: Vec<Vec<u8>>,
    pub(crate) policy_minimum_version: Option<u64>,
    pub(crate) trust_root: Option<Vec<u8>>,
    pub(crate) nonce: Option<String>,
    pub(crate) source: Option<String>,
    pub(crate) insecure_allow_debug: bool,
}

impl Settings {
    pub(crate) fn set_now_from_clock(&mut self) -> Result<(), Failure> {
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).ok();
        let now = elapsed.and_then(|elapsed| Timestamp::from_unix(elapsed.as_secs()));
        self.now = now
            .map(Timestamp::to_rfc3339)
            .ok_or_else(|| Failure::new(Code::Clock, "the clock is before 1970 or beyond 9999"))?;
        Ok(())
    }

    pub(crate) fn appraise(&self, bundle: &Bundle) -> Result<Verdict, Failure> {
        let settings = core::Settings {
            now: &self.now,
            policy: self.policy.as_deref(),
            policy_keys: self.policy_keys.iter().map(Vec::as_slice).collect(),
            policy_minimum_version: self.policy_minimum_version,
            trust_root: self.trust_root.as_deref(),
            nonce: self.nonce.as_deref(),
            source: self.source.as_deref(),
            insecure_allow_debug: self.insecure_allow_debug,
        };
        bundle.parts.applicable()?;
        let verdict = settings.appraise(&bundle.parts.content())?;
        Ok(Verdict::new(&verdict))
    }
}
