//! The samples that the crate `dcap-qvl` ships (`testvectors/real/NOTICE.md`).

use kettle_differential::{Sample, ours, theirs, verdict};
use kettle_testvectors::corpus::folder;

fn read(name: &str) -> Vec<u8> {
    let path = folder().join("real/dcap-qvl-0.7.1").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A sample whose collateral has its name, at a time when both are current.
fn sample(name: &str, now: &str) -> Sample {
    let collateral = read(&format!("{name}_collateral.json"));
    Sample { name: name.into(), quote: read(name), collateral, now: now.into(), root: None }
}

#[test]
fn both_say_the_same_of_an_up_to_date_platform() {
    for (name, now, evaluation) in
        [("tdx_quote", "2025-06-25T00:00:00Z", "17"), ("tdx_quote_td15ex", "2026-10-20T00:00:00Z", "20")]
    {
        let sample = sample(name, now);
        let tcb = ours(&verdict(&sample)).unwrap();
        assert_eq!(theirs(&sample).unwrap(), tcb, "{name}");
        assert_eq!((tcb.status.as_str(), tcb.evaluation.as_str()), ("UpToDate", evaluation), "{name}");
    }
}

/// The platform lies below each of the levels that Intel lists, so it has no status at all.
#[test]
fn both_refuse_a_platform_below_every_level() {
    let sample = sample("tdx_quote_outdated", "2026-03-01T00:00:00Z");
    assert_eq!(ours(&verdict(&sample)).unwrap_err(), "tdx.tcb.level");
    let theirs = theirs(&sample).unwrap_err();
    assert!(theirs.contains("No matching"), "{theirs}");
}

/// The crate verifies quotes of SGX enclaves; here a quote of another TEE is refused.
#[test]
fn the_quote_of_an_enclave_is_not_ours() {
    let sample = sample("sgx_quote", "2025-06-25T00:00:00Z");
    assert_eq!(theirs(&sample).unwrap().status, "ConfigurationAndSWHardeningNeeded");
    assert_eq!(ours(&verdict(&sample)).unwrap_err(), "tdx.quote.version");
}

#[test]
fn both_refuse_the_collateral_of_another_platform() {
    let [quote, collateral] = [read("tdx_quote"), read("tdx_quote_outdated_collateral.json")];
    let foreign = Sample { quote, collateral, ..sample("tdx_quote_outdated", "2026-03-01T00:00:00Z") };
    assert_eq!(ours(&verdict(&foreign)).unwrap_err(), "tdx.tcb.platform");
    let theirs = theirs(&foreign).unwrap_err();
    assert!(theirs.contains("Fmspc mismatch"), "{theirs}");
}
