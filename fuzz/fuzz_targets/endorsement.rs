//! The profile and the extensions of a VCEK or VLEK.

#![no_main]

use kettle_verifier_core::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    fuzzing::endorsement(input);
});
