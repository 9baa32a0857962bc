//! The signatures and hashes without which evidence can't be appraised, called on the libraries
//! directly, each from raw bytes: key parsing and message hashing are part of it.

mod amd;
mod azure;
mod intel;
mod nitro;
mod read;

use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use rsa::BoxedUint;
use serde_json::Value;
use sha2::{Digest as _, Sha256, Sha384};

use crate::sample::Sample;
use read::{Found, json};

/// The kinds of signatures, each with the column of the table that it stands in.
pub const KINDS: [(&str, Kind); 4] = [
    ("RSA-4096", Kind::RsaPss4096),
    ("P-384", Kind::P384),
    ("RSA-2048", Kind::RsaPkcs2048),
    ("P-256", Kind::P256),
];

/// A kind of signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// RSASSA-PSS with SHA-384 by a key of 4096 bits.
    RsaPss4096,
    /// RSASSA-PKCS1-v1_5 with SHA-256 by a key of 2048 bits.
    RsaPkcs2048,
    /// ECDSA with SHA-256.
    P256,
    /// ECDSA with SHA-384.
    P384,
}

/// What the primitives of one sample are called on.
#[derive(Default)]
pub struct Primitives {
    signatures: Vec<Signature>,
    /// What SHA-256 is made over beside the signatures: provenance in both forms, runtime data, PCRs,
    /// certificates for their fingerprints, every node of the Merkle tree.
    hashed: Vec<Vec<u8>>,
}

/// One signature over a message.
#[derive(Clone)]
struct Signature {
    kind: Kind,
    /// The modulus of an RSA key, or an uncompressed point.
    key: Vec<u8>,
    message: Vec<u8>,
    /// That of RSA, or r and s, big-endian.
    signature: Vec<u8>,
}

impl Primitives {
    /// The primitives of a sample.
    ///
    /// # Errors
    /// Where the evidence has not the shape of its platform, in words.
    pub fn of(sample: &Sample) -> Found<Self> {
        let envelope = json(&sample.evidence)?;
        let evidence = envelope.get("evidence").ok_or("no evidence")?;
        let mut all = match envelope.get("platform").and_then(Value::as_str) {
            Some("snp" | "gcp-snp") => amd::bare(sample, evidence)?,
            Some("az-snp") => azure::snp(sample, evidence)?,
            Some("tdx" | "gcp-tdx") => intel::bare(evidence)?,
            Some("dstack") => intel::dstack(evidence)?,
            Some("az-tdx") => azure::tdx(evidence)?,
            Some("nitro") => nitro::document(evidence)?,
            other => return Err(format!("{other:?} has no primitives here")),
        };
        if !sample.provenance.is_empty() {
            all.hashed.extend(provenance(&sample.provenance)?);
        }
        Ok(all)
    }

    /// The signatures of a kind.
    #[must_use]
    pub fn signatures(&self, kind: Kind) -> bool {
        self.signatures.iter().filter(|one| one.kind == kind).all(|one| one.verifies().unwrap_or(false))
    }

    /// The other hashes. True, so that all primitives are called alike.
    #[must_use]
    pub fn hashes(&self) -> bool {
        self.hashed.iter().all(|bytes| core::hint::black_box(Sha256::digest(bytes)).len() == 32)
    }

    /// Whether every signature verifies: a primitive that fails early is fast.
    #[must_use]
    pub fn hold(&self) -> bool {
        KINDS.iter().all(|(_, kind)| self.signatures(*kind)) && self.hashes() && !self.signatures.is_empty()
    }

    /// Adds what another part of the same evidence needs.
    fn and(mut self, other: Self) -> Self {
        self.signatures.extend(other.signatures);
        self.hashed.extend(other.hashed);
        self
    }
}

impl Signature {
    /// `None` where the key or the signature has no meaning.
    fn verifies(&self) -> Option<bool> {
        let Self { kind, key, message, signature } = self;
        Some(match kind {
            Kind::RsaPss4096 => {
                let hash = Sha384::digest(message);
                rsa_key(key, 4096)?.pss_verify_prehash::<Sha384>(&hash, signature).is_ok()
            }
            Kind::RsaPkcs2048 => {
                let hash = Sha256::digest(message);
                rsa_key(key, 2048)?.pkcs1v15_verify_prehash::<Sha256>(&hash, signature).is_ok()
            }
            Kind::P256 => {
                let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(key).ok()?;
                let signature = p256::ecdsa::Signature::from_slice(signature).ok()?;
                key.verify_prehash(&Sha256::digest(message), &signature).is_ok()
            }
            Kind::P384 => {
                let key = p384::ecdsa::VerifyingKey::from_sec1_bytes(key).ok()?;
                let signature = p384::ecdsa::Signature::from_slice(signature).ok()?;
                key.verify_prehash(&Sha384::digest(message), &signature).is_ok()
            }
        })
    }
}

/// The TDX quote in an evidence object.
pub(crate) fn quote(evidence: &Value) -> Option<Vec<u8>> {
    read::base64(evidence, "/quote").or_else(|_| read::base64url(evidence, "/td_quote")).ok()
}

fn rsa_key(modulus: &[u8], bits: u32) -> Option<rsa::PublicKey> {
    let modulus = BoxedUint::from_be_slice(modulus, bits).ok()?;
    rsa::PublicKey::new(modulus, BoxedUint::from(65_537_u32)).ok()
}

/// What is hashed of a provenance: its bytes, its compact form, an entry for each input, and 64 bytes
/// for each inner node over them.
fn provenance(bytes: &[u8]) -> Found<Vec<Vec<u8>>> {
    let document = json(bytes)?;
    let compact = document.to_string().into_bytes();
    let inputs = document.pointer("/predicate/buildDefinition/resolvedDependencies");
    let inputs = inputs.and_then(Value::as_array).into_iter().flatten();
    let addresses = inputs.filter_map(|input| input.get("uri")?.as_str()).map(|uri| uri.as_bytes().to_vec());
    // Commit, tree, lock file and the toolchain's digests and versions stand beside them.
    let entries: Vec<Vec<u8>> = addresses.chain((0..7).map(|_| vec![0; 64])).collect();
    let inner: Vec<Vec<u8>> = (1..entries.len()).map(|_| vec![0; 64]).collect();
    Ok([vec![bytes.to_vec(), compact], entries, inner].concat())
}
