//! What the READMEs tell their readers to type: taken from them, and run as it stands there.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::failure::{Done, Failure};
use crate::workspace::{command, programs, root, run};

/// The block of a README in this language that has these words in it.
pub(crate) fn block(readme: &str, language: &str, words: &str) -> Done<String> {
    let text = std::fs::read_to_string(root().join(readme))?;
    let mut found = blocks(&text, language).into_iter().filter(|block| block.contains(words));
    match (found.next(), found.next()) {
        (Some(block), None) => Ok(block),
        (None, _) => Err(Failure::new(format!("{readme} has no {language} with `{words}`"))),
        (Some(_), Some(_)) => Err(Failure::new(format!("{readme} has several {language} with `{words}`"))),
    }
}

fn blocks(text: &str, language: &str) -> Vec<String> {
    let begin = format!("```{language}");
    let mut lines = text.lines();
    let mut blocks = Vec::new();
    while lines.any(|line| line == begin) {
        blocks
            .push(lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect());
    }
    blocks
}

/// A folder as a reader has it: `my-build/` and `policy.json`.
pub(crate) struct Reader {
    pub(crate) folder: PathBuf,
    artifact: PathBuf,
}

impl Reader {
    /// Makes the folder. Its build is a genuine one where the captures are there, and a synthetic one, to
    /// which every README has to say no, where they are not.
    pub(crate) fn new(folder: &Path) -> Done<Self> {
        std::fs::create_dir_all(folder)?;
        let folder = folder.canonicalize()?;
        let build = folder.join("my-build");
        if build.exists() {
            std::fs::remove_dir_all(&build)?;
        }
        programs(&["kettle-verify"])?;
        let vectors = std::env::var_os("KETTLE_VECTORS").map(PathBuf::from);
        let vectors = vectors.unwrap_or_else(|| root().join("../shared/vectors"));
        let genuine = vectors.join("kettle/lunal-kettle/fixtures/alejandra");
        let policy = folder.join("policy.json");
        let artifact = if genuine.exists() {
            copy(&genuine, &build)?;
            let init = native(&folder, &["policy", "init", "my-build"]).output()?;
            std::fs::write(policy, init.stdout)?;
            "alejandra"
        } else {
            println!("the genuine captures are absent; name their folder in KETTLE_VECTORS");
            copy(&root().join("testvectors/cases/az-snp/ok-milan"), &build)?;
            std::fs::copy(root().join("testvectors/policies/pinned.json"), policy)?;
            "hello"
        };
        Ok(Self { folder, artifact: build.join("artifacts").join(artifact) })
    }

    /// What a README says judges as the native command does: the build as it is, and once it was damaged.
    /// It ends well only where the build is verified, and says why not where it is not.
    pub(crate) fn tries(&self, name: &str, make: impl Fn() -> Command) -> Done {
        let sound = std::fs::read(&self.artifact)?;
        self.judges(name, make().current_dir(&self.folder))?;
        std::fs::write(&self.artifact, [&*sound, b"x"].concat())?;
        let damaged = self.judges(name, make().current_dir(&self.folder));
        std::fs::write(&self.artifact, sound)?;
        if damaged? {
            return Err(Failure::new(format!("{name}: a damaged artifact is verified")));
        }
        Ok(())
    }

    fn judges(&self, name: &str, program: &mut Command) -> Done<bool> {
        let verdict =
            native(&self.folder, &["my-build", "--policy", "policy.json", "--json"]).output()?.stdout;
        let verdict: Value =
            serde_json::from_slice(&verdict).map_err(|error| Failure::new(format!("no verdict: {error}")))?;
        let word = |field: &str| verdict.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (yes, sentence) = (word("outcome") == "verified", word("sentence"));
        let output = program.output().map_err(|error| Failure::new(format!("{name}: {error}")))?;
        let said = [&*output.stdout, &output.stderr].map(String::from_utf8_lossy).concat();
        let explained = yes || (!sentence.is_empty() && said.contains(&sentence));
        if output.status.success() != yes || !explained {
            return Err(Failure::new(format!(
                "{name}: {}, where the verdict is: {sentence}\n{said}",
                output.status
            )));
        }
        println!("{name}: {}, as the native command", word("outcome"));
        Ok(yes)
    }
}

fn native(folder: &Path, arguments: &[&str]) -> Command {
    let program = root().join("target/debug/kettle-verify");
    let mut native = command(&program.to_string_lossy(), arguments);
    native.current_dir(folder);
    native
}

/// Copies a folder.
pub(crate) fn copy(from: &Path, to: &Path) -> Done {
    run(&mut command("cp", &["-r", &from.to_string_lossy(), &to.to_string_lossy()]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_those_of_their_language() {
        let text = "a\n```c\nint x;\n\nint y;\n```\n```sh\nls\n```\n```c\nint z;\n```\n";
        assert_eq!(blocks(text, "c"), ["int x;\n\nint y;\n", "int z;\n"]);
        assert_eq!(blocks(text, "sh"), ["ls\n"]);
        assert_eq!(blocks(text, "s"), Vec::<String>::new());
    }
}
