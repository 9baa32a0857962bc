//! An event log of dstack.

#![no_main]

use kettle_verifier_core::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    fuzzing::dstack_events(input);
});
