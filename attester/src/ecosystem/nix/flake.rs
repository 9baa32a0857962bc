//! `flake.lock`, versions 5 to 7: every input with the digest of its files.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::failure::{Done, Failure};

/// An input of a flake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Its name in the lockfile.
    pub name: String,
    /// SHA-256 over its files as an archive of Nix.
    pub sha256: [u8; 32],
}

impl Input {
    /// The digest as the lockfile spells it.
    #[must_use]
    pub fn nar_hash(&self) -> String {
        format!("sha256-{}", STANDARD.encode(self.sha256))
    }
}

#[derive(Deserialize)]
struct Lockfile {
    version: u32,
    root: String,
    nodes: BTreeMap<String, Node>,
}

#[derive(Deserialize)]
struct Node {
    locked: Option<Locked>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Locked {
    #[serde(rename = "type")]
    kind: String,
    nar_hash: Option<String>,
}

/// Kinds of inputs that are the same files wherever they are fetched.
const KINDS: [&str; 6] = ["github", "gitlab", "sourcehut", "tarball", "file", "git"];

/// Inputs of one flake; the largest have some hundred.
const INPUTS: usize = 10_000;

fn fault(what: impl core::fmt::Display) -> Failure {
    Failure::usage(format!("`flake.lock`: {what}"))
}

/// The inputs, sorted by name.
pub(super) fn inputs(lockfile: &[u8]) -> Done<Vec<Input>> {
    let lock: Lockfile = serde_json::from_slice(lockfile).map_err(fault)?;
    if !(5..=7).contains(&lock.version) {
        return Err(fault(format!("version {} is not known here", lock.version)));
    }
    if !lock.nodes.contains_key(&lock.root) || lock.nodes.len() > INPUTS {
        return Err(fault("it has no root, or too many inputs; write it anew with `nix flake lock`"));
    }
    lock.nodes.iter().filter(|(name, _)| **name != lock.root).map(|(name, node)| input(name, node)).collect()
}

fn input(name: &str, node: &Node) -> Done<Input> {
    let shown = name.escape_debug();
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err(fault(format!("`{shown}` is no name of an input")));
    }
    let Some(locked) = &node.locked else {
        return Err(fault(format!("`{shown}` is not locked; write the lockfile anew with `nix flake lock`")));
    };
    if !KINDS.contains(&locked.kind.as_str()) {
        return Err(fault(format!(
            "`{shown}` is of the kind `{}`, whose files nobody else can fetch; publish it, or make it part of this flake",
            locked.kind.escape_debug()
        )));
    }
    let hash = locked.nar_hash.as_deref().and_then(|hash| hash.strip_prefix("sha256-"));
    let sha256 = hash.and_then(|hash| STANDARD.decode(hash).ok()).and_then(|hash| hash.try_into().ok());
    let sha256 = sha256.ok_or_else(|| {
        fault(format!("`{shown}` has no `narHash` of SHA-256; write the lockfile anew with `nix flake lock`"))
    })?;
    Ok(Input { name: name.into(), sha256 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lockfile(version: u32, node: &str) -> String {
        format!(
            r#"{{"version": {version}, "root": "root", "nodes": {{"root": {{"inputs": {{}}}}, "x": {node}}}}}"#
        )
    }

    #[test]
    fn every_input_has_a_digest_and_a_kind_that_others_can_fetch() {
        let hash = format!("sha256-{}=", "A".repeat(43));
        let node = |kind: &str, hash: &str| {
            format!(r#"{{"locked": {{"type": "{kind}", "narHash": "{hash}", "rev": "0"}}}}"#)
        };
        let sound = inputs(lockfile(7, &node("github", &hash)).as_bytes()).unwrap();
        assert_eq!(sound, [Input { name: "x".into(), sha256: [0; 32] }]);
        assert_eq!(sound[0].nar_hash(), hash);
        assert!(inputs(br#"{"version": 7, "root": "root", "nodes": {"root": {}}}"#).unwrap().is_empty());
        for (text, said) in [
            (lockfile(4, &node("github", &hash)), "version 4"),
            (lockfile(7, &node("path", &hash)), "of the kind `path`"),
            (lockfile(7, &node("indirect", &hash)), "of the kind `indirect`"),
            (lockfile(7, &node("tarball", "sha1-AAAA")), "no `narHash`"),
            (lockfile(7, &node("tarball", "sha256-AAAA")), "no `narHash`"),
            (lockfile(7, r#"{"locked": {"type": "tarball"}}"#), "no `narHash`"),
            (lockfile(7, "{}"), "is not locked"),
            (lockfile(7, "{}").replace("\"root\": {", "\"other\": {"), "no root"),
            (lockfile(7, "{}").replace("\"x\"", "\"x\\u001b\""), "no name"),
            ("[]".into(), "`flake.lock`"),
        ] {
            let failure = inputs(text.as_bytes()).unwrap_err();
            assert!(failure.message.contains(said), "{text}: {failure}");
        }
    }
}
