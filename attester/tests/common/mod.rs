//! Projects in repositories of their own, and the program that builds them.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "each test uses a part of this; a test that panics has failed"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// The source that the software TEE's policies name.
pub(crate) const URI: &str = "https://git.example/hello.git";

/// Whether this machine can make a sandbox; where it can't, says so. `cargo xtask test` demands it.
pub(crate) fn sandbox() -> bool {
    match kettle_attest::sandbox::probe() {
        Ok(_) => true,
        Err(reason) => {
            assert!(std::env::var_os("KETTLE_SANDBOX").is_none(), "{reason}");
            eprintln!("not run: {reason}");
            false
        }
    }
}

/// A project that is being written.
pub(crate) struct Project {
    folder: TempDir,
}

impl Project {
    /// A repository without files.
    pub(crate) fn empty() -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap() };
        project.git(&["init", "--quiet", "--initial-branch", "main"]);
        project
    }

    /// A program without dependencies.
    pub(crate) fn hello() -> Self {
        let project = Self::empty();
        let manifest = "[package]\nname = \"hello\"\nversion = \"0.1.0\"\nedition = \"2021\"\n";
        let lockfile = "version = 4\n\n[[package]]\nname = \"hello\"\nversion = \"0.1.0\"\n";
        project.write("Cargo.toml", manifest).write("Cargo.lock", lockfile);
        project.write("src/main.rs", "fn main() { println!(\"hello\"); }\n");
        project
    }

    /// Its folder.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("project")
    }

    /// A place beside it.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file.
    pub(crate) fn write(&self, path: &str, text: &str) -> &Self {
        let at = self.path().join(path);
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        fs::write(at, text).unwrap();
        self
    }

    /// Runs Git without anybody's configuration.
    pub(crate) fn git(&self, words: &[&str]) -> String {
        fs::create_dir_all(self.path()).unwrap();
        let done = Command::new("git")
            .args(["-c", "user.name=test", "-c", "user.email=test@example.org"])
            .args(words)
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .output()
            .unwrap();
        assert!(done.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    }

    /// Commits everything; the commit's id.
    pub(crate) fn commit(&self) -> String {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", "a commit"]);
        self.git(&["rev-parse", "HEAD"])
    }

    /// Builds it with evidence of the software TEE.
    pub(crate) fn build(&self, more: &[&str]) -> Built {
        self.build_on("snp", more)
    }

    /// The same for another platform.
    pub(crate) fn build_on(&self, platform: &str, more: &[&str]) -> Built {
        self.build_with(&[&["--platform", platform, "--simulate"], more].concat())
    }

    /// Builds it, with evidence of whatever the words say.
    pub(crate) fn build_with(&self, words: &[&str]) -> Built {
        let bundle = self.beside("bundle");
        let mut command = Command::new(env!("CARGO_BIN_EXE_kettle-attest"));
        command.arg("build").arg(self.path()).args(["--source-uri", URI, "--output"]).arg(&bundle);
        command.args(words);
        Built { output: command.output().unwrap(), bundle, beside: self.folder.path().to_owned() }
    }
}

/// What came of a build.
pub(crate) struct Built {
    /// What the program said.
    pub(crate) output: Output,
    /// Where the bundle would be.
    pub(crate) bundle: PathBuf,
    beside: PathBuf,
}

impl Built {
    /// What it printed for a person.
    pub(crate) fn said(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }

    /// It left a bundle.
    pub(crate) fn holds(self) -> Self {
        assert!(self.output.status.success(), "{}", self.said());
        assert!(self.bundle.join("evidence.json").is_file());
        self
    }

    /// It failed with this exit code and this in its last sentence, and left nothing at all.
    pub(crate) fn fails(&self, code: i32, text: &str) {
        let said = self.said();
        assert_eq!(self.output.status.code(), Some(code), "{said}");
        let last = said.lines().last().unwrap_or_default();
        assert!(last.starts_with("error: ") && last.contains(text), "expected `{text}` in: {said}");
        assert!(!self.bundle.exists(), "a bundle was left");
        let left: Vec<String> =
            names(&self.beside).into_iter().filter(|name| name.starts_with('.')).collect();
        assert!(left.is_empty(), "{left:?} was left");
    }

    /// Takes the bundle and its seed away.
    pub(crate) fn discard(&self) {
        fs::remove_dir_all(&self.bundle).unwrap();
        fs::remove_file(self.bundle.with_extension("seed")).unwrap();
    }

    /// A file of the bundle.
    pub(crate) fn file(&self, name: &str) -> Vec<u8> {
        fs::read(self.bundle.join(name)).unwrap()
    }
}

/// The names in a folder.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into())
        .collect();
    names.sort();
    names
}
