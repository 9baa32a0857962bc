//! The vendor keys that are trusted.
//!
//! There is no state without roots: the pinned ones are embedded, and a trust-root file extends or
//! replaces them. A file that calls itself a test makes every verdict say so.

mod authority;
mod error;
mod file;
#[cfg(test)]
mod tests;

pub(crate) use authority::CertificateAuthority;
pub use error::{TrustError, TrustErrorKind};
pub use file::{AmdRootEntry, RootEntry, TrustRootDocument, TrustRootMode};

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use crate::crypto::{Sha256, sha256};
use crate::platform::Validity;
use crate::policy::Generation;
use crate::text::hex;
use crate::verdict::TrustRootKind;

/// The schema name that every trust-root file carries.
pub const SCHEMA: &str = "kettle-trust-root/v1";

/// The vendor keys that are trusted in an appraisal.
#[derive(Debug, Clone)]
pub struct TrustRoots {
    kind: TrustRootKind,
    digest: String,
    amd: Vec<AmdRoot>,
    intel: Vec<VendorRoot>,
    nitro: Vec<VendorRoot>,
}

/// A vendor's root certificate: everything below it comes with the evidence.
#[derive(Debug, Clone)]
pub struct VendorRoot {
    /// The DER, self-signed.
    pub(crate) certificate: Cow<'static, [u8]>,
    /// When this entry is trusted at all.
    pub(crate) window: Validity,
}

/// AMD's keys for one generation: the root and what it signed.
#[derive(Debug, Clone)]
pub struct AmdRoot {
    pub(crate) generation: Generation,
    /// AMD root key, self-signed; signs the other two and the revocation list.
    pub(crate) ark: CertificateAuthority,
    /// AMD SEV signing key; signs VCEKs.
    pub(crate) ask: CertificateAuthority,
    /// AMD SEV VLEK signing key; signs VLEKs. A trust-root file may leave it out.
    pub(crate) asvk: Option<CertificateAuthority>,
    /// When this entry is trusted at all.
    pub(crate) window: Validity,
}

impl TrustRoots {
    /// The embedded roots.
    ///
    /// ```
    /// use kettle_verifier_core::{TrustRoots, verdict::TrustRootKind};
    /// assert_eq!(TrustRoots::pinned().kind(), TrustRootKind::Pinned);
    /// ```
    #[must_use]
    pub fn pinned() -> Self {
        let amd: Vec<AmdRoot> = crate::platform::snp::PINNED_ROOTS
            .iter()
            .map(|(generation, ark, ask, asvk)| AmdRoot {
                generation: *generation,
                ark: CertificateAuthority::new(Cow::Borrowed(*ark)),
                ask: CertificateAuthority::new(Cow::Borrowed(*ask)),
                asvk: Some(CertificateAuthority::new(Cow::Borrowed(*asvk))),
                window: Validity::default(),
            })
            .collect();
        let intel = [crate::platform::tdx::PINNED_ROOT].map(VendorRoot::pinned).into();
        let nitro = [crate::platform::nitro::PINNED_ROOT].map(VendorRoot::pinned).into();
        let digest = PINNED_DIGEST.into();
        Self { kind: TrustRootKind::Pinned, digest, amd, intel, nitro }
    }

    /// Reads a trust-root file. The signatures of the intermediates by the root are verified here,
    /// once, and not in every appraisal.
    ///
    /// # Errors
    /// [`TrustError`] with the place.
    pub fn from_json(bytes: &[u8]) -> Result<Self, TrustError> {
        let document = TrustRootDocument::from_json(bytes)?;
        let given = Self {
            kind: document.kind(),
            digest: hex(&sha256(bytes)),
            amd: document.amd_roots()?,
            intel: document.intel_roots()?,
            nitro: document.nitro_roots()?,
        };
        if document.mode == TrustRootMode::Replace {
            return Ok(given);
        }
        // Pinned entries come first, so a file can add a generation but not shadow a pinned one.
        let pinned = Self::pinned();
        Ok(Self {
            amd: pinned.amd.into_iter().chain(given.amd).collect(),
            intel: pinned.intel.into_iter().chain(given.intel).collect(),
            nitro: pinned.nitro.into_iter().chain(given.nitro).collect(),
            ..given
        })
    }

    /// Where the roots came from.
    #[must_use]
    pub fn kind(&self) -> TrustRootKind {
        self.kind
    }

    /// SHA-256 of the trust-root file; for the embedded roots, of the SHA-256s of their
    /// certificates in order.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// AMD's keys for a generation.
    pub(crate) fn amd(&self, generation: Generation) -> impl Iterator<Item = &AmdRoot> {
        self.amd.iter().filter(move |root| root.generation == generation)
    }

    /// Intel's roots.
    pub(crate) fn intel(&self) -> &[VendorRoot] {
        &self.intel
    }

    /// AWS Nitro's roots.
    pub(crate) fn nitro(&self) -> &[VendorRoot] {
        &self.nitro
    }

    /// The digest that [`PINNED_DIGEST`] must equal.
    #[must_use]
    pub fn computed_digest(&self) -> String {
        let mut hash = Sha256::default();
        for root in &self.amd {
            for authority in [Some(&root.ark), Some(&root.ask), root.asvk.as_ref()].into_iter().flatten() {
                hash.update(&sha256(authority.der()));
            }
        }
        for root in self.intel.iter().chain(&self.nitro) {
            hash.update(&sha256(&root.certificate));
        }
        hex(&hash.finish())
    }
}

impl VendorRoot {
    fn pinned(der: &'static [u8]) -> Self {
        Self { certificate: Cow::Borrowed(der), window: Validity::default() }
    }
}

/// What [`TrustRoots::computed_digest`] gives for the embedded roots; a test compares the two, so
/// that no appraisal needs to hash them again.
const PINNED_DIGEST: &str = "7768f0318c235ae00719ee97654842d2d273f4359c0a0e3be34481272aacc082";
