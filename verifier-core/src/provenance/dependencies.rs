//! Everything that was fetched for the build: address, name and digest, which must agree.
//!
//! | toolchain | address | digest |
//! |---|---|---|
//! | cargo | `pkg:cargo/{name}@{version}?checksum=sha256:{hex}` | `sha256`: the hex |
//! | cargo, from Git | `pkg:cargo/{name}@{version}?vcs_url=git+{url}@{commit}` | `gitCommit`: the commit |
//! | nix | `pkg:nix-fetch/{name}?hash={algorithm}:{hash}` | `sha256`: the hash, in base64 |
//! | pnpm | `pkg:npm/{name}@{version}?checksum={SRI}` | `sha512` or `sha256`: the SRI text |
//! | pnpm, from GitHub | `https://codeload.github.com/…/{commit}` | the commit |
//! | npm | `pkg:npm/{n}@{v}?checksum={SRI}`, SHA-512 alone | `sha512`: the SRI text |
//! | pip, uv | `pkg:pypi/{name}@{version}?checksum=sha256:{hex}` | `sha256`: the hex |
//! | go | `pkg:golang/{module}@{version}?checksum=h1:{hex}` | `dirHash`: the hex |
//! | generic | `pkg:generic/{name}@{version}?checksum=sha256:{hex}` | `sha256`: the hex |

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::inputs::Kind;
use super::purl::PackageUrl;
use super::read::{Read, at, describe, is_git_id, is_sha256};
use crate::json::Value;
use crate::log::{Finding, Log};
use crate::text::unhex_any;
use crate::verdict::{Authority, NoteKind};

pub(super) const DEPENDENCIES: &str = "/predicate/buildDefinition/resolvedDependencies";

/// A dependency whose parts agree.
#[derive(Debug)]
pub(super) struct Dependency<'v> {
    pub(super) uri: &'v str,
    pub(super) name: &'v str,
    /// The digest as it is spelt.
    pub(super) digest: &'v str,
    /// The algorithm of a Nix hash.
    pub(super) algorithm: &'static str,
}

/// All dependencies in the order of the document; `None` where one contradicts itself.
pub(super) fn appraise<'v>(
    document: &'v Value<'_>,
    kind: Kind,
    log: &mut Log<'_>,
) -> Option<Vec<Dependency<'v>>> {
    let mut deviations = Deviations::default();
    let dependencies = log.obtain(&super::DEPENDENCIES, read(document, kind, &mut deviations)).ok()?;
    log.claim("build.dependencies", format!("{}", dependencies.len()), Authority::Provenance, DEPENDENCIES);
    deviations.note(log);
    Some(dependencies)
}

fn read<'v>(document: &'v Value<'_>, kind: Kind, deviations: &mut Deviations) -> Read<Vec<Dependency<'v>>> {
    let value = at(document, DEPENDENCIES);
    let expected = "a list of dependencies, each with one digest and an address that agrees with it";
    let list = value
        .and_then(Value::as_array)
        .ok_or_else(|| Finding::new(expected, describe(value)).at(DEPENDENCIES))?;
    let mut dependencies = Vec::with_capacity(list.len());
    for (index, entry) in list.iter().enumerate() {
        let dependency = one(entry, kind, deviations).map_err(|fault| {
            Finding::new(fault.expected, fault.found).at(format!("{DEPENDENCIES}/{index}{}", fault.below))
        })?;
        dependencies.push(dependency);
    }
    let found = format!("{} that agree", dependencies.len());
    Ok((dependencies, Finding::new(expected, found).at(DEPENDENCIES)))
}

struct Fault {
    expected: String,
    found: String,
    below: &'static str,
}

fn fault(expected: impl Into<String>, found: impl Into<String>, below: &'static str) -> Fault {
    Fault { expected: expected.into(), found: found.into(), below }
}

/// One dependency's members, before they are compared.
struct Entry<'v> {
    uri: &'v str,
    name: &'v str,
    algorithm: &'v str,
    digest: &'v str,
}

fn one<'v>(entry: &'v Value<'_>, kind: Kind, deviations: &mut Deviations) -> Result<Dependency<'v>, Fault> {
    let text = |name: &str, below| {
        let value = entry.get(name);
        value
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
            .ok_or_else(|| fault("a text", describe(value), below))
    };
    let (uri, name) = (text("uri", "/uri")?, text("name", "/name")?);
    let (algorithm, digest) = match entry.get("digest").and_then(Value::as_object) {
        Some([(algorithm, Value::String(digest))]) => (&**algorithm, &**digest),
        _ => return Err(fault("one digest", describe(entry.get("digest")), "/digest")),
    };
    let entry = Entry { uri, name, algorithm, digest };
    if kind == Kind::Pnpm && uri.starts_with(TARBALLS) {
        return tarball(&entry, deviations);
    }
    let url = PackageUrl::parse(uri).ok_or_else(|| fault("a package URL", uri, "/uri"))?;
    if url.name != name {
        return Err(fault(format!("`{}`, as in the address", url.name), name, "/name"));
    }
    let algorithm = match kind {
        Kind::Cargo => cargo(&entry, &url)?,
        Kind::Nix => nix(&entry, &url, deviations)?,
        Kind::Pnpm => npm(&entry, &url, deviations)?,
        Kind::Npm => {
            sha512_alone(&entry)?;
            npm(&entry, &url, deviations)?
        }
        Kind::Pip | Kind::Uv => hex(&entry, &url, "pypi", ("sha256", "sha256:"))?,
        Kind::Go => hex(&entry, &url, "golang", ("dirHash", "h1:"))?,
        Kind::Generic => hex(&entry, &url, "generic", ("sha256", "sha256:"))?,
    };
    deviations.spelling(&url);
    Ok(Dependency { uri, name, digest, algorithm })
}

fn package(url: &PackageUrl<'_>, kind: &str, versioned: bool, entry: &Entry<'_>) -> Result<(), Fault> {
    if url.kind == kind && url.version.is_some() == versioned {
        return Ok(());
    }
    let expected = if versioned {
        format!("pkg:{kind} with a version")
    } else {
        format!("pkg:{kind} without a version")
    };
    Err(fault(expected, entry.uri, "/uri"))
}

/// The only qualifier of an address.
fn only_qualifier<'u>(url: &'u PackageUrl<'_>) -> Option<(&'u str, &'u str)> {
    match url.qualifiers.as_slice() {
        [(key, value)] => Some((key, value)),
        _ => None,
    }
}

fn cargo(entry: &Entry<'_>, url: &PackageUrl<'_>) -> Result<&'static str, Fault> {
    package(url, "cargo", true, entry)?;
    let (algorithm, named) = match only_qualifier(url) {
        Some(("checksum", checksum)) => {
            ("sha256", checksum.strip_prefix("sha256:").filter(|hex| is_sha256(hex)))
        }
        Some(("vcs_url", address)) => ("gitCommit", commit_of(address)),
        _ => return Err(fault("one `checksum` or one `vcs_url`", entry.uri, "/uri")),
    };
    let named = named.ok_or_else(|| fault(format!("a {algorithm} in the address"), entry.uri, "/uri"))?;
    same(named, entry)?;
    if entry.algorithm != algorithm {
        return Err(fault(algorithm, entry.algorithm, "/digest"));
    }
    Ok(algorithm)
}

/// Addresses with one checksum: 32 bytes in hex, after the prefix that says what they are.
fn hex(
    entry: &Entry<'_>,
    url: &PackageUrl<'_>,
    kind: &str,
    (algorithm, prefix): (&'static str, &str),
) -> Result<&'static str, Fault> {
    package(url, kind, true, entry)?;
    let checksum = only_qualifier(url).filter(|(key, _)| *key == "checksum");
    let named = checksum.and_then(|(_, checksum)| checksum.strip_prefix(prefix)).filter(|hex| is_sha256(hex));
    same(named.ok_or_else(|| fault(format!("one `checksum` {prefix}…"), entry.uri, "/uri"))?, entry)?;
    if entry.algorithm != algorithm {
        return Err(fault(algorithm, entry.algorithm, "/digest"));
    }
    Ok(algorithm)
}

/// Our own npm builds take nothing weaker.
fn sha512_alone(entry: &Entry<'_>) -> Result<(), Fault> {
    if entry.algorithm == "sha512" && entry.digest.starts_with("sha512-") && !entry.digest.contains(' ') {
        return Ok(());
    }
    Err(fault("one SRI text of SHA-512", entry.digest, "/digest"))
}

/// The commit of `git+{url}@{commit}`.
fn commit_of(address: &str) -> Option<&str> {
    let (url, commit) = address.strip_prefix("git+")?.rsplit_once('@')?;
    (!url.is_empty() && is_git_id(commit)).then_some(commit)
}

fn nix(entry: &Entry<'_>, url: &PackageUrl<'_>, deviations: &mut Deviations) -> Result<&'static str, Fault> {
    package(url, "nix-fetch", false, entry)?;
    let hash =
        only_qualifier(url).filter(|(key, _)| *key == "hash").and_then(|(_, hash)| hash.split_once(':'));
    let known = hash.and_then(|(algorithm, hash)| {
        let found = NIX_ALGORITHMS.iter().find(|(name, _)| *name == algorithm)?;
        Some((*found, hash))
    });
    let ((algorithm, length), hash) =
        known.ok_or_else(|| fault("one `hash` of a known algorithm", entry.uri, "/uri"))?;
    same(hash, entry)?;
    // The builder files every hash under `sha256`; the address says which algorithm it is of.
    if entry.algorithm != "sha256" && entry.algorithm != algorithm {
        return Err(fault(algorithm, entry.algorithm, "/digest"));
    }
    if !is_nix_hash(hash, length) {
        return Err(fault(format!("a hash of {length} bytes"), hash, "/digest"));
    }
    let hex = hash.len() == length.saturating_mul(2);
    deviations.foreign_digest.count(!hex, || format!("`{hash}` under `{}`", entry.algorithm));
    deviations.unregistered.count(true, || "pkg:nix-fetch".into());
    Ok(algorithm)
}

/// A hash of so many bytes in one of Nix's spellings: base64, hex, or its own base 32.
fn is_nix_hash(hash: &str, length: usize) -> bool {
    let bits = length.saturating_mul(8);
    let base32 = |byte: u8| byte.is_ascii_digit() || (byte.is_ascii_lowercase() && !b"eotu".contains(&byte));
    base64_length(hash) == Some(length)
        || unhex_any(hash).is_some_and(|bytes| bytes.len() == length)
        || (hash.len() == bits.div_ceil(5) && hash.bytes().all(base32))
}

fn base64_length(text: &str) -> Option<usize> {
    // Room for a whole last group, which the decoder demands.
    let mut buffer = [0; 66];
    STANDARD.decode_slice(text, &mut buffer).ok()
}

fn npm(entry: &Entry<'_>, url: &PackageUrl<'_>, deviations: &mut Deviations) -> Result<&'static str, Fault> {
    package(url, "npm", true, entry)?;
    let is_hex = |bytes: usize| unhex_any(entry.digest).is_some_and(|digest| digest.len() == bytes);
    match (only_qualifier(url), entry.algorithm) {
        (Some(("checksum", checksum)), "sha256" | "sha512") => {
            same(checksum, entry)?;
            if !checksum.split(' ').all(is_sri) {
                return Err(fault("an SRI text such as `sha512-…`", checksum, "/uri"));
            }
            deviations.foreign_digest.count(true, || format!("an SRI text under `{}`", entry.algorithm));
        }
        (None, "sha256") if url.qualifiers.is_empty() && is_hex(32) => deviations.unbound(entry),
        (None, "sha512") if url.qualifiers.is_empty() && is_hex(64) => deviations.unbound(entry),
        (None, "sha256" | "sha512") if url.qualifiers.is_empty() => {
            return Err(fault("lower-case hex of the algorithm's length", entry.digest, "/digest"));
        }
        (_, "sha256" | "sha512") => return Err(fault("one `checksum`", entry.uri, "/uri")),
        (_, other) => return Err(fault("sha512", other, "/digest")),
    }
    Ok("")
}

/// Subresource Integrity: an algorithm and standard base64 of its length.
fn is_sri(text: &str) -> bool {
    let lengths = [("sha512", 64), ("sha384", 48), ("sha256", 32), ("sha1", 20)];
    text.split_once('-').is_some_and(|(algorithm, hash)| {
        lengths.iter().any(|(known, length)| *known == algorithm && base64_length(hash) == Some(*length))
    })
}

fn tarball<'v>(entry: &Entry<'v>, deviations: &mut Deviations) -> Result<Dependency<'v>, Fault> {
    let commit = entry.uri.rsplit('/').next().filter(|commit| is_git_id(commit));
    let commit = commit.ok_or_else(|| fault("a commit at the end of the address", entry.uri, "/uri"))?;
    same(commit, entry)?;
    deviations.tarballs.count(true, || entry.uri.into());
    Ok(Dependency { uri: entry.uri, name: entry.name, digest: entry.digest, algorithm: "" })
}

fn same(named: &str, entry: &Entry<'_>) -> Result<(), Fault> {
    if named == entry.digest {
        return Ok(());
    }
    Err(fault(format!("`{named}`, as in the address"), entry.digest, "/digest"))
}

/// What deviates from a standard where the known builders deviate: how often, and the first case.
#[derive(Default)]
struct Deviations {
    foreign_digest: Seen,
    unregistered: Seen,
    spelling: Seen,
    tarballs: Seen,
    unbound: Seen,
}

#[derive(Default)]
struct Seen {
    count: usize,
    first: String,
}

impl Seen {
    fn count(&mut self, seen: bool, first: impl FnOnce() -> String) {
        if seen {
            if self.count == 0 {
                self.first = first();
            }
            self.count = self.count.saturating_add(1);
        }
    }
}

impl Deviations {
    fn spelling(&mut self, url: &PackageUrl<'_>) {
        self.spelling.count(!url.is_canonical(), || url.canonical());
    }

    fn unbound(&mut self, entry: &Entry<'_>) {
        self.unbound.count(true, || entry.uri.into());
    }

    fn note(&self, log: &mut Log<'_>) {
        let kinds = [
            (
                &self.foreign_digest,
                "foreign_digest",
                "digests are not the hex that in-toto's DigestSet wants, first",
            ),
            (&self.unregistered, "package_type", "package URLs have a type that is not registered, first"),
            (&self.spelling, "package_url", "package URLs are not canonical; the first is, canonically,"),
            (&self.tarballs, "tarball", "dependencies are tarball addresses with a commit as digest, first"),
            (
                &self.unbound,
                "unbound",
                "package URLs have no checksum, so the Merkle root does not cover it, first",
            ),
        ];
        for (seen, id, what) in kinds {
            if seen.count > 0 {
                let text = format!("{} {what} {}", seen.count, seen.first);
                log.note(NoteKind::Deviation, &format!("provenance.dependencies.{id}"), text, DEPENDENCIES);
            }
        }
    }
}

/// Where pnpm fetches a commit of a GitHub repository.
const TARBALLS: &str = "https://codeload.github.com/";

/// The hash algorithms of Nix and their lengths in bytes.
const NIX_ALGORITHMS: [(&str, usize); 4] = [("sha256", 32), ("sha512", 64), ("sha1", 20), ("md5", 16)];
