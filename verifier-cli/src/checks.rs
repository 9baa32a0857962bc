//! `kettle-verify checks`: the table of all checks.

use std::collections::HashSet;
use std::process::ExitCode;

use kettle_verifier_core::appraise::{bundle_checks, evidence_checks};
use kettle_verifier_core::platform;
use kettle_verifier_core::verdict::CheckSpec;
use serde_json::json;

use crate::appraisal;
use crate::args::ChecksArgs;
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

/// A check and the platforms that have it.
struct Row {
    spec: &'static CheckSpec,
    platforms: Vec<&'static str>,
}

/// Every check once, in the order of the stages and within them of the pipeline.
fn rows(only: Option<&str>) -> Result<Vec<Row>, Failure> {
    let labels: Vec<&'static str> = platform::all().map(|platform| platform.label()).collect();
    if let Some(label) = only.filter(|label| !labels.contains(label)) {
        return Err(Failure::new(format!("--platform `{label}`: expected one of {}", labels.join(", "))));
    }
    let mut seen = HashSet::new();
    let mut rows: Vec<Row> = platform::all_checks()
        .filter(|spec| seen.insert(spec.id))
        .map(|spec| Row { spec, platforms: having(spec, &labels) })
        .filter(|row| only.is_none_or(|label| row.platforms.contains(&label)))
        .collect();
    rows.sort_by_key(|row| row.spec.stage);
    Ok(rows)
}

fn having(spec: &CheckSpec, labels: &[&'static str]) -> Vec<&'static str> {
    let has =
        |label: &str| bundle_checks(label).chain(evidence_checks(label)).any(|known| known.id == spec.id);
    labels.iter().copied().filter(|label| has(label)).collect()
}

/// A field-less enum as the verdict spells it.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(Into::into)).unwrap_or_default()
}

fn as_json(rows: &[Row]) -> String {
    let list: Vec<serde_json::Value> = rows
        .iter()
        .map(|Row { spec, platforms }| {
            json!({
                "id": spec.id, "stage": word(&spec.stage), "title": spec.title, "clause": spec.clause,
                "authority": word(&spec.authority), "waivable": spec.waivable, "pins": spec.pins,
                "mend": spec.mend, "platforms": platforms,
            })
        })
        .collect();
    format!("{:#}\n", serde_json::Value::from(list))
}

fn as_markdown(rows: &[Row]) -> String {
    let mut text = String::from(
        "| id | stage | what holds when it passes | waivable | clause | platforms |\n|---|---|---|---|---|---|\n",
    );
    for Row { spec, platforms } in rows {
        let waivable = if spec.waivable { "yes" } else { "no" };
        text.push_str(&format!(
            "| `{}` | {} | {} | {waivable} | {} | {} |\n",
            spec.id,
            word(&spec.stage),
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

fn as_text(rows: &[Row]) -> String {
    let width = rows.iter().map(|row| row.spec.id.len()).max().unwrap_or_default();
    let mut text = String::new();
    let mut stage = None;
    for Row { spec, .. } in rows {
        if stage != Some(spec.stage) {
            let gap = if stage.is_some() { "\n" } else { "" };
            text.push_str(&format!("{gap}{}\n", paint(HEADING, word(&spec.stage))));
            stage = Some(spec.stage);
        }
        let waivable = if spec.waivable { "  (waivable)" } else { "" };
        text.push_str(&format!("  {:width$}  {}{waivable}\n", spec.id, spec.title));
        text.push_str(&format!("  {:width$}  {}\n", "", paint(DIM, spec.clause)));
    }
    text
}
