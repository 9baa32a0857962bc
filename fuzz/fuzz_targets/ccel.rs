//! The event log of a TD.

#![no_main]

use kettle_verifier_core::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    fuzzing::ccel(input);
});
