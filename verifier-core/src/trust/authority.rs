//! A trusted certificate that is read once.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use core::fmt;

use once_cell::race::OnceBox;

use crate::crypto::RsaKey;
use crate::x509::Certificate;

/// The certificate of a key that signs other certificates, in a set of trusted roots.
///
/// To read an RSA-4096 key costs a tenth of its signature's verification, and the DER around it as
/// much again, so that whoever appraises many bundles under the same roots reads both once. What is
/// kept depends on the certificate alone.
pub(crate) struct CertificateAuthority {
    der: Cow<'static, [u8]>,
    certificate: OnceBox<Certificate<'static>>,
    key: OnceBox<RsaKey>,
}

impl CertificateAuthority {
    pub(super) const fn new(der: Cow<'static, [u8]>) -> Self {
        Self { der, certificate: OnceBox::new(), key: OnceBox::new() }
    }

    /// The DER.
    pub(crate) fn der(&self) -> &[u8] {
        &self.der
    }

    /// The certificate; `None` where it can't be read.
    pub(crate) fn certificate(&self) -> Option<&Certificate<'static>> {
        let read = || Certificate::from_der(&self.der).map(|known| Box::new(known.into_owned()));
        self.certificate.get_or_try_init(read).ok()
    }

    /// The RSA-4096 key; `None` where the certificate has another or can't be read.
    pub(crate) fn key(&self) -> Option<&RsaKey> {
        let read = || self.certificate()?.rsa4096_key().map(Box::new);
        self.key.get_or_try_init(|| read().ok_or(())).ok()
    }
}

impl Clone for CertificateAuthority {
    fn clone(&self) -> Self {
        Self::new(self.der.clone())
    }
}

impl fmt::Debug for CertificateAuthority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertificateAuthority").field("der", &self.der).finish_non_exhaustive()
    }
}
