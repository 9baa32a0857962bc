//! The tree over a build's inputs (kettle-bundle.md, "input_merkle_root").

use super::{Build, Toolchain};
use crate::signing::Hash;

/// The root over entries: leaves are hashed, an odd node is promoted unchanged.
#[must_use]
pub fn root(entries: &[String]) -> Vec<u8> {
    assert!(!entries.is_empty(), "no entries, no root");
    let mut level: Vec<Vec<u8>> = entries.iter().map(|entry| Hash::Sha256.digest(entry.as_bytes())).collect();
    while level.len() > 1 {
        level = level
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => Hash::Sha256.digest(&[left.as_slice(), right].concat()),
                odd => odd[0].clone(),
            })
            .collect();
    }
    level.remove(0)
}

/// The entries of a build, in order.
pub(super) fn entries(build: &Build) -> Vec<String> {
    let tool = |name: &str| {
        let (_, digest, version) =
            build.tools.iter().find(|(tool, _, _)| tool == name).cloned().unwrap_or_default();
        [digest, version]
    };
    let mut entries = vec![build.commit.clone(), build.tree.clone()];
    let tools: &[&str] = match build.toolchain {
        Toolchain::Cargo => &["rustc", "cargo"],
        Toolchain::Pnpm => &["node", "pnpm"],
        Toolchain::Npm => &["node", "npm"],
        Toolchain::Pip => &["python", "pip"],
        Toolchain::Uv => &["python", "uv"],
        Toolchain::Go => &["go"],
        Toolchain::Generic => &["system"],
        Toolchain::Nix => {
            entries.push(build.lockfile.clone());
            entries.extend(build.dependencies.iter().map(|dependency| {
                let hash = dependency.uri.split_once("?hash=").map_or("", |(_, hash)| hash);
                format!("fetch:{}:{hash}", dependency.name)
            }));
            entries.extend(tool("nix"));
            return entries;
        }
    };
    entries.extend(tools.iter().flat_map(|name| tool(name)));
    entries.push(build.lockfile.clone());
    entries.extend(sorted_uris(build));
    entries
}

fn sorted_uris(build: &Build) -> Vec<String> {
    let mut uris: Vec<String> = build.dependencies.iter().map(|dependency| dependency.uri.clone()).collect();
    uris.sort();
    uris
}
