//! Fields, registers and time of a document (adversarial.md, N03, N06, N08, N11 and N12).

use super::nitro::Row;
use crate::nitro::{Bundle, Cbor, MADE};

const FIELDS: &str = "nitro.document.fields";
const SIZES: &str = "nitro.document.sizes";
const PCRS: &str = "nitro.document.pcrs";
const DIGEST: &str = "nitro.document.digest";
const TIMESTAMP: &str = "nitro.document.timestamp";

pub(super) const ROWS: &[Row] = &[
    Row::refused("N03", "leaf-missing", "no leaf", FIELDS, |nitro| without(nitro, "certificate")),
    Row::refused("N03", "leaf-null", "a leaf that is null", FIELDS, |nitro| {
        nitro.enclave.set("certificate", Cbor::Null);
    }),
    Row::refused("N03", "leaf-text", "a leaf that is a text", FIELDS, |nitro| {
        nitro.enclave.set("certificate", Cbor::Text("-----BEGIN CERTIFICATE-----"));
    }),
    Row::refused("N04", "cabundle-missing", "no bundle of certificates", FIELDS, |nitro| {
        without(nitro, "cabundle");
    }),
    Row::refused("N04", "cabundle-null", "a bundle that is null", FIELDS, |nitro| {
        nitro.enclave.set("cabundle", Cbor::Null);
    }),
    Row::refused("N04", "cabundle-of-null", "a null among the certificates", FIELDS, |nitro| {
        nitro.enclave.edit(|fields| fields.cabundle().push(Cbor::Null));
    }),
    Row::refused("N04", "cabundle-map", "a map of certificates", FIELDS, |nitro| {
        nitro.enclave.edit(|fields| {
            let certificates = (0..).map(Cbor::Unsigned).zip(fields.cabundle().clone()).collect();
            fields.set("cabundle", Cbor::Map(certificates));
        });
    }),
    Row::refused("N06", "timestamp-missing", "no timestamp", FIELDS, |nitro| without(nitro, "timestamp")),
    Row::refused("N06", "timestamp-text", "a timestamp that is a text", FIELDS, |nitro| {
        nitro.enclave.set("timestamp", Cbor::Text("2026-05-31T12:00:03Z"));
    }),
    Row::refused("N06", "timestamp-seconds", "a timestamp in seconds", TIMESTAMP, |nitro| {
        nitro.enclave.set("timestamp", Cbor::Unsigned(MADE));
    }),
    Row::refused("N06", "timestamp-microseconds", "a timestamp in microseconds", TIMESTAMP, |nitro| {
        nitro.enclave.set("timestamp", Cbor::Unsigned(MADE * 1_000_000));
    }),
    Row::refused("N06", "timestamp-zero", "a timestamp of zero", TIMESTAMP, |nitro| {
        nitro.enclave.set("timestamp", Cbor::Unsigned(0));
    }),
    Row::refused("N06", "timestamp-negative", "a negative timestamp", TIMESTAMP, |nitro| {
        nitro.enclave.set("timestamp", Cbor::Negative(MADE * 1000));
    }),
    Row::refused("N06", "timestamp-53-bits", "a timestamp above 2^53", TIMESTAMP, |nitro| {
        nitro.enclave.set("timestamp", Cbor::Unsigned((1 << 53) + 1));
    }),
    Row::refused("N06", "timestamp-64-bits", "the greatest timestamp", TIMESTAMP, |nitro| {
        nitro.enclave.set("timestamp", Cbor::Unsigned(u64::MAX));
    }),
    Row::refused("N08", "pcrs-empty", "an empty list of registers", SIZES, |nitro| {
        nitro.enclave.edit(|fields| fields.pcrs().clear());
    }),
    Row::refused("N08", "pcrs-missing", "no list of registers", FIELDS, |nitro| without(nitro, "pcrs")),
    Row::refused("N08", "pcrs-null", "a list of registers that is null", FIELDS, |nitro| {
        nitro.enclave.set("pcrs", Cbor::Null);
    }),
    Row::refused("N08", "pcrs-array", "registers without indices", FIELDS, |nitro| {
        nitro.enclave.edit(|fields| {
            let values = fields.pcrs().iter().map(|(_, value)| value.clone()).collect();
            fields.set("pcrs", Cbor::Array(values));
        });
    }),
    Row::refused("N08", "pcrs-33", "thirty-three registers", SIZES, |nitro| {
        for index in 16..33 {
            nitro.enclave.pcr(index, Cbor::filled(0, 48));
        }
    }),
    Row::refused("N08", "pcr-0-missing", "no register 0", PCRS, |nitro| unregistered(nitro, 0)),
    Row::refused("N08", "pcr-1-missing", "no register 1", PCRS, |nitro| unregistered(nitro, 1)),
    Row::refused("N08", "pcr-2-missing", "no register 2", PCRS, |nitro| unregistered(nitro, 2)),
    Row::refused("N08", "pcr-index-32", "register 32", PCRS, |nitro| {
        nitro.enclave.pcr(32, Cbor::filled(0, 48))
    }),
    Row::refused("N08", "pcr-index-256", "register 256, which is 0 in one byte", PCRS, |nitro| {
        unregistered(nitro, 0);
        nitro.enclave.pcr(256, Cbor::filled(0xe0, 48));
    }),
    Row::refused("N08", "pcr-index-negative", "register -1", PCRS, |nitro| {
        nitro.enclave.edit(|fields| fields.pcrs().push((Cbor::Negative(0), Cbor::filled(0, 48))));
    }),
    Row::refused("N08", "pcr-index-text", "a register under a text", PCRS, |nitro| {
        nitro.enclave.edit(|fields| fields.pcrs()[5].0 = Cbor::Text("5"));
    }),
    Row::refused("N08", "pcr-47", "a register of 47 bytes", PCRS, |nitro| {
        nitro.enclave.pcr(0, Cbor::filled(0xe0, 47));
    }),
    Row::refused("N08", "pcr-49", "a register of 49 bytes", PCRS, |nitro| {
        nitro.enclave.pcr(0, Cbor::filled(0xe0, 49));
    }),
    Row::refused("N08", "pcr-32-bytes", "registers of SHA-256", PCRS, |nitro| {
        for index in 0..16 {
            nitro.enclave.pcr(index, Cbor::filled(0xe0, 32));
        }
    }),
    Row::refused("N08", "pcr-null", "a register that is null", PCRS, |nitro| {
        nitro.enclave.pcr(1, Cbor::Null)
    }),
    Row::refused("N08", "pcr-text", "a register that is hex", PCRS, |nitro| {
        nitro.enclave.pcr(1, Cbor::Text("e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1e1"));
    }),
    Row::refused("N11", "module-missing", "no module id", FIELDS, |nitro| without(nitro, "module_id")),
    Row::refused("N11", "module-bytes", "a module id of bytes", FIELDS, |nitro| {
        nitro.enclave.set("module_id", Cbor::filled(b'i', 20));
    }),
    Row::refused("N11", "module-empty", "an empty module id", SIZES, |nitro| {
        nitro.enclave.set("module_id", Cbor::Text(""));
    }),
    Row::refused("N11", "module-256", "a module id of 256 bytes", SIZES, |nitro| {
        nitro.enclave.set("module_id", Cbor::Raw([&[0x79, 1, 0][..], &[b'i'; 256]].concat()));
    }),
    Row::refused("N11", "user-data-513", "user data of 513 bytes", SIZES, |nitro| {
        nitro.enclave.set("user_data", Cbor::filled(7, 513));
    }),
    Row::refused("N11", "nonce-513", "a nonce of 513 bytes", SIZES, |nitro| {
        nitro.enclave.set("nonce", Cbor::filled(7, 513));
    }),
    Row::refused("N11", "public-key-1025", "a public key of 1025 bytes", SIZES, |nitro| {
        nitro.enclave.set("public_key", Cbor::filled(7, 1025));
    }),
    Row::refused("N11", "public-key-empty", "a public key of no bytes", SIZES, |nitro| {
        nitro.enclave.set("public_key", Cbor::Bytes(Vec::new()));
    }),
    Row::refused("N11", "public-key-text", "a public key that is a text", FIELDS, |nitro| {
        nitro.enclave.set("public_key", Cbor::Text("key"));
    }),
    Row::refused("N11", "user-data-text", "user data that is a text", FIELDS, |nitro| {
        nitro.enclave.set("user_data", Cbor::Text("user data"));
    }),
    Row::refused("N11", "nonce-number", "a nonce that is a number", FIELDS, |nitro| {
        nitro.enclave.set("nonce", Cbor::Unsigned(7));
    }),
    Row::refused("N12", "digest-sha256", "registers that are said to be SHA-256", DIGEST, |nitro| {
        nitro.enclave.set("digest", Cbor::Text("SHA256"));
    }),
    Row::refused("N12", "digest-lower-case", "the digest's name in lower case", DIGEST, |nitro| {
        nitro.enclave.set("digest", Cbor::Text("sha384"));
    }),
    Row::refused("N12", "digest-longer", "a digest whose name only begins as it should", DIGEST, |nitro| {
        nitro.enclave.set("digest", Cbor::Text("SHA384\0"));
    }),
    Row::refused("N12", "digest-empty", "a digest without a name", DIGEST, |nitro| {
        nitro.enclave.set("digest", Cbor::Text(""));
    }),
    Row::refused("N12", "digest-missing", "no digest", FIELDS, |nitro| without(nitro, "digest")),
    Row::refused("N12", "digest-bytes", "a digest's name in bytes", FIELDS, |nitro| {
        nitro.enclave.set("digest", Cbor::Bytes(b"SHA384".to_vec()));
    }),
];

fn without(nitro: &mut Bundle, field: &'static str) {
    nitro.enclave.edit(move |fields| fields.remove(field));
}

fn unregistered(nitro: &mut Bundle, index: u64) {
    nitro.enclave.edit(move |fields| fields.pcrs().retain(|(key, _)| *key != Cbor::Unsigned(index)));
}
