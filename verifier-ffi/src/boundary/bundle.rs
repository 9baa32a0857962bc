//! What is appraised.

use core::ffi::c_char;

use super::guard::{guard, total};
use super::pointer::{bytes, clear, digest, hand_over, path, text, there};
use crate::bundle::Bundle;
use crate::code::Code;
use crate::failure::Failure;

/// Puts what was made where C wants it, or nothing.
///
/// # Safety
/// `out` is null or takes a pointer.
unsafe fn make(out: *mut *mut Bundle, work: impl FnOnce() -> Result<Bundle, Failure>) -> Code {
    guard(|| {
        // SAFETY: as the caller vouches.
        unsafe { clear(out) }?;
        let bundle = work()?;
        // SAFETY: as the caller vouches.
        unsafe { hand_over(out, bundle) }
    })
}

/// Something to be appraised that holds nothing yet. `kind` is a kind of `schema/bundle.v1.json`, such as
/// `bundle` (provenance, evidence and artifacts) or `evidence` (hardware evidence alone).
///
/// # Safety
/// `kind` is a text; `bundle` takes a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_bundle_new(kind: *const c_char, bundle: *mut *mut Bundle) -> Code {
    // SAFETY: as the caller vouches.
    let kind = unsafe { text(kind) };
    // SAFETY: as the caller vouches.
    unsafe { make(bundle, || Bundle::of_kind(kind?)) }
}

/// Reads a bundle from a folder or an archive, and hashes its artifacts. All of it is taken for hostile:
/// nothing is written, no link inside is followed, every size is bounded.
///
/// # Safety
/// `path` is a text; `bundle` takes a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_bundle_read(path: *const c_char, bundle: *mut *mut Bundle) -> Code {
    // SAFETY: as the caller vouches.
    unsafe { read(path, false, bundle) }
}

/// As `kettle_bundle_read`, without its artifacts: they are somewhere else, and `kettle_bundle_add_artifact`
/// names them after `kettle_bundle_set_artifacts_mode`; or nobody has them.
///
/// # Safety
/// `path` is a text; `bundle` takes a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_bundle_read_documents(path: *const c_char, bundle: *mut *mut Bundle) -> Code {
    // SAFETY: as the caller vouches.
    unsafe { read(path, true, bundle) }
}

/// # Safety
/// As [`kettle_bundle_read`].
unsafe fn read(file: *const c_char, without_artifacts: bool, bundle: *mut *mut Bundle) -> Code {
    // SAFETY: as the caller vouches.
    let path = unsafe { path(file) };
    // SAFETY: as the caller vouches.
    unsafe { make(bundle, || Bundle::read(path?, without_artifacts)) }
}

/// Reads what is appraised from a document of `schema/bundle.v1.json`.
///
/// # Safety
/// `length` bytes can be read from `json`; `bundle` takes a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_bundle_from_json(
    json: *const u8,
    length: usize,
    bundle: *mut *mut Bundle,
) -> Code {
    // SAFETY: as the caller vouches.
    let json = unsafe { bytes(json, length) };
    // SAFETY: as the caller vouches.
    unsafe { make(bundle, || Bundle::from_document(json?)) }
}

/// Frees it. Null is taken and nothing is done.
///
/// # Safety
/// `bundle` is null or a handle that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_bundle_free(bundle: Option<Box<Bundle>>) {
    total((), || drop(bundle));
}

/// The bytes of `provenance.json`, exactly as they lie in the file. They are copied.
///
/// # Safety
/// `length` bytes can be read from `data`; no other thread uses the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_bundle_set_provenance(
    bundle: Option<&mut Bundle>,
    data: *const u8,
    length: usize,
) -> Code {
    guard(|| {
        // SAFETY: as the caller vouches.
        there(bundle)?.parts.provenance = unsafe { bytes(data, length) }?.to_vec();
        Ok(())
    })
}

/// The bytes of `evidence.json`, or of another system's document. They are copied.
///
/// # Safety
/// `length` bytes can be read from `data`; no other thread uses the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_bundle_set_evidence(
    bundle: Option<&mut Bundle>,
    data: *const u8,
    length: usize,
) -> Code {
    guard(|| {
        // SAFETY: as the caller vouches.
        there(bundle)?.parts.evidence = unsafe { bytes(data, length) }?.to_vec();
        Ok(())
    })
}

/// Adds a file of collateral, whose content says what it is: a certificate or a revocation list in DER,
/// several of them in PEM, or a vendor's collateral as JSON. What can't be read is refused at once.
///
/// # Safety
/// `length` bytes can be read from `data`; no other thread uses the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_bundle_add_collateral(
    bundle: Option<&mut Bundle>,
    data: *const u8,
    length: usize,
) -> Code {
    // SAFETY: as the caller vouches.
    guard(|| there(bundle)?.add_collateral(unsafe { bytes(data, length) }?))
}

/// Adds an endorsement certificate beside the bundle, as DER. It is not looked at before the appraisal.
///
/// # Safety
/// `length` bytes can be read from `data`; no other thread uses the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_bundle_add_certificate(
    bundle: Option<&mut Bundle>,
    data: *const u8,
    length: usize,
) -> Code {
    guard(|| {
        // SAFETY: as the caller vouches.
        there(bundle)?.parts.collateral.certificates.push(unsafe { bytes(data, length) }?.to_vec());
        Ok(())
    })
}

/// Adds a certificate revocation list beside the bundle, as DER. It is not looked at before the appraisal.
///
/// # Safety
/// `length` bytes can be read from `data`; no other thread uses the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_bundle_add_crl(
    bundle: Option<&mut Bundle>,
    data: *const u8,
    length: usize,
) -> Code {
    guard(|| {
        // SAFETY: as the caller vouches.
        there(bundle)?.parts.collateral.crls.push(unsafe { bytes(data, length) }?.to_vec());
        Ok(())
    })
}

/// How the artifacts are given: `folder` (every subject must be there under its name; the default),
/// `loose` (each must equal some subject) or `without` (nobody gave artifacts).
///
/// # Safety
/// `mode` is a text; no other thread uses the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_bundle_set_artifacts_mode(
    bundle: Option<&mut Bundle>,
    mode: *const c_char,
) -> Code {
    // SAFETY: as the caller vouches.
    guard(|| there(bundle)?.set_artifacts_mode(unsafe { text(mode) }?))
}

/// Adds an artifact that was hashed: its path below the artifact folder with `/` between its parts, or
/// the loose file's name; its SHA-256 (32 bytes) and its size in bytes.
///
/// # Safety
/// `name` is a text, and 32 bytes can be read from `sha256`; no other thread uses the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_bundle_add_artifact(
    bundle: Option<&mut Bundle>,
    name: *const c_char,
    sha256: *const u8,
    size: u64,
) -> Code {
    guard(|| {
        // SAFETY: as the caller vouches.
        let name = unsafe { text(name) }?;
        // SAFETY: as the caller vouches.
        there(bundle)?.add_artifact(name, unsafe { digest(sha256) }?, size);
        Ok(())
    })
}

/// Asks for a subject by its name. Without any, all of them are asked for.
///
/// # Safety
/// `name` is a text; no other thread uses the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_bundle_add_subject(bundle: Option<&mut Bundle>, name: *const c_char) -> Code {
    guard(|| {
        // SAFETY: as the caller vouches.
        let name = unsafe { text(name) }?.to_owned();
        there(bundle)?.parts.artifacts.subjects.push(name);
        Ok(())
    })
}

/// The report data that is expected of hardware evidence alone, without padding. It is never empty, and
/// what no report can carry fails the appraisal.
///
/// # Safety
/// `length` bytes can be read from `data`; no other thread uses the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_bundle_set_report_data(
    bundle: Option<&mut Bundle>,
    data: *const u8,
    length: usize,
) -> Code {
    guard(|| {
        if length == 0 {
            return Err(Failure::new(Code::InvalidArgument, "report data: expected a byte or more"));
        }
        // SAFETY: as the caller vouches.
        there(bundle)?.parts.report_data = Some(unsafe { bytes(data, length) }?.to_vec());
        Ok(())
    })
}

/// The root over the inputs that is expected (32 bytes), for the kinds that have one.
///
/// # Safety
/// 32 bytes can be read from `hash`; no other thread uses the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_bundle_set_input_hash(bundle: Option<&mut Bundle>, hash: *const u8) -> Code {
    guard(|| {
        // SAFETY: as the caller vouches.
        there(bundle)?.parts.input_hash = Some(unsafe { digest(hash) }?);
        Ok(())
    })
}

/// The root over the outputs that is expected (32 bytes), for the kinds that have one.
///
/// # Safety
/// 32 bytes can be read from `hash`; no other thread uses the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_bundle_set_output_hash(bundle: Option<&mut Bundle>, hash: *const u8) -> Code {
    guard(|| {
        // SAFETY: as the caller vouches.
        there(bundle)?.parts.output_hash = Some(unsafe { digest(hash) }?);
        Ok(())
    })
}
