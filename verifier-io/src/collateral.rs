//! Certificates and revocation lists in DER or PEM.

use alloc::format;
use alloc::string::String;
use alloc::string::ToString as _;
use alloc::vec::Vec;

#[cfg(feature = "files")]
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kettle_verifier_core::Collateral;
use kettle_verifier_core::json;
use kettle_verifier_core::limits::{COLLATERAL_ITEMS, CRL_BYTES};
use kettle_verifier_core::x509::{Certificate, RevocationList};

#[cfg(feature = "files")]
use crate::error::shown;
use crate::error::{Error, ErrorKind};
#[cfg(feature = "files")]
use crate::file::read_small;

pub(crate) const CERTIFICATE_LABEL: &str = "CERTIFICATE";
const PUBLIC_KEY_LABEL: &str = "PUBLIC KEY";
pub(crate) const CRL_LABEL: &str = "X509 CRL";

/// Bytes of one collateral file: a few lists and chains in PEM.
pub(crate) const COLLATERAL_FILE_BYTES: usize = CRL_BYTES * 4;

/// Reads a file of certificates and revocation lists into `into`.
///
/// # Errors
/// [`Error`] where anything in it can't be read.
#[cfg(feature = "files")]
pub fn read_collateral(path: &Path, into: &mut Collateral) -> Result<(), Error> {
    let bytes = read_small(path, COLLATERAL_FILE_BYTES)?;
    collateral_from_bytes(&bytes, &shown(path), into)
}

/// As [`read_collateral`], from bytes at hand; `file` is named in errors.
///
/// Certificates of authorities are left out: the trusted ones are pinned, whatever a file brings.
///
/// # Errors
/// [`Error`] where anything in it can't be read.
pub fn collateral_from_bytes(bytes: &[u8], file: &str, into: &mut Collateral) -> Result<(), Error> {
    match core::str::from_utf8(bytes) {
        // Intel's collateral has chains in PEM inside; it is appraised as the document it is.
        Ok(text) if text.trim_start().starts_with('{') => intel(bytes, into).map_err(|kind| kind.of(file)),
        Ok(text) if text.contains("-----BEGIN ") => pem(text, file, into),
        _ => der(bytes, into).map_err(|kind| kind.of(file)),
    }
}

/// Reads the DER of a public key from a file in DER or PEM.
///
/// # Errors
/// [`Error`] where it can't be read, or where its PEM is something else.
#[cfg(feature = "files")]
pub fn read_public_key(path: &Path) -> Result<Vec<u8>, Error> {
    public_key_from_bytes(read_small(path, COLLATERAL_FILE_BYTES)?, &shown(path))
}

/// As [`read_public_key`], from bytes at hand; `file` is named in errors.
///
/// # Errors
/// [`Error`] where its PEM is something else.
pub fn public_key_from_bytes(bytes: Vec<u8>, file: &str) -> Result<Vec<u8>, Error> {
    if !bytes.starts_with(b"-----BEGIN ") {
        return Ok(bytes);
    }
    match core::str::from_utf8(&bytes).ok().and_then(Block::first) {
        Some(Block { label: PUBLIC_KEY_LABEL, der, .. }) => Ok(der),
        _ => Err(ErrorKind::Content { expected: "a public key in PEM (`PUBLIC KEY`)" }.of(file)),
    }
}

fn pem(text: &str, file: &str, into: &mut Collateral) -> Result<(), Error> {
    let mut rest = text;
    let mut count: usize = 0;
    while let Some((_, from)) = rest.find(BEGIN).and_then(|start| rest.split_at_checked(start)) {
        count = count.saturating_add(1);
        let place = format!("PEM block {count}");
        let unread = |reason: String| ErrorKind::Certificate { reason }.at(file, &place);
        let block = Block::first(from)
            .ok_or_else(|| unread("a PEM block that is no base64, or has no end".into()))?;
        let taken = match block.label {
            CERTIFICATE_LABEL => certificate(&block.der, into),
            CRL_LABEL => list(&block.der, into),
            label => return Err(unread(format!("a PEM block of `{label}`"))),
        };
        taken.map_err(|kind| kind.at(file, &place))?;
        rest = block.rest;
    }
    Ok(())
}

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

/// A block of PEM (RFC 7468), and what follows it.
struct Block<'t> {
    label: &'t str,
    der: Vec<u8>,
    rest: &'t str,
}

impl<'t> Block<'t> {
    /// The one that a text begins with.
    fn first(text: &'t str) -> Option<Self> {
        let (label, body) = text.strip_prefix(BEGIN)?.split_once(DASHES)?;
        let (base64, rest) = body.split_once(&format!("-----END {label}{DASHES}"))?;
        let base64: String = base64.split_ascii_whitespace().collect();
        Some(Self { label, der: STANDARD.decode(base64).ok()?, rest })
    }
}

fn intel(bytes: &[u8], into: &mut Collateral) -> Result<(), ErrorKind> {
    match json::parse(bytes, COLLATERAL_FILE_BYTES) {
        Ok(value) if value.get("tcb_info").is_some() && value.get("qe_identity").is_some() => {
            push(&mut into.intel, bytes)
        }
        Ok(_) => {
            Err(ErrorKind::Content { expected: "Intel's collateral: `tcb_info`, `qe_identity` and the rest" })
        }
        Err(error) => Err(ErrorKind::Certificate { reason: error.to_string() }),
    }
}

fn der(bytes: &[u8], into: &mut Collateral) -> Result<(), ErrorKind> {
    if RevocationList::from_der(bytes).is_ok() { list(bytes, into) } else { certificate(bytes, into) }
}

fn certificate(bytes: &[u8], into: &mut Collateral) -> Result<(), ErrorKind> {
    let read =
        Certificate::from_der(bytes).map_err(|error| ErrorKind::Certificate { reason: error.to_string() })?;
    if read.is_ca(0) {
        return Ok(());
    }
    push(&mut into.certificates, bytes)
}

fn list(bytes: &[u8], into: &mut Collateral) -> Result<(), ErrorKind> {
    RevocationList::from_der(bytes).map_err(|error| ErrorKind::Certificate { reason: error.to_string() })?;
    push(&mut into.crls, bytes)
}

fn push(items: &mut Vec<Vec<u8>>, bytes: &[u8]) -> Result<(), ErrorKind> {
    if items.iter().any(|known| known == bytes) {
        return Ok(());
    }
    if items.len() >= COLLATERAL_ITEMS {
        return Err(ErrorKind::TooMany { limit: COLLATERAL_ITEMS });
    }
    items.push(bytes.to_vec());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn garbage_is_an_error_with_its_place() {
        let mut into = Collateral::default();
        let text = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        let error = collateral_from_bytes(text.as_bytes(), "a.pem", &mut into).unwrap_err();
        assert_eq!((error.file.as_str(), error.place.as_str()), ("a.pem", "PEM block 1"));
        for bytes in [b"".as_slice(), b"garbage", b"\x30\x82\x00\x01", b"-----BEGIN CERTIFICATE-----\nAAAA"] {
            assert!(collateral_from_bytes(bytes, "x", &mut into).is_err(), "{bytes:?}");
        }
        assert!(into.certificates.is_empty() && into.crls.is_empty());
    }
}
