//! `kettle-verify checks`: the table of all checks.

use kettle_verifier_core::platform::{self, Listed};
use kettle_verifier_core::verdict::Stage;
use serde_json::json;

use crate::appraisal;
use crate::args::ChecksArgs;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::style::{DIM, HEADING, paint};

/// Prints the table.
pub(crate) fn run(given: &ChecksArgs) -> Result<ExitCode, Failure> {
    let only = given.platform.as_deref();
    let rows = platform::checks_of(only).map_err(|labels| {
        Failure::new(format!("--platform `{}`: expected one of {labels}", only.unwrap_or_default()))
    })?;
    let text = if given.json {
        as_json(&rows)?
    } else if given.markdown {
        as_markdown(&rows)
    } else {
        as_text(&rows)
    };
    appraisal::write(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// The stage as the verdict spells it.
fn word(stage: Stage) -> String {
    json!(stage).as_str().map(Into::into).unwrap_or_default()
}

fn as_json(rows: &[Listed]) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(rows).map_err(|error| Failure::new(error.to_string()))?;
    Ok(format!("{text}\n"))
}

fn as_markdown(rows: &[Listed]) -> String {
    let mut text = String::from(
        "| id | stage | what holds when it passes | waivable | clause | platforms |\n|---|---|---|---|---|---|\n",
    );
    for Listed { spec, platforms } in rows {
        let waivable = if spec.waivable { "yes" } else { "no" };
        text.push_str(&format!(
            "| `{}` | {} | {} | {waivable} | {} | {} |\n",
            spec.id,
            word(spec.stage),
            cell(spec.title),
            cell(spec.clause),
            platforms.join(", ")
        ));
    }
    text
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn as_text(rows: &[Listed]) -> String {
    let width = rows.iter().map(|row| row.spec.id.len()).max().unwrap_or_default();
    let mut text = String::new();
    let mut stage = None;
    for Listed { spec, .. } in rows {
        if stage != Some(spec.stage) {
            let gap = if stage.is_some() { "\n" } else { "" };
            text.push_str(&format!("{gap}{}\n", paint(HEADING, word(spec.stage))));
            stage = Some(spec.stage);
        }
        let waivable = if spec.waivable { "  (waivable)" } else { "" };
        text.push_str(&format!("  {:width$}  {}{waivable}\n", spec.id, spec.title));
        text.push_str(&format!("  {:width$}  {}\n", "", paint(DIM, spec.clause)));
    }
    text
}
