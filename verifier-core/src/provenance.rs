//! The provenance document: an in-toto Statement v1 that carries SLSA Provenance v1.
//!
//! The hardware vouches for the bytes as a whole; here they are read as what they say. Each check
//! looks at one part. A part that the known builders do not write is noted where a standard tells
//! consumers to pass over it, and refused where it would change what was built.

mod attester;
mod dependencies;
mod inputs;
mod merkle;
mod named;
pub(crate) mod names;
mod notes;
mod origin;
mod purl;
mod read;
mod run;
mod subjects;

use alloc::vec::Vec;

use crate::json::Value;
use crate::log::{Finding, Log, Stopped};
use crate::policy::Policy;
use crate::verdict::{Authority, CheckSpec, Stage, checks};

pub(crate) use attester::input_tree;
pub(crate) use named::{Digest, NamedInput, named_inputs, named_subjects};
pub use names::twin_key;
pub use subjects::Subject;

checks! {
    /// The checks of the provenance document, in pipeline order.
    CHECKS;

    /// The document is an in-toto Statement v1.
    STATEMENT_TYPE = check(
        "provenance.statement_type",
        "provenance.json is an in-toto Statement v1",
        "in-toto Statement v1, _type",
        "have the build's provenance written as an in-toto Statement v1",
    );
    /// The statement carries SLSA Provenance v1.
    PREDICATE_TYPE = check(
        "provenance.predicate_type",
        "the statement carries SLSA Provenance v1",
        "SLSA Provenance v1.2, predicateType",
        "have the build's provenance written as SLSA Provenance v1",
    );
    /// The subjects are named safely and by SHA-256.
    SUBJECTS = check(
        "provenance.subjects",
        "there is a subject, each has a name of its own that is safe as a file name, and a SHA-256",
        "in-toto Statement v1, subject; in-toto DigestSet v1, sha256",
        "have the build name its outputs by plain relative paths, each once, with lower-case SHA-256",
    );
    /// The build type is a known one.
    BUILD_TYPE = check(
        "provenance.build_type",
        "the build type is one that the known builders write, or the policy takes",
        "SLSA Provenance v1.2, buildType; kettle-bundle.md, provenance.json",
        "compare the build type letter by letter; if you trust it, name it in the policy's `build_types`",
    );
    /// The builder is a known one.
    BUILDER = check(
        "provenance.builder",
        "the builder is a known one, or one that the policy takes",
        "SLSA Provenance v1.2, builder.id; kettle-bundle.md, provenance.json",
        "compare the builder id letter by letter; if you trust it, name it in the policy's `builders`",
    );
    /// The external parameters are those of the build type, and no others.
    EXTERNAL_PARAMETERS = check(
        "provenance.external_parameters",
        "the external parameters are a build command that the policy takes and a source, and no others",
        "SLSA Provenance v1.2, externalParameters: verifiers SHOULD reject unrecognized or unexpected fields",
        "find out what the parameter does to the build; if you accept it, name it in the policy's build type",
    );
    /// The source is a Git commit and tree that the policy takes.
    SOURCE = check(
        "provenance.source",
        "the source is a Git commit with its tree, and one that the policy takes",
        "SLSA Provenance v1.2, externalParameters; kettle-bundle.md, provenance.json",
        "check that this is the build of the repository and commit that you expect",
    );
    /// The toolchain fits the build type.
    TOOLCHAIN = check(
        "provenance.toolchain",
        "the toolchain is the one of the build type, each program with version and SHA-256",
        "SLSA Provenance v1.2, internalParameters; kettle-bundle.md, provenance.json",
        "have the build repeated with a known builder; this provenance was written by something else",
    );
    /// The lockfile is named by its SHA-256.
    LOCKFILE = check(
        "provenance.lockfile",
        "the lockfile is named by its SHA-256",
        "SLSA Provenance v1.2, internalParameters; kettle-bundle.md, provenance.json",
        "have the build repeated with a known builder; this provenance was written by something else",
    );
    /// Every dependency's address agrees with its name and digest.
    DEPENDENCIES = check(
        "provenance.dependencies",
        "every dependency has a digest, and a package URL that agrees with its name and digest",
        "SLSA Provenance v1.2, resolvedDependencies; Package URL specification; kettle-bundle.md, provenance.json",
        "have the build repeated with a known builder; the dependency's parts contradict each other",
    );
    /// The Merkle root over all inputs is the one that follows from them.
    MERKLE_ROOT = check(
        "provenance.merkle_root",
        "the one input_merkle_root is the root over the inputs that the provenance names",
        "kettle-bundle.md, input_merkle_root",
        "have the build repeated with a known builder; the inputs named are not those of the root",
    );
    /// The invocation has an id and ends after it begins.
    INVOCATION = check(
        "provenance.invocation",
        "the invocation has an id and RFC 3339 times, and does not end before it begins",
        "SLSA Provenance v1.2, runDetails.metadata; RFC 3339, section 5.6",
        "have the build repeated with a known builder on a machine whose clock is set",
    );
    /// The builder's version is the one that the policy names with the machine image.
    BUILDER_VERSION = check(
        "provenance.builder_version",
        "the builder's version is the one that the policy names with the machine image, where it names one",
        "platforms.md, 31; kettle-bundle.md, provenance.json",
        "compare the version with the one that the image's maker published, and correct the policy or refuse the build",
    );
    /// Every layer of the sandbox that the policy demands was on.
    SANDBOX = check(
        "provenance.sandbox",
        "the provenance says that every layer of the sandbox which the policy demands was on, where it demands any",
        "attester.md, 3; bundle.md, What `kettle-attest` adds",
        "have the build repeated where the missing layers are to be had, or demand fewer of them",
    );
}

const fn check(id: &'static str, title: &'static str, clause: &'static str, mend: &'static str) -> CheckSpec {
    CheckSpec::new(id, Stage::Provenance, Authority::Provenance, title, clause, mend)
}

/// What the provenance says of its outputs, after every check of this stage was performed. Only
/// this stage makes one.
#[derive(Debug)]
pub struct Statement {
    subjects: Vec<Subject>,
}

impl Statement {
    /// The outputs of the build; never empty.
    #[must_use]
    pub fn subjects(&self) -> &[Subject] {
        &self.subjects
    }
}

/// Appraises the document. Parts that do not depend on each other are all looked at, whatever the
/// earlier ones said.
///
/// # Errors
/// [`Stopped`] when the document is no provenance, or names no subjects to compare artifacts with.
pub(crate) fn appraise(
    document: &Value<'_>,
    policy: &Policy,
    log: &mut Log<'_>,
) -> Result<Statement, Stopped> {
    constant(&STATEMENT_TYPE, document, "/_type", "https://in-toto.io/Statement/v1", log)?;
    constant(&PREDICATE_TYPE, document, "/predicateType", "https://slsa.dev/provenance/v1", log)?;
    let subjects = subjects::appraise(document, log);
    let build_type = origin::build_type(document, policy, log);
    origin::builder(document, policy, log);
    origin::external_parameters(document, build_type, policy, log);
    let source = origin::source(document, policy, log);
    let toolchain = inputs::toolchain(document, build_type, log);
    let lockfile = inputs::lockfile(document, log);
    let dependencies = toolchain.as_ref().and_then(|toolchain| {
        dependencies::appraise(document, toolchain.kind(), log).map(|dependencies| (toolchain, dependencies))
    });
    if let (Some(source), Some(lockfile), Some((toolchain, dependencies))) = (source, lockfile, &dependencies)
    {
        let inputs = merkle::Inputs { source, lockfile, toolchain, dependencies };
        merkle::appraise(document, &inputs, log);
    }
    run::invocation(document, log);
    run::builder_version(toolchain.as_ref(), policy, log);
    attester::sandbox(document, policy, log);
    attester::claims(document, log);
    notes::unknown_fields(document, log);
    notes::generation(document, log);
    Ok(Statement { subjects: subjects? })
}

fn constant(
    spec: &'static CheckSpec,
    document: &Value<'_>,
    pointer: &str,
    expected: &str,
    log: &mut Log<'_>,
) -> Result<(), Stopped> {
    let found = read::at(document, pointer);
    let holds = found.and_then(Value::as_str) == Some(expected);
    log.require(spec, holds, Finding::new(expected, read::describe(found)).at(pointer))
}

#[cfg(test)]
mod tests;
