//! What dstack adds to a TD: its event log, and the object that it answers with.

use serde_json::json;

use super::{MRTD, POLICY, Td, policy};
use crate::hex;
use crate::signing::Hash;
use kettle_verifier_core::policy::{DstackRules, PolicyDocument};

/// The policy below `testvectors/` that names the software TEE's image of dstack and its application.
pub const DSTACK_POLICY: &str = "policies/dstack.json";

/// The type of dstack's own events.
pub const RUNTIME: u32 = 0x0800_0001;

/// SHA-256 of the software TEE's compose file.
pub const COMPOSE_HASH: [u8; 32] = [0xc0; 32];

/// Id of the software TEE's application.
pub const APP_ID: [u8; 20] = [0xa9; 20];

/// Id of its instance.
pub const INSTANCE_ID: [u8; 20] = [0x15; 20];

/// An event as the log spells it.
#[derive(Debug, Clone)]
pub struct GuestEvent {
    /// The RTMR, from 0.
    pub imr: u32,
    /// The type.
    pub kind: u32,
    /// The digest as the log has it, which may be none.
    pub digest: Vec<u8>,
    /// The name.
    pub name: String,
    /// The payload.
    pub payload: Vec<u8>,
}

impl GuestEvent {
    /// An event of dstack itself.
    #[must_use]
    pub fn runtime(name: &str, payload: &[u8]) -> Self {
        let content = [&RUNTIME.to_le_bytes()[..], b":", name.as_bytes(), b":", payload].concat();
        let digest = Hash::Sha384.digest(&content);
        Self { imr: 3, kind: RUNTIME, digest, name: name.into(), payload: payload.into() }
    }

    /// An event of the firmware or the boot loader, whose digest is its payload's.
    #[must_use]
    pub fn boot(imr: u32, kind: u32, payload: &[u8]) -> Self {
        let digest = Hash::Sha384.digest(payload);
        Self { imr, kind, digest, name: String::new(), payload: payload.into() }
    }
}

/// The event log of a guest of dstack.
#[derive(Debug, Clone)]
pub struct GuestLog {
    /// The events.
    pub events: Vec<GuestEvent>,
}

impl GuestLog {
    /// A sound log: what boots, what the system records, and one event of the application.
    #[must_use]
    pub fn sound() -> Self {
        let mut named = GuestEvent::boot(0, 10, b"ACPI DATA");
        named.digest = vec![0xac; 48];
        named.name = "acpi-tables".into();
        let provider = br#"{"name":"kms","id":"00ff"}"#;
        let events = vec![
            GuestEvent::boot(0, 4, &[0; 4]),
            named,
            GuestEvent::boot(1, 0x8000_0007, b"kernel"),
            GuestEvent::boot(2, 6, b"command line"),
            GuestEvent::runtime("system-preparing", b""),
            GuestEvent::runtime("app-id", &APP_ID),
            GuestEvent::runtime("compose-hash", &COMPOSE_HASH),
            GuestEvent::runtime("instance-id", &INSTANCE_ID),
            GuestEvent::runtime("boot-mr-done", b""),
            GuestEvent::runtime("os-image-hash", &[0x05; 32]),
            GuestEvent::runtime("key-provider", provider),
            GuestEvent::runtime("system-ready", b""),
            GuestEvent::runtime("build-started", b"hello: the application's own"),
        ];
        Self { events }
    }

    /// The text.
    #[must_use]
    pub fn json(&self) -> String {
        let event = |event: &GuestEvent| {
            json!({
                "imr": event.imr, "event_type": event.kind, "digest": hex(&event.digest),
                "event": event.name, "event_payload": hex(&event.payload),
            })
        };
        serde_json::to_string(&self.events.iter().map(event).collect::<Vec<_>>()).unwrap()
    }

    /// The registers that the digests give; events of others go nowhere.
    #[must_use]
    pub fn registers(&self) -> [[u8; 48]; 4] {
        let mut registers = [[0; 48]; 4];
        for event in &self.events {
            if let Some(slot) = registers.get_mut(usize::try_from(event.imr).unwrap()) {
                *slot = Hash::Sha384.digest(&[slot.as_slice(), &event.digest].concat()).try_into().unwrap();
            }
        }
        registers
    }

    /// Leaves out the digests of the events of RTMR3, as dstack does where it answers in short.
    pub fn shorten(&mut self) {
        self.events.iter_mut().filter(|event| event.imr == 3).for_each(|event| event.digest.clear());
    }
}

/// A sound guest of dstack.
#[must_use]
pub fn guest() -> Td {
    let mut td = Td::sound();
    td.label = "dstack".into();
    td.guest_log = Some(GuestLog::sound());
    td
}

/// The document of [`DSTACK_POLICY`].
#[must_use]
pub fn dstack_policy() -> PolicyDocument {
    let mut document = policy();
    let image = &mut document.measurements.as_mut().unwrap()[0];
    image.id = "dstack in a TD".into();
    image.platform = "dstack".into();
    image.launch_digest = hex(&MRTD);
    let registers = GuestLog::sound().registers();
    for rtmr in image.rtmrs.as_mut().unwrap() {
        rtmr.sha384 = Some(hex(&registers[usize::try_from(rtmr.index).unwrap()]));
    }
    document.dstack =
        Some(DstackRules { compose_hashes: Some(vec![hex(&COMPOSE_HASH)]), ..DstackRules::default() });
    document
}

/// The shared policy of a label.
#[must_use]
pub fn policy_of(label: &str) -> &'static str {
    if label == "dstack" { DSTACK_POLICY } else { POLICY }
}
