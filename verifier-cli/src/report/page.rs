//! Lines of a page that is no wider than the terminal and never wider than 100 columns.

use anstyle::Style;
use textwrap::{Options, WordSplitter};

use crate::style::{DIM, HEADING, PLAIN, paint};

const WIDEST: usize = 100;
const NARROWEST: usize = 40;

/// Columns of the names of fields and terms.
const NAMES: usize = 12;

/// A page that is being written.
pub(crate) struct Page {
    text: String,
    width: usize,
}

impl Page {
    /// An empty page as wide as the terminal.
    pub(crate) fn new() -> Self {
        let terminal = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        Self { text: String::new(), width: terminal.unwrap_or(WIDEST).clamp(NARROWEST, WIDEST) }
    }

    /// The page.
    pub(crate) fn finish(self) -> String {
        self.text
    }

    /// A line as it stands.
    pub(crate) fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// An empty line, except at the top.
    pub(crate) fn gap(&mut self) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    /// A heading, after an empty line.
    pub(crate) fn heading(&mut self, heading: &str) {
        self.gap();
        self.line(&paint(HEADING, heading));
    }

    /// A paragraph with an indent.
    pub(crate) fn text(&mut self, indent: &str, text: &str) {
        self.wrapped(indent, indent, text, PLAIN);
    }

    /// A value on its own lines below an item, with how it relates to the one before.
    pub(crate) fn value(&mut self, relation: &str, value: &str) {
        if !value.is_empty() {
            self.hanging(&paint(DIM, format!("    {relation} ")), 6, value, DIM);
        }
    }

    /// An item with its symbol.
    pub(crate) fn item(&mut self, symbol: &str, style: Style, text: &str) {
        self.hanging(&format!("  {} ", paint(style, symbol)), 4, text, PLAIN);
    }

    /// A named value below an item; nothing where it is empty.
    pub(crate) fn field(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            let label = paint(DIM, format!("{name:NAMES$}"));
            self.hanging(&format!("      {label}"), 6_usize.saturating_add(NAMES), value, PLAIN);
        }
    }

    /// A name in a tree, and its value beside it or, where it is long, below it.
    pub(crate) fn entry(&mut self, depth: usize, name: &str, value: &str) {
        let indent = depth.saturating_mul(2);
        let columns = indent.saturating_add(name.chars().count()).saturating_add(2);
        let label = format!("{:indent$}{}", "", paint(DIM, name));
        let fits = columns.saturating_add(value.chars().count()) <= self.width;
        if value.is_empty() {
            self.line(&label);
        } else if fits {
            self.line(&format!("{label}  {value}"));
        } else {
            self.line(&label);
            let below = indent.saturating_add(2);
            self.hanging(&" ".repeat(below), below, value, PLAIN);
        }
    }

    /// A named value at the margin.
    pub(crate) fn term(&mut self, name: &str, value: &str) {
        let label = paint(DIM, format!("{name:NAMES$}"));
        self.hanging(&format!("  {label}"), 2_usize.saturating_add(NAMES), value, PLAIN);
    }

    /// Text whose first line begins with a prefix of `columns` visible columns.
    fn hanging(&mut self, prefix: &str, columns: usize, text: &str, style: Style) {
        let indent = " ".repeat(columns);
        let start = self.text.len();
        self.wrapped(&indent, &indent, text, style);
        let end = start.saturating_add(columns);
        self.text.replace_range(start..end, prefix);
    }

    fn wrapped(&mut self, first: &str, rest: &str, text: &str, style: Style) {
        let room = self.width.saturating_sub(rest.chars().count());
        // Digests are broken only where they do not fit on a line of their own.
        let options = Options::new(room).word_splitter(WordSplitter::NoHyphenation);
        for (index, line) in textwrap::wrap(text, options).into_iter().enumerate() {
            let indent = if index == 0 { first } else { rest };
            self.line(&format!("{indent}{}", paint(style, line)));
        }
    }
}
