//! A DER writer that checks nothing: malformed certificates are made of the same few functions as
//! sound ones.

/// One element: tag, length, content.
///
/// ```
/// use kettle_testvectors::asn1::{self, tlv};
/// assert_eq!(tlv(asn1::INTEGER, [0xd9]), [0x02, 0x01, 0xd9]);
/// ```
#[must_use]
pub fn tlv(tag: u8, content: impl AsRef<[u8]>) -> Vec<u8> {
    let content = content.as_ref();
    let mut out = vec![tag];
    out.extend(length(content.len()));
    out.extend_from_slice(content);
    out
}

/// The shortest definite length.
#[must_use]
pub fn length(length: usize) -> Vec<u8> {
    let bytes: Vec<u8> = length.to_be_bytes().into_iter().skip_while(|byte| *byte == 0).collect();
    match bytes.as_slice() {
        [] => vec![0],
        [short] if *short < 0x80 => vec![*short],
        long => {
            let mut out = vec![0x80 | u8::try_from(long.len()).unwrap()];
            out.extend_from_slice(long);
            out
        }
    }
}

/// Tag of BOOLEAN.
pub const BOOLEAN: u8 = 0x01;
/// Tag of INTEGER.
pub const INTEGER: u8 = 0x02;
/// Tag of BIT STRING.
pub const BIT_STRING: u8 = 0x03;
/// Tag of OCTET STRING.
pub const OCTET_STRING: u8 = 0x04;
/// Tag of UTF8String.
pub const UTF8_STRING: u8 = 0x0c;
/// Tag of PrintableString.
pub const PRINTABLE_STRING: u8 = 0x13;
/// Tag of IA5String.
pub const IA5_STRING: u8 = 0x16;
/// Tag of UTCTime.
pub const UTC_TIME: u8 = 0x17;

/// SEQUENCE of elements that are encoded already.
#[must_use]
pub fn sequence<const N: usize>(parts: [Vec<u8>; N]) -> Vec<u8> {
    tlv(0x30, parts.concat())
}

/// SET of one element.
#[must_use]
pub fn set(part: Vec<u8>) -> Vec<u8> {
    tlv(0x31, part)
}

/// `[number] EXPLICIT`.
#[must_use]
pub fn explicit(number: u8, inner: impl AsRef<[u8]>) -> Vec<u8> {
    tlv(0xa0 | number, inner)
}

/// BIT STRING of whole bytes.
#[must_use]
pub fn bit_string(bytes: &[u8]) -> Vec<u8> {
    tlv(BIT_STRING, [&[0], bytes].concat())
}

/// OCTET STRING.
#[must_use]
pub fn octet_string(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    tlv(OCTET_STRING, bytes)
}

/// NULL.
#[must_use]
pub fn null() -> Vec<u8> {
    vec![0x05, 0x00]
}

/// INTEGER from the bytes of an unsigned number, most significant first.
///
/// ```
/// use kettle_testvectors::asn1::unsigned;
/// assert_eq!(unsigned(&[0xd9]), [0x02, 0x02, 0x00, 0xd9]);
/// assert_eq!(unsigned(&[0]), [0x02, 0x01, 0x00]);
/// ```
#[must_use]
pub fn unsigned(bytes: &[u8]) -> Vec<u8> {
    let first = bytes.iter().position(|byte| *byte != 0);
    let digits = first.map_or(&[0][..], |first| &bytes[first..]);
    let sign: &[u8] = if digits[0] & 0x80 == 0 { &[] } else { &[0] };
    tlv(INTEGER, [sign, digits].concat())
}

/// UTCTime such as `260601000000Z`.
#[must_use]
pub fn utc_time(text: &str) -> Vec<u8> {
    tlv(UTC_TIME, text)
}

/// OBJECT IDENTIFIER from its dotted form.
///
/// ```
/// use kettle_testvectors::asn1::oid;
/// assert_eq!(oid("2.5.4.3"), [0x06, 0x03, 0x55, 0x04, 0x03]);
/// ```
#[must_use]
pub fn oid(dotted: &str) -> Vec<u8> {
    let arcs: Vec<u32> = dotted.split('.').map(|arc| arc.parse().unwrap()).collect();
    let mut content = Vec::new();
    for arc in std::iter::once(arcs[0] * 40 + arcs[1]).chain(arcs[2..].iter().copied()) {
        let mut groups = vec![arc & 0x7f];
        let mut rest = arc >> 7;
        while rest != 0 {
            groups.push(rest & 0x7f | 0x80);
            rest >>= 7;
        }
        content.extend(groups.into_iter().rev().map(|group| u8::try_from(group).unwrap()));
    }
    tlv(0x06, content)
}
