//! Names of files that came with hostile bytes: what is safe, and which two are the same to some
//! file system.

mod unicode;

use alloc::string::String;

use crate::limits::NAME_BYTES;
use crate::text::is_deceptive;

/// Why a name must not be used for a file below a folder; `None` where it may.
pub(crate) fn fault(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        return Some("it is empty");
    }
    if name.len() > NAME_BYTES {
        return Some("it is longer than 1024 bytes");
    }
    if name.starts_with('/') {
        return Some("it is absolute");
    }
    if name.contains('\\') {
        return Some("it has a backslash, which parts folders on some systems");
    }
    if has_drive_letter(name) {
        return Some("it begins with a drive letter");
    }
    if name.chars().any(is_deceptive) {
        return Some("it has a character that can't be seen or that changes how others read");
    }
    name.split('/').find_map(|part| match part {
        "" => Some("it has an empty part"),
        "." | ".." => Some("it steps out of its folder"),
        // Windows takes dots and spaces off the end, and then looks for something else.
        _ if part.trim_end_matches([' ', '.']).is_empty() => Some("it has a part of dots and spaces alone"),
        _ => None,
    })
}

fn has_drive_letter(name: &str) -> bool {
    matches!(name.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic())
}

/// A name as the least careful file system compares it: Unicode normalised, without regard to case, and
/// without what Windows takes off the end of each part. Two names with one key are twins.
///
/// The case folding is lower case of upper case, which takes in `ß` and `ſ` as full case folding does
/// (Unicode Standard, section 3.13); it may call more names twins, and never fewer, than the ASCII
/// comparison that most systems stop at.
///
/// ```
/// use kettle_verifier_core::provenance::twin_key;
/// assert_eq!(twin_key("CAF\u{c9}"), twin_key("cafe\u{301}"));
/// assert_eq!(twin_key("bin./rg. "), twin_key("bin/rg"));
/// ```
#[must_use]
pub fn twin_key(name: &str) -> String {
    let key = if name.is_ascii() { name.to_ascii_lowercase() } else { unicode::folded(name) };
    let mut parts = key.split('/');
    if parts.clone().all(|part| windows(part) == part) {
        return key;
    }
    let mut written = String::with_capacity(key.len());
    written.extend(parts.next().map(windows));
    parts.for_each(|part| written.extend(["/", windows(part)]));
    written
}

/// The file that Windows opens under a name: without spaces and dots at its end, and with the name of its
/// usual stream or without.
fn windows(part: &str) -> &str {
    part.strip_suffix("::$data").unwrap_or(part).trim_end_matches([' ', '.'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_names_are_taken() {
        for name in ["rg", "bin/rg", "dist.tar.gz", "a b", "rg.", "..rg", "ripgrep é", "日本/語", "ab:c"]
        {
            assert_eq!(fault(name), None, "{name}");
        }
    }

    #[test]
    fn names_that_escape_or_deceive_are_refused() {
        for name in [
            "",
            "/rg",
            "//rg",
            "../rg",
            "a/../rg",
            "a/..",
            ".",
            "./rg",
            "...",
            ".. /rg",
            "a/. .",
            " ",
            "a//b",
            "a/",
            "a\\b",
            "..\\rg",
            "C:rg",
            "c:/rg",
            "r\0g",
            "r\ng",
            "r\u{202e}g",
            "r\u{200b}g",
            "r\u{ad}g",
            "rg\u{3164}",
            "r\u{34f}g",
        ] {
            assert!(fault(name).is_some(), "{name:?}");
        }
        assert!(fault(&"x".repeat(NAME_BYTES)).is_none());
        assert!(fault(&"x".repeat(NAME_BYTES + 1)).is_some());
    }

    #[test]
    fn twins_have_one_key() {
        for (one, two) in [("RG", "rg"), ("caf\u{e9}", "cafe\u{301}"), ("CAF\u{c9}", "cafe\u{301}")] {
            assert_eq!(twin_key(one), twin_key(two));
        }
        for (one, two) in [("stra\u{df}e", "STRASSE"), ("\u{212a}", "k"), ("\u{17f}", "s")] {
            assert_eq!(twin_key(one), twin_key(two));
        }
        // Marks of different classes come in any order, marks of one class do not.
        assert_eq!(twin_key("q\u{307}\u{323}"), twin_key("q\u{323}\u{307}"));
        assert_ne!(twin_key("q\u{301}\u{300}"), twin_key("q\u{300}\u{301}"));
        assert_eq!(twin_key("\u{d55c}"), twin_key("\u{1112}\u{1161}\u{11ab}"));
        assert_ne!(twin_key("rg"), twin_key("rg2"));
        for same in ["rg.", "rg ", "rg. .", "RG::$DATA", "rg.::$data"] {
            assert_eq!(twin_key(same), "rg", "{same}");
        }
        assert_eq!(twin_key("É./b ../rg."), twin_key("e\u{301}/b/rg"));
        for other in [".rg", "a.b", "App::Cpan.3pm", "rg:x"] {
            assert_eq!(twin_key(other), other.to_ascii_lowercase(), "{other}");
        }
        assert_ne!(twin_key("cafe"), twin_key("caf\u{e9}"));
    }
}
