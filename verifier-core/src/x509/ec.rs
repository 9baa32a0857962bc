//! Certificates and lists signed with ECDSA, P-256 with SHA-256 or P-384 with SHA-384, and the extensions of RFC 5280 that a
//! profile looks at.

use const_oid::ObjectIdentifier;
use der::Decode;
use der::asn1::OctetString;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, BasicConstraints, KeyUsage, SubjectKeyIdentifier};
use x509_cert::spki::AlgorithmIdentifierOwned;

use super::{BASIC_CONSTRAINTS, Certificate, EC_PUBLIC_KEY, KEY_USAGE, RevocationList, Signed};
use crate::crypto::{P256Key, P384Key, ecdsa_scalars};

const SECP256R1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const ECDSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const ECDSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");
const SUBJECT_KEY_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.14");
const AUTHORITY_KEY_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.35");

impl Certificate<'_> {
    /// The P-256 key; `None` where it is another or not on the curve.
    #[must_use]
    pub fn p256_key(&self) -> Option<P256Key> {
        let spki = self.tbs.subject_public_key_info();
        let curve = spki.algorithm.parameters.as_ref()?.decode_as::<ObjectIdentifier>().ok()?;
        if spki.algorithm.oid != EC_PUBLIC_KEY || curve != SECP256R1 {
            return None;
        }
        P256Key::from_point(spki.subject_public_key.as_bytes()?)
    }

    /// Whether the signature is ECDSA with SHA-256 and the key made it.
    #[must_use]
    pub fn is_signed_by_p256(&self, key: &P256Key) -> bool {
        verifies(&self.signed.algorithm, &self.signed.tbs, &self.signed.signature, key)
    }

    /// Whether the signature is ECDSA with SHA-384 and the key made it. Its parameters are absent
    /// (RFC 5758, section 3.2).
    #[must_use]
    pub fn is_signed_by_p384(&self, key: &P384Key) -> bool {
        let Signed { tbs, algorithm, signature } = &self.signed;
        algorithm.oid == ECDSA_SHA384
            && algorithm.parameters.is_none()
            && ecdsa_scalars(signature).is_some_and(|(r, s)| key.verifies_sha384(tbs, &r, &s))
    }

    /// The one extension of this kind; `None` where there is none or more than one.
    #[must_use]
    pub fn extension(&self, oid: ObjectIdentifier) -> Option<&Extension> {
        one(self.extensions(), oid)
    }

    /// Whether the certificate says that it is no CA and that its key signs data and no certificates
    /// (RFC 5280, sections 4.2.1.3 and 4.2.1.9).
    #[must_use]
    pub fn is_signing_leaf(&self) -> bool {
        let value = |oid| self.extension(oid).map(|extension| extension.extn_value.as_bytes());
        let constraints = value(BASIC_CONSTRAINTS).and_then(|der| BasicConstraints::from_der(der).ok());
        let usage = value(KEY_USAGE).and_then(|der| KeyUsage::from_der(der).ok());
        constraints.is_some_and(|known| !known.ca)
            && usage.is_some_and(|usage| usage.digital_signature() && !usage.key_cert_sign())
    }

    /// Whether the certificate has no critical extension beside basic constraints and key usage.
    #[must_use]
    pub fn has_known_critical_extensions(&self) -> bool {
        self.extensions().iter().all(|extension| {
            !extension.critical || [BASIC_CONSTRAINTS, KEY_USAGE].contains(&extension.extn_id)
        })
    }

    /// The id of the certificate's own key.
    #[must_use]
    pub fn subject_key_id(&self) -> Option<OctetString> {
        let extension = self.extension(SUBJECT_KEY_ID)?;
        SubjectKeyIdentifier::from_der(extension.extn_value.as_bytes()).ok().map(|identifier| identifier.0)
    }

    /// The id of the key that signed the certificate, as the certificate gives it.
    #[must_use]
    pub fn authority_key_id(&self) -> Option<OctetString> {
        authority_key_id(self.extensions())
    }
}

impl RevocationList<'_> {
    /// Whether the signature is ECDSA with SHA-256 and the key made it.
    #[must_use]
    pub fn is_signed_by_p256(&self, key: &P256Key) -> bool {
        verifies(&self.signed.algorithm, &self.signed.tbs, &self.signed.signature, key)
    }

    /// The id of the key that signed the list, as the list gives it.
    #[must_use]
    pub fn authority_key_id(&self) -> Option<OctetString> {
        authority_key_id(self.tbs.crl_extensions.as_deref().unwrap_or_default())
    }
}

fn authority_key_id(extensions: &[Extension]) -> Option<OctetString> {
    let extension = one(extensions, AUTHORITY_KEY_ID)?;
    AuthorityKeyIdentifier::from_der(extension.extn_value.as_bytes()).ok()?.key_identifier
}

fn one(extensions: &[Extension], oid: ObjectIdentifier) -> Option<&Extension> {
    let mut found = extensions.iter().filter(|extension| extension.extn_id == oid);
    found.next().filter(|_| found.next().is_none())
}

/// RFC 5758, section 3.2: the parameters of ecdsa-with-SHA256 are absent.
fn verifies(algorithm: &AlgorithmIdentifierOwned, tbs: &[u8], signature: &[u8], key: &P256Key) -> bool {
    algorithm.oid == ECDSA_SHA256
        && algorithm.parameters.is_none()
        && ecdsa_scalars::<32>(signature).is_some_and(|(r, s)| key.verifies_sha256(tbs, &r, &s))
}
