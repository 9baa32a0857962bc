//! An attestation document of AWS Nitro: COSE, CBOR, the chain.

#![no_main]

use kettle_verifier_core::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    fuzzing::nitro(input, kettle_fuzz::now());
});
