//! The command line, read.

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Command, CommandFactory as _, Error, FromArgMatches as _};

use super::Arguments;

impl Arguments {
    /// Reads a command line, of which the first word is the program's name.
    ///
    /// Global options may stand before a sub-command and after it. clap's own
    /// `args_conflicts_with_subcommands` refuses them before it; without that, an option of a
    /// verification before a sub-command would count for nothing, so it is refused here.
    ///
    /// # Errors
    /// What clap has to say, be it help or a complaint.
    pub(crate) fn read<A>(words: impl IntoIterator<Item = A>) -> Result<Self, Error>
    where
        A: Into<OsString> + Clone,
    {
        let mut command = Self::command();
        let matches = command.try_get_matches_from_mut(words)?;
        match ignored(&command, &matches) {
            Some((option, name)) => {
                let text =
                    format!("`{option}` is no option of `{name}`; leave it out, or write it behind `{name}`");
                Err(command.error(ErrorKind::ArgumentConflict, text))
            }
            None => Self::from_arg_matches(&matches),
        }
    }
}

/// An option of a verification that stands before a sub-command, and that one.
fn ignored(command: &Command, matches: &ArgMatches) -> Option<(String, String)> {
    let name = matches.subcommand_name()?;
    let given = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
    let stray =
        command.get_arguments().find(|known| !known.is_global_set() && given(known.get_id().as_str()))?;
    let option = stray.get_long().map_or_else(|| stray.get_id().to_string(), |long| format!("--{long}"));
    Some((option, name.into()))
}
