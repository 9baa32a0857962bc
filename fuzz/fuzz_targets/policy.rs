//! A policy: what is read has a digest and says what it demands.

#![no_main]

use kettle_verifier_core::Policy;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Ok(policy) = Policy::from_json(input) {
        assert_eq!(policy.digest().len(), 64);
        assert!(!policy.demands().is_empty());
    }
});
