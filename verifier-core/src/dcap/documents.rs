//! The collateral as it is stapled: one JSON object of texts, in the layout that existing tools
//! write.
//!
//! | field | content |
//! |---|---|
//! | `pck_crl_issuer_chain` | PEM: PCK CA, root |
//! | `root_ca_crl`, `pck_crl` | DER as hex |
//! | `tcb_info_issuer_chain` | PEM: TCB signing certificate, root |
//! | `tcb_info` | the JSON text that Intel signed, byte for byte |
//! | `tcb_info_signature` | r and s as hex, 64 bytes |
//! | `qe_identity_issuer_chain`, `qe_identity`, `qe_identity_signature` | likewise |
//! | `pck_certificate_chain` | optional, and not read: the quote brings its own |

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::chain::TrustedPck;
use super::checks;
use super::tcb_info;
use crate::json::{self, Value};
use crate::limits::{COLLATERAL_BYTES, COLLATERAL_ITEMS};
use crate::log::{Finding, Log, Stopped};
use crate::platform::Context;
use crate::text::unhex_any;

/// What it is.
pub(super) const EXPECTED: &str =
    "one object of texts: the lists, the TCB info, the QE identity, their signatures and issuers";

/// The texts of one piece of collateral. Nothing says yet who wrote them.
#[derive(Debug, Default, Clone)]
pub(super) struct Documents {
    pub(super) pck_crl_issuer_chain: String,
    pub(super) root_ca_crl: String,
    pub(super) pck_crl: String,
    pub(super) tcb_info: Signed,
    pub(super) qe_identity: Signed,
    /// Where it was found.
    pub(super) place: String,
}

/// A JSON text with the signature over its bytes.
#[derive(Debug, Default, Clone)]
pub(super) struct Signed {
    pub(super) chain: String,
    pub(super) text: String,
    pub(super) signature: String,
}

/// Takes the collateral for a platform: what lies beside the bundle before what the bundle itself
/// brings, and of several the one that is for this platform and current. Only what is signed counts
/// for anything, so whoever arranges them can at most have none fit. `None` where there is none.
pub(super) fn choose(
    pck: &TrustedPck<'_>,
    stapled: Option<&Value<'_>>,
    context: &Context<'_>,
    log: &mut Log<'_>,
) -> Result<Option<Documents>, Stopped> {
    let beside = context.collateral.intel.iter().take(COLLATERAL_ITEMS).enumerate();
    let beside = beside.map(|(index, bytes)| from_bytes(bytes, &format!("collateral {index}")));
    let within = stapled.map(|value| from_value(value, "/evidence/collateral"));
    let mut found: Vec<Result<Documents, Finding>> = beside.chain(within).collect();
    let expected = format!("collateral for {}", pck.extensions().describe());
    if found.is_empty() {
        let none = "none in the bundle or beside it";
        let _ = log.undecided(&checks::PRESENT, Finding::new(expected, none));
        return Ok(None);
    }
    let rank = |given: &Result<Documents, Finding>| match given {
        Ok(documents) => tcb_info::fit(&documents.tcb_info.text, pck.extensions(), context.now),
        Err(_) => 0,
    };
    let best = found
        .iter()
        .map(rank)
        .enumerate()
        .fold((0, 0), |best, (index, rank)| if rank > best.1 { (index, rank) } else { best });
    let chosen = found.swap_remove(best.0);
    let place = chosen.as_ref().map_or("collateral", |documents| documents.place.as_str());
    log.require(&checks::PRESENT, true, Finding::new(expected, place))?;
    let documents = chosen.map(|documents| (documents, Finding::new(EXPECTED, "these")));
    log.obtain(&checks::LAYOUT, documents).map(Some)
}

pub(super) fn from_bytes(bytes: &[u8], place: &str) -> Result<Documents, Finding> {
    let value = json::parse(bytes, COLLATERAL_BYTES)
        .map_err(|error| Finding::new(EXPECTED, error.to_string()).at(place))?;
    from_value(&value, place)
}

fn from_value(value: &Value<'_>, place: &str) -> Result<Documents, Finding> {
    let refused = |found: &str, name: &str| Finding::new(EXPECTED, found).at(format!("{place}/{name}"));
    let mut documents = Documents { place: place.into(), ..Documents::default() };
    let mut seen = 0_usize;
    for (name, value) in value.as_object().ok_or_else(|| refused("no object", ""))? {
        let slot = match name.as_ref() {
            "pck_crl_issuer_chain" => &mut documents.pck_crl_issuer_chain,
            "root_ca_crl" => &mut documents.root_ca_crl,
            "pck_crl" => &mut documents.pck_crl,
            "tcb_info_issuer_chain" => &mut documents.tcb_info.chain,
            "tcb_info" => &mut documents.tcb_info.text,
            "tcb_info_signature" => &mut documents.tcb_info.signature,
            "qe_identity_issuer_chain" => &mut documents.qe_identity.chain,
            "qe_identity" => &mut documents.qe_identity.text,
            "qe_identity_signature" => &mut documents.qe_identity.signature,
            "pck_certificate_chain" => continue,
            other => return Err(refused("an unknown field", other)),
        };
        let text = value.as_str().ok_or_else(|| refused(value.kind(), name))?;
        if text.len() > COLLATERAL_BYTES {
            return Err(refused("a longer text than a field may be", name));
        }
        slot.push_str(text);
        seen = seen.saturating_add(1);
    }
    if seen == 9 { Ok(documents) } else { Err(refused("a field is missing", "")) }
}

/// Hex in either case: nothing signs its spelling.
pub(super) fn hex_bytes(text: &str) -> Option<Vec<u8>> {
    unhex_any(&text.to_ascii_lowercase())
}
