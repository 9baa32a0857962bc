//! From C's pointers to slices, texts and handles, and back.

use core::ffi::{CStr, c_char};
use std::path::PathBuf;

use crate::code::Code;
use crate::failure::Failure;

/// A handle that C passed, null or not.
pub(super) fn there<T>(handle: Option<T>) -> Result<T, Failure> {
    handle.ok_or_else(null)
}

/// Bytes. Null stands for none of them only where the length is zero.
///
/// # Safety
/// `data` is null, or `length` bytes can be read from it while `'a` lasts.
pub(super) unsafe fn bytes<'a>(data: *const u8, length: usize) -> Result<&'a [u8], Failure> {
    if length == 0 {
        return Ok(&[]);
    }
    if data.is_null() {
        return Err(null());
    }
    if isize::try_from(length).is_err() {
        return Err(Failure::new(Code::InvalidArgument, "a length beyond the address space"));
    }
    // SAFETY: it is not null, the length fits, and the caller vouches for the bytes.
    Ok(unsafe { core::slice::from_raw_parts(data, length) })
}

/// 32 bytes.
///
/// # Safety
/// `data` is null, or 32 bytes can be read from it.
pub(super) unsafe fn digest(data: *const u8) -> Result<[u8; 32], Failure> {
    // SAFETY: as the caller vouches.
    let bytes = unsafe { bytes(data, 32) }?;
    bytes.try_into().map_err(|_| null())
}

/// A text.
///
/// # Safety
/// `text` is null, or ends in a NUL that can be reached from it while `'a` lasts.
pub(super) unsafe fn text<'a>(text: *const c_char) -> Result<&'a str, Failure> {
    // SAFETY: as the caller vouches.
    let text = unsafe { c_str(text) }?;
    text.to_str().map_err(|_| Failure::new(Code::NotUtf8, "a text that is not UTF-8"))
}

/// A path, in whatever bytes the system takes.
///
/// # Safety
/// As [`text`].
pub(super) unsafe fn path(text: *const c_char) -> Result<PathBuf, Failure> {
    // SAFETY: as the caller vouches.
    let text = unsafe { c_str(text) }?;
    #[cfg(unix)]
    return Ok(PathBuf::from(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(text.to_bytes())));
    #[cfg(not(unix))]
    text.to_str().map(PathBuf::from).map_err(|_| Failure::new(Code::NotUtf8, "a path that is not UTF-8"))
}

/// # Safety
/// As [`text`].
unsafe fn c_str<'a>(text: *const c_char) -> Result<&'a CStr, Failure> {
    if text.is_null() {
        return Err(null());
    }
    // SAFETY: it is not null, and the caller vouches for the NUL.
    Ok(unsafe { CStr::from_ptr(text) })
}

/// Clears where a handle is to be put, so that nobody frees what was there when the call fails.
///
/// # Safety
/// `out` is null, or a pointer can be written to it.
pub(super) unsafe fn clear<T>(out: *mut *mut T) -> Result<(), Failure> {
    // SAFETY: as the caller vouches.
    unsafe { store(out, core::ptr::null_mut()) }
}

/// Hands a handle to C, which gives it back to the handle's `_free`.
///
/// # Safety
/// `out` is null, or a pointer can be written to it.
pub(super) unsafe fn hand_over<T>(out: *mut *mut T, value: T) -> Result<(), Failure> {
    // SAFETY: as the caller vouches.
    unsafe { clear(out) }?;
    let handle = Box::into_raw(Box::new(value));
    // SAFETY: as the caller vouches.
    unsafe { store(out, handle) }
}

/// Writes what C asked for.
///
/// # Safety
/// `out` is null, or a value can be written to it.
pub(super) unsafe fn store<T>(out: *mut T, value: T) -> Result<(), Failure> {
    if out.is_null() {
        return Err(null());
    }
    // SAFETY: it is not null, and the caller vouches for the place.
    unsafe { out.write(value) };
    Ok(())
}

fn null() -> Failure {
    Failure::new(Code::NullArgument, "a null pointer where one to something is needed")
}
