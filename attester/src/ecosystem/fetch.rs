//! Fetching by address, and comparing what came with its digest.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha512};

use super::{Command, Dependency, Places};
use crate::artifacts;
use crate::failure::{At as _, Done, Failure};

/// Bytes of one dependency; registries stop far below.
const FILE_BYTES: u64 = 2 << 30;

/// Dependencies of one build.
const DEPENDENCIES: usize = 100_000;

/// Every dependency once, in order.
pub(super) fn unique(dependencies: Vec<Dependency>) -> Done<Vec<Dependency>> {
    let unique: BTreeSet<Dependency> = dependencies.into_iter().collect();
    if unique.len() > DEPENDENCIES {
        return Err(Failure::usage(format!("the lockfile names more than {DEPENDENCIES} dependencies")));
    }
    Ok(unique.into_iter().collect())
}

/// An address that can be fetched from: HTTPS, with nothing in it that a command could misread.
pub(super) fn is_address(url: &str) -> bool {
    url.starts_with("https://") && url.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\".contains(&byte))
}

/// Fetches every dependency into a file that is named by its index. Nothing of the project has a say.
pub(super) fn by_address(dependencies: &[Dependency], cache: &Path) -> Done<Vec<Command>> {
    let mut config = String::from(
        "no-progress-meter\nsilent\nshow-error\nfail\nlocation\nmax-redirs = 8\nretry = 3\nparallel\nparallel-max = 12\nfail-early\n",
    );
    config += &format!("proto = \"=https\"\nconnect-timeout = 30\nmax-filesize = {FILE_BYTES}\n");
    for (index, dependency) in dependencies.iter().enumerate() {
        if !is_address(&dependency.url) {
            return Err(Failure::usage(format!(
                "`{}`: can't be fetched from `{}`; only https addresses are",
                dependency.uri,
                dependency.url.escape_debug()
            )));
        }
        config += &format!("url = \"{}\"\noutput = \"{}/{index}\"\n", dependency.url, Places::CACHE);
    }
    let path = cache.join(CONFIG);
    fs::write(&path, config).at("write", &path)?;
    Ok(vec![Command::new(&["curl", "--disable", "--config", &format!("{}/{CONFIG}", Places::CACHE)], &[])])
}

const CONFIG: &str = "fetch.conf";

/// Reads what [`by_address`] fetched, compares, and writes it under the name that `name` gives it.
pub(super) fn take_by_index(
    dependencies: &[Dependency],
    cache: &Path,
    checked: &Path,
    name: impl Fn(&Dependency, &[u8]) -> String,
) -> Done<Vec<Dependency>> {
    for (index, dependency) in dependencies.iter().enumerate() {
        let bytes = plain_file(cache, Path::new(&index.to_string()))?
            .ok_or_else(|| Failure::build(format!("`{}` is larger than 2 GiB", dependency.uri)))?;
        if !is(dependency, &bytes) {
            return Err(Failure::build(format!(
                "`{}`: what `{}` sent has another digest; find out who changed it before you go on",
                dependency.uri, dependency.url
            )));
        }
        let to = checked.join(name(dependency, &bytes));
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent).at("make the folder", parent)?;
        }
        fs::write(&to, bytes).at("write", &to)?;
    }
    Ok(dependencies.to_vec())
}

/// Whether bytes are those of a dependency: SHA-256 in hex, or an SRI text of SHA-512.
pub(super) fn is(dependency: &Dependency, bytes: &[u8]) -> bool {
    let (algorithm, digest) = &dependency.digest;
    match algorithm.as_str() {
        "sha256" => crate::sha256_hex(bytes) == *digest,
        "sha512" => sri(bytes) == *digest,
        _ => false,
    }
}

/// The SRI text of SHA-512 over bytes.
pub(super) fn sri(bytes: &[u8]) -> String {
    format!("sha512-{}", STANDARD.encode(Sha512::digest(bytes)))
}

/// The one hash of SHA-512 in an SRI text, where it has one of the right length.
pub(super) fn sha512_of(integrity: &str) -> Option<&str> {
    let mut found = integrity.split_ascii_whitespace().filter(|part| {
        let hash = part.strip_prefix("sha512-").and_then(|hash| STANDARD.decode(hash).ok());
        hash.is_some_and(|hash| hash.len() == 64)
    });
    found.next().filter(|_| found.next().is_none())
}

/// The bytes of a plain file that hostile hands wrote; one that is larger than any dependency has none.
pub(super) fn plain_file(folder: &Path, path: &Path) -> Done<Option<Vec<u8>>> {
    let at = folder.join(path);
    let (file, metadata) = artifacts::open(folder, path)
        .map_err(|what| Failure::build(format!("the fetched `{}` {what}", path.display())))?;
    if metadata.len() > FILE_BYTES {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    file.take(FILE_BYTES).read_to_end(&mut bytes).at("read", &at)?;
    Ok(Some(bytes))
}
