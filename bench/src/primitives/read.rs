//! Taking evidence apart, as far as its signatures need it.

use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use der::asn1::{AnyRef, BitStringRef, UintRef};
use der::{Decode as _, Reader as _, SliceReader};
use serde_json::Value;

use super::{Kind, Signature};

pub(super) use crate::sample::json;

/// What was found, or in words what was not.
pub(super) type Found<T> = Result<T, String>;

/// The parts of a certificate or list that its signature is verified with.
pub(super) struct Signed<'a> {
    pub(super) tbs: &'a [u8],
    pub(super) signature: &'a [u8],
}

impl<'a> Signed<'a> {
    /// `SEQUENCE { tbs SEQUENCE, algorithm, signature BIT STRING }` (RFC 5280, sections 4.1 and 5.1).
    pub(super) fn of(der: &'a [u8]) -> Found<Self> {
        let read = || {
            let mut outer = SliceReader::new(AnyRef::from_der(der)?.value())?;
            let tbs = outer.tlv_bytes()?;
            outer.tlv_bytes()?;
            Ok(Self { tbs, signature: BitStringRef::decode(&mut outer)?.raw_bytes() })
        };
        read().map_err(|error: der::Error| error.to_string())
    }

    /// The bits of a certificate's own key: `SEQUENCE { version, serial, algorithm, issuer, validity,
    /// subject, SEQUENCE { algorithm, BIT STRING }, … }`.
    pub(super) fn own_key(&self) -> Found<&'a [u8]> {
        let read = || {
            let mut inner = SliceReader::new(AnyRef::from_der(self.tbs)?.value())?;
            for _ in 0..6 {
                inner.tlv_bytes()?;
            }
            let mut key = SliceReader::new(AnyRef::from_der(inner.tlv_bytes()?)?.value())?;
            key.tlv_bytes()?;
            Ok(BitStringRef::decode(&mut key)?.raw_bytes())
        };
        read().map_err(|error: der::Error| error.to_string())
    }
}

/// The modulus of a certificate's RSA key: `SEQUENCE { modulus INTEGER, publicExponent INTEGER }`
/// (RFC 8017, A.1.1).
pub(super) fn modulus(certificate: &[u8]) -> Found<Vec<u8>> {
    let key = Signed::of(certificate)?.own_key()?;
    let read = || {
        let mut reader = SliceReader::new(AnyRef::from_der(key)?.value())?;
        Ok(UintRef::decode(&mut reader)?.as_bytes().to_vec())
    };
    read().map_err(|error: der::Error| error.to_string())
}

/// The signature on a certificate or list by the elliptic-curve key of a certificate.
pub(super) fn signed_by(der: &[u8], issuer: &[u8], kind: Kind) -> Found<Signature> {
    let size = if kind == Kind::P256 { 32 } else { 48 };
    let signed = Signed::of(der)?;
    let read = || {
        let mut pair = SliceReader::new(AnyRef::from_der(signed.signature)?.value())?;
        Ok([UintRef::decode(&mut pair)?, UintRef::decode(&mut pair)?].map(|one| {
            let bytes = one.as_bytes();
            [vec![0; size - bytes.len().min(size)], bytes.to_vec()].concat()
        }))
    };
    let signature = read().map_err(|error: der::Error| error.to_string())?.concat();
    let key = Signed::of(issuer)?.own_key()?.to_vec();
    Ok(Signature { kind, key, message: signed.tbs.to_vec(), signature })
}

/// The DER of the certificates of a PEM text.
pub(super) fn pem(text: &str) -> Found<Vec<Vec<u8>>> {
    let bodies = text.split("-----BEGIN CERTIFICATE-----").skip(1);
    let bodies = bodies.map(|rest| rest.split("-----END").next().unwrap_or_default());
    let decoded = bodies.map(|body| Base64::decode_vec(&body.replace(['\n', '\r'], "")));
    decoded.collect::<Result<_, _>>().map_err(|error| error.to_string())
}

pub(super) fn part(bytes: &[u8], start: usize, length: usize) -> Found<&[u8]> {
    let rest = bytes.get(start..).and_then(|rest| rest.get(..length));
    rest.ok_or_else(|| format!("the bytes end before {start} + {length}"))
}

/// A little-endian number of four or two bytes.
pub(super) fn number(bytes: &[u8], start: usize, length: usize) -> Found<usize> {
    let part = part(bytes, start, length)?;
    Ok(part.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte)))
}

pub(super) fn text<'v>(value: &'v Value, pointer: &str) -> Found<&'v str> {
    value.pointer(pointer).and_then(Value::as_str).ok_or_else(|| format!("no text at `{pointer}`"))
}

pub(super) fn base64(value: &Value, pointer: &str) -> Found<Vec<u8>> {
    Base64::decode_vec(text(value, pointer)?).map_err(|error| format!("`{pointer}`: {error}"))
}

pub(super) fn base64url(value: &Value, pointer: &str) -> Found<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text(value, pointer)?).map_err(|error| format!("`{pointer}`: {error}"))
}

pub(super) fn hex(value: &Value, pointer: &str) -> Found<Vec<u8>> {
    let text = text(value, pointer)?;
    let pairs = (0..text.len()).step_by(2).map(|at| text.get(at..at + 2));
    let bytes = pairs.map(|pair| u8::from_str_radix(pair?, 16).ok());
    bytes.collect::<Option<_>>().ok_or_else(|| format!("`{pointer}` is no hex"))
}
