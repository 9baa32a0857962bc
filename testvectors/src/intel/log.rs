//! Event logs of a TD's firmware.

use crate::signing::Hash;

/// A log: its header and its events, and what fills the rest of its buffer.
#[derive(Debug, Clone)]
pub struct EventLog {
    /// Register as the log numbers it (1 is RTMR0), type, digest, payload.
    pub events: Vec<(u32, u32, Vec<u8>, Vec<u8>)>,
    /// What follows the last event.
    pub tail: Vec<u8>,
}

impl EventLog {
    /// A sound log: three events whose digest is the payload's, one whose is not.
    #[must_use]
    pub fn sound() -> Self {
        Self {
            events: vec![
                measured(1, 8, b"virtual firmware"),
                measured(2, 4, &[0; 4]),
                (2, 0x8000_0003, vec![0xe5; 48], b"\\EFI\\BOOT\\BOOTX64.EFI".to_vec()),
                measured(3, 0xd, b"kernel command line"),
            ],
            tail: vec![0xff; 64],
        }
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let events = self.events.iter().flat_map(|(register, kind, digest, payload)| {
            let size = u32::try_from(payload.len()).unwrap().to_le_bytes();
            let numbers = [register.to_le_bytes(), kind.to_le_bytes(), 1_u32.to_le_bytes()].concat();
            [numbers.as_slice(), &[0x0c, 0], digest, &size, payload].concat()
        });
        header().into_iter().chain(events).chain(self.tail.clone()).collect()
    }

    /// The registers that the log gives; events of others go nowhere.
    #[must_use]
    pub fn registers(&self) -> [[u8; 48]; 4] {
        let mut registers = [[0; 48]; 4];
        for (register, _, digest, _) in &self.events {
            let index = usize::try_from(*register).unwrap().wrapping_sub(1);
            if let Some(slot) = registers.get_mut(index) {
                *slot = Hash::Sha384.digest(&[slot.as_slice(), digest].concat()).try_into().unwrap();
            }
        }
        registers
    }
}

/// An event whose digest is its payload's.
#[must_use]
pub fn measured(register: u32, kind: u32, payload: &[u8]) -> (u32, u32, Vec<u8>, Vec<u8>) {
    (register, kind, Hash::Sha384.digest(payload), payload.to_vec())
}

/// The first event, which names SHA-384 as the only algorithm.
#[must_use]
pub fn header() -> Vec<u8> {
    let mut content = b"Spec ID Event03\0".to_vec();
    content.extend([0, 0, 0, 0, 0, 2, 0, 2, 1, 0, 0, 0, 0x0c, 0, 48, 0, 0]);
    let size = u32::try_from(content.len()).unwrap().to_le_bytes();
    [[1, 0, 0, 0, 3, 0, 0, 0].as_slice(), &[0; 20], &size, &content].concat()
}
