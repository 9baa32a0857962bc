//! What differs from one generation of AMD's processors to the next.

use crate::keys::{self, RsaKey};

/// A generation of AMD EPYC processors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Product {
    /// Zen 3.
    Milan,
    /// Zen 4.
    Genoa,
    /// Zen 5.
    Turin,
}

impl Product {
    /// Every generation.
    pub const ALL: [Self; 3] = [Self::Milan, Self::Genoa, Self::Turin];

    /// The name in AMD's certificates and in a policy.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Milan => "Milan",
            Self::Genoa => "Genoa",
            Self::Turin => "Turin",
        }
    }

    /// Family, model and stepping as report versions from 3 on carry them.
    #[must_use]
    pub const fn cpuid(self) -> [u8; 3] {
        match self {
            Self::Milan => [0x19, 0x01, 0x01],
            Self::Genoa => [0x19, 0x11, 0x01],
            Self::Turin => [0x1a, 0x02, 0x01],
        }
    }

    /// The root key.
    #[must_use]
    pub fn ark(self) -> &'static RsaKey {
        match self {
            Self::Milan => &keys::MILAN_ARK,
            Self::Genoa => &keys::GENOA_ARK,
            Self::Turin => &keys::TURIN_ARK,
        }
    }

    /// The key that signs endorsement certificates of a kind.
    #[must_use]
    pub fn signer(self, kind: VekKind) -> &'static RsaKey {
        match (self, kind) {
            (Self::Milan, VekKind::Vcek) => &keys::MILAN_ASK,
            (Self::Milan, VekKind::Vlek) => &keys::MILAN_ASVK,
            (Self::Genoa, VekKind::Vcek) => &keys::GENOA_ASK,
            (Self::Genoa, VekKind::Vlek) => &keys::GENOA_ASVK,
            (Self::Turin, VekKind::Vcek) => &keys::TURIN_ASK,
            (Self::Turin, VekKind::Vlek) => &keys::TURIN_ASVK,
        }
    }

    /// The common name of the root.
    #[must_use]
    pub fn ark_name(self) -> String {
        format!("ARK-{}", self.name())
    }

    /// The common name of the certificate that signs endorsement certificates of a kind.
    #[must_use]
    pub fn signer_name(self, kind: VekKind) -> String {
        match kind {
            VekKind::Vcek => format!("SEV-{}", self.name()),
            VekKind::Vlek => format!("SEV-VLEK-{}", self.name()),
        }
    }

    /// The patch levels of an up-to-date machine.
    #[must_use]
    pub const fn tcb(self) -> Tcb {
        match self {
            Self::Milan => Tcb { fmc: None, bootloader: 4, tee: 0, snp: 0x18, microcode: 0xdb },
            Self::Genoa => Tcb { fmc: None, bootloader: 10, tee: 0, snp: 0x1b, microcode: 0x19 },
            Self::Turin => Tcb { fmc: Some(1), bootloader: 1, tee: 1, snp: 4, microcode: 0x51 },
        }
    }
}

/// The two kinds of endorsement keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VekKind {
    /// Of one chip.
    Vcek,
    /// Of a cloud provider, loaded into the chip.
    Vlek,
}

/// Security patch levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tcb {
    /// Firmware management controller; Turin alone has one.
    pub fmc: Option<u8>,
    /// Boot loader.
    pub bootloader: u8,
    /// Trusted execution environment of the security processor.
    pub tee: u8,
    /// SNP firmware.
    pub snp: u8,
    /// Microcode.
    pub microcode: u8,
}

impl Tcb {
    /// The eight bytes of a report: Turin puts the FMC first, the others have none.
    #[must_use]
    pub const fn bytes(self) -> [u8; 8] {
        match self.fmc {
            Some(fmc) => [fmc, self.bootloader, self.tee, self.snp, 0, 0, 0, self.microcode],
            None => [self.bootloader, self.tee, 0, 0, 0, 0, self.snp, self.microcode],
        }
    }
}
