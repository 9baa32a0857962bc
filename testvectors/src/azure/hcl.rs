//! The HCL blob. All numbers are little-endian.
//!
//! ```text
//! 0x000 "HCLA"   0x008 size           0x010 status   0x020 report, 1184 bytes
//! 0x004 version  0x00c request type   0x014 zeros
//! 0x4c0 data size   0x4c8 report type (2 SNP, 4 TDX)   0x4d0 length of the runtime data
//! 0x4c4 version     0x4cc hash type (1 SHA-256)        0x4d4 runtime data, then zeros
//! ```

/// The header fields, each free to lie.
#[derive(Debug, Clone)]
pub struct Hcl {
    /// `HCLA`.
    pub magic: [u8; 4],
    /// 1 or 2; not a platform tag.
    pub version: u32,
    /// 32 + 1184 + data size; `None` computes it.
    pub size: Option<u32>,
    /// 2.
    pub request_type: u32,
    /// 20 + length of the runtime data; `None` computes it.
    pub data_size: Option<u32>,
    /// 2 for SNP, 4 for TDX.
    pub report_type: u32,
    /// 1 for SHA-256.
    pub hash_type: u32,
    /// The length of the runtime data; `None` computes it.
    pub runtime_length: Option<u32>,
    /// The size of the whole blob with its zeros: 2600, and 2048 in 2022.
    pub total: usize,
}

impl Hcl {
    /// A sound header.
    #[must_use]
    pub const fn of_version(version: u32) -> Self {
        Self {
            magic: *b"HCLA",
            version,
            size: None,
            request_type: 2,
            data_size: None,
            report_type: 2,
            hash_type: 1,
            runtime_length: None,
            total: 2600,
        }
    }

    /// The blob around a signed report and the runtime data.
    #[must_use]
    pub fn blob(&self, report: &[u8], runtime: &[u8]) -> Vec<u8> {
        let length = self.runtime_length.unwrap_or_else(|| number(runtime.len()));
        let data_size = self.data_size.unwrap_or_else(|| number(runtime.len()) + 20);
        let size = self.size.unwrap_or_else(|| number(report.len()) + 32 + data_size);
        let mut blob = self.magic.to_vec();
        for value in [self.version, size, self.request_type, 0, 0, 0, 0] {
            blob.extend(value.to_le_bytes());
        }
        blob.extend_from_slice(report);
        for value in [data_size, 1, self.report_type, self.hash_type, length] {
            blob.extend(value.to_le_bytes());
        }
        blob.extend_from_slice(runtime);
        if blob.len() < self.total {
            blob.resize(self.total, 0);
        }
        blob
    }
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap()
}
