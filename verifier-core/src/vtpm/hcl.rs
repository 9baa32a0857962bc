//! The HCL blob: what the paravisor writes into NV index 0x01400001 of the virtual TPM.
//!
//! All numbers are little-endian.
//!
//! | offset | size | field | value |
//! |---|---|---|---|
//! | 0x000 | 4 | magic | `HCLA` |
//! | 0x004 | 4 | version | 1 or 2, on every platform |
//! | 0x008 | 4 | size | 32 + 1184 + data size |
//! | 0x00c | 4 | request type | 2 |
//! | 0x010 | 4 | status | 0 |
//! | 0x014 | 12 | reserved | 0 |
//! | 0x020 | 1184 | report slot | the SEV-SNP report, or the TD report and zeros |
//! | 0x4c0 | 4 | data size | 20 + runtime data size |
//! | 0x4c4 | 4 | request version | 1 |
//! | 0x4c8 | 4 | report type | 2 for SEV-SNP, 4 for TDX |
//! | 0x4cc | 4 | hash type | 1 for SHA-256 |
//! | 0x4d0 | 4 | runtime data size | |
//! | 0x4d4 | | runtime data | JSON |
//! | | | padding | 0, up to 2600 bytes; 2048 on old machines |
//!
//! Only the report and the runtime data are authentic in the end. The header's fields are signed by
//! nobody, which is why each must have its one value.

use alloc::format;
use alloc::string::ToString;

use crate::limits::HCL_BYTES;
use crate::log::{Finding, Log, Stopped};
use crate::reader::{LayoutError, Reader};
use crate::text::{hex, range};
use crate::verdict::{Authority, CheckSpec, Stage, checks};

const CLAUSE: &str = "platforms.md, 12; OpenHCL, igvm_attest, IgvmAttestRequestHeader";
const DATA_CLAUSE: &str = "platforms.md, 12; OpenHCL, igvm_attest, IgvmAttestRequestData";
const MEND: &str = "fetch the bundle again; the HCL blob is damaged or is not one of Azure's";

const fn check(id: &'static str, title: &'static str, clause: &'static str) -> CheckSpec {
    CheckSpec::new(id, Stage::Evidence, Authority::Claim, title, clause, MEND)
}

checks! {
    /// The checks of the HCL blob.
    CHECKS;

    /// The blob is large enough for its headers and not larger than its bound.
    LENGTH = check("az.hcl.length", "the HCL blob holds both headers and a report, and keeps within its bound", CLAUSE);
    /// The magic is `HCLA`.
    MAGIC = check("az.hcl.magic", "the HCL blob begins with `HCLA`", CLAUSE);
    /// The version is 1 or 2.
    VERSION = check("az.hcl.version", "the HCL header has version 1 or 2", CLAUSE);
    /// The request type is 2.
    REQUEST_TYPE = check("az.hcl.request_type", "the HCL request is the one for an attestation key certificate", CLAUSE);
    /// The status is 0.
    STATUS = check("az.hcl.status", "the HCL status is zero", CLAUSE);
    /// The reserved field is zero.
    RESERVED = check("az.hcl.reserved", "the reserved bytes of the HCL header are zero", CLAUSE);
    /// The data size is 20 and the size of the runtime data.
    DATA_SIZE = check("az.hcl.data_size", "the HCL data size is that of its header and the runtime data", DATA_CLAUSE);
    /// The size is that of the headers, the report slot and the runtime data, within the blob.
    SIZE = check("az.hcl.size", "the HCL size is that of header, report and data, and the blob holds it", CLAUSE);
    /// The request version is 1.
    REQUEST_VERSION = check("az.hcl.request_version", "the HCL request data has version 1", DATA_CLAUSE);
    /// The report type fits the platform.
    REPORT_TYPE = CheckSpec::new(
        "az.hcl.report_type", Stage::Evidence, Authority::Claim,
        "the HCL report type is that of the platform",
        DATA_CLAUSE,
        "the evidence is of another platform than its label says; ask for the bundle as it was built",
    );
    /// The hash type is SHA-256.
    HASH_TYPE = check("az.hcl.hash_type", "the runtime data is bound by SHA-256", DATA_CLAUSE);
    /// The bytes after the runtime data are zero.
    PADDING = check("az.hcl.padding", "every byte after the runtime data is zero", CLAUSE);
}

/// What an HCL blob may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReportType {
    /// A SEV-SNP report.
    Snp,
    /// A TD report.
    Tdx,
}

impl ReportType {
    const fn number(self) -> u32 {
        match self {
            Self::Snp => 2,
            Self::Tdx => 4,
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Snp => "SEV-SNP",
            Self::Tdx => "TDX",
        }
    }
}

/// An HCL blob whose layout holds. Its report and its runtime data are not authentic yet.
#[derive(Debug)]
pub(crate) struct HclBlob<'a> {
    report: &'a [u8],
    runtime: &'a [u8],
}

impl<'a> HclBlob<'a> {
    /// Reads a blob.
    ///
    /// # Errors
    /// [`Stopped`] at the first field that does not hold.
    pub(crate) fn read(blob: &'a [u8], kind: ReportType, log: &mut Log<'_>) -> Result<Self, Stopped> {
        let fields = log.obtain(&LENGTH, sized(blob))?;
        header(&fields, log)?;
        sizes(&fields, blob.len(), log)?;
        request_data(&fields, kind, log)?;
        let (runtime, padding) = fields.tail.split_at_checked(fields.runtime_size()).unwrap_or_default();
        let start = RUNTIME.saturating_add(runtime.len());
        let first = padding.iter().position(|byte| *byte != 0);
        let found = first.map_or_else(
            || format!("{} zero bytes", padding.len()),
            |at| format!("another byte at {:#x}", start.saturating_add(at)),
        );
        let place = range(BLOB, start, blob.len());
        log.require(&PADDING, first.is_none(), Finding::new("zero bytes only", found).at(place))?;
        log.claim("azure.hcl_version", fields.version.to_string(), Authority::Claim, range(BLOB, 4, 8));
        log.unauthenticated(
            "the headers of the HCL blob and the number of zero bytes after it: nothing signs them, so each field must have its one value; the version may be 1 or 2",
        );
        Ok(Self { report: fields.report, runtime })
    }

    /// The report slot, 1184 bytes.
    pub(crate) const fn report(&self) -> &'a [u8] {
        self.report
    }

    /// The runtime data.
    pub(crate) const fn runtime(&self) -> &'a [u8] {
        self.runtime
    }
}

struct Fields<'a> {
    magic: [u8; 4],
    version: u32,
    size: u32,
    request_type: u32,
    status: u32,
    reserved: [u8; 12],
    report: &'a [u8],
    data_size: u32,
    request_version: u32,
    report_type: u32,
    hash_type: u32,
    runtime_size: u32,
    tail: &'a [u8],
}

impl Fields<'_> {
    fn runtime_size(&self) -> usize {
        usize::try_from(self.runtime_size).unwrap_or(usize::MAX)
    }
}

fn sized(blob: &[u8]) -> Result<(Fields<'_>, Finding), Finding> {
    let expected = format!("{RUNTIME} to {HCL_BYTES} bytes");
    let finding = Finding::new(&expected, blob.len().to_string()).at("/evidence/hcl_report");
    if blob.len() > HCL_BYTES {
        return Err(finding);
    }
    match fields(blob) {
        Ok(fields) => Ok((fields, finding)),
        Err(_) => Err(finding),
    }
}

fn fields(blob: &[u8]) -> Result<Fields<'_>, LayoutError> {
    let mut reader = Reader::new(blob);
    let fields = Fields {
        magic: reader.array()?,
        version: reader.u32_le()?,
        size: reader.u32_le()?,
        request_type: reader.u32_le()?,
        status: reader.u32_le()?,
        reserved: reader.array()?,
        report: reader.take(SLOT)?,
        data_size: reader.u32_le()?,
        request_version: reader.u32_le()?,
        report_type: reader.u32_le()?,
        hash_type: reader.u32_le()?,
        runtime_size: reader.u32_le()?,
        tail: &[],
    };
    let tail = blob.get(reader.position()..).unwrap_or_default();
    Ok(Fields { tail, ..fields })
}

fn header(fields: &Fields<'_>, log: &mut Log<'_>) -> Result<(), Stopped> {
    let magic = Finding::new(hex(b"HCLA"), hex(&fields.magic)).at(range(BLOB, 0, 4));
    log.require(&MAGIC, fields.magic == *b"HCLA", magic)?;
    let version = Finding::new("1 or 2", fields.version.to_string()).at(range(BLOB, 4, 8));
    log.require(&VERSION, matches!(fields.version, 1 | 2), version)?;
    number(&REQUEST_TYPE, 2, fields.request_type, 12, log)?;
    number(&STATUS, 0, fields.status, 16, log)?;
    let reserved = Finding::new(hex(&[0; 12]), hex(&fields.reserved)).at(range(BLOB, 20, HEADER));
    log.require(&RESERVED, fields.reserved == [0; 12], reserved)
}

fn sizes(fields: &Fields<'_>, length: usize, log: &mut Log<'_>) -> Result<(), Stopped> {
    // Runtime data of no bytes could name no key.
    let data_size = fields.runtime_size.checked_add(20).filter(|_| fields.runtime_size > 0);
    let expected = format!("20 + {}, with data", fields.runtime_size);
    let finding =
        Finding::new(expected, fields.data_size.to_string()).at(range(BLOB, DATA, DATA.saturating_add(4)));
    log.require(&DATA_SIZE, data_size == Some(fields.data_size), finding)?;
    let size = fields.data_size.checked_add(1216);
    let fits = usize::try_from(fields.size).is_ok_and(|size| size <= length);
    let expected = format!("32 + 1184 + {}, at most {length}", fields.data_size);
    let finding = Finding::new(expected, fields.size.to_string()).at(range(BLOB, 8, 12));
    log.require(&SIZE, size == Some(fields.size) && fits, finding)
}

fn request_data(fields: &Fields<'_>, kind: ReportType, log: &mut Log<'_>) -> Result<(), Stopped> {
    number(&REQUEST_VERSION, 1, fields.request_version, DATA.saturating_add(4), log)?;
    let expected = format!("{} ({})", kind.number(), kind.title());
    let place = range(BLOB, DATA.saturating_add(8), DATA.saturating_add(12));
    let finding = Finding::new(expected, fields.report_type.to_string()).at(place);
    log.require(&REPORT_TYPE, fields.report_type == kind.number(), finding)?;
    number(&HASH_TYPE, 1, fields.hash_type, DATA.saturating_add(12), log)
}

/// Requires a field of four bytes to have its one value.
fn number(
    spec: &'static CheckSpec,
    expected: u32,
    found: u32,
    offset: usize,
    log: &mut Log<'_>,
) -> Result<(), Stopped> {
    let finding = Finding::new(expected.to_string(), found.to_string());
    log.require(spec, found == expected, finding.at(range(BLOB, offset, offset.saturating_add(4))))
}

/// The blob, as it is called in locations.
const BLOB: &str = "hcl_report";
/// Bytes of the header.
const HEADER: usize = 32;
/// Bytes of the report slot: those of a SEV-SNP report.
const SLOT: usize = 1184;
/// Offset of the request data.
const DATA: usize = 0x4c0;
/// Offset of the runtime data.
const RUNTIME: usize = 0x4d4;
