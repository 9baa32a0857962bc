//! The quoting enclave: an SGX enclave of Intel's that turns the TDX module's report into a quote.
//! The processor's key (PCK) signs its report, whose data name the attestation key.
//!
//! | offset | bytes | field |
//! |---|---|---|
//! | 0x000 | 16 | CPUSVN |
//! | 0x010 | 4 | MISCSELECT |
//! | 0x030 | 16 | ATTRIBUTES |
//! | 0x040 | 32 | MRENCLAVE |
//! | 0x080 | 32 | MRSIGNER |
//! | 0x100 | 2 | ISVPRODID |
//! | 0x102 | 2 | ISVSVN |
//! | 0x140 | 64 | REPORTDATA |
//!
//! Intel 64 and IA-32 Architectures Software Developer's Manual, volume 3D, REPORT.

use alloc::format;

use super::chain::TrustedPck;
use super::checks;
use super::quote::Quote;
use crate::crypto::{P256Key, Sha256};
use crate::log::{Finding, Log, Stopped};
use crate::text::hex;

const DEBUG: u8 = 1 << 1;

/// A quoting enclave's report. Nothing says yet who signed it.
#[derive(Clone, Copy)]
pub(super) struct QeReport<'a> {
    bytes: &'a [u8],
}

impl<'a> QeReport<'a> {
    /// The size of a report.
    pub(super) const BYTES: usize = 384;

    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    fn field<const N: usize>(&self, offset: usize) -> [u8; N] {
        let end = offset.saturating_add(N);
        self.bytes.get(offset..end).and_then(|slice| slice.try_into().ok()).unwrap_or([0; N])
    }

    pub(super) fn misc_select(&self) -> [u8; 4] {
        self.field(0x10)
    }

    pub(super) fn attributes(&self) -> [u8; 16] {
        self.field(0x30)
    }

    pub(super) fn mr_signer(&self) -> [u8; 32] {
        self.field(0x80)
    }

    pub(super) fn product_id(&self) -> u16 {
        u16::from_le_bytes(self.field(0x100))
    }

    pub(super) fn svn(&self) -> u16 {
        u16::from_le_bytes(self.field(0x102))
    }

    fn report_data(&self) -> [u8; 64] {
        self.field(0x140)
    }
}

/// Verifies the two signatures between the PCK and the body: the PCK's over the quoting enclave, and
/// the attestation key's over the quote.
pub(super) fn authenticate(
    quote: &Quote<'_>,
    pck: &TrustedPck<'_>,
    log: &mut Log<'_>,
) -> Result<(), Stopped> {
    let report = quote.qe_report;
    let (r, s) = &quote.qe_signature;
    signature(&checks::QE_SIGNATURE, pck.key(), report.bytes, (r, s), log)?;
    bound(quote, log)?;
    let [flags, ..] = report.attributes();
    let found = if flags & DEBUG == 0 { "not" } else { "debuggable" };
    log.require(&checks::QE_DEBUG, flags & DEBUG == 0, Finding::new("not", found).at("qe_report[0x30]"))?;
    let key = log.obtain(&checks::ATTESTATION_KEY, attestation_key(&quote.attestation_key))?;
    let (r, s) = &quote.signature;
    signature(&checks::SIGNATURE, &key, quote.signed, (r, s), log)
}

fn signature(
    spec: &'static crate::verdict::CheckSpec,
    key: &P256Key,
    message: &[u8],
    (r, s): (&[u8; 32], &[u8; 32]),
    log: &mut Log<'_>,
) -> Result<(), Stopped> {
    let holds = key.verifies_sha256(message, r, s);
    let found = if holds { "it did" } else { "the signature does not verify" };
    log.require(spec, holds, Finding::new("a signature by that key", found))
}

/// REPORTDATA is SHA-256(attestation key ‖ authentication data), then 32 zeros.
fn bound(quote: &Quote<'_>, log: &mut Log<'_>) -> Result<(), Stopped> {
    let mut hash = Sha256::default();
    hash.update(&quote.attestation_key);
    hash.update(quote.authentication_data);
    let mut expected = [0; 64];
    for (slot, byte) in expected.iter_mut().zip(hash.finish()) {
        *slot = byte;
    }
    let found = quote.qe_report.report_data();
    let finding = Finding::new(hex(&expected), hex(&found)).at("qe_report[0x140..0x180]");
    log.require(&checks::QE_REPORT_DATA, expected == found, finding)
}

fn attestation_key(point: &[u8; 64]) -> Result<(P256Key, Finding), Finding> {
    let mut uncompressed = [4; 65];
    for (slot, byte) in uncompressed.iter_mut().skip(1).zip(point) {
        *slot = *byte;
    }
    let expected = "a point of the curve P-256";
    match P256Key::from_point(&uncompressed) {
        Some(key) => {
            Ok((key, Finding::new(expected, format!("{}…", hex(point.get(..8).unwrap_or_default())))))
        }
        None => Err(Finding::new(expected, "a point beside it")),
    }
}
