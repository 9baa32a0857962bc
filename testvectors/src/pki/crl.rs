//! Revocation lists of a root (RFC 5280, section 5).

use super::{Extension, amd_name, authority_key_id};
use crate::asn1;
use crate::keys::RsaKey;
use crate::product::Product;
use crate::signing::Scheme;

/// A revocation list before it is signed.
#[derive(Debug, Clone)]
pub struct RevocationList {
    /// How it is signed and what it names.
    pub scheme: Scheme,
    /// The issuer's name.
    pub issuer_der: Vec<u8>,
    /// When it was made, as UTCTime.
    pub this_update: String,
    /// When the next is due; AMD's lists always say it.
    pub next_update: Option<String>,
    /// The serial numbers that are revoked.
    pub revoked: Vec<Vec<u8>>,
    /// Extensions of each entry.
    pub entry_extensions: Vec<Extension>,
    /// Extensions of the list.
    pub extensions: Vec<Extension>,
}

impl RevocationList {
    /// A current list that revokes nothing.
    #[must_use]
    pub fn of(product: Product) -> Self {
        Self {
            scheme: Scheme::AMD,
            issuer_der: amd_name(&product.ark_name()),
            this_update: "260501000000Z".into(),
            next_update: Some("270501000000Z".into()),
            revoked: Vec::new(),
            entry_extensions: Vec::new(),
            extensions: vec![
                authority_key_id(product.ark()),
                Extension::plain("2.5.29.20", asn1::unsigned(&[4])),
            ],
        }
    }

    /// The signed list.
    #[must_use]
    pub fn sign(&self, key: &RsaKey) -> Vec<u8> {
        let tbs = self.tbs();
        let signature = asn1::bit_string(&self.scheme.sign(key, &tbs));
        asn1::sequence([tbs, self.scheme.algorithm(), signature])
    }

    fn tbs(&self) -> Vec<u8> {
        let revoked: Vec<u8> = self.revoked.iter().flat_map(|serial| self.entry(serial)).collect();
        let extensions: Vec<u8> = self.extensions.iter().flat_map(Extension::der).collect();
        asn1::sequence([
            asn1::unsigned(&[1]),
            self.scheme.algorithm(),
            self.issuer_der.clone(),
            asn1::utc_time(&self.this_update),
            self.next_update.as_deref().map(asn1::utc_time).unwrap_or_default(),
            if revoked.is_empty() { Vec::new() } else { asn1::tlv(0x30, revoked) },
            if extensions.is_empty() { Vec::new() } else { asn1::explicit(0, asn1::tlv(0x30, extensions)) },
        ])
    }

    fn entry(&self, serial: &[u8]) -> Vec<u8> {
        let extensions: Vec<u8> = self.entry_extensions.iter().flat_map(Extension::der).collect();
        let extensions = if extensions.is_empty() { Vec::new() } else { asn1::tlv(0x30, extensions) };
        asn1::sequence([asn1::unsigned(serial), asn1::utc_time("260401000000Z"), extensions])
    }
}
