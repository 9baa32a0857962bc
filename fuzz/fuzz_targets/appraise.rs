//! A whole bundle: evidence and provenance, split at a length that the input chooses.

#![no_main]

use kettle_fuzz::{now, sound, split};
use kettle_verifier_core::{Bundle, Policy, TrustRoots, appraise};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let (evidence, provenance) = split(input);
    let bundle = Bundle { evidence, provenance, ..Bundle::default() };
    sound(&appraise(&bundle, &Policy::default(), &TrustRoots::pinned(), now()));
});
