//! A trust-root file: none is read that trusts nothing.

#![no_main]

use kettle_verifier_core::TrustRoots;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Ok(roots) = TrustRoots::from_json(input) {
        assert_eq!(roots.digest().len(), 64);
    }
});
