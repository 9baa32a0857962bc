//! What a flake evaluates to, as `nix show-derivation --recursive` tells it: every derivation, and of those that
//! fetch something the digest of what they fetch.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::Value;

use super::nar::{self, Method};
use crate::ecosystem::Dependency;
use crate::failure::{Done, Failure};

/// Everything that an evaluation came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Evaluated {
    /// How many derivations there are.
    pub(super) count: usize,
    /// Those that fetch, sorted by the names of their derivations.
    pub(super) fetches: Vec<Fetch>,
}

/// A derivation whose output has a digest.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fetch {
    /// Its name in the store.
    pub(super) derivation: String,
    /// The name of what it makes.
    pub(super) name: String,
    /// How the digest is meant.
    pub(super) method: Method,
    /// `sha256` or `sha512`.
    pub(super) algorithm: &'static str,
    /// The digest.
    pub(super) digest: Vec<u8>,
    annotations: BTreeMap<&'static str, String>,
}

/// Newer versions of Nix say which shape they write.
#[derive(Deserialize)]
struct Wrapped {
    derivations: BTreeMap<String, Derivation>,
}

#[derive(Deserialize)]
struct Derivation {
    name: Option<String>,
    outputs: BTreeMap<String, Output>,
    #[serde(default)]
    env: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Output {
    hash: Option<String>,
    hash_algo: Option<String>,
    method: Option<String>,
}

/// Digests that nobody can find a second file for, and their lengths.
const ALGORITHMS: [(&str, usize); 2] = [("sha256", 32), ("sha512", 64)];

/// Derivations of one build; nixpkgs' largest have some ten thousand.
const DERIVATIONS: usize = 200_000;

/// The derivations of a document.
pub(super) fn read(bytes: &[u8]) -> Done<Evaluated> {
    let unreadable =
        |error| Failure::build(format!("what Nix says of the derivations can't be read: {error}"));
    let derivations = match serde_json::from_slice::<Wrapped>(bytes) {
        Ok(wrapped) => wrapped.derivations,
        Err(_) => serde_json::from_slice(bytes).map_err(unreadable)?,
    };
    if derivations.len() > DERIVATIONS {
        return Err(Failure::usage(format!("the flake has more than {DERIVATIONS} derivations")));
    }
    let mut fetches = Vec::new();
    for (path, derivation) in &derivations {
        let name = path.rsplit('/').next().unwrap_or_default();
        if let Some(fetch) = derivation.fetch(name)? {
            fetches.push(fetch);
        }
    }
    fetches.sort_by(|one, two| one.derivation.cmp(&two.derivation));
    Ok(Evaluated { count: derivations.len(), fetches })
}

impl Derivation {
    /// What it fetches; nothing where it builds.
    fn fetch(&self, derivation: &str) -> Done<Option<Fetch>> {
        let fault =
            |what: &str| Failure::usage(format!("the derivation `{}` {what}", derivation.escape_debug()));
        let Some(output) = self.outputs.get("out").filter(|output| output.hash.is_some()) else {
            let fixed = self.outputs.values().any(|output| output.hash.is_some());
            return if fixed {
                Err(fault("has a digest of something else than its one output"))
            } else {
                Ok(None)
            };
        };
        let env = |name: &str| self.env.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let name = self.name.as_deref().or_else(|| env("name")).unwrap_or_default();
        if !is_name(name) || !is_name(derivation) || self.outputs.len() != 1 {
            return Err(fault("has no proper name and one output"));
        }
        let (method, algorithm, digest) = output.digest().ok_or_else(|| {
            fault("has a digest that is not SHA-256 or SHA-512; have it fetched by one of these")
        })?;
        let mode = if method == Method::Archive { "recursive" } else { "flat" };
        let said = [
            ("drvPath", Some(derivation)),
            ("outputHashMode", Some(mode)),
            ("url", env("url")),
            ("urls", env("urls")),
        ];
        let annotations =
            said.into_iter().filter_map(|(key, value)| Some((key, value?.to_owned()))).collect();
        Ok(Some(Fetch {
            derivation: derivation.into(),
            name: name.into(),
            method,
            algorithm,
            digest,
            annotations,
        }))
    }
}

impl Output {
    fn digest(&self) -> Option<(Method, &'static str, Vec<u8>)> {
        let hash = self.hash.as_deref()?;
        let named = self.hash_algo.as_deref().unwrap_or_default();
        let bare = named.strip_prefix("r:").unwrap_or(named);
        let (bare, hash) = hash.split_once('-').unwrap_or((bare, hash));
        let (algorithm, length) = ALGORITHMS.into_iter().find(|(known, _)| *known == bare)?;
        let method = match self.method.as_deref() {
            Some("flat") => Method::Flat,
            Some("nar" | "recursive") => Method::Archive,
            None if named.starts_with("r:") => Method::Archive,
            None => Method::Flat,
            Some(_) => return None,
        };
        let hex = base16ct::lower::decode_vec(hash).ok();
        let digest = hex.or_else(|| STANDARD.decode(hash).ok())?;
        (digest.len() == length).then_some((method, algorithm, digest))
    }
}

/// A name as the store has them.
fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+-._?=".contains(&byte);
    !name.is_empty() && name.len() <= 255 && !name.starts_with('.') && name.bytes().all(plain)
}

impl Fetch {
    /// The name in the store of what it fetches.
    pub(super) fn place(&self) -> String {
        nar::place(self.method, self.algorithm, &self.digest, &self.name)
    }

    /// As the provenance has it: the known format files every digest under `sha256`, in base64.
    pub(super) fn dependency(&self) -> Dependency {
        let (name, digest) = (&self.name, STANDARD.encode(&self.digest));
        Dependency {
            name: name.clone(),
            uri: format!("pkg:nix-fetch/{name}?hash={}:{digest}", self.algorithm),
            digest: ("sha256".into(), digest),
            annotations: self.annotations.clone(),
            ..Dependency::default()
        }
    }

    /// The entry of the known Merkle root.
    pub(super) fn entry(&self) -> String {
        format!("fetch:{}:{}:{}", self.name, self.algorithm, STANDARD.encode(&self.digest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(output: &str, env: &str) -> String {
        format!(
            r#"{{"/nix/store/{0}-x.drv": {{"outputs": {{"out": {output}}}, "env": {env}, "args": []}},
                "/nix/store/{1}-y.drv": {{"outputs": {{"out": {{"path": "/nix/store/y"}}, "dev": {{}}}}, "env": {{"name": "y"}}}}}}"#,
            "0".repeat(32),
            "1".repeat(32)
        )
    }

    #[test]
    fn both_spellings_of_a_digest_are_read() {
        let (hex, base64) = ("07".repeat(32), STANDARD.encode([7; 32]));
        let env = r#"{"name": "x.tar", "url": "https://a.example/x.tar", "urls": ""}"#;
        let old =
            document(&format!(r#"{{"path": "/nix/store/x", "hashAlgo": "r:sha256", "hash": "{hex}"}}"#), env);
        let new = document(&format!(r#"{{"hash": "sha256-{base64}", "method": "nar"}}"#), env);
        let new = format!(r#"{{"version": 4, "derivations": {new}}}"#).replace("/nix/store/", "");
        let read = [read(old.as_bytes()).unwrap(), read(new.as_bytes()).unwrap()];
        assert_eq!(read[0], read[1]);
        let [fetch] = read[0].fetches.as_slice() else { panic!("{read:?}") };
        assert_eq!((read[0].count, fetch.method, fetch.algorithm), (2, Method::Archive, "sha256"));
        let dependency = fetch.dependency();
        assert_eq!(dependency.uri, format!("pkg:nix-fetch/x.tar?hash=sha256:{base64}"));
        assert_eq!(
            dependency.annotations.keys().copied().collect::<Vec<_>>(),
            ["drvPath", "outputHashMode", "url"]
        );
        assert_eq!(fetch.entry(), format!("fetch:x.tar:sha256:{base64}"));
    }

    #[test]
    fn what_leaves_something_open_is_refused() {
        let sound = format!(r#"{{"hashAlgo": "sha256", "hash": "{}"}}"#, "07".repeat(32));
        let named = r#"{"name": "x"}"#;
        assert!(read(document(&sound, named).as_bytes()).is_ok());
        for (output, env, said) in [
            (sound.replace("sha256", "sha1"), named, "not SHA-256"),
            (sound.replace("0707", "07"), named, "not SHA-256"),
            (sound.replace("}", r#", "method": "text"}"#), named, "not SHA-256"),
            (sound.clone(), r#"{"name": "../x"}"#, "no proper name"),
            (sound.clone(), "{}", "no proper name"),
            ("7".into(), named, "can't be read"),
        ] {
            let failure = read(document(&output, env).as_bytes()).unwrap_err();
            assert!(failure.message.contains(said), "{output} {env}: {failure}");
        }
        let other = document(&sound, named).replacen("\"out\"", "\"dev\"", 1);
        assert!(read(other.as_bytes()).unwrap_err().message.contains("something else"));
    }
}
