//! The command line of `kettle-verify collateral`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::{KeyArgs, TrustArgs};

#[derive(Debug, Args)]
pub(crate) struct CollateralArgs {
    /// Evidence, a raw quote or report, or a bundle; and the collateral to check, in any order
    ///
    /// Intel's collateral may also come alone, and is checked by itself. A bundle is a folder or an archive. Files are told apart by what is in them, so collateral may
    /// as well be named here as with `--collateral`.
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,

    /// Print the report as JSON, and nothing else
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,

    /// What you demand, as JSON: how old a list may be, the least evaluation number, old report versions
    #[arg(long, value_name = "FILE", help_heading = "What to demand", value_hint = ValueHint::FilePath)]
    pub(crate) policy: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) keys: KeyArgs,

    #[command(flatten)]
    pub(crate) trust: TrustArgs,
}

pub(super) const LONG: &str = "\
Say what evidence needs beside itself, and check what is there of it.

A quote of Intel TDX is judged with the TCB info of its kind of platform, the identity of its quoting
enclave and two revocation lists; a report of AMD SEV-SNP with the certificate of its chip. For each
of them this says what it is looked up by, the address to fetch it from by hand, and where it goes;
and of what is stapled or given, whether it is genuine, for this machine, and until when it is current.
Nothing is fetched: kettle-verify has no network code.

Only the collateral is judged. Whether the guest is one that you trust, `kettle-verify evidence` says.

Exit codes:
    0  everything that the evidence needs is there, genuine, for this machine and current; or
       collateral that was given alone is genuine and current
    1  something of it is refused, or the evidence itself is
    2  wrong usage, or a file that can't be read
    3  something is missing or no longer current";

pub(super) const EXAMPLES: &str = "\
Examples:
  What does this quote need?
    kettle-verify collateral quote.bin

  Does this file fit it, and until when?
    kettle-verify collateral quote.bin collateral.json

  Is this file genuine, for which platforms, and until when is it current?
    kettle-verify collateral collateral.json

  Is what was stapled to a build still current, or was it last year?
    kettle-verify collateral build/
    kettle-verify collateral build/ --at 2025-12-31T00:00:00Z

  The addresses, for a script:
    kettle-verify collateral quote.bin --json | jq -r '.parts[].urls[]'";
