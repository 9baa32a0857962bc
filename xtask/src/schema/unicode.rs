//! The table of canonical decompositions, folds and combining classes; `verifier-core` says how it is laid out.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::canonical_combining_class;

use crate::failure::{Done, Failure};

/// The bytes of `unicode.bin`.
pub(super) fn table() -> Done<Vec<u8>> {
    let mut decompositions = BTreeMap::new();
    let mut folds = BTreeMap::new();
    // Hangul is decomposed by arithmetic.
    for character in ('\0'..=char::MAX).filter(|known| !('\u{ac00}'..='\u{d7a3}').contains(known)) {
        let decomposed: Vec<char> = character.nfd().collect();
        if decomposed == [character] {
            let fold: Vec<char> = character.to_uppercase().flat_map(char::to_lowercase).nfd().collect();
            if fold != [character] {
                folds.insert(character, fold);
            }
        } else {
            decompositions.insert(character, decomposed);
        }
    }
    let mut table = Vec::new();
    mappings(&decompositions, &mut table)?;
    mappings(&folds, &mut table)?;
    classes(&mut table);
    Ok(table)
}

/// Each mapping as a first part, which is mapped again, and the last character.
fn mappings(known: &BTreeMap<char, Vec<char>>, table: &mut Vec<u8>) -> Done {
    let mut rows = Vec::new();
    for (from, to) in known {
        let (first, second) = match to.as_slice() {
            [only] => (*only, 0),
            [first, second] => (*first, u32::from(*second)),
            [first @ .., last] => {
                let first = known.iter().find(|(_, parts)| parts.as_slice() == first);
                let (first, _) = first.ok_or_else(|| {
                    Failure::new(format!("no character is mapped to the first part of that of `{from}`"))
                })?;
                (*first, u32::from(*last))
            }
            [] => return Err(Failure::new(format!("`{from}` is mapped to nothing"))),
        };
        rows.push((u32::from(*from), u32::from(first), second));
    }
    number(u32::try_from(rows.len()).unwrap_or(u32::MAX), table);
    // The codes only rise; the parts are zigzag.
    column(rows.iter().map(|row| row.0), |difference| difference, table);
    column(rows.iter().map(|row| row.1), zigzag, table);
    column(rows.iter().map(|row| row.2), zigzag, table);
    Ok(())
}

fn column(values: impl Iterator<Item = u32>, written: fn(u32) -> u32, table: &mut Vec<u8>) {
    let mut last = 0;
    for value in values {
        number(written(value.wrapping_sub(last)), table);
        last = value;
    }
}

fn classes(table: &mut Vec<u8>) {
    let mut runs: Vec<(u32, u32, u32)> = Vec::new();
    for character in '\0'..=char::MAX {
        let (code, class) = (u32::from(character), u32::from(canonical_combining_class(character)));
        match runs.last_mut() {
            Some((_, end, known)) if *end == code && *known == class => *end = code.saturating_add(1),
            _ if class != 0 => runs.push((code, code.saturating_add(1), class)),
            _ => {}
        }
    }
    number(u32::try_from(runs.len()).unwrap_or(u32::MAX), table);
    let mut last = 0;
    for (start, end, _) in &runs {
        number(start.saturating_sub(last), table);
        last = *end;
    }
    runs.iter().for_each(|(start, end, _)| number(end.saturating_sub(*start), table));
    runs.iter().for_each(|(.., class)| number(*class, table));
}

/// A difference with its sign in the lowest bit.
const fn zigzag(difference: u32) -> u32 {
    (difference << 1) ^ 0_u32.wrapping_sub(difference >> 31)
}

fn number(mut value: u32, table: &mut Vec<u8>) {
    loop {
        let byte = value.to_le_bytes()[0];
        value >>= 7;
        if value == 0 {
            return table.push(byte & 0x7f);
        }
        table.push(byte | 0x80);
    }
}
