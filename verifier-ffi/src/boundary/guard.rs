//! The panic boundary, and the words of the last failure.

use core::ffi::{CStr, c_char};
use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

use crate::code::Code;
use crate::failure::{self, Failure};

/// Does the work of a call: a failure and a panic become codes, and their words are kept for the thread.
///
/// What a panic leaves behind in a handle is sound memory, though perhaps half of what was asked for; the
/// header tells callers to free it.
pub(super) fn guard(work: impl FnOnce() -> Result<(), Failure>) -> Code {
    let done = catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        discard(payload);
        Err(Failure::new(Code::Panic, "a mistake in libkettle_verify; please report it"))
    });
    let code = done.as_ref().err().map_or(Code::Ok, |failure| failure.code);
    let kept = catch_unwind(AssertUnwindSafe(|| failure::keep(done.as_ref().err())));
    if kept.is_ok() { code } else { Code::Panic }
}

/// As [`guard`], for a call that can't fail: `otherwise` stands for a panic.
pub(super) fn total<T>(otherwise: T, work: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload| {
        discard(payload);
        otherwise
    })
}

/// What a panic carries may itself panic when it is dropped.
fn discard(payload: Box<dyn core::any::Any + Send>) {
    if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        core::mem::forget(second);
    }
}

/// What was wrong with the last call of this thread that returns a `kettle_result`; empty where it was
/// done. The text is UTF-8, ends in a NUL and lasts until this thread's next such call.
#[unsafe(no_mangle)]
pub extern "C" fn kettle_error_message() -> *const c_char {
    total(c"".as_ptr(), || failure::message(CStr::as_ptr))
}

/// Where it was wrong: a JSON pointer, `line L column C`, a field; empty where it is the whole. As
/// `kettle_error_message` otherwise.
#[unsafe(no_mangle)]
pub extern "C" fn kettle_error_location() -> *const c_char {
    total(c"".as_ptr(), || failure::location(CStr::as_ptr))
}

/// A result in one word, such as `policy`; `unknown` where no result has this number. The text lasts
/// for ever.
#[unsafe(no_mangle)]
pub extern "C" fn kettle_result_name(result: u32) -> *const c_char {
    let known = Code::ALL.iter().find(|code| code.number() == result);
    known.map_or(c"unknown", |code| code.name()).as_ptr()
}
