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
mod settings;

pub use content::Content;
pub use hasher::Hasher;
pub use settings::Settings;

use alloc::string::String;

use wasm_bindgen::prelude::wasm_bindgen;

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
