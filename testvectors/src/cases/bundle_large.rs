//! Two releases of one program with hundreds of dependencies: what a real lockfile is like, and what changes
//! from one release to the next.

use crate::case::{Case, Expect};
use crate::provenance::{Dependency, Subject};
use crate::scene::Scene;

cases![first, next];

const BEFORE: [&str; 20] = [
    "amber", "basalt", "cedar", "delta", "ember", "fjord", "garnet", "harbor", "indigo", "juniper", "kelp",
    "larch", "marl", "nimbus", "ochre", "pumice", "quartz", "raven", "slate", "tidal",
];

const AFTER: [&str; 14] = [
    "alloc", "bytes", "cache", "codec", "core", "derive", "io", "macros", "net", "parse", "sync", "text",
    "time", "util",
];

fn names() -> impl Iterator<Item = String> {
    BEFORE.iter().flat_map(|before| AFTER.iter().map(move |after| format!("{before}-{after}")))
}

/// The version of the crate at this index; every ninth crate has moved on in the second release.
fn version(index: usize, release: usize) -> String {
    let minor = if index % 9 == 4 { index % 7 + release } else { index % 7 };
    format!("{}.{minor}.{}", 1 - index % 3 / 2, index % 23)
}

fn scene(release: usize) -> Scene {
    let mut scene = Scene::snp();
    let build = &mut scene.build;
    // The first release has 6 crates that the second has left, and the other way round.
    let left_out = |index: usize| match release {
        0 => index % 46 == 45,
        _ => index % 46 == 22,
    };
    build.dependencies = names()
        .enumerate()
        .filter(|(index, _)| !left_out(*index))
        .map(|(index, name)| Dependency::cargo(&name, &version(index, release)))
        .collect();
    build.dependencies.push(Dependency::cargo_git(
        "zephyr-local",
        "0.3.0",
        &format!("{release}7").repeat(20),
    ));
    if release == 1 {
        build.commit = "4567890123abcdef4567890123abcdef45678901".into();
        build.tree = "cdef0123456789abcdef0123456789abcdef0123".into();
        build.lockfile = "5c".repeat(32);
        let tool = build.tools.iter_mut().find(|(name, _, _)| name == "rustc").unwrap();
        *tool = ("rustc".into(), "9e".repeat(32), "rustc 1.96.0 (0000000000 2026-05-26)".into());
        scene.files = vec![("hello".into(), b"hello, once more\n".to_vec())];
        build.subjects = scene.files.iter().map(|(name, bytes)| Subject::of(name, bytes)).collect();
        build.times = ["2026-05-31T15:00:00+00:00".into(), "2026-05-31T15:04:09+00:00".into()];
    }
    scene
}

fn case(id: &str, title: &str, release: usize) -> Case {
    Case::new(id, "", title, Expect::verified())
        .why("real lockfiles have hundreds of entries", "kettle-bundle.md, provenance.json")
        .bundle(&scene(release))
}

fn first() -> Case {
    case("bundle/ok-many-dependencies", "a release with 275 dependencies", 0)
}

fn next() -> Case {
    case(
        "bundle/ok-many-dependencies-next",
        "the release after it: another commit, toolchain and dependencies",
        1,
    )
    .policy(|policy| {
        if let Some(source) = &mut policy.source {
            source.commits = None;
            source.trees = None;
        }
    })
}
