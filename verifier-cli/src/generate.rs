//! Completions and manual pages, from the same declaration as the command line itself.

use std::path::Path;

use clap::{CommandFactory as _, ValueEnum as _};
use clap_complete::Shell;

use crate::appraisal;
use crate::args::Arguments;
use crate::exit::ExitCode;
use crate::failure::Failure;

const NAME: &str = "kettle-verify";

/// Prints the completions of a shell.
pub(crate) fn completions(shell: Shell) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), NAME, &mut script);
    appraisal::write(&String::from_utf8_lossy(&script))?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the manual page, or writes all of them with the completions into a folder.
pub(crate) fn man(dir: Option<&Path>) -> Result<ExitCode, Failure> {
    match dir {
        Some(dir) => all(dir).map_err(|error| Failure::in_file(dir, &error))?,
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Arguments::command()).render(&mut page)?;
            appraisal::write(&String::from_utf8_lossy(&page))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn all(dir: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(dir)?;
    clap_mangen::generate_to(Arguments::command(), dir)?;
    for shell in Shell::value_variants() {
        clap_complete::generate_to(*shell, &mut Arguments::command(), NAME, dir)?;
    }
    Ok(())
}
