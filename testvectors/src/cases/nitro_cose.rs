//! The signed envelope (adversarial.md, N01 to N03).

use super::nitro::Row;
use crate::asn1;
use crate::keys::P384_ORDER;
use crate::nitro::{Bundle, Step};

const ALGORITHM: &str = "cose.algorithm";
const STRUCTURE: &str = "cose.structure";
const SIZE: &str = "cose.signature_size";
const SIGNATURE: &str = "cose.signature";

/// Where the payload's head stands in a sound document: after the array's, the protected header and
/// the empty unprotected one.
const PAYLOAD: usize = 7;

/// The bytes of the signature with its head.
const SIGNED: usize = 98;

pub(super) const ROWS: &[Row] = &[
    Row::refused("N01", "alg-es256", "ES256", ALGORITHM, |nitro| protected(nitro, &[0xa1, 0x01, 0x26])),
    Row::refused("N01", "alg-es512", "ES512", ALGORITHM, |nitro| protected(nitro, &[0xa1, 0x01, 0x38, 0x23])),
    Row::refused("N01", "alg-text", "an algorithm as text", ALGORITHM, |nitro| {
        protected(nitro, b"\xa1\x01\x65ES384");
    }),
    Row::refused("N01", "alg-none", "no algorithm", ALGORITHM, |nitro| protected(nitro, &[0xa0])),
    Row::refused("N01", "alg-no-map", "a protected header of no bytes", ALGORITHM, |nitro| {
        protected(nitro, &[])
    }),
    Row::refused("N01", "alg-bare", "the algorithm without a map", ALGORITHM, |nitro| {
        protected(nitro, &[0x38, 0x22]);
    }),
    Row::refused("N01", "alg-text-key", "the algorithm under a text", ALGORITHM, |nitro| {
        protected(nitro, &[0xa1, 0x61, b'1', 0x38, 0x22]);
    }),
    Row::refused("N01", "alg-twice", "the algorithm twice", ALGORITHM, |nitro| {
        protected(nitro, &[0xa2, 0x01, 0x38, 0x22, 0x01, 0x38, 0x22]);
    }),
    Row::refused("N01", "alg-and-key-id", "a key id beside the algorithm", ALGORITHM, |nitro| {
        protected(nitro, &[0xa2, 0x01, 0x38, 0x22, 0x04, 0x40]);
    }),
    Row::refused("N01", "alg-trailing", "a byte after the protected header's map", ALGORITHM, |nitro| {
        protected(nitro, &[0xa1, 0x01, 0x38, 0x22, 0x00]);
    }),
    Row::refused(
        "N01",
        "alg-unprotected-only",
        "the algorithm in the unprotected header",
        ALGORITHM,
        |nitro| {
            protected(nitro, &[0xa0]);
            nitro.enclave.unprotected = vec![0xa1, 0x01, 0x38, 0x22];
        },
    ),
    Row::refused("N01", "unprotected-alg", "the algorithm in both headers", "cose.unprotected", |nitro| {
        nitro.enclave.unprotected = vec![0xa1, 0x01, 0x38, 0x22];
    }),
    Row::refused("N01", "unprotected-key-id", "an unprotected key id", "cose.unprotected", |nitro| {
        nitro.enclave.unprotected = vec![0xa1, 0x04, 0x41, 0x01];
    }),
    Row::refused("N01", "unprotected-open", "an open unprotected header", "cose.unprotected", |nitro| {
        nitro.enclave.unprotected = vec![0xbf, 0xff];
    }),
    Row::refused("N01", "unprotected-null", "an unprotected header that is null", STRUCTURE, |nitro| {
        nitro.enclave.unprotected = vec![0xf6];
    }),
    Row::refused("N02", "tag-17", "the tag of a MAC", STRUCTURE, |nitro| nitro.enclave.before = vec![0xd1]),
    Row::refused("N02", "tag-98", "the tag of many signers", STRUCTURE, |nitro| {
        nitro.enclave.before = vec![0xd8, 98];
    }),
    Row::refused("N02", "tag-twice", "tag 18 twice", STRUCTURE, |nitro| nitro.enclave.before = vec![0xd2; 2]),
    Row::refused("N02", "tag-cwt", "the tag of a web token around tag 18", STRUCTURE, |nitro| {
        nitro.enclave.before = vec![0xd8, 61, 0xd2];
    }),
    Row::refused("N02", "payload-nil", "a detached payload", STRUCTURE, |nitro| {
        instead_of_payload(nitro, &[0xf6]);
    }),
    Row::refused("N02", "payload-empty", "an empty payload, signed", STRUCTURE, |nitro| {
        nitro.enclave.replace(Step::Payload, &[]);
    }),
    Row::refused("N02", "payload-text", "a payload that is a text", STRUCTURE, |nitro| {
        instead_of_payload(nitro, &[0x61, b'a']);
    }),
    Row::refused("N02", "array-three", "an array of three", STRUCTURE, |nitro| first(nitro, &[0x83])),
    Row::refused("N02", "array-five", "an array of five", STRUCTURE, |nitro| {
        first(nitro, &[0x85]);
        nitro.enclave.change(Step::Document, |document| document.push(0xf6));
    }),
    Row::refused("N02", "array-open", "an array of indefinite length", STRUCTURE, |nitro| {
        first(nitro, &[0x9f]);
        nitro.enclave.change(Step::Document, |document| document.push(0xff));
    }),
    Row::refused("N02", "array-cut", "a document without its last byte", STRUCTURE, |nitro| {
        nitro.enclave.change(Step::Document, |document| {
            document.pop();
        });
    }),
    Row::refused("N02", "document-map", "a map in place of the array", STRUCTURE, |nitro| {
        first(nitro, &[0xa2]);
    }),
    Row::refused("N02", "document-empty", "a document of no bytes", STRUCTURE, |nitro| {
        nitro.enclave.replace(Step::Document, &[]);
    }),
    Row::refused("N02", "document-trailing", "a byte after the document", STRUCTURE, |nitro| {
        nitro.enclave.change(Step::Document, |document| document.push(0));
    }),
    Row::refused("N02", "document-twice", "two documents, one after the other", STRUCTURE, |nitro| {
        nitro.enclave.change(Step::Document, |document| document.extend_from_within(..));
    }),
    Row::refused("N02", "document-large", "a document above 32 KiB", "nitro.document.size", |nitro| {
        nitro.enclave.change(Step::Document, |document| document.resize(32 * 1024 + 1, 0));
    }),
    Row::refused("N03", "signature-der", "a signature in DER", SIZE, |nitro| {
        nitro.enclave.change(Step::Signature, |signature| {
            let (r, s) = signature.split_at(48);
            *signature = asn1::sequence([asn1::unsigned(r), asn1::unsigned(s)]);
        });
    }),
    Row::refused("N03", "signature-95", "a signature of 95 bytes", SIZE, |nitro| resized(nitro, 95)),
    Row::refused("N03", "signature-97", "a signature of 97 bytes", SIZE, |nitro| resized(nitro, 97)),
    Row::refused("N03", "signature-empty", "an empty signature", SIZE, |nitro| resized(nitro, 0)),
    Row::refused("N03", "signature-r-zero", "a signature whose r is zero", SIGNATURE, |nitro| {
        nitro.enclave.change(Step::Signature, |signature| signature[..48].fill(0));
    }),
    Row::refused("N03", "signature-s-zero", "a signature whose s is zero", SIGNATURE, |nitro| {
        nitro.enclave.change(Step::Signature, |signature| signature[48..].fill(0));
    }),
    Row::refused("N03", "signature-zero", "a signature of zeros", SIGNATURE, |nitro| {
        nitro.enclave.change(Step::Signature, |signature| signature.fill(0));
    }),
    Row::refused("N03", "signature-r-order", "a signature whose r is the order", SIGNATURE, |nitro| {
        nitro.enclave.change(Step::Signature, |signature| signature[..48].copy_from_slice(&P384_ORDER));
    }),
    Row::refused(
        "N03",
        "signature-halves-swapped",
        "a signature whose r and s changed places",
        SIGNATURE,
        |nitro| {
            nitro.enclave.change(Step::Signature, |signature| signature.rotate_left(48));
        },
    ),
    Row::refused(
        "N03",
        "signature-little-endian",
        "a signature in AMD's order of bytes",
        SIGNATURE,
        |nitro| {
            nitro.enclave.change(Step::Signature, |signature| {
                signature[..48].reverse();
                signature[48..].reverse();
            });
        },
    ),
    Row::refused("N03", "signature-other-key", "a document that another key signed", SIGNATURE, |nitro| {
        nitro.enclave.key = crate::keys::EcKey::named("another enclave");
    }),
    Row::refused(
        "N03",
        "signature-of-issuer",
        "a document that the instance's CA signed",
        SIGNATURE,
        |nitro| {
            nitro.enclave.key = crate::nitro::key("aws", 3);
        },
    ),
    Row::refused("N03", "payload-flip", "a changed bit of a register", SIGNATURE, |nitro| {
        nitro.enclave.change(Step::Document, |document| {
            let register = document.windows(48).position(|bytes| bytes == [0xe0; 48]).unwrap();
            document[register] ^= 1;
        });
    }),
];

fn protected(nitro: &mut Bundle, bytes: &[u8]) {
    nitro.enclave.protected = bytes.to_vec();
}

fn first(nitro: &mut Bundle, bytes: &[u8]) {
    let bytes = bytes.to_vec();
    nitro.enclave.change(Step::Document, move |document| {
        document.splice(..1, bytes.clone());
    });
}

fn instead_of_payload(nitro: &mut Bundle, bytes: &[u8]) {
    let bytes = bytes.to_vec();
    nitro.enclave.change(Step::Document, move |document| {
        let signature = document.len() - SIGNED;
        document.splice(PAYLOAD..signature, bytes.clone());
    });
}

fn resized(nitro: &mut Bundle, size: usize) {
    nitro.enclave.change(Step::Signature, move |signature| signature.resize(size, 0));
}
