//! The runtime data: JSON that the report's report data binds by its SHA-256.

use base64ct::{Base64UrlUnpadded, Encoding as _};

use crate::keys::RsaKey;
use crate::signing::Hash;

/// The runtime data of a machine.
#[derive(Debug, Clone)]
pub struct RuntimeData {
    /// The keys of the vTPM.
    pub keys: Vec<Jwk>,
    /// `vm-configuration`, as JSON; `None` in 2022.
    pub vm_configuration: Option<String>,
    /// `user-data`, hex; `None` in 2022.
    pub user_data: Option<String>,
}

/// A key as RFC 7517 writes it; values are JSON texts without their quotes.
#[derive(Debug, Clone)]
pub struct Jwk {
    /// `HCLAkPub` or `HCLEkPub`.
    pub kid: String,
    /// `sign` or `encrypt`.
    pub key_ops: String,
    /// `RSA`.
    pub kty: String,
    /// The exponent, base64url.
    pub e: String,
    /// The modulus, base64url.
    pub n: String,
}

impl Jwk {
    /// The attestation key.
    #[must_use]
    pub fn ak(key: &RsaKey) -> Self {
        Self {
            kid: "HCLAkPub".into(),
            key_ops: "sign".into(),
            kty: "RSA".into(),
            e: Base64UrlUnpadded::encode_string(&key.exponent()),
            n: Base64UrlUnpadded::encode_string(&key.modulus()),
        }
    }

    /// The endorsement key, which signs nothing here: nobody has its private part.
    #[must_use]
    pub fn ek() -> Self {
        let mut modulus: Vec<u8> =
            (0..8_u8).flat_map(|part| Hash::Sha256.digest(&[b'e', b'k', part])).collect();
        modulus[0] |= 0x80;
        modulus[255] |= 1;
        let n = Base64UrlUnpadded::encode_string(&modulus);
        Self { kid: "HCLEkPub".into(), key_ops: "encrypt".into(), kty: "RSA".into(), e: "AQAB".into(), n }
    }

    fn json(&self) -> String {
        let Self { kid, key_ops, kty, e, n } = self;
        format!(r#"{{"kid":"{kid}","key_ops":["{key_ops}"],"kty":"{kty}","e":"{e}","n":"{n}"}}"#)
    }
}

impl RuntimeData {
    /// What a sound machine with this attestation key says.
    #[must_use]
    pub fn sound(ak: &RsaKey) -> Self {
        let configuration = r#"{"console-enabled":true,"secure-boot":true,"tpm-enabled":true,"vmUniqueId":"5EE1E1F0-0000-4000-8000-7E57DA7A0001"}"#;
        Self {
            keys: vec![Jwk::ak(ak), Jwk::ek()],
            vm_configuration: Some(configuration.into()),
            user_data: Some("0".repeat(128)),
        }
    }

    /// The JSON, as Azure writes it: on one line, in this order.
    #[must_use]
    pub fn json(&self) -> String {
        let keys: Vec<String> = self.keys.iter().map(Jwk::json).collect();
        let mut parts = vec![format!(r#""keys":[{}]"#, keys.join(","))];
        parts.extend(self.vm_configuration.iter().map(|json| format!(r#""vm-configuration":{json}"#)));
        parts.extend(self.user_data.iter().map(|hex| format!(r#""user-data":"{hex}""#)));
        format!("{{{}}}", parts.join(","))
    }
}
