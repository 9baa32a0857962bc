//! CycloneDX 1.6: the artifacts as files, what they were built from as their dependencies, and the build
//! as the workflow between them.
//!
//! <https://cyclonedx.org/docs/1.6/json/>. What the format has no member for stands in the metadata's
//! properties.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use serde::Serialize;

use super::{Pin, claimed};
use crate::json::Value;
use crate::provenance::{Digest, NamedInput, named_inputs};
use crate::text::hex;
use crate::verdict::Verdict;

/// The bill of materials.
pub(super) fn bill(pins: &[Pin], document: Option<&Value<'_>>, verdict: &Verdict) -> String {
    let inputs = document.map(named_inputs).unwrap_or_default();
    let source = source(verdict);
    let mut components: Vec<Component<'_>> = pins.iter().map(artifact).collect();
    let artifacts: Vec<String> = refs(&components);
    let dependencies: Vec<Component<'_>> = inputs.iter().enumerate().map(dependency).collect();
    let mut fetched = refs(&dependencies);
    components.extend(dependencies);
    let depends = |reference: &String| Depends { reference: reference.clone(), on: fetched.clone() };
    let dependencies = artifacts.iter().map(depends).collect();
    fetched.extend(source.iter().map(|source| source.reference.clone()));
    let bill = Bill {
        schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
        bom_format: "CycloneDX",
        spec_version: "1.6",
        version: 1,
        metadata: Metadata {
            timestamp: &verdict.now,
            tools: Tools { components: alloc::vec![tool()] },
            component: source,
            properties: properties(verdict),
        },
        components,
        dependencies,
        formulation: alloc::vec![Formula { workflows: alloc::vec![workflow(verdict, fetched, artifacts)] }],
    };
    // Texts, numbers and lists cannot fail to serialise; an empty text is no bill to anybody.
    format!("{}\n", serde_json::to_string_pretty(&bill).unwrap_or_default())
}

fn refs(components: &[Component<'_>]) -> Vec<String> {
    components.iter().map(|component| component.reference.clone()).collect()
}

fn artifact(pin: &Pin) -> Component<'_> {
    let hashes = alloc::vec![Hash { alg: "SHA-256", content: hex(&pin.sha256) }];
    Component { hashes, ..Component::new("file", format!("artifact:{}", pin.name), &pin.name) }
}

fn dependency<'v>((index, input): (usize, &'v NamedInput<'v>)) -> Component<'v> {
    let hash = |digest: &Digest| {
        let (_, alg) = ALGORITHMS.iter().find(|(known, _)| *known == digest.algorithm)?;
        Some(Hash { alg, content: hex(&digest.bytes) })
    };
    let address = if input.is_package {
        (Some(input.uri), Vec::new())
    } else {
        (None, external("distribution", input.uri))
    };
    Component {
        version: input.version.as_deref(),
        purl: address.0,
        external_references: address.1,
        hashes: input.digests.iter().filter_map(hash).collect(),
        ..Component::new("library", format!("dependency:{index}"), input.name)
    }
}

/// What was built, as far as the provenance says.
fn source(verdict: &Verdict) -> Option<Component<'_>> {
    let commit = claimed(verdict, "source.commit")?;
    let uri = claimed(verdict, "source.uri");
    Some(Component {
        version: Some(commit),
        external_references: uri.map(|uri| external("vcs", uri)).unwrap_or_default(),
        ..Component::new("application", "source".into(), uri.unwrap_or("source"))
    })
}

fn external<'v>(kind: &'static str, url: &'v str) -> Vec<External<'v>> {
    alloc::vec![External { kind, url }]
}

fn tool() -> Component<'static> {
    let version = Some(env!("CARGO_PKG_VERSION"));
    Component { version, ..Component::new("application", "verifier".into(), "kettle-verify") }
}

fn workflow(verdict: &Verdict, from: Vec<String>, to: Vec<String>) -> Workflow<'_> {
    let resource = |reference| Resource { reference };
    Workflow {
        reference: "build",
        uid: claimed(verdict, "provenance.sha256").unwrap_or("build"),
        name: claimed(verdict, "build.type"),
        task_types: ["build"],
        inputs: from.into_iter().map(|reference| Input { resource: resource(reference) }).collect(),
        outputs: to
            .into_iter()
            .map(|reference| Output { kind: "artifact", resource: resource(reference) })
            .collect(),
    }
}

fn properties(verdict: &Verdict) -> Vec<Property> {
    let outcome = serde_json::to_value(verdict.outcome).unwrap_or_default();
    let root = serde_json::to_value(verdict.trust_root).unwrap_or_default();
    let claim = |id| claimed(verdict, id).unwrap_or_default();
    [
        ("outcome", outcome.as_str().unwrap_or_default()),
        ("platform", &verdict.platform),
        ("policy_digest", &verdict.policy_digest),
        ("trust_root", root.as_str().unwrap_or_default()),
        ("trust_root_digest", &verdict.trust_root_digest),
        ("valid_until", &verdict.valid_until),
        ("provenance_sha256", claim("provenance.sha256")),
        ("builder", claim("build.builder")),
        ("input_merkle_root", claim("build.input_merkle_root")),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_empty())
    .map(|(name, value)| Property { name: format!("kettle-verify:{name}"), value: value.to_string() })
    .collect()
}

#[derive(Serialize)]
struct Bill<'v> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    #[serde(rename = "bomFormat")]
    bom_format: &'static str,
    #[serde(rename = "specVersion")]
    spec_version: &'static str,
    version: u32,
    metadata: Metadata<'v>,
    components: Vec<Component<'v>>,
    dependencies: Vec<Depends>,
    formulation: Vec<Formula<'v>>,
}

#[derive(Serialize)]
struct Metadata<'v> {
    timestamp: &'v str,
    tools: Tools<'v>,
    #[serde(skip_serializing_if = "Option::is_none")]
    component: Option<Component<'v>>,
    properties: Vec<Property>,
}

#[derive(Serialize)]
struct Tools<'v> {
    components: Vec<Component<'v>>,
}

#[derive(Serialize)]
struct Component<'v> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(rename = "bom-ref")]
    reference: String,
    name: &'v str,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'v str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hashes: Vec<Hash>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purl: Option<&'v str>,
    #[serde(rename = "externalReferences", skip_serializing_if = "Vec::is_empty")]
    external_references: Vec<External<'v>>,
}

impl<'v> Component<'v> {
    const fn new(kind: &'static str, reference: String, name: &'v str) -> Self {
        let hashes = Vec::new();
        let external_references = Vec::new();
        Self { kind, reference, name, version: None, hashes, purl: None, external_references }
    }
}

#[derive(Serialize)]
struct Hash {
    alg: &'static str,
    content: String,
}

#[derive(Serialize)]
struct External<'v> {
    #[serde(rename = "type")]
    kind: &'static str,
    url: &'v str,
}

#[derive(Serialize)]
struct Depends {
    #[serde(rename = "ref")]
    reference: String,
    #[serde(rename = "dependsOn")]
    on: Vec<String>,
}

#[derive(Serialize)]
struct Formula<'v> {
    workflows: Vec<Workflow<'v>>,
}

#[derive(Serialize)]
struct Workflow<'v> {
    #[serde(rename = "bom-ref")]
    reference: &'static str,
    uid: &'v str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'v str>,
    #[serde(rename = "taskTypes")]
    task_types: [&'static str; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    inputs: Vec<Input>,
    outputs: Vec<Output>,
}

#[derive(Serialize)]
struct Input {
    resource: Resource,
}

#[derive(Serialize)]
struct Output {
    #[serde(rename = "type")]
    kind: &'static str,
    resource: Resource,
}

#[derive(Serialize)]
struct Resource {
    #[serde(rename = "ref")]
    reference: String,
}

#[derive(Serialize)]
struct Property {
    name: String,
    value: String,
}

/// The algorithms as they are called in dependencies, and in CycloneDX.
const ALGORITHMS: [(&str, &str); 5] =
    [("md5", "MD5"), ("sha1", "SHA-1"), ("sha256", "SHA-256"), ("sha384", "SHA-384"), ("sha512", "SHA-512")];
