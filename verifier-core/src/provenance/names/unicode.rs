//! Canonical decomposition and case folding, from a table of a few kilobytes.
//!
//! What libraries compile in for this is a tenth of a small build. `unicode.bin` holds the same mappings as
//! differences; `cargo xtask schema` writes it from the crate `unicode-normalization` and the standard
//! library, and a test compares the two for every character. So a verdict does not depend on the version of
//! Unicode that a compiler knows, either.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use once_cell::race::OnceBox;

use crate::index::Index;

/// Three lists, each a count and then its columns, number after number in LEB128:
///
/// - decompositions: differences of the code points, of the first parts and of the second parts, which are 0
///   where there is one part only;
/// - folds of decomposed characters, likewise;
/// - runs of characters of one combining class: distances from the end of the run before, lengths, classes.
///
/// Differences of parts are zigzag: the lowest bit is the sign. A first part is mapped again.
static TABLE: &[u8] = include_bytes!("unicode.bin");

/// A character and the one or two that it is mapped to; the second is 0 where there is none.
type Mapping = (u32, u32, u32);

struct Tables {
    decompositions: Vec<Mapping>,
    folds: Vec<Mapping>,
    /// First, last and class.
    classes: Vec<(u32, u32, u8)>,
}

/// A text's decomposed form without regard to case: equal for two texts that are canonically equivalent but
/// for their case.
pub(super) fn folded(text: &str) -> String {
    static TABLES: OnceBox<Tables> = OnceBox::new();
    let tables = TABLES.get_or_init(|| Box::new(Tables::read(TABLE)));
    let mut decomposed = Vec::with_capacity(text.len());
    text.chars().for_each(|character| tables.decompose(character.into(), &mut decomposed));
    tables.order(&mut decomposed);
    let mut folded = Vec::with_capacity(decomposed.len());
    decomposed.iter().for_each(|character| map(&tables.folds, *character, &mut folded));
    // To fold can make a starter of a mark, and what the table folds to is decomposed.
    tables.order(&mut folded);
    folded.into_iter().filter_map(char::from_u32).collect()
}

impl Tables {
    fn read(mut table: &[u8]) -> Self {
        let decompositions = mappings(&mut table);
        let folds = mappings(&mut table);
        let count = number(&mut table);
        let [distances, lengths, classes] = [(); 3].map(|()| column(count, &mut table));
        let mut next: u32 = 0;
        let run = |((distance, length), class): ((u32, u32), u32)| {
            let first = next.wrapping_add(distance);
            next = first.wrapping_add(length);
            (first, next.wrapping_sub(1), class.try_into().unwrap_or(0))
        };
        let classes = distances.into_iter().zip(lengths).zip(classes).map(run).collect();
        Self { decompositions, folds, classes }
    }

    fn decompose(&self, character: u32, into: &mut Vec<u32>) {
        let syllable = character.wrapping_sub(HANGUL);
        if syllable >= SYLLABLES {
            return map(&self.decompositions, character, into);
        }
        // Hangul by arithmetic (Unicode Standard, section 3.12): the trailing consonant may be absent.
        let (pair, trail) = (syllable / TRAILS, syllable % TRAILS);
        into.push(LEAD.wrapping_add(pair / VOWELS));
        into.push(VOWEL.wrapping_add(pair % VOWELS));
        if trail > 0 {
            into.push(TRAIL.wrapping_add(trail));
        }
    }

    /// The Canonical Ordering Algorithm (Unicode Standard, section 3.11): marks between two starters stand
    /// by their classes.
    fn order(&self, form: &mut [u32]) {
        for marks in form.split_mut(|part| self.class(*part) == 0) {
            let classes: Vec<[u8; 1]> = marks.iter().map(|mark| [self.class(*mark)]).collect();
            let unordered = marks.to_vec();
            let order = Index::of(&classes);
            let ordered = order.places().filter_map(|at| unordered.get(at));
            marks.iter_mut().zip(ordered).for_each(|(mark, next)| *mark = *next);
        }
    }

    fn class(&self, character: u32) -> u8 {
        let after = self.classes.partition_point(|(first, ..)| *first <= character);
        let run = after.checked_sub(1).and_then(|at| self.classes.get(at));
        run.filter(|(_, last, _)| character <= *last).map_or(0, |(.., class)| *class)
    }
}

fn map(mappings: &[Mapping], character: u32, into: &mut Vec<u32>) {
    let at = mappings.binary_search_by_key(&character, |(from, ..)| *from);
    match at.ok().and_then(|at| mappings.get(at)) {
        None => into.push(character),
        Some((_, first, second)) => {
            map(mappings, *first, into);
            if *second != 0 {
                into.push(*second);
            }
        }
    }
}

fn mappings(table: &mut &[u8]) -> Vec<Mapping> {
    let count = number(table);
    let [codes, firsts, seconds] = [(); 3].map(|()| column(count, table));
    let mut last: Mapping = (0, 0, 0);
    let mapping = |((code, first), second): ((u32, u32), u32)| {
        last = (
            last.0.wrapping_add(code),
            last.1.wrapping_add(signed(first)),
            last.2.wrapping_add(signed(second)),
        );
        last
    };
    codes.into_iter().zip(firsts).zip(seconds).map(mapping).collect()
}

fn column(count: u32, table: &mut &[u8]) -> Vec<u32> {
    (0..count).map(|_| number(table)).collect()
}

/// The difference that a zigzag number stands for, to be added with wrapping.
const fn signed(number: u32) -> u32 {
    (number >> 1) ^ 0_u32.wrapping_sub(number & 1)
}

/// The next number; 0 at the end.
fn number(table: &mut &[u8]) -> u32 {
    let mut number = 0;
    for shift in [0, 7, 14, 21] {
        let Some((byte, rest)) = table.split_first() else { break };
        *table = rest;
        number |= u32::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            break;
        }
    }
    number
}

const HANGUL: u32 = 0xac00;
const SYLLABLES: u32 = 11172;
const LEAD: u32 = 0x1100;
const VOWEL: u32 = 0x1161;
const VOWELS: u32 = 21;
/// The trailing consonants begin one after this: 0 is none.
const TRAIL: u32 = 0x11a7;
const TRAILS: u32 = 28;

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::UnicodeNormalization as _;
    use unicode_normalization::char::canonical_combining_class;

    fn characters() -> impl Iterator<Item = char> {
        '\0'..=char::MAX
    }

    fn by_libraries(text: &str) -> String {
        let fold = |text: String| -> String {
            text.nfd().flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfd().collect()
        };
        // The capital sharp s folds to the small one, and that one to `ss`.
        fold(fold(text.into()))
    }

    #[test]
    fn the_table_is_what_the_library_knows() {
        let tables = Tables::read(TABLE);
        for character in characters() {
            let mut parts = Vec::new();
            tables.decompose(character.into(), &mut parts);
            let library: Vec<u32> = character.nfd().map(u32::from).collect();
            assert_eq!(parts, library, "{character:?}: run `cargo xtask schema`");
            let class = canonical_combining_class(character);
            assert_eq!(tables.class(character.into()), class, "{character:?}: run `cargo xtask schema`");
        }
    }

    #[test]
    fn folding_is_that_of_the_standard_library() {
        for character in characters().map(String::from) {
            let (ours, theirs) = (folded(&character), by_libraries(&character));
            // A compiler of another version knows other letters, but never folds one letter in two ways.
            let unknown = |form: &str| form == character.nfd().collect::<String>();
            assert!(
                ours == theirs || unknown(&ours) || unknown(&theirs),
                "{character:?}: {ours:?} {theirs:?}"
            );
        }
        assert_eq!(folded("\u{10c7}\u{1e9e}\u{fb03}"), "\u{2d27}ssffi");
    }

    #[test]
    fn marks_are_ordered_before_and_after_folding() {
        for text in ["q\u{307}\u{323}", "\u{3b1}\u{345}\u{301}", "\u{1f84}\u{323}", "e\u{302}\u{31b}\u{301}"]
        {
            assert_eq!(folded(text), by_libraries(text), "{text:?}");
        }
    }
}
