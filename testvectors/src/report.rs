//! SEV-SNP attestation reports, byte for byte (AMD publication 56860, table "ATTESTATION_REPORT").
//!
//! ```text
//! 0x000 version        0x040 platform_info   0x0e0 id_key_digest      0x1e0 committed_tcb
//! 0x004 guest_svn      0x048 flags           0x110 author_key_digest  0x1e8 current and committed
//! 0x008 policy         0x050 report_data     0x140 report_id                firmware versions
//! 0x010 family_id      0x090 measurement     0x160 report_id_ma       0x1f0 launch_tcb
//! 0x020 image_id       0x0c0 host_data       0x180 reported_tcb       0x1f8 mitigation vectors
//! 0x030 vmpl                                 0x188 cpuid              0x2a0 signature: r, s, zeros
//! 0x034 signature_algo 0x038 current_tcb     0x1a0 chip_id            0x4a0 end
//! ```

use crate::keys::EcKey;
use crate::product::{Product, VekKind};

/// The size of a report.
pub const SIZE: usize = 1184;

/// Where the signed part ends.
pub const SIGNED: usize = 0x2a0;

/// Places in a report.
pub mod offset {
    /// Version of the report.
    pub const VERSION: usize = 0x00;
    /// Guest policy.
    pub const POLICY: usize = 0x08;
    /// Family id.
    pub const FAMILY_ID: usize = 0x10;
    /// Image id.
    pub const IMAGE_ID: usize = 0x20;
    /// Privilege level.
    pub const VMPL: usize = 0x30;
    /// Signature algorithm.
    pub const SIGNATURE_ALGO: usize = 0x34;
    /// Current patch levels.
    pub const CURRENT_TCB: usize = 0x38;
    /// Platform information.
    pub const PLATFORM_INFO: usize = 0x40;
    /// AUTHOR_KEY_EN, MASK_CHIP_KEY and SIGNING_KEY.
    pub const FLAGS: usize = 0x48;
    /// Report data.
    pub const REPORT_DATA: usize = 0x50;
    /// Launch digest.
    pub const MEASUREMENT: usize = 0x90;
    /// Host data.
    pub const HOST_DATA: usize = 0xc0;
    /// Digest of the id key.
    pub const ID_KEY_DIGEST: usize = 0xe0;
    /// Digest of the author key.
    pub const AUTHOR_KEY_DIGEST: usize = 0x110;
    /// Report id.
    pub const REPORT_ID: usize = 0x140;
    /// Report id of the migration agent.
    pub const REPORT_ID_MA: usize = 0x160;
    /// Reported patch levels.
    pub const REPORTED_TCB: usize = 0x180;
    /// Family, model, stepping.
    pub const CPUID: usize = 0x188;
    /// Chip id.
    pub const CHIP_ID: usize = 0x1a0;
    /// Committed patch levels.
    pub const COMMITTED_TCB: usize = 0x1e0;
    /// Version of the current firmware: build, minor, major.
    pub const CURRENT_FIRMWARE: usize = 0x1e8;
    /// Patch levels at launch.
    pub const LAUNCH_TCB: usize = 0x1f0;
    /// The signature's r, little-endian in 72 bytes.
    pub const R: usize = 0x2a0;
    /// The signature's s, little-endian in 72 bytes.
    pub const S: usize = 0x2e8;
    /// The bytes after the signature's two numbers.
    pub const TAIL: usize = 0x330;
}

/// A report that is not signed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report(pub [u8; SIZE]);

impl Report {
    /// The report of a sound guest on an up-to-date machine.
    #[must_use]
    pub fn of(product: Product, kind: VekKind, chip: &[u8; 64]) -> Self {
        let tcb = product.tcb().bytes();
        let mut report = Self([0; SIZE]);
        report.put_u32(offset::VERSION, if product == Product::Turin { 5 } else { 3 });
        report.put_u64(offset::POLICY, 0x3_0000);
        report.put_u32(offset::SIGNATURE_ALGO, 1);
        report.put_u64(offset::PLATFORM_INFO, 0x25);
        report.put(offset::MEASUREMENT, &MEASUREMENT);
        report.put(offset::REPORT_ID, &[0x4d; 32]);
        report.put(offset::REPORT_ID_MA, &[0xff; 32]);
        report.put(offset::CPUID, &product.cpuid());
        for place in [offset::CURRENT_TCB, offset::REPORTED_TCB, offset::COMMITTED_TCB, offset::LAUNCH_TCB] {
            report.put(place, &tcb);
        }
        report.put(offset::CURRENT_FIRMWARE, &[0x1d, 0x37, 0x01, 0x00, 0x1d, 0x37, 0x01, 0x00]);
        match kind {
            VekKind::Vcek => report.put(offset::CHIP_ID, &masked(product, chip)),
            VekKind::Vlek => report.put_u32(offset::FLAGS, 1 << 2),
        }
        report
    }

    /// Writes bytes at a place.
    pub fn put(&mut self, place: usize, bytes: &[u8]) {
        self.0[place..place + bytes.len()].copy_from_slice(bytes);
    }

    /// Writes a little-endian number of four bytes.
    pub fn put_u32(&mut self, place: usize, value: u32) {
        self.put(place, &value.to_le_bytes());
    }

    /// Writes a little-endian number of eight bytes.
    pub fn put_u64(&mut self, place: usize, value: u64) {
        self.put(place, &value.to_le_bytes());
    }

    /// Signs the report: r and s lie little-endian in fields of 72 bytes.
    pub fn sign(&mut self, key: &EcKey) {
        let (mut r, mut s) = key.sign(&self.0[..SIGNED]);
        r.reverse();
        s.reverse();
        self.put(offset::R, &r);
        self.put(offset::S, &s);
    }
}

/// Turin's chip ids have 8 bytes and are padded with zeros.
fn masked(product: Product, chip: &[u8; 64]) -> [u8; 64] {
    let mut id = *chip;
    if product == Product::Turin {
        id[8..].fill(0);
    }
    id
}

/// The launch digest of the software TEE's image.
pub const MEASUREMENT: [u8; 48] = *b"kettle test vectors: the launch digest of image1";
