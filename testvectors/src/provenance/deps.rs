//! Dependencies as the toolchains write them.

use base64ct::{Base64, Encoding as _};
use serde::Serialize;

use super::Toolchain;
use super::json::Pairs;
use crate::hex;
use crate::signing::Hash;

/// An entry of `resolvedDependencies`, in the document's order of keys.
#[derive(Debug, Clone, Serialize)]
pub struct Dependency {
    /// Nix alone annotates.
    #[serde(skip_serializing_if = "Pairs::is_empty")]
    pub annotations: Pairs,
    /// The digest set.
    pub digest: Pairs,
    /// The name.
    pub name: String,
    /// The purl.
    pub uri: String,
}

impl Dependency {
    /// A crate of a registry.
    #[must_use]
    pub fn cargo(name: &str, version: &str) -> Self {
        let digest = hex(&Hash::Sha256.digest(format!("crate {name} {version}").as_bytes()));
        Self {
            annotations: Pairs::default(),
            uri: format!("pkg:cargo/{name}@{version}?checksum=sha256:{digest}"),
            digest: Pairs::one("sha256", digest),
            name: name.into(),
        }
    }

    /// A crate of a git repository.
    #[must_use]
    pub fn cargo_git(name: &str, version: &str, commit: &str) -> Self {
        Self {
            annotations: Pairs::default(),
            digest: Pairs::one("gitCommit", commit.into()),
            name: name.into(),
            uri: format!("pkg:cargo/{name}@{version}?vcs_url=git+https://git.example/{name}@{commit}"),
        }
    }

    /// A fixed-output derivation of Nix: base64 lies in the digest set.
    #[must_use]
    pub fn nix(name: &str) -> Self {
        let digest = Base64::encode_string(&Hash::Sha256.digest(format!("fetch {name}").as_bytes()));
        let url = format!("https://files.example/{name}");
        Self {
            annotations: Pairs(vec![
                ("drvPath".into(), format!("00000000000000000000000000000000-{name}.drv")),
                ("outputHashMode".into(), "flat".into()),
                ("url".into(), url.clone()),
                ("urls".into(), url),
            ]),
            uri: format!("pkg:nix-fetch/{name}?hash=sha256:{digest}"),
            digest: Pairs::one("sha256", digest),
            name: name.into(),
        }
    }

    /// An npm package: the SRI text lies in the digest set.
    #[must_use]
    pub fn npm(name: &str, version: &str) -> Self {
        // SRI wants SHA-512: two SHA-256 of labels have its size.
        let halves =
            [1_u8, 2].map(|half| Hash::Sha256.digest(format!("npm {name} {version} {half}").as_bytes()));
        let sri = format!("sha512-{}", Base64::encode_string(&halves.concat()));
        Self {
            annotations: Pairs::default(),
            uri: format!("pkg:npm/{name}@{version}?checksum={sri}"),
            digest: Pairs::one("sha512", sri),
            name: name.into(),
        }
    }

    /// A file whose address has one checksum of 32 bytes in hex.
    #[must_use]
    pub fn hex(kind: &str, (name, version): (&str, &str), algorithm: &str, prefix: &str) -> Self {
        let digest = hex(&Hash::Sha256.digest(format!("{kind} {name} {version}").as_bytes()));
        Self {
            annotations: Pairs::default(),
            uri: format!("pkg:{kind}/{name}@{version}?checksum={prefix}:{digest}"),
            digest: Pairs::one(algorithm, digest),
            name: name.into(),
        }
    }
}

pub(super) fn of(toolchain: Toolchain) -> Vec<Dependency> {
    match toolchain {
        Toolchain::Cargo => vec![
            Dependency::cargo("anyhow", "1.0.103"),
            Dependency::cargo("bstr", "1.12.1"),
            Dependency::cargo("memchr", "2.8.0"),
        ],
        Toolchain::Nix => vec![
            Dependency::nix("bash-5.3.tar.gz"),
            Dependency::nix("patch-0001.patch"),
            Dependency::nix("zlib-1.3.1.tar.gz"),
        ],
        Toolchain::Pnpm | Toolchain::Npm => {
            vec![Dependency::npm("semver", "7.8.0"), Dependency::npm("typescript", "5.9.3")]
        }
        Toolchain::Pip | Toolchain::Uv => {
            let package = |name, version| Dependency::hex("pypi", (name, version), "sha256", "sha256");
            vec![package("hatchling", "1.27.0"), package("packaging", "25.0")]
        }
        Toolchain::Go => {
            let module = |name, version| Dependency::hex("golang", (name, version), "dirHash", "h1");
            vec![module("golang.org/x/text", "v0.30.0"), module("rsc.io/quote", "v1.5.2")]
        }
        Toolchain::Generic => vec![Dependency::hex("generic", ("zlib", "1.3.1"), "sha256", "sha256")],
    }
}
