//! Showing untrusted text and bytes.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString as _};
use core::fmt::Write as _;

use crate::limits::ECHO_CHARS;

/// Untrusted text, cut to a bound, with control and direction-changing characters escaped.
pub(crate) fn echo<'t>(text: impl Into<Cow<'t, str>>) -> String {
    let text = text.into();
    // Nearly all that a verdict repeats is short and plain, and is taken as it is.
    if text.len() <= ECHO_CHARS && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
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

/// Characters that change how the text around them reads: controls, bidirectional marks, zero-width
/// characters, line and paragraph separators, tags and variation selectors.
/// Unicode Technical Report #36, section 2.
pub(crate) fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Bytes as lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 0x0f));
    }
    text
}

fn digit(nibble: u8) -> char {
    let base = if nibble < 10 { b'0' } else { b'a'.wrapping_sub(10) };
    char::from(base.wrapping_add(nibble))
}

/// Lower-case hex of exactly `N` bytes; upper case, prefixes and other lengths are refused.
pub(crate) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let bytes = unhex_any(text)?;
    <[u8; N]>::try_from(bytes.as_slice()).ok()
}

/// Lower-case hex of any even length.
pub(crate) fn unhex_any(text: &str) -> Option<alloc::vec::Vec<u8>> {
    let nibble = |byte: u8| match byte {
        b'0'..=b'9' => byte.checked_sub(b'0'),
        b'a'..=b'f' => byte.checked_sub(b'a')?.checked_add(10),
        _ => None,
    };
    let pairs = text.as_bytes().chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    let mut bytes = alloc::vec::Vec::with_capacity(pairs.len());
    for pair in pairs {
        let [high, low] = pair else { return None };
        bytes.push((nibble(*high)? << 4) | nibble(*low)?);
    }
    Some(bytes)
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
        let error = crate::Policy::from_json(br#"{"schema":"kettle-policy/v1","source":null}"#).unwrap_err();
        let text = error.to_string();
        assert!(text.ends_with("expected an object") && !text.contains("SourceRule"), "{text}");
    }

    #[test]
    fn deceptive_characters_are_escaped() {
        assert_eq!(echo("a\u{202e}b\n"), "a\\u{202e}b\\u{a}");
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
