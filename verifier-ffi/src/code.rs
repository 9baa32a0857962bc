//! The codes that calls return.

use kettle_verifier_core::request::RequestErrorCode;

/// What became of a call. A code never changes its meaning, and the number of one that is given up is not
/// given to another. Success is not zero, so that cleared memory does not read as it.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// It was done.
    Ok = 1000,
    /// A pointer that must not be null is null.
    NullArgument = 1001,
    /// A text is not UTF-8.
    NotUtf8 = 1002,
    /// A number or a word that is none of those that the call takes.
    InvalidArgument = 1003,
    /// The library has a mistake: it panicked. Free the handles that the call was given, and report it.
    Panic = 1004,
    /// The machine's clock says a time that is no time of appraisal.
    Clock = 1005,
    /// A file, folder or archive can't be read. The message says which, where and why.
    Unreadable = 1100,
    /// The policy is refused.
    Policy = 1200,
    /// The trust-root file is refused.
    TrustRoot = 1201,
    /// A key that signs policies is refused, or one is missing.
    PolicyKey = 1202,
    /// The time of appraisal is refused, or nobody said it.
    Now = 1203,
    /// The demanded nonce is refused.
    Nonce = 1204,
    /// The demanded source is refused.
    Source = 1205,
    /// A document of the request is refused.
    Document = 1206,
    /// Something was set that has no meaning for what is appraised.
    NotApplicable = 1207,
    /// The request is refused for a reason that this version of the header has no code for.
    Request = 1299,
}

impl Code {
    /// Every code.
    pub(crate) const ALL: [Self; 16] = [
        Self::Ok,
        Self::NullArgument,
        Self::NotUtf8,
        Self::InvalidArgument,
        Self::Panic,
        Self::Clock,
        Self::Unreadable,
        Self::Policy,
        Self::TrustRoot,
        Self::PolicyKey,
        Self::Now,
        Self::Nonce,
        Self::Source,
        Self::Document,
        Self::NotApplicable,
        Self::Request,
    ];

    /// The number in the C interface.
    #[must_use]
    #[allow(clippy::as_conversions, reason = "the discriminant of a `repr(u32)` enum")]
    pub const fn number(self) -> u32 {
        self as u32
    }

    /// The code in words.
    #[must_use]
    pub const fn name(self) -> &'static core::ffi::CStr {
        match self {
            Self::Ok => c"ok",
            Self::NullArgument => c"null_argument",
            Self::NotUtf8 => c"not_utf8",
            Self::InvalidArgument => c"invalid_argument",
            Self::Panic => c"panic",
            Self::Clock => c"clock",
            Self::Unreadable => c"unreadable",
            Self::Policy => c"policy",
            Self::TrustRoot => c"trust_root",
            Self::PolicyKey => c"policy_key",
            Self::Now => c"now",
            Self::Nonce => c"nonce",
            Self::Source => c"source",
            Self::Document => c"document",
            Self::NotApplicable => c"not_applicable",
            Self::Request => c"request",
        }
    }
}

impl From<RequestErrorCode> for Code {
    fn from(code: RequestErrorCode) -> Self {
        match code {
            RequestErrorCode::Policy => Self::Policy,
            RequestErrorCode::TrustRoot => Self::TrustRoot,
            RequestErrorCode::PolicyKey => Self::PolicyKey,
            RequestErrorCode::Now => Self::Now,
            RequestErrorCode::Nonce => Self::Nonce,
            RequestErrorCode::Source => Self::Source,
            RequestErrorCode::Document => Self::Document,
            RequestErrorCode::NotApplicable => Self::NotApplicable,
            _ => Self::Request,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The list that was published. Lines are added, and never changed.
    const PUBLISHED: [(u32, &str); 16] = [
        (1000, "ok"),
        (1001, "null_argument"),
        (1002, "not_utf8"),
        (1003, "invalid_argument"),
        (1004, "panic"),
        (1005, "clock"),
        (1100, "unreadable"),
        (1200, "policy"),
        (1201, "trust_root"),
        (1202, "policy_key"),
        (1203, "now"),
        (1204, "nonce"),
        (1205, "source"),
        (1206, "document"),
        (1207, "not_applicable"),
        (1299, "request"),
    ];

    #[test]
    fn codes_keep_their_meaning() {
        let codes = Code::ALL.map(|code| (code.number(), code.name().to_str().unwrap()));
        assert_eq!(codes, PUBLISHED);
    }

    #[test]
    fn every_refusal_has_the_name_that_the_core_gives_it() {
        let refusals = [
            RequestErrorCode::Policy,
            RequestErrorCode::TrustRoot,
            RequestErrorCode::PolicyKey,
            RequestErrorCode::Now,
            RequestErrorCode::Nonce,
            RequestErrorCode::Source,
            RequestErrorCode::Document,
            RequestErrorCode::NotApplicable,
        ];
        for refusal in refusals {
            assert_eq!(Code::from(refusal).name().to_str().unwrap(), refusal.name());
        }
    }
}
