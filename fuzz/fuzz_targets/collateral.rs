//! A file of certificates and revocation lists, in any of the forms that are taken.

#![no_main]

use kettle_verifier_core::Collateral;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut collateral = Collateral::default();
    let _ = kettle_verifier_io::collateral_from_bytes(input, "input", &mut collateral);
});
