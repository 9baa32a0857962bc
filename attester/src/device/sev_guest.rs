//! `/dev/sev-guest`: AMD's guest driver (Linux' `uapi/linux/sev-guest.h`; AMD publication 56860, table
//! "MSG_REPORT_REQ" and "MSG_REPORT_RSP").
//!
//! | request | bytes | | response | bytes | |
//! |---|---|---|---|---|---|
//! | 0x00 | 64 | report data | 0x00 | 4 | status, 0 |
//! | 0x40 | 4 | VMPL | 0x04 | 4 | size of the report, 1184 |
//! | 0x44 | 28 | zeros | 0x20 | 1184 | the report |

use std::fs::File;
use std::io;

use kettle_attest_ioctl::{SevGuestAnswer, sev_guest_extended_report};

use crate::failure::{Done, Failure};

/// Where the kernel has it.
pub const PLACE: &str = "dev/sev-guest";

/// Bytes of a report.
pub const REPORT_BYTES: usize = 1184;

/// Bytes that a host's certificates may have. Genuine ones have about 8 kB.
const CERTIFICATE_BYTES: u32 = 1 << 16;

/// What the host answers where the certificates have too little room: `SNP_GUEST_VMM_ERR_INVALID_LEN`.
const INVALID_LENGTH: u64 = 1 << 32;

/// The call to the device, which tests record.
pub trait Port {
    /// `SNP_GET_EXT_REPORT`.
    fn extended_report(
        &self,
        request: &[u8; 96],
        response: &mut [u8; 4000],
        certificates: &mut [u8],
    ) -> (io::Result<()>, SevGuestAnswer);
}

impl Port for File {
    fn extended_report(
        &self,
        request: &[u8; 96],
        response: &mut [u8; 4000],
        certificates: &mut [u8],
    ) -> (io::Result<()>, SevGuestAnswer) {
        sev_guest_extended_report(self, request, response, certificates)
    }
}

/// A report over 64 bytes, and the table of the host's certificates.
///
/// # Errors
/// [`Failure`] where firmware, host or kernel refuse.
pub fn report(port: &dyn Port, data: &[u8; 64], vmpl: u8) -> Done<(Vec<u8>, Vec<u8>)> {
    let mut request = [0; 96];
    let (head, rest) = request.split_at_mut(64);
    head.copy_from_slice(data);
    if let Some(level) = rest.first_mut() {
        *level = vmpl;
    }
    let mut response = [0; 4000];
    let mut certificates = Vec::new();
    let (mut done, mut answer) = port.extended_report(&request, &mut response, &mut certificates);
    if answer.exit_info == INVALID_LENGTH {
        if answer.certificate_bytes > CERTIFICATE_BYTES {
            return Err(Failure::build(format!(
                "the host has {} bytes of certificates, more than any chain has",
                answer.certificate_bytes
            )));
        }
        certificates = vec![0; usize::try_from(answer.certificate_bytes).unwrap_or(0)];
        (done, answer) = port.extended_report(&request, &mut response, &mut certificates);
    }
    if let Err(error) = done {
        return Err(Failure::build(format!(
            "`/dev/sev-guest` refuses a report: {error} (firmware and host: {:#x})",
            answer.exit_info
        )));
    }
    Ok((taken(&response)?, certificates))
}

/// The report out of a response.
fn taken(response: &[u8; 4000]) -> Done<Vec<u8>> {
    let number = |at: usize| {
        let bytes = response.get(at..).and_then(|rest| rest.first_chunk::<4>());
        bytes.map(|bytes| u32::from_le_bytes(*bytes))
    };
    match (number(0), number(4).and_then(|size| usize::try_from(size).ok()), response.get(0x20..)) {
        (Some(0), Some(REPORT_BYTES), Some(rest)) => {
            Ok(rest.get(..REPORT_BYTES).unwrap_or_default().to_vec())
        }
        (status, size, _) => Err(Failure::build(format!(
            "`/dev/sev-guest` answers with status {} and a report of {} bytes",
            status.unwrap_or_default(),
            size.unwrap_or_default()
        ))),
    }
}
