//! The verifier for Kotlin, Swift and Ruby, whose bindings `uniffi` writes from this library.
//!
//! The types are those of the documents in `schema/`, generated from them. Each call turns them into the
//! types of `verifier-core` and hands on what it says.

#![allow(unsafe_code, reason = "the macros of uniffi write the C interface below the bindings")]

mod convert;
mod reading;
mod refused;
#[rustfmt::skip]
mod types;

pub use refused::Refused;
pub use types::*;

use kettle_verifier_core::{Outcome as Decided, Policy, TrustRoots, request};

uniffi::setup_scaffolding!("kettle_verify");

/// Appraises a bundle under settings.
///
/// # Errors
/// [`Refused`] where the bundle document or a setting can't be read. The evidence itself is never refused:
/// it has a verdict.
#[uniffi::export]
pub fn appraise(bundle: BundleDocument, settings: SettingsDocument) -> Result<Verdict, Refused> {
    let bundle: request::BundleDocument = convert::same("bundle", &bundle)?;
    let settings: request::SettingsDocument = convert::same("settings", &settings)?;
    convert::same("verdict", &bundle.appraise(&settings)?)
}

/// Reads a folder, an archive (`.tar`, `.tar.gz`, `.zip`) or a document as a bundle, and hashes its artifacts.
/// Without artifacts, provenance and evidence are appraised alone.
///
/// # Errors
/// [`Refused`] with the code `unreadable`.
#[uniffi::export(default(without_artifacts = false))]
pub fn read(path: String, without_artifacts: bool) -> Result<BundleDocument, Refused> {
    let document = reading::read(path.into(), without_artifacts)?;
    convert::same("bundle", &document)
}

/// The bytes of a policy file as [`SettingsDocument`] takes them. An empty text stands for no policy there, so
/// an empty file is refused.
///
/// # Errors
/// [`Refused`] with the code `policy`.
#[uniffi::export]
pub fn policy_text(bytes: Vec<u8>) -> Result<String, Refused> {
    if bytes.is_empty() {
        Policy::from_json(&bytes).map_err(request::RequestError::from)?;
    }
    Ok(reading::hex(&bytes))
}

/// The bytes of a trust-root file as [`SettingsDocument`] takes them. An empty text stands for the embedded
/// roots there, so an empty file is refused.
///
/// # Errors
/// [`Refused`] with the code `trust_root`.
#[uniffi::export]
pub fn trust_root_text(bytes: Vec<u8>) -> Result<String, Refused> {
    if bytes.is_empty() {
        TrustRoots::from_json(&bytes).map_err(request::RequestError::from)?;
    }
    Ok(reading::hex(&bytes))
}

/// A verdict as JSON on one line. The bytes are the same in every language.
///
/// # Errors
/// [`Refused`] where the verdict is none.
#[uniffi::export]
pub fn verdict_json(verdict: Verdict) -> Result<String, Refused> {
    let verdict: kettle_verifier_core::Verdict = convert::same("verdict", &verdict)?;
    Ok(verdict.to_json())
}

/// The exit code of the command line for an outcome; 0 is the one that says yes.
///
/// # Errors
/// [`Refused`] where the outcome is none.
#[uniffi::export]
pub fn exit_code(outcome: Outcome) -> Result<u8, Refused> {
    let outcome: Decided = convert::same("outcome", &outcome)?;
    Ok(outcome.exit_code())
}

/// The version of the verifier.
#[uniffi::export]
#[must_use]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").into()
}

/// The conformance hash: SHA-256 over the verdicts on the project's test corpus, lower-case hex. Two packages
/// with the same one, in whatever languages, judge alike.
#[uniffi::export]
#[must_use]
pub fn conformance() -> String {
    kettle_verifier_core::CONFORMANCE.trim().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_file_is_not_taken_for_none() {
        for (answer, part) in
            [(policy_text(Vec::new()), "policy"), (trust_root_text(Vec::new()), "trust_root")]
        {
            let Refused::Request { code, .. } = answer.unwrap_err();
            assert_eq!(code, part);
        }
        assert_eq!(policy_text(b"{}".to_vec()).unwrap(), "7b7d");
    }
}
