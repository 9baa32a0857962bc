//! From bytes to a [`Value`]. The grammar is `serde_json`'s; the bounds and the uniqueness of names
//! are ours.

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::Cell;
use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{JsonError, JsonErrorKind, Member, Number, Value};
use crate::limits::{JSON_DEPTH, JSON_VALUES};

/// Reads one strict JSON document of at most `limit` bytes.
///
/// ```
/// use kettle_verifier_core::json::{self, JsonErrorKind};
/// let error = json::parse(br#"{"a": 1, "\u0061": 2}"#, 100).unwrap_err();
/// assert_eq!((error.kind, error.position), (JsonErrorKind::DuplicateName, 9));
/// ```
///
/// # Errors
/// [`JsonError`] with the byte position.
pub fn parse(bytes: &[u8], limit: usize) -> Result<Value<'_>, JsonError> {
    if bytes.len() > limit {
        return Err(JsonErrorKind::TooLarge { limit }.at(limit));
    }
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Err(JsonErrorKind::ByteOrderMark.at(0));
    }
    let text = core::str::from_utf8(bytes).map_err(|error| JsonErrorKind::Utf8.at(error.valid_up_to()))?;
    let bounds = Bounds { values: Cell::new(0), crossed: Cell::new(None) };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = ValueSeed { bounds: &bounds, depth: 0 }
        .deserialize(&mut deserializer)
        .map_err(|error| located(&error, bounds.crossed.get(), text))?;
    deserializer.end().map_err(|error| JsonErrorKind::Trailing.at(position(&error, text)))?;
    Ok(value)
}

/// What is counted over the whole document, and the bound that was crossed: the grammar's own error
/// type has no room for it.
struct Bounds {
    values: Cell<usize>,
    crossed: Cell<Option<JsonErrorKind>>,
}

impl Bounds {
    fn cross<E: serde::de::Error>(&self, kind: JsonErrorKind) -> E {
        self.crossed.set(Some(kind));
        E::custom("")
    }

    fn count<E: serde::de::Error>(&self) -> Result<(), E> {
        let values = self.values.get().saturating_add(1);
        self.values.set(values);
        if values > JSON_VALUES {
            return Err(self.cross(JsonErrorKind::TooManyValues { limit: JSON_VALUES }));
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
struct ValueSeed<'b> {
    bounds: &'b Bounds,
    depth: usize,
}

impl ValueSeed<'_> {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth >= JSON_DEPTH {
            return Err(self.bounds.cross(JsonErrorKind::TooDeep { limit: JSON_DEPTH }));
        }
        Ok(Self { depth: self.depth.saturating_add(1), ..self })
    }
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = Value<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value<'de>, D::Error> {
        self.bounds.count()?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value<'de>, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value<'de>, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value<'de>, E> {
        Ok(Value::Number(Number::Unsigned(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value<'de>, E> {
        Ok(Value::Number(Number::Negative(value)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value<'de>, E> {
        Ok(Value::Number(Number::Real(value)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value<'de>, E> {
        Ok(Value::String(Cow::Owned(text.into())))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::String(Cow::Borrowed(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value<'de>, A::Error> {
        let seed = self.deeper()?;
        let mut elements = Vec::new();
        while let Some(element) = access.next_element_seed(seed)? {
            elements.push(element);
        }
        Ok(Value::Array(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value<'de>, A::Error> {
        let seed = self.deeper()?;
        let mut members = Vec::new();
        let mut names = Names::default();
        while let Some(name) = access.next_key_seed(NameSeed)? {
            if !names.insert(&name, &members) {
                return Err(self.bounds.cross(JsonErrorKind::DuplicateName));
            }
            members.push((name, access.next_value_seed(seed)?));
        }
        Ok(Value::Object(members))
    }
}

/// The names of an object. A few are compared one by one; many are kept in a tree, whose cost no
/// choice of names can raise.
#[derive(Default)]
struct Names<'de>(BTreeSet<Cow<'de, str>>);

impl<'de> Names<'de> {
    /// False where the name is there already.
    #[allow(clippy::ptr_arg, reason = "a borrowed name is cloned without copying its text")]
    fn insert(&mut self, name: &Cow<'de, str>, members: &[Member<'de>]) -> bool {
        if members.len() < FEW_NAMES {
            return members.iter().all(|(known, _)| known != name);
        }
        if self.0.is_empty() {
            self.0.extend(members.iter().map(|(known, _)| known.clone()));
        }
        self.0.insert(name.clone())
    }
}

struct NameSeed;

impl<'de> DeserializeSeed<'de> for NameSeed {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for NameSeed {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, text: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(String::from(text)))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(text))
    }
}

fn located(error: &serde_json::Error, crossed: Option<JsonErrorKind>, text: &str) -> JsonError {
    let position = position(error, text);
    match crossed {
        Some(kind) => kind.at(beginning(kind, text.as_bytes(), position)),
        None if error.is_eof() => JsonErrorKind::End.at(text.len()),
        None => syntax(&error.to_string()).at(position),
    }
}

/// Where the name or the array begins that crossed a bound. The library has read past it by then:
/// by white space and at most the closing bracket.
fn beginning(kind: JsonErrorKind, bytes: &[u8], position: usize) -> usize {
    let last = |end: usize, wanted: fn(u8) -> bool| {
        bytes.get(..end).unwrap_or_default().iter().rposition(|byte| wanted(*byte)).unwrap_or(position)
    };
    let read = position.saturating_add(1);
    match kind {
        JsonErrorKind::DuplicateName => opening_quote(bytes, last(read, |byte| byte == b'"')),
        JsonErrorKind::TooDeep { .. } => last(read, |byte| matches!(byte, b'[' | b'{')),
        _ => position,
    }
}

/// The finer kind of a syntax error. The library tells it in words only; a word it changes one day
/// makes the sentence coarser and nothing else.
fn syntax(message: &str) -> JsonErrorKind {
    let kinds = [
        ("invalid escape", JsonErrorKind::Escape),
        ("lone leading surrogate", JsonErrorKind::Escape),
        ("unexpected end of hex escape", JsonErrorKind::Escape),
        ("invalid unicode code point", JsonErrorKind::Escape),
        ("control character", JsonErrorKind::Control),
        ("invalid number", JsonErrorKind::Number),
        ("number out of range", JsonErrorKind::Number),
    ];
    kinds
        .into_iter()
        .find(|(words, _)| message.starts_with(words))
        .map_or(JsonErrorKind::Syntax, |(_, kind)| kind)
}

/// The library counts lines and, within the line, bytes; both from one.
fn position(error: &serde_json::Error, text: &str) -> usize {
    let earlier = error.line().saturating_sub(1);
    let start: usize = text.split_inclusive('\n').take(earlier).map(str::len).sum();
    start.saturating_add(error.column().saturating_sub(1)).min(text.len())
}

/// Where the text begins whose closing quote is at `close`: at the nearest quote before it that is
/// not escaped, since every quote within a text is.
fn opening_quote(bytes: &[u8], close: usize) -> usize {
    let escaped = |quote: usize| {
        let before = bytes.get(..quote).unwrap_or_default();
        before.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
    };
    (0..close).rev().find(|at| bytes.get(*at) == Some(&b'"') && !escaped(*at)).unwrap_or(close)
}

/// Up to so many names are compared one by one.
const FEW_NAMES: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::{format, vec};

    fn error(bytes: &[u8]) -> (JsonErrorKind, usize) {
        let error = parse(bytes, 1 << 20).unwrap_err();
        (error.kind, error.position)
    }

    #[test]
    fn values_are_read_in_order() {
        let value = parse(br#"{"b": [1, -2, 1e0, null, true], "a": "x\u0041"}"#, 100).unwrap();
        let b = vec![
            Value::Number(Number::Unsigned(1)),
            Value::Number(Number::Negative(-2)),
            Value::Number(Number::Real(1.0)),
            Value::Null,
            Value::Bool(true),
        ];
        let members = vec![("b".into(), Value::Array(b)), ("a".into(), Value::String("xA".into()))];
        assert_eq!(value, Value::Object(members));
        assert_eq!(value.get("b").unwrap().as_array().unwrap()[2].as_u64(), None);
    }

    #[test]
    fn texts_without_escapes_are_borrowed() {
        let value = parse(br#"{"a": "b"}"#, 100).unwrap();
        let Value::Object(members) = value else { panic!("an object") };
        assert!(matches!(members[0], (Cow::Borrowed("a"), Value::String(Cow::Borrowed("b")))));
    }

    #[test]
    fn a_name_that_comes_twice_is_found_at_any_depth_and_behind_escapes() {
        use JsonErrorKind::DuplicateName;
        assert_eq!(error(br#"{"a":1,"a":1}"#), (DuplicateName, 7));
        assert_eq!(error(br#"{"a":1,"\u0061":1}"#), (DuplicateName, 7));
        assert_eq!(error(br#"{"a":1,"a" :1}"#), (DuplicateName, 7));
        assert_eq!(error(b"[\n {\n\"a\\\"b\":1,\n \"a\\u0022b\":1}]"), (DuplicateName, 16));
        let many: String = (0..50).map(|n| format!("\"n{n}\":{n},")).collect();
        let twice = format!("{{{many}\"n7\":0}}");
        assert_eq!(error(twice.as_bytes()), (DuplicateName, 1 + many.len()));
        let once = format!("{{{many}\"m\":0}}");
        assert_eq!(parse(once.as_bytes(), 1000).unwrap().as_object().unwrap().len(), 51);
    }

    #[test]
    fn what_surrounds_the_document_is_refused() {
        assert_eq!(error(b"\xef\xbb\xbf{}"), (JsonErrorKind::ByteOrderMark, 0));
        assert_eq!(error(b"{}\n{}"), (JsonErrorKind::Trailing, 3));
        assert_eq!(error(b"{}\0"), (JsonErrorKind::Trailing, 2));
        assert_eq!(error(b""), (JsonErrorKind::End, 0));
        assert_eq!(error(b" \n"), (JsonErrorKind::End, 2));
        assert!(parse(b" {}\r\n", 100).is_ok());
    }

    #[test]
    fn texts_are_unicode() {
        assert_eq!(error(b"[\"a\xff\"]"), (JsonErrorKind::Utf8, 3));
        assert_eq!(error(b"[\"\xed\xa0\x80\"]"), (JsonErrorKind::Utf8, 2));
        for lone in [&br#"["\ud800"]"#[..], br#"["\udc00"]"#, br#"["\ud800\u0041"]"#, br#"["\ud800x"]"#] {
            assert_eq!(error(lone).0, JsonErrorKind::Escape);
        }
        assert_eq!(error(br#"["\x"]"#), (JsonErrorKind::Escape, 3));
        assert_eq!(error(b"[\"a\nb\"]").0, JsonErrorKind::Control);
    }

    #[test]
    fn syntax_errors_name_their_byte() {
        assert_eq!(error(b"{\n  \"a\": 1,\n  b: 2}"), (JsonErrorKind::Syntax, 14));
        assert_eq!(error(b"{\"a\": [1, 2"), (JsonErrorKind::End, 11));
        assert_eq!(error(b"[NaN]"), (JsonErrorKind::Syntax, 1));
        assert_eq!(error(b"[01]"), (JsonErrorKind::Number, 2));
        assert_eq!(error(b"[1e999]").0, JsonErrorKind::Number);
    }

    #[test]
    fn bounds_hold() {
        assert_eq!(parse(b"[1]", 2).unwrap_err().kind, JsonErrorKind::TooLarge { limit: 2 });
        let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
        assert!(parse(nested(JSON_DEPTH).as_bytes(), 100).is_ok());
        let too_deep = JsonErrorKind::TooDeep { limit: JSON_DEPTH };
        assert_eq!(error(nested(JSON_DEPTH + 1).as_bytes()), (too_deep, JSON_DEPTH));
        assert_eq!(error("[".repeat(100_000).as_bytes()).0, too_deep);
        let flat = |count: usize| format!("[{}0]", "0,".repeat(count - 2));
        assert!(parse(flat(JSON_VALUES).as_bytes(), 1 << 20).is_ok());
        let too_many = JsonErrorKind::TooManyValues { limit: JSON_VALUES };
        assert_eq!(error(flat(JSON_VALUES + 1).as_bytes()).0, too_many);
    }

    #[test]
    fn every_error_is_a_sentence() {
        assert_eq!(parse(b"[1,]", 9).unwrap_err().to_string(), "this byte is not allowed here at byte 3");
    }

    /// <https://github.com/nst/JSONTestSuite>
    #[test]
    fn the_json_test_suite_agrees() {
        let Some(folder) = crate::vectors::folder("json/jsontestsuite/test_parsing") else { return };
        // Grammar leaves both to the reader (RFC 8259, section 4: names SHOULD be unique).
        let stricter = ["y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"];
        let mut seen = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            let accepted = parse(&std::fs::read(&path).unwrap(), 1 << 20).is_ok();
            match name.split('_').next() {
                Some("y") => assert_eq!(accepted, !stricter.contains(&name), "{name}"),
                Some("n") => assert!(!accepted, "{name}"),
                _ => {}
            }
            seen += 1;
        }
        assert!(seen > 300, "{seen}");
    }
}
