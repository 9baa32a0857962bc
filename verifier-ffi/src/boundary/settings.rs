//! What an appraisal is made under.

use core::ffi::c_char;

use kettle_verifier_core::limits::POLICY_BYTES;
use kettle_verifier_io::{read_public_key, read_small};

use super::guard::{guard, total};
use super::pointer::{bytes, hand_over, path, text, there};
use crate::code::Code;
use crate::settings::Settings;

/// Settings that say nothing yet: the built-in policy, the pinned roots, and no time of appraisal, which
/// has to be said.
///
/// # Safety
/// `settings` takes a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_settings_new(settings: *mut *mut Settings) -> Code {
    // SAFETY: as the caller vouches.
    guard(|| unsafe { hand_over(settings, Settings::default()) })
}

/// Frees them. Null is taken and nothing is done.
///
/// # Safety
/// `settings` is null or a handle that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_settings_free(settings: Option<Box<Settings>>) {
    total((), || drop(settings));
}

/// The time of appraisal, RFC 3339, such as `2026-03-05T08:00:00Z`.
///
/// # Safety
/// `now` is a text; no other thread uses the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_settings_set_now(
    settings: Option<&mut Settings>,
    now: *const c_char,
) -> Code {
    guard(|| {
        // SAFETY: as the caller vouches.
        there(settings)?.now = unsafe { text(now) }?.to_owned();
        Ok(())
    })
}

/// The time of appraisal is what this machine's clock says at this call. Say it again before a later
/// appraisal with the same settings.
///
/// # Safety
/// No other thread uses the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_settings_set_now_from_clock(settings: Option<&mut Settings>) -> Code {
    guard(|| there(settings)?.set_now_from_clock())
}

/// The bytes of a policy document, or of one in a signed envelope. They are copied.
///
/// # Safety
/// `length` bytes can be read from `data`; no other thread uses the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_settings_set_policy(
    settings: Option<&mut Settings>,
    data: *const u8,
    length: usize,
) -> Code {
    guard(|| {
        // SAFETY: as the caller vouches.
        there(settings)?.policy = Some(unsafe { bytes(data, length) }?.to_vec());
        Ok(())
    })
}

/// As `kettle_settings_set_policy`, from a file.
///
/// # Safety
/// `file` is a text; no other thread uses the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_settings_read_policy(
    settings: Option<&mut Settings>,
    file: *const c_char,
) -> Code {
    guard(|| {
        let settings = there(settings)?;
        // SAFETY: as the caller vouches.
        settings.policy = Some(read_small(&unsafe { path(file) }?, POLICY_BYTES)?);
        Ok(())
    })
}

/// Adds a key of which one must have signed the policy: the DER of a public key (SubjectPublicKeyInfo).
/// Given any, an unsigned policy is refused.
///
/// # Safety
/// `length` bytes can be read from `data`; no other thread uses the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_settings_add_policy_key(
    settings: Option<&mut Settings>,
    data: *const u8,
    length: usize,
) -> Code {
    guard(|| {
        // SAFETY: as the caller vouches.
        there(settings)?.policy_keys.push(unsafe { bytes(data, length) }?.to_vec());
        Ok(())
    })
}

/// As `kettle_settings_add_policy_key`, from a file in DER or PEM.
///
/// # Safety
/// `file` is a text; no other thread uses the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_settings_read_policy_key(
    settings: Option<&mut Settings>,
    file: *const c_char,
) -> Code {
    guard(|| {
        let settings = there(settings)?;
        // SAFETY: as the caller vouches.
        settings.policy_keys.push(read_public_key(&unsafe { path(file) }?)?);
        Ok(())
    })
}

/// The lowest version that a signed policy may have.
///
/// # Safety
/// No other thread uses the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_settings_set_policy_minimum_version(
    settings: Option<&mut Settings>,
    version: u64,
) -> Code {
    guard(|| {
        there(settings)?.policy_minimum_version = Some(version);
        Ok(())
    })
}

/// The bytes of a trust-root file, beside or instead of the pinned roots. They are copied.
///
/// # Safety
/// `length` bytes can be read from `data`; no other thread uses the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_settings_set_trust_root(
    settings: Option<&mut Settings>,
    data: *const u8,
    length: usize,
) -> Code {
    guard(|| {
        // SAFETY: as the caller vouches.
        there(settings)?.trust_root = Some(unsafe { bytes(data, length) }?.to_vec());
        Ok(())
    })
}

/// As `kettle_settings_set_trust_root`, from a file.
///
/// # Safety
/// `file` is a text; no other thread uses the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_settings_read_trust_root(
    settings: Option<&mut Settings>,
    file: *const c_char,
) -> Code {
    guard(|| {
        let settings = there(settings)?;
        // SAFETY: as the caller vouches.
        settings.trust_root = Some(read_small(&unsafe { path(file) }?, POLICY_BYTES)?);
        Ok(())
    })
}

/// The demanded nonce, 32 characters of lower-case hex.
///
/// # Safety
/// `nonce` is a text; no other thread uses the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_settings_set_nonce(
    settings: Option<&mut Settings>,
    nonce: *const c_char,
) -> Code {
    guard(|| {
        // SAFETY: as the caller vouches.
        there(settings)?.nonce = Some(unsafe { text(nonce) }?.to_owned());
        Ok(())
    })
}

/// The demanded source, `URI` or `URI@COMMIT`.
///
/// # Safety
/// `source` is a text; no other thread uses the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_settings_set_source(
    settings: Option<&mut Settings>,
    source: *const c_char,
) -> Code {
    guard(|| {
        // SAFETY: as the caller vouches.
        there(settings)?.source = Some(unsafe { text(source) }?.to_owned());
        Ok(())
    })
}

/// Takes debug guests. Their memory is open to the host.
///
/// # Safety
/// No other thread uses the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_settings_set_insecure_allow_debug(
    settings: Option<&mut Settings>,
    allow: bool,
) -> Code {
    guard(|| {
        there(settings)?.insecure_allow_debug = allow;
        Ok(())
    })
}
