//! Steps that have folders of their own, run beside steps that leave a processor idle.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Stdio};

use super::steps::Step;
use super::{SUMMARY, Summary};
use crate::failure::Done;
use crate::workspace::{command, root};

/// They run in a process of their own, whose words are kept until its end.
pub(super) struct Aside {
    process: Child,
    said: PathBuf,
    names: Vec<&'static str>,
}

impl Aside {
    /// Starts them.
    pub(super) fn start(steps: &[&'static Step]) -> Done<Self> {
        let names: Vec<&str> = steps.iter().map(|step| step.name).collect();
        let said = root().join("target/aside.txt");
        let file = File::create(&said)?;
        println!("\nbeside what follows: {}", names.join(", "));
        let this = std::env::current_exe()?;
        let mut process =
            command(&this.to_string_lossy(), &["test", "--no-install", "--only", &names.join(",")]);
        let process = process.stdout(file.try_clone()?).stderr(file).stdin(Stdio::null()).spawn()?;
        Ok(Self { process, said, names })
    }

    /// Waits for them, prints what they said, and gives back the rows of their summary.
    pub(super) fn wait(mut self) -> Done<Summary> {
        let status = self.process.wait()?;
        let said = fs::read(&self.said)?;
        let said = String::from_utf8_lossy(&said);
        let (steps, summary) = said.split_once(SUMMARY).unwrap_or((&said, ""));
        println!("{}", steps.trim_end().trim_end_matches("=="));
        let rows = self.names.iter().map(|name| {
            let row = summary.lines().find(|row| row.split(' ').next() == Some(name));
            row.map_or_else(|| format!("{name:12} FAILED   it came to no end ({status})"), str::to_owned)
        });
        let rows: Vec<String> = rows.collect();
        let failed = self.names.iter().zip(&rows).filter(|(_, row)| row.contains(" FAILED "));
        let mut failed: Vec<&'static str> = failed.map(|(name, _)| *name).collect();
        if failed.is_empty() && !status.success() {
            failed = self.names;
        }
        Ok(Summary { rows, failed })
    }
}
