//! A verdict as text for a person: what was demanded, what came of it, the chain, and the limits.

mod explain;
mod page;

use kettle_verifier_core::verdict::{Check, Link, Note, NoteKind, Status, TrustRootKind};
use kettle_verifier_core::{Outcome, Verdict};
use kettle_verifier_io::Ignored;

use crate::style::{self, BAD, DIM, GOOD, OPEN, paint, printable};
pub(crate) use page::Page;

/// What a report says beside the verdict.
pub(crate) struct Context<'a> {
    /// Whether the time of appraisal is the system clock's.
    pub(crate) clock: bool,
    /// Whether every check is listed.
    pub(crate) explain: bool,
    /// Files that played no part.
    pub(crate) ignored: &'a [Ignored],
    /// What to do next where nothing is pinned.
    pub(crate) hint: Option<&'a str>,
}

/// The whole report.
pub(crate) fn report(verdict: &Verdict, context: &Context<'_>) -> String {
    let mut page = Page::new();
    demands(verdict, &mut page);
    outcome(verdict, &mut page);
    chain(verdict, &mut page);
    unsettled(verdict, context, &mut page);
    if context.explain {
        explain::checks(verdict, &mut page);
    }
    notes(verdict, context, &mut page);
    terms(verdict, context, &mut page);
    limits(verdict, &mut page);
    page.finish()
}

fn demands(verdict: &Verdict, page: &mut Page) {
    page.heading("What is enforced");
    for demand in &verdict.demands {
        page.item("·", DIM, demand);
    }
}

fn outcome(verdict: &Verdict, page: &mut Page) {
    let (symbol, word, style) = style::outcome(verdict.outcome);
    page.gap();
    page.line(&paint(style.bold(), format!("{symbol} {word}")));
    page.text("  ", &sentence(&verdict.sentence));
}

/// The core's sentences begin in lower case and end without a stop; alone they are a paragraph.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str())
}

fn chain(verdict: &Verdict, page: &mut Page) {
    if verdict.links.is_empty() {
        return;
    }
    page.heading("The chain");
    for link in &verdict.links {
        one_link(link, page);
    }
}

/// A link with the values at both of its ends.
fn one_link(link: &Link, page: &mut Page) {
    let (symbol, style) = if link.holds { ("✔", GOOD) } else { ("✘", BAD) };
    page.item(symbol, style, &format!("{} → {}", link.from, link.to));
    page.value(" ", &link.left);
    let relation = match link.holds {
        true if link.left == link.right => "=",
        true => "→",
        false => "≠",
    };
    page.value(relation, &link.right);
}

/// The checks that decided the outcome: those that failed, else those that stayed open.
fn unsettled(verdict: &Verdict, context: &Context<'_>, page: &mut Page) {
    let with = |status: Status| verdict.checks.iter().filter(move |check| check.status == status);
    match verdict.outcome {
        Outcome::Verified => {}
        Outcome::Failed => each(page, "What does not hold", with(Status::Fail)),
        Outcome::Inconclusive => {
            each(page, "What can't be decided", with(Status::Inconclusive));
        }
        Outcome::Unpinned => {
            each(page, "What is left open", with(Status::NotReached));
            if let Some(hint) = context.hint {
                page.gap();
                page.text("  ", hint);
            }
        }
    }
    let waived = with(Status::Waived);
    each(page, "What the policy waives", waived);
}

fn each<'v>(page: &mut Page, heading: &str, checks: impl Iterator<Item = &'v Check>) {
    for (index, check) in checks.enumerate() {
        if index == 0 {
            page.heading(heading);
        }
        let (symbol, _, style) = style::status(check.status);
        page.item(symbol, style, &check.title);
        detail(check, page);
    }
}

fn detail(check: &Check, page: &mut Page) {
    page.field("check", &check.id);
    page.field("expected", &check.expected);
    page.field("found", &check.found);
    page.field("where", &check.location);
    page.field("clause", &check.clause);
    page.field("to mend", &check.mend);
}

fn notes(verdict: &Verdict, context: &Context<'_>, page: &mut Page) {
    if verdict.notes.is_empty() && context.ignored.is_empty() {
        return;
    }
    page.heading("Notes");
    for note in &verdict.notes {
        let (symbol, style) = note_symbol(note);
        let place = if note.location.is_empty() { String::new() } else { format!(" ({})", note.location) };
        page.item(symbol, style, &format!("{}: {}{place}", note_word(note.kind), note.text));
    }
    for ignored in context.ignored {
        page.item("·", DIM, &format!("not looked at: {} ({})", printable(&ignored.name), ignored.reason));
    }
}

const fn note_symbol(note: &Note) -> (&'static str, anstyle::Style) {
    match note.kind {
        NoteKind::Danger => ("!", BAD),
        NoteKind::Advisory => ("!", OPEN),
        NoteKind::Deviation | NoteKind::Information => ("·", DIM),
    }
}

const fn note_word(kind: NoteKind) -> &'static str {
    match kind {
        NoteKind::Danger => "danger",
        NoteKind::Advisory => "advisory",
        NoteKind::Deviation => "deviation",
        NoteKind::Information => "note",
    }
}

fn terms(verdict: &Verdict, context: &Context<'_>, page: &mut Page) {
    page.heading("The terms");
    let clock = if context.clock { " (the system clock)" } else { " (as you said)" };
    page.term("as of", &format!("{}{clock}", verdict.now));
    page.term("holds", &interval(&verdict.valid_from, &verdict.valid_until));
    page.term("platform", if verdict.platform.is_empty() { "unknown" } else { &verdict.platform });
    page.term("trust root", &format!("{}, SHA-256 {}", root(verdict.trust_root), verdict.trust_root_digest));
    let policy = match verdict.policy_digest.as_str() {
        "" => "none given, so the built-in one".into(),
        digest => format!("SHA-256 {digest}"),
    };
    page.term("policy", &policy);
}

fn interval(from: &str, until: &str) -> String {
    match (from, until) {
        ("", "") => "without a bound that the evidence states".into(),
        (from, "") => format!("from {from} on"),
        ("", until) => format!("until {until}"),
        (from, until) => format!("from {from} until {until}"),
    }
}

const fn root(kind: TrustRootKind) -> &'static str {
    match kind {
        TrustRootKind::Pinned => "pinned",
        TrustRootKind::Extended => "pinned, and a file that you gave",
        TrustRootKind::Replaced => "a file that you gave, in place of the pinned ones",
        TrustRootKind::Test => "TEST: no hardware vouches for anything here",
    }
}

fn limits(verdict: &Verdict, page: &mut Page) {
    if !verdict.unauthenticated.is_empty() {
        page.heading("What nothing signs");
        for part in &verdict.unauthenticated {
            page.item("·", DIM, part);
        }
    }
    page.heading("What this does not prove");
    for limit in &verdict.not_proven {
        page.item("·", DIM, limit);
    }
}
