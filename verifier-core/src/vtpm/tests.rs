//! Tests of this layer alone. Each changes one thing of evidence that is sound without it.

mod genuine;
mod hcl;
mod layout;
mod policy;
mod property;
mod quote;
mod runtime;

use super::testing::{self, Quote, given, run};
use crate::text::hex;

#[test]
fn sound_evidence_passes_and_yields_the_extra_data() {
    let ran = run(&given(Quote::default().signed()));
    assert_eq!(ran.failure(), None);
    assert_eq!(ran.attested.unwrap().field(), [7; 48]);
    assert!(
        ran.record
            .checks
            .iter()
            .filter(|check| check.id != "az.evidence.layout")
            .all(|check| { check.status == crate::verdict::Status::Pass })
    );
}

#[test]
fn the_links_join_extra_data_and_report() {
    let ran = run(&given(Quote::default().signed()));
    let attested = ran.attested.unwrap();
    let ends: alloc::vec::Vec<_> =
        attested.links().iter().map(|link| (link.from.as_str(), link.to.as_str(), link.holds)).collect();
    let expected = [
        ("quote extraData", "attestation key", true),
        ("attestation key", "runtime data", true),
        ("runtime data", "report", true),
    ];
    assert_eq!(ends, expected);
    assert_eq!(attested.links()[0].left, hex(&testing::signer(0x4000_000b, 0x0005_0472)));
}

#[test]
fn claims_are_those_of_runtime_data_and_quote() {
    let ran = run(&given(Quote::default().signed()));
    let user_data = "5a".repeat(64);
    let expected = [
        ("azure.hcl_version", "1"),
        ("azure.vm_unique_id", "5A7A08AC-DB45-4145-881F-9B0CADDF00C4"),
        ("azure.secure_boot", "true"),
        ("azure.user_data", user_data.as_str()),
        ("vtpm.clock", "1000"),
        ("vtpm.reset_count", "2"),
        ("vtpm.restart_count", "0"),
        ("vtpm.firmware_version", "2020031200120003"),
    ];
    for (id, value) in expected {
        assert_eq!(ran.claim(id), Some(value), "{id}");
    }
    assert_eq!(ran.claim("vtpm.pcr.23"), Some("17".repeat(32).as_str()));
}
