//! What several targets share.

use std::path::PathBuf;

use kettle_verifier_core::{Outcome, Timestamp, Verdict};

/// The time of appraisal: inside the windows of most genuine captures.
pub fn now() -> Timestamp {
    Timestamp::from_unix(1_785_000_000).expect("a time before the year 9999")
}

/// Splits an input in two at the length in its first four bytes, little-endian, so that a seed can
/// be put together by hand: length, first part, second part.
pub fn split(input: &[u8]) -> (&[u8], &[u8]) {
    let Some((length, rest)) = input.split_first_chunk::<4>() else { return (input, &[]) };
    let length = u32::from_le_bytes(*length) as usize;
    rest.split_at(length.min(rest.len()))
}

/// What holds of every verdict on input that nobody vouched for.
pub fn sound(verdict: &Verdict) {
    assert_ne!(verdict.outcome, Outcome::Verified, "nothing is pinned, so nothing is verified");
    assert!(!verdict.checks.is_empty(), "a verdict lists every check");
    assert!(!verdict.sentence.is_empty(), "a verdict says what it means");
    assert!(verdict.to_json().len() > 2, "a verdict can be written");
    assert!(!verdict.sentence.chars().any(char::is_control), "hostile text is escaped");
}

/// A file with these bytes, for what reads files. Each process has one of its own.
pub fn file(bytes: &[u8]) -> PathBuf {
    let path = std::env::temp_dir().join(format!("kettle-fuzz-{}", std::process::id()));
    std::fs::write(&path, bytes).expect("a folder for temporary files");
    path
}

/// A JSON document without the white space outside its texts.
pub fn minified(document: &[u8]) -> Vec<u8> {
    let (mut within, mut escaped) = (false, false);
    let keep = |byte: &u8| {
        let kept = within || !b" \t\r\n".contains(byte);
        within ^= *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        kept
    };
    document.iter().copied().filter(keep).collect()
}
