//! Why a call did not do what it was asked to, and the words for it until the thread's next call.

use core::cell::RefCell;
use core::ffi::CStr;
use std::ffi::CString;

use kettle_verifier_core::request::RequestError;
use kettle_verifier_io::Error;

use crate::code::Code;

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The code that the call returns.
    pub code: Code,
    /// The place in the part that is wrong; empty where it is the whole.
    pub location: String,
    /// What is wrong, in words.
    pub message: String,
}

impl Failure {
    /// A failure without a place.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, location: String::new(), message: message.into() }
    }
}

impl From<RequestError> for Failure {
    fn from(error: RequestError) -> Self {
        Self { code: error.code.into(), location: error.location, message: error.message }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        Self { code: Code::Unreadable, location: error.into_refusal().place, message }
    }
}

/// A text for C. A NUL inside would end it early, so it is shown as the replacement character.
#[must_use]
pub fn c_text(text: &str) -> CString {
    let bytes = if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text.into() };
    CString::new(bytes).unwrap_or_default()
}

#[derive(Default)]
struct Last {
    message: CString,
    location: CString,
}

thread_local! {
    static LAST: RefCell<Last> = RefCell::default();
}

/// Keeps the words of a failure, or forgets the last one's.
pub(crate) fn keep(failure: Option<&Failure>) {
    let last = failure
        .map(|failure| Last { message: c_text(&failure.message), location: c_text(&failure.location) });
    LAST.with(|kept| *kept.borrow_mut() = last.unwrap_or_default());
}

/// What is wrong, of the last call of this thread.
pub(crate) fn message<T>(look: impl FnOnce(&CStr) -> T) -> T {
    LAST.with(|kept| look(&kept.borrow().message))
}

/// Where it is wrong, of the last call of this thread.
pub(crate) fn location<T>(look: impl FnOnce(&CStr) -> T) -> T {
    LAST.with(|kept| look(&kept.borrow().location))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nul_does_not_cut_a_text() {
        assert_eq!(c_text("a\0b").to_str().unwrap(), "a\u{fffd}b");
    }

    #[test]
    fn words_are_of_the_last_call_and_the_same_thread() {
        keep(Some(&Failure::new(Code::Now, "when?")));
        assert!(message(|text| text == c"when?"));
        std::thread::spawn(|| assert!(message(CStr::is_empty))).join().unwrap();
        keep(None);
        assert!(message(CStr::is_empty));
    }
}
