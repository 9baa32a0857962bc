//! A document as text.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt::Write as _;

use super::{Member, Value};

/// Values and members of objects, to be put together where they are written.
pub(crate) fn text<'a>(value: impl Into<Cow<'a, str>>) -> Value<'a> {
    Value::String(value.into())
}

/// A list of one.
pub(crate) fn one(value: Value<'_>) -> Value<'_> {
    Value::Array(vec![value])
}

/// An object that grows.
#[derive(Default)]
pub(crate) struct Object<'a>(Vec<Member<'a>>);

impl<'a> Object<'a> {
    /// With a member more.
    pub(crate) fn with(mut self, name: &'static str, value: Value<'a>) -> Self {
        self.0.push((Cow::Borrowed(name), value));
        self
    }

    /// With a member more, where there is one.
    pub(crate) fn with_some(self, name: &'static str, value: Option<Value<'a>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// With a list more, where anything is in it.
    pub(crate) fn with_list(self, name: &'static str, list: Vec<Value<'a>>) -> Self {
        if list.is_empty() { self } else { self.with(name, Value::Array(list)) }
    }

    pub(crate) fn end(self) -> Value<'a> {
        Value::Object(self.0)
    }
}

impl Value<'_> {
    /// The document on one line.
    ///
    /// ```
    /// use kettle_verifier_core::json;
    /// let value = json::parse(br#"{"name": "rg", "size": [3]}"#, 100).unwrap();
    /// assert_eq!(value.to_line(), r#"{"name":"rg","size":[3]}"#);
    /// ```
    #[must_use]
    pub fn to_line(&self) -> String {
        let mut printer = Printer { text: String::new(), depth: None };
        printer.value(self);
        printer.text
    }

    /// The document on lines that are indented by two spaces for each level.
    #[must_use]
    pub fn to_lines(&self) -> String {
        let mut printer = Printer { text: String::new(), depth: Some(0) };
        printer.value(self);
        printer.text
    }
}

struct Printer {
    text: String,
    /// The level, where there are lines.
    depth: Option<usize>,
}

impl Printer {
    /// As deep as the parser takes, and as whoever puts values together goes.
    fn value(&mut self, value: &Value<'_>) {
        match value {
            Value::Null => self.text.push_str("null"),
            Value::Bool(true) => self.text.push_str("true"),
            Value::Bool(false) => self.text.push_str("false"),
            // Writing to a string can't fail.
            Value::Number(number) => {
                let _ = write!(self.text, "{number}");
            }
            Value::String(text) => self.string(text),
            Value::Array(entries) => {
                self.text.push('[');
                for (index, entry) in entries.iter().enumerate() {
                    self.begin(index);
                    self.value(entry);
                }
                self.close(']', entries.is_empty());
            }
            Value::Object(members) => {
                self.text.push('{');
                for (index, (name, inner)) in members.iter().enumerate() {
                    self.begin(index);
                    self.string(name);
                    self.text.push_str(if self.depth.is_some() { ": " } else { ":" });
                    self.value(inner);
                }
                self.close('}', members.is_empty());
            }
        }
    }

    fn begin(&mut self, index: usize) {
        if index > 0 {
            self.text.push(',');
        } else if let Some(depth) = &mut self.depth {
            *depth = depth.saturating_add(1);
        }
        self.line();
    }

    fn close(&mut self, end: char, empty: bool) {
        if !empty {
            if let Some(depth) = &mut self.depth {
                *depth = depth.saturating_sub(1);
            }
            self.line();
        }
        self.text.push(end);
    }

    fn line(&mut self) {
        if let Some(depth) = self.depth {
            self.text.push('\n');
            for _ in 0..depth {
                self.text.push_str("  ");
            }
        }
    }

    fn string(&mut self, text: &str) {
        self.text.push('"');
        for character in text.chars() {
            match character {
                '"' | '\\' => {
                    self.text.push('\\');
                    self.text.push(character);
                }
                '\n' => self.text.push_str("\\n"),
                '\0'..='\u{1f}' => {
                    let _ = write!(self.text, "\\u{:04x}", u32::from(character));
                }
                _ => self.text.push(character),
            }
        }
        self.text.push('"');
    }
}

#[cfg(test)]
mod tests {
    use crate::json;

    #[test]
    fn what_was_printed_is_read_back() {
        let text = r#"{"a":[],"b":{},"c":[null,true,false,-1,2.5,1e300],"d":"\"\\\n\u0001é"}"#;
        let value = json::parse(text.as_bytes(), 1000).unwrap();
        for printed in [value.to_line(), value.to_lines()] {
            assert_eq!(json::parse(printed.as_bytes(), 1000).unwrap(), value, "{printed}");
        }
        let known: serde_json::Value = serde_json::from_str(r#"{"a":[],"b":{"c":["d",1]}}"#).unwrap();
        let value = json::parse(br#"{"a":[],"b":{"c":["d",1]}}"#, 1000).unwrap();
        assert_eq!(value.to_lines(), serde_json::to_string_pretty(&known).unwrap());
    }
}
