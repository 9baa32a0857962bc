//! What an authentic TD report must say of itself, and what it says.

use alloc::format;
use alloc::string::ToString as _;

use super::checks;
use crate::dcap::{AuthenticQuote, TdBody};
use crate::log::{Finding, Log, Stopped};
use crate::platform::Validity;
use crate::text::hex;
use crate::verdict::{Authority, CheckSpec, Link};

/// A TD report that stands under a trusted root. Only this module makes one, and it is not `Clone`:
/// holding it is the proof.
pub struct AuthenticTd {
    quote: AuthenticQuote,
    report_data: [u8; 64],
}

impl AuthenticTd {
    /// The 64 bytes that the guest chose.
    #[must_use]
    pub fn report_data(&self) -> &[u8; 64] {
        &self.report_data
    }

    /// RTMR0 to RTMR3.
    #[must_use]
    pub fn rtmrs(&self) -> [[u8; 48]; 4] {
        self.body().rtmrs().map(|(value, _)| value)
    }

    /// Where the report data lie.
    #[must_use]
    pub fn report_data_place(&self) -> alloc::string::String {
        self.body().place(0x208, 64)
    }

    /// The window in which the quote and its collateral verify.
    #[must_use]
    pub fn validity(&self) -> Validity {
        self.quote.validity()
    }

    /// The links from the quote to the vendor root, nearest first.
    #[must_use]
    pub fn links(&self) -> &[Link] {
        self.quote.links()
    }

    /// The body of the quote.
    pub(crate) fn body(&self) -> &TdBody {
        self.quote.body()
    }
}

/// Looks at what the report says of itself. All of it is gathered, so that a report with two faults
/// shows both, and then the first of them stops the stage.
pub(super) fn establish(quote: AuthenticQuote, log: &mut Log<'_>) -> Result<AuthenticTd, Stopped> {
    let body = quote.body();
    let holds = [
        zero(&checks::TCB_SVN, &body.tee_tcb_svn(), false, &body.place(0, 16), log),
        zero(&checks::MODULE_SIGNER, &body.mr_signer_seam(), true, &body.place(0x40, 48), log),
        zero(&checks::MODULE_ATTRIBUTES, &body.seam_attributes(), true, &body.place(0x70, 8), log),
        zero(&checks::MEASURED, &body.mr_td(), false, &body.place(0x88, 48), log),
    ];
    if holds.contains(&false) {
        return Err(Stopped::after_failure());
    }
    claims(body, log);
    let report_data = body.report_data();
    Ok(AuthenticTd { quote, report_data })
}

fn zero(spec: &'static CheckSpec, found: &[u8], zero: bool, at: &str, log: &mut Log<'_>) -> bool {
    let is = found.iter().all(|byte| *byte == 0);
    let expected = if zero { "zeros" } else { "not all zero" };
    log.assess(spec, is == zero, Finding::new(expected, hex(found)).at(at))
}

/// What the authentic report says, for the verdict and for the policy.
fn claims(body: &TdBody, log: &mut Log<'_>) {
    let mut hardware = |id: &str, value: &str, at: usize, size: usize| {
        log.claim(id, value, Authority::Hardware, body.place(at, size));
    };
    hardware("tdx.mrtd", &hex(&body.mr_td()), 0x88, 48);
    for (index, (value, offset)) in body.rtmrs().into_iter().enumerate() {
        hardware(&format!("tdx.rtmr.{index}"), &hex(&value), offset, 48);
    }
    hardware("tdx.body", body.kind().name(), 0, 16);
    hardware("tdx.tee_tcb_svn", &hex(&body.tee_tcb_svn()), 0, 16);
    if let Some(svn) = body.tee_tcb_svn2() {
        hardware("tdx.tee_tcb_svn2", &hex(&svn), 0x248, 16);
    }
    hardware("tdx.mr_seam", &hex(&body.mr_seam()), 0x10, 48);
    hardware("tdx.td_attributes", &hex(&body.td_attributes().to_le_bytes()), 0x78, 8);
    hardware("tdx.xfam", &hex(&body.xfam().to_le_bytes()), 0x80, 8);
    hardware("tdx.mr_config_id", &hex(&body.mr_config_id()), 0xb8, 48);
    hardware("tdx.mr_owner", &hex(&body.mr_owner()), 0xe8, 48);
    hardware("tdx.mr_owner_config", &hex(&body.mr_owner_config()), 0x118, 48);
    hardware("tdx.report_data", &hex(&body.report_data()), 0x208, 64);
    if let Some((hash, offset)) = body.service_tds().first() {
        hardware("tdx.mr_service_td", &hex(hash), *offset, 48);
    }
    if let Some(index) = body.vm_index() {
        hardware("tdx.vm_index", &index.to_string(), 0x288, 1);
    }
    if let Some(id) = body.td_id() {
        hardware("tdx.td_id", &hex(&id), 0x289, 32);
    }
}
