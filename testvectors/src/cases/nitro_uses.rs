//! What certificates are for (adversarial.md, N05).

use super::nitro::Row;
use crate::asn1;
use crate::nitro::{Bundle, EXTENDED_KEY_USAGE, constraints, usage};
use crate::pki::{BASIC_CONSTRAINTS, Extension, KEY_USAGE};

const AUTHORITIES: &str = "nitro.chain.authorities";
const LEAF: &str = "nitro.chain.leaf";
const PURPOSE: &str = "nitro.chain.purpose";

pub(super) const ROWS: &[Row] = &[
    Row::refused("N05", "instance-no-ca", "an instance that is no CA", AUTHORITIES, |nitro| {
        extension(nitro, 3, BASIC_CONSTRAINTS, asn1::sequence([]));
    }),
    Row::refused("N05", "instance-no-constraints", "an instance without constraints", AUTHORITIES, |nitro| {
        nitro.enclave.chain[3].certificate.remove(BASIC_CONSTRAINTS);
    }),
    Row::refused("N05", "instance-no-usage", "an instance without a key usage", AUTHORITIES, |nitro| {
        nitro.enclave.chain[3].certificate.remove(KEY_USAGE);
    }),
    Row::refused(
        "N05",
        "instance-no-cert-sign",
        "an instance that may not sign certificates",
        AUTHORITIES,
        |nitro| {
            extension(nitro, 3, KEY_USAGE, usage(0x82).value);
        },
    ),
    Row::refused("N05", "zone-path-length", "a zone that allows no CA below it", AUTHORITIES, |nitro| {
        extension(nitro, 2, BASIC_CONSTRAINTS, constraints(Some(0)).value);
    }),
    Row::refused("N05", "region-path-length", "a region that allows one CA below it", AUTHORITIES, |nitro| {
        extension(nitro, 1, BASIC_CONSTRAINTS, constraints(Some(1)).value);
    }),
    Row::refused("N05", "constraints-twice", "constraints twice", AUTHORITIES, |nitro| {
        nitro.enclave.chain[2].certificate.extensions.push(constraints(Some(7)));
    }),
    Row::refused("N05", "leaf-as-ca", "a leaf that signs a further leaf", AUTHORITIES, |nitro| {
        let chain = &mut nitro.enclave.chain;
        let (mut further, own) = (chain[4].clone(), crate::keys::EcKey::named("further enclave"));
        further.signer = nitro.enclave.key.clone();
        further.certificate.issuer_der = chain[4].certificate.subject_der.clone();
        further.certificate.spki_der = own.spki();
        chain.push(further);
        nitro.enclave.key = own;
    }),
    Row::refused("N05", "leaf-is-ca", "a leaf that is a CA", LEAF, |nitro| {
        extension(nitro, 4, BASIC_CONSTRAINTS, constraints(None).value);
    }),
    Row::refused("N05", "leaf-cert-sign", "a leaf that may sign certificates", LEAF, |nitro| {
        extension(nitro, 4, KEY_USAGE, usage(0x84).value);
    }),
    Row::refused("N05", "leaf-no-signing", "a leaf that may not sign data", LEAF, |nitro| {
        extension(nitro, 4, KEY_USAGE, usage(0x20).value);
    }),
    Row::refused("N05", "leaf-no-usage", "a leaf without a key usage", LEAF, |nitro| {
        nitro.enclave.chain[4].certificate.remove(KEY_USAGE);
    }),
    Row::refused("N05", "leaf-no-constraints", "a leaf without constraints", LEAF, |nitro| {
        nitro.enclave.chain[4].certificate.remove(BASIC_CONSTRAINTS);
    }),
    Row::refused("N05", "leaf-for-tls", "a leaf for TLS servers", PURPOSE, |nitro| {
        let value = asn1::sequence([asn1::oid("1.3.6.1.5.5.7.3.1")]);
        nitro.enclave.chain[4].certificate.extensions.push(Extension::plain(EXTENDED_KEY_USAGE, value));
    }),
    Row::refused("N05", "zone-for-tls", "a zone for TLS servers", PURPOSE, |nitro| {
        let value = asn1::sequence([asn1::oid("1.3.6.1.5.5.7.3.1")]);
        nitro.enclave.chain[2].certificate.extensions.push(Extension::critical(EXTENDED_KEY_USAGE, value));
    }),
    Row::refused("N05", "leaf-critical", "a critical extension that nobody knows", PURPOSE, |nitro| {
        let unknown = Extension::critical("1.3.6.1.4.1.55555.2", asn1::null());
        nitro.enclave.chain[4].certificate.extensions.push(unknown);
    }),
    Row::refused("N05", "region-critical", "critical name constraints of a region", PURPOSE, |nitro| {
        let names = Extension::critical("2.5.29.30", asn1::sequence([]));
        nitro.enclave.chain[1].certificate.extensions.push(names);
    }),
];

fn extension(nitro: &mut Bundle, index: usize, oid: &str, value: Vec<u8>) {
    nitro.enclave.chain[index].certificate.extension(oid).value = value;
}
