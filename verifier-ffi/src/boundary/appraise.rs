//! The appraisal.

use kettle_verifier_core::request::appraise_json;

use super::guard::guard;
use super::pointer::{bytes, clear, hand_over, there};
use crate::bundle::Bundle;
use crate::code::Code;
use crate::settings::Settings;
use crate::verdict::Verdict;

/// Appraises a bundle under settings. `KETTLE_RESULT_OK` means that there is a verdict, and not that it
/// is a good one: ask `kettle_verdict_outcome`. Whatever is wrong with the evidence is said by the verdict;
/// another result is a mistake in the settings or in how the bundle was put together.
///
/// Threads may share the bundle and the settings for this call, as long as none changes them.
///
/// # Safety
/// `verdict` takes a pointer; no other thread changes the bundle or the settings.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_appraise(
    bundle: Option<&Bundle>,
    settings: Option<&Settings>,
    verdict: *mut *mut Verdict,
) -> Code {
    guard(|| {
        // SAFETY: as the caller vouches.
        unsafe { clear(verdict) }?;
        let appraised = there(settings)?.appraise(there(bundle)?)?;
        // SAFETY: as the caller vouches.
        unsafe { hand_over(verdict, appraised) }
    })
}

/// As `kettle_appraise`, with both as documents: `schema/bundle.v1.json` and `schema/settings.v1.json`.
///
/// # Safety
/// The bytes can be read; `verdict` takes a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_appraise_json(
    bundle: *const u8,
    bundle_length: usize,
    settings: *const u8,
    settings_length: usize,
    verdict: *mut *mut Verdict,
) -> Code {
    guard(|| {
        // SAFETY: as the caller vouches.
        unsafe { clear(verdict) }?;
        // SAFETY: as the caller vouches.
        let bundle = unsafe { bytes(bundle, bundle_length) }?;
        // SAFETY: as the caller vouches.
        let settings = unsafe { bytes(settings, settings_length) }?;
        let appraised = Verdict::new(&appraise_json(bundle, settings)?);
        // SAFETY: as the caller vouches.
        unsafe { hand_over(verdict, appraised) }
    })
}
