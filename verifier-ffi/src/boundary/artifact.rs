//! An artifact that is hashed piece by piece.

use kettle_verifier_core::bundle::ArtifactHasher;

use super::guard::{guard, total};
use super::pointer::{bytes, clear, hand_over, store, there};
use crate::code::Code;

/// An artifact that is being hashed. One thread at a time may use it.
#[derive(Default)]
pub struct Artifact(ArtifactHasher);

/// Begins to hash an artifact; memory stays flat however large it is.
///
/// # Safety
/// `artifact` takes a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_artifact_begin(artifact: *mut *mut Artifact) -> Code {
    // SAFETY: as the caller vouches.
    guard(|| unsafe { hand_over(artifact, Artifact::default()) })
}

/// Takes the next bytes of an artifact.
///
/// # Safety
/// `length` bytes can be read from `data`; no other thread uses the handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_artifact_update(
    artifact: Option<&mut Artifact>,
    data: *const u8,
    length: usize,
) -> Code {
    guard(|| {
        // SAFETY: as the caller vouches.
        there(artifact)?.0.update(unsafe { bytes(data, length) }?);
        Ok(())
    })
}

/// Ends an artifact: its SHA-256 (32 bytes) and its size in bytes. Frees and clears the handle, and
/// that also where it fails for another null pointer.
///
/// # Safety
/// `artifact` points to a handle that no other thread uses; `sha256` takes 32 bytes, `size` a number.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_artifact_end(
    artifact: *mut *mut Artifact,
    sha256: *mut u8,
    size: *mut u64,
) -> Code {
    guard(|| {
        // SAFETY: as the caller vouches.
        let given = there(unsafe { artifact.as_ref() }.copied())?;
        // SAFETY: as the caller vouches.
        unsafe { clear(artifact) }?;
        there((!given.is_null()).then_some(()))?;
        // SAFETY: it is not null, `kettle_artifact_begin` made it, and it was cleared where it lay.
        let owned = unsafe { Box::from_raw(given) };
        let done = owned.0.finish("");
        // SAFETY: as the caller vouches.
        unsafe { store(sha256.cast(), done.sha256) }?;
        // SAFETY: as the caller vouches.
        unsafe { store(size, done.size) }
    })
}

/// Gives up an artifact that was not ended. Null is taken and nothing is done.
///
/// # Safety
/// `artifact` is null or a handle that was not freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn kettle_artifact_free(artifact: Option<Box<Artifact>>) {
    total((), || drop(artifact));
}
