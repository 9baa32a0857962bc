//! The tokens of a document that was parsed already, and the white space between them.
//!
//! Texts, numbers and escapes are taken as they are spelt and in the order of the file: nothing is
//! written again.

use alloc::vec::Vec;

use crate::crypto::sha256;
use crate::limits::JSON_DEPTH;

/// What the tokens of a document say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tokens {
    /// The tokens without the white space between them.
    compact: Vec<u8>,
    /// How the white space lies.
    pub(crate) shape: Shape,
}

impl Tokens {
    /// SHA-256 over the tokens without the white space between them.
    pub(crate) fn compact_sha256(&self) -> [u8; 32] {
        sha256(&self.compact)
    }
}

/// How the white space of a document lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// There is none between tokens.
    Compact,
    /// As `serde_json` writes it: two spaces a level, `": "`, one member or element a line, empty
    /// arrays and objects closed at once, nothing after the last token.
    Pretty,
    /// Any other way; the first byte of white space that neither shape has.
    Other(usize),
}

/// Reads the tokens of a document. Call it only with bytes that [`super::parse`] took: for others
/// the answer has no meaning.
pub(crate) fn tokens(document: &[u8]) -> Tokens {
    // One hash over a copy is several times as fast as one that takes token by token.
    let mut compact = Vec::with_capacity(document.len());
    let mut layout = Layout::default();
    // Tokens without white space between them are copied at once: those from `run` to `rest`.
    let (mut run, mut rest) = (document, document);
    loop {
        let (gap, after) = split(rest, layout.gap_length(rest));
        if !gap.is_empty() {
            compact.extend_from_slice(split(run, run.len().saturating_sub(rest.len())).0);
            run = after;
        }
        layout.see(gap, after.first().copied().unwrap_or(0), document.len().saturating_sub(rest.len()));
        let length = token_length(after);
        if length == 0 {
            compact.extend_from_slice(split(run, run.len().saturating_sub(after.len())).0);
            return Tokens { compact, shape: layout.shape() };
        }
        rest = split(after, length).1;
    }
}

/// The length of the token that the bytes begin with; 0 at the end.
fn token_length(bytes: &[u8]) -> usize {
    match bytes.first() {
        None => 0,
        Some(b'{' | b'}' | b'[' | b']' | b',' | b':') => 1,
        Some(b'"') => text_length(bytes),
        Some(_) => bytes.iter().take_while(|byte| !ends_scalar(**byte)).count().max(1),
    }
}

fn split(bytes: &[u8], at: usize) -> (&[u8], &[u8]) {
    bytes.split_at_checked(at).unwrap_or((bytes, &[]))
}

const fn ends_scalar(byte: u8) -> bool {
    matches!(byte, b'}' | b']' | b',' | b':') || byte.is_ascii_whitespace()
}

/// The length of a text with its quotes.
fn text_length(bytes: &[u8]) -> usize {
    let mut at = 1_usize;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(next) = memchr::memchr2(b'"', b'\\', rest) else {
            return bytes.len();
        };
        at = at.saturating_add(next).saturating_add(1);
        if rest.get(next) == Some(&b'"') {
            return at;
        }
        // The character after a backslash never closes the text.
        at = at.saturating_add(1);
    }
}

/// A line break and the indentation of the greatest depth, of which others are the beginning.
static LINE: [u8; JSON_DEPTH * 2 + 1] = {
    let mut line = [b' '; JSON_DEPTH * 2 + 1];
    line[0] = b'\n';
    line
};

/// What both shapes expect before the next token.
#[derive(Default)]
struct Layout {
    depth: usize,
    previous: u8,
    not_compact: Option<usize>,
    not_pretty: Option<usize>,
}

impl Layout {
    /// The length of the white space that the bytes begin with. The one of the usual shape is found
    /// at once.
    fn gap_length(&self, bytes: &[u8]) -> usize {
        if !bytes.first().is_some_and(u8::is_ascii_whitespace) {
            return 0;
        }
        let line = self.line();
        match bytes.strip_prefix(line) {
            Some([next, ..]) if !next.is_ascii_whitespace() => line.len(),
            _ => bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count(),
        }
    }

    /// Takes the next token: the white space before it, which lies at `position`, and its first byte,
    /// 0 at the end.
    fn see(&mut self, gap: &[u8], first: u8, position: usize) {
        let closes = matches!(first, b'}' | b']');
        if closes {
            self.depth = self.depth.saturating_sub(1);
        }
        if !gap.is_empty() {
            self.not_compact.get_or_insert(position);
        }
        if !self.pretty(gap, first, closes) {
            self.not_pretty.get_or_insert(position);
        }
        if matches!(first, b'{' | b'[') {
            self.depth = self.depth.saturating_add(1);
        }
        self.previous = first;
    }

    fn pretty(&self, gap: &[u8], first: u8, closes: bool) -> bool {
        match self.previous {
            b'{' | b'[' if closes => gap.is_empty(),
            b'{' | b'[' | b',' => gap == self.line(),
            b':' => gap == b" ",
            _ if closes => gap == self.line(),
            _ => gap.is_empty() && (self.previous == 0 || matches!(first, 0 | b',' | b':')),
        }
    }

    /// A line break, and the indentation of this depth. No document is deeper than the longest.
    fn line(&self) -> &'static [u8] {
        LINE.get(..self.depth.saturating_mul(2).saturating_add(1)).unwrap_or_default()
    }

    fn shape(&self) -> Shape {
        match (self.not_compact, self.not_pretty) {
            (None, _) => Shape::Compact,
            (Some(_), None) => Shape::Pretty,
            (Some(_), Some(position)) => Shape::Other(position),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    const COMPACT: &[u8] = br#"{"a":[1,-2.5e3,{}],"b\" ":{"c":null,"d":[]},"e":"x\\"}"#;
    const PRETTY: &[u8] = b"{\n  \"a\": [\n    1,\n    -2.5e3,\n    {}\n  ],\n  \"b\\\" \": {\n    \"c\": null,\n    \"d\": []\n  },\n  \"e\": \"x\\\\\"\n}";

    #[test]
    fn both_shapes_have_one_compact_digest() {
        for (document, shape) in [(COMPACT, Shape::Compact), (PRETTY, Shape::Pretty)] {
            assert!(parse(document, 1000).is_ok());
            let expected = Tokens { compact: COMPACT.to_vec(), shape };
            assert_eq!(tokens(document), expected);
            assert_eq!(expected.compact_sha256(), sha256(COMPACT));
        }
    }

    #[test]
    fn the_pretty_shape_is_the_one_that_serde_json_writes() {
        let value: serde_json::Value = serde_json::from_slice(COMPACT).unwrap();
        let written = serde_json::to_vec_pretty(&value).unwrap();
        assert_eq!(tokens(&written).shape, Shape::Pretty);
    }

    #[test]
    fn any_other_white_space_is_another_shape() {
        // Each gap of the pretty form, widened by each kind of white space.
        let gaps: Vec<usize> = (0..=PRETTY.len())
            .filter(|at| {
                let mut wider = PRETTY.to_vec();
                wider.insert(*at, b' ');
                parse(&wider, 1000).is_ok() && tokens(&wider).compact_sha256() == sha256(COMPACT)
            })
            .collect();
        assert!(gaps.len() > 40, "{}", gaps.len());
        for at in gaps {
            for space in *b" \n\t\r" {
                let mut wider = PRETTY.to_vec();
                wider.insert(at, space);
                let Shape::Other(position) = tokens(&wider).shape else { panic!("{at} {space}") };
                assert!(position <= at, "{at} {position}");
            }
        }
        let crlf: Vec<u8> = PRETTY.split(|byte| *byte == b'\n').collect::<Vec<_>>().join(&b"\r\n"[..]);
        assert!(matches!(tokens(&crlf).shape, Shape::Other(1)));
        assert_eq!(tokens(b"{\"a\":1\n}").shape, Shape::Other(1));
        assert_eq!(tokens(b"[\n  1\n ]").shape, Shape::Other(5));
    }

    #[test]
    fn spelling_and_order_count() {
        for other in [
            &br#"{"a":[1,-2500.0,{}],"b\" ":{"c":null,"d":[]},"e":"x\\"}"#[..],
            br#"{"\u0061":[1,-2.5e3,{}],"b\" ":{"c":null,"d":[]},"e":"x\\"}"#,
            br#"{"e":"x\\","a":[1,-2.5e3,{}],"b\" ":{"c":null,"d":[]}}"#,
            br#"{"a":[1,-2.5e3,{}],"b\"":{"c":null,"d":[]},"e":"x\\"}"#,
        ] {
            assert!(parse(other, 1000).is_ok());
            assert_ne!(tokens(other).compact_sha256(), sha256(COMPACT));
        }
    }
}
