//! Azure's layout around its virtual TPM: where the blob lies that binds the TPM's key to the processor's
//! report, and which processor that is. `verifier-core` reads and verifies the whole of it; here only as much
//! is read as tells what to ask for next.

use std::net::SocketAddr;

use serde_json::Value;

use super::envelope::{self, Inner};
use crate::device::metadata;
use crate::device::tpm::{self, Channel};
use crate::failure::{Done, Failure};

/// The NV index of the blob.
pub(super) const BLOB: u32 = 0x0140_0001;

/// The handle of the attestation key.
pub(super) const KEY: u32 = 0x8100_0003;

/// The report in the blob, and where the blob says what kind it is of.
const REPORT: core::ops::Range<usize> = 32..32 + 1184;
const KIND: core::ops::Range<usize> = 0x4c8..0x4cc;

/// Bytes of a TD report in its slot of 1184.
const TD_REPORT_BYTES: usize = 1024;

/// The processor below the paravisor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Below {
    Snp,
    Tdx,
}

impl Below {
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Snp => "az-snp",
            Self::Tdx => "az-tdx",
        }
    }

    /// The processor that a blob speaks of.
    pub(super) fn of(blob: &[u8]) -> Option<Self> {
        let kind = blob.starts_with(b"HCLA").then_some(blob)?.get(KIND)?;
        match kind {
            [2, 0, 0, 0] => Some(Self::Snp),
            [4, 0, 0, 0] => Some(Self::Tdx),
            _ => None,
        }
    }
}

/// What the metadata service has for a report: the processor's certificate, or a quote.
pub(super) fn endorsed(service: SocketAddr, below: Below, report: &[u8]) -> Done<Inner> {
    Ok(match below {
        Below::Snp => Inner::Vcek(metadata::vcek(service)?),
        Below::Tdx => {
            let report = report.get(..TD_REPORT_BYTES).unwrap_or_default();
            Inner::TdQuote(metadata::td_quote(service, report)?)
        }
    })
}

/// The evidence of an Azure machine over the attested bytes. `endorse` has what vouches for the report.
pub(super) fn attest(
    tpm: &mut dyn Channel,
    attested: &[u8],
    endorse: &dyn Fn(Below, &[u8]) -> Done<Inner>,
    collateral: Option<Value>,
) -> Done<Vec<u8>> {
    let blob = tpm::nv_read(tpm, BLOB)?;
    let below = Below::of(&blob).ok_or_else(|| Failure::build("the TPM's blob is none of Azure's"))?;
    let inner = endorse(below, blob.get(REPORT).unwrap_or_default())?;
    // A PCR that is extended between the two readings would make a quote over other values.
    for _ in 0..5 {
        let pcrs = tpm::pcrs(tpm)?;
        let quote = tpm::quote(tpm, KEY, attested)?;
        if tpm::pcrs(tpm)? == pcrs {
            return Ok(envelope::azure(below.label(), &quote, &pcrs, &blob, (&inner, collateral)));
        }
    }
    Err(Failure::build("the PCRs change all the time; wait until the machine has booted"))
}
