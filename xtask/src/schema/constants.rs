//! The constants of the C interface: version and outcomes.

use kettle_verifier_core::Outcome;
use serde_json::Value;

use crate::failure::{Done, Failure};

/// What an outcome's number begins from: zero and the exit codes themselves would read as success.
const FIRST: u32 = 2000;

/// `verifier-ffi/src/generated.rs`.
pub(super) fn rust() -> Done<String> {
    let outcomes = outcomes()?;
    let mut text = HEAD.to_owned();
    for (name, number) in ["MAJOR", "MINOR", "PATCH"].iter().zip(env!("CARGO_PKG_VERSION").split('.')) {
        let lower = name.to_lowercase();
        text += &format!("\n/// The {lower} version.\npub const VERSION_{name}: u32 = {number};\n");
    }
    text.push_str(OUTCOME);
    for outcome in &outcomes {
        let Named { variant, description, number } = outcome;
        text += &format!("    /// {description}\n    {variant} = {number},\n");
    }
    text.push_str(CONVERSION);
    for outcome in &outcomes {
        text += &format!("            core::{0} => Self::{0},\n", outcome.variant);
    }
    text.push_str("        }\n    }\n}\n");
    Ok(text)
}

struct Named {
    variant: String,
    description: String,
    number: u32,
}

/// The outcomes as the schema lists them; the number comes from the exit code, which never changes.
fn outcomes() -> Done<Vec<Named>> {
    let schema = schemars::schema_for!(Outcome).to_value();
    let listed = schema.get("oneOf").and_then(Value::as_array);
    listed.ok_or_else(|| Failure::new("the schema of an outcome lists none"))?.iter().map(named).collect()
}

fn named(entry: &Value) -> Done<Named> {
    let text = |key: &str| entry.get(key).and_then(Value::as_str);
    let word = text("const").ok_or_else(|| Failure::new("an outcome without a name"))?;
    let outcome: Outcome =
        serde_json::from_value(Value::from(word)).map_err(|error| Failure::new(error.to_string()))?;
    Ok(Named {
        variant: format!("{outcome:?}"),
        description: text("description").unwrap_or_default().replace('\n', " "),
        number: FIRST.saturating_add(outcome.exit_code().into()),
    })
}

const HEAD: &str = "\
//! Written by `cargo xtask schema`: change it there.

use kettle_verifier_core::Outcome as core;
";

const OUTCOME: &str = "
/// The outcome of an appraisal. The numbers never change.
#[repr(u32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// There is no verdict.
    None = 0,
";

const CONVERSION: &str = "}

impl From<core> for Outcome {
    fn from(outcome: core) -> Self {
        match outcome {
";
