//! What the command line takes.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use kettle_attest::evidence::Asked;
use kettle_attest::sandbox::Limits;
use kettle_attest::{Done, Failure};

/// The platform whose quote device is found.
const AUTO: &str = "auto";

/// Builds a project inside a confidential VM, and leaves a bundle that anybody can verify offline
#[derive(Debug, Parser)]
#[command(name = "kettle-attest", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Tells what happens as JSON, one object on a line
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "it is made once, from the command line")]
pub(crate) enum Command {
    /// Builds a commit in a sandbox and has the hardware sign what came of it
    Build(BuildArgs),
    /// Proves to others that one input went into a build, and shows nothing of the rest
    Prove(ProveArgs),
    /// Tells which layers of the sandbox this machine offers
    SelfTest,
    /// Prints the trust root under which simulated bundles verify: for tests, never for anything else
    TestRoot,
}

#[derive(Debug, Args)]
pub(crate) struct BuildArgs {
    /// The Git repository of the project
    pub(crate) project: PathBuf,
    /// The branch, tag or commit that is built; without it, what is checked out
    #[arg(long = "ref", value_name = "REF")]
    pub(crate) reference: Option<String>,
    /// Where the source comes from; without it, the remote `origin`
    #[arg(long, value_name = "URI")]
    pub(crate) source_uri: Option<String>,
    /// The toolchain; without it, the one whose lockfile is there
    #[arg(long, value_name = "NAME")]
    pub(crate) toolchain: Option<String>,
    /// An artifact below the output folder, again for each; without it, every program that was built
    #[arg(long, value_name = "PATH")]
    pub(crate) artifact: Vec<String>,
    /// The platform of the evidence; without it, the one whose quote device is found
    #[arg(long, value_name = "NAME", default_value = AUTO)]
    platform: String,
    /// Makes evidence with the test keys that everybody has: for trying things out
    ///
    /// Either `--simulate snp`, or with `--platform snp` alone. Nobody takes such a bundle who does not name
    /// the test root, which `kettle-attest test-root` prints.
    #[arg(long, value_name = "PLATFORM", num_args = 0..=1)]
    simulate: Option<Option<String>>,
    /// A nonce that the evidence carries: 32 hex digits
    #[arg(long, value_name = "HEX")]
    nonce: Option<String>,
    /// Seconds that one command of the build may run
    #[arg(long, value_name = "SECONDS", default_value_t = Limits::default().seconds)]
    timeout: u64,
    /// MiB of memory that the build may use; without it, nine tenths of the machine's
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u64).range(1..=1 << 30))]
    memory: Option<u64>,
    /// Processes and threads that the build may have at a time
    #[arg(long, value_name = "COUNT", default_value_t = Limits::default().processes)]
    processes: u64,
    /// Where the bundle goes
    #[arg(long, short, value_name = "FOLDER", default_value = "kettle-build")]
    pub(crate) output: PathBuf,
    /// Where the secret goes that `prove` needs; without it, beside the bundle as NAME.seed
    #[arg(long, value_name = "FILE")]
    pub(crate) seed: Option<PathBuf>,
    /// The build command, after `--`; without it, the toolchain's own
    #[arg(last = true)]
    pub(crate) command: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ProveArgs {
    /// The input: a dependency's name, NAME@VERSION or package URL, or any other entry to the letter
    #[arg(value_name = "INPUT")]
    pub(crate) input: String,
    /// The folder of the bundle
    #[arg(long, value_name = "FOLDER")]
    pub(crate) bundle: PathBuf,
    /// The seed that the build left; without it, beside the bundle as NAME.seed
    #[arg(long, value_name = "FILE")]
    pub(crate) seed: Option<PathBuf>,
    /// Where the proof goes
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: PathBuf,
}

impl BuildArgs {
    pub(crate) fn limits(&self) -> Limits {
        let default = Limits::default();
        Limits {
            memory_bytes: self.memory.map_or(default.memory_bytes, |memory| memory.saturating_mul(1 << 20)),
            processes: self.processes,
            seconds: self.timeout,
        }
    }

    /// Where the evidence comes from.
    pub(crate) fn evidence(&self) -> Done<Asked> {
        let platform = Some(self.platform.clone()).filter(|name| name != AUTO);
        let Some(simulated) = &self.simulate else { return Ok(Asked { platform, simulate: false }) };
        match (platform, simulated.clone()) {
            (Some(platform), Some(simulated)) if platform != simulated => Err(Failure::usage(format!(
                "--platform {platform} and --simulate {simulated}: name one of the two"
            ))),
            (platform, simulated) => Ok(Asked { platform: simulated.or(platform), simulate: true }),
        }
    }

    pub(crate) fn nonce(&self) -> Done<[u8; 16]> {
        let Some(text) = &self.nonce else { return Ok([0; 16]) };
        let mut nonce = [0; 16];
        match base16ct::lower::decode(text, &mut nonce) {
            Ok(decoded) if decoded.len() == 16 => Ok(nonce),
            _ => Err(Failure::usage("--nonce: expected 32 lower-case hex digits")),
        }
    }
}
