//! The toolchain and the lockfile.

use alloc::format;
use alloc::string::String;

use super::origin::BuildType;
use super::read::{Read, at, is_sha256, member_names, text_or};
use crate::json::Value;
use crate::log::{Finding, Log};
use crate::verdict::Authority;

const TOOLCHAIN: &str = "/predicate/buildDefinition/internalParameters/toolchain";
const LOCKFILE: &str = "/predicate/buildDefinition/internalParameters/lockfileHash/sha256";

/// The toolchains that the known builders drive, and those that our attester drives beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Rust's `cargo`.
    Cargo,
    /// Nix flakes.
    Nix,
    /// `pnpm` on Node.
    Pnpm,
    /// `npm` on Node.
    Npm,
    /// Python with `pip` and a file of requirements.
    Pip,
    /// Python with `uv`.
    Uv,
    /// Go modules.
    Go,
    /// A declared list of inputs, and the system's programs.
    Generic,
}

impl Kind {
    const ALL: [Self; 8] =
        [Self::Cargo, Self::Nix, Self::Pnpm, Self::Npm, Self::Pip, Self::Uv, Self::Go, Self::Generic];

    /// The programs of the toolchain, in the order of the Merkle tree, without the builder itself.
    pub(super) const fn tools(self) -> &'static [&'static str] {
        match self {
            Self::Cargo => &["rustc", "cargo"],
            Self::Nix => &["nix"],
            Self::Pnpm => &["node", "pnpm"],
            Self::Npm => &["node", "npm"],
            Self::Pip => &["python", "pip"],
            Self::Uv => &["python", "uv"],
            Self::Go => &["go"],
            Self::Generic => &["system"],
        }
    }

    fn names(self) -> impl Iterator<Item = &'static str> {
        self.tools().iter().copied().chain([BUILDER])
    }

    fn fits(self, toolchain: &Value<'_>) -> bool {
        let count = toolchain.as_object().map_or(0, <[_]>::len);
        count == self.names().count() && self.names().all(|name| toolchain.get(name).is_some())
    }
}

/// The builder's own entry in the toolchain.
const BUILDER: &str = "kettle";

/// A toolchain whose programs all have a version and a digest.
#[derive(Debug)]
pub(super) struct Toolchain<'v, 'a> {
    kind: Kind,
    value: &'v Value<'a>,
}

impl<'v> Toolchain<'v, '_> {
    pub(super) const fn kind(&self) -> Kind {
        self.kind
    }

    /// SHA-256, as hex, and version of a program.
    pub(super) fn tool(&self, name: &str) -> (&'v str, &'v str) {
        let tool = self.value.get(name);
        let sha256 = tool.and_then(|tool| tool.get("digest")?.get("sha256")?.as_str());
        let version = tool.and_then(|tool| tool.get("version")?.as_str());
        (sha256.unwrap_or_default(), version.unwrap_or_default())
    }

    /// The version of the builder, as it calls itself.
    pub(super) fn builder_version(&self) -> &'v str {
        self.tool(BUILDER).1
    }
}

/// The toolchain: that of the build type, or the one that its own keys tell.
pub(super) fn toolchain<'v, 'a>(
    document: &'v Value<'a>,
    build_type: Option<BuildType<'_>>,
    log: &mut Log<'_>,
) -> Option<Toolchain<'v, 'a>> {
    let wanted = build_type.and_then(BuildType::kind);
    let toolchain = log.obtain(&super::TOOLCHAIN, read(document, wanted)).ok()?;
    for name in toolchain.kind.names() {
        let (sha256, version) = toolchain.tool(name);
        let place = format!("{TOOLCHAIN}/{name}");
        log.claim(&format!("build.toolchain.{name}.version"), version, Authority::Provenance, &place);
        log.claim(&format!("build.toolchain.{name}.sha256"), sha256, Authority::Provenance, &place);
    }
    Some(toolchain)
}

fn read<'v, 'a>(document: &'v Value<'a>, wanted: Option<Kind>) -> Read<Toolchain<'v, 'a>> {
    let value = at(document, TOOLCHAIN);
    let listed = |kind: Kind| kind.names().collect::<alloc::vec::Vec<_>>().join(", ");
    let kinds = Kind::ALL.into_iter().filter(|kind| wanted.is_none_or(|wanted| wanted == *kind));
    let fitting =
        value.and_then(|value| kinds.clone().find(|kind| kind.fits(value)).map(|kind| (kind, value)));
    let Some((kind, value)) = fitting else {
        let expected: alloc::vec::Vec<String> = kinds.map(listed).collect();
        return Err(Finding::new(expected.join(" or "), member_names(value)).at(TOOLCHAIN));
    };
    for name in kind.names() {
        let digest = format!("{TOOLCHAIN}/{name}/digest/sha256");
        let expected = "64 lower-case hex characters";
        let text = text_or(document, &digest, expected)?;
        if !is_sha256(text) {
            return Err(Finding::new(expected, text).at(digest));
        }
        text_or(document, &format!("{TOOLCHAIN}/{name}/version"), "a version")?;
    }
    Ok((Toolchain { kind, value }, Finding::new(listed(kind), listed(kind)).at(TOOLCHAIN)))
}

/// SHA-256 of the lockfile, as hex.
pub(super) fn lockfile<'v>(document: &'v Value<'_>, log: &mut Log<'_>) -> Option<&'v str> {
    let expected = "64 lower-case hex characters";
    let read = text_or(document, LOCKFILE, expected).and_then(|text| {
        let finding = Finding::new(expected, text).at(LOCKFILE);
        if is_sha256(text) { Ok((text, finding)) } else { Err(finding) }
    });
    let sha256 = log.obtain(&super::LOCKFILE, read).ok()?;
    log.claim("build.lockfile", sha256, Authority::Provenance, LOCKFILE);
    Some(sha256)
}
