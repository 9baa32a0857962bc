//! Attested provenance whose inputs contradict each other: toolchain, lock file, dependencies and
//! the Merkle root over all of them.

use crate::case::{Case, Expect};
use crate::provenance::{Build, Dependency, Generation, Toolchain};
use crate::scene::{Scene, Step};

cases![
    tool_missing,
    tool_extra,
    tool_other_build_type,
    tool_without_version,
    tool_digest_upper,
    lockfile_missing,
    lockfile_short,
    cargo_digest_differs,
    cargo_name_differs,
    cargo_without_version,
    cargo_without_checksum,
    cargo_upper,
    cargo_two_qualifiers,
    cargo_other_type,
    cargo_git_differs,
    cargo_two_digests,
    cargo_no_digest,
    not_a_purl,
    subpath,
    nix_digest_differs,
    nix_length,
    nix_algorithm,
    npm_differs,
    npm_not_sri,
    root_other,
    root_missing,
    root_twice,
    dependency_left_out,
    dependency_added,
    nix_order,
    tool_version_changed,
    dependencies_not_a_list,
];

const INPUTS: &str = "kettle-bundle.md, provenance.json";
const ROOT: &str = "kettle-bundle.md, input_merkle_root";

fn built(toolchain: Toolchain, id: &str, title: &str, check: &str, change: impl FnOnce(&mut Build)) -> Case {
    let mut scene = Scene::snp().built(Generation::F2, toolchain);
    change(&mut scene.build);
    let clause = if check.ends_with("merkle_root") { ROOT } else { INPUTS };
    Case::new(id, "P07", title, Expect::fails(check))
        .why(
            "parts of an attested document that contradict each other were written by no known builder",
            clause,
        )
        .bundle(&scene)
}

fn cargo(id: &str, title: &str, check: &str, change: impl FnOnce(&mut Build)) -> Case {
    built(Toolchain::Cargo, id, title, check, change)
}

const TOOLS: &str = "provenance.toolchain";
const DEPENDENCIES: &str = "provenance.dependencies";
const MERKLE: &str = "provenance.merkle_root";

fn tool_missing() -> Case {
    cargo("provenance/tool-missing", "a cargo toolchain without rustc", TOOLS, |build| {
        build.tools.retain(|tool| tool.0 != "rustc");
    })
}

fn tool_extra() -> Case {
    cargo("provenance/tool-extra", "a tool that cargo builds do not have", TOOLS, |build| {
        build.tools.push(("gcc".into(), "ab".repeat(32), "gcc 15".into()));
    })
}

fn tool_other_build_type() -> Case {
    cargo(
        "provenance/tool-other-build-type",
        "the build type of nix with the toolchain of cargo",
        TOOLS,
        |build| {
            build.build_type = "https://lunal.dev/kettle/nix@v1".into();
        },
    )
}

fn tool_without_version() -> Case {
    cargo("provenance/tool-without-version", "a tool whose version is empty", TOOLS, |build| {
        build.tools[0].2.clear();
    })
}

fn tool_digest_upper() -> Case {
    cargo("provenance/tool-digest-upper", "a tool's digest in upper case", TOOLS, |build| {
        build.tools[1].1.make_ascii_uppercase();
    })
}

fn lockfile_missing() -> Case {
    let mut scene = Scene::snp();
    scene.replace(Step::Document, "\"lockfileHash\"", "\"lockfile\"");
    Case::new("provenance/lockfile-missing", "P07", "no lock file", Expect::fails("provenance.lockfile"))
        .why("without it nobody knows which versions were asked for", INPUTS)
        .bundle(&scene)
}

fn lockfile_short() -> Case {
    cargo(
        "provenance/lockfile-short",
        "a lock file's digest of 63 characters",
        "provenance.lockfile",
        |build| build.lockfile.truncate(63),
    )
}

fn dependency(id: &str, title: &str, change: impl FnOnce(&mut Dependency)) -> Case {
    cargo(id, title, DEPENDENCIES, |build| change(&mut build.dependencies[1]))
}

fn cargo_digest_differs() -> Case {
    dependency("provenance/cargo-digest", "a crate whose digest is not the one in its address", |known| {
        known.digest.0[0].1 = "ab".repeat(32);
    })
}

fn cargo_name_differs() -> Case {
    dependency("provenance/cargo-name", "a crate whose name is not the one in its address", |known| {
        known.name = "bstr2".into();
    })
}

fn cargo_without_version() -> Case {
    dependency("provenance/cargo-version", "a crate without a version", |known| {
        known.uri = known.uri.replace("@1.12.1", "");
    })
}

fn cargo_without_checksum() -> Case {
    dependency("provenance/cargo-checksum", "a crate without a checksum", |known| {
        known.uri = known.uri.split_once('?').unwrap().0.into();
    })
}

fn cargo_upper() -> Case {
    dependency("provenance/cargo-upper", "a crate with an upper-case digest", |known| {
        let upper = known.digest.0[0].1.to_ascii_uppercase();
        known.uri = format!("pkg:cargo/bstr@1.12.1?checksum=sha256:{upper}");
        known.digest.0[0].1 = upper;
    })
}

fn cargo_two_qualifiers() -> Case {
    dependency("provenance/cargo-qualifiers", "a crate from a registry of its own", |known| {
        known.uri += "&repository_url=https://crates.example";
    })
}

fn cargo_other_type() -> Case {
    dependency("provenance/cargo-npm", "an npm package among crates", |known| {
        *known = Dependency::npm("semver", "7.8.0");
    })
}

fn cargo_git_differs() -> Case {
    dependency(
        "provenance/cargo-git",
        "a crate from Git whose commit is not the one in its address",
        |known| {
            *known = Dependency::cargo_git("local", "0.3.0", &"7".repeat(40));
            known.digest.0[0].1 = "8".repeat(40);
        },
    )
}

fn cargo_two_digests() -> Case {
    dependency("provenance/cargo-two-digests", "a crate with two digests", |known| {
        known.digest.0.push(("sha512".into(), "ab".repeat(64)));
    })
}

fn cargo_no_digest() -> Case {
    dependency("provenance/cargo-no-digest", "a crate without a digest", |known| known.digest.0.clear())
}

fn not_a_purl() -> Case {
    dependency("provenance/not-a-purl", "a dependency whose address is no package URL", |known| {
        known.uri = "https://crates.io/bstr".into();
    })
}

fn subpath() -> Case {
    dependency("provenance/purl-subpath", "a package URL with a subpath", |known| known.uri += "#src/evil")
}

fn nix_digest_differs() -> Case {
    built(
        Toolchain::Nix,
        "provenance/nix-digest",
        "a fetch whose digest is not the one in its address",
        DEPENDENCIES,
        |build| {
            build.dependencies[0].digest.0[0].1 = build.dependencies[1].digest.0[0].1.clone();
        },
    )
}

fn nix_hash(id: &str, title: &str, algorithm: &str, hash: &str) -> Case {
    built(Toolchain::Nix, id, title, DEPENDENCIES, |build| {
        let known = &mut build.dependencies[0];
        known.uri = format!("pkg:nix-fetch/{}?hash={algorithm}:{hash}", known.name);
        known.digest.0[0].1 = hash.into();
    })
}

fn nix_length() -> Case {
    nix_hash("provenance/nix-length", "a fetch whose hash is too short", "sha256", "AAAA")
}

fn nix_algorithm() -> Case {
    nix_hash("provenance/nix-algorithm", "a fetch of an unknown hash algorithm", "crc32", "AAAAAA==")
}

fn npm_differs() -> Case {
    built(
        Toolchain::Pnpm,
        "provenance/npm-digest",
        "a package whose digest is not the one in its address",
        DEPENDENCIES,
        |build| {
            build.dependencies[0].digest.0[0].1 = build.dependencies[1].digest.0[0].1.clone();
        },
    )
}

fn npm_not_sri() -> Case {
    built(
        Toolchain::Pnpm,
        "provenance/npm-sri",
        "a package whose checksum is no SRI text",
        DEPENDENCIES,
        |build| {
            let known = &mut build.dependencies[0];
            known.uri = "pkg:npm/semver@7.8.0?checksum=sha512-AAAA".into();
            known.digest.0[0].1 = "sha512-AAAA".into();
        },
    )
}

fn root_other() -> Case {
    cargo("provenance/root-other", "another Merkle root than the inputs'", MERKLE, |build| {
        build.merkle_root = Some("ab".repeat(32));
    })
}

fn root_missing() -> Case {
    let mut scene = Scene::snp();
    scene.replace(Step::Document, "\"input_merkle_root\"", "\"merkle_root\"");
    Case::new("provenance/root-missing", "P07", "no Merkle root", Expect::fails(MERKLE))
        .why("absent is not satisfied", ROOT)
        .bundle(&scene)
}

fn root_twice() -> Case {
    let mut scene = Scene::snp();
    let other = format!(
        "\"byproducts\": [{{\"digest\": {{\"sha256\": \"{}\"}}, \"name\": \"input_merkle_root\"}},",
        "ab".repeat(32)
    );
    scene.replace(Step::Document, "\"byproducts\": [", &other);
    Case::new("provenance/root-twice", "P07", "two Merkle roots", Expect::fails(MERKLE))
        .why("one of them would be the one that nobody compared", ROOT)
        .bundle(&scene)
}

/// The root stays that of the sound build while its inputs change.
fn kept(toolchain: Toolchain, id: &str, title: &str, change: impl FnOnce(&mut Build)) -> Case {
    built(toolchain, id, title, MERKLE, |build| {
        build.merkle_root = Some(build.root());
        change(build);
    })
}

fn dependency_left_out() -> Case {
    kept(
        Toolchain::Cargo,
        "provenance/root-dependency-left-out",
        "a dependency that the root covers is not named",
        |build| {
            build.dependencies.pop();
        },
    )
}

fn dependency_added() -> Case {
    kept(
        Toolchain::Pnpm,
        "provenance/root-dependency-added",
        "a dependency that the root does not cover",
        |build| {
            build.dependencies.push(Dependency::npm("left-pad", "1.3.0"));
        },
    )
}

fn nix_order() -> Case {
    kept(Toolchain::Nix, "provenance/root-nix-order", "fetches in another order than the root's", |build| {
        build.dependencies.swap(0, 1);
    })
}

fn tool_version_changed() -> Case {
    kept(
        Toolchain::Cargo,
        "provenance/root-tool-version",
        "a version of rustc that the root does not cover",
        |build| {
            build.tools[1].2 = "rustc 1.96.0".into();
        },
    )
}

fn dependencies_not_a_list() -> Case {
    let mut scene = Scene::snp();
    scene.replace(Step::Document, "\"resolvedDependencies\"", "\"dependencies\"");
    Case::new(
        "provenance/dependencies-missing",
        "P07",
        "no list of dependencies",
        Expect::fails(DEPENDENCIES),
    )
    .why("absent is not empty", INPUTS)
    .bundle(&scene)
}
