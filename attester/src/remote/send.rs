//! The requester's side.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use kettle_verifier_core::request::Settings;
use kettle_verifier_core::{Outcome, Verdict};
use kettle_verifier_io::EvidenceParts;
use serde::Deserialize;

use super::frame::{self, Budget, Kind};
use super::{Hello, Item, Order, SEED, VERSION, bound, objects, tls};
use crate::build::{self, Built};
use crate::bundle::Draft;
use crate::event::{Event, Reporter, Step};
use crate::failure::{At as _, Done, Failure};
use crate::guard::Guard;
use crate::input_tree::Seed;
use crate::source;

/// How long is waited for a build machine that says nothing.
const PATIENCE: Duration = Duration::from_secs(5 * 3600);

/// What is taken as evidence, and as a bundle.
const EVIDENCE: Budget = Budget { bytes: 32 << 20, items: 64 };
const BUNDLE: Budget = Budget { bytes: 64 << 30, items: 100_000 };

/// What is asked of a build machine, and under which demands.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The machine, such as `build.example:4460`.
    pub to: String,
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
    /// Artifacts below the output folder; empty for all of the toolchain's.
    pub artifacts: Vec<String>,
    /// The policy that the machine and the bundle have to fulfil.
    pub policy: Vec<u8>,
    /// The keys of which one must have signed the policy.
    pub policy_keys: Vec<Vec<u8>>,
    /// A trust-root file, beside the pinned roots.
    pub trust_root: Option<Vec<u8>>,
    /// Where the bundle goes.
    pub output: PathBuf,
    /// Where the seed of the input tree goes; without it, beside the bundle.
    pub seed: Option<PathBuf>,
}

/// Has a commit built by a machine that proves what it is, and verifies what comes back.
///
/// # Errors
/// [`Failure`] where the machine, or its bundle, doesn't fulfil the policy. In the first case nothing of
/// the source was sent.
pub fn send(request: &Request, reporter: &mut dyn Reporter) -> Done<Built> {
    let guard = Guard::start()?;
    let seed_place = request.seed.clone().unwrap_or_else(|| Seed::place(&request.output));
    let draft = Draft::new(&request.output, &seed_place, &guard)?;
    let repository = source::open(&request.project)?;
    let (commit, uri) =
        source::named(&repository, request.reference.as_deref(), request.source_uri.as_deref())?;
    let cant = |error| Failure::usage(format!("`{}` can't be reached: {error}", request.to.escape_debug()));
    let tcp = TcpStream::connect(&request.to).map_err(cant)?;
    tcp.set_read_timeout(Some(PATIENCE)).map_err(cant)?;
    let (mut stream, key) = tls::client(tcp)?;

    reporter.report(&Event::Step { step: Step::Evidence, text: "asking the build machine what it is" });
    convinced(&mut stream, &key, request)?;

    reporter.report(&Event::Step {
        step: Step::Source,
        text: "the machine is one of the policy: sending the commit",
    });
    let nonce = crate::hex(&random::<16>()?);
    let order = Order {
        commit: commit.to_string(),
        source_uri: uri.clone(),
        toolchain: request.toolchain.clone(),
        command: request.command.clone(),
        artifacts: request.artifacts.clone(),
        nonce: nonce.clone(),
    };
    frame::write_json(&mut stream, Kind::Order, &order)?;
    objects::send(&mut stream, &repository, commit)?;
    let seed = receive(&mut stream, &draft, reporter)?;

    reporter.report(&Event::Step { step: Step::Verify, text: "verifying the bundle" });
    let verdict = verified(&draft, request, &nonce, &format!("{uri}@{commit}"))?;
    let folder = draft.finish(&seed, &guard)?;
    let provenance = folder.join("provenance.json");
    let provenance = fs::read(&provenance).at("read", &provenance)?;
    build::placed(reporter, &folder, &provenance, &verdict);
    Ok(Built { folder, verdict })
}

fn random<const N: usize>() -> Done<[u8; N]> {
    let mut random = [0; N];
    getrandom::fill(&mut random).map_err(|error| Failure::usage(format!("no random numbers: {error}")))?;
    Ok(random)
}

fn settings<'s>(request: &'s Request, now: &'s str) -> Settings<'s> {
    Settings {
        now,
        policy: Some(&request.policy),
        policy_keys: request.policy_keys.iter().map(Vec::as_slice).collect(),
        trust_root: request.trust_root.as_deref(),
        ..Settings::default()
    }
}

/// Asks the machine for evidence over the key of this very connection, and appraises it.
fn convinced(stream: &mut (impl Read + Write), key: &[u8], request: &Request) -> Done {
    let nonce = random::<32>()?;
    let hello = Hello { version: VERSION, nonce: crate::hex(&nonce) };
    frame::write_json(stream, Kind::Hello, &hello)?;
    let mut parts = EvidenceParts::default();
    let mut budget = EVIDENCE;
    let unreadable = |error: &dyn core::fmt::Display| {
        Failure::build(format!("the machine's evidence can't be read: {error}"))
    };
    while let Some(item) = frame::next_item(stream, &mut budget, &mut |_| ())? {
        let mut bytes = Vec::new();
        frame::pieces(stream, &mut bytes, &mut budget)?;
        parts.add(&item.name, bytes).map_err(|error| unreadable(&error))?;
    }
    let evidence = parts.finish().map_err(|error| unreadable(&error))?;
    let bound = crate::hex(&bound(key, &nonce));
    let now = build::now()?.to_rfc3339();
    let mut open = String::new();
    // Where a platform has the nonce of a build in a field of its own, the digest stands alone.
    for expected in [Some(bound.as_str()), bound.get(..64)] {
        let content = evidence.content(expected).map_err(|error| unreadable(&error))?;
        let verdict = settings(request, &now).appraise(&content);
        let verdict = verdict.map_err(|error| Failure::usage(error.to_string()))?;
        if verdict.leaves_nothing_open() {
            return Ok(());
        }
        let check = verdict.first_open().filter(|_| open.is_empty());
        open.extend(check.map(|check| format!("`{}`, that {}", check.id, check.title)));
    }
    Err(Failure::build(format!(
        "nothing was sent, since the machine is not one that the policy takes: it doesn't hold, or isn't known, for {open}"
    )))
}

/// Writes what comes into the draft.
fn receive(stream: &mut impl Read, draft: &Draft, reporter: &mut dyn Reporter) -> Done<Seed> {
    let mut budget = BUNDLE;
    let mut event = |bytes: &[u8]| tell(bytes, reporter);
    let mut seed = None;
    while let Some(Item { name, executable }) = frame::next_item(stream, &mut budget, &mut event)? {
        if name == SEED {
            let (mut bytes, mut budget) = (Vec::new(), Budget { bytes: 128, items: 0 });
            frame::pieces(stream, &mut bytes, &mut budget)?;
            seed = Seed::parse(&bytes);
            continue;
        }
        let mut parts = Path::new(&name).components();
        let plain = parts.all(|part| matches!(part, Component::Normal(_))) && !name.ends_with('/');
        let known = name.strip_prefix("artifacts/").unwrap_or(&name);
        if !plain || known.is_empty() || known.contains(['/', '\\', '\0']) {
            return Err(Failure::build(format!("the machine sent a file `{}`", name.escape_debug())));
        }
        let path = draft.folder().join(&name);
        let mut file = fs::File::create_new(&path).at("write", &path)?;
        let mode = if executable { 0o755 } else { 0o644 };
        file.set_permissions(fs::Permissions::from_mode(mode)).at("set the mode of", &path)?;
        frame::pieces(stream, &mut file, &mut budget)?;
    }
    seed.ok_or_else(|| Failure::build("the machine sent no seed of the input tree"))
}

/// What happens on the other side, as far as it is known here.
fn tell(bytes: &[u8], reporter: &mut dyn Reporter) {
    #[derive(Deserialize)]
    #[serde(tag = "event", rename_all = "snake_case")]
    enum Known {
        Step { step: Step, text: String },
        Progress { step: Step, done: u64, total: u64 },
        Output { line: String },
        Warning { text: String },
    }
    let plain = |text: &str| -> String { text.chars().filter(|one| !one.is_control()).collect() };
    match serde_json::from_slice(bytes) {
        Ok(Known::Step { step, text }) => reporter.report(&Event::Step { step, text: &plain(&text) }),
        Ok(Known::Progress { step, done, total }) => reporter.report(&Event::Progress { step, done, total }),
        Ok(Known::Output { line }) => reporter.report(&Event::Output { line: &line }),
        Ok(Known::Warning { text }) => reporter.report(&Event::Warning { text: &plain(&text) }),
        Err(_) => {}
    }
}

/// The bundle under the policy, with the source, the commit and the nonce of this order.
fn verified(draft: &Draft, request: &Request, nonce: &str, source: &str) -> Done<Verdict> {
    let paths = vec![draft.folder().to_owned()];
    let wanted = kettle_verifier_io::Request { paths, ..kettle_verifier_io::Request::default() };
    let unreadable =
        |error: &dyn core::fmt::Display| Failure::build(format!("the bundle can't be read: {error}"));
    let mut go_on = |_: kettle_verifier_io::Progress<'_>| core::ops::ControlFlow::Continue(());
    let given = kettle_verifier_io::read_any(&wanted, &mut go_on).map_err(|error| unreadable(&error))?;
    let now = build::now()?.to_rfc3339();
    let settings = Settings { nonce: Some(nonce), source: Some(source), ..settings(request, &now) };
    let content = given.content(&wanted).map_err(|error| unreadable(&error))?;
    let verdict = settings.appraise(&content).map_err(|error| Failure::usage(error.to_string()))?;
    match verdict.outcome {
        Outcome::Verified => Ok(verdict),
        _ => Err(Failure::build(format!(
            "the bundle that came back is not what was asked for: {}",
            verdict.sentence
        ))),
    }
}
