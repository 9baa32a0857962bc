//! Rules on the source that no compiler knows: files stay short, nothing names the machine it was
//! written on, and nothing is left for later in a comment.

use std::path::{Path, PathBuf};

use crate::failure::{Done, Failure};

/// Lines that a source file may have. The length of functions is clippy's `too_many_lines`.
const LINES: usize = 600;

/// Extensions of source files, whose length counts.
const SOURCE: &[&str] = &["rs", "py", "ts", "js", "mjs", "c", "h", "kt", "rb", "swift", "sh"];
/// Extensions of other texts that people write.
const TEXT: &[&str] = &["md", "toml", "yml", "yaml", "html", "css", "run"];

/// Folders whose content nobody here wrote, or that is built.
const FOREIGN: &[&str] = &["target", ".git", "node_modules", ".venv", "corpus", "artifacts", "cases"];

/// Homes and work folders of some machine; spelt in two parts so that this file passes itself.
const MACHINE: &[[&str; 2]] =
    &[["/ho", "me/"], ["/ro", "ot/"], ["/Us", "ers/"], ["/wo", "rk/"], ["C:\\Us", "ers\\"]];
/// Marks of something left for later, in the same spelling.
const LATER: &[[&str; 2]] = &[["TO", "DO"], ["FIX", "ME"]];

/// Checks every source file below a folder.
pub(crate) fn check(root: &Path) -> Done {
    let mut files = Vec::new();
    collect(root, &mut files)?;
    files.sort();
    let mut complaints = Vec::new();
    for path in &files {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
        let name = path.strip_prefix(root).unwrap_or(path).display().to_string();
        complaints.extend(complaints_about(&name, &text));
    }
    complaints.iter().for_each(|complaint| println!("{complaint}"));
    println!("{} files looked at", files.len());
    match complaints.len() {
        0 if files.is_empty() => Err(Failure::new("no source file was found")),
        0 => Ok(()),
        count => Err(Failure::new(format!("{count} complaints about the source"))),
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Done {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        let kind = entry.file_type()?;
        if kind.is_dir() && !FOREIGN.iter().any(|foreign| name == *foreign) {
            collect(&path, files)?;
        } else if kind.is_file() && (is_source(&path) || has_extension(&path, TEXT)) {
            files.push(path);
        }
    }
    Ok(())
}

fn is_source(path: &Path) -> bool {
    has_extension(path, SOURCE) || path.ends_with(".ci/run")
}

fn has_extension(path: &Path, known: &[&str]) -> bool {
    path.extension().is_some_and(|extension| known.iter().any(|name| extension == *name))
}

fn complaints_about(name: &str, text: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    let lines = text.lines().count();
    if is_source(Path::new(name)) && lines > LINES {
        complaints.push(format!("{name}: {lines} lines, where {LINES} are the most; split it"));
    }
    for (number, line) in (1_usize..).zip(text.lines()) {
        if let Some(found) = spelt(MACHINE).find(|path| names_path(line, path)) {
            complaints.push(format!("{name}:{number}: `{found}` names a machine; use a relative path"));
        }
        if let Some(found) = spelt(LATER).find(|mark| has_word(line, mark)) {
            complaints.push(format!("{name}:{number}: `{found}`; do it, or say in prose what is missing"));
        }
    }
    complaints
}

fn spelt(list: &'static [[&'static str; 2]]) -> impl Iterator<Item = String> {
    list.iter().map(|parts| parts.concat())
}

/// Whether the path begins a word: `src/work/` inside a longer path is no machine's folder.
fn names_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        line.get(..at)
            .and_then(|before| before.chars().next_back())
            .is_none_or(|last| !last.is_alphanumeric() && !matches!(last, '.' | '_' | '-' | '~' | '}' | '>'))
    })
}

fn has_word(line: &str, word: &str) -> bool {
    line.split(|letter: char| !letter.is_alphanumeric()).any(|found| found == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(line: &str) -> usize {
        complaints_about("src/lib.rs", line).len()
    }

    #[test]
    fn machines_and_marks_are_found() {
        assert_eq!(about(&["see /ho", "me/me/x"].concat()), 1);
        assert_eq!(about(&["// TO", "DO: later"].concat()), 1);
        assert_eq!(about(&["a src/wo", "rk/ folder, MASTO", "DONS"].concat()), 0);
    }

    #[test]
    fn long_files_are_found() {
        assert_eq!(complaints_about("a.rs", &"\n".repeat(LINES)).len(), 0);
        assert_eq!(complaints_about("a.rs", &"\n".repeat(LINES + 1)).len(), 1);
        assert_eq!(complaints_about("a.md", &"\n".repeat(LINES + 1)).len(), 0);
    }
}
