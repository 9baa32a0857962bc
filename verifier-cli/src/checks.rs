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
    let rows = rows(given.platform.as_deref())?;
    let text = if given.json {
        as_json(&rows)
    } else if given.markdown {
        as_markdown(&rows)
    } else {
        as_text(&rows)
    };
    appraisal::write(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// Every check or, of one platform, those that it performs.
fn rows(only: Option<&str>) -> Result<Vec<Listed>, Failure> {
    let labels: Vec<&'static str> = platform::all().map(|platform| platform.label()).collect();
    if let Some(label) = only.filter(|label| !labels.contains(label)) {
        return Err(Failure::new(format!("--platform `{label}`: expected one of {}", labels.join(", "))));
    }
    let performed =
        |row: &Listed| row.platforms.is_empty() || only.is_none_or(|label| row.platforms.contains(&label));
    Ok(platform::catalogue().into_iter().filter(performed).collect())
}

/// The stage as the verdict spells it.
fn word(stage: Stage) -> String {
    json!(stage).as_str().map(Into::into).unwrap_or_default()
}

fn as_json(rows: &[Listed]) -> String {
    let list: Vec<serde_json::Value> = rows
        .iter()
        .map(|Listed { spec, platforms }| {
            json!({
                "id": spec.id, "stage": spec.stage, "title": spec.title, "clause": spec.clause,
                "authority": spec.authority, "waivable": spec.waivable, "pins": spec.pins,
                "mend": spec.mend, "platforms": platforms,
            })
        })
        .collect();
    format!("{:#}\n", serde_json::Value::from(list))
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
