//! A certificate revocation list.

#![no_main]

use kettle_verifier_core::x509::RevocationList;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let _ = RevocationList::from_der(input).map(|list| list.tbs().clone());
});
