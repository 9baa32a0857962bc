//! A quote of Intel TDX, version 4 or 5, with collateral beside it.

#![no_main]

use kettle_fuzz::{now, split};
use kettle_verifier_core::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let (quote, collateral) = split(input);
    fuzzing::tdx(quote, collateral, now());
});
