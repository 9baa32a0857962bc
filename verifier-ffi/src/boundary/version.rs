//! The version of the library that is loaded.

use core::ffi::{CStr, c_char};
use std::ffi::CString;
use std::sync::OnceLock;

use kettle_verifier_core::CONFORMANCE;

use super::guard::total;

use crate::failure::c_text;
use crate::generated::{VERSION_MAJOR, VERSION_MINOR, VERSION_PATCH};

const TEXT: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
    Ok(text) => text,
    Err(_) => c"",
};

/// The version of the library that is loaded, such as `0.1.0`. `KETTLE_VERIFY_VERSION` is the one that
/// the caller was compiled with. The text lasts for ever.
#[unsafe(no_mangle)]
pub extern "C" fn kettle_version() -> *const c_char {
    TEXT.as_ptr()
}

/// The same as a number: major * 1000000 + minor * 1000 + patch, as `KETTLE_VERIFY_VERSION_NUMBER`.
#[unsafe(no_mangle)]
pub extern "C" fn kettle_version_number() -> u32 {
    const { VERSION_MAJOR * 1_000_000 + VERSION_MINOR * 1_000 + VERSION_PATCH }
}

/// The conformance hash, 64 characters of hex: SHA-256 over what the library says to the project's test
/// corpus. Two packages with the same one, in whatever languages, give the same verdicts. The text lasts
/// for ever.
#[unsafe(no_mangle)]
pub extern "C" fn kettle_conformance() -> *const c_char {
    static KEPT: OnceLock<CString> = OnceLock::new();
    total(c"".as_ptr(), || KEPT.get_or_init(|| c_text(CONFORMANCE.trim())).as_ptr())
}
