//! Nix flakes: `flake.lock`, and every derivation that fetches.
//!
//! Nix evaluates first, before anything of the flake runs, and says which derivations there are; those that
//! fetch have digests. What they and the lockfile name is fetched, hashed again outside, and put into a new
//! store, in which the flake is evaluated and built without a network. Nothing comes out of a binary cache:
//! no lockfile has digests of what is in one.
//!
//! Nix makes no sandbox of its own here, since it would need rights that a build must not have; this one is
//! around all of it.

mod derivations;
mod flake;
mod nar;

use std::fs::{self, File};
use std::io::{self, Read as _, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use sha2::{Digest as _, Sha256, Sha512};

use self::derivations::{Evaluated, Fetch};
use self::nar::Method;
use super::{Command, Dependency, Ecosystem, Made, Mounts, Places, programs};
use crate::artifacts;
use crate::failure::{At as _, Done, Failure};
use crate::toolchain::Asked;

pub use flake::Input;

/// Builds of a flake.
#[derive(Debug)]
struct Nix {
    inputs: Vec<Input>,
    evaluated: OnceLock<Done<Evaluated>>,
}

/// What the known format says of a flake beside its dependencies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flake {
    /// Its inputs.
    pub inputs: Vec<Input>,
    /// How many derivations it has.
    pub derivations: usize,
    /// The entries of the known Merkle root, one for each that fetches.
    pub fetches: Vec<String>,
}

/// Below the cache: what is shown as `/nix`.
const STORE: &str = "nix/store";

/// What Nix says of the derivations, and which of them fetch.
const DERIVATIONS: &str = "derivations.json";
const FETCHES: &str = "fetches";

/// Bytes of what Nix says; the largest flakes have some ten million.
const DERIVATIONS_BYTES: u64 = 256 << 20;

/// Bytes of everything that is fetched.
const FETCHED_BYTES: u64 = 64 << 30;

/// What is built: the flake's package without a name.
const FLAKE: &str = "path:/build/source";

/// Only what is in the lockfile, and no word of the flake's own on how Nix is to behave.
const CONFIG: &str = "experimental-features = nix-command flakes
sandbox = false
build-users-group =
substituters =
accept-flake-config = false
allow-import-from-derivation = false
flake-registry =
warn-dirty = false
max-jobs = auto
";

/// Reads the lockfile.
pub(super) fn open(lockfile: &[u8]) -> Done<Box<dyn Ecosystem>> {
    Ok(Box::new(Nix { inputs: flake::inputs(lockfile)?, evaluated: OnceLock::new() }))
}

fn nix(words: &[&str]) -> Command {
    let variables = [
        ("NIX_CONFIG", CONFIG),
        ("NIX_REMOTE", "local"),
        ("USER", "builder"),
        ("XDG_CACHE_HOME", "/build/cache/downloads"),
    ];
    Command::new(words, &variables)
}

/// Writes bytes into a new file and hashes them.
struct Hashing {
    file: io::BufWriter<File>,
    left: u64,
    sha256: Sha256,
    sha512: Sha512,
}

impl Hashing {
    fn new(path: &Path, left: u64) -> Done<Self> {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).at("make the folder", parent)?;
        }
        let file = io::BufWriter::new(File::create_new(path).at("write", path)?);
        Ok(Self { file, left, sha256: Sha256::new(), sha512: Sha512::new() })
    }

    /// The digest, once all is written; and how many bytes may still be.
    fn finish(mut self, algorithm: &str) -> io::Result<(Vec<u8>, u64)> {
        self.file.flush()?;
        let digest = match algorithm {
            "sha512" => self.sha512.finalize().to_vec(),
            _ => self.sha256.finalize().to_vec(),
        };
        Ok((digest, self.left))
    }
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.left =
            self.left.checked_sub(size).ok_or_else(|| io::Error::other("more was fetched than is taken"))?;
        self.sha256.update(bytes);
        self.sha512.update(bytes);
        self.file.write_all(bytes).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Copies what lies in the store, as Nix hashes it, where it has its digest; how many bytes may still be.
fn copy(
    cache: &Path,
    to: &Path,
    (place, method): (&str, Method),
    (algorithm, digest): (&str, &[u8]),
    left: u64,
) -> Done<u64> {
    let store = Path::new(STORE);
    let missing = |what: &str| Failure::build(format!("`{place}` of the store {what}"));
    artifacts::no_links(cache, store).map_err(|what| missing(&what))?;
    let from = cache.join(store).join(place);
    let mut hashing = Hashing::new(to, left)?;
    match method {
        Method::Archive => nar::write(&from, &mut hashing)?,
        Method::Flat => {
            let (file, _) = artifacts::open(cache, &store.join(place)).map_err(|what| missing(&what))?;
            io::copy(&mut file.take(left), &mut hashing).at("copy", &from)?;
        }
    }
    let (found, left) = hashing.finish(algorithm).at("write", to)?;
    if found == digest {
        return Ok(left);
    }
    Err(missing("has another digest than it should; find out who changed it before you go on"))
}

impl Fetch {
    /// Where it lies among what was checked: the way to import it is told by the folder.
    fn checked(&self, index: usize) -> PathBuf {
        match self.method {
            Method::Flat => format!("flat-{}/{index}/{}", self.algorithm, self.name).into(),
            Method::Archive => format!("archive-{}/{index}/{}.nar", self.algorithm, self.name).into(),
        }
    }
}

impl Ecosystem for Nix {
    fn dependencies(&self) -> &[Dependency] {
        &[]
    }

    fn fetches(&self) -> bool {
        true
    }

    fn has_store(&self) -> bool {
        true
    }

    fn tools(&self) -> Done<Vec<Asked>> {
        let nix = programs::find("nix")?;
        if nix.starts_with("/nix") {
            return Err(Failure::usage(
                "`nix` lies in its own store, which a build does not see; install one that lies elsewhere, such as the package `nix-bin` of Debian",
            ));
        }
        Ok(vec![Asked::at("nix", &nix, &["--version"])?])
    }

    fn mounts(&self) -> Done<Mounts> {
        programs::mounts(&[programs::prefix(&programs::find("nix")?)])
    }

    fn closure(&self) -> Done<Vec<PathBuf>> {
        Ok(vec![programs::find("nix")?, programs::find("sh")?])
    }

    fn fetch(&self, _: &Path) -> Done<Vec<Command>> {
        let to = format!("{}/{DERIVATIONS}", Places::CACHE);
        let locked = "--no-update-lock-file --no-write-lock-file";
        let inputs = format!("nix flake archive {locked} {FLAKE}");
        let evaluate = format!("nix show-derivation --recursive {locked} {FLAKE} > {to}");
        Ok(vec![nix(&["sh", "-c", &inputs]), nix(&["sh", "-c", &evaluate])])
    }

    /// The derivations are read before any of them runs, and could say something else.
    fn fetch_more(&self, cache: &Path) -> Done<Vec<Command>> {
        let path = Path::new(DERIVATIONS);
        let (file, metadata) = artifacts::open(cache, path)
            .map_err(|what| Failure::build(format!("what Nix says of the derivations {what}")))?;
        if metadata.len() > DERIVATIONS_BYTES {
            return Err(Failure::usage(
                "Nix says more of the derivations than is taken; build a smaller flake",
            ));
        }
        let mut bytes = Vec::new();
        file.take(DERIVATIONS_BYTES).read_to_end(&mut bytes).at("read", path)?;
        let evaluated = self.evaluated.get_or_init(|| derivations::read(&bytes));
        let evaluated = evaluated.as_ref().map_err(Clone::clone)?;
        if evaluated.fetches.is_empty() {
            return Ok(Vec::new());
        }
        let list = cache.join(FETCHES);
        let lines: String =
            evaluated.fetches.iter().map(|one| format!("/nix/store/{}\n", one.derivation)).collect();
        let written = File::create_new(&list).and_then(|mut file| file.write_all(lines.as_bytes()));
        written.at("write", &list)?;
        let from = format!("{}/{FETCHES}", Places::CACHE);
        Ok(vec![nix(&["xargs", "-a", &from, "nix-store", "--quiet", "--realise"])])
    }

    fn take(&self, cache: &Path, checked: &Path) -> Done<Vec<Dependency>> {
        let mut left = FETCHED_BYTES;
        for (index, input) in self.inputs.iter().enumerate() {
            let place = nar::place(Method::Archive, "sha256", &input.sha256, "source");
            let to = checked.join(format!("inputs/{index}.nar"));
            left = copy(cache, &to, (&place, Method::Archive), ("sha256", &input.sha256), left)?;
        }
        let fetches = self.evaluated()?.fetches.iter();
        for (index, one) in fetches.clone().enumerate() {
            let to = checked.join(one.checked(index));
            left = copy(cache, &to, (&one.place(), one.method), (one.algorithm, &one.digest), left)?;
        }
        Ok(fetches.map(Fetch::dependency).collect())
    }

    fn flake(&self) -> Option<Flake> {
        let evaluated = self.evaluated().ok()?;
        let fetches = evaluated.fetches.iter().map(Fetch::entry).collect();
        Some(Flake { inputs: self.inputs.clone(), derivations: evaluated.count, fetches })
    }

    fn writes_source(&self) -> bool {
        false
    }

    fn prepare(&self) -> Vec<Command> {
        // The store computes for itself under which names these belong.
        let script = r#"set -e; cd /build/cache
            archive() { rm -rf restored; mkdir restored; nix-store --restore "restored/$3" < "$2"
                nix-store --add-fixed --recursive "$1" "restored/$3"; }
            for file in /build/checked/inputs/*.nar; do if [ -e "$file" ]; then archive sha256 "$file" source; fi; done
            for digest in sha256 sha512; do
                for file in /build/checked/archive-$digest/*/*; do
                    if [ -e "$file" ]; then archive $digest "$file" "$(basename "$file" .nar)"; fi; done
                for file in /build/checked/flat-$digest/*/*; do
                    if [ -e "$file" ]; then nix-store --add-fixed $digest "$file"; fi; done
            done > /dev/null; rm -rf restored"#;
        vec![nix(&["sh", "-c", script])]
    }

    fn build(&self, command: &[String]) -> Command {
        nix(&command.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn default_command(&self) -> Vec<String> {
        let build = "nix build --offline --no-update-lock-file --no-write-lock-file --print-build-logs";
        let copy = "cp -rL /build/cache/result/. \"$KETTLE_OUTPUT\"";
        let script = format!("{build} --out-link /build/cache/result {FLAKE} && {copy}");
        ["sh", "-c", &script].map(String::from).to_vec()
    }

    fn artifacts(&self) -> Made {
        Made::Programs("bin")
    }

    fn merkle_tools(&self) -> &'static [&'static str] {
        &["nix"]
    }
}

impl Nix {
    fn evaluated(&self) -> Done<&Evaluated> {
        let evaluated = self.evaluated.get().map(Result::as_ref);
        let open = || Failure::build("the flake was not evaluated");
        evaluated.ok_or_else(open)?.map_err(Clone::clone)
    }
}
