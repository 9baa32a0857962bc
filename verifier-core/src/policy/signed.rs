//! Signed policies: a DSSE envelope (v1.0.2) around a policy document.
//!
//! A signed document must say when it was issued, when it expires and which version it is, so that
//! an older one cannot be played back for a newer one.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use super::{Policy, PolicyError, PolicyErrorKind};
use crate::crypto::{P256Key, P384Key, ecdsa_scalars};
use crate::json::Value;
use crate::json::typed::{self, Reading, Typed, typed};
use crate::limits::POLICY_BYTES;
use crate::time::Timestamp;
use crate::x509::PublicKeyInfo;

/// The payload type of a signed policy.
pub const PAYLOAD_TYPE: &str = "application/vnd.kettle.policy+json";

/// Signatures that an envelope may have. Each costs a verification for each key.
const SIGNATURES: usize = 16;

/// A key that whoever asks trusts to sign policies.
pub struct PolicyKey(Curve);

enum Curve {
    P256(P256Key),
    P384(P384Key),
}

impl PolicyKey {
    /// A key from the DER of its `SubjectPublicKeyInfo`: ECDSA on P-256 or P-384.
    #[must_use]
    pub fn from_spki_der(der: &[u8]) -> Option<Self> {
        let info = PublicKeyInfo::from_der(der)?;
        let p256 = info.p256().map(Curve::P256);
        p256.or_else(|| info.p384().map(Curve::P384)).map(Self)
    }

    /// ECDSA in DER, with SHA-256 on P-256 and SHA-384 on P-384.
    fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.0 {
            Curve::P256(key) => {
                ecdsa_scalars(signature).is_some_and(|(r, s)| key.verifies_sha256(message, &r, &s))
            }
            Curve::P384(key) => {
                ecdsa_scalars(signature).is_some_and(|(r, s)| key.verifies_sha384(message, &r, &s))
            }
        }
    }
}

/// What a signed policy must meet beside its signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedPolicyRules {
    /// The time of appraisal: the document must be issued and not expired.
    pub now: Timestamp,
    /// The lowest version that is taken; whoever asks keeps the highest one seen.
    pub minimum_version: u64,
}

struct Envelope {
    payload_type: String,
    payload: String,
    signatures: Vec<Signature>,
}

impl Typed for Envelope {
    fn read(value: &Value<'_>, reading: &mut Reading) -> Option<Self> {
        let members = reading.members(value, &["payloadType", "payload", "signatures"])?;
        Some(Self {
            payload_type: reading.needed(members, "payloadType")?,
            payload: reading.needed(members, "payload")?,
            signatures: reading.needed(members, "signatures")?,
        })
    }
}

struct Signature {
    sig: String,
    /// Names a key for people; never used to decide (DSSE, protocol).
    #[allow(dead_code, reason = "read so that no other unknown field passes")]
    keyid: String,
}

typed!(Signature { sig;; keyid });

impl Policy {
    /// Whether bytes look like a DSSE envelope rather than a policy document. It decides nothing
    /// but which reader's error is shown.
    #[must_use]
    pub fn is_envelope(bytes: &[u8]) -> bool {
        typed::document::<Envelope>(bytes, POLICY_BYTES).is_ok()
    }

    /// Reads a signed policy: one of `keys` must have signed it, over exactly the bytes that are
    /// then parsed.
    ///
    /// # Errors
    /// [`PolicyError`] when no key signed it, when it lacks issue time, expiry or version, is out
    /// of its time or below the lowest version, or when the document itself is refused.
    pub fn from_signed(
        bytes: &[u8],
        keys: &[PolicyKey],
        rules: SignedPolicyRules,
    ) -> Result<Self, PolicyError> {
        if bytes.len() > POLICY_BYTES {
            return Err(PolicyErrorKind::TooLarge { limit: POLICY_BYTES }.at(""));
        }
        let envelope: Envelope = typed::document(bytes, POLICY_BYTES)?;
        if envelope.payload_type != PAYLOAD_TYPE {
            return Err(
                PolicyErrorKind::Value { expected: "a signed policy's payload type" }.at("/payloadType")
            );
        }
        let payload = decode(&envelope.payload)
            .ok_or_else(|| PolicyErrorKind::Value { expected: "base64" }.at("/payload"))?;
        if !is_signed(&envelope, &payload, keys)? {
            return Err(PolicyErrorKind::NotSigned.at("/signatures"));
        }
        let policy = Self::from_json(&payload)?;
        policy.in_force(rules)?;
        Ok(policy)
    }

    fn in_force(&self, rules: SignedPolicyRules) -> Result<(), PolicyError> {
        let document = self.document();
        let time = |text: &Option<String>| text.as_deref().and_then(Timestamp::from_rfc3339);
        let missing = |field: &str| PolicyErrorKind::Unbounded.at(format!("/{field}"));
        let issued = time(&document.issued).ok_or_else(|| missing("issued"))?;
        let expires = time(&document.expires).ok_or_else(|| missing("expires"))?;
        let version = document.version.ok_or_else(|| missing("version"))?;
        if rules.now < issued || expires < rules.now {
            return Err(PolicyErrorKind::OutOfTime { issued, expires }.at("/expires"));
        }
        if version < rules.minimum_version {
            return Err(PolicyErrorKind::Rollback { version, minimum: rules.minimum_version }.at("/version"));
        }
        Ok(())
    }
}

fn is_signed(envelope: &Envelope, payload: &[u8], keys: &[PolicyKey]) -> Result<bool, PolicyError> {
    if envelope.signatures.is_empty() || keys.is_empty() {
        return Err(PolicyErrorKind::NotSigned.at("/signatures"));
    }
    if envelope.signatures.len() > SIGNATURES {
        return Err(PolicyErrorKind::Value { expected: "at most 16 signatures" }.at("/signatures"));
    }
    let message = pre_authentication_encoding(&envelope.payload_type, payload);
    for (index, signature) in envelope.signatures.iter().enumerate() {
        let der = decode(&signature.sig).ok_or_else(|| {
            PolicyErrorKind::Value { expected: "base64" }.at(format!("/signatures/{index}/sig"))
        })?;
        if keys.iter().any(|key| key.verifies(&message, &der)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `"DSSEv1" SP LEN(type) SP type SP LEN(body) SP body` (DSSE, signature definition).
fn pre_authentication_encoding(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut message = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    message.extend_from_slice(payload);
    message
}

/// DSSE has verifiers take both alphabets.
fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;
    use p256::ecdsa::signature::Signer as _;

    const NOW: &str = "2026-06-01T00:00:00Z";
    const DOCUMENT: &str = r#"{"schema":"kettle-policy/v1","issued":"2026-05-01T00:00:00Z","expires":"2026-07-01T00:00:00Z","version":7}"#;

    fn signing_key() -> p256::ecdsa::SigningKey {
        p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap()
    }

    fn key() -> PolicyKey {
        let point = signing_key().verifying_key().to_sec1_point(false);
        PolicyKey(Curve::P256(P256Key::from_point(point.as_bytes()).unwrap()))
    }

    fn sign(document: &str, payload_type: &str) -> String {
        let message = pre_authentication_encoding(payload_type, document.as_bytes());
        let signature: p256::ecdsa::Signature = signing_key().sign(&message);
        let (r, s) = signature.split_bytes();
        let integer = |bytes: &[u8]| {
            let start = bytes.iter().position(|byte| *byte != 0).unwrap_or(31);
            let mut body = bytes[start..].to_vec();
            if body[0] & 0x80 != 0 {
                body.insert(0, 0);
            }
            let mut der = alloc::vec![2, u8::try_from(body.len()).unwrap()];
            der.extend(body);
            der
        };
        let (r, s) = (integer(&r), integer(&s));
        let body = [r, s].concat();
        let mut der = alloc::vec![0x30, u8::try_from(body.len()).unwrap()];
        der.extend(body);
        format!(
            r#"{{"payloadType":"{payload_type}","payload":"{}","signatures":[{{"keyid":"k","sig":"{}"}}]}}"#,
            STANDARD.encode(document.as_bytes()),
            STANDARD.encode(&der)
        )
    }

    fn rules(minimum_version: u64) -> SignedPolicyRules {
        SignedPolicyRules { now: Timestamp::from_rfc3339(NOW).unwrap(), minimum_version }
    }

    #[test]
    fn the_published_example_of_the_encoding() {
        let encoded = pre_authentication_encoding("http://example.com/HelloWorld", b"hello world");
        assert_eq!(encoded, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
    }

    #[test]
    fn keys_are_ecdsa_on_two_curves() {
        let read = |hex: &str| PolicyKey::from_spki_der(&crate::text::unhex_any(hex).unwrap());
        let p256 = "3059301306072a8648ce3d020106082a8648ce3d03010703420004f549148b306505776a20abe7777e331f02df770f4f6d75817864e787ffcaf9fd85efcf3f4ece6603d0321049735dab4bc04cfc20520402a9ae6e555787b0605f";
        let p384 = "3076301006072a8648ce3d020106052b8104002203620004d0b5fee6e94c35492e75c9df561a6ae81e37b0bf5ec54aa12a319f7ce2e208fb2290a5fe91597ef0fc93e4bb6132f865d34f59c06653f4597fa69c8ffcaa27c4cb1fa53eca4ae8d5e51deeb335989668c2db405c4eb2ac682220a203c4f3416f";
        let ed25519 =
            "302a300506032b6570032100ee4683df755ea50b3e20c97b1ffdd8d9ae7abc5e282e13592109ad9aa80b7aed";
        assert!(matches!(read(p256), Some(PolicyKey(Curve::P256(_)))));
        assert!(matches!(read(p384), Some(PolicyKey(Curve::P384(_)))));
        assert!(read(ed25519).is_none());
        assert!(read(&p256[..p256.len() - 2]).is_none());
        assert!(read(&format!("{p256}00")).is_none());
    }

    #[test]
    fn a_signed_policy_is_read() {
        let envelope = sign(DOCUMENT, PAYLOAD_TYPE);
        let policy = Policy::from_signed(envelope.as_bytes(), &[key()], rules(7)).unwrap();
        assert_eq!(policy.document().version, Some(7));
        assert!(Policy::is_envelope(envelope.as_bytes()));
        assert!(!Policy::is_envelope(DOCUMENT.as_bytes()));
    }

    #[test]
    fn everything_else_is_refused() {
        let kind = |envelope: &str, keys: &[PolicyKey], rules| {
            Policy::from_signed(envelope.as_bytes(), keys, rules).unwrap_err().kind
        };
        let envelope = sign(DOCUMENT, PAYLOAD_TYPE);
        assert_eq!(kind(&envelope, &[], rules(0)), PolicyErrorKind::NotSigned);
        let forged = envelope.replace(
            &STANDARD.encode(DOCUMENT.as_bytes()),
            &STANDARD.encode(DOCUMENT.replace(":7}", ":9}").as_bytes()),
        );
        assert_eq!(kind(&forged, &[key()], rules(0)), PolicyErrorKind::NotSigned);
        assert!(matches!(
            kind(&sign(DOCUMENT, "text/plain"), &[key()], rules(0)),
            PolicyErrorKind::Value { .. }
        ));
        assert!(matches!(
            kind(&envelope, &[key()], rules(8)),
            PolicyErrorKind::Rollback { version: 7, minimum: 8 }
        ));
        let late =
            SignedPolicyRules { now: Timestamp::from_rfc3339("2026-07-02T00:00:00Z").unwrap(), ..rules(0) };
        assert!(matches!(kind(&envelope, &[key()], late), PolicyErrorKind::OutOfTime { .. }));
        let early =
            SignedPolicyRules { now: Timestamp::from_rfc3339("2026-04-02T00:00:00Z").unwrap(), ..rules(0) };
        assert!(matches!(kind(&envelope, &[key()], early), PolicyErrorKind::OutOfTime { .. }));
        for field in ["issued", "expires", "version"] {
            let mut document: serde_json::Value = serde_json::from_str(DOCUMENT).unwrap();
            document.as_object_mut().unwrap().remove(field);
            let envelope = sign(&document.to_string(), PAYLOAD_TYPE);
            assert_eq!(kind(&envelope, &[key()], rules(0)), PolicyErrorKind::Unbounded, "{field}");
        }
        let unsigned = envelope.replace(r#""signatures":[{"#, r#""signatures":[],"x":[{"#);
        assert!(matches!(kind(&unsigned, &[key()], rules(0)), PolicyErrorKind::Json { .. }));
    }
}
