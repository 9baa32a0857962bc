//! A software TEE, and the corpus of test vectors that it mints.
//!
//! ```text
//! keys ─► pki (ARK, ASK, VCEK, CRL) ─┐
//!         report (SEV-SNP) ──────────┼─► scene ─► case ─► corpus (files on disk)
//!         azure (HCL blob, quote) ───┤             ▲
//!         intel (PKI, quote) ────────┤             │
//!         nitro (PKI, document) ─────┤             │
//!         provenance (builds) ───────┘             └─ cases/: one function each
//! ```
//!
//! Everything is fixed: keys, time, the nonces of signatures. Minting twice gives the same bytes.

pub mod asn1;
pub mod azure;
pub mod case;
pub mod cases;
pub mod conformance;
pub mod corpus;
pub mod intel;
pub mod keys;
pub mod live;
pub mod nitro;
pub mod pki;
pub mod policies;
pub mod product;
pub mod proofs;
pub mod provenance;
pub mod report;
pub mod scene;
pub mod signing;
pub mod trust;

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes of a hex text.
///
/// # Panics
/// Where the text is not hex.
#[must_use]
pub fn unhex(text: &str) -> Vec<u8> {
    assert!(text.len().is_multiple_of(2), "an odd number of digits");
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}
