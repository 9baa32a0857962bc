//! A certificate.

#![no_main]

use kettle_verifier_core::x509::Certificate;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Ok(certificate) = Certificate::from_der(input) else { return };
    let (key, _) = (certificate.rsa4096_key(), certificate.p384_key());
    let _ = (certificate.common_name(), certificate.is_ca(0), certificate.is_pss_sha384());
    if let Some(key) = key {
        let _ = certificate.is_signed_by(&key);
    }
});
