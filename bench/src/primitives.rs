//! The signatures and hashes without which a bundle can't be appraised, called on the libraries
//! directly, each from raw bytes: key parsing and message hashing are part of it.

use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use der::asn1::{AnyRef, BitStringRef, UintRef};
use der::{Decode as _, Reader as _, SliceReader};
use p384::ecdsa::signature::hazmat::PrehashVerifier as _;
use rsa::BoxedUint;
use serde_json::Value;
use sha2::{Digest as _, Sha256, Sha384};

use crate::sample::{Sample, json};

/// Offsets in an HCL blob: the report, the length of the runtime data and the runtime data.
const HCL_REPORT: usize = 32;
const HCL_VARIABLE_LENGTH: usize = HCL_REPORT + REPORT_BYTES + 16;
const HCL_VARIABLE: usize = HCL_REPORT + REPORT_BYTES + 20;
const REPORT_BYTES: usize = 1184;
/// Offsets in a report: the end of the signed part, then r and s of 72 bytes each.
const SIGNED: usize = 0x2a0;
const SCALAR: usize = 72;

/// What the primitives of one sample are called on.
pub struct Primitives {
    /// ASK over the VCEK: RSASSA-PSS with SHA-384.
    endorsement: Signed,
    /// VCEK over the report: ECDSA with SHA-384; point, message, r and s big-endian.
    report: (Vec<u8>, Vec<u8>, [u8; 48], [u8; 48]),
    /// Attestation key over the quote: PKCS#1 v1.5 with SHA-256. `None` without a vTPM.
    quote: Option<Signed>,
    /// What SHA-256 is made over beside the signatures: provenance in both forms, runtime data, PCRs,
    /// certificates for their fingerprints, every node of the Merkle tree.
    hashed: Vec<Vec<u8>>,
}

/// An RSA modulus, a message and its signature.
struct Signed {
    modulus: Vec<u8>,
    message: Vec<u8>,
    signature: Vec<u8>,
}

type Found<T> = Result<T, String>;

impl Primitives {
    /// The primitives of a sample.
    ///
    /// # Errors
    /// Where the evidence has not the shape of its platform, in words.
    pub fn of(sample: &Sample) -> Found<Self> {
        let envelope = json(&sample.evidence)?;
        let evidence = envelope.get("evidence").ok_or("no evidence")?;
        if evidence.get("hcl_report").is_some() {
            Self::azure(sample, evidence)
        } else {
            let report = base64(evidence, "/attestation_report")?;
            let vcek = base64(evidence, "/cert_chain/vcek")?;
            Self::new(sample, &report, &vcek, None, Vec::new())
        }
    }

    fn azure(sample: &Sample, evidence: &Value) -> Found<Self> {
        let blob = base64url(evidence, "/hcl_report")?;
        let vcek = base64url(evidence, "/vcek")?;
        let report = part(&blob, HCL_REPORT, REPORT_BYTES)?;
        let length: [u8; 4] = part(&blob, HCL_VARIABLE_LENGTH, 4)?.try_into().unwrap_or_default();
        let length = usize::try_from(u32::from_le_bytes(length)).unwrap_or_default();
        let runtime = part(&blob, HCL_VARIABLE, length)?;
        let keys = json(runtime)?;
        let keys = keys.get("keys").and_then(Value::as_array).ok_or("no keys")?;
        let key = keys
            .iter()
            .find(|key| key.get("kid").and_then(Value::as_str) == Some("HCLAkPub"))
            .ok_or("no HCLAkPub")?;
        let quote = Signed {
            modulus: base64url(key, "/n")?,
            message: hex(evidence, "/tpm_quote/message")?,
            signature: hex(evidence, "/tpm_quote/signature")?,
        };
        let pcrs = evidence.pointer("/tpm_quote/pcrs").and_then(Value::as_array).ok_or("no PCRs")?;
        let pcrs: Result<Vec<_>, _> = pcrs.iter().map(|pcr| hex(pcr, "")).collect();
        let hashed = vec![runtime.to_vec(), pcrs?.concat()];
        Self::new(sample, report, &vcek, Some(quote), hashed)
    }

    fn new(
        sample: &Sample,
        report: &[u8],
        vcek: &[u8],
        quote: Option<Signed>,
        mut hashed: Vec<Vec<u8>>,
    ) -> Found<Self> {
        let issuer = Parts::of(&sample.intermediate).map_err(|error| error.to_string())?;
        let leaf = Parts::of(vcek).map_err(|error| error.to_string())?;
        let modulus = rsa_modulus(issuer.key).map_err(|error| error.to_string())?;
        let endorsement = Signed { modulus, message: leaf.tbs.to_vec(), signature: leaf.signature.to_vec() };
        let scalar = |at| -> Found<[u8; 48]> {
            let mut bytes: [u8; 48] = part(report, at, 48)?.try_into().unwrap_or([0; 48]);
            bytes.reverse();
            Ok(bytes)
        };
        let signed = part(report, 0, SIGNED)?.to_vec();
        hashed.extend([vcek.to_vec(), sample.intermediate.clone()]);
        hashed.extend(provenance(sample)?);
        let report = (leaf.key.to_vec(), signed, scalar(SIGNED)?, scalar(SIGNED.saturating_add(SCALAR))?);
        Ok(Self { endorsement, report, quote, hashed })
    }

    /// One RSA-4096 PSS verification.
    #[must_use]
    pub fn rsa4096_pss(&self) -> bool {
        let Signed { modulus, message, signature } = &self.endorsement;
        rsa_key(modulus, 4096)
            .is_some_and(|key| key.pss_verify_prehash::<Sha384>(&Sha384::digest(message), signature).is_ok())
    }

    /// One P-384 verification.
    #[must_use]
    pub fn p384(&self) -> bool {
        let (point, message, r, s) = &self.report;
        let Ok(key) = p384::ecdsa::VerifyingKey::from_sec1_bytes(point) else { return false };
        p384::ecdsa::Signature::from_scalars(*r, *s)
            .is_ok_and(|signature| key.verify_prehash(&Sha384::digest(message), &signature).is_ok())
    }

    /// One RSA-2048 PKCS#1 v1.5 verification; true where the platform has none.
    #[must_use]
    pub fn rsa2048_pkcs1(&self) -> bool {
        let Some(Signed { modulus, message, signature }) = &self.quote else { return true };
        rsa_key(modulus, 2048).is_some_and(|key| {
            key.pkcs1v15_verify_prehash::<Sha256>(&Sha256::digest(message), signature).is_ok()
        })
    }

    /// The other hashes. True, so that all primitives are called alike.
    #[must_use]
    pub fn hashes(&self) -> bool {
        self.hashed.iter().all(|bytes| core::hint::black_box(Sha256::digest(bytes)).len() == 32)
    }

    /// Whether every signature verifies: a primitive that fails early is fast.
    #[must_use]
    pub fn hold(&self) -> bool {
        self.rsa4096_pss() && self.p384() && self.rsa2048_pkcs1() && self.hashes()
    }
}

/// What is hashed of a provenance: its bytes, its compact form, an entry for each input, and 64 bytes
/// for each inner node over them.
fn provenance(sample: &Sample) -> Found<Vec<Vec<u8>>> {
    let document = json(&sample.provenance)?;
    let compact = document.to_string().into_bytes();
    let inputs = document.pointer("/predicate/buildDefinition/resolvedDependencies");
    let inputs = inputs.and_then(Value::as_array).into_iter().flatten();
    let addresses = inputs.filter_map(|input| input.get("uri")?.as_str()).map(|uri| uri.as_bytes().to_vec());
    // Commit, tree, lock file and the toolchain's digests and versions stand beside them.
    let entries: Vec<Vec<u8>> = addresses.chain((0..7).map(|_| vec![0; 64])).collect();
    let inner = (1..entries.len()).map(|_| vec![0; 64]);
    let inner: Vec<Vec<u8>> = inner.collect();
    Ok([vec![sample.provenance.clone(), compact], entries, inner].concat())
}

fn rsa_key(modulus: &[u8], bits: u32) -> Option<rsa::PublicKey> {
    let modulus = BoxedUint::from_be_slice(modulus, bits).ok()?;
    rsa::PublicKey::new(modulus, BoxedUint::from(65_537_u32)).ok()
}

/// The parts of a certificate that its signature is verified with, and the bits of its own key.
struct Parts<'a> {
    tbs: &'a [u8],
    signature: &'a [u8],
    key: &'a [u8],
}

impl<'a> Parts<'a> {
    /// `SEQUENCE { tbs SEQUENCE { version, serial, algorithm, issuer, validity, subject, SEQUENCE {
    /// algorithm, BIT STRING }, … }, algorithm, BIT STRING }` (RFC 5280, section 4.1).
    fn of(certificate: &'a [u8]) -> der::Result<Self> {
        let mut outer = SliceReader::new(AnyRef::from_der(certificate)?.value())?;
        let tbs = outer.tlv_bytes()?;
        outer.tlv_bytes()?;
        let signature = BitStringRef::decode(&mut outer)?.raw_bytes();
        let mut inner = SliceReader::new(AnyRef::from_der(tbs)?.value())?;
        for _ in 0..6 {
            inner.tlv_bytes()?;
        }
        let mut key = SliceReader::new(AnyRef::from_der(inner.tlv_bytes()?)?.value())?;
        key.tlv_bytes()?;
        let key = BitStringRef::decode(&mut key)?.raw_bytes();
        Ok(Self { tbs, signature, key })
    }
}

/// `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }` (RFC 8017, A.1.1).
fn rsa_modulus(key: &[u8]) -> der::Result<Vec<u8>> {
    let mut reader = SliceReader::new(AnyRef::from_der(key)?.value())?;
    Ok(UintRef::decode(&mut reader)?.as_bytes().to_vec())
}

fn part(bytes: &[u8], start: usize, length: usize) -> Found<&[u8]> {
    let rest = bytes.get(start..).and_then(|rest| rest.get(..length));
    rest.ok_or_else(|| format!("the bytes end before {start} + {length}"))
}

fn text<'v>(value: &'v Value, pointer: &str) -> Found<&'v str> {
    value.pointer(pointer).and_then(Value::as_str).ok_or_else(|| format!("no text at `{pointer}`"))
}

fn base64(value: &Value, pointer: &str) -> Found<Vec<u8>> {
    Base64::decode_vec(text(value, pointer)?).map_err(|error| format!("`{pointer}`: {error}"))
}

fn base64url(value: &Value, pointer: &str) -> Found<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text(value, pointer)?).map_err(|error| format!("`{pointer}`: {error}"))
}

fn hex(value: &Value, pointer: &str) -> Found<Vec<u8>> {
    let text = text(value, pointer)?;
    let pairs = (0..text.len()).step_by(2).map(|at| text.get(at..at.saturating_add(2)));
    let bytes = pairs.map(|pair| u8::from_str_radix(pair?, 16).ok());
    bytes.collect::<Option<_>>().ok_or_else(|| format!("`{pointer}` is no hex"))
}
