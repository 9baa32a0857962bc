//! Security patch levels: eight bytes that mean something else on Turin.
//!
//! | byte | Milan, Genoa | Turin |
//! |---|---|---|
//! | 0 | boot loader | firmware management controller |
//! | 1 | TEE | boot loader |
//! | 2 | reserved (spl4) | TEE |
//! | 3 | reserved (spl5) | SNP |
//! | 4 | reserved (spl6) | reserved (spl5) |
//! | 5 | reserved (spl7) | reserved (spl6) |
//! | 6 | SNP | reserved (spl7) |
//! | 7 | microcode | microcode |
//!
//! SEV-SNP Firmware ABI Specification (56860), section 2.2; VCEK Certificate and KDS Interface
//! Specification (57230), section 3.1.

use alloc::format;
use alloc::string::String;

use crate::policy::{Generation, TcbFloor};
use crate::text::hex;

/// A set of patch levels, with the layout of its generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tcb {
    bytes: [u8; 8],
    turin: bool,
}

impl Tcb {
    pub(super) fn new(bytes: [u8; 8], generation: Generation) -> Self {
        Self { bytes, turin: generation == Generation::Turin }
    }

    /// The eight bytes as they stand in the report.
    pub(super) const fn bytes(self) -> [u8; 8] {
        self.bytes
    }

    /// Named levels; the firmware management controller is there on Turin only.
    pub(super) fn levels(self) -> Levels {
        let [b0, b1, b2, b3, _, _, b6, b7] = self.bytes;
        if self.turin {
            Levels { fmc: Some(b0), bootloader: b1, tee: b2, snp: b3, microcode: b7 }
        } else {
            Levels { fmc: None, bootloader: b0, tee: b1, snp: b6, microcode: b7 }
        }
    }

    /// Whether the reserved bytes of the generation's layout are zero. A report of another
    /// generation read in this layout shows here.
    pub(super) const fn reserved_zero(self) -> bool {
        let [_, _, b2, b3, b4, b5, b6, _] = self.bytes;
        if self.turin { b4 == 0 && b5 == 0 && b6 == 0 } else { b2 == 0 && b3 == 0 && b4 == 0 && b5 == 0 }
    }

    /// Whether no level is above the other's. Levels are compared one by one: the eight bytes are
    /// not a number.
    pub(super) fn at_most(self, other: Self) -> bool {
        self.turin == other.turin && self.bytes.iter().zip(other.bytes).all(|(one, two)| *one <= two)
    }

    /// The first level below a floor: its name, the floor and the level.
    pub(super) fn below(self, floor: &TcbFloor) -> Option<(&'static str, u8, Option<u8>)> {
        let levels = self.levels();
        [
            ("fmc", floor.fmc, levels.fmc),
            ("bootloader", floor.bootloader, Some(levels.bootloader)),
            ("tee", floor.tee, Some(levels.tee)),
            ("snp", floor.snp, Some(levels.snp)),
            ("microcode", floor.microcode, Some(levels.microcode)),
        ]
        .into_iter()
        .find_map(|(name, least, level)| {
            let least = least?;
            level.is_none_or(|level| level < least).then_some((name, least, level))
        })
    }

    /// The levels as a person reads them, with the raw bytes.
    pub(super) fn describe(self) -> String {
        let levels = self.levels();
        let fmc = levels.fmc.map_or_else(String::new, |level| format!("fmc {level} "));
        format!(
            "{fmc}bootloader {} tee {} snp {} microcode {} ({})",
            levels.bootloader,
            levels.tee,
            levels.snp,
            levels.microcode,
            hex(&self.bytes)
        )
    }
}

/// Named patch levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Levels {
    pub(super) fmc: Option<u8>,
    pub(super) bootloader: u8,
    pub(super) tee: u8,
    pub(super) snp: u8,
    pub(super) microcode: u8,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turin_has_its_own_layout() {
        let bytes = [1, 1, 1, 4, 0, 0, 0, 0x51];
        let turin = Tcb::new(bytes, Generation::Turin);
        assert_eq!(turin.levels(), Levels { fmc: Some(1), bootloader: 1, tee: 1, snp: 4, microcode: 0x51 });
        assert!(turin.reserved_zero());
        assert!(!Tcb::new(bytes, Generation::Milan).reserved_zero());
        assert!(!Tcb::new([4, 0, 0, 0, 0, 0, 0x18, 0xdb], Generation::Turin).reserved_zero());
    }

    #[test]
    fn levels_above_127_differ() {
        let tcb = |microcode| Tcb::new([4, 0, 0, 0, 0, 0, 0x18, microcode], Generation::Milan);
        assert!(tcb(0xd9).at_most(tcb(0xdb)));
        assert!(!tcb(0xdb).at_most(tcb(0xd9)));
        assert_ne!(tcb(0xdb), tcb(0xd9));
    }

    #[test]
    fn one_higher_level_does_not_make_up_for_a_lower_one() {
        let one = Tcb::new([5, 0, 0, 0, 0, 0, 0x10, 0], Generation::Milan);
        let two = Tcb::new([4, 0, 0, 0, 0, 0, 0x18, 0], Generation::Milan);
        assert!(!one.at_most(two) && !two.at_most(one));
    }

    #[test]
    fn floors_name_the_level_that_is_short() {
        let tcb = Tcb::new([4, 0, 0, 0, 0, 0, 0x17, 0xdb], Generation::Milan);
        let floor = |snp| TcbFloor { snp: Some(snp), ..TcbFloor::default() };
        assert_eq!(tcb.below(&floor(0x18)), Some(("snp", 0x18, Some(0x17))));
        assert_eq!(tcb.below(&floor(0x17)), None);
        let fmc = TcbFloor { fmc: Some(1), ..TcbFloor::default() };
        assert_eq!(tcb.below(&fmc), Some(("fmc", 1, None)), "absent is not satisfied");
    }
}
