//! The command line.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueHint};
use clap_complete::Shell;
use kettle_verifier_core::emit::EmitFormat;

use crate::style::{self, ColorChoice};

mod collateral;
mod proof;
mod read;

pub(crate) use collateral::CollateralArgs;
pub(crate) use proof::ProofArgs;

/// Verifies attested builds offline: from the vendor's root key to the bytes of the binary.
#[derive(Debug, Parser)]
#[command(
    name = "kettle-verify",
    version,
    long_version = format!("{}\nconformance {}", env!("CARGO_PKG_VERSION"), kettle_verifier_core::CONFORMANCE),
    about = "Verify offline that a binary was built from the source it claims, inside genuine hardware",
    long_about = LONG,
    after_help = "See a full explanation and examples with --help",
    after_long_help = EXAMPLES,
    override_usage = USAGE,
    subcommand_negates_reqs = true,
    arg_required_else_help = true,
    styles = style::HELP,
    max_term_width = 100
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    #[command(flatten)]
    pub(crate) verify: VerifyArgs,

    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN", help_heading = "Output")]
    pub(crate) color: ColorChoice,

    /// Print nothing but errors; the exit code says the outcome
    #[arg(long, short, global = true, help_heading = "Output")]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// A bundle: its folder, a .tar, .tar.gz or .zip, or its files in any order
    ///
    /// Files are told apart by what is in them. A folder or archive holds `provenance.json`,
    /// `evidence.json` and `artifacts/`; every artifact that the provenance names must be there.
    /// With loose files, those given are checked, and the artifacts not given are listed. The documents
    /// of two other systems are known too: a certificate of attestable builds with its artifact, and a
    /// TEE Compile report.
    #[arg(required = true, value_name = "BUNDLE", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,

    /// Check this file, wherever it lies, instead of the bundle's own artifacts; may be repeated
    #[arg(long, value_name = "FILE", help_heading = "What to verify", value_hint = ValueHint::FilePath)]
    pub(crate) artifact: Vec<PathBuf>,

    /// Check only the subject of this name; may be repeated
    #[arg(long, value_name = "NAME", help_heading = "What to verify")]
    pub(crate) subject: Vec<String>,

    /// Appraise provenance and evidence alone; the outcome is `unpinned` at best
    #[arg(long, conflicts_with_all = ["artifact", "subject"], help_heading = "What to verify")]
    pub(crate) without_artifacts: bool,

    #[command(flatten)]
    pub(crate) hashes: HashArgs,

    #[command(flatten)]
    pub(crate) demands: DemandArgs,

    /// The nonce that the build was asked for: 32 characters of hex
    ///
    /// Whoever starts a build can send 16 random bytes along; the hardware signs them, so a report
    /// that carries them was made after they were sent.
    #[arg(long, value_name = "HEX", help_heading = "What to demand")]
    pub(crate) nonce: Option<String>,

    /// The source that the build must come from
    ///
    /// A repository URI as the provenance spells it, and after an `@` the full commit:
    /// `--source https://github.com/BurntSushi/ripgrep@4519153e5e461527f4bca45b042fff45c4ec6fb9`
    #[arg(long, value_name = "URI[@COMMIT]", help_heading = "What to demand")]
    pub(crate) source: Option<String>,

    #[command(flatten)]
    pub(crate) trust: TrustArgs,

    #[command(flatten)]
    pub(crate) output: OutputArgs,

    #[command(flatten)]
    pub(crate) emit: EmitArgs,
}

#[derive(Debug, Args)]
pub(crate) struct EmitArgs {
    /// Print pins of the verified artifacts for those who take digests, and the report on standard error
    ///
    /// `sha256sums` is for `sha256sum --check`, `pip-hashes` for `pip install --require-hashes`,
    /// `npm-integrity` and `nix-hash` are what lock files and `fetchurl` take, `cyclonedx` is a bill of
    /// materials. Nothing is printed unless the outcome is `verified`.
    #[arg(
        long,
        value_name = "FORMAT",
        value_parser = emit_format(),
        conflicts_with = "json",
        help_heading = "Output"
    )]
    pub(crate) emit: Option<EmitFormat>,

    /// Print the pins whatever the outcome is; nothing vouches for them then
    #[arg(long, requires = "emit", help_heading = "Output")]
    pub(crate) dangerously_emit_unverified: bool,
}

fn emit_format() -> impl TypedValueParser<Value = EmitFormat> {
    PossibleValuesParser::new(EmitFormat::ALL.map(EmitFormat::name))
        .try_map(|name| EmitFormat::from_name(&name).ok_or("no such format"))
}

#[derive(Debug, Args)]
pub(crate) struct HashArgs {
    /// The input hash that you expect of a TEE Compile report
    #[arg(long, value_name = "HEX", help_heading = "What to verify")]
    pub(crate) input_hash: Option<String>,

    /// The output hash that you expect of a TEE Compile report
    ///
    /// Both are roots over paths and contents, which the tool computes; they are compared and not
    /// computed here.
    #[arg(long, value_name = "HEX", help_heading = "What to verify")]
    pub(crate) output_hash: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct DemandArgs {
    /// What you demand, as JSON; without it nothing is ever `verified`
    ///
    /// A policy names the machine image that you trust, the source, the builder and more.
    /// `kettle-verify policy init` writes one to start from.
    #[arg(long, value_name = "FILE", help_heading = "What to demand", value_hint = ValueHint::FilePath)]
    pub(crate) policy: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) keys: KeyArgs,

    /// Take debug guests, whose memory the host can read and write; for tests only
    #[arg(long, help_heading = "What to demand")]
    pub(crate) insecure_allow_debug: bool,
}

#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
    /// Take only a policy that this key signed: its public key in PEM or DER, on P-256 or P-384
    ///
    /// The policy is then a DSSE envelope, and says when it was issued, when it expires and which
    /// version it is; may be repeated.
    #[arg(
        long,
        value_name = "FILE",
        requires = "policy",
        help_heading = "What to demand",
        value_hint = ValueHint::FilePath
    )]
    pub(crate) policy_key: Vec<PathBuf>,

    /// Take only this version of a signed policy or a later one, so that none is played back
    #[arg(long, value_name = "N", requires = "policy_key", default_value_t, help_heading = "What to demand")]
    pub(crate) policy_minimum_version: u64,
}

#[derive(Debug, Args)]
pub(crate) struct TimeArgs {
    /// Verify as of this time, such as 2026-03-05T08:00:00Z; the system clock without it
    #[arg(long, value_name = "TIME", help_heading = "What to trust")]
    pub(crate) at: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct TrustArgs {
    #[command(flatten)]
    pub(crate) time: TimeArgs,

    /// Certificates (VCEK, VLEK) and revocation lists, in DER or PEM, and Intel's collateral, as JSON
    ///
    /// They are used only once a pinned root vouches for them. Certificates of authorities in them
    /// are ignored: the trusted ones are pinned.
    #[arg(
        long,
        value_name = "FILE",
        num_args = 1..,
        help_heading = "What to trust",
        value_hint = ValueHint::FilePath
    )]
    pub(crate) collateral: Vec<PathBuf>,

    /// Vendor roots that extend or replace the pinned ones
    #[arg(long, value_name = "FILE", help_heading = "What to trust", value_hint = ValueHint::FilePath)]
    pub(crate) trust_root: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct OutputArgs {
    /// Print the verdict as JSON, and nothing else
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,

    /// List every check with what was expected, what was found, where, and whose word it is
    #[arg(long, conflicts_with = "json", help_heading = "Output")]
    pub(crate) explain: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what a bundle claims, without judging it
    #[command(long_about = INSPECT)]
    Inspect(InspectArgs),
    /// Write a policy, or say what one enforces
    Policy {
        #[command(subcommand)]
        command: PolicyCommand,
    },
    /// List every check there is
    Checks(ChecksArgs),
    /// Verify hardware evidence alone, without a build
    #[command(long_about = EVIDENCE, after_long_help = EVIDENCE_EXAMPLES)]
    Evidence(EvidenceArgs),
    /// Say what evidence needs beside itself, and check what is there of it
    #[command(long_about = collateral::LONG, after_long_help = collateral::EXAMPLES)]
    Collateral(CollateralArgs),
    /// Check a proof that one input went into a build
    #[command(long_about = proof::LONG, after_long_help = proof::EXAMPLES)]
    Proof(ProofArgs),
    /// Print the completions of a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page
    Man {
        /// Write the pages of all commands and the completions of all shells into this folder
        #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
        dir: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// A bundle: its folder, an archive, or its files
    #[arg(required = true, value_name = "BUNDLE", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,

    /// Print the claims as JSON, and nothing else
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) time: TimeArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Write a policy that pins what a genuine bundle shows, to review and to edit
    #[command(long_about = POLICY_INIT)]
    Init(PolicyInitArgs),
    /// Say what a policy will enforce
    Check(PolicyCheckArgs),
}

#[derive(Debug, Args)]
pub(crate) struct PolicyInitArgs {
    /// A bundle: its folder, an archive, or its files
    #[arg(required = true, value_name = "BUNDLE", value_hint = ValueHint::AnyPath)]
    pub(crate) paths: Vec<PathBuf>,

    /// Write to this file, which must not exist yet, instead of standard output
    #[arg(long, short, value_name = "FILE", help_heading = "Output", value_hint = ValueHint::FilePath)]
    pub(crate) output: Option<PathBuf>,

    /// The name of the machine image in the policy
    #[arg(long, value_name = "NAME", default_value = "image-1", help_heading = "What to pin")]
    pub(crate) id: String,

    /// Pin only these registers (PCRs, RTMRs) instead of all that were quoted
    #[arg(long, value_name = "INDEX", value_delimiter = ',', help_heading = "What to pin")]
    pub(crate) registers: Option<Vec<u32>>,

    /// Leave the artifacts aside, as is always done here: a policy names none
    #[arg(long = "without-artifacts", help_heading = "What to pin")]
    _without_artifacts: bool,

    /// Leave the commit open, so that the policy fits later builds of the same source
    #[arg(long, help_heading = "What to pin")]
    pub(crate) any_commit: bool,

    #[command(flatten)]
    pub(crate) trust: TrustArgs,
}

#[derive(Debug, Args)]
pub(crate) struct PolicyCheckArgs {
    /// The policy
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) policy: PathBuf,

    #[command(flatten)]
    pub(crate) keys: KeyArgs,

    #[command(flatten)]
    pub(crate) time: TimeArgs,
}

#[derive(Debug, Args)]
pub(crate) struct ChecksArgs {
    /// Only the checks of this platform
    #[arg(long, value_name = "LABEL")]
    pub(crate) platform: Option<String>,

    /// As JSON
    #[arg(long, conflicts_with = "markdown", help_heading = "Output")]
    pub(crate) json: bool,

    /// As a table in Markdown
    #[arg(long, help_heading = "Output")]
    pub(crate) markdown: bool,
}

#[derive(Debug, Args)]
pub(crate) struct EvidenceArgs {
    /// Evidence: an evidence.json, a raw report, an HCL blob, a TPM quote, and certificates
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) files: Vec<PathBuf>,

    /// The report data that you expect, without padding
    #[arg(long, value_name = "HEX", help_heading = "What to demand")]
    pub(crate) report_data: Option<String>,

    #[command(flatten)]
    pub(crate) demands: DemandArgs,

    #[command(flatten)]
    pub(crate) trust: TrustArgs,

    #[command(flatten)]
    pub(crate) output: OutputArgs,
}

/// In two lines: the options of a verification go with no sub-command ([`Arguments::read`]).
const USAGE: &str = "\
kettle-verify [OPTIONS] <BUNDLE>...
       kettle-verify [--quiet] [--color <WHEN>] <COMMAND>";

const LONG: &str = "\
Verify offline that a binary was built from the source it claims, inside genuine hardware.

An attested build runs in a confidential virtual machine. The processor signs a report over the
digest of a provenance document, which names the source, every input and every artifact.
kettle-verify follows that chain from end to end and shows both values at each link:

    artifact → subject → provenance → report data → report → root

It has no network code: everything it needs is in the bundle, in files that you give, or pinned.

Genuine hardware alone says little: anybody can rent some. Only your policy says which machine image
you trust, so without one the outcome is `unpinned` at best.

Outcomes and exit codes:
    0  verified      all that your policy demands holds
    1  failed        some check failed; do not use the artifact
    2                wrong usage, or input that can't be read
    3  inconclusive  it can't be decided with what was given
    4  unpinned      genuine, but no image named or no artifact checked";

const EXAMPLES: &str = "\
Examples:
  Look at a build that you were given, then say what you trust:
    kettle-verify ripgrep-build.tar.gz
    kettle-verify policy init ripgrep-build.tar.gz --output ripgrep-policy.json
    kettle-verify ripgrep-build.tar.gz --policy ripgrep-policy.json

  Check the binary on this machine against a bundle:
    kettle-verify ripgrep-build.tar.gz --artifact /usr/local/bin/rg --policy ripgrep-policy.json

  Demand a commit, and see every check:
    kettle-verify build/ --source https://github.com/BurntSushi/ripgrep@<commit> --explain

  In a script, with the reason in JSON:
    kettle-verify build/ --policy policy.json --json > verdict.json || exit

  Pin what was verified, for pip:
    kettle-verify build/ --policy policy.json --emit pip-hashes > requirements.txt

  Say whether a bundle would have passed last year:
    kettle-verify build/ --policy policy.json --at 2025-12-31T00:00:00Z";

const INSPECT: &str = "\
Show what a bundle claims, without judging it.

Nothing that it prints was verified. It is for a look at a bundle that does not verify, or before
you write a policy.";

const POLICY_INIT: &str = "\
Write a policy that pins what a genuine bundle shows, to review and to edit.

The bundle is appraised first, and nothing is written unless its hardware evidence is genuine and
its bindings are intact. The policy then pins what was seen: the launch digest, the PCRs, the
source and the builder. That is trust on first use: compare the launch digest with the one that the
image's maker published before you rely on it.";

const EVIDENCE: &str = "\
Verify hardware evidence alone, without a build.

Takes an evidence.json, a raw SEV-SNP report (1184 bytes, or hex text), Azure's HCL blob with a TPM
quote (JSON, or message, signature and a JSON list of PCRs), and certificates and revocation lists,
in any order: files are told apart by what is in them.

Evidence alone says nothing of a build, so the outcome is `unpinned` at best (exit code 4).";

const EVIDENCE_EXAMPLES: &str = "\
Examples:
  A raw report with its certificate:
    kettle-verify evidence report.bin vcek.der

  With the report data that you asked for:
    kettle-verify evidence report.bin vcek.der --report-data 00ff…";
