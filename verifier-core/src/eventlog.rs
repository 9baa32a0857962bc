//! Event logs of measured boots: what was extended into a register, one digest after another.
//!
//! A log is nobody's word until it was replayed against registers that hardware signed. Then each
//! digest and its place in its register's order is authentic. The payload of an event is so only
//! where the digest is the payload's own, and the type of an event never is: nothing hashes it.

mod ccel;
mod error;

pub(crate) use ccel::read;

use crate::crypto::sha384;

/// One measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Event<'a> {
    /// The index of the run-time measurement register, 0 to 3.
    pub(crate) register: usize,
    /// The type, which nothing authenticates.
    pub(crate) kind: u32,
    /// What the register was extended with.
    pub(crate) digest: [u8; 48],
    /// What the log says was measured.
    pub(crate) payload: &'a [u8],
    /// The byte position of the event.
    pub(crate) position: usize,
}

impl Event<'_> {
    /// Whether the digest is the payload's own, so that the register vouches for it.
    pub(crate) fn payload_is_measured(&self) -> bool {
        sha384(self.payload) == self.digest
    }
}

/// The registers after all extensions, from zero: each becomes SHA-384(register ‖ digest). `None`
/// where a register is not one of the four.
pub(crate) fn replay(extensions: impl Iterator<Item = (usize, [u8; 48])>) -> Option<[[u8; 48]; 4]> {
    let mut registers = [[0; 48]; 4];
    for (index, digest) in extensions {
        let register = registers.get_mut(index)?;
        *register = sha384([*register, digest].as_flattened());
    }
    Some(registers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::hex;

    #[test]
    fn registers_take_digests_in_order() {
        let none = replay(core::iter::empty()).unwrap();
        assert_eq!(none, [[0; 48]; 4]);
        let forth = replay([(1, [1; 48]), (1, [2; 48])].into_iter()).unwrap();
        let back = replay([(1, [2; 48]), (1, [1; 48])].into_iter()).unwrap();
        assert_ne!(forth, back);
        assert_eq!([forth[0], forth[2], forth[3]], [[0; 48]; 3]);
        // SHA-384 of 48 zeros and 48 times 0x01, by another implementation.
        let one = replay([(3, [1; 48])].into_iter()).unwrap();
        assert_eq!(hex(&one[3][..8]), EXTENDED_ONCE);
        assert_eq!(replay([(4, [0; 48])].into_iter()), None);
    }

    const EXTENDED_ONCE: &str = "b2cdfa15c3fdc577";
}
