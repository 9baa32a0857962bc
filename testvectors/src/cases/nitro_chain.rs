//! From the root to the leaf (adversarial.md, N03, N04, N06 and N13).

use super::nitro::Row;
use super::nitro_accepted::long_chain;
use crate::asn1;
use crate::keys::{AK, EcKey, ec_spki};
use crate::nitro::{Bundle, Cbor, Enclave, MADE, ecdsa, key, name};
use crate::pki::BASIC_CONSTRAINTS;
use crate::signing::Hash;

const ROOT: &str = "nitro.chain.root";
const DER: &str = "nitro.chain.der";
const KEYS: &str = "nitro.chain.keys";
const NAMES: &str = "nitro.chain.names";
const SIGNATURES: &str = "nitro.chain.signatures";
const VALIDITY: &str = "nitro.chain.validity";
const SIZES: &str = "nitro.document.sizes";

pub(super) const ROWS: &[Row] = &[
    Row::refused("N03", "leaf-empty", "a leaf of no bytes", SIZES, |nitro| {
        nitro.enclave.set("certificate", Cbor::Bytes(Vec::new()));
    }),
    Row::refused("N03", "leaf-junk", "a leaf that is no certificate", DER, |nitro| {
        nitro.enclave.set("certificate", Cbor::filled(0x30, 600));
    }),
    Row::refused("N03", "leaf-p256", "a leaf with a P-256 key", KEYS, |nitro| {
        leaf_key(nitro, crate::intel::P256Key::named("enclave").spki());
    }),
    Row::refused("N03", "leaf-p521", "a leaf with a P-521 key", KEYS, |nitro| {
        leaf_key(nitro, ec_spki("1.3.132.0.35", &[4; 133]));
    }),
    Row::refused("N03", "leaf-rsa", "a leaf with an RSA key", KEYS, |nitro| leaf_key(nitro, AK.spki())),
    Row::refused("N03", "leaf-off-curve", "a leaf with a point beside the curve", KEYS, |nitro| {
        leaf_key(nitro, ec_spki("1.3.132.0.34", &[&[4][..], &[9; 96]].concat()));
    }),
    Row::refused("N03", "leaf-compressed", "a leaf with a compressed point", KEYS, |nitro| {
        let point = nitro.enclave.key.point();
        let compressed = [&[2 | point[96] & 1], &point[1..49]].concat();
        leaf_key(nitro, ec_spki("1.3.132.0.34", &compressed));
    }),
    Row::refused("N03", "leaf-other-key", "a leaf with another enclave's key", "cose.signature", |nitro| {
        leaf_key(nitro, EcKey::named("another enclave").spki());
    }),
    Row::refused("N04", "cabundle-empty", "no certificate above the leaf", SIZES, |nitro| {
        ordered(nitro, &[])
    }),
    Row::refused("N04", "cabundle-root-last", "the root last", ROOT, |nitro| ordered(nitro, &[3, 2, 1, 0])),
    Row::refused("N04", "cabundle-no-root", "no root", ROOT, |nitro| ordered(nitro, &[1, 2, 3])),
    Row::refused("N04", "cabundle-swapped", "zone and region changed places", NAMES, |nitro| {
        ordered(nitro, &[0, 2, 1, 3]);
    }),
    Row::refused("N04", "cabundle-gap", "no zone", NAMES, |nitro| ordered(nitro, &[0, 1, 3])),
    Row::refused("N04", "cabundle-root-only", "the root alone", NAMES, |nitro| ordered(nitro, &[0])),
    Row::refused("N04", "cabundle-twice", "the zone twice", NAMES, |nitro| ordered(nitro, &[0, 1, 2, 2, 3])),
    Row::refused("N04", "cabundle-leaf-twice", "the leaf in the bundle too", NAMES, |nitro| {
        nitro.enclave.edit(|fields| {
            let leaf = fields.get("certificate").clone();
            fields.cabundle().push(leaf);
        });
    }),
    Row::refused("N04", "cabundle-11", "eleven certificates above the leaf", SIZES, |nitro| {
        long_chain(nitro, 11);
    }),
    Row::refused("N04", "certificate-1025", "a leaf of 1025 bytes", SIZES, |nitro| {
        nitro.enclave.chain[4].fill(1025);
    }),
    Row::refused("N04", "intermediate-1025", "a zone's certificate of 1025 bytes", SIZES, |nitro| {
        nitro.enclave.chain[2].fill(1025);
    }),
    Row::refused("N04", "intermediate-empty", "a certificate of no bytes in the bundle", SIZES, |nitro| {
        nitro.enclave.edit(|fields| fields.cabundle()[2] = Cbor::Bytes(Vec::new()));
    }),
    Row::refused("N04", "intermediate-trailing", "a byte after a certificate", DER, |nitro| {
        intermediate(nitro, |der| der.push(0));
    }),
    Row::refused("N04", "intermediate-boolean", "a BOOLEAN that is neither true nor false", DER, |nitro| {
        nitro.enclave.chain[2].certificate.extension(BASIC_CONSTRAINTS).critical = Some(1);
    }),
    Row::refused("N04", "intermediate-p256", "a zone with a P-256 key", KEYS, |nitro| {
        nitro.enclave.chain[2].certificate.spki_der = crate::intel::P256Key::named("zone").spki();
    }),
    Row::refused("N04", "intermediate-flip", "a changed bit of a zone's signature", SIGNATURES, |nitro| {
        intermediate(nitro, |der| *der.last_mut().unwrap() ^= 1);
    }),
    Row::refused("N04", "intermediate-stranger", "a zone that an attacker signed", SIGNATURES, |nitro| {
        nitro.enclave.chain[2].signer = key("stranger", 1);
    }),
    Row::refused("N04", "leaf-stranger", "a leaf that an attacker signed", SIGNATURES, |nitro| {
        nitro.enclave.chain[4].signer = key("stranger", 3);
    }),
    Row::refused(
        "N04",
        "leaf-by-zone",
        "a leaf that the zone signed in the instance's name",
        SIGNATURES,
        |nitro| {
            nitro.enclave.chain[4].signer = key("aws", 2);
        },
    ),
    Row::refused("N04", "leaf-sha256", "a leaf that says it was signed with SHA-256", SIGNATURES, |nitro| {
        nitro.enclave.chain[4].certificate.algorithm_der = ecdsa(Hash::Sha256);
    }),
    Row::refused("N04", "leaf-parameters", "a signature algorithm with parameters", SIGNATURES, |nitro| {
        let algorithm = asn1::sequence([asn1::oid("1.2.840.10045.4.3.3"), asn1::null()]);
        nitro.enclave.chain[4].certificate.algorithm_der = algorithm;
    }),
    Row::refused("N04", "leaf-other-issuer", "a leaf that names another issuer", NAMES, |nitro| {
        nitro.enclave.chain[4].certificate.issuer_der = name("another instance");
    }),
    Row::refused("N04", "leaf-no-issuer", "a leaf and an instance without names", NAMES, |nitro| {
        nitro.enclave.chain[3].certificate.subject_der = asn1::sequence([]);
        nitro.enclave.chain[4].certificate.issuer_der = asn1::sequence([]);
    }),
    Row::refused("N04", "root-reissued", "the root's name and key in another certificate", ROOT, |nitro| {
        nitro.enclave.chain[0].certificate.serial = vec![0x32];
    }),
    Row::refused("N04", "root-other-key", "the root's name with an attacker's key", ROOT, |nitro| {
        let stranger = key("stranger", 0);
        nitro.enclave.chain[0].certificate.spki_der = stranger.spki();
        nitro.enclave.chain[0].signer = stranger.clone();
        nitro.enclave.chain[1].signer = stranger;
    }),
    Row::refused("N06", "before-leaf", "a document a second before its leaf begins", VALIDITY, |nitro| {
        nitro.enclave.set("timestamp", Cbor::Unsigned((MADE - 1804) * 1000 + 999));
    }),
    Row::refused("N06", "after-leaf", "a document a second after its leaf ended", VALIDITY, |nitro| {
        nitro.enclave.set("timestamp", Cbor::Unsigned((MADE + 9001) * 1000));
    }),
    Row::refused(
        "N06",
        "zone-ended",
        "a zone's certificate that ended before the document",
        VALIDITY,
        |nitro| {
            nitro.enclave.chain[2].certificate.set_validity("260530000000Z", "260531120002Z");
        },
    ),
    Row::refused("N06", "region-not-yet", "a region's certificate that begins later", VALIDITY, |nitro| {
        nitro.enclave.chain[1].certificate.set_validity("260531120004Z", "260614000000Z");
    }),
    Row::refused("N13", "stranger", "a whole authority of an attacker's making", ROOT, |nitro| {
        nitro.enclave = Enclave::of("stranger");
    }),
    Row::refused(
        "N13",
        "stranger-under-root",
        "the genuine root over an attacker's chain",
        SIGNATURES,
        |nitro| {
            let root = nitro.enclave.chain[0].clone();
            nitro.enclave = Enclave::of("stranger");
            nitro.enclave.chain.insert(0, root);
        },
    ),
    Row::refused(
        "N13",
        "stranger-below-root",
        "an attacker's region in the genuine one's place",
        SIGNATURES,
        |nitro| {
            let root = nitro.enclave.chain[0].clone();
            nitro.enclave = Enclave::of("stranger");
            nitro.enclave.chain[0] = root;
        },
    ),
    Row::refused("N13", "test-root", "a test's root where AWS's own is trusted", ROOT, |_| {}).pinned_roots(),
    Row::refused("N13", "root-ended", "a root that was trusted until a second ago", ROOT, |_| {})
        .roots_until("2026-05-31T23:59:59Z"),
];

fn leaf_key(nitro: &mut Bundle, spki: Vec<u8>) {
    nitro.enclave.chain[4].certificate.spki_der = spki;
}

/// The bundle with its certificates in this order.
fn ordered(nitro: &mut Bundle, order: &'static [usize]) {
    nitro.enclave.edit(|fields| {
        let sound = fields.cabundle().clone();
        *fields.cabundle() = order.iter().map(|index| sound[*index].clone()).collect();
    });
}

/// Changes the DER of the zone's certificate.
fn intermediate(nitro: &mut Bundle, change: fn(&mut Vec<u8>)) {
    nitro.enclave.edit(move |fields| {
        if let Cbor::Bytes(der) = &mut fields.cabundle()[2] {
            change(der);
        }
    });
}
