//! A provenance document, as if the hardware had attested it.

#![no_main]

use kettle_verifier_core::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    fuzzing::provenance(input);
});
