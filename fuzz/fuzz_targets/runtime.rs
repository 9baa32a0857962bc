//! The runtime data of Azure's paravisor, and the attestation key in it.

#![no_main]

use kettle_verifier_core::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    fuzzing::runtime(input);
});
