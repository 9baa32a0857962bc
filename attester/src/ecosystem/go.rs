//! Go modules: `go.sum`.
//!
//! A module's digest is not that of its archive but of the files in it, and is computed again here. What
//! has its digest is laid out as a module proxy on disk, which is the only one that a build can ask.

mod dirhash;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Command, Dependency, Ecosystem, Made, Mounts, Places, fetch, programs};
use crate::artifacts;
use crate::failure::{At as _, Done, Failure};
use crate::toolchain::{Asked, output};

/// Go's builds.
#[derive(Debug)]
struct Go {
    sums: Sums,
    dependencies: Vec<Dependency>,
}

/// `go.sum`: the digest of a module's files, and of its `go.mod` alone.
#[derive(Debug, Default)]
struct Sums {
    files: BTreeMap<(String, String), [u8; 32]>,
    manifests: BTreeMap<(String, String), [u8; 32]>,
}

/// Where Go keeps archives below its cache of modules.
const DOWNLOADS: &str = "modules/cache/download";

/// Folders that a module's path has at most.
const DEPTH: usize = 24;

fn fault(line: usize, what: &str) -> Failure {
    Failure::usage(format!("`go.sum`: line {}: {what}", line.saturating_add(1)))
}

impl Sums {
    fn parse(text: &str) -> Done<Self> {
        let mut sums = Self::default();
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let words: Vec<&str> = line.split(' ').collect();
            let [module, version, digest] = words.as_slice() else {
                return Err(fault(at, "expected a module, a version and a digest"));
            };
            let sum = digest.strip_prefix("h1:").and_then(|digest| STANDARD.decode(digest).ok());
            let Some(sum) = sum.and_then(|sum| <[u8; 32]>::try_from(sum).ok()) else {
                return Err(fault(at, "the digest is no `h1:` of 32 bytes"));
            };
            let (version, list) = match version.strip_suffix("/go.mod") {
                Some(version) => (version, &mut sums.manifests),
                None => (*version, &mut sums.files),
            };
            if !is_path(module) || !is_version(version) {
                return Err(fault(at, "the module or its version has strange characters"));
            }
            let known = list.insert(((*module).to_owned(), version.to_owned()), sum);
            if known.is_some_and(|known| known != sum) {
                return Err(fault(at, "the module stands there with another digest already"));
            }
        }
        Ok(sums)
    }
}

/// Reads the lockfile.
pub(super) fn open(lockfile: &[u8]) -> Done<Box<dyn Ecosystem>> {
    let text =
        core::str::from_utf8(lockfile).map_err(|error| Failure::usage(format!("`go.sum`: {error}")))?;
    let sums = Sums::parse(text)?;
    let of = |((module, version), sum): (&(String, String), &[u8; 32])| {
        let hex = crate::hex(sum);
        Dependency {
            name: module.clone(),
            uri: format!("pkg:golang/{module}@{version}?checksum=h1:{hex}"),
            digest: ("dirHash".into(), hex),
            url: String::new(),
            annotations: BTreeMap::new(),
        }
    };
    let dependencies = fetch::unique(sums.files.iter().map(of).collect())?;
    Ok(Box::new(Go { sums, dependencies }))
}

/// The path of a module: parts that could stand in an address.
fn is_path(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte);
    path.split('/').all(|part| !part.is_empty() && !part.starts_with('.') && part.bytes().all(plain))
}

fn is_version(version: &str) -> bool {
    version.starts_with('v')
        && version.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".+-".contains(&byte))
}

/// Go's spelling of paths for file systems that don't tell cases apart: `!a` for `A`.
fn unescape(text: &str) -> Option<String> {
    let mut plain = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '!' => plain.push(letters.next().filter(char::is_ascii_lowercase)?.to_ascii_uppercase()),
            'A'..='Z' => return None,
            other => plain.push(other),
        }
    }
    Some(plain)
}

impl Go {
    /// Takes one file of a module, where `go.sum` knows it.
    fn one(&self, cache: &Path, path: &Path, checked: &Path) -> Done<Option<Dependency>> {
        let relative = path.strip_prefix(DOWNLOADS).unwrap_or(path);
        let Some(((module, version), kind)) = named(relative) else { return Ok(None) };
        let list = if kind == "zip" { &self.sums.files } else { &self.sums.manifests };
        let Some(sum) = list.get(&(module.clone(), version.clone())) else { return Ok(None) };
        let Some(bytes) = fetch::plain_file(cache, path)? else { return Ok(None) };
        let found = if kind == "zip" {
            dirhash::of_zip(&bytes, &format!("{module}@{version}/"))
        } else {
            Ok(dirhash::of_manifest(&bytes))
        };
        let found =
            found.map_err(|what| Failure::build(format!("the archive of `{module}@{version}` {what}")))?;
        if found != *sum {
            return Err(Failure::build(format!(
                "`{module}@{version}`: what was fetched has another digest than `go.sum`; find out who changed it before you go on"
            )));
        }
        let to = checked.join(relative);
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).at("make the folder", folder)?;
        }
        fs::write(&to, bytes).at("write", &to)?;
        // What Go asks for first; nobody vouches for what a registry says there beyond the version.
        let (info, version) = (to.with_extension("info"), serde_json::Value::from(version.as_str()));
        fs::write(&info, format!("{{\"Version\":{version}}}\n")).at("write", &info)?;
        let hex = crate::hex(sum);
        let known = self.dependencies.iter().find(|known| known.name == module && known.digest.1 == hex);
        Ok(known.filter(|_| kind == "zip").cloned())
    }
}

/// Module, version and kind of `{module}/@v/{version}.{zip|mod}`.
fn named(path: &Path) -> Option<((String, String), &'static str)> {
    let (module, file) = path.to_str()?.split_once("/@v/")?;
    let (version, kind) = match file.strip_suffix(".zip") {
        Some(version) => (version, "zip"),
        None => (file.strip_suffix(".mod")?, "mod"),
    };
    Some(((unescape(module)?, unescape(version)?), kind))
}

/// The paths, below the cache, of all files that were fetched. Links are not followed.
fn downloads(cache: &Path) -> Done<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut pending = vec![(PathBuf::from(DOWNLOADS), 0_usize)];
    while let Some((folder, depth)) = pending.pop() {
        if depth > DEPTH || artifacts::no_links(cache, &folder).is_err() {
            continue;
        }
        let at = cache.join(&folder);
        for entry in fs::read_dir(&at).at("list", &at)? {
            let entry = entry.at("list", &at)?;
            let path = folder.join(entry.file_name());
            match entry.file_type().at("look at", &path)? {
                kind if kind.is_file() => found.push(path),
                kind if kind.is_dir() => pending.push((path, depth.saturating_add(1))),
                _ => {}
            }
        }
    }
    Ok(found)
}

/// Where Go's own programs and packages lie.
fn root() -> Done<PathBuf> {
    Ok(PathBuf::from(output("go", &["env", "GOROOT"])?))
}

impl Ecosystem for Go {
    fn dependencies(&self) -> &[Dependency] {
        &self.dependencies
    }

    fn tools(&self) -> Done<Vec<Asked>> {
        Ok(vec![Asked::at("go", &root()?.join("bin/go"), &["version"])?])
    }

    fn mounts(&self) -> Done<Mounts> {
        programs::mounts(&[&root()?])
    }

    fn links(&self) -> bool {
        true
    }

    fn closure(&self) -> Done<Vec<PathBuf>> {
        let root = root()?;
        let parts = ["bin", "lib", "pkg", "src"].map(|part| root.join(part));
        Ok(parts.into_iter().filter(|part| part.is_dir()).chain([root.join("bin/go")]).collect())
    }

    fn fetch(&self, _: &Path) -> Done<Vec<Command>> {
        let mut command = go(&["go", "mod", "download"]);
        command.environment.push(("GOPROXY".into(), "https://proxy.golang.org".into()));
        Ok(vec![command])
    }

    fn take(&self, cache: &Path, checked: &Path) -> Done<Vec<Dependency>> {
        let mut taken = Vec::new();
        for path in downloads(cache)? {
            taken.extend(self.one(cache, &path, checked)?);
        }
        fetch::unique(taken)
    }

    fn build(&self, command: &[String]) -> Command {
        let mut build = go(&command.iter().map(String::as_str).collect::<Vec<_>>());
        build.environment.push(("GOPROXY".into(), format!("file://{}", Places::CHECKED)));
        build
    }

    fn default_command(&self) -> Vec<String> {
        ["go", "build", "-o", "/build/output/", "./..."].map(String::from).to_vec()
    }

    fn writes_source(&self) -> bool {
        false
    }

    fn artifacts(&self) -> Made {
        Made::Programs("")
    }

    fn merkle_tools(&self) -> &'static [&'static str] {
        &["go"]
    }
}

fn go(words: &[&str]) -> Command {
    let variables = [
        // A `vendor` folder says of itself what it is; only `go.sum` says what modules are.
        ("GOFLAGS", "-mod=readonly -trimpath -buildvcs=false -modcacherw"),
        ("GOMODCACHE", "/build/cache/modules"),
        ("GOCACHE", "/build/cache/objects"),
        ("GOPATH", "/build/cache/go"),
        ("GOENV", "off"),
        ("GOSUMDB", "off"),
        ("GOTOOLCHAIN", "local"),
        ("GOTELEMETRY", "off"),
    ];
    Command::new(words, &variables)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_read_or_refused() {
        let sum = format!("h1:{}=", "A".repeat(43));
        let read =
            Sums::parse(&format!("a.example/b v1.0.0 {sum}\na.example/b v1.0.0/go.mod {sum}\n\n")).unwrap();
        assert_eq!((read.files.len(), read.manifests.len()), (1, 1));
        for (text, said) in [
            ("a.example/b v1.0.0".to_owned(), "expected a module"),
            ("a.example/b v1.0.0 h1:AAAA".to_owned(), "no `h1:`"),
            (format!("a.example/b v1.0.0 h2:{}=", "A".repeat(43)), "no `h1:`"),
            (format!("a.example/../b v1.0.0 {sum}"), "strange"),
            (format!("a.example/b 1.0.0 {sum}"), "strange"),
            (format!("a.example/b v1/../../x {sum}"), "strange"),
            (
                format!("a.example/b v1.0.0 {sum}\na.example/b v1.0.0 h1:{}=", "B".repeat(42) + "A"),
                "another digest",
            ),
        ] {
            let failure = Sums::parse(&text).unwrap_err();
            assert!(failure.message.contains(said), "{text}: {failure}");
        }
    }

    #[test]
    fn files_are_named_by_module_and_version() {
        let name =
            |path: &str| named(Path::new(path)).map(|((module, version), kind)| (module, version, kind));
        let text = String::from;
        assert_eq!(
            name("github.com/!burnt!sushi/toml/@v/v1.6.0.zip"),
            Some((text("github.com/BurntSushi/toml"), text("v1.6.0"), "zip"))
        );
        assert_eq!(name("a.example/b/@v/v1.0.0.mod"), Some((text("a.example/b"), text("v1.0.0"), "mod")));
        for path in
            ["a.example/B/@v/v1.0.0.zip", "a.example/b/@v/list", "a.example/b/v1.0.0.zip", "a/!B/@v/v1.zip"]
        {
            assert_eq!(name(path), None, "{path}");
        }
    }
}
