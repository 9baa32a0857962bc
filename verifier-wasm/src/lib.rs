//! The verifier as JavaScript asks for it: a request is filled in piece by piece, bytes as typed arrays,
//! and answered with the verdict's JSON. It translates, and nothing is decided here.
//!
//! This is the inner boundary. What the npm package offers is in `npm/src`.

mod content;
mod fault;
mod hasher;
mod settings;

pub use content::Content;
pub use hasher::Hasher;
pub use settings::Settings;

use wasm_bindgen::prelude::wasm_bindgen;

/// The version of the verifier.
#[must_use]
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").into()
}
