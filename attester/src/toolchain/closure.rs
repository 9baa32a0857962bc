//! The digest of all that a toolchain loads: driver, shared libraries, standard library, linker.
//!
//! The known format has the digests of the drivers alone, and a driver is the smallest part of a compiler.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread::{self, JoinHandle};

use sha2::{Digest as _, Sha256};

use super::output;
use crate::failure::{At as _, Done, Failure};

/// Files of one toolchain; the largest have some ten thousand.
const FILES: usize = 1_000_000;

/// Loaders of dynamic programs, which tell what a program would load without starting it.
const LOADERS: [&str; 4] = [
    "/lib64/ld-linux-x86-64.so.2",
    "/lib/ld-linux-aarch64.so.1",
    "/lib/ld-musl-x86_64.so.1",
    "/lib/ld-musl-aarch64.so.1",
];

/// Everything that a toolchain loads, in one digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closure {
    /// How many files there are.
    pub count: usize,
    /// SHA-256 over `sha256 SP path LF` of every file, sorted by path; of a link, over its target.
    pub sha256: String,
}

/// A digest that is being computed while a build goes on, which can't change what is read: a build sees
/// the tools, and can't write them.
#[derive(Debug)]
pub struct Pending(JoinHandle<Done<Closure>>);

impl Pending {
    /// Begins with these programs, with the libraries that they load, and with all files of these folders;
    /// and with what the machine's C compiler links, where that is wanted.
    #[must_use]
    pub fn of(mut roots: Vec<PathBuf>, links: bool) -> Self {
        Self(thread::spawn(move || {
            if links {
                roots.extend(linker());
            }
            Closure::of(&roots)
        }))
    }

    /// The digest.
    ///
    /// # Errors
    /// [`Failure`] where something can't be read.
    pub fn wait(self) -> Done<Closure> {
        self.0.join().unwrap_or_else(|_| Err(Failure::usage("the toolchain can't be hashed")))
    }
}

impl Closure {
    /// The digest over programs, the libraries that they load, and folders.
    ///
    /// # Errors
    /// [`Failure`] where something can't be read.
    pub fn of(roots: &[PathBuf]) -> Done<Self> {
        let mut paths = BTreeSet::new();
        for root in roots {
            let root = fs::canonicalize(root).at("find", root)?;
            if root.is_dir() {
                walk(&root, &mut paths)?;
            } else {
                paths.extend(libraries(&root));
                paths.insert(root);
            }
        }
        let hashed = hash(&paths.into_iter().collect::<Vec<_>>())?;
        let mut list = Sha256::new();
        for (path, digest) in &hashed {
            list.update(format!("{} {}\n", crate::hex(digest), path.display()));
        }
        Ok(Self { count: hashed.len(), sha256: crate::hex(&list.finalize()) })
    }
}

fn walk(folder: &Path, paths: &mut BTreeSet<PathBuf>) -> Done {
    let mut pending = vec![folder.to_owned()];
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(&folder).at("list", &folder)? {
            let entry = entry.at("list", &folder)?;
            let kind = entry.file_type().at("look at", &entry.path())?;
            if kind.is_dir() {
                pending.push(entry.path());
            } else if kind.is_file() || kind.is_symlink() {
                paths.insert(entry.path());
            }
        }
        if paths.len() > FILES {
            return Err(Failure::usage(format!("the toolchain has more than {FILES} files")));
        }
    }
    Ok(())
}

/// The shared libraries of a program; none of one that is linked statically, or that is a script.
fn libraries(program: &Path) -> Vec<PathBuf> {
    let lists = |loader: &&str| {
        let mut command = Command::new(loader);
        command.arg("--list").arg(program).env_clear().stdin(Stdio::null()).stderr(Stdio::null());
        command.output().ok().filter(|done| done.status.success())
    };
    let Some(done) = LOADERS.iter().find_map(lists) else { return Vec::new() };
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    // `name => /path (0x…)`, or `/path (0x…)` of the loader itself.
    let words = text.lines().flat_map(|line| line.split_whitespace().find(|word| word.starts_with('/')));
    words.filter_map(|path| fs::canonicalize(path).ok()).collect()
}

/// Hashes files on all processors.
fn hash(paths: &[PathBuf]) -> Done<BTreeMap<PathBuf, [u8; 32]>> {
    let next = Mutex::new(paths.iter());
    let workers = thread::available_parallelism().map_or(1, usize::from).min(8);
    let work = || {
        let mut hashed = Vec::new();
        loop {
            let path = next.lock().ok().and_then(|mut next| next.next().cloned());
            let Some(path) = path else { return Ok::<_, Failure>(hashed) };
            let digest = one(&path)?;
            hashed.push((path, digest));
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let mut all = BTreeMap::new();
        for worker in workers {
            let hashed = worker.join().map_err(|_| Failure::usage("the toolchain can't be hashed"))?;
            all.extend(hashed?);
        }
        Ok(all)
    })
}

fn one(path: &Path) -> Done<[u8; 32]> {
    if fs::symlink_metadata(path).at("look at", path)?.is_symlink() {
        let target = fs::read_link(path).at("read the link", path)?;
        return Ok(Sha256::digest(target.as_os_str().as_encoded_bytes()).into());
    }
    let mut file = fs::File::open(path).at("read", path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 17];
    loop {
        let count = file.read(&mut buffer).at("read", path)?;
        let Some(piece) = buffer.get(..count).filter(|piece| !piece.is_empty()) else { break };
        hasher.update(piece);
    }
    Ok(hasher.finalize().into())
}

/// What of the machine's C compiler links programs: its driver, linker, start-up files and libraries.
/// Nothing where there is none.
fn linker() -> Vec<PathBuf> {
    let ask = |question: String| {
        output("cc", &[&question]).ok().map(PathBuf::from).filter(|path| path.is_absolute())
    };
    let mut found: Vec<PathBuf> =
        output("sh", &["-c", "command -v cc"]).ok().map(PathBuf::from).into_iter().collect();
    let programs = ["collect2", "ld", "as", "cc1", "lto1"];
    found.extend(programs.iter().filter_map(|name| ask(format!("-print-prog-name={name}"))));
    found.extend(
        ["ld", "as"]
            .iter()
            .filter_map(|name| output("sh", &["-c", &format!("command -v {name}")]).ok())
            .map(PathBuf::from),
    );
    found.extend(LINKED.iter().filter_map(|name| ask(format!("-print-file-name={name}"))));
    found.retain(|path| path.is_file());
    found
}

/// What a C compiler links into programs unasked, or by the options that compilers give it.
const LINKED: [&str; 16] = [
    "crt1.o",
    "Scrt1.o",
    "rcrt1.o",
    "crti.o",
    "crtn.o",
    "crtbegin.o",
    "crtbeginS.o",
    "crtend.o",
    "crtendS.o",
    "libgcc.a",
    "libgcc_s.so",
    "libgcc_s.so.1",
    "libc.so",
    "libc.so.6",
    "libc_nonshared.a",
    "liblto_plugin.so",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_path_and_library_counts() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("lib")).unwrap();
        fs::write(at("lib/a"), "a").unwrap();
        fs::write(at("tool"), "tool").unwrap();
        std::os::unix::fs::symlink("a", at("lib/link")).unwrap();
        let roots = [at("lib"), at("tool")];
        let closure = Closure::of(&roots).unwrap();
        // The list is written out by hand.
        let real = fs::canonicalize(folder.path()).unwrap();
        let line = |path: &str, text: &str| {
            format!("{} {}\n", crate::sha256_hex(text.as_bytes()), real.join(path).display())
        };
        let list = line("lib/a", "a") + &line("lib/link", "a") + &line("tool", "tool");
        assert_eq!(closure, Closure { count: 3, sha256: crate::sha256_hex(list.as_bytes()) });
        fs::write(at("lib/a"), "b").unwrap();
        assert_ne!(Closure::of(&roots).unwrap().sha256, closure.sha256);
        assert!(Closure::of(&[at("absent")]).is_err());
    }

    #[test]
    fn a_program_brings_its_libraries() {
        let this = std::env::current_exe().unwrap();
        let libraries = libraries(&this);
        assert!(libraries.iter().any(|path| path.to_string_lossy().contains("libc")), "{libraries:?}");
    }
}
