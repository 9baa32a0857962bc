//! What evidence needs beside itself to be verified offline for ever, fetched while the network is there: the
//! VCEK of AMD's key distribution service, and Intel's collateral of its provisioning certification service.
//!
//! `verifier-core` says what is needed, and where it is served. Whatever an address answers is not believed:
//! it counts only where the vendor's pinned root vouches for it, which the bundle's own verification sees to.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use kettle_attest_ioctl::ends_with_us;
use kettle_verifier_core::bundle::EvidenceOnly;
use kettle_verifier_core::collateral::{CollateralPart, CollateralState, appraise_collateral};
use kettle_verifier_core::limits::COLLATERAL_BYTES;
use kettle_verifier_core::request::Terms;
use kettle_verifier_core::{Collateral, Policy};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::failure::{Done, Failure};
use crate::hex;

/// The answer of an address.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The headers, by their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
}

/// A way to fetch what lies at an address.
pub trait Fetch {
    /// What lies there.
    ///
    /// # Errors
    /// [`Failure`] where it can't be had.
    fn get(&self, url: &str) -> Done<Answer>;
}

/// The program `curl`, which fetches dependencies, too.
#[derive(Debug, Clone, Copy, Default)]
pub struct Curl;

impl Fetch for Curl {
    fn get(&self, url: &str) -> Done<Answer> {
        let failed = |what: &str| Failure::build(format!("<{url}> can't be fetched: {what}"));
        let mut command = Command::new("curl");
        // A curlrc has no say; redirects lead elsewhere and are not followed.
        command.args(["--disable", "--silent", "--show-error", "--fail", "--include", "--http1.1"]);
        command.args([
            "--suppress-connect-headers",
            "--proto",
            "=https",
            "--max-time",
            "60",
            "--max-filesize",
        ]);
        command.arg(COLLATERAL_BYTES.to_string()).arg("--").arg(url).stdin(Stdio::null());
        let done =
            ends_with_us(&mut command).output().map_err(|error| failed(&format!("`curl`: {error}")))?;
        if !done.status.success() {
            return Err(failed(String::from_utf8_lossy(&done.stderr).trim()));
        }
        read(&done.stdout).ok_or_else(|| failed("no answer in HTTP"))
    }
}

/// Headers and body.
fn read(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let (head, body) = bytes.split_at_checked(end)?;
    let head = std::str::from_utf8(head).ok()?;
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
    };
    Some(Answer { headers: head.lines().skip(1).filter_map(header).collect(), body: body.get(4..)?.to_vec() })
}

/// The evidence with what it lacked; `None` where it lacks nothing that could be fetched.
///
/// # Errors
/// [`Failure`] where something can't be fetched, or is another thing than it should be.
pub fn complete(envelope: &[u8], terms: &Terms, fetch: &dyn Fetch) -> Done<Option<Vec<u8>>> {
    let only = EvidenceOnly { evidence: envelope, report_data: None, collateral: Collateral::default() };
    let report = appraise_collateral(&only, &Policy::default(), &terms.roots, terms.now);
    let lacking = |part: &&CollateralPart| {
        part.required && matches!(part.state, CollateralState::Missing | CollateralState::Expired)
    };
    let lacking: Vec<&CollateralPart> = report.parts.iter().filter(lacking).collect();
    if lacking.iter().all(|part| part.urls.is_empty()) {
        return Ok(None);
    }
    let mut document: Value =
        serde_json::from_slice(envelope).map_err(|error| Failure::build(error.to_string()))?;
    let evidence = document.get_mut("evidence").ok_or_else(|| Failure::build("there is no evidence"))?;
    if let Some(vcek) = lacking.iter().find(|part| part.part == "vcek") {
        endorse(evidence, &any(&vcek.urls, fetch)?);
    } else {
        let collateral = intel(&report.parts, fetch)?;
        if let Some(evidence) = evidence.as_object_mut() {
            evidence.insert("collateral".into(), collateral);
        }
    }
    Ok(Some(document.to_string().into_bytes()))
}

/// What the first address that has something answers.
fn any(urls: &[String], fetch: &dyn Fetch) -> Done<Vec<u8>> {
    let mut last = Failure::build("nobody serves it");
    for url in urls {
        match fetch.get(url) {
            Ok(answer) => return Ok(answer.body),
            Err(failure) => last = failure,
        }
    }
    Err(last)
}

/// Puts a VCEK where the platform's evidence has it.
fn endorse(evidence: &mut Value, vcek: &[u8]) {
    let Some(evidence) = evidence.as_object_mut() else { return };
    if evidence.contains_key("hcl_report") {
        evidence.insert("vcek".into(), URL_SAFE_NO_PAD.encode(vcek).into());
    } else {
        let chain = json!({ "vcek": STANDARD.encode(vcek), "ask": null, "ark": null });
        evidence.insert("cert_chain".into(), chain);
    }
}

/// The TCB info with its signature; the signature is over these very bytes.
#[derive(Deserialize)]
struct TcbInfo<'a> {
    #[serde(rename = "tcbInfo", borrow)]
    document: &'a RawValue,
    signature: String,
}

/// The identity of the quoting enclave likewise.
#[derive(Deserialize)]
struct QeIdentity<'a> {
    #[serde(rename = "enclaveIdentity", borrow)]
    document: &'a RawValue,
    signature: String,
}

/// Intel's collateral out of its service's four answers.
fn intel(parts: &[CollateralPart], fetch: &dyn Fetch) -> Done<Value> {
    let answer = |name: &str| {
        let url = parts.iter().find(|part| part.part == name).and_then(|part| part.urls.first());
        fetch.get(url.ok_or_else(|| Failure::build(format!("nobody says where `{name}` is served")))?)
    };
    let (root, list) = (answer("root_ca_crl")?, answer("pck_crl")?);
    let (info, identity) = (answer("tcb_info")?, answer("qe_identity")?);
    let tcb: TcbInfo<'_> = json_of(&info, "the TCB info")?;
    let qe: QeIdentity<'_> = json_of(&identity, "the QE identity")?;
    Ok(json!({
        "pck_crl_issuer_chain": chain(&list, "sgx-pck-crl-issuer-chain")?,
        "root_ca_crl": hex(&root.body),
        "pck_crl": hex(&list.body),
        "tcb_info_issuer_chain": chain(&info, "tcb-info-issuer-chain")?,
        "tcb_info": tcb.document.get(),
        "tcb_info_signature": tcb.signature,
        "qe_identity_issuer_chain": chain(&identity, "sgx-enclave-identity-issuer-chain")?,
        "qe_identity": qe.document.get(),
        "qe_identity_signature": qe.signature,
    }))
}

fn json_of<'a, T: Deserialize<'a>>(answer: &'a Answer, what: &str) -> Done<T> {
    serde_json::from_slice(&answer.body)
        .map_err(|error| Failure::build(format!("what is served as {what} is another document: {error}")))
}

/// A chain of certificates, which comes percent-encoded in a header.
fn chain(answer: &Answer, name: &str) -> Done<String> {
    let header = answer.headers.get(name);
    let header = header.ok_or_else(|| Failure::build(format!("the answer has no header `{name}`")))?;
    let text = percent_encoding::percent_decode_str(header).decode_utf8();
    text.map(|text| text.into_owned())
        .map_err(|_| Failure::build(format!("the header `{name}` is no text in UTF-8")))
}

#[cfg(test)]
mod tests;
