//! What `kettle-attest` says of a build beyond the known format: one object in the internal parameters, and
//! the root of its input tree among the byproducts. Its name has the form that SLSA keeps for extensions.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::read::{at, is_sha256};
use crate::input_tree::Tree;
use crate::json::Value;
use crate::limits::{INPUT_LEAVES, SANDBOX_LAYERS};
use crate::log::{Finding, Log};
use crate::policy::Policy;
use crate::text::{is_hex, unhex};
use crate::verdict::{Authority, NoteKind};

const ATTESTER: &str = "/predicate/buildDefinition/internalParameters/kettleverify_attester";
const BYPRODUCTS: &str = "/predicate/runDetails/byproducts";

/// The byproduct that is the root of the input tree.
const INPUT_TREE: &str = "kettleverify_input_tree";

/// The tree over the inputs, where the document names exactly one and says how many leaves it has.
pub(crate) fn input_tree(document: &Value<'_>) -> Option<Tree> {
    let byproducts = at(document, BYPRODUCTS)?.as_array()?;
    let named = |entry: &&Value<'_>| entry.get("name").and_then(Value::as_str) == Some(INPUT_TREE);
    let mut roots = byproducts.iter().filter(named);
    let (Some(root), None) = (roots.next(), roots.next()) else { return None };
    let root = unhex(root.get("digest")?.get("sha256")?.as_str()?)?;
    let leaves = at(document, ATTESTER)?.get("inputTree")?.get("leaves")?.as_u64()?;
    let leaves = u32::try_from(leaves).ok().filter(|leaves| (1..=INPUT_LEAVES).contains(leaves))?;
    Some(Tree { root, leaves: Some(leaves) })
}

/// The layers of the sandbox against those that the policy demands. A builder that says nothing of them
/// meets no demand.
pub(super) fn sandbox(document: &Value<'_>, policy: &Policy, log: &mut Log<'_>) {
    let on = at(document, ATTESTER).and_then(layers);
    let demanded = policy.document().sandbox.as_deref();
    let missing = |layer: &&String| !on.iter().flatten().any(|on| on == layer);
    let holds = !demanded.unwrap_or_default().iter().any(|layer| missing(&layer));
    let expected = demanded.map_or_else(|| "any: the policy demands none".into(), |layers| layers.join(", "));
    let found = on.map_or_else(|| "nothing is said of a sandbox".into(), listed);
    log.assess(&super::SANDBOX, holds, Finding::new(expected, found).at(format!("{ATTESTER}/sandbox")));
}

/// Records what the attester says. It is the builder's word, and only a policy gives it weight.
pub(super) fn claims(document: &Value<'_>, log: &mut Log<'_>) {
    let Some(said) = at(document, ATTESTER) else { return };
    let nonce = said.get("nonce").and_then(Value::as_str).filter(|nonce| nonce.len() == 32 && is_hex(nonce));
    let (files, source) = counted(said, "sourceFiles");
    let (loaded, closure) = counted(said, "toolchainClosure");
    let tree = input_tree(document);
    let found = [
        ("nonce", "nonce", nonce.map(String::from)),
        ("sandbox", "sandbox", layers(said).map(listed)),
        ("limits", "limits", limits(said)),
        ("source_files", "sourceFiles/count", files),
        ("source_sha256", "sourceFiles/digest/sha256", source),
        ("toolchain_files", "toolchainClosure/count", loaded),
        ("toolchain_sha256", "toolchainClosure/digest/sha256", closure),
        ("input_tree", "inputTree", tree.map(|tree| crate::text::hex(&tree.root))),
        (
            "input_leaves",
            "inputTree/leaves",
            tree.and_then(|tree| tree.leaves).map(|leaves| format!("{leaves}")),
        ),
    ];
    for (claim, name, value) in found {
        let place = format!("{ATTESTER}/{name}");
        match value {
            Some(value) => log.claim(&format!("build.attester.{claim}"), value, Authority::Provenance, place),
            None => {
                let text = "the attester should say this here, and in another form";
                log.note(NoteKind::Deviation, "provenance.attester", text, place);
            }
        }
    }
}

/// How many files there are, and the SHA-256 of the list of them.
fn counted(said: &Value<'_>, name: &str) -> (Option<String>, Option<String>) {
    let files = said.get(name);
    let count = files.and_then(|files| files.get("count")?.as_u64()).map(|count| format!("{count}"));
    let digest = files.and_then(|files| files.get("digest")?.get("sha256")?.as_str());
    (count, digest.filter(|digest| is_sha256(digest)).map(Into::into))
}

/// The layers of the sandbox that were on.
fn layers<'v>(said: &'v Value<'_>) -> Option<Vec<&'v str>> {
    let layers = said.get("sandbox")?.as_array().filter(|layers| layers.len() <= SANDBOX_LAYERS)?;
    let names: Option<Vec<&str>> = layers.iter().map(Value::as_str).collect();
    names.filter(|names| names.iter().all(|name| !name.is_empty()))
}

fn listed(layers: Vec<&str>) -> String {
    if layers.is_empty() { "none".into() } else { layers.join(", ") }
}

/// What the build could use up at most, and who saw to it.
fn limits(said: &Value<'_>) -> Option<String> {
    let limits = said.get("limits")?;
    let number = |name: &str| limits.get(name).and_then(Value::as_u64);
    let (memory, processes, seconds) = (number("memoryBytes")?, number("processes")?, number("seconds")?);
    let by = limits.get("enforcedBy")?.as_str().filter(|by| !by.is_empty())?;
    Some(format!("{memory} bytes, {processes} processes, {seconds} seconds; enforced by {by}"))
}
