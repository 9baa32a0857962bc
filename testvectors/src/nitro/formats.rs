//! The files of the two other systems around a document.

use base64ct::{Base64, Encoding as _};

use super::{Enclave, PCRS, Step};
use crate::hex;
use crate::signing::Hash;

/// A certificate of attestable builds before it is put together: `<artifact>.cert`.
pub struct Certified {
    /// The enclave and its document.
    pub enclave: Enclave,
    /// The text in the user data.
    pub text: String,
    /// The file's members beside the document, in their order.
    pub members: Vec<(String, String)>,
    /// The artifact; `None` where none is given.
    pub artifact: Option<(String, Vec<u8>)>,
}

impl Certified {
    /// A sound certificate.
    #[must_use]
    pub fn sound() -> Self {
        let artifact = b"#!/bin/sh\necho hello, attestable world\n".to_vec();
        let mut sound = Self {
            enclave: Enclave::sound(),
            text: String::new(),
            members: Vec::new(),
            artifact: Some(("hello".into(), artifact)),
        };
        let hash = sound.hash();
        sound.say(COMMIT, "hello", &hash);
        sound
    }

    /// SHA-256 of the sound certificate's artifact, lower-case hex.
    ///
    /// # Panics
    /// Where no artifact is given.
    #[must_use]
    pub fn hash(&self) -> String {
        hex(&Hash::Sha256.digest(&self.artifact.as_ref().unwrap().1))
    }

    /// Lets text and members say these values.
    pub fn say(&mut self, commit: &str, name: &str, hash: &str) {
        self.text = format!("commit_hash={commit},artifact_name={name},artifact_hash={hash}");
        let own = [("commit_hash", commit), ("artifact_name", name), ("artifact_hash", hash)];
        let pcrs = PCRS.iter().zip(["pcr0", "pcr1", "pcr2"]);
        let pcrs = pcrs.map(|(value, name)| (name.to_owned(), Base64::encode_string(value)));
        self.members = own.map(|(name, value)| (name.to_owned(), value.to_owned())).into_iter().collect();
        self.members.extend(pcrs);
    }

    /// Replaces the value of a member.
    ///
    /// # Panics
    /// Where there is none with this name.
    pub fn member(&mut self, name: &str, value: &str) {
        self.members.iter_mut().find(|(known, _)| known == name).unwrap().1 = value.into();
    }

    /// Puts the file together.
    #[must_use]
    pub fn mint(&self) -> Vec<u8> {
        let document = self.enclave.document(Some(self.text.as_bytes()), None);
        let attestation = ("attestation".to_owned(), Base64::encode_string(&document));
        let members = self.members.iter().chain([&attestation]);
        let members: Vec<String> =
            members.map(|(name, value)| format!(r#""{name}":{}"#, serde_json::json!(value))).collect();
        self.enclave.changed(Step::Envelope, format!("{{{}}}", members.join(",")).into_bytes())
    }
}

/// The commit of a sound certificate.
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// A report of TEE Compile before it is put together: `<output>.report`, the document itself.
pub struct Compiled {
    /// The enclave and its document.
    pub enclave: Enclave,
    /// The JSON in the user data.
    pub json: String,
    /// The document's nonce; `None` where it has none.
    pub nonce: Option<String>,
    /// The roots that are expected, over the inputs and over the outputs.
    pub expected: [Option<[u8; 32]>; 2],
}

/// The roots over inputs and outputs of a sound report.
pub const HASHES: [[u8; 32]; 2] = [[0x11; 32], [0x22; 32]];

impl Compiled {
    /// A sound report.
    #[must_use]
    pub fn sound() -> Self {
        let nonce = "00112233445566778899aabbccddeeff";
        let [input, output] = HASHES.map(|hash| hex(&hash));
        Self {
            enclave: Enclave::sound(),
            json: format!(r#"{{"input_hash":"0x{input}","output_hash":"0x{output}","nonce":"{nonce}"}}"#),
            nonce: Some(nonce.into()),
            expected: HASHES.map(Some),
        }
    }

    /// Adds members to the JSON.
    pub fn add(&mut self, members: &str) {
        self.swap("}", &format!(",{members}}}"));
    }

    /// Replaces a text once in the JSON.
    ///
    /// # Panics
    /// Where it is not there.
    pub fn swap(&mut self, from: &str, to: &str) {
        assert!(self.json.contains(from), "nothing to replace: {from}");
        self.json = self.json.replacen(from, to, 1);
    }

    /// Puts the file together.
    #[must_use]
    pub fn mint(&self) -> Vec<u8> {
        let document =
            self.enclave.document(Some(self.json.as_bytes()), self.nonce.as_deref().map(str::as_bytes));
        self.enclave.changed(Step::Envelope, document)
    }
}
