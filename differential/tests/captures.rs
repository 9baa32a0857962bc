//! Genuine captures, where their folder is there: every quote with every piece of collateral.

use std::path::{Path, PathBuf};

use kettle_differential::{Sample, agree};
use kettle_testvectors::corpus::in_parallel;
use kettle_testvectors::{hex, unhex};
use serde_json::{Value, json};

/// The folder of captures; `None`, said once, where there is none.
fn captures() -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors");
    let folder = std::env::var_os("KETTLE_VECTORS").map_or(beside, PathBuf::from);
    if folder.join("MANIFEST.tsv").is_file() {
        return Some(folder);
    }
    println!("no genuine captures: name their folder in KETTLE_VECTORS");
    None
}

const QUOTES: [&str; 14] = [
    "az-tdx/coco-trustee/td-quote.bin",
    "dstack/dstack/tdx_quote",
    "tdx/coco-trustee/tdx_quote_4.dat",
    "tdx/coco-trustee/tdx_quote_5.dat",
    "tdx/coco-trustee/tdx_quote_6.dat",
    "tdx/dcap-qvl/quote_hex.txt",
    "tdx/dcap-qvl/tdx_quote",
    "tdx/dcap-qvl/tdx_quote_outdated",
    "tdx/dcap-qvl/tdx_quote_td15ex",
    "tdx/google-go-tdx-guest/quote_v5_sample.dat",
    "tdx/lunal-attestation-rs/tdx_quote_live.dat",
    "tdx/openenclave/tdx_quote-moduleupdate-seamldr5.dat",
    "tdx/openenclave/tdx_quote.bin",
    "tdx/openenclave/tdx_quote_v5.bin",
];

const COLLATERAL: [&str; 4] = ["quote", "tdx_quote", "tdx_quote_outdated", "tdx_quote_td15ex"];

fn read(folder: &Path, name: &str) -> Vec<u8> {
    std::fs::read(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn quote(folder: &Path, name: &str) -> Vec<u8> {
    let bytes = read(folder, name);
    match std::str::from_utf8(&bytes) {
        Ok(text) => unhex(text.trim().trim_start_matches("0x")),
        Err(_) => bytes,
    }
}

/// Collateral in one file, and what was put together from the separate answers of Intel's service.
fn collateral(folder: &Path) -> Vec<Value> {
    let whole = |name: &str| {
        serde_json::from_slice(&read(folder, &format!("tdx/dcap-qvl/{name}_collateral.json"))).unwrap()
    };
    let mut found: Vec<Value> = COLLATERAL.into_iter().map(whole).collect();
    let from = "tdx/lunal-attestation-rs";
    let text = |name: &str| String::from_utf8(read(folder, &format!("{from}/{name}"))).unwrap();
    let signed = |name: &str, member: &str| {
        let text = text(name);
        let rest = text.strip_prefix(&format!("{{\"{member}\":")).unwrap();
        let (document, rest) = rest.trim_end().split_once(",\"signature\":\"").unwrap();
        (document.to_owned(), rest.trim_end_matches("\"}").to_owned())
    };
    let identity = signed("td_qe_identity.json", "enclaveIdentity");
    for name in ["tcb_info_50806f000000.json", "tcb_info_90c06f000000.json"] {
        let info = signed(name, "tcbInfo");
        found.push(json!({
            "pck_crl_issuer_chain": found[0]["pck_crl_issuer_chain"],
            "root_ca_crl": hex(&read(folder, &format!("{from}/root_ca_crl.der"))),
            "pck_crl": hex(&read(folder, &format!("{from}/pck_crl_platform.der"))),
            "tcb_info_issuer_chain": text("tcb_signing_chain.pem"),
            "tcb_info": info.0, "tcb_info_signature": info.1,
            "qe_identity_issuer_chain": text("qe_identity_signing_chain.pem"),
            "qe_identity": identity.0, "qe_identity_signature": identity.1,
        }));
    }
    found
}

/// A day after the TCB info was issued.
fn now(collateral: &Value) -> String {
    let info: Value = serde_json::from_str(collateral["tcb_info"].as_str().unwrap()).unwrap();
    let issued = kettle_verifier_core::Timestamp::from_rfc3339(info["issueDate"].as_str().unwrap()).unwrap();
    issued.plus_days(1).to_rfc3339()
}

#[test]
fn both_say_the_same_of_genuine_quotes() {
    let Some(folder) = captures() else { return };
    let collateral = collateral(&folder);
    let samples: Vec<Sample> = QUOTES
        .iter()
        .flat_map(|name| collateral.iter().map(move |collateral| (name, collateral)))
        .map(|(name, collateral)| Sample {
            name: format!("{name} with the collateral of {}", now(collateral)),
            quote: quote(&folder, name),
            collateral: collateral.to_string().into_bytes(),
            now: now(collateral),
            root: None,
        })
        .collect();
    let said = in_parallel(&samples, agree);
    let wrong: Vec<&String> = said.iter().filter_map(|said| said.as_ref().err()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let both = said.iter().filter(|said| **said == Ok(true)).count();
    println!("{} pairs of a quote and collateral, of {both} of which both know the status", samples.len());
    assert!(both >= 8, "{both}");
}
