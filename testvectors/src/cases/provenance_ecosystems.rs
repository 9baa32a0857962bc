//! The toolchains that our attester drives beside those of the known format: accepted, and with parts
//! that contradict each other.

use crate::case::{Case, Expect};
use crate::provenance::{Build, Dependency, Generation, Toolchain};
use crate::scene::Scene;

cases![
    npm,
    pip,
    uv,
    go,
    generic,
    npm_sha1_beside,
    npm_sha256,
    npm_hex,
    npm_tools_of_pnpm,
    pip_digest,
    pip_without_version,
    pip_npm,
    uv_algorithm,
    go_prefix,
    go_digest,
    go_base64,
    generic_digest,
    generic_without_checksum,
    npm_root,
    go_root,
];

const CLAUSE: &str = "spec/bundle.md, Dependencies";
const DEPENDENCIES: &str = "provenance.dependencies";
const TOOLS: &str = "provenance.toolchain";
const MERKLE: &str = "provenance.merkle_root";

fn accepted(toolchain: Toolchain) -> Case {
    let name = toolchain.name();
    Case::new(&format!("bundle/ok-{name}"), "", &format!("a build by {name}"), Expect::verified())
        .why("a toolchain that our attester drives, told by the keys of its tools", CLAUSE)
        .bundle(&Scene::snp().built(Generation::F3, toolchain))
}

fn npm() -> Case {
    accepted(Toolchain::Npm)
}

fn pip() -> Case {
    accepted(Toolchain::Pip)
}

fn uv() -> Case {
    accepted(Toolchain::Uv)
}

fn go() -> Case {
    accepted(Toolchain::Go)
}

fn generic() -> Case {
    accepted(Toolchain::Generic)
}

fn refused(
    toolchain: Toolchain,
    id: &str,
    title: &str,
    check: &str,
    change: impl FnOnce(&mut Build),
) -> Case {
    let mut scene = Scene::snp().built(Generation::F3, toolchain);
    change(&mut scene.build);
    Case::new(id, "P07", title, Expect::fails(check))
        .why("parts that contradict each other were written by no known builder", CLAUSE)
        .bundle(&scene)
}

fn dependency(toolchain: Toolchain, id: &str, title: &str, change: impl FnOnce(&mut Dependency)) -> Case {
    refused(toolchain, id, title, DEPENDENCIES, |build| change(&mut build.dependencies[0]))
}

/// Another SRI text, in the address and in the digest.
fn sri(known: &mut Dependency, algorithm: &str, text: &str) {
    known.uri = format!("pkg:npm/semver@7.8.0?checksum={text}");
    known.digest.0[0] = (algorithm.into(), text.into());
}

fn npm_sha1_beside() -> Case {
    dependency(Toolchain::Npm, "provenance/npm-sha1-beside", "SHA-1 beside SHA-512", |known| {
        let text = format!("{} sha1-{}=", known.digest.0[0].1, "A".repeat(27));
        sri(known, "sha512", &text);
    })
}

fn npm_sha256() -> Case {
    dependency(Toolchain::Npm, "provenance/npm-sha256", "an npm package by SHA-256", |known| {
        sri(known, "sha256", &format!("sha256-{}=", "A".repeat(43)));
    })
}

fn npm_hex() -> Case {
    dependency(
        Toolchain::Npm,
        "provenance/npm-hex",
        "an npm package whose address has no checksum",
        |known| {
            known.uri = "pkg:npm/semver@7.8.0".into();
            known.digest.0[0].1 = "ab".repeat(64);
        },
    )
}

fn npm_tools_of_pnpm() -> Case {
    refused(
        Toolchain::Npm,
        "provenance/npm-and-pnpm",
        "the tools of npm and of pnpm at once",
        TOOLS,
        |build| {
            build.tools.push(("pnpm".into(), "ab".repeat(32), "10.33.0".into()));
        },
    )
}

fn pip_digest() -> Case {
    dependency(
        Toolchain::Pip,
        "provenance/pip-digest",
        "a wheel with another digest than its address",
        |known| {
            known.digest.0[0].1 = "ab".repeat(32);
        },
    )
}

fn pip_without_version() -> Case {
    dependency(Toolchain::Pip, "provenance/pip-version", "a wheel without a version", |known| {
        known.uri = known.uri.replace("@1.27.0", "");
    })
}

fn pip_npm() -> Case {
    dependency(Toolchain::Pip, "provenance/pip-npm", "an npm package among wheels", |known| {
        *known = Dependency::npm("semver", "7.8.0");
    })
}

fn uv_algorithm() -> Case {
    dependency(Toolchain::Uv, "provenance/uv-algorithm", "a SHA-256 that is called SHA-512", |known| {
        known.digest.0[0].0 = "sha512".into();
    })
}

fn go_prefix() -> Case {
    dependency(
        Toolchain::Go,
        "provenance/go-prefix",
        "the digest of a module's archive, not of its files",
        |known| {
            known.uri = known.uri.replace("h1:", "sha256:");
        },
    )
}

fn go_digest() -> Case {
    dependency(
        Toolchain::Go,
        "provenance/go-digest",
        "a module with another digest than its address",
        |known| {
            known.digest.0[0].1 = "ab".repeat(32);
        },
    )
}

fn go_base64() -> Case {
    dependency(Toolchain::Go, "provenance/go-base64", "a module's digest as go.sum spells it", |known| {
        let text = format!("{}=", "A".repeat(43));
        known.uri = format!("pkg:golang/{}@v0.30.0?checksum=h1:{text}", known.name);
        known.digest.0[0].1 = text;
    })
}

fn generic_digest() -> Case {
    dependency(Toolchain::Generic, "provenance/generic-digest", "an input with another digest", |known| {
        known.digest.0[0].1 = "ab".repeat(32);
    })
}

fn generic_without_checksum() -> Case {
    dependency(Toolchain::Generic, "provenance/generic-checksum", "an input without a checksum", |known| {
        known.uri = "pkg:generic/zlib@1.3.1".into();
    })
}

/// The root stays that of the sound build.
fn kept(toolchain: Toolchain, id: &str, title: &str, change: impl FnOnce(&mut Build)) -> Case {
    refused(toolchain, id, title, MERKLE, |build| {
        build.merkle_root = Some(build.root());
        change(build);
    })
}

fn npm_root() -> Case {
    kept(Toolchain::Npm, "provenance/npm-root", "a version of Node that the root does not cover", |build| {
        build.tools[1].2 = "v25.0.0".into();
    })
}

fn go_root() -> Case {
    kept(Toolchain::Go, "provenance/go-root", "a module that the root does not cover", |build| {
        build.dependencies.push(Dependency::hex("golang", ("evil.example/x", "v1.0.0"), "dirHash", "h1"));
    })
}
