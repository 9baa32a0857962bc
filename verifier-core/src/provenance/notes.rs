//! What decides nothing: fields that nobody looked at, and which generation of bundle this is.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::origin::SHARED_BUILD_TYPE;
use crate::json::Value;
use crate::limits::UNKNOWN_FIELDS;
use crate::log::Log;
use crate::verdict::{Authority, NoteKind};

/// Notes each field that the verifier does not know. The attested digest covers it; in-toto and SLSA
/// tell consumers to pass over it.
pub(super) fn unknown_fields(document: &Value<'_>, log: &mut Log<'_>) {
    let mut unknown = Vec::new();
    for (pattern, names) in KNOWN {
        visit(document, pattern, &Step::Top, names, &mut unknown);
    }
    for place in unknown.iter().take(UNKNOWN_FIELDS) {
        let text =
            "a field that the verifier does not know; the attested digest covers it, no check looks at it";
        log.note(NoteKind::Information, "provenance.unknown_field", text, place);
    }
    if let Some(more) = unknown.len().checked_sub(UNKNOWN_FIELDS).filter(|more| *more > 0) {
        let text = format!("{more} more fields that the verifier does not know");
        log.note(NoteKind::Information, "provenance.unknown_field", text, "");
    }
}

/// The way to a value. It becomes a text only where there is something to say.
enum Step<'s> {
    Top,
    Name(&'s Step<'s>, &'s str),
    Index(&'s Step<'s>, usize),
}

impl fmt::Display for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Top => Ok(()),
            Self::Name(above, name) => write!(f, "{above}/{name}"),
            Self::Index(above, index) => write!(f, "{above}/{index}"),
        }
    }
}

/// Follows a pattern, `*` for every element or member, and collects the places of members with other
/// names.
fn visit(value: &Value<'_>, pattern: &str, way: &Step<'_>, names: &[&str], unknown: &mut Vec<String>) {
    let Some(pattern) = pattern.strip_prefix('/') else {
        for (name, _) in value.as_object().unwrap_or_default() {
            if !names.contains(&&**name) {
                unknown.push(format!("{way}/{name}"));
            }
        }
        return;
    };
    let (step, rest) = pattern.split_at(pattern.find('/').unwrap_or(pattern.len()));
    if step != "*" {
        if let Some(below) = value.get(step) {
            visit(below, rest, &Step::Name(way, step), names, unknown);
        }
        return;
    }
    for (index, element) in value.as_array().unwrap_or_default().iter().enumerate() {
        visit(element, rest, &Step::Index(way, index), names, unknown);
    }
    for (name, member) in value.as_object().unwrap_or_default() {
        visit(member, rest, &Step::Name(way, name), names, unknown);
    }
}

/// Says which generation of the format this is, as far as the form of the digest, the length of the
/// attested field and the ids tell it. The builder's version does not.
pub(super) fn generation(document: &Value<'_>, log: &mut Log<'_>) {
    let form = log.claimed("binding.digest_form");
    let length = log.claimed("binding.field_bytes");
    let nonce = log.claimed("binding.nonce").is_some_and(|nonce| nonce != "none");
    let shared =
        super::read::text(document, "/predicate/buildDefinition/buildType") == Some(SHARED_BUILD_TYPE);
    let generation = match (form, length) {
        (Some("raw-bytes"), _) if shared => "F3",
        (Some("raw-bytes"), _) => "F2",
        (Some("compact-tokens"), Some("32")) => "F0",
        (Some("compact-tokens"), Some("48" | "50")) => "F1",
        (Some("compact-tokens"), _) if nonce => "F1",
        (Some("compact-tokens"), _) => "F0 or F1",
        _ => return,
    };
    log.claim("bundle.generation", generation, Authority::Provenance, "");
}

/// The objects of the document and the names that are known in each. The external parameters have a
/// check of their own, and so have the toolchain's keys.
const KNOWN: &[(&str, &[&str])] = &[
    ("", &["_type", "predicate", "predicateType", "subject"]),
    ("/subject/*", &["digest", "name"]),
    ("/predicate", &["buildDefinition", "runDetails"]),
    (
        "/predicate/buildDefinition",
        &["buildType", "externalParameters", "internalParameters", "resolvedDependencies"],
    ),
    (
        "/predicate/buildDefinition/internalParameters",
        &["evaluation", "flakeInputs", "kettleverify_attester", "lockfileHash", "toolchain"],
    ),
    (
        "/predicate/buildDefinition/internalParameters/kettleverify_attester",
        &["inputTree", "limits", "nonce", "sandbox", "sourceFiles", "toolchainClosure"],
    ),
    ("/predicate/buildDefinition/internalParameters/kettleverify_attester/inputTree", &["leaves"]),
    (
        "/predicate/buildDefinition/internalParameters/kettleverify_attester/limits",
        &["enforcedBy", "memoryBytes", "processes", "seconds"],
    ),
    ("/predicate/buildDefinition/internalParameters/kettleverify_attester/sourceFiles", &["count", "digest"]),
    ("/predicate/buildDefinition/internalParameters/kettleverify_attester/sourceFiles/digest", &["sha256"]),
    (
        "/predicate/buildDefinition/internalParameters/kettleverify_attester/toolchainClosure",
        &["count", "digest"],
    ),
    (
        "/predicate/buildDefinition/internalParameters/kettleverify_attester/toolchainClosure/digest",
        &["sha256"],
    ),
    ("/predicate/buildDefinition/internalParameters/evaluation", &["derivationCount", "fetchCount"]),
    ("/predicate/buildDefinition/internalParameters/flakeInputs/*", &["name", "narHash"]),
    ("/predicate/buildDefinition/internalParameters/lockfileHash", &["sha256"]),
    ("/predicate/buildDefinition/internalParameters/toolchain/*", &["digest", "version"]),
    ("/predicate/buildDefinition/internalParameters/toolchain/*/digest", &["sha256"]),
    ("/predicate/buildDefinition/resolvedDependencies/*", &["annotations", "digest", "name", "uri"]),
    (
        "/predicate/buildDefinition/resolvedDependencies/*/annotations",
        &["drvPath", "outputHashMode", "url", "urls"],
    ),
    ("/predicate/runDetails", &["builder", "byproducts", "metadata"]),
    ("/predicate/runDetails/builder", &["id"]),
    ("/predicate/runDetails/byproducts/*", &["digest", "name"]),
    ("/predicate/runDetails/byproducts/*/digest", &["sha256"]),
    ("/predicate/runDetails/metadata", &["finishedOn", "invocationId", "startedOn"]),
];
