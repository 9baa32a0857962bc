//! CycloneDX 1.6: the artifacts as files, what they were built from as their dependencies, and the build
//! as the workflow between them.
//!
//! <https://cyclonedx.org/docs/1.6/json/>. What the format has no member for stands in the metadata's
//! properties.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Pin, claimed};
use crate::json::print::{Object, one, text};
use crate::json::{Number, Value};
use crate::provenance::{Digest, NamedInput, named_inputs};
use crate::text::hex;
use crate::verdict::Verdict;

/// The bill of materials.
pub(super) fn bill(pins: &[Pin], document: Option<&Value<'_>>, verdict: &Verdict) -> String {
    let inputs = document.map(named_inputs).unwrap_or_default();
    let mut components: Vec<Value<'_>> = pins.iter().map(artifact).collect();
    components.extend(inputs.iter().enumerate().map(dependency));
    let artifacts = || pins.iter().map(artifact_reference);
    let fetched = || (0..inputs.len()).map(dependency_reference);
    let depends = |reference: String| {
        let on = fetched().map(text).collect();
        Object::default().with("ref", text(reference)).with("dependsOn", Value::Array(on)).end()
    };
    let source = source(verdict);
    let built_from =
        fetched().chain(source.is_some().then(|| SOURCE.into())).map(|from| resource(from).end());
    let outputs = artifacts().map(|artifact| resource(artifact).with("type", text("artifact")).end());
    let workflow = workflow(verdict, built_from.collect(), outputs.collect());
    let metadata = Object::default()
        .with("timestamp", text(&verdict.now))
        .with("tools", Object::default().with("components", one(tool())).end())
        .with_some("component", source)
        .with("properties", Value::Array(properties(verdict)));
    let bill = Object::default()
        .with("$schema", text("http://cyclonedx.org/schema/bom-1.6.schema.json"))
        .with("bomFormat", text("CycloneDX"))
        .with("specVersion", text("1.6"))
        .with("version", Value::Number(Number::Unsigned(1)))
        .with("metadata", metadata.end())
        .with("components", Value::Array(components))
        .with("dependencies", Value::Array(artifacts().map(depends).collect()))
        .with("formulation", one(Object::default().with("workflows", one(workflow)).end()));
    let mut lines = bill.end().to_lines();
    lines.push('\n');
    lines
}

const SOURCE: &str = "source";

fn artifact_reference(pin: &Pin) -> String {
    format!("artifact:{}", pin.name)
}

fn dependency_reference(index: usize) -> String {
    format!("dependency:{index}")
}

fn component<'v>(kind: &'static str, reference: String, name: &'v str) -> Object<'v> {
    Object::default().with("type", text(kind)).with("bom-ref", text(reference)).with("name", text(name))
}

fn hash(algorithm: &'static str, bytes: &[u8]) -> Value<'static> {
    Object::default().with("alg", text(algorithm)).with("content", text(hex(bytes))).end()
}

fn artifact(pin: &Pin) -> Value<'_> {
    component("file", artifact_reference(pin), &pin.name)
        .with("hashes", one(hash("SHA-256", &pin.sha256)))
        .end()
}

fn dependency<'v>((index, input): (usize, &'v NamedInput<'v>)) -> Value<'v> {
    let known = |digest: &Digest| {
        let (_, algorithm) = ALGORITHMS.iter().find(|(known, _)| *known == digest.algorithm)?;
        Some(hash(algorithm, &digest.bytes))
    };
    let component = component("library", dependency_reference(index), input.name)
        .with_some("version", input.version.as_deref().map(text))
        .with_list("hashes", input.digests.iter().filter_map(known).collect());
    if input.is_package {
        component.with("purl", text(input.uri)).end()
    } else {
        component.with("externalReferences", external("distribution", input.uri)).end()
    }
}

/// What was built, as far as the provenance says.
fn source(verdict: &Verdict) -> Option<Value<'_>> {
    let commit = claimed(verdict, "source.commit")?;
    let uri = claimed(verdict, "source.uri");
    let source = component("application", SOURCE.into(), uri.unwrap_or(SOURCE))
        .with("version", text(commit))
        .with_some("externalReferences", uri.map(|uri| external("vcs", uri)));
    Some(source.end())
}

fn external<'v>(kind: &'static str, url: &'v str) -> Value<'v> {
    one(Object::default().with("type", text(kind)).with("url", text(url)).end())
}

fn tool() -> Value<'static> {
    let version = text(env!("CARGO_PKG_VERSION"));
    component("application", "verifier".into(), "kettle-verify").with("version", version).end()
}

fn resource<'v>(reference: String) -> Object<'v> {
    Object::default().with("resource", Object::default().with("ref", text(reference)).end())
}

fn workflow<'v>(verdict: &'v Verdict, inputs: Vec<Value<'v>>, outputs: Vec<Value<'v>>) -> Value<'v> {
    Object::default()
        .with("bom-ref", text("build"))
        .with("uid", text(claimed(verdict, "provenance.sha256").unwrap_or("build")))
        .with_some("name", claimed(verdict, "build.type").map(text))
        .with("taskTypes", one(text("build")))
        .with_list("inputs", inputs)
        .with("outputs", Value::Array(outputs))
        .end()
}

fn properties(verdict: &Verdict) -> Vec<Value<'_>> {
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
    .map(|(name, value)| {
        let name = text(format!("kettle-verify:{name}"));
        Object::default().with("name", name).with("value", text(String::from(value))).end()
    })
    .collect()
}

/// The algorithms as they are called in dependencies, and in CycloneDX.
const ALGORITHMS: [(&str, &str); 5] =
    [("md5", "MD5"), ("sha1", "SHA-1"), ("sha256", "SHA-256"), ("sha384", "SHA-384"), ("sha512", "SHA-512")];
