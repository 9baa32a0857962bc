//! What the author of a case states by hand. `mint` refuses to write a case that bears out another
//! statement: to be rejected for the wrong reason is a failure.

/// An outcome and the check that decides it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expect {
    pub(super) outcome: &'static str,
    pub(super) decided_by: String,
}

impl Expect {
    /// Everything holds.
    #[must_use]
    pub fn verified() -> Self {
        Self { outcome: "verified", decided_by: String::new() }
    }

    /// This check is the first that fails.
    #[must_use]
    pub fn fails(check: &str) -> Self {
        Self { outcome: "failed", decided_by: check.into() }
    }

    /// Nothing fails, and this check is the first that says that nothing was pinned.
    #[must_use]
    pub fn unpinned(check: &str) -> Self {
        Self { outcome: "unpinned", decided_by: check.into() }
    }

    /// Nothing fails, and this check is the first that can't be decided.
    #[must_use]
    pub fn inconclusive(check: &str) -> Self {
        Self { outcome: "inconclusive", decided_by: check.into() }
    }

    /// The policy can't be read, at this place.
    #[must_use]
    pub fn unreadable_policy(at: &str) -> Self {
        Self { outcome: "unreadable", decided_by: format!("policy {at}") }
    }

    /// The trust-root file can't be read, at this place.
    #[must_use]
    pub fn unreadable_trust_root(at: &str) -> Self {
        Self { outcome: "unreadable", decided_by: format!("trust_root {at}") }
    }
}
