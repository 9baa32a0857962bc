//! What an appraisal is made under.

use alloc::format;
use alloc::vec::Vec;

use super::Content;
use super::error::{RequestError, RequestErrorCode};
use crate::appraise::{appraise, appraise_evidence};
use crate::formats::{attestable, tee_compile};
use crate::policy::{Policy, PolicyKey, SignedPolicyRules};
use crate::time::Timestamp;
use crate::trust::TrustRoots;
use crate::verdict::Verdict;

/// What an appraisal is made under: time, demands and trust. Absent is the strict default of each,
/// but for the time, which is always said.
#[derive(Debug, Clone, Default)]
pub struct Settings<'a> {
    /// The time of appraisal, RFC 3339, such as `2026-03-05T08:00:00Z`.
    pub now: &'a str,
    /// The bytes of a policy document, or of one in a signed envelope.
    pub policy: Option<&'a [u8]>,
    /// The keys of which one must have signed the policy, each the DER of a public key
    /// (SubjectPublicKeyInfo). Given any, an unsigned policy is refused.
    pub policy_keys: Vec<&'a [u8]>,
    /// The lowest version that a signed policy may have.
    pub policy_minimum_version: Option<u64>,
    /// The bytes of a trust-root file, beside or instead of the pinned roots.
    pub trust_root: Option<&'a [u8]>,
    /// The demanded nonce, 32 characters of lower-case hex.
    pub nonce: Option<&'a str>,
    /// The demanded source, `URI` or `URI@COMMIT`.
    pub source: Option<&'a str>,
    /// Takes debug guests. Their memory is open to the host.
    pub insecure_allow_debug: bool,
}

impl Settings<'_> {
    /// Appraises under these settings.
    ///
    /// ```
    /// use kettle_verifier_core::request::{Content, RequestErrorCode, Settings};
    /// use kettle_verifier_core::{Bundle, Outcome};
    /// let content = Content::Bundle(Bundle::default());
    /// let settings = Settings { now: "2026-03-05T08:00:00Z", ..Settings::default() };
    /// assert_eq!(settings.appraise(&content).unwrap().outcome, Outcome::Failed);
    /// let refused = Settings { now: "today", ..Settings::default() }.appraise(&content).unwrap_err();
    /// assert_eq!(refused.code, RequestErrorCode::Now);
    /// ```
    ///
    /// # Errors
    /// [`RequestError`] where one of the settings can't be read.
    pub fn appraise(&self, content: &Content<'_>) -> Result<Verdict, RequestError> {
        Ok(self.terms()?.appraise(content))
    }

    /// Reads all settings, before anything that is appraised has to be there.
    ///
    /// # Errors
    /// [`RequestError`] where one of the settings can't be read.
    pub fn terms(&self) -> Result<Terms, RequestError> {
        let now = self.time()?;
        Ok(Terms { now, policy: self.demands(now)?, roots: self.roots()? })
    }

    /// The time of appraisal.
    ///
    /// # Errors
    /// [`RequestErrorCode::Now`].
    pub fn time(&self) -> Result<Timestamp, RequestError> {
        Timestamp::from_rfc3339(self.now).ok_or_else(|| {
            RequestErrorCode::Now
                .because(format!("`{}`: expected a time such as 2026-03-05T08:00:00Z", shown(self.now)))
        })
    }

    /// The policy with what the other settings add to it.
    ///
    /// # Errors
    /// [`RequestErrorCode::Policy`], [`RequestErrorCode::PolicyKey`], [`RequestErrorCode::Nonce`] or
    /// [`RequestErrorCode::Source`].
    pub fn demands(&self, now: Timestamp) -> Result<Policy, RequestError> {
        let mut policy = self.policy(now)?;
        if let Some(nonce) = self.nonce {
            policy = policy.with_nonce(nonce).map_err(|_| {
                RequestErrorCode::Nonce.because(format!(
                    "`{}`: expected 32 characters of lower-case hex, not all zero",
                    shown(nonce)
                ))
            })?;
        }
        if let Some(source) = self.source {
            let (uri, commit) = split_source(source);
            policy = policy.with_source(uri, commit).map_err(|_| {
                RequestErrorCode::Source.because(format!(
                    "`{}`: expected a repository URI, and after an `@` a full commit of 40 or 64 lower-case hex digits",
                    shown(source)
                ))
            })?;
        }
        Ok(if self.insecure_allow_debug { policy.insecure_allow_debug() } else { policy })
    }

    fn policy(&self, now: Timestamp) -> Result<Policy, RequestError> {
        let Some(bytes) = self.policy else {
            return if self.policy_keys.is_empty() && self.policy_minimum_version.is_none() {
                Ok(Policy::default())
            } else {
                Err(RequestErrorCode::PolicyKey.because("a demand on who signs policies, and no policy"))
            };
        };
        let keys = self.keys()?;
        if !keys.is_empty() {
            let rules = SignedPolicyRules { now, minimum_version: self.policy_minimum_version.unwrap_or(0) };
            return Ok(Policy::from_signed(bytes, &keys, rules)?);
        }
        if Policy::is_envelope(bytes) {
            return Err(RequestErrorCode::PolicyKey
                .because("a signed policy; name the key that you trust with `policy_keys`"));
        }
        if self.policy_minimum_version.is_some() {
            return Err(RequestErrorCode::PolicyKey.because(
                "a lowest version is for signed policies; name the key that you trust with `policy_keys`",
            ));
        }
        Ok(Policy::from_json(bytes)?)
    }

    fn keys(&self) -> Result<Vec<PolicyKey>, RequestError> {
        let key = |(index, der): (usize, &&[u8])| {
            PolicyKey::from_spki_der(der).ok_or_else(|| {
                RequestErrorCode::PolicyKey
                    .because("expected a public key on P-256 or P-384")
                    .at(format!("/policy_keys/{index}"))
            })
        };
        self.policy_keys.iter().enumerate().map(key).collect()
    }

    /// The trusted roots.
    ///
    /// # Errors
    /// [`RequestErrorCode::TrustRoot`].
    pub fn roots(&self) -> Result<TrustRoots, RequestError> {
        match self.trust_root {
            Some(bytes) => Ok(TrustRoots::from_json(bytes)?),
            None => Ok(TrustRoots::pinned()),
        }
    }
}

/// Settings that were read: what any number of appraisals can be made under.
#[derive(Debug, Clone)]
pub struct Terms {
    /// The time of appraisal.
    pub now: Timestamp,
    /// The policy with what the other settings add to it.
    pub policy: Policy,
    /// The trusted roots.
    pub roots: TrustRoots,
}

impl Terms {
    /// Appraises under these terms.
    #[must_use]
    pub fn appraise(&self, content: &Content<'_>) -> Verdict {
        let Self { now, policy, roots } = self;
        match content {
            Content::Bundle(bundle) => appraise(bundle, policy, roots, *now),
            Content::Evidence(evidence) => appraise_evidence(evidence, policy, roots, *now),
            Content::AttestableBuild(given) => attestable::appraise(given, policy, roots, *now),
            Content::TeeCompile(given) => tee_compile::appraise(given, policy, roots, *now),
        }
    }
}

/// Untrusted text in a message.
fn shown(text: &str) -> alloc::string::String {
    crate::text::echo(text)
}

/// `URI@COMMIT`. The `@` of `git@host:path` or `https://user@host/path` does not begin a commit.
pub(super) fn split_source(source: &str) -> (&str, Option<&str>) {
    match source.rsplit_once('@') {
        Some((uri, commit)) if !commit.contains(['/', ':']) => (uri, Some(commit)),
        _ => (source, None),
    }
}
