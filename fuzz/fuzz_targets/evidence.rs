//! Hardware evidence alone, with a certificate and a revocation list beside it.

#![no_main]

use kettle_fuzz::{now, sound, split};
use kettle_verifier_core::{Collateral, EvidenceOnly, Policy, TrustRoots, appraise_evidence};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let (evidence, beside) = split(input);
    let (certificate, crl) = split(beside);
    let collateral = Collateral {
        certificates: vec![certificate.to_vec()],
        crls: vec![crl.to_vec()],
        ..Collateral::default()
    };
    let given = EvidenceOnly { evidence, report_data: Some(vec![0; 48]), collateral };
    sound(&appraise_evidence(&given, &Policy::default(), &TrustRoots::pinned(), now()));
});
