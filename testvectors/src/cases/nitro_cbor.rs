//! The payload's encoding (adversarial.md, N08 and N09).

use super::nitro::Row;
use crate::nitro::{Bundle, Cbor, Step};

const CBOR: &str = "nitro.document.cbor";
const FIELDS: &str = "nitro.document.fields";

pub(super) const ROWS: &[Row] = &[
    Row::refused("N08", "pcr-twice", "a register twice, with two values", CBOR, |nitro| {
        nitro.enclave.edit(|fields| fields.pcrs().push((Cbor::Unsigned(0), Cbor::filled(0xee, 48))));
    }),
    Row::refused("N08", "pcr-twice-long", "a register twice, its index in two encodings", CBOR, |nitro| {
        let index = Cbor::Raw(vec![0x18, 0x00]);
        nitro.enclave.edit(move |fields| fields.pcrs().push((index.clone(), Cbor::filled(0xee, 48))));
    }),
    Row::refused("N09", "key-twice", "user data twice", CBOR, |nitro| {
        field(nitro, Cbor::Text("user_data"), Cbor::filled(7, 32));
    }),
    Row::refused("N09", "key-twice-open", "user data twice, its name in pieces", CBOR, |nitro| {
        field(nitro, Cbor::Raw(b"\x7f\x65user_\x64data\xff".to_vec()), Cbor::filled(7, 32));
    }),
    Row::refused("N09", "key-bytes", "a key of bytes", CBOR, |nitro| {
        field(nitro, Cbor::Bytes(b"nonce".to_vec()), Cbor::Null);
    }),
    Row::refused("N09", "key-null", "a key that is null", CBOR, |nitro| field(nitro, Cbor::Null, Cbor::Null)),
    Row::refused("N09", "key-number", "a field under a number", FIELDS, |nitro| {
        field(nitro, Cbor::Unsigned(1), Cbor::Null);
    }),
    Row::refused("N09", "key-unknown", "a field that nobody knows", FIELDS, |nitro| {
        field(nitro, Cbor::Text("debug"), Cbor::Raw(vec![0xf4]));
    }),
    Row::refused("N09", "key-case", "a field's name in upper case", FIELDS, |nitro| {
        field(nitro, Cbor::Text("NONCE"), Cbor::Null);
    }),
    Row::refused("N09", "payload-array", "a payload that is an array", FIELDS, |nitro| {
        nitro.enclave.replace(Step::Payload, &[0x80]);
    }),
    Row::refused("N09", "payload-no-fields", "a payload without fields", FIELDS, |nitro| {
        nitro.enclave.replace(Step::Payload, &[0xa0]);
    }),
    Row::refused("N09", "payload-trailing", "a byte after the payload's map", CBOR, |nitro| {
        nitro.enclave.change(Step::Payload, |payload| payload.push(0));
    }),
    Row::refused("N09", "payload-two-maps", "a second map after the payload's", CBOR, |nitro| {
        nitro.enclave.change(Step::Payload, |payload| payload.extend_from_within(..));
    }),
    Row::refused("N09", "payload-no-break", "a payload without its last break", CBOR, |nitro| {
        nitro.enclave.change(Step::Payload, |payload| payload.truncate(payload.len() - 1));
    }),
    Row::refused("N09", "payload-odd", "a key without a value", CBOR, |nitro| {
        nitro.enclave.change(Step::Payload, |payload| {
            payload.truncate(payload.len() - 2);
            payload.push(0xff);
        });
    }),
    Row::refused("N09", "payload-count", "a map that promises one entry more", CBOR, |nitro| {
        nitro.enclave.definite = true;
        nitro.enclave.change(Step::Payload, |payload| payload[0] += 1);
    }),
    Row::refused("N09", "payload-count-less", "a map that promises one entry less", CBOR, |nitro| {
        nitro.enclave.definite = true;
        nitro.enclave.change(Step::Payload, |payload| payload[0] -= 1);
    }),
    Row::refused("N09", "piece-of-bytes", "a text with a piece of bytes", CBOR, |nitro| {
        module(nitro, &[0x7f, 0x41, b'i', 0xff]);
    }),
    Row::refused("N09", "piece-of-text", "bytes with a piece of text", CBOR, |nitro| {
        user_data(nitro, &[0x5f, 0x61, b'i', 0xff]);
    }),
    Row::refused("N09", "piece-open", "bytes in pieces within pieces", CBOR, |nitro| {
        user_data(nitro, &[0x5f, 0x5f, 0x41, 0, 0xff, 0xff]);
    }),
    Row::refused("N09", "piece-tag", "bytes with a piece that has a tag", CBOR, |nitro| {
        user_data(nitro, &[0x5f, 0xd2, 0x41, 0, 0xff]);
    }),
    Row::refused("N09", "piece-half-letter", "a text whose pieces cut a letter in two", CBOR, |nitro| {
        module(nitro, &[0x7f, 0x61, 0xc3, 0x61, 0xa9, 0xff]);
    }),
    Row::refused("N09", "text-invalid", "a text that is not UTF-8", CBOR, |nitro| {
        module(nitro, &[0x61, 0xff])
    }),
    Row::refused("N09", "reserved-28", "the reserved additional information 28", CBOR, |nitro| {
        user_data(nitro, &[0x5c]);
    }),
    Row::refused("N09", "reserved-29", "the reserved additional information 29", CBOR, |nitro| {
        user_data(nitro, &[0x1d]);
    }),
    Row::refused("N09", "reserved-30", "the reserved additional information 30", CBOR, |nitro| {
        user_data(nitro, &[0x9e]);
    }),
    Row::refused("N09", "number-open", "a number of indefinite length", CBOR, |nitro| {
        user_data(nitro, &[0x1f])
    }),
    Row::refused("N09", "break-bare", "a break in place of a value", CBOR, |nitro| user_data(nitro, &[0xff])),
    Row::refused("N09", "break-in-definite", "a break in a map of definite length", CBOR, |nitro| {
        nitro.enclave.definite = true;
        user_data(nitro, &[0xff]);
    }),
    Row::refused("N09", "float", "a timestamp that is a float", CBOR, |nitro| {
        nitro
            .enclave
            .set("timestamp", Cbor::Raw([&[0xfb][..], &1.780_228_803e12_f64.to_be_bytes()].concat()));
    }),
    Row::refused("N09", "tag", "user data with a tag", CBOR, |nitro| user_data(nitro, &[0xd8, 24, 0x41, 0])),
    Row::refused("N09", "big-number", "a timestamp that is a big number", CBOR, |nitro| {
        nitro.enclave.set("timestamp", Cbor::Raw(vec![0xc2, 0x42, 1, 0]));
    }),
    Row::refused("N09", "undefined", "user data that is undefined", CBOR, |nitro| user_data(nitro, &[0xf7])),
    Row::refused("N09", "simple", "user data that is another simple value", CBOR, |nitro| {
        user_data(nitro, &[0xf8, 0xff]);
    }),
    Row::refused("N09", "deep", "ten thousand arrays within each other", CBOR, |nitro| {
        user_data(nitro, &[0x81; 10_000]);
    }),
    Row::refused("N09", "deep-open", "ten thousand open arrays within each other", CBOR, |nitro| {
        user_data(nitro, &[0x9f; 10_000]);
    }),
    Row::refused("N09", "many", "two thousand values", CBOR, |nitro| {
        user_data(nitro, &[&[0x99, 0x07, 0xd0][..], &[0; 2000]].concat());
    }),
    Row::refused("N09", "length-bytes", "bytes that promise 2^63 bytes", CBOR, |nitro| promised(nitro, 0x5b)),
    Row::refused("N09", "length-text", "a text that promises 2^63 bytes", CBOR, |nitro| {
        promised(nitro, 0x7b)
    }),
    Row::refused("N09", "length-array", "an array that promises 2^63 values", CBOR, |nitro| {
        promised(nitro, 0x9b)
    }),
    Row::refused("N09", "length-map", "a map that promises 2^63 entries", CBOR, |nitro| {
        promised(nitro, 0xbb)
    }),
];

fn field(nitro: &mut Bundle, key: Cbor, value: Cbor) {
    nitro.enclave.edit(move |fields| fields.0.push((key.clone(), value.clone())));
}

fn user_data(nitro: &mut Bundle, bytes: &[u8]) {
    nitro.enclave.set("user_data", Cbor::Raw(bytes.to_vec()));
}

fn module(nitro: &mut Bundle, bytes: &[u8]) {
    nitro.enclave.set("module_id", Cbor::Raw(bytes.to_vec()));
}

fn promised(nitro: &mut Bundle, head: u8) {
    user_data(nitro, &[head, 0x80, 0, 0, 0, 0, 0, 0, 0]);
}
