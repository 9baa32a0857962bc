//! Doors for the fuzz targets: parsers that whole bundles reach only behind a signature. They exist
//! in fuzzing builds only.

use crate::crypto::sha256;
use crate::log::Log;
use crate::platform::snp;
use crate::policy::Policy;
use crate::vtpm::hcl::{HclBlob, ReportType};
use crate::vtpm::key::AttestationKey;
use crate::vtpm::runtime::BoundRuntime;
use crate::vtpm::{attest, hcl};

/// The HCL blob around a report.
pub fn hcl(blob: &[u8]) {
    let policy = Policy::default();
    for kind in [ReportType::Snp, ReportType::Tdx] {
        let mut log = Log::new(&policy, hcl::CHECKS.iter().copied());
        if let Ok(read) = HclBlob::read(blob, kind, &mut log) {
            assert!(read.report().len() <= blob.len() && read.runtime().len() <= blob.len());
        }
    }
}

/// The runtime data of a paravisor, as if the report named it, and the key in it.
pub fn runtime(bytes: &[u8]) {
    let policy = Policy::default();
    let mut log = Log::new(&policy, core::iter::empty());
    let mut report_data = [0; 64];
    report_data[..32].copy_from_slice(&sha256(bytes));
    if let Ok(runtime) = BoundRuntime::bind(bytes, &report_data, &mut log) {
        runtime.claim(&mut log);
        let _key = AttestationKey::from_runtime(&runtime, &mut log).map(|key| key.qualified_name());
    }
}

/// A TPM quote.
pub fn quote(message: &[u8]) {
    if let Ok(read) = attest::read(message) {
        assert!(read.extra_data.bytes.len() < message.len());
    }
}

/// The extensions of an endorsement certificate.
pub fn endorsement(certificate: &[u8]) {
    snp::fuzz_endorsement(certificate);
}
