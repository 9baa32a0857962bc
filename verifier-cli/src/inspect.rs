//! `kettle-verify inspect`: what a bundle claims, without judging it.

use kettle_verifier_core::Verdict;
use kettle_verifier_core::json::{self, Value};
use kettle_verifier_core::limits::{EVIDENCE_BYTES, PROVENANCE_BYTES};
use kettle_verifier_core::request::Content;
use kettle_verifier_core::verdict::{Authority, Claim};
use kettle_verifier_io::{Input, Request, read};

use crate::appraisal::{self, Asked};
use crate::args::InspectArgs;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::progress::Bar;
use crate::report::Page;
use crate::style::{DIM, ERROR, paint, printable};

const BANNER: &str = "NOT VERIFIED: this repeats what a bundle says and judges nothing of it";

/// Lists of a document that are shown up to this many entries.
const SHOWN: usize = 6;

/// Shows a bundle.
pub(crate) fn run(given: &InspectArgs, quiet: bool) -> Result<ExitCode, Failure> {
    let request = Request { paths: given.paths.clone(), ..Request::default() };
    let mut bar = Bar::new(quiet);
    let input = read(&request, &mut |progress| bar.show(progress))?;
    bar.finish();
    let provenance = json::parse(&input.provenance, PROVENANCE_BYTES);
    let evidence = json::parse(&input.evidence, EVIDENCE_BYTES);
    let content = Content::Bundle(input.bundle());
    let verdict = Asked::from(&given.time).terms()?.appraise(&content);
    let text = if given.json {
        format!("{}\n", content.claims(&verdict))
    } else {
        let mut page = Page::new();
        page.line(&paint(ERROR, BANNER));
        document("provenance.json", provenance, &mut page);
        artifacts(&input, &mut page);
        document("evidence.json", evidence, &mut page);
        hardware(&verdict, &mut page);
        beside(&input, &mut page);
        page.gap();
        page.line(&paint(ERROR, BANNER));
        page.finish()
    };
    appraisal::write(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn document(name: &str, read: Result<Value<'_>, json::JsonError>, page: &mut Page) {
    page.heading(&format!("{name} claims"));
    match read {
        Ok(value) => tree(1, &value, page),
        Err(error) => page.text("  ", &format!("no strict JSON: {error}")),
    }
}

/// A document as an indented tree.
fn tree(depth: usize, value: &Value<'_>, page: &mut Page) {
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                branch(depth, &printable(name), inner, page);
            }
        }
        Value::Array(entries) => {
            for (index, inner) in entries.iter().take(SHOWN).enumerate() {
                branch(depth, &format!("{}.", index.saturating_add(1)), inner, page);
            }
            if entries.len() > SHOWN {
                let more = entries.len().saturating_sub(SHOWN);
                page.entry(depth, "…", &format!("{more} more"));
            }
        }
        scalar => page.entry(depth, "", &shown(scalar)),
    }
}

fn branch(depth: usize, name: &str, value: &Value<'_>, page: &mut Page) {
    match value {
        Value::Object(_) | Value::Array(_) => {
            page.entry(depth, name, "");
            tree(depth.saturating_add(1), value, page);
        }
        scalar => page.entry(depth, name, &shown(scalar)),
    }
}

fn shown(scalar: &Value<'_>) -> String {
    match scalar {
        Value::String(text) if text.chars().count() > 200 => {
            format!("{}… ({} characters)", printable(&text.chars().take(72).collect::<String>()), text.len())
        }
        Value::String(text) => printable(text),
        Value::Number(number) => number.to_string(),
        Value::Bool(value) => value.to_string(),
        _ => "null".into(),
    }
}

fn artifacts(input: &Input, page: &mut Page) {
    page.heading("Artifacts that are there");
    for file in &input.artifacts.files {
        page.text("  ", &format!("{}  {} bytes", printable(&file.name), file.size));
        page.value(" ", &hex(&file.sha256));
    }
    if input.artifacts.files.is_empty() {
        page.text("  ", "none");
    }
}

/// What lies in the evidence's bytes, in words: the appraisal records it as far as it comes.
fn hardware(verdict: &Verdict, page: &mut Page) {
    let said = |claim: &&Claim| matches!(claim.authority, Authority::Hardware | Authority::Collateral);
    for (index, claim) in verdict.claims.iter().filter(said).enumerate() {
        if index == 0 {
            page.heading("What its bytes say");
        }
        page.entry(1, &claim.id, &claim.value);
    }
}

fn beside(input: &Input, page: &mut Page) {
    let ignored = input.ignored();
    let (certificates, lists) = (input.collateral.certificates.len(), input.collateral.crls.len());
    if certificates == 0 && lists == 0 && ignored.is_empty() {
        return;
    }
    page.heading("Beside them");
    if certificates > 0 || lists > 0 {
        page.text("  ", &format!("{certificates} certificates, {lists} revocation lists"));
    }
    for ignored in &ignored {
        page.item("·", DIM, &format!("{} ({})", printable(&ignored.name), ignored.reason));
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
