//! Intel's identity of the quoting enclave of TDs.
//!
//! Intel PCS API v4, enclave identity, version 2.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::checks;
use super::fields::{SvnLevel, hex, met, number, svn_levels, text, window};
use super::qe::QeReport;
use super::signed::AuthenticText;
use super::status;
use crate::json::{self, Value};
use crate::limits::COLLATERAL_BYTES;
use crate::log::{Finding, Log, Stopped};
use crate::platform::Validity;
use crate::text::hex as to_hex;

/// A QE identity whose bytes Intel signed.
pub(super) struct QeIdentity {
    pub(super) id: String,
    pub(super) version: u32,
    pub(super) window: Validity,
    pub(super) evaluation: u32,
    misc_select: [u8; 4],
    misc_select_mask: [u8; 4],
    attributes: [u8; 16],
    attributes_mask: [u8; 16],
    mr_signer: [u8; 32],
    product_id: u16,
    levels: Vec<SvnLevel>,
}

/// Reads a QE identity.
pub(super) fn read(text: &AuthenticText<'_>) -> Result<(QeIdentity, Finding), Finding> {
    let expected = "a QE identity of Intel's form";
    let refused = |found: String| Finding::new(expected, found).at("qe_identity");
    let value = json::parse(text.bytes(), COLLATERAL_BYTES).map_err(|error| refused(error.to_string()))?;
    let identity = document(&value).map_err(refused)?;
    let finding = refused(format!("{} levels", identity.levels.len()));
    Ok((identity, finding))
}

fn document(value: &Value<'_>) -> Result<QeIdentity, String> {
    Ok(QeIdentity {
        id: text(value, "id")?.into(),
        version: number(value, "version")?,
        window: window(value)?,
        evaluation: number(value, "tcbEvaluationDataNumber")?,
        misc_select: hex(value, "miscselect")?,
        misc_select_mask: hex(value, "miscselectMask")?,
        attributes: hex(value, "attributes")?,
        attributes_mask: hex(value, "attributesMask")?,
        mr_signer: hex(value, "mrsigner")?,
        product_id: number(value, "isvprodid")?,
        levels: svn_levels(value, status::OF_ENCLAVE)?,
    })
}

/// Compares the quoting enclave of the quote with the identity; its level.
pub(super) fn appraise<'i>(
    report: QeReport<'_>,
    identity: &'i QeIdentity,
    log: &mut Log<'_>,
) -> Result<&'i SvnLevel, Stopped> {
    let difference = difference(report, identity);
    let holds = difference.is_none();
    let finding = difference.unwrap_or_else(|| {
        Finding::new(format!("signer {}", to_hex(&identity.mr_signer)), "the same").at("qe_report")
    });
    log.require(&checks::QE_IDENTITY, holds, finding)?;
    let svn = report.svn();
    let lowest = identity.levels.last().map_or(0, |level| level.svn);
    let finding = Finding::new(format!("at least {lowest}"), svn.to_string()).at("qe_report[0x102..0x104]");
    match met(&identity.levels, svn) {
        Some(level) => log.obtain(&checks::QE_LEVEL, Ok((level, finding))),
        None => log.obtain(&checks::QE_LEVEL, Err(finding)),
    }
}

fn difference(report: QeReport<'_>, identity: &QeIdentity) -> Option<Finding> {
    let compared = |what: &str, expected: &[u8], found: &[u8], place: &str| {
        Finding::new(format!("{what} {}", to_hex(expected)), to_hex(found)).at(place)
    };
    if report.mr_signer() != identity.mr_signer {
        let found = report.mr_signer();
        return Some(compared("signer", &identity.mr_signer, &found, "qe_report[0x80..0xa0]"));
    }
    if report.product_id() != identity.product_id {
        let expected = format!("product {}", identity.product_id);
        let found = report.product_id().to_string();
        return Some(Finding::new(expected, found).at("qe_report[0x100..0x102]"));
    }
    let found = report.misc_select();
    if !masked(&found, &identity.misc_select, &identity.misc_select_mask) {
        return Some(compared("misc select", &identity.misc_select, &found, "qe_report[0x10..0x14]"));
    }
    let found = report.attributes();
    if !masked(&found, &identity.attributes, &identity.attributes_mask) {
        return Some(compared("attributes", &identity.attributes, &found, "qe_report[0x30..0x40]"));
    }
    None
}

/// Whether two values are the same in the bits of a mask.
pub(super) fn masked<const N: usize>(found: &[u8; N], expected: &[u8; N], mask: &[u8; N]) -> bool {
    found.iter().zip(expected).zip(mask).all(|((found, expected), mask)| found & mask == expected & mask)
}
