//! A software TEE, and the corpus of test vectors that it mints.

pub mod asn1;
pub mod azure;
pub mod keys;
pub mod pki;
pub mod product;
pub mod provenance;
pub mod report;
pub mod signing;

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
