//! What the command line takes.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};
use kettle_attest::device::metadata;
use kettle_attest::evidence::{Asked, Machine};
use kettle_attest::sandbox::Limits;
use kettle_attest::{Done, Failure};

/// The platform whose quote device is found.
const AUTO: &str = "auto";

/// Builds a project inside a confidential VM, and leaves a bundle that anybody can verify offline
///
/// A commit is exported and its tree recomputed; what its lockfile names is fetched and compared; a sandbox
/// without network and devices builds; what it made is hashed outside, and the hardware signs all of it.
#[derive(Debug, Parser)]
#[command(name = "kettle-attest", version, max_term_width = 100, after_help = EXIT)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Tells what happens as JSON, one object on a line
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

const EXIT: &str = "Exit codes: 0 there is a bundle, and it verified; 1 the build, or what it made, can't be \
                    attested; 2 wrong usage, or the project or machine lacks something. In the last two \
                    cases there is no bundle.";

const BUILD: &str = "\
Examples:
  kettle-attest build . --simulate snp      a try-out, on any machine
  kettle-attest build . -o out              in a confidential VM
  kettle-attest build . -o out --artifact release/tool -- \\
      cargo build --release --locked --bin tool

Known lockfiles: Cargo.lock, package-lock.json, pnpm-lock.yaml, uv.lock,
requirements.txt with hashes, go.sum, flake.lock; and kettle-build.toml, which
declares inputs, programs, a command and outputs. The command runs in the
commit's files and writes below $KETTLE_OUTPUT.

What comes of it: provenance.json, evidence.json and artifacts/ in `out`; and
beside it `out.seed`, a secret that `kettle-attest prove` needs. Verify it by
  kettle-verify policy init out > policy.json
  kettle-verify out --policy policy.json";

const ATTEST: &str = "\
Example:
  kettle-attest attest --challenge $(openssl rand -hex 32) -o evidence.json
  kettle-verify evidence evidence.json --report-data <what was printed>

The report data is SHA-256 over `kettle-attest challenge:` and the challenge as
it is written: whoever chose it can work that out, and nobody can have the
digest of a provenance signed this way.";

const PROVE: &str = "\
Example:
  kettle-attest prove serde --bundle out -o serde.proof
  kettle-verify proof serde.proof 'pkg:cargo/serde@1.0.228?checksum=…' out

The entry that is printed goes with the proof: who checks it names it.";

const SERVE: &str = "\
Example:
  kettle-attest serve --listen 0.0.0.0:4460

One order is built after the other, each in folders of its own that are gone
afterwards. Whoever reaches the address may order: open it to those alone who
shall.";

const SEND: &str = "\
Example:
  kettle-attest send . --to build.example:4460 --policy policy.json -o out

The policy has to name the machine's image; `kettle-verify policy init` writes
one from a bundle of it. Before the machine's evidence fulfils the policy, for
the key of this very connection and a fresh nonce, nothing of the source is
sent.";

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "it is made once, from the command line")]
pub(crate) enum Command {
    /// Builds a commit in a sandbox and has the hardware sign what came of it
    #[command(after_help = BUILD)]
    Build(BuildArgs),
    /// Has the hardware answer a challenge: evidence of this machine, and of no build
    #[command(after_help = ATTEST)]
    Attest(AttestArgs),
    /// Proves to others that one input went into a build, and shows nothing of the rest
    #[command(after_help = PROVE)]
    Prove(ProveArgs),
    /// Builds for others, who send their source once this machine has proven what it is
    #[command(after_help = SERVE)]
    Serve(ServeArgs),
    /// Has a commit built by a machine that proves what it is before anything is sent
    #[command(after_help = SEND)]
    Send(SendArgs),
    /// Tells which layers of the sandbox this machine offers
    SelfTest,
    /// Prints the trust root under which simulated bundles verify: for tests, never for anything else
    TestRoot,
}

/// What is built, and where to.
#[derive(Debug, Args)]
pub(crate) struct What {
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
    /// An artifact below the output folder, again for each; without it, all that the toolchain makes
    #[arg(long, value_name = "PATH")]
    pub(crate) artifact: Vec<String>,
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

/// Where evidence comes from.
#[derive(Debug, Args)]
pub(crate) struct EvidenceArgs {
    /// The platform of the evidence; without it, the one whose quote device is found
    #[arg(long, value_name = "NAME", default_value = AUTO)]
    platform: String,
    /// Makes evidence with the test keys that everybody has: for trying things out
    ///
    /// Either `--simulate snp`, or with `--platform snp` alone. Nobody takes such a bundle who does not name
    /// the test root, which `kettle-attest test-root` prints.
    #[arg(long, value_name = "PLATFORM", num_args = 0..=1)]
    simulate: Option<Option<String>>,
    /// Certificates (VCEK, VLEK) in DER or PEM, and Intel's collateral as JSON, for evidence without its own
    #[arg(long, value_name = "FILE")]
    collateral: Vec<PathBuf>,
    /// Fetch neither certificates nor collateral of AMD and Intel
    #[arg(long)]
    offline: bool,
    /// Vendor roots that extend or replace the pinned ones when the bundle is verified
    #[arg(long, value_name = "FILE")]
    trust_root: Option<PathBuf>,
    /// Look for quote devices below this folder: for tests
    #[arg(long, value_name = "FOLDER", hide = true, default_value = "/")]
    device_root: PathBuf,
    /// Where Azure's metadata service listens: for tests
    #[arg(long, value_name = "ADDRESS", hide = true, default_value_t = metadata::ADDRESS)]
    metadata_service: SocketAddr,
}

/// What a build may use up.
#[derive(Debug, Args)]
pub(crate) struct LimitArgs {
    /// Seconds that one command of the build may run
    #[arg(long, value_name = "SECONDS", default_value_t = Limits::default().seconds)]
    timeout: u64,
    /// MiB of memory that the build may use; without it, nine tenths of the machine's
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u64).range(1..=1 << 30))]
    memory: Option<u64>,
    /// Processes and threads that the build may have at a time
    #[arg(long, value_name = "COUNT", default_value_t = Limits::default().processes)]
    processes: u64,
}

#[derive(Debug, Args)]
pub(crate) struct BuildArgs {
    #[command(flatten)]
    pub(crate) what: What,
    #[command(flatten)]
    pub(crate) evidence: EvidenceArgs,
    /// A nonce that the evidence carries: 32 hex digits
    #[arg(long, value_name = "HEX")]
    nonce: Option<String>,
    /// Leave a bundle even where something is missing that would decide whether it verifies
    #[arg(long)]
    pub(crate) allow_inconclusive: bool,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

#[derive(Debug, Args)]
pub(crate) struct AttestArgs {
    /// What a verifier chose by chance: 64 hex digits
    #[arg(long, value_name = "HEX")]
    pub(crate) challenge: String,
    #[command(flatten)]
    pub(crate) evidence: EvidenceArgs,
    /// Where the evidence goes
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: PathBuf,
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

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// The address to listen at
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "0.0.0.0:4460")]
    pub(crate) listen: String,
    #[command(flatten)]
    pub(crate) evidence: EvidenceArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

#[derive(Debug, Args)]
pub(crate) struct SendArgs {
    /// The machine that builds
    #[arg(long, value_name = "HOST:PORT")]
    pub(crate) to: String,
    /// The policy that the machine and the bundle have to fulfil, as `kettle-verify` has them
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: PathBuf,
    /// A public key (DER) that must have signed the policy, again for each
    #[arg(long, value_name = "FILE")]
    pub(crate) policy_key: Vec<PathBuf>,
    /// Takes the roots of this file beside the pinned ones
    #[arg(long, value_name = "FILE")]
    pub(crate) trust_root: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) what: What,
}

impl LimitArgs {
    pub(crate) fn limits(&self) -> Limits {
        let default = Limits::default();
        Limits {
            memory_bytes: self.memory.map_or(default.memory_bytes, |memory| memory.saturating_mul(1 << 20)),
            processes: self.processes,
            seconds: self.timeout,
        }
    }
}

impl EvidenceArgs {
    /// Where the evidence comes from.
    pub(crate) fn asked(&self) -> Done<Asked> {
        let platform = Some(self.platform.clone()).filter(|name| name != AUTO);
        let offline = self.offline;
        let mut machine = Machine::below(&self.device_root, self.metadata_service);
        self.collateral.iter().try_for_each(|path| machine.staple(path))?;
        if let Some(path) = &self.trust_root {
            machine.trust(read(path)?);
        }
        let Some(simulated) = &self.simulate else {
            return Ok(Asked { platform, simulate: false, machine, offline });
        };
        match (platform, simulated.clone()) {
            (Some(platform), Some(simulated)) if platform != simulated => Err(Failure::usage(format!(
                "--platform {platform} and --simulate {simulated}: name one of the two"
            ))),
            (platform, simulated) => {
                Ok(Asked { platform: simulated.or(platform), simulate: true, machine, offline })
            }
        }
    }
}

impl BuildArgs {
    pub(crate) fn nonce(&self) -> Done<[u8; 16]> {
        let Some(text) = &self.nonce else { return Ok([0; 16]) };
        let mut nonce = [0; 16];
        match base16ct::lower::decode(text, &mut nonce) {
            Ok(decoded) if decoded.len() == 16 => Ok(nonce),
            _ => Err(Failure::usage("--nonce: expected 32 lower-case hex digits")),
        }
    }
}

/// A small file that is named on the command line.
pub(crate) fn read(path: &Path) -> Done<Vec<u8>> {
    std::fs::read(path).map_err(|error| Failure::usage(format!("can't read `{}`: {error}", path.display())))
}
