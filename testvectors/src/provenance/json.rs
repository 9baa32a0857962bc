//! The document's JSON, in the key order of the known builders.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::{Build, Dependency, Subject, Toolchain};
use crate::signing::Hash;

/// An object whose members keep their order.
#[derive(Debug, Clone, Default)]
pub struct Pairs(pub Vec<(String, String)>);

impl Pairs {
    /// An object with one member.
    #[must_use]
    pub fn one(name: &str, value: String) -> Self {
        Self(vec![(name.into(), value)])
    }

    /// Whether there is no member.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Pairs {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// JSON with two spaces, as serde writes it.
pub(super) fn pretty(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

/// The tokens of a JSON text without the white space between them.
#[must_use]
pub fn compact(text: &[u8]) -> Vec<u8> {
    let (mut inside, mut escaped) = (false, false);
    let keep = |byte: &u8| {
        let white = matches!(byte, b' ' | b'\n' | b'\r' | b'\t');
        let kept = inside || !white;
        if inside {
            inside = escaped || *byte != b'"';
            escaped = !escaped && *byte == b'\\';
        } else {
            inside = *byte == b'"';
        }
        kept
    };
    text.iter().copied().filter(keep).collect()
}

/// The statement of a build.
pub(super) fn statement(build: &Build) -> impl Serialize {
    Statement {
        statement_type: build.statement_type.clone(),
        predicate: Predicate {
            build_definition: definition(build),
            run_details: RunDetails {
                builder: Pairs::one("id", build.builder.clone()),
                byproducts: vec![Subject {
                    digest: Pairs::one("sha256", build.root()),
                    name: "input_merkle_root".into(),
                }],
                metadata: Pairs(vec![
                    ("invocationId".into(), "build-20260531-115900-7e57da7a".into()),
                    ("startedOn".into(), build.times[0].clone()),
                    ("finishedOn".into(), build.times[1].clone()),
                ]),
            },
        },
        predicate_type: build.predicate_type.clone(),
        subject: build.subjects.clone(),
    }
}

fn definition(build: &Build) -> Definition {
    let nix = build.toolchain == Toolchain::Nix;
    let tool = |digest: &String, version: &String| Tool {
        digest: Pairs::one("sha256", digest.clone()),
        version: version.clone(),
    };
    Definition {
        build_type: build.build_type.clone(),
        external_parameters: External {
            build_command: build.command.clone(),
            source: Source {
                digest: Pairs(vec![
                    ("gitCommit".into(), build.commit.clone()),
                    ("gitTree".into(), build.tree.clone()),
                ]),
                uri: build.repository.clone(),
            },
        },
        internal_parameters: Internal {
            evaluation: nix
                .then_some(Evaluation { derivation_count: 2, fetch_count: build.dependencies.len() }),
            flake_inputs: nix.then(|| {
                let hash = Hash::Sha256.digest(b"nixpkgs");
                let hash = <base64ct::Base64 as base64ct::Encoding>::encode_string(&hash);
                vec![FlakeInput { name: "nixpkgs".into(), nar_hash: format!("sha256-{hash}") }]
            }),
            lockfile_hash: Pairs::one("sha256", build.lockfile.clone()),
            toolchain: Tools(
                build
                    .tools
                    .iter()
                    .map(|(name, digest, version)| (name.clone(), tool(digest, version)))
                    .collect(),
            ),
        },
        resolved_dependencies: build.dependencies.clone(),
    }
}

#[derive(Serialize)]
struct Statement {
    #[serde(rename = "_type")]
    statement_type: String,
    predicate: Predicate,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    subject: Vec<Subject>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Predicate {
    build_definition: Definition,
    run_details: RunDetails,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Definition {
    build_type: String,
    external_parameters: External,
    internal_parameters: Internal,
    resolved_dependencies: Vec<Dependency>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct External {
    build_command: String,
    source: Source,
}

#[derive(Serialize)]
struct Source {
    digest: Pairs,
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Internal {
    #[serde(skip_serializing_if = "Option::is_none")]
    evaluation: Option<Evaluation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flake_inputs: Option<Vec<FlakeInput>>,
    lockfile_hash: Pairs,
    toolchain: Tools,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Evaluation {
    derivation_count: usize,
    fetch_count: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FlakeInput {
    name: String,
    nar_hash: String,
}

struct Tools(Vec<(String, Tool)>);

impl Serialize for Tools {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, tool)| (name, tool)))
    }
}

#[derive(Serialize)]
struct Tool {
    digest: Pairs,
    version: String,
}

#[derive(Serialize)]
struct RunDetails {
    builder: Pairs,
    byproducts: Vec<Subject>,
    metadata: Pairs,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compact_leaves_texts_alone() {
        let text = br#"{ "a b" : [ 1 ,
            "c \" d" ] }"#;
        assert_eq!(compact(text), br#"{"a b":[1,"c \" d"]}"#);
    }
}
