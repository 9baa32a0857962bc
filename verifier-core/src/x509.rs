//! Certificates and revocation lists (RFC 5280), read strictly and signed over their received bytes.

mod algorithm;
mod certificate;
mod extension;
mod list;
mod name;
mod signed;
#[cfg(test)]
mod tests;

use crate::asn1::Fault;

pub(crate) use algorithm::PublicKeyInfo;
pub use certificate::Certificate;
pub use extension::Extension;
pub use list::RevocationList;
pub(crate) use name::{common_name, is_empty as is_empty_name};

/// Why a certificate or list can't be read, with the byte position in its DER.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct X509Error {
    /// What is wrong.
    pub kind: X509ErrorKind,
    /// The byte position.
    pub position: u32,
}

/// What is wrong with a certificate or list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum X509ErrorKind {
    /// Larger than it may be.
    TooLarge,
    /// Not canonical DER of the structure.
    Der(der::ErrorKind),
    /// The algorithm inside the signed part is not the one outside.
    AlgorithmMismatch,
    /// A signature that is not a whole number of bytes.
    SignatureBits,
    /// A validity that RFC 3339 can't write, or that ends before it begins.
    Validity,
}

impl core::fmt::Display for X509Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.kind {
            X509ErrorKind::TooLarge => write!(f, "larger than it may be"),
            X509ErrorKind::Der(kind) => write!(f, "not canonical DER: {kind} at DER byte {}", self.position),
            X509ErrorKind::AlgorithmMismatch => {
                write!(f, "two different signature algorithms inside and outside")
            }
            X509ErrorKind::SignatureBits => write!(f, "a signature that is not a whole number of bytes"),
            X509ErrorKind::Validity => write!(f, "a validity that can't be"),
        }
    }
}

impl core::error::Error for X509Error {}

impl From<Fault> for X509Error {
    fn from(fault: Fault) -> Self {
        let position = u32::try_from(fault.position()).unwrap_or(u32::MAX);
        Self { kind: X509ErrorKind::Der(fault.kind()), position }
    }
}

impl X509ErrorKind {
    const fn whole(self) -> X509Error {
        X509Error { kind: self, position: 0 }
    }
}
