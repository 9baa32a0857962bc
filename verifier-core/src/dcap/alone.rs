//! Intel's collateral without a quote: the same stages, under the CA that its own revocation list names,
//! which the trusted root vouches for. Whether it is for some machine, only a quote can say.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::chain::{self, TrustedCa};
use super::collateral::{self, TrustedCollateral};
use super::{checks, documents, needs, tcb_info};
use crate::log::{Finding, Log, Stopped};
use crate::platform::{Context, Validity};
use crate::text::hex;
use crate::verdict::{Authority, CheckSpec};

/// The checks that are made of it.
pub(crate) const CHECKS: &[&CheckSpec] = checks::ALONE;

/// Verifies one piece of collateral; the window in which all of it is current.
///
/// # Errors
/// [`Stopped`] when a part is refused.
pub(crate) fn appraise(
    document: &[u8],
    context: &Context<'_>,
    log: &mut Log<'_>,
) -> Result<Validity, Stopped> {
    let read = documents::from_bytes(document, "collateral");
    let finding = || Finding::new(documents::EXPECTED, "these");
    let documents = log.obtain(&checks::LAYOUT, read.map(|documents| (documents, finding())))?;
    let chain = log.obtain(&checks::PCK_CRL_ISSUER, issuers(&documents.pck_crl_issuer_chain))?;
    let issuers = chain::establish_ca(&chain, context, log)?;
    // Nobody vouches for the platform yet; it only says what the parts are looked up by.
    log.need(|| needs::parts(issuers.ca(), tcb_info::platform(&documents.tcb_info.text), true));
    let trusted = collateral::verify(&documents, &issuers, None, context, log)?;
    claims(&trusted, &issuers, log);
    Ok(issuers.validity().meet(trusted.validity()))
}

fn issuers(chain: &str) -> Result<([Vec<u8>; 2], Finding), Finding> {
    let expected = "the PCK CA and a trusted root, as PEM";
    let finding = |found: &str| Finding::new(expected, found).at("pck_crl_issuer_chain");
    let chain = collateral::issuer_chain(chain).map_err(finding)?;
    Ok((chain, finding("two certificates")))
}

/// For which platforms it is, and what Intel's two documents say of themselves.
fn claims(trusted: &TrustedCollateral, issuers: &TrustedCa<'_>, log: &mut Log<'_>) {
    let (info, identity) = (trusted.info(), trusted.identity());
    let mut signed = |id: &str, value: &str, at: &str| log.claim(id, value, Authority::Collateral, at);
    signed("tdx.pck_ca", issuers.ca().name(), "pck_crl_issuer_chain");
    signed("tdx.fmspc", &hex(&info.fmspc), "tcb_info");
    signed("tdx.pce_id", &hex(&info.pce_id), "tcb_info");
    for (id, at, window, evaluation) in [
        ("tdx.tcb_info", "tcb_info", info.window, info.evaluation),
        ("tdx.qe_identity", "qe_identity", identity.window, identity.evaluation),
    ] {
        let time = |end: Option<crate::Timestamp>| end.map_or_else(String::new, |end| end.to_string());
        signed(&format!("{id}.issued"), &time(window.from), at);
        signed(&format!("{id}.next_update"), &time(window.until), at);
        signed(&format!("{id}.evaluation_data_number"), &evaluation.to_string(), at);
    }
}
