//! Showing untrusted text and bytes.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt::Write as _;

use crate::limits::ECHO_CHARS;

/// Untrusted text, cut to a bound, with control and direction-changing characters escaped.
pub(crate) fn echo<'t>(text: impl Into<Cow<'t, str>>) -> String {
    echo_text(text.into())
}

/// [`echo`], once for every kind of text.
#[inline(never)]
fn echo_text(text: Cow<'_, str>) -> String {
    // Nearly all that a verdict repeats is short and plain, and is taken as it is.
    // To look at every byte is faster than to stop at the first that is not.
    let plain = |known, byte| known & matches!(byte, b' '..=b'~');
    if text.len() <= ECHO_CHARS && text.bytes().fold(true, plain) {
        return text.into_owned();
    }
    let mut shown = String::with_capacity(text.len().min(ECHO_CHARS));
    for (count, character) in text.chars().enumerate() {
        if count >= ECHO_CHARS {
            shown.push('…');
            break;
        }
        if is_deceptive(character) {
            // Writing to a string cannot fail.
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(character));
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Characters that change how the text around them reads, or that can't be seen: controls, bidirectional marks,
/// zero-width characters, fillers, line and paragraph separators, tags and variation selectors. All that Unicode
/// lets a reader ignore are among them (Default_Ignorable_Code_Point), since some file systems do so, too.
/// Unicode Technical Report #36, section 2; Unicode Standard Annex #44, section 5.
pub(crate) fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Bytes as lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = vec![0; bytes.len().saturating_mul(2)];
    for (pair, byte) in text.as_chunks_mut().0.iter_mut().zip(bytes) {
        *pair = [digit(byte >> 4), digit(byte & 0x0f)];
    }
    // Digits are always UTF-8.
    String::from_utf8(text).unwrap_or_default()
}

const fn digit(nibble: u8) -> u8 {
    let base = if nibble < 10 { b'0' } else { b'a'.wrapping_sub(10) };
    base.wrapping_add(nibble)
}

/// Whether a text has lower-case hex digits only.
pub(crate) fn is_hex(text: &str) -> bool {
    text.bytes().fold(true, |known, byte| known & matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Lower-case hex of exactly `N` bytes; upper case, prefixes and other lengths are refused.
pub(crate) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    unhex_into(text, &mut bytes).then_some(bytes)
}

/// Lower-case hex of any even length.
pub(crate) fn unhex_any(text: &str) -> Option<Vec<u8>> {
    let mut bytes = vec![0; text.len() / 2];
    unhex_into(text, &mut bytes).then_some(bytes)
}

/// False where the text is not lower-case hex of exactly so many bytes.
fn unhex_into(text: &str, bytes: &mut [u8]) -> bool {
    let (pairs, rest) = text.as_bytes().as_chunks();
    let mut bad = 0;
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        let (high, low) = (nibble(*high), nibble(*low));
        bad |= high | low;
        *byte = (high << 4) | low;
    }
    pairs.len() == bytes.len() && rest.is_empty() && bad < 0x10
}

/// The value of a lower-case hex digit; 16 or more for other characters.
const fn nibble(character: u8) -> u8 {
    let (digit, letter) = (character.wrapping_sub(b'0'), character.wrapping_sub(b'a'));
    if digit < 10 {
        digit
    } else if letter < 6 {
        letter.wrapping_add(10)
    } else {
        0xff
    }
}

/// A byte range as it is written in a verdict, such as `report[0x90..0xc0]`.
pub(crate) fn range(of: &str, start: usize, end: usize) -> String {
    let mut text = String::with_capacity(of.len().saturating_add(24));
    // Writing to a string cannot fail.
    let _ = write!(text, "{of}[{start:#x}..{end:#x}]");
    text
}

/// Where and why the JSON of one of the caller's own documents was refused, without the names that
/// its types have in this library.
pub(crate) fn json_fault(error: &serde_json::Error) -> (String, String) {
    use serde_json::error::Category;
    let location = format!("line {} column {}", error.line(), error.column());
    let text = error.to_string();
    let reason = text.split(" at line ").next().unwrap_or_default();
    let reason = match error.classify() {
        Category::Eof => "not JSON: the document is empty or cut short".into(),
        Category::Syntax => format!("not JSON: {reason}"),
        _ => match reason.split_once("expected struct ") {
            Some((found, _)) => format!("{found}expected an object"),
            None => reason.into(),
        },
    };
    (location, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_document_does_not_show_our_types() {
        let error = crate::request::SettingsDocument::from_json(b"7").unwrap_err();
        let text = error.to_string();
        assert!(text.ends_with("expected an object") && !text.contains("SettingsDocument"), "{text}");
    }

    #[test]
    fn deceptive_characters_are_escaped() {
        assert_eq!(echo("a\u{202e}b\n"), "a\\u{202e}b\\u{a}");
    }

    #[test]
    fn what_a_reader_may_ignore_is_escaped() {
        for ignorable in ['\u{34f}', '\u{1160}', '\u{17b4}', '\u{180f}', '\u{3164}', '\u{ffa0}', '\u{1d173}']
        {
            assert!(is_deceptive(ignorable), "{:x}", u32::from(ignorable));
        }
        for seen in
            ['\u{ac}', '\u{350}', '\u{1161}', '\u{17b6}', '\u{1810}', '\u{3165}', '\u{ffa1}', '\u{fffd}']
        {
            assert!(!is_deceptive(seen), "{:x}", u32::from(seen));
        }
    }

    #[test]
    fn long_text_is_cut() {
        let long = "x".repeat(ECHO_CHARS + 5);
        assert_eq!(echo(&long).chars().count(), ECHO_CHARS + 1);
    }

    #[test]
    fn hex_round_trips_and_refuses_other_spellings() {
        assert_eq!(unhex::<2>(&hex(&[0x0a, 0xff])), Some([0x0a, 0xff]));
        assert_eq!(unhex::<1>("0A"), None);
        assert_eq!(unhex_any("abc"), None);
        assert_eq!(unhex::<2>("ab"), None);
    }
}
