//! The attestation report: 1184 bytes in a fixed layout.
//!
//! | offset | bytes | field |
//! |---|---|---|
//! | 0x000 | 4 | version |
//! | 0x004 | 4 | guest security version |
//! | 0x008 | 8 | guest policy |
//! | 0x010 | 16 | family id |
//! | 0x020 | 16 | image id |
//! | 0x030 | 4 | VMPL |
//! | 0x034 | 4 | signature algorithm |
//! | 0x038 | 8 | current TCB |
//! | 0x040 | 8 | platform info |
//! | 0x048 | 4 | bit 0 author key, bit 1 masked chip key, bits 2 to 4 signing key, rest zero |
//! | 0x04c | 4 | zero |
//! | 0x050 | 64 | report data |
//! | 0x090 | 48 | measurement |
//! | 0x0c0 | 32 | host data |
//! | 0x0e0 | 48 | id key digest |
//! | 0x110 | 48 | author key digest |
//! | 0x140 | 32 | report id |
//! | 0x160 | 32 | report id of the migration agent |
//! | 0x180 | 8 | reported TCB |
//! | 0x188 | 3 | CPUID family, model, stepping (version 3 on; zero before) |
//! | 0x18b | 21 | zero |
//! | 0x1a0 | 64 | chip id |
//! | 0x1e0 | 8 | committed TCB |
//! | 0x1e8 | 3 + 1 | current build, minor, major; zero |
//! | 0x1ec | 3 + 1 | committed build, minor, major; zero |
//! | 0x1f0 | 8 | launch TCB |
//! | 0x1f8 | 16 | launch and current mitigation vectors (version 5 on; zero before) |
//! | 0x208 | 152 | zero |
//! | 0x2a0 | 72 + 72 | r and s, little-endian, 48 bytes each and zeros |
//! | 0x330 | 368 | zero |
//!
//! SEV-SNP Firmware ABI Specification (56860), tables 23 and 139 to 141.

use alloc::format;
use alloc::string::ToString as _;
use alloc::vec::Vec;

use super::Setting;
use super::checks;
use super::generation::Cpuid;
use super::tcb::Tcb;
use crate::log::{Finding, Log, Stopped};
use crate::policy::{Generation, Policy};

/// The size of a report.
pub const REPORT_BYTES: usize = 1184;

/// The signed part of a report: bytes 0 to 0x2a0.
const SIGNED_BYTES: usize = 0x2a0;

/// Bytes in the layout of a report. Nothing says yet that a processor signed them.
#[derive(Debug, Clone)]
pub(super) struct RawReport {
    bytes: [u8; REPORT_BYTES],
}

/// The size and version of a report, before anything in it is believed.
pub(super) fn read(
    bytes: &[u8],
    setting: Setting,
    policy: &Policy,
    log: &mut Log<'_>,
) -> Result<RawReport, Stopped> {
    let size = match <[u8; REPORT_BYTES]>::try_from(bytes) {
        Ok(bytes) => Ok((RawReport { bytes }, Finding::new("1184 bytes", "1184 bytes"))),
        Err(_) => Err(Finding::new("1184 bytes", format!("{} bytes", bytes.len())).at("report")),
    };
    let report = log.obtain(&checks::SIZE, size)?;
    let known: &[u32] = match setting {
        Setting::Bare => &[3, 4, 5],
        Setting::Azure => &[2, 3, 4, 5],
    };
    let taken =
        policy.document().snp.as_ref().and_then(|rules| rules.report_versions.as_deref()).unwrap_or(known);
    let versions: Vec<_> = taken.iter().map(u32::to_string).collect();
    let version = report.version();
    log.require(
        &checks::VERSION,
        taken.contains(&version) && (2..=5).contains(&version),
        Finding::new(format!("version {}", versions.join(" or ")), format!("version {version}"))
            .at("report[0x0..0x4]"),
    )?;
    Ok(report)
}

impl RawReport {
    fn field<const N: usize>(&self, offset: usize) -> [u8; N] {
        // Every offset in this file is a constant within the layout; a wrong one reads as zeros and
        // fails the tests on genuine reports.
        let end = offset.saturating_add(N);
        self.bytes.get(offset..end).and_then(|slice| slice.try_into().ok()).unwrap_or([0; N])
    }

    fn u32(&self, offset: usize) -> u32 {
        u32::from_le_bytes(self.field(offset))
    }

    fn u64(&self, offset: usize) -> u64 {
        u64::from_le_bytes(self.field(offset))
    }

    fn zero(&self, start: usize, end: usize) -> bool {
        self.bytes.get(start..end).is_some_and(|slice| slice.iter().all(|byte| *byte == 0))
    }

    /// The bytes that the signature covers.
    pub(super) fn signed(&self) -> &[u8] {
        self.bytes.get(..SIGNED_BYTES).unwrap_or_default()
    }

    /// r and s as big-endian numbers.
    pub(super) fn signature(&self) -> ([u8; 48], [u8; 48]) {
        let (mut r, mut s) = (self.field::<48>(0x2a0), self.field::<48>(0x2e8));
        r.reverse();
        s.reverse();
        (r, s)
    }

    /// The first part of the signature field that should be zero and is not.
    pub(super) fn signature_padding(&self) -> Option<(usize, usize)> {
        [(0x2d0, 0x2e8), (0x318, 0x330), (0x330, REPORT_BYTES)]
            .into_iter()
            .find(|(start, end)| !self.zero(*start, *end))
    }

    /// The first reserved part that is not zero, for the report's version.
    pub(super) fn reserved(&self) -> Option<(usize, usize)> {
        let cpuid = if self.version() >= 3 { 0x18b } else { 0x188 };
        let vectors = if self.version() >= 5 { 0x208 } else { 0x1f8 };
        if self.flags() >> 5 != 0 {
            return Some((0x48, 0x4c));
        }
        [(0x4c, 0x50), (cpuid, 0x1a0), (0x1eb, 0x1ec), (0x1ef, 0x1f0), (vectors, SIGNED_BYTES)]
            .into_iter()
            .find(|(start, end)| !self.zero(*start, *end))
    }

    pub(super) fn version(&self) -> u32 {
        self.u32(0x0)
    }

    pub(super) fn guest_svn(&self) -> u32 {
        self.u32(0x4)
    }

    pub(super) fn policy(&self) -> GuestPolicy {
        GuestPolicy(self.u64(0x8))
    }

    pub(super) fn family_id(&self) -> [u8; 16] {
        self.field(0x10)
    }

    pub(super) fn image_id(&self) -> [u8; 16] {
        self.field(0x20)
    }

    pub(super) fn vmpl(&self) -> u32 {
        self.u32(0x30)
    }

    pub(super) fn signature_algorithm(&self) -> u32 {
        self.u32(0x34)
    }

    pub(super) fn platform_info(&self) -> u64 {
        self.u64(0x40)
    }

    fn flags(&self) -> u32 {
        self.u32(0x48)
    }

    /// Whether the launch was authorised by an author key.
    pub(super) fn author_key_enabled(&self) -> bool {
        self.flags() & 1 == 1
    }

    /// 0 is a VCEK, 1 a VLEK, 7 none.
    pub(super) fn signing_key(&self) -> u32 {
        (self.flags() >> 2) & 0b111
    }

    pub(super) fn report_data(&self) -> [u8; 64] {
        self.field(0x50)
    }

    pub(super) fn measurement(&self) -> [u8; 48] {
        self.field(0x90)
    }

    pub(super) fn host_data(&self) -> [u8; 32] {
        self.field(0xc0)
    }

    pub(super) fn id_key_digest(&self) -> [u8; 48] {
        self.field(0xe0)
    }

    pub(super) fn author_key_digest(&self) -> [u8; 48] {
        self.field(0x110)
    }

    pub(super) fn report_id(&self) -> [u8; 32] {
        self.field(0x140)
    }

    pub(super) fn report_id_ma(&self) -> [u8; 32] {
        self.field(0x160)
    }

    /// Family, model and stepping; none before version 3.
    pub(super) fn cpuid(&self) -> Option<Cpuid> {
        let [family, model, stepping] = self.field(0x188);
        (self.version() >= 3).then_some(Cpuid { family, model, stepping })
    }

    pub(super) fn chip_id(&self) -> [u8; 64] {
        self.field(0x1a0)
    }

    /// Build, minor and major of the firmware that runs.
    pub(super) fn current_firmware(&self) -> (u8, u8, u8) {
        let [build, minor, major] = self.field(0x1e8);
        (build, minor, major)
    }

    /// Launch and current mitigation vectors; none before version 5.
    pub(super) fn mitigation_vectors(&self) -> Option<(u64, u64)> {
        (self.version() >= 5).then(|| (self.u64(0x1f8), self.u64(0x200)))
    }

    pub(super) fn current_tcb(&self, generation: Generation) -> Tcb {
        Tcb::new(self.field(0x38), generation)
    }

    pub(super) fn reported_tcb(&self, generation: Generation) -> Tcb {
        Tcb::new(self.field(0x180), generation)
    }

    pub(super) fn committed_tcb(&self, generation: Generation) -> Tcb {
        Tcb::new(self.field(0x1e0), generation)
    }

    pub(super) fn launch_tcb(&self, generation: Generation) -> Tcb {
        Tcb::new(self.field(0x1f0), generation)
    }
}

/// The guest policy: what the guest's owner allows the host to do.
///
/// Bits 0 to 7 minor and 8 to 15 major of the lowest firmware interface, 16 SMT allowed, 17 one,
/// 18 migration agent allowed, 19 debugging allowed, 20 single socket, 21 CXL allowed, 22 memory in
/// AES-256-XTS, 23 RAPL disabled, 24 ciphertext hiding, 25 page swap disabled, 26 to 63 reserved.
/// SEV-SNP Firmware ABI Specification (56860), table 9.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct GuestPolicy(pub(super) u64);

impl GuestPolicy {
    const fn bit(self, bit: u32) -> bool {
        self.0.unbounded_shr(bit) & 1 == 1
    }

    /// The lowest firmware interface: major × 256 + minor.
    pub(super) const fn abi(self) -> u64 {
        self.0 & 0xffff
    }

    pub(super) const fn smt_allowed(self) -> bool {
        self.bit(16)
    }

    pub(super) const fn reserved_one(self) -> bool {
        self.bit(17)
    }

    pub(super) const fn migration_agent_allowed(self) -> bool {
        self.bit(18)
    }

    pub(super) const fn debug_allowed(self) -> bool {
        self.bit(19)
    }

    pub(super) const fn single_socket(self) -> bool {
        self.bit(20)
    }

    /// The reserved bits that are set.
    pub(super) fn reserved_bits(self) -> Vec<u32> {
        (26..64).filter(|bit| self.bit(*bit)).collect()
    }
}
