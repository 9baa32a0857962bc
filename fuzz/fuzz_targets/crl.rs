//! A certificate revocation list.

#![no_main]

use kettle_verifier_core::x509::RevocationList;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Ok(list) = RevocationList::from_der(input) else { return };
    let _ = (list.revoked().count(), list.extensions().count(), list.authority_key_id());
});
