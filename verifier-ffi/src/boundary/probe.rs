//! A mistake on purpose, in builds for the tests only.

use super::guard::guard;
use crate::code::Code;

/// Panics inside the library, so that the tests in C see what becomes of it.
#[unsafe(no_mangle)]
pub extern "C" fn kettle_probe_panic() -> Code {
    #[allow(clippy::panic, reason = "this is what is tested")]
    guard(|| panic!("a probe of the panic boundary"))
}
