//! Strict JSON: what is read is also what a lenient reader sees.

#![no_main]

use kettle_verifier_core::json;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let _ = json::parse(input, 1 << 20);
});
