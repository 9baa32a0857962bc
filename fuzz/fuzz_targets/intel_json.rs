//! A TCB info or a QE identity, as if Intel had signed it.

#![no_main]

use kettle_verifier_core::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    fuzzing::intel_json(input);
});
