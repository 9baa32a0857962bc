//! The verifier as JavaScript asks for it: a request is filled in piece by piece, bytes as typed arrays,
//! and answered with the verdict's JSON. It translates, and nothing is decided here.
//!
//! This is the inner boundary. What the npm package offers is in `npm/src`.
//!
//! The module is built without `std`: a handler that drops what a panic says lets the linker leave out all
//! those texts, and nobody could read them, since a module without imports has nowhere to write.

#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

mod content;
mod fault;
mod hasher;
mod opening;
mod settings;

pub use content::Content;
pub use hasher::Hasher;
pub use opening::{Opened, Opening};
pub use settings::Settings;

use alloc::format;
use alloc::string::String;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::fault::{Fault, thrown};

#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// A panic is a trap, which JavaScript sees as a `RuntimeError`.
#[cfg(target_family = "wasm")]
#[panic_handler]
fn trap(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// The version of the verifier.
#[must_use]
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").into()
}

/// The conformance hash: of every case of the corpus, and what this verifier says to it.
#[must_use]
#[wasm_bindgen]
pub fn conformance() -> String {
    kettle_verifier_core::CONFORMANCE.trim_end().into()
}

/// The table of all checks as JSON or, of one platform, those that it performs.
///
/// # Errors
/// `document` where there is no such platform.
#[wasm_bindgen]
pub fn checks(platform: Option<String>) -> Result<String, wasm_bindgen::JsValue> {
    let rows = kettle_verifier_core::platform::checks_of(platform.as_deref())
        .map_err(|labels| thrown(Fault::document("/platform", &format!("expected one of {labels}"))))?;
    Ok(serde_json::to_string(&rows).unwrap_or_default())
}
