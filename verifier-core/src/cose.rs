//! COSE_Sign1 (RFC 9052, section 4.2) with ES384, as AWS Nitro signs its documents.
//!
//! ```text
//! [18] [ protected: bstr({1: -35}), unprotected: {}, payload: bstr, signature: bstr(96) ]
//! ```
//!
//! The tag may be missing: genuine documents have none. The signature is verified over the protected
//! header and the payload as they were received.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use minicbor::data::Type;
use minicbor::{Decoder, Encoder};

use crate::cbor::{self, Value};
use crate::crypto::P384Key;
use crate::log::{Finding, Log, Stopped};
use crate::verdict::{Authority, CheckSpec, Stage, checks};

#[cfg(test)]
mod tests;

const DAMAGED: &str = "fetch the evidence again; the document is damaged or forged";

checks! {
    /// From bytes to an envelope that could be verified.
    STRUCTURE_CHECKS;

    /// The bytes are one COSE_Sign1.
    STRUCTURE = CheckSpec::new(
        "cose.structure", Stage::Evidence, Authority::Claim,
        "the document is exactly one COSE_Sign1, untagged or with tag 18, with a payload",
        "RFC 9052, sections 4.1 and 4.2", DAMAGED,
    );
    /// The algorithm is ES384, and the protected header says nothing else.
    ALGORITHM = CheckSpec::new(
        "cose.algorithm", Stage::Evidence, Authority::Claim,
        "the protected header is exactly {1: -35}, ES384",
        "RFC 9052, section 3.1; RFC 9053, section 2.1", DAMAGED,
    );
    /// Nothing is said outside of the signature.
    UNPROTECTED = CheckSpec::new(
        "cose.unprotected", Stage::Evidence, Authority::Claim,
        "the unprotected header is empty", "RFC 9052, section 3", DAMAGED,
    );
    /// The signature has its exact size.
    SIGNATURE_SIZE = CheckSpec::new(
        "cose.signature_size", Stage::Evidence, Authority::Claim,
        "the signature is r and s in 48 bytes each", "RFC 9053, section 2.1", DAMAGED,
    );
}

checks! {
    /// From an envelope to an authentic payload.
    SIGNATURE_CHECKS;

    /// The key signed the payload.
    SIGNATURE = CheckSpec::new(
        "cose.signature", Stage::Report, Authority::Hardware,
        "the trusted key signed the protected header and the payload as they were received",
        "RFC 9052, section 4.4", DAMAGED,
    );
}

/// A COSE_Sign1 whose structure holds. Nothing is said of its signature yet.
pub struct Sign1<'a> {
    protected: &'a [u8],
    payload: &'a [u8],
    r: [u8; 48],
    s: [u8; 48],
}

/// A payload that a trusted key signed. Only [`Sign1::authenticate`] makes one.
pub struct SignedPayload<'a> {
    bytes: &'a [u8],
}

impl<'a> SignedPayload<'a> {
    /// The payload's bytes.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }
}

impl<'a> Sign1<'a> {
    /// Reads an envelope and performs [`STRUCTURE_CHECKS`].
    ///
    /// # Errors
    /// [`Stopped`] when one of them does not hold.
    pub fn read(bytes: &'a [u8], log: &mut Log<'_>) -> Result<Self, Stopped> {
        let parts = log.obtain(&STRUCTURE, structure(bytes))?;
        let (holds, found) = algorithm(parts.protected);
        log.require(&ALGORITHM, holds, Finding::new("{1: -35}", found).at("cose protected"))?;
        let empty = parts.unprotected == [0xa0];
        let found = if empty { "empty" } else { "not the empty map" };
        log.require(&UNPROTECTED, empty, Finding::new("empty", found).at("cose unprotected"))?;
        let (r, s) = log.obtain(&SIGNATURE_SIZE, scalars(parts.signature))?;
        Ok(Self { protected: parts.protected, payload: parts.payload, r, s })
    }

    /// The payload, which nobody vouches for yet: the certificates that it brings lead to the key.
    #[must_use]
    pub fn unauthenticated_payload(&self) -> &'a [u8] {
        self.payload
    }

    /// Verifies the signature. `signer` names the key in the finding.
    ///
    /// # Errors
    /// [`Stopped`] when the signature does not verify.
    pub fn authenticate(
        self,
        key: &P384Key,
        signer: &str,
        log: &mut Log<'_>,
    ) -> Result<SignedPayload<'a>, Stopped> {
        let holds = self.signed().is_some_and(|signed| key.verifies_sha384(&signed, &self.r, &self.s));
        let found = if holds { "it did" } else { "the signature does not verify" };
        let finding = Finding::new(format!("a signature by {signer}"), found).at("cose signature");
        log.require(&SIGNATURE, holds, finding)?;
        Ok(SignedPayload { bytes: self.payload })
    }

    /// `Sig_structure = ["Signature1", body_protected, external_aad, payload]`, with no external data
    /// (RFC 9052, section 4.4).
    fn signed(&self) -> Option<Vec<u8>> {
        let size = self.protected.len().saturating_add(self.payload.len()).saturating_add(32);
        let mut encoder = Encoder::new(Vec::with_capacity(size));
        encoder.array(4).ok()?.str("Signature1").ok()?;
        encoder.bytes(self.protected).ok()?.bytes(&[]).ok()?.bytes(self.payload).ok()?;
        Some(encoder.into_writer())
    }
}

struct Parts<'a> {
    protected: &'a [u8],
    unprotected: &'a [u8],
    payload: &'a [u8],
    signature: &'a [u8],
}

/// The array itself must be of definite length; only what lies in the payload is genuine in other
/// forms.
fn structure(bytes: &[u8]) -> Result<(Parts<'_>, Finding), Finding> {
    const EXPECTED: &str = "one array of four, untagged or with tag 18";
    let mut decoder = Decoder::new(bytes);
    let parts = parts(&mut decoder)
        .map_err(|found| Finding::new(EXPECTED, found).at(format!("document byte {}", decoder.position())))?;
    match decoder.position() {
        end if end == bytes.len() => Ok((parts, Finding::new(EXPECTED, "one"))),
        end => Err(Finding::new(EXPECTED, "bytes after the array").at(format!("document byte {end}"))),
    }
}

fn parts<'a>(decoder: &mut Decoder<'a>) -> Result<Parts<'a>, String> {
    let malformed = |_| "bytes that are not well-formed CBOR".to_string();
    if decoder.datatype().map_err(malformed)? == Type::Tag {
        let tag = decoder.tag().map_err(malformed)?.as_u64();
        if tag != 18 {
            return Err(format!("tag {tag}"));
        }
    }
    match decoder.datatype().map_err(malformed)? {
        Type::Array => match decoder.array().map_err(malformed)? {
            Some(4) => {}
            count => return Err(format!("an array of {}", count.unwrap_or_default())),
        },
        other => return Err(other.to_string()),
    }
    let protected = byte_string(decoder, "protected header")?;
    let unprotected = unprotected(decoder)?;
    let payload = byte_string(decoder, "payload")?;
    if payload.is_empty() {
        return Err("an empty payload".into());
    }
    let signature = byte_string(decoder, "signature")?;
    Ok(Parts { protected, unprotected, payload, signature })
}

fn byte_string<'a>(decoder: &mut Decoder<'a>, what: &str) -> Result<&'a [u8], String> {
    match decoder.datatype() {
        Ok(Type::Bytes) => decoder.bytes().map_err(|_| format!("a {what} that is cut off")),
        Ok(other) => Err(format!("a {what} of the type {other}")),
        Err(_) => Err(format!("a {what} that is missing or not well-formed")),
    }
}

/// The bytes of the unprotected header, of whatever content.
fn unprotected<'a>(decoder: &mut Decoder<'a>) -> Result<&'a [u8], String> {
    let start = decoder.position();
    match decoder.datatype() {
        Ok(Type::Map | Type::MapIndef) => {}
        _ => return Err("an unprotected header that is no map".into()),
    }
    decoder.skip().map_err(|_| "an unprotected header that is not well-formed".to_string())?;
    Ok(decoder.input().get(start..decoder.position()).unwrap_or_default())
}

fn algorithm(protected: &[u8]) -> (bool, String) {
    match cbor::parse(protected) {
        Ok(Value::Map(entries)) => match entries.as_slice() {
            [(Value::Integer(1), Value::Integer(-35))] => (true, "{1: -35}".into()),
            [(Value::Integer(1), Value::Integer(other))] => (false, format!("{{1: {other}}}")),
            [(Value::Integer(1), other)] => (false, format!("an algorithm that is {}", other.kind())),
            [] => (false, "no algorithm".into()),
            _ => (false, "another header, or more than one".into()),
        },
        Ok(other) => (false, other.kind().into()),
        Err(error) => (false, error.to_string()),
    }
}

type Scalars = ([u8; 48], [u8; 48]);

fn scalars(signature: &[u8]) -> Result<(Scalars, Finding), Finding> {
    let found = format!("{} bytes", signature.len());
    let finding = Finding::new("96 bytes", found).at("cose signature");
    let split = signature.split_first_chunk::<48>();
    match split.and_then(|(r, rest)| Some((*r, <[u8; 48]>::try_from(rest).ok()?))) {
        Some(scalars) => Ok((scalars, finding)),
        None => Err(finding),
    }
}
