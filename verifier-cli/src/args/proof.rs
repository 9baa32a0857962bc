//! What `kettle-verify proof` takes.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::{DemandArgs, TrustArgs};

#[derive(Debug, Args)]
pub(crate) struct ProofArgs {
    /// The proof, a file of `kettle-attest prove`
    #[arg(value_name = "PROOF", value_hint = ValueHint::FilePath)]
    pub(crate) proof: PathBuf,

    /// The input that you want to see proved, to the letter: of a dependency its package URL
    #[arg(value_name = "INPUT")]
    pub(crate) input: String,

    /// The bundle of the build: its folder, an archive, or its files
    #[arg(
        required_unless_present = "root",
        value_name = "BUNDLE",
        conflicts_with_all = ["root", "leaves"],
        value_hint = ValueHint::AnyPath
    )]
    pub(crate) paths: Vec<PathBuf>,

    /// The root of the build's input tree, where you know it from elsewhere: 64 characters of hex
    #[arg(long, value_name = "HEX", help_heading = "What to verify")]
    pub(crate) root: Option<String>,

    /// How many inputs the tree has, where you know that too
    #[arg(long, value_name = "N", requires = "root", help_heading = "What to verify")]
    pub(crate) leaves: Option<u32>,

    #[command(flatten)]
    pub(crate) demands: DemandArgs,

    #[command(flatten)]
    pub(crate) trust: TrustArgs,

    /// Print the answer as JSON, and nothing else
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}

pub(super) const LONG: &str = "\
Check a proof that one input went into a build.

Whoever has a build's seed can prove one of its inputs with `kettle-attest prove`, and shows
nothing of the others: not even their names can be tried out.

With a bundle, the bundle is verified too, and the exit code is that of its outcome: the input
is then one of those that the attested provenance names. With --root alone, the exit code is 0
where the input is under that root. That says nothing of where the root comes from: take it
from a verdict that you trust, as the claim `build.attester.input_tree`.

A proof says that the builder recorded the input. It does not say that the input is used, and
it can't say that another is not there.";

pub(super) const EXAMPLES: &str = "\
Examples:
  Against a bundle:
    kettle-verify proof serde.proof 'pkg:cargo/serde@…' build/ --policy policy.json

  Against a root that somebody you trust has verified:
    kettle-verify proof serde.proof 'pkg:cargo/serde@1.0.228?checksum=sha256:9a8e…' --root 4e21…";
