//! A strict CBOR value, as the payload of a Nitro document has it.

#![no_main]

use kettle_verifier_core::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    fuzzing::cbor(input);
});
