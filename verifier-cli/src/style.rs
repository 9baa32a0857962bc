//! Colours and symbols. A colour never says anything that a word or symbol does not say too.

use anstyle::{AnsiColor, Effects, Style};
use clap::ValueEnum;
use clap::builder::Styles;
use kettle_verifier_core::Outcome;
use kettle_verifier_core::verdict::Status;

/// When to use colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Decides for standard output and standard error. `Auto` looks at each: whether it is a terminal,
/// and at NO_COLOR, CLICOLOR and TERM.
pub(crate) fn set_color(choice: ColorChoice) {
    match choice {
        ColorChoice::Auto => anstream::ColorChoice::Auto,
        ColorChoice::Always => anstream::ColorChoice::Always,
        ColorChoice::Never => anstream::ColorChoice::Never,
    }
    .write_global();
}

const fn colored(color: AnsiColor) -> Style {
    color.on_default()
}

pub(crate) const GOOD: Style = colored(AnsiColor::Green);
pub(crate) const BAD: Style = colored(AnsiColor::Red);
pub(crate) const OPEN: Style = colored(AnsiColor::Yellow);
pub(crate) const HEADING: Style = Style::new().effects(Effects::BOLD);
pub(crate) const DIM: Style = Style::new().effects(Effects::DIMMED);
pub(crate) const PLAIN: Style = Style::new();
pub(crate) const ERROR: Style = colored(AnsiColor::Red).effects(Effects::BOLD);

/// Styles of the help.
pub(crate) const HELP: Styles = Styles::styled()
    .header(HEADING)
    .usage(HEADING)
    .literal(colored(AnsiColor::Cyan))
    .placeholder(DIM)
    .error(ERROR)
    .valid(GOOD)
    .invalid(OPEN);

/// The symbol and style of an outcome, and its word.
pub(crate) const fn outcome(outcome: Outcome) -> (&'static str, &'static str, Style) {
    match outcome {
        Outcome::Verified => ("✔", "VERIFIED", GOOD),
        Outcome::Unpinned => ("◐", "UNPINNED", OPEN),
        Outcome::Failed => ("✘", "FAILED", BAD),
        Outcome::Inconclusive => ("?", "INCONCLUSIVE", OPEN),
    }
}

/// The symbol and style of a check's status, and its word.
pub(crate) const fn status(status: Status) -> (&'static str, &'static str, Style) {
    match status {
        Status::Pass => ("✔", "pass", GOOD),
        Status::Fail => ("✘", "fail", BAD),
        Status::Waived => ("!", "waived", OPEN),
        Status::Inconclusive => ("?", "inconclusive", OPEN),
        Status::NotReached => ("·", "not reached", DIM),
    }
}

/// Text in a style.
pub(crate) fn paint(style: Style, text: impl core::fmt::Display) -> String {
    format!("{}{text}{}", style.render(), style.render_reset())
}

/// Untrusted text must not move the cursor, hide letters or turn the line around.
pub(crate) fn printable(text: &str) -> String {
    let deceptive = |letter: char| {
        letter.is_control()
            || (letter.is_whitespace() && letter != ' ')
            || matches!(letter,
                '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
    };
    text.chars()
        .map(|letter| if deceptive(letter) { letter.escape_unicode().to_string() } else { letter.into() })
        .collect()
}
