//! The whole of an attested build on one screen.

mod steps;
mod verify;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use kettle_verifier_core::{Artifact, Outcome, Timestamp, Verdict};
use sha2::{Digest as _, Sha256};

use crate::artifacts;
use crate::bundle::Draft;
use crate::ecosystem;
use crate::event::{Event, Reporter, Step};
use crate::evidence::{Attested, Attester, Evidence};
use crate::failure::{At as _, Done, Failure};
use crate::guard::Guard;
use crate::input_tree::Seed;
use crate::provenance::Facts;
use crate::sandbox::{Limits, probe};
use crate::sha256_hex;
use crate::source;
use crate::toolchain::{Asked, Pending, Tool};

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The repository.
    pub project: PathBuf,
    /// A branch, tag or commit; without it, what is checked out.
    pub reference: Option<String>,
    /// Where the source says that it comes from; without it, the remote `origin`.
    pub source_uri: Option<String>,
    /// The toolchain; without it, the one whose lockfile is there.
    pub toolchain: Option<String>,
    /// The build command; empty for the toolchain's own.
    pub command: Vec<String>,
    /// Artifacts below the output folder; empty for all programs of the toolchain's folder.
    pub artifacts: Vec<String>,
    /// The nonce of whoever asked for the build; all zero is none.
    pub nonce: [u8; 16],
    /// What the build may use up.
    pub limits: Limits,
    /// Where the bundle goes.
    pub output: PathBuf,
    /// Where the secret goes from which proofs of inputs are made; without it, beside the bundle.
    pub seed: Option<PathBuf>,
    /// Leaves a bundle even where what it carries does not decide whether it verifies.
    pub allow_inconclusive: bool,
}

/// What came of it.
#[derive(Debug)]
pub struct Built {
    /// The folder of the bundle.
    pub folder: PathBuf,
    /// The verdict over it, under no policy.
    pub verdict: Verdict,
}

/// Builds a project and leaves a bundle.
///
/// # Errors
/// [`Failure`], and no bundle, where anything on the way does not hold.
pub fn build(options: &Options, attester: &dyn Attester, reporter: &mut dyn Reporter) -> Done<Built> {
    let guard = Guard::start()?;
    // Bubblewrap is tried some times, which takes as long as all that is read meanwhile.
    let layers = std::thread::spawn(probe);
    let seed_place = options.seed.clone().unwrap_or_else(|| Seed::place(&options.output));
    let draft = Draft::new(&options.output, &seed_place, &guard)?;
    let seed = Seed::fresh()?;
    let work = guard.folder(&std::env::temp_dir(), "")?;
    open_to_the_sandbox(work.path())?;
    let started = now()?;

    step(reporter, Step::Source, "exporting the commit and recomputing its tree");
    let folder = folder(work.path(), "source")?;
    let uri = options.source_uri.as_deref();
    let source = source::export(&options.project, options.reference.as_deref(), uri, &folder)?;

    step(reporter, Step::Inputs, "reading the lockfile");
    let (ecosystem, lockfile) = ecosystem::of(&source, options.toolchain.as_deref())?;
    let tools = ecosystem.tools()?;
    let layers = layers.join().unwrap_or_else(|_| Err(Failure::usage("the sandbox can't be tried")))?;
    // The toolchain is looked at while all else goes on.
    let closure = Pending::of(ecosystem.closure()?, ecosystem.links());
    let command =
        if options.command.is_empty() { ecosystem.default_command() } else { options.command.clone() };
    let steps::Made { output, dependencies, layers, limited_by } = steps::run(
        &command,
        (ecosystem.as_ref(), &tools),
        (layers, options.limits),
        &source,
        work.path(),
        reporter,
    )?;

    step(reporter, Step::Artifacts, "hashing what the build made");
    let taken = artifacts::find(&output, &ecosystem.artifacts(), &options.artifacts)?;
    let files = taken.iter().map(|path| artifacts::take(&output, path, &draft.artifacts()));
    let files = files.collect::<Done<Vec<Artifact>>>()?;

    let tools = tools.into_iter().map(Asked::wait).collect::<Done<Vec<Tool>>>()?;
    let provenance = Facts {
        source: &source,
        lockfile_sha256: sha256_hex(&lockfile),
        dependencies: &dependencies,
        flake: ecosystem.flake(),
        tools: &tools,
        closure: &closure.wait()?,
        merkle_tools: Facts::merkle_tools(ecosystem.as_ref()),
        builder: &Tool::this()?,
        command: spelled(&command),
        layers: &layers,
        limits: (options.limits, limited_by),
        nonce: options.nonce,
        artifacts: files.iter().map(|file| (file.name.clone(), file.sha256)).collect(),
        invocation: invocation(started)?,
        times: [rfc3339(started), rfc3339(now()?)],
    }
    .json(&seed)?;

    step(reporter, Step::Evidence, &format!("asking {} for a signature", attester.source()));
    let evidence = attester.attest(&attested(&provenance, &options.nonce), now()?)?;

    step(reporter, Step::Verify, "verifying the bundle");
    let verdict = verify::verify(&provenance, &evidence, files, options)?;
    write(&draft, &provenance, &evidence)?;
    let folder = draft.finish(&seed, &guard)?;
    placed(reporter, &folder, &provenance, &verdict);
    Ok(Built { folder, verdict })
}

/// What the hardware attests: the digest of the provenance, and the nonce.
fn attested(provenance: &[u8], nonce: &[u8; 16]) -> Attested {
    let mut attested = [0; 48];
    let (digest, rest) = attested.split_at_mut(32);
    digest.copy_from_slice(&Sha256::digest(provenance));
    rest.copy_from_slice(nonce);
    attested
}

/// Tells that the bundle is in its place.
pub(crate) fn placed(reporter: &mut dyn Reporter, folder: &Path, provenance: &[u8], verdict: &Verdict) {
    reporter.report(&Event::Bundle {
        path: &folder.to_string_lossy(),
        provenance_sha256: &sha256_hex(provenance),
        outcome: outcome(verdict),
    });
}

fn outcome(verdict: &Verdict) -> &'static str {
    match verdict.outcome {
        Outcome::Verified => "verified",
        Outcome::Unpinned => "unpinned",
        Outcome::Failed => "failed",
        Outcome::Inconclusive => "inconclusive",
    }
}

fn step(reporter: &mut dyn Reporter, step: Step, text: &str) {
    reporter.report(&Event::Step { step, text });
}

fn folder(work: &Path, name: &str) -> Done<PathBuf> {
    let path = work.join(name);
    fs::create_dir(&path).at("make the folder", &path)?;
    Ok(path)
}

/// The sandbox's user has to pass through the folder; nobody else finds anything of worth in it.
fn open_to_the_sandbox(work: &Path) -> Done {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(work, fs::Permissions::from_mode(0o711)).at("set the mode of", work)
}

fn write(draft: &Draft, provenance: &[u8], evidence: &Evidence) -> Done {
    draft.write("provenance.json", provenance)?;
    draft.write("evidence.json", &evidence.envelope)
}

/// The time, as the machine's clock has it.
///
/// # Errors
/// [`Failure`] where the clock is far off.
pub fn now() -> Done<Timestamp> {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).ok();
    elapsed
        .and_then(|elapsed| Timestamp::from_unix(elapsed.as_secs()))
        .ok_or_else(|| Failure::usage("the system clock is before 1970 or beyond 9999; set it"))
}

/// A command as a shell takes it: one text for every command, since only words of plain characters stand in
/// it as they are.
fn spelled(command: &[String]) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"%+,-./:=@_".contains(&byte);
    let word = |word: &String| {
        if !word.is_empty() && word.bytes().all(plain) {
            return word.clone();
        }
        format!("'{}'", word.replace('\'', r"'\''"))
    };
    command.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// The spelling of the known format.
fn rfc3339(time: Timestamp) -> String {
    time.to_rfc3339().replace('Z', "+00:00")
}

fn invocation(started: Timestamp) -> Done<String> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|error| Failure::usage(format!("no random numbers: {error}")))?;
    Ok(format!("build-{}-{}", started.unix(), crate::hex(&random)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_the_words_of_a_command_again() {
        let command = ["printf", "%s\n", "a b", "", "it's", "$HOME", "`id`", "x=1", "é", "\\", "\"\n"];
        let spelled = spelled(&command.map(String::from));
        let done = std::process::Command::new("sh").args(["-c", &spelled]).output().unwrap();
        let words: String = command[2..].iter().map(|word| format!("{word}\n")).collect();
        assert_eq!(String::from_utf8(done.stdout).unwrap(), words, "{spelled}");
        // What the known builders write stays as they write it.
        let plain = ["cargo", "build", "--release", "--locked"];
        assert_eq!(super::spelled(&plain.map(String::from)), "cargo build --release --locked");
    }
}
