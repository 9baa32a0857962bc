//! Artifacts, hashed piece by piece, for platforms that can't.

use alloc::vec::Vec;

use kettle_verifier_core::bundle::ArtifactHasher;
use wasm_bindgen::prelude::wasm_bindgen;

/// SHA-256 of a stream.
#[wasm_bindgen]
#[derive(Default)]
pub struct Hasher(ArtifactHasher);

#[wasm_bindgen]
impl Hasher {
    /// Nothing was seen yet.
    #[must_use]
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest, 32 bytes. The hasher is used up.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.0.finish("").sha256.to_vec()
    }
}
