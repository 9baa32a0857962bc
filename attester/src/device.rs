//! Quote devices: the ways to the hardware's signature, each a few bytes in and a few out.
//!
//! | module | device | speaks |
//! |---|---|---|
//! | [`tsm`] | `/sys/kernel/config/tsm/report` | files of configfs: SEV-SNP and TDX |
//! | [`sev_guest`] | `/dev/sev-guest` | an ioctl with AMD's structures |
//! | [`tpm`] | `/dev/tpmrm0` | TPM 2.0 commands: Azure |
//! | [`metadata`] | Azure's metadata service | HTTP |
//! | [`nsm`] | `/dev/nsm` | an ioctl with CBOR: Nitro |
//! | [`dstack`] | `/var/run/dstack.sock` | HTTP over a Unix socket |
//!
//! Whatever a device or its host answers is bounded and read strictly. Nothing of it is believed: the bundle
//! that comes of it is verified before it is put in its place.

pub mod certificates;
pub mod dstack;
pub mod http;
pub mod metadata;
pub mod nsm;
pub mod sev_guest;
pub mod tpm;
pub mod tsm;

#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::failure::{At as _, Done, Failure};

/// Bytes of one answer of a device. The largest are a TDX quote's 8 kB and an event log's 64 kB.
pub const ANSWER_BYTES: usize = 1 << 20;

/// The whole of a file, which is no longer than an answer may be.
fn read_bounded(path: &Path) -> Done<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(ANSWER_BYTES).unwrap_or(u64::MAX);
    let read = File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes));
    read.at("read", path)?;
    if bytes.len() >= ANSWER_BYTES {
        return Err(Failure::build(format!("`{}` has more bytes than any answer has", path.display())));
    }
    Ok(bytes)
}
