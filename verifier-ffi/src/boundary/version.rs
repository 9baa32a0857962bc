//! The version of the library that is loaded.

use core::ffi::{CStr, c_char};

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
