//! JSON schemas as the types of the bindings for Kotlin, Swift and Ruby.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::failure::{Done, Failure};

const PREFACE: &str = "\
//! Written by `cargo xtask schema` from the Rust types: change it there.

use serde::{Deserialize, Serialize};
";

/// The records and enumerations of schemas with their definitions.
pub(super) fn declarations(schemas: &[&Value]) -> Done<String> {
    let mut known = BTreeMap::new();
    for schema in schemas {
        let title = text_of(schema, "title").to_owned();
        let shared = schema.get("$defs").and_then(Value::as_object).cloned().unwrap_or_default();
        known.extend(shared.into_iter().chain([(title, (*schema).clone())]));
    }
    let mut text = String::from(PREFACE);
    for (name, definition) in &known {
        text.push('\n');
        comment(&mut text, definition, "");
        match definition.get("oneOf").and_then(Value::as_array) {
            Some(choices) => enumeration(&mut text, name, choices),
            None => record(&mut text, name, definition)?,
        }
    }
    Ok(text)
}

fn enumeration(text: &mut String, name: &str, choices: &[Value]) {
    line(text, "#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, uniffi::Enum)]");
    line(text, "#[serde(rename_all = \"snake_case\")]");
    line(text, &format!("pub enum {name} {{"));
    for choice in choices {
        comment(text, choice, "    ");
        line(text, &format!("    {},", camel(text_of(choice, "const"))));
    }
    line(text, "}");
}

/// Fields that every document has come first, in the order of the documents; so the JSON has it, too.
fn record(text: &mut String, name: &str, schema: &Value) -> Done {
    line(text, "#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]");
    line(text, "#[serde(deny_unknown_fields)]");
    line(text, &format!("pub struct {name} {{"));
    let none = Map::new();
    let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&none);
    let required = schema.get("required").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let required: Vec<&str> = required.iter().filter_map(Value::as_str).collect();
    let optional = properties.keys().map(String::as_str).filter(|name| !required.contains(name));
    for field in required.iter().copied().chain(optional) {
        let inner = properties.get(field).ok_or_else(|| unknown(schema))?;
        comment(text, inner, "    ");
        // uniffi has defaults for plain values only: an enumeration is always said.
        if let Some(default) = inner.get("default").filter(|_| inner.get("$ref").is_none()) {
            line(text, &format!("    #[uniffi(default = {default})]"));
        }
        line(text, &format!("    pub {field}: {},", expression(inner)?));
    }
    line(text, "}");
    Ok(())
}

fn expression(schema: &Value) -> Done<String> {
    if schema.get("$ref").is_some() {
        return Ok(reference(schema).to_owned());
    }
    Ok(match (text_of(schema, "type"), text_of(schema, "format")) {
        ("string", _) => "String".into(),
        ("boolean", _) => "bool".into(),
        ("integer", "uint64") => "u64".into(),
        ("array", _) => {
            format!("Vec<{}>", expression(schema.get("items").ok_or_else(|| unknown(schema))?)?)
        }
        _ => return Err(unknown(schema)),
    })
}

fn reference(schema: &Value) -> &str {
    text_of(schema, "$ref").rsplit('/').next().unwrap_or_default()
}

fn text_of<'s>(schema: &'s Value, name: &str) -> &'s str {
    schema.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn camel(word: &str) -> String {
    let part = |part: &str| {
        let mut letters = part.chars();
        letters.next().map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
    };
    word.split('_').filter_map(part).collect()
}

fn comment(text: &mut String, schema: &Value, indent: &str) {
    for each in text_of(schema, "description").lines() {
        line(text, format!("{indent}/// {each}").trim_end());
    }
}

fn line(text: &mut String, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{line}");
}

fn unknown(schema: &Value) -> Failure {
    Failure::new(format!("no record is known for {schema}"))
}
