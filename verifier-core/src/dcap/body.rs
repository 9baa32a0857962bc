//! The body of a TDX quote: the TD report as the quoting enclave copied it.
//!
//! | offset | bytes | field |
//! |---|---|---|
//! | 0x000 | 16 | TEE_TCB_SVN, as of the TD's launch |
//! | 0x010 | 48 | MRSEAM, the TDX module |
//! | 0x040 | 48 | MRSIGNERSEAM |
//! | 0x070 | 8 | SEAMATTRIBUTES |
//! | 0x078 | 8 | TDATTRIBUTES |
//! | 0x080 | 8 | XFAM |
//! | 0x088 | 48 | MRTD |
//! | 0x0b8 | 48 | MRCONFIGID |
//! | 0x0e8 | 48 | MROWNER |
//! | 0x118 | 48 | MROWNERCONFIG |
//! | 0x148 | 4 × 48 | RTMR0 to RTMR3 |
//! | 0x208 | 64 | REPORTDATA; TD 1.0 ends at 0x248 |
//! | 0x248 | 16 | TEE_TCB_SVN2, as of now |
//! | 0x258 | 48 | MRSERVICETD; TD 1.5 ends at 0x288 |
//! | 0x288 | 1 | index of the VM within a partitioned TD |
//! | 0x289 | 32 | TD id |
//! | 0x2a9 | 48 | hash of the device information |
//! | 0x2d9 | 48 + 8 | hash and attributes of the service TDs at creation |
//! | 0x311 | 16 + 16 + 12 | CPUSVN, TEE_TCB_SVN and model at creation |
//! | 0x33d | 48 + 8 | hash and attributes of the service TDs now; TD 1.5-ex ends at 0x375 |
//!
//! Intel TDX DCAP Quoting Library API, appendix A.3; Intel TDX Module ABI Specification (348551),
//! TDREPORT_STRUCT.

use alloc::string::String;
use alloc::vec::Vec;

use crate::text::range;

/// The kinds of bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyKind {
    /// TD 1.0.
    Td10,
    /// TD 1.5.
    Td15,
    /// TD 1.5 with the identity of the TD and of its service TDs.
    Td15Ex,
}

impl BodyKind {
    /// The kind that a quote of version 5 names by this number.
    pub(super) fn of(number: u16) -> Option<Self> {
        match number {
            2 => Some(Self::Td10),
            3 => Some(Self::Td15),
            4 => Some(Self::Td15Ex),
            _ => None,
        }
    }

    /// The size in bytes.
    pub(super) const fn size(self) -> usize {
        match self {
            Self::Td10 => 0x248,
            Self::Td15 => 0x288,
            Self::Td15Ex => 0x375,
        }
    }

    /// The name for a person.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Td10 => "TD 1.0",
            Self::Td15 => "TD 1.5",
            Self::Td15Ex => "TD 1.5-ex",
        }
    }
}

/// A body of exactly its kind's size.
#[derive(Debug)]
pub(crate) struct TdBody {
    kind: BodyKind,
    bytes: Vec<u8>,
    start: usize,
}

impl TdBody {
    /// A body that begins at byte `start` of its quote; `None` where the size is another.
    pub(super) fn new(kind: BodyKind, bytes: &[u8], start: usize) -> Option<Self> {
        (bytes.len() == kind.size()).then(|| Self { kind, bytes: bytes.to_vec(), start })
    }

    fn field<const N: usize>(&self, offset: usize) -> [u8; N] {
        // Every offset in this file is a constant within the layout; a wrong one reads as zeros and
        // fails the tests on genuine quotes.
        let end = offset.saturating_add(N);
        self.bytes.get(offset..end).and_then(|slice| slice.try_into().ok()).unwrap_or([0; N])
    }

    fn has<const N: usize>(&self, offset: usize) -> Option<[u8; N]> {
        (offset.saturating_add(N) <= self.kind.size()).then(|| self.field(offset))
    }

    /// `size` bytes at an offset; none beyond the end.
    pub(crate) fn slice(&self, offset: usize, size: usize) -> &[u8] {
        self.bytes.get(offset..offset.saturating_add(size)).unwrap_or_default()
    }

    /// Where a field lies within the quote.
    pub(crate) fn place(&self, offset: usize, size: usize) -> String {
        let start = self.start.saturating_add(offset);
        range("quote", start, start.saturating_add(size))
    }

    pub(crate) fn kind(&self) -> BodyKind {
        self.kind
    }

    pub(crate) fn tee_tcb_svn(&self) -> [u8; 16] {
        self.field(0)
    }

    /// The levels that the platform has now, where they were read after the launch.
    pub(crate) fn tee_tcb_svn2(&self) -> Option<[u8; 16]> {
        self.has(0x248)
    }

    pub(crate) fn mr_seam(&self) -> [u8; 48] {
        self.field(0x10)
    }

    pub(crate) fn mr_signer_seam(&self) -> [u8; 48] {
        self.field(0x40)
    }

    pub(crate) fn seam_attributes(&self) -> [u8; 8] {
        self.field(0x70)
    }

    pub(crate) fn td_attributes(&self) -> u64 {
        u64::from_le_bytes(self.field(0x78))
    }

    pub(crate) fn xfam(&self) -> u64 {
        u64::from_le_bytes(self.field(0x80))
    }

    pub(crate) fn mr_td(&self) -> [u8; 48] {
        self.field(0x88)
    }

    pub(crate) fn mr_config_id(&self) -> [u8; 48] {
        self.field(0xb8)
    }

    pub(crate) fn mr_owner(&self) -> [u8; 48] {
        self.field(0xe8)
    }

    pub(crate) fn mr_owner_config(&self) -> [u8; 48] {
        self.field(0x118)
    }

    /// RTMR0 to RTMR3 with their offsets.
    pub(crate) fn rtmrs(&self) -> [([u8; 48], usize); 4] {
        [0x148, 0x178, 0x1a8, 0x1d8].map(|offset| (self.field(offset), offset))
    }

    pub(crate) fn report_data(&self) -> [u8; 64] {
        self.field(0x208)
    }

    /// The hashes of service TDs, each with its offset: the bound one, and for TD 1.5-ex those at
    /// creation and now.
    pub(crate) fn service_tds(&self) -> Vec<([u8; 48], usize)> {
        [0x258, 0x2d9, 0x33d]
            .into_iter()
            .filter_map(|offset| self.has(offset).map(|hash| (hash, offset)))
            .collect()
    }

    /// The index of the VM within a partitioned TD.
    pub(crate) fn vm_index(&self) -> Option<u8> {
        self.has::<1>(0x288).map(|[index]| index)
    }

    /// The id of this TD, another one after each launch.
    pub(crate) fn td_id(&self) -> Option<[u8; 32]> {
        self.has(0x289)
    }
}
