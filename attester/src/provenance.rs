//! The provenance document: an in-toto Statement v1 with SLSA Provenance v1, in the fields and the
//! order of the known format, generation F3. What is ours beyond it lies under one key of the internal
//! parameters, and in the byproducts.

use std::collections::BTreeMap;

use kettle_verifier_core::input_tree::Tree;
use serde::Serialize;

use crate::ecosystem::{Dependency, Ecosystem, Flake, Input};
use crate::failure::{Done, Failure};
use crate::input_tree::{InputTree, Seed};
use crate::merkle::{Hash, known_root};
use crate::sandbox::{Layers, Limits};
use crate::source::Source;
use crate::toolchain::{Closure, Tool};

/// The build type that all toolchains share.
pub const BUILD_TYPE: &str = "https://confidential.ai/attested-builds/v1";
/// The builder that goes with it.
pub const BUILDER: &str = "https://confidential.ai/attested-builds";

/// The byproduct that is the root of the input tree.
const INPUT_TREE: &str = "kettleverify_input_tree";

/// Everything that a provenance says.
#[derive(Debug)]
pub struct Facts<'f> {
    /// The source.
    pub source: &'f Source,
    /// SHA-256 of the lockfile.
    pub lockfile_sha256: String,
    /// The dependencies in the order of the lockfile.
    pub dependencies: &'f [Dependency],
    /// What is said of a flake, where it is one that is built.
    pub flake: Option<Flake>,
    /// The tools, without the builder.
    pub tools: &'f [Tool],
    /// All that the tools load.
    pub closure: &'f Closure,
    /// The tools that enter the known Merkle root, in order.
    pub merkle_tools: &'f [&'f str],
    /// The builder.
    pub builder: &'f Tool,
    /// The build command.
    pub command: String,
    /// The layers of the sandbox that were on.
    pub layers: &'f Layers,
    /// What the build could use up, and what saw to it.
    pub limits: (Limits, &'static str),
    /// The nonce of whoever asked for the build.
    pub nonce: [u8; 16],
    /// The artifacts: name and SHA-256.
    pub artifacts: Vec<(String, [u8; 32])>,
    /// An id of this build.
    pub invocation: String,
    /// When it began and ended, RFC 3339.
    pub times: [String; 2],
}

impl<'f> Facts<'f> {
    /// The tools of an ecosystem for the Merkle root.
    #[must_use]
    pub fn merkle_tools(ecosystem: &'f dyn Ecosystem) -> &'f [&'f str] {
        ecosystem.merkle_tools()
    }

    /// The document: pretty JSON with two spaces and no newline at its end. It is written once, and
    /// these bytes are what the hardware attests. The salts of the input tree come from the seed.
    ///
    /// # Errors
    /// [`Failure`] where there is nothing to say.
    pub fn json(&self, seed: &Seed) -> Done<Vec<u8>> {
        let failed = |error: serde_json::Error| Failure::build(error.to_string());
        let root = self.known_root().ok_or_else(|| Failure::build("there are no inputs"))?;
        // The tree is over what the document names, so what is not in it is in no proof either.
        let inputs = serde_json::to_value(self.statement(&root, None)).map_err(failed)?;
        let tree = InputTree::over(&inputs, seed)?.tree();
        serde_json::to_vec_pretty(&self.statement(&root, tree.as_ref())).map_err(failed)
    }

    fn known_root(&self) -> Option<Hash> {
        let mut entries = vec![self.source.commit.as_str(), &self.source.tree];
        let mut tools = Vec::new();
        for name in self.merkle_tools {
            let tool = self.tools.iter().find(|tool| tool.name == *name)?;
            tools.extend([tool.sha256.as_str(), &tool.version]);
        }
        if let Some(flake) = &self.flake {
            let fetches = flake.fetches.iter().map(String::as_str);
            return known_root(
                entries.into_iter().chain([&*self.lockfile_sha256]).chain(fetches).chain(tools),
            );
        }
        entries.extend(tools);
        entries.push(&self.lockfile_sha256);
        let mut uris: Vec<&str> = self.dependencies.iter().map(|known| known.uri.as_str()).collect();
        uris.sort_unstable();
        known_root(entries.into_iter().chain(uris))
    }

    fn statement(&self, root: &Hash, tree: Option<&Tree>) -> Statement<'_> {
        let tool = |tool: &Tool| ToolEntry { digest: sha256(&tool.sha256), version: tool.version.clone() };
        let toolchain = self.tools.iter().chain([self.builder]);
        Statement {
            statement_type: "https://in-toto.io/Statement/v1",
            predicate: Predicate {
                build_definition: Definition {
                    build_type: BUILD_TYPE,
                    external_parameters: External {
                        build_command: &self.command,
                        source: SourceEntry {
                            digest: GitDigest {
                                git_commit: &self.source.commit,
                                git_tree: &self.source.tree,
                            },
                            uri: &self.source.uri,
                        },
                    },
                    internal_parameters: Internal {
                        evaluation: self.flake.as_ref().map(|flake| Evaluation {
                            derivation_count: flake.derivations,
                            fetch_count: flake.fetches.len(),
                        }),
                        flake_inputs: self.flake.as_ref().map(flake_inputs),
                        attester: self.attester(tree),
                        lockfile_hash: sha256(&self.lockfile_sha256),
                        toolchain: toolchain.map(|entry| (entry.name.clone(), tool(entry))).collect(),
                    },
                    resolved_dependencies: self.dependencies.iter().map(dependency).collect(),
                },
                run_details: RunDetails {
                    builder: BuilderEntry { id: BUILDER },
                    byproducts: [
                        ("input_merkle_root", Some(root)),
                        (INPUT_TREE, tree.map(|tree| &tree.root)),
                    ]
                    .into_iter()
                    .filter_map(|(name, root)| Some((name, root?)))
                    .map(|(name, root)| Named { digest: sha256(&crate::hex(root)), name: name.into() })
                    .collect(),
                    metadata: Metadata {
                        invocation_id: &self.invocation,
                        started_on: &self.times[0],
                        finished_on: &self.times[1],
                    },
                },
            },
            predicate_type: "https://slsa.dev/provenance/v1",
            subject: self
                .artifacts
                .iter()
                .map(|(name, digest)| Named { digest: sha256(&crate::hex(digest)), name: name.clone() })
                .collect(),
        }
    }

    fn attester(&self, tree: Option<&Tree>) -> AttesterEntry {
        AttesterEntry {
            input_tree: tree.and_then(|tree| tree.leaves).map(|leaves| TreeEntry { leaves }),
            limits: LimitsEntry { enforced_by: self.limits.1, limits: self.limits.0 },
            nonce: crate::hex(&self.nonce),
            sandbox: self.layers.iter().map(|layer| layer.name()).collect(),
            source_files: Counted {
                count: self.source.files.len(),
                digest: sha256(&self.source.manifest_sha256()),
            },
            toolchain_closure: Counted { count: self.closure.count, digest: sha256(&self.closure.sha256) },
        }
    }
}

fn sha256(hex: &str) -> Digest {
    Digest([("sha256".to_owned(), hex.to_owned())].into())
}

fn dependency(known: &Dependency) -> DependencyEntry<'_> {
    let (algorithm, digest) = known.digest.clone();
    DependencyEntry {
        annotations: Some(&known.annotations).filter(|annotations| !annotations.is_empty()),
        digest: Digest([(algorithm, digest)].into()),
        name: &known.name,
        uri: &known.uri,
    }
}

fn flake_inputs(flake: &Flake) -> Vec<FlakeInput> {
    let entry = |input: &Input| FlakeInput { name: input.name.clone(), nar_hash: input.nar_hash() };
    flake.inputs.iter().map(entry).collect()
}

#[derive(Serialize)]
struct Digest(BTreeMap<String, String>);

#[derive(Serialize)]
struct Statement<'s> {
    #[serde(rename = "_type")]
    statement_type: &'s str,
    predicate: Predicate<'s>,
    #[serde(rename = "predicateType")]
    predicate_type: &'s str,
    subject: Vec<Named>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Predicate<'s> {
    build_definition: Definition<'s>,
    run_details: RunDetails<'s>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Definition<'s> {
    build_type: &'s str,
    external_parameters: External<'s>,
    internal_parameters: Internal,
    resolved_dependencies: Vec<DependencyEntry<'s>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct External<'s> {
    build_command: &'s str,
    source: SourceEntry<'s>,
}

#[derive(Serialize)]
struct SourceEntry<'s> {
    digest: GitDigest<'s>,
    uri: &'s str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GitDigest<'s> {
    git_commit: &'s str,
    git_tree: &'s str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Internal {
    #[serde(skip_serializing_if = "Option::is_none")]
    evaluation: Option<Evaluation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flake_inputs: Option<Vec<FlakeInput>>,
    #[serde(rename = "kettleverify_attester")]
    attester: AttesterEntry,
    lockfile_hash: Digest,
    toolchain: BTreeMap<String, ToolEntry>,
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

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AttesterEntry {
    #[serde(skip_serializing_if = "Option::is_none")]
    input_tree: Option<TreeEntry>,
    limits: LimitsEntry,
    nonce: String,
    sandbox: Vec<&'static str>,
    source_files: Counted,
    toolchain_closure: Counted,
}

#[derive(Serialize)]
struct TreeEntry {
    leaves: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LimitsEntry {
    enforced_by: &'static str,
    #[serde(flatten)]
    limits: Limits,
}

#[derive(Serialize)]
struct Counted {
    count: usize,
    digest: Digest,
}

#[derive(Serialize)]
struct ToolEntry {
    digest: Digest,
    version: String,
}

#[derive(Serialize)]
struct DependencyEntry<'s> {
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<&'s BTreeMap<&'static str, String>>,
    digest: Digest,
    name: &'s str,
    uri: &'s str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RunDetails<'s> {
    builder: BuilderEntry<'s>,
    byproducts: Vec<Named>,
    metadata: Metadata<'s>,
}

#[derive(Serialize)]
struct BuilderEntry<'s> {
    id: &'s str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Metadata<'s> {
    invocation_id: &'s str,
    started_on: &'s str,
    finished_on: &'s str,
}

#[derive(Serialize)]
struct Named {
    digest: Digest,
    name: String,
}
