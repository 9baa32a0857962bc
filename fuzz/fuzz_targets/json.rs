//! Strict JSON: what is read is also JSON to another reader, and its compact form is the document
//! without the white space outside its texts.

#![no_main]

use kettle_fuzz::minified;
use kettle_verifier_core::crypto::sha256;
use kettle_verifier_core::fuzzing::compact_sha256;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some(compact) = compact_sha256(input) else { return };
    assert!(serde_json::from_slice::<serde::de::IgnoredAny>(input).is_ok(), "stricter, never laxer");
    assert_eq!(compact, sha256(&minified(input)));
});
