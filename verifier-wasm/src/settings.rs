//! What an appraisal is made under.

use alloc::string::String;
use alloc::vec::Vec;

use kettle_verifier_core::request::{self, Terms};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::fault::{Answer, thrown};

/// Time, demands and trust; the fields are those of `schema/settings.v1.json`, bytes instead of hex.
#[wasm_bindgen]
#[derive(Default)]
pub struct Settings {
    now: String,
    policy: Option<Vec<u8>>,
    policy_keys: Vec<Vec<u8>>,
    policy_minimum_version: Option<u64>,
    trust_root: Option<Vec<u8>>,
    nonce: Option<String>,
    source: Option<String>,
    insecure_allow_debug: bool,
}

#[wasm_bindgen]
impl Settings {
    /// The strict defaults at a time, RFC 3339.
    #[must_use]
    #[wasm_bindgen(constructor)]
    pub fn new(now: String) -> Self {
        Self { now, ..Self::default() }
    }

    /// The bytes of a policy.
    pub fn policy(&mut self, bytes: Vec<u8>) {
        self.policy = Some(bytes);
    }

    /// A key of which one must have signed the policy, DER.
    #[wasm_bindgen(js_name = policyKey)]
    pub fn policy_key(&mut self, der: Vec<u8>) {
        self.policy_keys.push(der);
    }

    /// The lowest version of a signed policy.
    #[wasm_bindgen(js_name = policyMinimumVersion)]
    pub fn policy_minimum_version(&mut self, lowest: u64) {
        self.policy_minimum_version = Some(lowest);
    }

    /// The bytes of a trust-root file.
    #[wasm_bindgen(js_name = trustRoot)]
    pub fn trust_root(&mut self, bytes: Vec<u8>) {
        self.trust_root = Some(bytes);
    }

    /// The demanded nonce, hex.
    pub fn nonce(&mut self, hex: String) {
        self.nonce = Some(hex);
    }

    /// The demanded source.
    pub fn source(&mut self, source: String) {
        self.source = Some(source);
    }

    /// Takes debug guests.
    #[wasm_bindgen(js_name = insecureAllowDebug)]
    pub fn insecure_allow_debug(&mut self) {
        self.insecure_allow_debug = true;
    }

    /// What these settings demand, as JSON.
    ///
    /// # Errors
    /// The code of the setting that was refused.
    pub fn demands(&self) -> Answer<String> {
        let policy = self.terms()?.policy;
        let expires = policy.expires().map(|time| time.to_rfc3339()).unwrap_or_default();
        let demands = Demands { demands: policy.demands(), expires, digest: policy.digest() };
        Ok(serde_json::to_string(&demands).unwrap_or_default())
    }
}

#[derive(serde::Serialize)]
struct Demands<'a> {
    demands: Vec<String>,
    expires: String,
    digest: &'a str,
}

impl Settings {
    pub(crate) fn terms(&self) -> Answer<Terms> {
        let settings = request::Settings {
            now: &self.now,
            policy: self.policy.as_deref(),
            policy_keys: self.policy_keys.iter().map(Vec::as_slice).collect(),
            policy_minimum_version: self.policy_minimum_version,
            trust_root: self.trust_root.as_deref(),
            nonce: self.nonce.as_deref(),
            source: self.source.as_deref(),
            insecure_allow_debug: self.insecure_allow_debug,
        };
        settings.terms().map_err(thrown)
    }
}
