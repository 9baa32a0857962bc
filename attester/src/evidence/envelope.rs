//! `evidence.json` of every platform, in the encodings of the known format.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use crate::device::dstack;
use crate::device::tpm::Quote;
use crate::hex;

/// `snp`: the report, and the certificate of the key that signed it.
pub(super) fn snp(label: &str, report: &[u8], vek: Option<&[u8]>) -> Vec<u8> {
    let chain = vek.map(|vek| json!({ "vcek": STANDARD.encode(vek), "ask": null, "ark": null }));
    envelope(label, json!({ "attestation_report": STANDARD.encode(report), "cert_chain": chain }), None)
}

/// `tdx`: the quote, and Intel's collateral where there is some.
pub(super) fn tdx(label: &str, quote: &[u8], event_log: Option<&[u8]>, collateral: Option<Value>) -> Vec<u8> {
    let log = event_log.map(|log| STANDARD.encode(log));
    envelope(label, json!({ "quote": STANDARD.encode(quote), "cc_eventlog": log }), collateral)
}

/// `dstack`: what its agent answered.
pub(super) fn dstack(answer: &dstack::Quote, collateral: Option<Value>) -> Vec<u8> {
    let config = Some(&answer.vm_config).filter(|config| !config.is_empty());
    let evidence = json!({ "quote": answer.quote, "event_log": answer.event_log, "vm_config": config });
    envelope("dstack", evidence, collateral)
}

/// `nitro`: the document.
pub(super) fn nitro(document: &[u8]) -> Vec<u8> {
    envelope("nitro", json!({ "document": STANDARD.encode(document) }), None)
}

/// What vouches for the processor in Azure's evidence.
pub(super) enum Inner {
    /// The VCEK.
    Vcek(Vec<u8>),
    /// The quote over the TD report.
    TdQuote(Vec<u8>),
}

/// `az-snp` and `az-tdx`: the quote of the virtual TPM, and the blob that binds its key to the processor.
pub(super) fn azure(
    label: &str,
    quote: &Quote,
    pcrs: &[[u8; 32]],
    blob: &[u8],
    (inner, collateral): (&Inner, Option<Value>),
) -> Vec<u8> {
    let (name, bytes) = match inner {
        Inner::Vcek(vcek) => ("vcek", vcek),
        Inner::TdQuote(quote) => ("td_quote", quote),
    };
    let evidence = json!({
        "version": 1,
        "tpm_quote": {
            "signature": hex(&quote.signature),
            "message": hex(&quote.message),
            "pcrs": pcrs.iter().map(|pcr| hex(pcr)).collect::<Vec<_>>(),
        },
        "hcl_report": URL_SAFE_NO_PAD.encode(blob),
        name: URL_SAFE_NO_PAD.encode(bytes),
    });
    envelope(label, evidence, collateral)
}

fn envelope(label: &str, mut evidence: Value, collateral: Option<Value>) -> Vec<u8> {
    if let (Some(evidence), Some(collateral)) = (evidence.as_object_mut(), collateral) {
        evidence.insert("collateral".into(), collateral);
    }
    let members = [("platform".to_owned(), json!(label)), ("evidence".to_owned(), evidence)];
    Value::Object(members.into_iter().collect::<Map<_, _>>()).to_string().into_bytes()
}
