//! What a quote needs beside itself: four answers of Intel's provisioning certification service
//! (PCS API v4), by the platform that its PCK certificate names.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::chain::{Authority, TrustedPck};
use super::checks;
use crate::collateral::{Need, Part};
use crate::platform::Context;
use crate::text::hex;

const SERVICE: &str = "https://api.trustedservices.intel.com";
const ROOT_LIST: &str = "https://certificates.trustedservices.intel.com/IntelSGXRootCA.der";

static ROOT_CRL: Part = Part {
    id: "root_ca_crl",
    title: "the revocation list of Intel's root",
    place: "`root_ca_crl`: the answer, in hex",
    required: true,
    checks: &[&checks::ROOT_CRL, &checks::ROOT_CRL_CURRENT, &checks::CA_REVOKED],
    window: Some(&checks::ROOT_CRL_CURRENT),
};

static PCK_CRL: Part = Part {
    id: "pck_crl",
    title: "the revocation list of the PCK CA",
    place: "`pck_crl`: the answer, in hex; `pck_crl_issuer_chain`: its header `SGX-PCK-CRL-Issuer-Chain`, \
            percent-decoded",
    required: true,
    checks: &[&checks::PCK_CRL_ISSUER, &checks::PCK_CRL, &checks::PCK_CRL_CURRENT, &checks::PCK_REVOKED],
    window: Some(&checks::PCK_CRL_CURRENT),
};

static TCB_INFO: Part = Part {
    id: "tcb_info",
    title: "the TCB info of this kind of platform",
    place: "`tcb_info`: the value of `tcbInfo`, byte for byte; `tcb_info_signature`: that of `signature`; \
            `tcb_info_issuer_chain`: the header `TCB-Info-Issuer-Chain`, percent-decoded",
    required: true,
    checks: &[
        &checks::TCB_SIGNER,
        &checks::TCB_SIGNATURE,
        &checks::TCB_CONTENT,
        &checks::TCB_VERSION,
        &checks::TCB_CURRENT,
        &checks::TCB_PLATFORM,
        &checks::TCB_ORDER,
        &checks::TCB_EVALUATION,
    ],
    window: Some(&checks::TCB_CURRENT),
};

static QE_IDENTITY: Part = Part {
    id: "qe_identity",
    title: "the identity of the quoting enclave for TDX",
    place: "`qe_identity`: the value of `enclaveIdentity`, byte for byte; `qe_identity_signature`: that of \
            `signature`; `qe_identity_issuer_chain`: the header `SGX-Enclave-Identity-Issuer-Chain`, \
            percent-decoded",
    required: true,
    checks: &[
        &checks::QE_IDENTITY_SIGNER,
        &checks::QE_IDENTITY_SIGNATURE,
        &checks::QE_IDENTITY_CONTENT,
        &checks::QE_IDENTITY_VERSION,
        &checks::QE_IDENTITY_CURRENT,
        &checks::QE_IDENTITY_EVALUATION,
    ],
    window: Some(&checks::QE_IDENTITY_CURRENT),
};

/// What the quote of this platform needs. `stapled` says whether the evidence brings collateral.
pub(super) fn of(pck: &TrustedPck<'_>, stapled: bool, context: &Context<'_>) -> Vec<Need> {
    let extensions = pck.extensions();
    let given = stapled || !context.collateral.intel.is_empty();
    parts(pck.ca(), Some((extensions.fmspc, extensions.pce_id)), given)
}

/// The parts for a CA and a kind of platform: FMSPC and PCE-ID, where they are known.
pub(super) fn parts(ca: &Authority<'_>, platform: Option<([u8; 6], [u8; 2])>, given: bool) -> Vec<Need> {
    let ca = if ca.is_platform() { "platform" } else { "processor" };
    let need = |part, keys: &[(&'static str, &str)], urls: Vec<String>| Need {
        part,
        keys: keys.iter().map(|(name, value)| (*name, String::from(*value))).collect(),
        urls,
        given,
    };
    let pck_crl = format!("{SERVICE}/sgx/certification/v4/pckcrl?ca={ca}&encoding=der");
    let qe_identity = format!("{SERVICE}/tdx/certification/v4/qe/identity");
    let tcb_info = match platform {
        None => need(&TCB_INFO, &[], Vec::new()),
        Some((fmspc, pce_id)) => {
            let fmspc = hex(&fmspc).to_ascii_uppercase();
            let url = format!("{SERVICE}/tdx/certification/v4/tcb?fmspc={fmspc}");
            need(&TCB_INFO, &[("fmspc", &fmspc), ("pce_id", &hex(&pce_id))], alloc::vec![url])
        }
    };
    alloc::vec![
        need(&ROOT_CRL, &[], alloc::vec![ROOT_LIST.into()]),
        need(&PCK_CRL, &[("ca", ca)], alloc::vec![pck_crl]),
        tcb_info,
        need(&QE_IDENTITY, &[], alloc::vec![qe_identity]),
    ]
}
