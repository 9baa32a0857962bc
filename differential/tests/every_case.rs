//! Every case of a TD in the corpus, read by both verifiers under the root of the test.

use base64ct::{Base64, Encoding as _};
use kettle_differential::{Sample, agree, ours, theirs, verdict};
use kettle_testvectors::case::CaseDocument;
use kettle_testvectors::corpus::{folder, in_parallel};
use kettle_testvectors::intel;
use serde_json::Value;

fn cases() -> Vec<CaseDocument> {
    let folder = folder().join("cases/tdx");
    let mut found: Vec<CaseDocument> = std::fs::read_dir(folder)
        .unwrap()
        .map(|case| std::fs::read(case.unwrap().path().join("case.json")).unwrap())
        .map(|text| serde_json::from_slice(&text).unwrap())
        .collect();
    found.sort_by(|one, other| one.id.cmp(&other.id));
    found
}

/// The quote and the collateral of a case under the shared root; `None` where it has another root, or
/// not both of them in a readable form.
fn sample(case: &CaseDocument) -> Option<Sample> {
    let read = |path: &str| std::fs::read(folder().join(path)).unwrap();
    if case.files.trust_root != intel::TRUST_ROOT {
        return None;
    }
    let evidence: Value = serde_json::from_slice(&read(&case.files.evidence)).ok()?;
    let quote = Base64::decode_vec(evidence.pointer("/evidence/quote")?.as_str()?).ok()?;
    let collateral = evidence.pointer("/evidence/collateral")?.to_string().into_bytes();
    let file = read(&case.files.trust_root);
    let roots: Value = serde_json::from_slice(&file).unwrap();
    let der = Base64::decode_vec(roots.pointer("/intel/0/certificate")?.as_str()?).ok()?;
    Some(Sample { name: case.id.clone(), quote, collateral, now: case.now.clone(), root: Some((file, der)) })
}

/// That crate takes authentication data of 32 bytes only. The format has a length for them, and none is
/// as good as another.
const OTHER_AUTHENTICATION_DATA: [&str; 2] = ["tdx/ok-authentication-empty", "tdx/ok-authentication-long"];

/// That crate passes over statuses of a quoting enclave other than out of date and revoked. Intel's own library
/// takes every enclave that is not up to date for one that is out of date.
const OTHER_STATUS: [&str; 2] = ["tdx/qe-configuration", "tdx/qe-out-of-date-configuration"];

#[test]
fn both_say_the_same_of_the_corpus() {
    let listed = |names: &[&str], sample: &Sample| names.contains(&sample.name.as_str());
    let samples = cases().iter().filter_map(sample).collect::<Vec<_>>();
    let (lenient, samples): (Vec<_>, Vec<_>) =
        samples.into_iter().partition(|sample| listed(&OTHER_STATUS, sample));
    let (apart, samples): (Vec<_>, Vec<_>) =
        samples.into_iter().partition(|sample| listed(&OTHER_AUTHENTICATION_DATA, sample));
    let said = in_parallel(&samples, agree);
    let wrong: Vec<&String> = said.iter().filter_map(|said| said.as_ref().err()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let both = said.iter().filter(|said| **said == Ok(true)).count();
    println!("{} cases, of {both} of which both know the status", samples.len());
    assert!(samples.len() >= 200 && both >= 60, "{} cases, {both} with a status", samples.len());
    assert_eq!(apart.len(), OTHER_AUTHENTICATION_DATA.len());
    for sample in apart {
        assert_eq!(theirs(&sample).unwrap_err(), "Invalid QE auth data length", "{}", sample.name);
        assert_eq!(ours(&verdict(&sample)).unwrap().status, "UpToDate", "{}", sample.name);
    }
    assert_eq!(lenient.len(), OTHER_STATUS.len());
    for sample in lenient {
        assert_eq!(theirs(&sample).unwrap().status, "UpToDate", "{}", sample.name);
        assert_eq!(ours(&verdict(&sample)).unwrap().status, "OutOfDate", "{}", sample.name);
    }
}
