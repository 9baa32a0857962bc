//! The processor's certificate: VCEK (of one chip) or VLEK (of a cloud).
//!
//! It has serial number 0 and neither `BasicConstraints`, `KeyUsage` nor an authority key id, so the
//! leaf profile of RFC 5280 does not apply to it.

use crate::crypto::P384Key;
use crate::log::Finding;
use crate::x509::Certificate;

/// The kinds of processor keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Versioned chip endorsement key.
    Vcek,
    /// Versioned loaded endorsement key.
    Vlek,
}

impl Kind {
    /// The kind that a certificate names.
    pub(super) fn of(certificate: &Certificate<'_>) -> Option<Self> {
        match certificate.common_name()? {
            "SEV-VCEK" => Some(Self::Vcek),
            "SEV-VLEK" => Some(Self::Vlek),
            _ => None,
        }
    }

    /// The name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Vcek => "VCEK",
            Self::Vlek => "VLEK",
        }
    }

    /// The report's number for a key of this kind.
    pub(super) const fn signing_key(self) -> u32 {
        match self {
            Self::Vcek => 0,
            Self::Vlek => 1,
        }
    }
}

/// The kind that the certificate names, and its key.
pub(super) fn profile(certificate: &Certificate<'_>) -> Result<((Kind, P384Key), Finding), Finding> {
    let expected = "subject SEV-VCEK or SEV-VLEK, a P-384 key, no critical extension";
    let refused = |found: &str| Finding::new(expected, found).at("vek");
    let named = || certificate.common_name().unwrap_or("no single common name");
    let kind = Kind::of(certificate).ok_or_else(|| refused(named()))?;
    // AMD marks none of its extensions critical; a critical one is there to be understood, and this
    // verifier would not (RFC 5280, section 4.2).
    if certificate.extensions().any(|extension| extension.critical) {
        return Err(refused("a critical extension"));
    }
    let key = certificate.p384_key().ok_or_else(|| refused("another key"))?;
    Ok(((kind, key), Finding::new(expected, kind.name()).at("vek")))
}
