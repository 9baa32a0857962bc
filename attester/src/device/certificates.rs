//! The table of certificates that an SEV-SNP host hands to its guest (AMD publication 56421, GHCB
//! specification, "SNP Extended Guest Request"). All numbers are little-endian.
//!
//! | offset | bytes | |
//! |---|---|---|
//! | 0 | 16 | GUID of the entry |
//! | 16 | 4 | where its bytes begin, from the table's beginning |
//! | 20 | 4 | how many there are |
//!
//! An entry of zeros ends the table. It comes from the host, who may write anything.

use crate::failure::{Done, Failure};

/// `63da758d-e664-4564-adc5-f4b93be8accd`, as UEFI writes GUIDs: the first three fields little-endian.
const VCEK: [u8; 16] = *b"\x8d\x75\xda\x63\x64\xe6\x64\x45\xad\xc5\xf4\xb9\x3b\xe8\xac\xcd";

/// `a8074bc2-a25a-483e-aae6-39c045a0b8a1`.
const VLEK: [u8; 16] = *b"\xc2\x4b\x07\xa8\x5a\xa2\x3e\x48\xaa\xe6\x39\xc0\x45\xa0\xb8\xa1";

/// The same two with all bytes in the order of the text, as some hosts write them.
const TEXT_ORDER: [[u8; 16]; 2] = [
    *b"\x63\xda\x75\x8d\xe6\x64\x45\x64\xad\xc5\xf4\xb9\x3b\xe8\xac\xcd",
    *b"\xa8\x07\x4b\xc2\xa2\x5a\x48\x3e\xaa\xe6\x39\xc0\x45\xa0\xb8\xa1",
];

/// Entries of a table. Hosts write five at most.
const ENTRIES: usize = 16;

const ENTRY_BYTES: usize = 24;

/// The certificate that the report was signed under, VCEK or VLEK; `None` where the table has neither.
///
/// # Errors
/// [`Failure`] where the table does not hold together.
pub fn endorsement(table: &[u8]) -> Done<Option<Vec<u8>>> {
    let broken = |what: &str| Failure::build(format!("the host's table of certificates {what}"));
    if table.iter().all(|byte| *byte == 0) {
        return Ok(None);
    }
    let mut found = None;
    for index in 0..ENTRIES {
        let at = index.saturating_mul(ENTRY_BYTES);
        let entry = table.get(at..).and_then(|rest| rest.first_chunk::<ENTRY_BYTES>());
        let entry = entry.ok_or_else(|| broken("has no end"))?;
        if entry.iter().all(|byte| *byte == 0) {
            return Ok(found);
        }
        let (guid, place) = entry.split_at(16);
        let number = |bytes: Option<&[u8; 4]>| {
            bytes.and_then(|bytes| usize::try_from(u32::from_le_bytes(*bytes)).ok())
        };
        let (from, size) = (number(place.first_chunk()), number(place.last_chunk()));
        let bytes = from.zip(size).and_then(|(from, size)| table.get(from..from.checked_add(size)?));
        let bytes = bytes.ok_or_else(|| broken("points out of itself"))?;
        if guid == VCEK || guid == VLEK || TEXT_ORDER.iter().any(|known| guid == known) {
            if found.is_some() {
                return Err(broken("has two endorsement certificates"));
            }
            found = Some(bytes.to_vec());
        }
    }
    Err(broken("has more entries than there are kinds"))
}

/// The first certificate of a PEM text, as DER.
///
/// # Errors
/// [`Failure`] where there is none.
pub fn first_of_pem(text: &str) -> Done<Vec<u8>> {
    use base64::Engine as _;
    let body =
        text.split_once("-----BEGIN CERTIFICATE-----").and_then(|(_, rest)| rest.split_once("-----END"));
    let body: String = body.map(|(body, _)| body.split_ascii_whitespace().collect()).unwrap_or_default();
    match base64::engine::general_purpose::STANDARD.decode(body) {
        Ok(der) if !der.is_empty() => Ok(der),
        _ => Err(Failure::build("what should be a certificate in PEM is none")),
    }
}
