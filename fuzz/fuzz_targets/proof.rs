//! A proof that an input went into a build, with the root and the entry to check it against.

#![no_main]

use kettle_fuzz::split;
use kettle_verifier_core::fuzzing;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let (proof, rest) = split(input);
    let Some((root, entry)) = rest.split_first_chunk::<32>() else { return };
    fuzzing::proof(proof, *root, &String::from_utf8_lossy(entry));
});
