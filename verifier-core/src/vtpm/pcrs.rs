//! The PCR values against the quote's digest. The values are listed beside the quote and signed by
//! nobody; only those that the quote selects are authentic, by way of the digest.

use alloc::format;
use alloc::vec::Vec;

use super::attest::Selection;
use super::quote::{AuthenticQuote, place};
use crate::crypto::Sha256;
use crate::log::{Finding, Log, Stopped};
use crate::text::hex;
use crate::verdict::{Authority, CheckSpec, Stage, checks};

const SELECTION_CLAUSE: &str = "platforms.md, 16; TPM 2.0 Library, Part 2, TPML_PCR_SELECTION";
const MEND: &str = "have the build repeated with a quote over all PCRs of the SHA-256 bank";

checks! {
    /// The checks of the PCRs.
    CHECKS;

    /// The quote selects from the SHA-256 bank, and from that alone.
    SELECTION = CheckSpec::new(
        "az.quote.selection", Stage::Vtpm, Authority::Hardware,
        "the quote has one selection, of the SHA-256 bank, over 24 PCRs",
        SELECTION_CLAUSE, MEND,
    );
    /// The quote selects something.
    SELECTED = CheckSpec::new(
        "az.quote.selected", Stage::Vtpm, Authority::Hardware,
        "the quote selects at least one PCR",
        SELECTION_CLAUSE, MEND,
    );
    /// Exactly 24 values of 32 bytes are given.
    PCR_LIST = CheckSpec::new(
        "az.quote.pcr_list", Stage::Vtpm, Authority::Claim,
        "exactly 24 PCR values of 32 bytes lie beside the quote",
        "platforms.md, 16; kettle-bundle.md, evidence.json",
        "fetch the bundle again; the list of PCR values is damaged",
    );
    /// The digest over the selected values is the quote's.
    PCR_DIGEST = CheckSpec::new(
        "az.quote.pcr_digest", Stage::Vtpm, Authority::Hardware,
        "the selected PCR values have the digest that the quote names",
        "platforms.md, 16; TPM 2.0 Library, Part 2, TPMS_QUOTE_INFO",
        "fetch the bundle again; the PCR values are not those that were quoted",
    );
}

/// Appraises the PCR values and records those that the quote selects.
///
/// # Errors
/// [`Stopped`] when the values are not those that the quote was made over.
pub(crate) fn appraise(
    quote: &AuthenticQuote<'_>,
    given: &[Vec<u8>],
    log: &mut Log<'_>,
) -> Result<(), Stopped> {
    let selected = log.obtain(&SELECTION, one_selection(&quote.attest().selections))?;
    let count = selected.iter().filter(|taken| **taken).count();
    let finding = Finding::new("at least one PCR", format!("{count} PCRs"));
    log.require(&SELECTED, count > 0, finding)?;
    let values = log.obtain(&PCR_LIST, list(given))?;
    let mut digest = Sha256::default();
    for (value, taken) in values.iter().zip(selected) {
        if taken {
            digest.update(value);
        }
    }
    let (digest, quoted) = (digest.finish(), quote.attest().pcr_digest);
    let finding = Finding::new(hex(quoted.bytes), hex(&digest)).at(place(quoted));
    log.require(&PCR_DIGEST, quoted.bytes == digest, finding)?;
    for (index, (value, taken)) in values.iter().zip(selected).enumerate() {
        let at = format!("/evidence/tpm_quote/pcrs/{index}");
        if taken {
            log.claim(&format!("vtpm.pcr.{index}"), hex(value), Authority::Hardware, at);
        } else {
            log.unauthenticated(format!("PCR {index} at {at}: the quote does not select it"));
        }
    }
    Ok(())
}

fn one_selection(selections: &[Selection<'_>]) -> Result<([bool; COUNT], Finding), Finding> {
    let expected = "one selection, of SHA-256, in 3 bytes";
    let [selection] = selections else {
        return Err(Finding::new(expected, format!("{} selections", selections.len())));
    };
    let size = selection.map.bytes.len();
    let found = format!("one selection, of hash {:#06x}, in {size} bytes", selection.hash);
    let finding = Finding::new(expected, found).at(place(selection.map));
    match <[u8; 3]>::try_from(selection.map.bytes) {
        Ok(map) if selection.hash == SHA256 => Ok((bits(map), finding)),
        _ => Err(finding),
    }
}

/// PCR `i` is bit `i % 8` of byte `i / 8`.
fn bits(map: [u8; 3]) -> [bool; COUNT] {
    let mut selected = [false; COUNT];
    let bits = map.into_iter().flat_map(|byte| (0..8).map(move |bit| (byte >> bit) & 1 == 1));
    for (slot, bit) in selected.iter_mut().zip(bits) {
        *slot = bit;
    }
    selected
}

fn list(given: &[Vec<u8>]) -> Result<([[u8; 32]; COUNT], Finding), Finding> {
    let expected = "24 values of 32 bytes";
    let at = "/evidence/tpm_quote/pcrs";
    let mut values = [[0; 32]; COUNT];
    if given.len() != COUNT {
        return Err(Finding::new(expected, format!("{} values", given.len())).at(at));
    }
    for (index, (slot, value)) in values.iter_mut().zip(given).enumerate() {
        *slot = value.as_slice().try_into().map_err(|_| {
            Finding::new(expected, format!("one of {} bytes", value.len())).at(format!("{at}/{index}"))
        })?;
    }
    Ok((values, Finding::new(expected, expected).at(at)))
}

/// PCRs of a PC client TPM.
const COUNT: usize = 24;
/// `TPM_ALG_SHA256`.
const SHA256: u16 = 0x000b;
