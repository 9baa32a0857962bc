//! `requirements.txt` where every requirement is one version with its hashes, as `pip-compile
//! --generate-hashes`, `uv pip compile --generate-hashes` and `uv export` write it.

use super::{is_sha256, is_version, normal};
use crate::ecosystem::fetch::is_address;
use crate::failure::{Done, Failure};

/// The file, read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Requirements {
    /// Where packages are looked for, as options of pip.
    pub(super) indexes: Vec<(String, String)>,
    /// What is required.
    pub(super) list: Vec<Requirement>,
}

/// One version of one package.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Requirement {
    /// The registry's name of it.
    pub(super) name: String,
    pub(super) version: String,
    /// When it is wanted, as the file has it; empty for always.
    pub(super) marker: String,
    /// SHA-256 of every file that will do.
    pub(super) hashes: Vec<String>,
}

impl Requirements {
    /// Reads the file. What pip would read otherwise than this is refused.
    pub(super) fn parse(text: &str) -> Done<Self> {
        let mut read = Self::default();
        for line in joined(text) {
            let fault =
                |what: &str| Failure::usage(format!("`requirements.txt`: `{}` {what}", line.escape_debug()));
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                [] => {}
                [option, url] if ["-i", "--index-url", "--extra-index-url"].contains(option) => {
                    if !is_address(url) || url.contains('@') {
                        return Err(fault("is no https address without credentials"));
                    }
                    read.indexes.push(((*option).to_owned(), (*url).to_owned()));
                }
                [option, ..] if option.starts_with('-') => {
                    return Err(fault(
                        "is an option that is not taken; name every requirement in this one file, with its hashes",
                    ));
                }
                _ => read.list.push(requirement(&line).map_err(fault)?),
            }
        }
        Ok(read)
    }

    /// The file as it was read, for pip: nothing else of what the project wrote reaches it.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for one in &self.list {
            text += &format!("{}=={}", one.name, one.version);
            if !one.marker.is_empty() {
                text += &format!(" ; {}", one.marker);
            }
            for hash in &one.hashes {
                text += &format!(" --hash=sha256:{hash}");
            }
            text.push('\n');
        }
        text
    }
}

/// Lines whose ends are not continued, without comments.
fn joined(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for part in text.lines() {
        let comment = part.trim_start().starts_with('#').then_some(0).or_else(|| part.find(" #"));
        let code = comment.and_then(|at| part.get(..at)).unwrap_or(part);
        match code.trim_end().strip_suffix('\\') {
            Some(more) => {
                line += more;
                line.push(' ');
            }
            // A comment inside a continued requirement ends no line.
            None if !line.is_empty() && comment == Some(0) => {}
            None => {
                line += code;
                lines.push(core::mem::take(&mut line).trim().to_owned());
            }
        }
    }
    lines.push(line.trim().to_owned());
    lines.retain(|line| !line.is_empty());
    lines
}

fn requirement(line: &str) -> Result<Requirement, &'static str> {
    let (wanted, options) = match line.find("--") {
        Some(at) => line.split_at_checked(at).ok_or("can't be read")?,
        None => (line, ""),
    };
    let (pinned, marker) = wanted.split_once(';').unwrap_or((wanted, ""));
    let (name, version) =
        pinned.split_once("==").ok_or("names no exact version; write `name==version` with its hashes")?;
    // Extras only say which other requirements there are, and those stand in this file themselves.
    let name = name.split_once('[').map_or(name, |(name, _)| name);
    let name = normal(name.trim()).ok_or("has no proper name")?;
    let version = version.trim().trim_start_matches('=').to_owned();
    if !is_version(&version) {
        return Err("has no proper version");
    }
    let mut hashes = Vec::new();
    for option in options.split_whitespace() {
        let hash = option.strip_prefix("--hash=").ok_or("has an option that is not taken")?;
        // Other algorithms may stand beside SHA-256 and are not needed.
        if let Some(hash) = hash.strip_prefix("sha256:") {
            if !is_sha256(hash) {
                return Err("has a SHA-256 that is none");
            }
            hashes.push(hash.to_owned());
        }
    }
    if hashes.is_empty() {
        return Err("has no SHA-256; write the file anew with --generate-hashes");
    }
    Ok(Requirement { name, version, marker: marker.trim().to_owned(), hashes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_pip_compile_writes_is_read() {
        let (one, two) = ("a".repeat(64), "b".repeat(64));
        let text = format!(
            "# written by a program\n--index-url https://pypi.org/simple\n\nflit_core==3.12.0 \\\n    --hash=sha256:{one} \\\n    --hash=sha256:{two}\n    # via nothing\nidna[all]==3.10 ; python_version < \"4\" --hash=sha256:{one} # needed\n"
        );
        let read = Requirements::parse(&text).unwrap();
        assert_eq!(read.indexes, [("--index-url".to_owned(), "https://pypi.org/simple".to_owned())]);
        assert_eq!(
            read.text(),
            format!(
                "flit-core==3.12.0 --hash=sha256:{one} --hash=sha256:{two}\nidna==3.10 ; python_version < \"4\" --hash=sha256:{one}\n"
            )
        );
    }

    #[test]
    fn what_leaves_something_open_is_refused() {
        let hash = "a".repeat(64);
        for (text, said) in [
            ("idna==3.10", "no SHA-256"),
            (&format!("idna>=3 --hash=sha256:{hash}"), "no exact version"),
            (&format!("idna --hash=sha256:{hash}"), "no exact version"),
            ("idna==3.10 --hash=sha256:abc", "is none"),
            (&format!("idna==3.10 --hash=md5:{hash}"), "no SHA-256"),
            (&format!("idna==3.10 --global-option=x --hash=sha256:{hash}"), "not taken"),
            ("-r other.txt", "not taken"),
            ("-e .", "not taken"),
            ("--no-binary :all:", "not taken"),
            ("-i http://pypi.example/simple", "no https address"),
            ("-i https://user:word@pypi.example/simple", "no https address"),
            (&format!("idna @ https://files.example/idna.whl --hash=sha256:{hash}"), "no exact version"),
            (&format!("idna==3.10/../x --hash=sha256:{hash}"), "no proper version"),
            (&format!("../idna==3.10 --hash=sha256:{hash}"), "no proper name"),
        ] {
            let failure = Requirements::parse(text).unwrap_err();
            assert!(failure.message.contains(said), "{text}: {failure}");
        }
    }
}
