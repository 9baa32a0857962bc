#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that panics has failed"
)]

use std::cell::RefCell;

use kettle_testvectors::live::Machines;
use kettle_verifier_core::request::Settings;
use kettle_verifier_core::{Outcome, appraise_evidence};

use super::*;
use crate::evidence::test_root;

const NOW: &str = "2027-02-03T00:00:00Z";

fn terms() -> Terms {
    let root = test_root();
    Settings { now: NOW, trust_root: Some(&root), ..Settings::default() }.terms().unwrap()
}

fn machines() -> Machines {
    Machines::at(terms().now)
}

/// The vendors' services, with what the software TEE's vendors sign.
#[derive(Default)]
struct Vendors {
    asked: RefCell<Vec<String>>,
    /// An answer is served that some other vendor's keys signed, or nothing.
    closed: bool,
    /// White space within the document, which its signature does not cover.
    reformatted: bool,
}

fn encoded(chain: &Value) -> String {
    percent_encoding::utf8_percent_encode(chain.as_str().unwrap(), percent_encoding::NON_ALPHANUMERIC)
        .to_string()
}

impl Fetch for Vendors {
    fn get(&self, url: &str) -> Done<Answer> {
        self.asked.borrow_mut().push(url.to_owned());
        if self.closed {
            return Err(Failure::build("closed"));
        }
        let given: Value = serde_json::from_str(&machines().collateral()).unwrap();
        let bytes = |name: &str| base16ct::lower::decode_vec(given[name].as_str().unwrap()).unwrap();
        let plain = |body: Vec<u8>| Answer { headers: BTreeMap::new(), body };
        let with = |name: &str, chain: &str, body: Vec<u8>| Answer {
            headers: [(name.to_owned(), encoded(&given[chain]))].into(),
            body,
        };
        let signed = |member: &str, document: &str| {
            let text = given[document].as_str().unwrap();
            let text = if self.reformatted { text.replacen(':', ": ", 1) } else { text.to_owned() };
            let signature = given[format!("{document}_signature")].as_str().unwrap();
            format!("{{\"{member}\":{text},\"signature\":\"{signature}\"}}").into_bytes()
        };
        Ok(match url.split('?').next().unwrap() {
            "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der" => {
                plain(bytes("root_ca_crl"))
            }
            "https://api.trustedservices.intel.com/sgx/certification/v4/pckcrl" => {
                with("sgx-pck-crl-issuer-chain", "pck_crl_issuer_chain", bytes("pck_crl"))
            }
            "https://api.trustedservices.intel.com/tdx/certification/v4/tcb" => {
                with("tcb-info-issuer-chain", "tcb_info_issuer_chain", signed("tcbInfo", "tcb_info"))
            }
            "https://api.trustedservices.intel.com/tdx/certification/v4/qe/identity" => with(
                "sgx-enclave-identity-issuer-chain",
                "qe_identity_issuer_chain",
                signed("enclaveIdentity", "qe_identity"),
            ),
            address if address.starts_with("https://kdsintf.amd.com/vcek/v1/Milan/") => {
                plain(machines().vcek())
            }
            other => panic!("nobody serves {other}"),
        })
    }
}

fn outcome(envelope: &[u8]) -> Outcome {
    let only = EvidenceOnly { evidence: envelope, report_data: None, collateral: Collateral::default() };
    let terms = terms();
    appraise_evidence(&only, &Policy::default(), &terms.roots, terms.now).outcome
}

/// Evidence of a platform as a machine has it that staples nothing.
fn bare(label: &str) -> Vec<u8> {
    let evidence = machines().evidence(label, &[7; 48]).unwrap();
    let mut document: Value = serde_json::from_slice(&evidence).unwrap();
    let evidence = document["evidence"].as_object_mut().unwrap();
    evidence.remove("collateral");
    for name in ["cert_chain", "vcek"] {
        evidence.get_mut(name).map(Value::take);
    }
    document.to_string().into_bytes()
}

#[test]
fn what_is_lacking_is_fetched_and_decides() {
    for (label, fetched) in
        [("snp", 1), ("gcp-snp", 1), ("az-snp", 1), ("tdx", 4), ("az-tdx", 4), ("dstack", 4)]
    {
        let vendors = Vendors::default();
        assert_eq!(outcome(&bare(label)), Outcome::Inconclusive, "{label}");
        let complete = complete(&bare(label), &terms(), &vendors).unwrap().unwrap();
        assert_eq!(outcome(&complete), Outcome::Unpinned, "{label}");
        assert_eq!(vendors.asked.borrow().len(), fetched, "{label}");
    }
}

#[test]
fn nothing_is_fetched_where_nothing_is_lacking() {
    for label in ["snp", "az-snp", "tdx", "az-tdx", "dstack", "nitro"] {
        let vendors = Vendors::default();
        let evidence = machines().evidence(label, &[7; 48]).unwrap();
        assert_eq!(complete(&evidence, &terms(), &vendors), Ok(None), "{label}");
        assert!(vendors.asked.borrow().is_empty());
    }
    // Forged evidence lacks nothing: it is refused.
    assert_eq!(complete(b"{}", &terms(), &Vendors::default()), Ok(None));
}

#[test]
fn collateral_that_expired_is_fetched_again() {
    let before = Machines::at(kettle_verifier_core::Timestamp::from_rfc3339("2026-12-01T00:00:00Z").unwrap());
    let old = before.evidence("tdx", &[7; 48]).unwrap();
    assert_eq!(outcome(&old), Outcome::Inconclusive);
    let complete = complete(&old, &terms(), &Vendors::default()).unwrap().unwrap();
    assert_eq!(outcome(&complete), Outcome::Unpinned);
}

#[test]
fn what_is_served_is_not_believed() {
    let closed = Vendors { closed: true, ..Vendors::default() };
    assert!(complete(&bare("tdx"), &terms(), &closed).is_err());
    // The document is taken byte for byte, so that whoever changes it breaks its signature.
    let reformatted = Vendors { reformatted: true, ..Vendors::default() };
    let complete = complete(&bare("tdx"), &terms(), &reformatted).unwrap().unwrap();
    assert_eq!(outcome(&complete), Outcome::Failed);
}

#[test]
fn answers_are_read_with_their_headers() {
    let answer = read(b"HTTP/1.1 200 OK\r\nA-B: c%20d\r\nE: f:g\r\n\r\nbody\r\n\r\nrest").unwrap();
    assert_eq!(answer.headers["a-b"], "c%20d");
    assert_eq!(answer.headers["e"], "f:g");
    assert_eq!(answer.body, b"body\r\n\r\nrest");
    assert_eq!(chain(&answer, "a-b").unwrap(), "c d");
    assert!(chain(&answer, "absent").is_err());
    assert_eq!(read(b"HTTP/1.1 200 OK\r\n"), None);
    assert!(Curl.get("http://localhost/").unwrap_err().message.contains("can't be fetched"));
}
