//! `TPMS_ATTEST` of a quote: reading only, no judgement.
//!
//! All numbers are big-endian; a `TPM2B` is a size of two bytes and its bytes.
//!
//! | field | type |
//! |---|---|
//! | magic | 4 bytes, `FF 54 43 47` |
//! | type | 2 bytes, 0x8018 for a quote |
//! | qualifiedSigner | `TPM2B_NAME` |
//! | extraData | `TPM2B_DATA` |
//! | clockInfo | clock 8, resetCount 4, restartCount 4, safe 1 |
//! | firmwareVersion | 8 bytes |
//! | pcrSelect | count 4, then for each: hash 2, sizeofSelect 1, that many bytes |
//! | pcrDigest | `TPM2B_DIGEST` |

use alloc::vec::Vec;

use crate::limits::PCR_SELECTIONS;
use crate::reader::{LayoutError, LayoutErrorKind, Reader};

/// A quote's `TPMS_ATTEST` after its magic and type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attest<'a> {
    /// The name of the key that signs, with its hierarchy.
    pub(crate) qualified_signer: Field<'a>,
    /// The bytes that whoever asked for the quote chose.
    pub(crate) extra_data: Field<'a>,
    /// Milliseconds that the TPM has been powered.
    pub(crate) clock: u64,
    /// How often the TPM was reset.
    pub(crate) reset_count: u32,
    /// How often the TPM was restarted or resumed since its reset.
    pub(crate) restart_count: u32,
    /// Whether no greater clock was ever reported.
    pub(crate) safe: bool,
    /// The vendor's number of the TPM's firmware.
    pub(crate) firmware_version: u64,
    /// The PCRs that the digest is over, by bank.
    pub(crate) selections: Vec<Selection<'a>>,
    /// The digest over the selected PCRs.
    pub(crate) pcr_digest: Field<'a>,
}

/// A field of variable size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Field<'a> {
    /// The field's bytes.
    pub(crate) bytes: &'a [u8],
    /// Where they begin in the message.
    pub(crate) start: usize,
}

/// The PCRs that are selected in one bank.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Selection<'a> {
    /// The bank's hash algorithm.
    pub(crate) hash: u16,
    /// A bit map; bit `i % 8` of byte `i / 8` stands for PCR `i`.
    pub(crate) map: Field<'a>,
}

/// The first four bytes, as a number; `None` where there are fewer.
pub(crate) fn magic(message: &[u8]) -> Option<u32> {
    Reader::new(message).u32_be().ok()
}

/// The two bytes after the magic, as a number; `None` where there are fewer.
pub(crate) fn kind(message: &[u8]) -> Option<u16> {
    let mut reader = Reader::new(message);
    reader.u32_be().ok()?;
    reader.u16_be().ok()
}

/// Reads a quote, whatever its magic and type are.
///
/// # Errors
/// [`LayoutError`] where the bytes end early, go on, or exceed a bound of the specification.
pub(crate) fn read(message: &[u8]) -> Result<Attest<'_>, LayoutError> {
    let mut reader = Reader::new(message);
    reader.take(6)?;
    let attest = Attest {
        qualified_signer: sized(&mut reader, NAME_BYTES, "qualifiedSigner")?,
        extra_data: sized(&mut reader, DATA_BYTES, "extraData")?,
        clock: reader.u64_be()?,
        reset_count: reader.u32_be()?,
        restart_count: reader.u32_be()?,
        safe: yes_no(&mut reader)?,
        firmware_version: reader.u64_be()?,
        selections: selections(&mut reader)?,
        pcr_digest: sized(&mut reader, DIGEST_BYTES, "pcrDigest")?,
    };
    reader.finish()?;
    Ok(attest)
}

fn sized<'a>(reader: &mut Reader<'a>, most: usize, field: &'static str) -> Result<Field<'a>, LayoutError> {
    let at = reader.position();
    let size = usize::from(reader.u16_be()?);
    if size > most {
        return Err(LayoutErrorKind::Unexpected { field }.at(at));
    }
    let start = reader.position();
    Ok(Field { bytes: reader.take(size)?, start })
}

fn yes_no(reader: &mut Reader<'_>) -> Result<bool, LayoutError> {
    let at = reader.position();
    match reader.u8()? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(LayoutErrorKind::Unexpected { field: "safe" }.at(at)),
    }
}

fn selections<'a>(reader: &mut Reader<'a>) -> Result<Vec<Selection<'a>>, LayoutError> {
    let at = reader.position();
    let count = usize::try_from(reader.u32_be()?).unwrap_or(usize::MAX);
    if count > PCR_SELECTIONS {
        return Err(LayoutErrorKind::Unexpected { field: "pcrSelect.count" }.at(at));
    }
    let mut selections = Vec::new();
    for _ in 0..count {
        let hash = reader.u16_be()?;
        let size = usize::from(reader.u8()?);
        let start = reader.position();
        selections.push(Selection { hash, map: Field { bytes: reader.take(size)?, start } });
    }
    Ok(selections)
}

/// The greatest name: `TPM_ALG_ID` and a SHA-512 digest (TPM 2.0 Library, Part 2, `TPMU_NAME`).
const NAME_BYTES: usize = 66;
/// The greatest `TPM2B_DATA`: a `TPMT_HA` of SHA-512. Azure's virtual TPM stops at 50.
const DATA_BYTES: usize = 66;
/// The greatest digest: SHA-512.
const DIGEST_BYTES: usize = 64;
