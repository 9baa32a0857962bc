//! Reading parts of the document by their JSON pointer.

use alloc::borrow::Cow;
use alloc::string::String;

use crate::json::Value;
use crate::log::Finding;
use crate::text::is_hex;

/// A value with what was found, or what was found instead.
pub(super) type Read<T> = Result<(T, Finding), Finding>;

/// The value at a pointer whose names have neither `~` nor `/` in them (RFC 6901).
pub(super) fn at<'v, 'a>(value: &'v Value<'a>, pointer: &str) -> Option<&'v Value<'a>> {
    pointer.split('/').skip(1).try_fold(value, |value, name| value.get(name))
}

/// The text at a pointer.
pub(super) fn text<'v>(value: &'v Value<'_>, pointer: &str) -> Option<&'v str> {
    at(value, pointer)?.as_str()
}

/// The text at a pointer, or a finding that says what is there instead.
pub(super) fn text_or<'v>(value: &'v Value<'_>, pointer: &str, expected: &str) -> Result<&'v str, Finding> {
    let found = at(value, pointer);
    found
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
        .ok_or_else(|| Finding::new(expected, describe(found)).at(pointer))
}

/// A value for a sentence: a text as it is, of others their kind.
pub(super) fn describe<'v>(value: Option<&'v Value<'_>>) -> Cow<'v, str> {
    match value {
        None => "nothing".into(),
        Some(Value::String(text)) if text.is_empty() => "an empty text".into(),
        Some(Value::String(text)) => Cow::Borrowed(text),
        Some(Value::Number(number)) => alloc::format!("the number {number}").into(),
        Some(other) => other.kind().into(),
    }
}

/// The members' names of an object, for a sentence.
pub(super) fn member_names(value: Option<&Value<'_>>) -> String {
    let Some(members) = value.and_then(Value::as_object) else {
        return describe(value).into_owned();
    };
    let names: alloc::vec::Vec<&str> = members.iter().map(|(name, _)| &**name).collect();
    if names.is_empty() { "an empty object".into() } else { names.join(", ") }
}

/// Whether a text is the lower-case hex of a SHA-256.
pub(super) fn is_sha256(text: &str) -> bool {
    text.len() == 64 && is_hex(text)
}

/// Whether a text is a Git object id: lower-case hex of 20 or 32 bytes.
pub(super) fn is_git_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && is_hex(text)
}
