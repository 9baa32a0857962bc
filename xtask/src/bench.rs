//! `cargo xtask bench`: what an appraisal costs beside its own primitives.

use crate::failure::Done;
use crate::workspace::{cargo, run as execute};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Lets criterion measure each part by itself, with its statistics
    #[arg(long)]
    criterion: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Done {
    if arguments.criterion {
        return execute(&mut cargo(&["bench", "--locked", "--package", "kettle-bench"]));
    }
    execute(&mut cargo(&["run", "--locked", "--release", "--package", "kettle-bench"]))
}
