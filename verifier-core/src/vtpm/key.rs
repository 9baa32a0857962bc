//! The attestation key: the one key of the runtime data with the id `HCLAkPub`, never one from
//! anywhere else.

use alloc::format;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::runtime::{BoundRuntime, pointer};
use crate::crypto::{RsaKey, Sha256};
use crate::json::Value;
use crate::log::{Finding, Log, Stopped};
use crate::text::hex;
use crate::verdict::{Authority, CheckSpec, NoteKind, Stage, checks};

const MEND: &str =
    "the machine's paravisor names no key that a quote can be verified with; build on another machine";

const fn check(id: &'static str, title: &'static str, clause: &'static str) -> CheckSpec {
    CheckSpec::new(id, Stage::Vtpm, Authority::Hardware, title, clause, MEND)
}

checks! {
    /// The checks of the attestation key.
    CHECKS;

    /// The runtime data names exactly one attestation key.
    UNIQUE = check(
        "az.ak.unique",
        "the runtime data has exactly one key with the id `HCLAkPub`",
        "platforms.md, 14; RFC 7517, section 4.5",
    );
    /// The key is an RSA key.
    KEY_TYPE = check(
        "az.ak.type",
        "the attestation key is an RSA key",
        "platforms.md, 14; RFC 7517, section 4.1",
    );
    /// The key is there to sign.
    KEY_OPS = check(
        "az.ak.key_ops",
        "the attestation key is there to sign",
        "platforms.md, 14; RFC 7517, section 4.3",
    );
    /// The exponent is 65537.
    EXPONENT = check(
        "az.ak.exponent",
        "the attestation key has the public exponent 65537",
        "platforms.md, 14; RFC 7518, section 6.3.1.2",
    );
    /// The modulus has exactly 2048 bits.
    MODULUS = check(
        "az.ak.modulus",
        "the attestation key has an odd modulus of exactly 2048 bits",
        "platforms.md, 14; RFC 7518, section 6.3.1.1",
    );
}

/// A key that authentic runtime data names.
pub(crate) struct AttestationKey {
    rsa: RsaKey,
    modulus: Vec<u8>,
}

impl AttestationKey {
    /// The attestation key of the runtime data.
    ///
    /// # Errors
    /// [`Stopped`] when there is not exactly one, or it is not RSA-2048 with 65537.
    pub(crate) fn from_runtime(runtime: &BoundRuntime<'_>, log: &mut Log<'_>) -> Result<Self, Stopped> {
        let keys = runtime.json().get("keys").and_then(Value::as_array).unwrap_or_default();
        let (index, jwk) = log.obtain(&UNIQUE, the_one(keys))?;
        let place = |name: &str| pointer(&format!("keys/{index}/{name}"));
        text(&KEY_TYPE, "RSA", jwk, "kty", &place("kty"), log)?;
        key_ops(keys, jwk, &place("key_ops"), log)?;
        text(&EXPONENT, "AQAB", jwk, "e", &place("e"), log)?;
        let key = log.obtain(&MODULUS, modulus(jwk, &place("n")))?;
        log.claim(
            "vtpm.ak_sha256",
            hex(&key.sha256()),
            Authority::Hardware,
            pointer(&format!("keys/{index}")),
        );
        Ok(key)
    }

    /// Whether the key made this signature: RSASSA-PKCS1-v1_5 with SHA-256.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.rsa.verifies_pkcs1_sha256(message, signature)
    }

    /// The modulus, 256 bytes, big-endian.
    pub(crate) fn modulus(&self) -> &[u8] {
        &self.modulus
    }

    /// SHA-256 of the key's `SubjectPublicKeyInfo` (RFC 5280, section 4.1.2.7), which is what
    /// common tools print for a public key.
    pub(crate) fn sha256(&self) -> [u8; 32] {
        let mut hash = Sha256::default();
        hash.update(&SPKI_BEFORE);
        hash.update(&self.modulus);
        hash.update(&SPKI_AFTER);
        hash.finish()
    }

    /// The name by which the virtual TPM calls the key in what the key signs: 34 bytes.
    ///
    /// Everything in the key's public area but the modulus is fixed, so the name follows from the
    /// modulus alone: `000B ‖ SHA-256(0x4000000B ‖ 000B ‖ SHA-256(TPMT_PUBLIC))`, where 0x4000000B
    /// is the endorsement hierarchy (TPM 2.0 Library, Part 1, "Names").
    pub(crate) fn qualified_name(&self) -> [u8; 34] {
        let mut public = Sha256::default();
        public.update(&PUBLIC_BEFORE);
        public.update(&self.modulus);
        let name = name(public.finish());
        let mut qualified = Sha256::default();
        qualified.update(&ENDORSEMENT_HIERARCHY);
        qualified.update(&name);
        self::name(qualified.finish())
    }
}

fn name(digest: [u8; 32]) -> [u8; 34] {
    let mut name = [0; 34];
    for (slot, byte) in name.iter_mut().zip(SHA256_ID.into_iter().chain(digest)) {
        *slot = byte;
    }
    name
}

fn the_one<'v, 'a>(keys: &'v [Value<'a>]) -> Result<((usize, &'v Value<'a>), Finding), Finding> {
    let is_named = |jwk: &&Value<'_>| jwk.get("kid").and_then(Value::as_str) == Some("HCLAkPub");
    let count = keys.iter().filter(is_named).count();
    let finding =
        Finding::new("one key `HCLAkPub`", format!("{count} of {} keys", keys.len())).at(pointer("keys"));
    match keys.iter().enumerate().find(|(_, jwk)| is_named(jwk)) {
        Some(found) if count == 1 => Ok((found, finding)),
        _ => Err(finding),
    }
}

fn text(
    spec: &'static CheckSpec,
    expected: &str,
    jwk: &Value<'_>,
    name: &str,
    place: &str,
    log: &mut Log<'_>,
) -> Result<(), Stopped> {
    let found = jwk.get(name).and_then(Value::as_str);
    log.require(spec, found == Some(expected), Finding::new(expected, found.unwrap_or("no text")).at(place))
}

/// Machines of 2023 and before have the attestation key alone and call it one to encrypt with. The
/// hardware vouches for both, so that is a deviation and no lie.
fn key_ops(keys: &[Value<'_>], jwk: &Value<'_>, place: &str, log: &mut Log<'_>) -> Result<(), Stopped> {
    let ops = jwk.get("key_ops").and_then(Value::as_array).unwrap_or_default();
    let (found, more) = match ops {
        [Value::String(only)] => (&**only, false),
        _ => ("not one text", true),
    };
    let old = found == "encrypt" && keys.len() == 1;
    log.require(&KEY_OPS, !more && (found == "sign" || old), Finding::new("sign", found).at(place))?;
    if old {
        let note = "an old machine's only key, which it says is there to encrypt";
        log.note(NoteKind::Deviation, "az.ak.key_ops", note, place);
    }
    Ok(())
}

fn modulus(jwk: &Value<'_>, place: &str) -> Result<(AttestationKey, Finding), Finding> {
    let expected = "2048 bits, odd, base64url without padding";
    let failed = |found: &str| Finding::new(expected, found).at(place);
    let text = jwk.get("n").and_then(Value::as_str).ok_or_else(|| failed("no text"))?;
    // 256 bytes are 342 characters.
    if text.len() != 342 {
        return Err(failed(&format!("{} characters", text.len())));
    }
    let modulus = URL_SAFE_NO_PAD.decode(text).map_err(|_| failed("another spelling"))?;
    let rsa = RsaKey::new(&modulus, &[1, 0, 1], 2048).ok_or_else(|| failed("another number"))?;
    let finding = Finding::new(expected, "2048 bits").at(place);
    Ok((AttestationKey { rsa, modulus }, finding))
}

/// `TPM_ALG_SHA256`, which a name begins with.
const SHA256_ID: [u8; 2] = [0x00, 0x0b];

/// `TPM_RH_ENDORSEMENT`.
const ENDORSEMENT_HIERARCHY: [u8; 4] = [0x40, 0x00, 0x00, 0x0b];

/// A `TPMT_PUBLIC` up to the modulus (TPM 2.0 Library, Part 2, `TPMT_PUBLIC` and `TPMS_RSA_PARMS`).
const PUBLIC_BEFORE: [u8; 24] = [
    0x00, 0x01, // type: TPM_ALG_RSA
    0x00, 0x0b, // nameAlg: TPM_ALG_SHA256
    0x00, 0x05, 0x04,
    0x72, // fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, noDA, restricted, sign
    0x00, 0x00, // authPolicy: none
    0x00, 0x10, // symmetric: TPM_ALG_NULL
    0x00, 0x14, 0x00, 0x0b, // scheme: TPM_ALG_RSASSA with TPM_ALG_SHA256
    0x08, 0x00, // keyBits: 2048
    0x00, 0x00, 0x00, 0x00, // exponent: 0, which stands for 65537
    0x01, 0x00, // size of the modulus
];

/// A `SubjectPublicKeyInfo` of RSA-2048 up to the modulus.
const SPKI_BEFORE: [u8; 33] = [
    0x30, 0x82, 0x01, 0x22, 0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01,
    0x05, 0x00, 0x03, 0x82, 0x01, 0x0f, 0x00, 0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00,
];

/// The rest after the modulus: the exponent 65537.
const SPKI_AFTER: [u8; 5] = [0x02, 0x03, 0x01, 0x00, 0x01];
