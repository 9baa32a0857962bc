//! What was built, by whom, and out of which source.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::inputs::Kind;
use super::read::{Read, at, describe, is_git_id, text, text_or};
use crate::json::Value;
use crate::log::{Finding, Log};
use crate::policy::{BuildTypeRule, Policy};
use crate::verdict::Authority;

const BUILD_TYPE: &str = "/predicate/buildDefinition/buildType";
const BUILDER: &str = "/predicate/runDetails/builder/id";
const PARAMETERS: &str = "/predicate/buildDefinition/externalParameters";
const SOURCE: &str = "/predicate/buildDefinition/externalParameters/source";

/// The build type of generation F3, which every toolchain shares.
pub(super) const SHARED_BUILD_TYPE: &str = "https://confidential.ai/attested-builds/v1";

/// The build types of generations F0 to F2, one for each toolchain.
const BUILD_TYPES: [(&str, Kind); 3] = [
    ("https://lunal.dev/kettle/cargo@v1", Kind::Cargo),
    ("https://lunal.dev/kettle/nix@v1", Kind::Nix),
    ("https://lunal.dev/kettle/pnpm@v1", Kind::Pnpm),
];

/// The builder ids of generations F0 to F2, and of F3.
const BUILDERS: [&str; 2] = ["https://lunal.dev/kettle-tee/v1", "https://confidential.ai/attested-builds"];

/// A build type that is taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct BuildType<'v> {
    uri: &'v str,
}

impl BuildType<'_> {
    /// The toolchain that the build type stands for; `None` where the toolchain's own keys tell it.
    pub(super) fn kind(self) -> Option<Kind> {
        BUILD_TYPES.iter().find(|(uri, _)| *uri == self.uri).map(|(_, kind)| *kind)
    }

    fn rule(self, policy: &Policy) -> Option<&BuildTypeRule> {
        policy.document().build_types.iter().flatten().find(|rule| rule.uri == self.uri)
    }
}

/// Exactly one of the known build types, or of the policy's where it names any.
pub(super) fn build_type<'v>(
    document: &'v Value<'_>,
    policy: &Policy,
    log: &mut Log<'_>,
) -> Option<BuildType<'v>> {
    let found = at(document, BUILD_TYPE);
    let rules = policy.document().build_types.as_deref();
    let known: Vec<&str> = match rules {
        Some(rules) => rules.iter().map(|rule| rule.uri.as_str()).collect(),
        None => BUILD_TYPES.iter().map(|(uri, _)| *uri).chain([SHARED_BUILD_TYPE]).collect(),
    };
    let uri = found.and_then(Value::as_str).filter(|uri| known.contains(uri));
    let finding = Finding::new(known.join(" or "), describe(found)).at(BUILD_TYPE);
    log.assess(&super::BUILD_TYPE, uri.is_some(), finding);
    if let Some(uri) = uri {
        log.claim("build.type", uri, Authority::Provenance, BUILD_TYPE);
    }
    uri.map(|uri| BuildType { uri })
}

/// Exactly one of the known builders, or of the policy's where it names any.
pub(super) fn builder(document: &Value<'_>, policy: &Policy, log: &mut Log<'_>) {
    let found = at(document, BUILDER);
    let known: Vec<&str> = match policy.document().builders.as_deref() {
        Some(builders) => builders.iter().map(String::as_str).collect(),
        None => BUILDERS.to_vec(),
    };
    let id = found.and_then(Value::as_str);
    let finding = Finding::new(known.join(" or "), describe(found)).at(BUILDER);
    log.assess(&super::BUILDER, id.is_some_and(|id| known.contains(&id)), finding);
    if let Some(id) = id {
        log.claim("build.builder", id, Authority::Provenance, BUILDER);
    }
}

/// `{buildCommand, source{digest{gitCommit, gitTree}, uri}}` and what the policy names beside it.
pub(super) fn external_parameters(
    document: &Value<'_>,
    build_type: Option<BuildType<'_>>,
    policy: &Policy,
    log: &mut Log<'_>,
) {
    let rule = build_type.and_then(|build_type| build_type.rule(policy));
    let command = parameters(document, rule);
    let holds = command.is_ok();
    let (Ok((_, finding)) | Err(finding)) = command;
    log.assess(&super::EXTERNAL_PARAMETERS, holds, finding);
    let place = format!("{PARAMETERS}/buildCommand");
    if let Some(command) = text(document, &place) {
        log.claim("build.command", command, Authority::Provenance, place);
    }
}

fn parameters<'v>(document: &'v Value<'_>, rule: Option<&BuildTypeRule>) -> Read<&'v str> {
    let mut names = alloc::vec!["buildCommand", "source"];
    names.extend(rule.iter().flat_map(|rule| rule.external_parameters.iter().flatten().map(String::as_str)));
    only(document, PARAMETERS, &names)?;
    only(document, SOURCE, &["digest", "uri"])?;
    only(document, &format!("{SOURCE}/digest"), &["gitCommit", "gitTree"])?;
    let place = format!("{PARAMETERS}/buildCommand");
    let command = text_or(document, &place, "a build command")?;
    let taken = rule.and_then(|rule| rule.build_commands.as_deref());
    if taken.is_some_and(|taken| !taken.iter().any(|known| known == command)) {
        let expected = taken.unwrap_or_default().join(" or ");
        return Err(Finding::new(expected, command).at(place));
    }
    Ok((command, Finding::new(names.join(", "), names.join(", ")).at(PARAMETERS)))
}

/// Refuses any member but the named ones.
fn only(document: &Value<'_>, pointer: &str, names: &[&str]) -> Result<(), Finding> {
    let value = at(document, pointer);
    let refused = |found: String| Finding::new(names.join(", "), found).at(pointer);
    let members = value.and_then(Value::as_object).ok_or_else(|| refused(describe(value).into_owned()))?;
    match members.iter().find(|(name, _)| !names.contains(&&**name)) {
        Some((unknown, _)) => Err(refused(format!("`{unknown}`")).at(format!("{pointer}/{unknown}"))),
        None => Ok(()),
    }
}

/// A Git commit and its tree.
#[derive(Debug, Clone, Copy)]
pub(super) struct Source<'v> {
    pub(super) commit: &'v str,
    pub(super) tree: &'v str,
}

/// The source, compared with each list that the policy has.
pub(super) fn source<'v>(document: &'v Value<'_>, policy: &Policy, log: &mut Log<'_>) -> Option<Source<'v>> {
    let read = read_source(document);
    let result =
        read.and_then(|(source, uri)| demanded(source, uri, policy).map(|finding| (source, finding)));
    let holds = result.is_ok();
    let (Ok((_, finding)) | Err(finding)) = result;
    log.assess(&super::SOURCE, holds, finding);
    let (source, uri) = read_source(document).ok()?;
    log.claim("source.uri", uri, Authority::Provenance, format!("{SOURCE}/uri"));
    log.claim("source.commit", source.commit, Authority::Provenance, format!("{SOURCE}/digest/gitCommit"));
    log.claim("source.tree", source.tree, Authority::Provenance, format!("{SOURCE}/digest/gitTree"));
    Some(source)
}

fn read_source<'v>(document: &'v Value<'_>) -> Result<(Source<'v>, &'v str), Finding> {
    let id = |name: &str| {
        let place = format!("{SOURCE}/digest/{name}");
        let found = at(document, &place);
        found
            .and_then(Value::as_str)
            .filter(|text| is_git_id(text))
            .ok_or_else(|| Finding::new("20 or 32 bytes of lower-case hex", describe(found)).at(&place))
    };
    let (commit, tree) = (id("gitCommit")?, id("gitTree")?);
    if commit.len() != tree.len() {
        let finding = Finding::new("a tree id as long as the commit id", tree);
        return Err(finding.at(format!("{SOURCE}/digest/gitTree")));
    }
    let place = format!("{SOURCE}/uri");
    let uri = at(document, &place);
    // A repository without a remote has an empty address.
    let uri = uri
        .and_then(Value::as_str)
        .ok_or_else(|| Finding::new("a repository address, which may be empty", describe(uri)).at(&place))?;
    Ok((Source { commit, tree }, uri))
}

fn demanded(source: Source<'_>, uri: &str, policy: &Policy) -> Result<Finding, Finding> {
    let Some(rule) = &policy.document().source else {
        let found = format!("{uri} at {}", source.commit);
        return Ok(Finding::new("any: the policy names no source", found).at(SOURCE));
    };
    let parts = [
        ("uri", uri, &rule.uris),
        ("digest/gitCommit", source.commit, &rule.commits),
        ("digest/gitTree", source.tree, &rule.trees),
    ];
    let mut expected = String::new();
    for (name, found, list) in parts {
        let Some(list) = list else { continue };
        if !list.iter().any(|known| known == found) {
            return Err(Finding::new(list.join(" or "), found).at(format!("{SOURCE}/{name}")));
        }
        expected = list.join(" or ");
    }
    Ok(Finding::new(expected, format!("{uri} at {}", source.commit)).at(SOURCE))
}
