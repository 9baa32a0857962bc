//! `libkettle_verify`: the verifier for C and whatever calls C.
//!
//! `include/kettle_verify.h` is its documentation for callers. Here everything that touches a pointer
//! lies in [`boundary`]; the other modules are safe code over the request of
//! [`kettle_verifier_core::request`]. Nothing in this crate decides anything about evidence.

#[cfg(all(cargo_c, not(panic = "unwind")))]
compile_error!("the library turns panics into error codes; build it with `--profile capi`");

pub mod boundary;
pub mod bundle;
pub mod code;
pub mod failure;
pub mod generated;
pub mod settings;
pub mod verdict;
