//! The TD report in the report slot of the HCL blob, against the quote that was made of it.
//!
//! | offset | bytes | field | in the body of the quote |
//! |---|---|---|---|
//! | 0x000 | 128 | type, CPUSVN, digests of the two structures below | |
//! | 0x080 | 64 | REPORTDATA | 0x208 |
//! | 0x0c0 | 64 | reserved, MAC | |
//! | 0x100 | 8 | VALID | |
//! | 0x108 | 120 | TEE_TCB_SVN, MRSEAM, MRSIGNERSEAM, SEAMATTRIBUTES | 0x000 |
//! | 0x180 | 128 | TEE_TCB_SVN2, reserved | |
//! | 0x200 | 400 | TDATTRIBUTES, XFAM, MRTD, MRCONFIGID, MROWNER, MROWNERCONFIG, RTMRs | 0x078 |
//! | 0x390 | 112 | SERVTD_HASH, reserved | |
//! | 0x400 | 160 | zeros up to the end of the slot | |
//!
//! Intel TDX Module ABI Specification (348551), TDREPORT_STRUCT. Its MAC is checked with a key that
//! never leaves the processor, so nothing but the quote makes a TD report authentic.

use crate::log::{Finding, Log, Stopped};
use crate::platform::tdx::AuthenticTd;
use crate::text::{hex, range};
use crate::verdict::{Authority, CheckSpec, Stage, checks};

checks! {
    /// The check that there is something to verify.
    QUOTE_CHECKS;

    /// There is a TD quote.
    PRESENT = CheckSpec::new(
        "az.td_quote.present", Stage::Evidence, Authority::Claim,
        "there is a TD quote beside the HCL blob",
        "platforms.md, 13; kettle-bundle.md, evidence.json",
        "have the TD quote made of the TD report in the blob; without it nothing vouches for the report",
    );
}

checks! {
    /// The checks of the report slot.
    CHECKS;

    /// The slot is zero after the TD report.
    PADDING = CheckSpec::new(
        "az.td_report.padding", Stage::Report, Authority::Claim,
        "every byte of the report slot after the TD report is zero",
        "Intel TDX Module ABI Specification (348551), TDREPORT_STRUCT", MEND,
    );
    /// The slot has the TD report that was quoted.
    QUOTED = CheckSpec::new(
        "az.td_report.quoted", Stage::Report, Authority::Claim,
        "the TD report in the HCL blob says what the TD quote says",
        "platforms.md, 13; Intel TDX Module ABI Specification (348551), TDREPORT_STRUCT", MEND,
    );
}

const MEND: &str = "fetch the bundle again; the HCL blob and the TD quote are not of one machine and boot";

/// Bytes of a TD report.
const SIZE: usize = 1024;

/// What the quote repeats: offset in the report, offset in the quote's body, bytes.
const QUOTED_FIELDS: [(usize, usize, usize); 3] = [(0x80, 0x208, 64), (0x108, 0, 120), (0x200, 0x78, 400)];

/// The quote. Without one the outcome is undecided, since nothing else signs the TD report.
///
/// # Errors
/// [`Stopped`] where there is none.
pub(super) fn quote<'q>(given: Option<&'q [u8]>, log: &mut Log<'_>) -> Result<&'q [u8], Stopped> {
    let found = if given.is_some() { "a quote" } else { "null" };
    let finding = Finding::new("a quote", found).at("/evidence/td_quote");
    match given {
        Some(quote) => log.require(&PRESENT, true, finding).map(|()| quote),
        None => Err(log.undecided(&PRESENT, finding)),
    }
}

/// Compares the slot with the quote. Nothing is taken from the slot, so the stage goes on.
pub(super) fn compare(slot: &[u8], td: &AuthenticTd, log: &mut Log<'_>) {
    let place =
        |start: usize, end: usize| range("hcl_report", SLOT.saturating_add(start), SLOT.saturating_add(end));
    let padding = slot.get(SIZE..).unwrap_or_default();
    let zeros = padding.iter().all(|byte| *byte == 0);
    let found = if zeros { "zeros" } else { "other bytes" };
    log.assess(&PADDING, zeros, Finding::new("zeros", found).at(place(SIZE, slot.len())));
    let pairs = QUOTED_FIELDS.map(|(at, quoted, size)| {
        let end = at.saturating_add(size);
        (td.body().slice(quoted, size), slot.get(at..end).unwrap_or_default(), place(at, end))
    });
    let differs = pairs.iter().find(|(quoted, found, _)| quoted != found || quoted.is_empty());
    let finding = match differs {
        Some((quoted, found, place)) => Finding::new(hex(quoted), hex(found)).at(place),
        None => Finding::new("what the quote says", "the same").at(place(0, SIZE)),
    };
    log.assess(&QUOTED, differs.is_none(), finding);
    log.unauthenticated(UNAUTHENTICATED);
}

/// Offset of the report slot in the blob.
const SLOT: usize = 32;

const UNAUTHENTICATED: &str = "what the TD report in the HCL blob has beyond the TD quote: its type, CPUSVN, digests, MAC, reserved bytes and current levels; no verdict rests on them";
