//! A trusted intermediate whose key is read once.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use core::fmt;

use once_cell::race::OnceBox;

use crate::crypto::RsaKey;
use crate::x509::Certificate;

/// The certificate of a key that signs endorsement certificates.
///
/// To read an RSA-4096 key costs a tenth of its signature's verification, so that whoever appraises
/// many bundles under the same roots reads it once. What is kept depends on the certificate alone.
pub(crate) struct Intermediate {
    der: Cow<'static, [u8]>,
    key: OnceBox<RsaKey>,
}

impl Intermediate {
    pub(super) const fn new(der: Cow<'static, [u8]>) -> Self {
        Self { der, key: OnceBox::new() }
    }

    /// The DER.
    pub(crate) fn der(&self) -> &[u8] {
        &self.der
    }

    /// The RSA-4096 key; `None` where the certificate has another or can't be read.
    pub(crate) fn key(&self) -> Option<&RsaKey> {
        let read = || Certificate::from_der(&self.der).ok()?.rsa4096_key().map(Box::new);
        self.key.get_or_try_init(|| read().ok_or(())).ok()
    }
}

impl Clone for Intermediate {
    fn clone(&self) -> Self {
        Self::new(self.der.clone())
    }
}

impl fmt::Debug for Intermediate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Intermediate").field("der", &self.der).finish_non_exhaustive()
    }
}
