//! Every kind of malformed CBOR, and the unusual forms that genuine documents have.

use alloc::vec;
use alloc::vec::Vec;

use super::*;

fn text(text: &str) -> Value<'_> {
    Value::Text(Cow::Borrowed(text))
}

fn refused(bytes: &[u8]) -> (CborErrorKind, usize) {
    let error = parse(bytes).expect_err("these bytes are refused");
    (error.kind, error.position)
}

#[test]
fn definite_and_indefinite_lengths_read_the_same() {
    let map = Value::Map(vec![
        (text("a"), Value::Array(vec![Value::Integer(1), Value::Null])),
        (Value::Integer(-1), Value::Bytes(Cow::Borrowed(&[9]))),
    ]);
    let definite = [0xa2, 0x61, b'a', 0x82, 0x01, 0xf6, 0x20, 0x41, 9];
    let indefinite = [0xbf, 0x61, b'a', 0x9f, 0x01, 0xf6, 0xff, 0x20, 0x5f, 0x41, 9, 0x40, 0xff, 0xff];
    assert_eq!(parse(&definite).unwrap(), map);
    assert_eq!(parse(&indefinite).unwrap(), map);
    assert_eq!(parse(&[0x7f, 0x61, b'a', 0x61, b'b', 0xff]).unwrap(), text("ab"));
}

#[test]
fn integers_have_their_whole_range() {
    let most = [0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    assert_eq!(parse(&most).unwrap(), Value::Integer(u64::MAX.into()));
    let least = [0x3b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    assert_eq!(parse(&least).unwrap(), Value::Integer(-1 - i128::from(u64::MAX)));
    assert_eq!(parse(&[0x19, 0x00, 0x01]).unwrap(), Value::Integer(1), "a longer encoding");
}

#[test]
fn keys_are_compared_by_value() {
    assert_eq!(refused(&[0xa2, 0x01, 0xf6, 0x18, 0x01, 0xf6]), (CborErrorKind::DuplicateKey, 3));
    let pieces = [0xbf, 0x61, b'a', 0xf6, 0x7f, 0x61, b'a', 0xff, 0xf6, 0xff];
    assert_eq!(refused(&pieces), (CborErrorKind::DuplicateKey, 4));
    assert_eq!(refused(&[0xa1, 0x41, 0x00, 0xf6]), (CborErrorKind::Key, 1));
    assert_eq!(refused(&[0xa1, 0x80, 0xf6]), (CborErrorKind::Key, 1));
}

#[test]
fn malformed_bytes_are_refused_at_their_place() {
    use CborErrorKind::{Break, Chunk, Malformed, Trailing, Unsupported};
    for (bytes, expected) in [
        (&[][..], (Malformed, 0)),
        (&[0x00, 0x00], (Trailing, 1)),
        (&[0xff], (Break, 0)),
        (&[0x81, 0xff], (Break, 1)),
        (&[0xbf, 0x01, 0xff], (Break, 2)),
        (&[0xa1, 0x01], (Malformed, 2)),
        (&[0x9f, 0x01], (Malformed, 2)),
        (&[0x5f, 0x61, b'a', 0xff], (Chunk, 1)),
        (&[0x7f, 0x41, b'a', 0xff], (Chunk, 1)),
        (&[0x5f, 0x5f, 0xff, 0xff], (Chunk, 1)),
        (&[0x5f, 0x01, 0xff], (Chunk, 1)),
        (&[0x5f, 0x41], (Malformed, 1)),
        (&[0x61, 0xff], (Malformed, 0)),
        (&[0x42, 0x00], (Malformed, 0)),
        (&[0xc0, 0x00], (Unsupported, 0)),
        (&[0xf7], (Unsupported, 0)),
        (&[0xf9, 0x00, 0x00], (Unsupported, 0)),
        (&[0xe0], (Unsupported, 0)),
    ] {
        assert_eq!(refused(bytes), expected, "{bytes:02x?}");
    }
}

#[test]
fn reserved_additional_information_is_refused_for_every_major_type() {
    for major in 0..8_u8 {
        for information in 28..31_u8 {
            let byte = (major << 5) | information;
            assert!(parse(&[byte, 0, 0, 0, 0, 0, 0, 0, 0]).is_err(), "{byte:02x}");
            assert!(parse(&[0x81, byte, 0]).is_err(), "{byte:02x} in an array");
        }
    }
    for byte in [0x1f, 0x3f, 0xdf] {
        assert!(parse(&[byte, 0]).is_err(), "{byte:02x} has no indefinite form");
    }
}

#[test]
fn lengths_beyond_the_end_allocate_nothing() {
    for head in [0x5b, 0x7b, 0x9b, 0xbb] {
        for length in [1_u64 << 63, u64::MAX, 1 << 40] {
            let mut bytes = vec![head];
            bytes.extend_from_slice(&length.to_be_bytes());
            assert!(parse(&bytes).is_err());
        }
    }
}

#[test]
fn depth_and_number_are_bounded() {
    for head in [0x81, 0x9f] {
        let deep = vec![head; 10_000];
        assert_eq!(refused(&deep).0, CborErrorKind::TooDeep);
    }
    let mut level = vec![0x81; CBOR_DEPTH];
    level.push(0xf6);
    assert!(parse(&level).is_ok());
    level.insert(0, 0x81);
    assert_eq!(refused(&level).0, CborErrorKind::TooDeep);

    let many = |count: usize| -> Vec<u8> {
        [0x9f].into_iter().chain(core::iter::repeat_n(0xf6, count)).chain([0xff]).collect()
    };
    assert!(parse(&many(CBOR_ITEMS - 1)).is_ok());
    assert_eq!(refused(&many(CBOR_ITEMS)).0, CborErrorKind::TooManyItems);
    let pieces: Vec<u8> =
        [0x5f].into_iter().chain(core::iter::repeat_n(0x40, CBOR_ITEMS)).chain([0xff]).collect();
    assert_eq!(refused(&pieces).0, CborErrorKind::TooManyItems);
}

#[test]
fn every_truncation_of_a_document_is_refused() {
    let whole = [0xbf, 0x61, b'a', 0x9f, 0x01, 0xf6, 0xff, 0x20, 0x5f, 0x41, 9, 0x40, 0xff, 0xff];
    for end in 0..whole.len() {
        assert!(parse(&whole[..end]).is_err(), "{end}");
    }
}
