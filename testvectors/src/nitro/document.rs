//! An attestation document before it is put together, and the COSE_Sign1 around it.

use super::cbor::{Cbor, Entry};
use super::pki::{self, Signed};
use crate::keys::EcKey;
use crate::signing::Hash;

/// When the sound document was made: 2026-05-31T12:00:03Z, in seconds since 1970.
pub const MADE: u64 = 1_780_228_803;

/// The registers of the software TEE's image: image file, kernel with boot ramdisk, application.
pub const PCRS: [[u8; 48]; 3] = [[0xe0; 48], [0xe1; 48], [0xe2; 48]];

/// The steps of minting whose bytes a case may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The payload, before it is signed.
    Payload,
    /// The signature: r and s.
    Signature,
    /// The whole document.
    Document,
    /// `evidence.json`, or the file of the other format.
    Envelope,
}

type Change = Box<dyn Fn(&mut Vec<u8>)>;
type Edit = Box<dyn Fn(&mut Fields)>;

/// The fields of a payload, in the order in which they are written.
pub struct Fields(pub Vec<Entry>);

impl Fields {
    /// Replaces a field.
    ///
    /// # Panics
    /// Where there is none with this name.
    pub fn set(&mut self, name: &'static str, value: Cbor) {
        *self.get(name) = value;
    }

    /// Takes a field out.
    pub fn remove(&mut self, name: &'static str) {
        self.0.retain(|(key, _)| *key != Cbor::Text(name));
    }

    /// A field.
    ///
    /// # Panics
    /// Where there is none with this name.
    pub fn get(&mut self, name: &'static str) -> &mut Cbor {
        &mut self.0.iter_mut().find(|(key, _)| *key == Cbor::Text(name)).unwrap().1
    }

    /// The registers.
    ///
    /// # Panics
    /// Where they are no map.
    pub fn pcrs(&mut self) -> &mut Vec<Entry> {
        match self.get("pcrs") {
            Cbor::Map(entries) | Cbor::OpenMap(entries) => entries,
            other => panic!("no registers: {other:?}"),
        }
    }

    /// The certificates above the leaf.
    ///
    /// # Panics
    /// Where they are no array.
    pub fn cabundle(&mut self) -> &mut Vec<Cbor> {
        match self.get("cabundle") {
            Cbor::Array(values) | Cbor::OpenArray(values) => values,
            other => panic!("no certificates: {other:?}"),
        }
    }
}

/// An enclave and the document that it is given.
pub struct Enclave {
    /// The certificates, root first, the enclave's last.
    pub chain: Vec<Signed>,
    /// The key that signs the document.
    pub key: EcKey,
    /// The protected header's bytes.
    pub protected: Vec<u8>,
    /// The unprotected header, encoded.
    pub unprotected: Vec<u8>,
    /// What stands before the array of four, such as a tag.
    pub before: Vec<u8>,
    /// Whether the payload's map tells its length, as it did before 2025.
    pub definite: bool,
    edits: Vec<Edit>,
    changes: Vec<(Step, Change)>,
}

impl Enclave {
    /// A sound enclave whose document has the form of today's: untagged, with maps of indefinite
    /// length in the payload.
    #[must_use]
    pub fn sound() -> Self {
        Self::of("aws")
    }

    /// The same under an authority of another name: nothing that the trust root knows.
    #[must_use]
    pub fn of(who: &str) -> Self {
        let chain = pki::chain(who);
        Self {
            key: pki::key(who, chain.len() - 1),
            chain,
            protected: vec![0xa1, 0x01, 0x38, 0x22],
            unprotected: vec![0xa0],
            before: Vec::new(),
            definite: false,
            edits: Vec::new(),
            changes: Vec::new(),
        }
    }

    /// Changes the fields when the document is minted.
    pub fn edit(&mut self, edit: impl Fn(&mut Fields) + 'static) {
        self.edits.push(Box::new(edit));
    }

    /// Replaces a field when the document is minted.
    pub fn set(&mut self, name: &'static str, value: Cbor) {
        self.edit(move |fields| fields.set(name, value.clone()));
    }

    /// Replaces the value of a register, or adds it.
    pub fn pcr(&mut self, index: u64, value: Cbor) {
        self.edit(move |fields| {
            fields.pcrs().retain(|(key, _)| *key != Cbor::Unsigned(index));
            fields.pcrs().push((Cbor::Unsigned(index), value.clone()));
        });
    }

    /// Changes the bytes of a step when the document is minted.
    pub fn change(&mut self, step: Step, change: impl Fn(&mut Vec<u8>) + 'static) {
        self.changes.push((step, Box::new(change)));
    }

    /// Writes bytes in place of those of a step.
    pub fn replace(&mut self, step: Step, bytes: &[u8]) {
        let bytes = bytes.to_vec();
        self.change(step, move |found| found.clone_from(&bytes));
    }

    pub(super) fn changed(&self, step: Step, mut bytes: Vec<u8>) -> Vec<u8> {
        for (_, change) in self.changes.iter().filter(|(at, _)| *at == step) {
            change(&mut bytes);
        }
        bytes
    }

    /// The COSE_Sign1 over a document with this user data and nonce (RFC 9052, sections 4.2 and 4.4).
    #[must_use]
    pub fn document(&self, user_data: Option<&[u8]>, nonce: Option<&[u8]>) -> Vec<u8> {
        let payload = self.changed(Step::Payload, self.payload(user_data, nonce));
        let protected = Cbor::Bytes(self.protected.clone());
        let signed = Cbor::Array(vec![
            Cbor::Text("Signature1"),
            protected.clone(),
            Cbor::Bytes(Vec::new()),
            Cbor::Bytes(payload.clone()),
        ]);
        let (r, s) = self.key.sign(&signed.encode());
        let signature = self.changed(Step::Signature, [r, s].concat());
        let array = Cbor::Array(vec![
            protected,
            Cbor::Raw(self.unprotected.clone()),
            Cbor::Bytes(payload),
            Cbor::Bytes(signature),
        ]);
        self.changed(Step::Document, [self.before.as_slice(), &array.encode()].concat())
    }

    fn payload(&self, user_data: Option<&[u8]>, nonce: Option<&[u8]>) -> Vec<u8> {
        let optional = |bytes: Option<&[u8]>| bytes.map_or(Cbor::Null, |bytes| Cbor::Bytes(bytes.to_vec()));
        let mut certificates: Vec<Cbor> = self.chain.iter().map(|one| Cbor::Bytes(one.der())).collect();
        let leaf = certificates.pop().unwrap();
        let mut fields = Fields(vec![
            (Cbor::Text("module_id"), Cbor::Text(MODULE)),
            (Cbor::Text("digest"), Cbor::Text("SHA384")),
            (Cbor::Text("timestamp"), Cbor::Unsigned(MADE * 1000 + 387)),
            (Cbor::Text("pcrs"), Cbor::OpenMap(registers())),
            (Cbor::Text("certificate"), leaf),
            (Cbor::Text("cabundle"), Cbor::Array(certificates)),
            (Cbor::Text("public_key"), Cbor::Null),
            (Cbor::Text("user_data"), optional(user_data)),
            (Cbor::Text("nonce"), optional(nonce)),
        ]);
        for edit in &self.edits {
            edit(&mut fields);
        }
        if self.definite { Cbor::Map(fields.0).encode() } else { Cbor::OpenMap(fields.0).encode() }
    }
}

/// The enclave's id.
pub const MODULE: &str = "i-00000000000000001-enc0000000000000001";

/// Registers 0 to 15: image, role, instance, and zeros where nothing was measured.
fn registers() -> Vec<Entry> {
    let value = |index: u64| match index {
        0..=2 => PCRS[usize::try_from(index).unwrap()].to_vec(),
        3 => Hash::Sha384.digest(b"role of the software TEE's instance"),
        4 => Hash::Sha384.digest(MODULE.as_bytes()),
        _ => vec![0; 48],
    };
    (0..16).map(|index| (Cbor::Unsigned(index), Cbor::Bytes(value(index)))).collect()
}
