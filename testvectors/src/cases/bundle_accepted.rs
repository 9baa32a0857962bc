//! Bundles of every generation and toolchain that must be taken, and those that nobody pinned.

use crate::case::{Case, Expect, Input};
use crate::policies;
use crate::provenance::{Dependency, Generation, Toolchain};
use crate::scene::{Scene, Step};
use crate::signing::Hash;

cases![
    f0_cargo,
    f0_nix,
    f0_pnpm,
    f1_cargo,
    f1_nix,
    f1_azure,
    f2_nix,
    f2_pnpm,
    f2_nonce,
    f3_cargo,
    f3_nix,
    f3_pnpm,
    f3_azure,
    git_dependency,
    no_dependencies,
    digest_ends_in_zero,
    minified,
    minified_f0,
    escapes,
    key_order,
    nonce_demanded,
    no_policy,
    empty_policy,
    other_machine,
    levels,
    attester,
    attester_other_form,
];

const GENERATIONS: &str = "kettle-bundle.md, Generations";

fn built(id: &str, title: &str, mut scene: Scene, generation: Generation, toolchain: Toolchain) -> Case {
    if matches!(generation, Generation::F1) {
        scene.nonce = [0x4e; 16];
    }
    Case::new(id, "P03 G03", title, Expect::verified())
        .why("the form of the digest is found by trying, never by the version inside", GENERATIONS)
        .bundle(&scene.built(generation, toolchain))
}

fn f0_cargo() -> Case {
    built(
        "bundle/ok-f0-cargo",
        "F0, cargo: 32 bytes over compact tokens",
        Scene::snp(),
        Generation::F0,
        Toolchain::Cargo,
    )
}

fn f0_nix() -> Case {
    built(
        "bundle/ok-f0-nix",
        "F0, nix: base64 in the digest set",
        Scene::snp(),
        Generation::F0,
        Toolchain::Nix,
    )
}

fn f0_pnpm() -> Case {
    built(
        "bundle/ok-f0-pnpm",
        "F0, pnpm: SRI in the digest set",
        Scene::snp(),
        Generation::F0,
        Toolchain::Pnpm,
    )
}

fn f1_cargo() -> Case {
    built(
        "bundle/ok-f1-cargo",
        "F1, cargo: 48 bytes over compact tokens, with a nonce",
        Scene::snp(),
        Generation::F1,
        Toolchain::Cargo,
    )
}

fn f1_nix() -> Case {
    built("bundle/ok-f1-nix", "F1, nix", Scene::snp(), Generation::F1, Toolchain::Nix)
}

fn f1_azure() -> Case {
    built("bundle/ok-f1-azure", "F1 on Azure", Scene::azure(), Generation::F1, Toolchain::Pnpm)
}

fn f2_nix() -> Case {
    built(
        "bundle/ok-f2-nix",
        "F2, nix: 48 bytes over the file's bytes",
        Scene::snp(),
        Generation::F2,
        Toolchain::Nix,
    )
}

fn f2_pnpm() -> Case {
    built("bundle/ok-f2-pnpm", "F2, pnpm", Scene::snp(), Generation::F2, Toolchain::Pnpm)
}

fn f2_nonce() -> Case {
    let mut scene = Scene::azure();
    scene.nonce = [0x4e; 16];
    Case::new("bundle/ok-f2-nonce", "P09", "a nonce that the policy does not ask for", Expect::verified())
        .why("the nonce is shown and not compared", GENERATIONS)
        .bundle(&scene)
}

fn f3_cargo() -> Case {
    built(
        "bundle/ok-f3-cargo",
        "F3, cargo: one build type for every toolchain",
        Scene::snp(),
        Generation::F3,
        Toolchain::Cargo,
    )
}

fn f3_nix() -> Case {
    built("bundle/ok-f3-nix", "F3, nix", Scene::snp(), Generation::F3, Toolchain::Nix)
}

fn f3_pnpm() -> Case {
    built("bundle/ok-f3-pnpm", "F3, pnpm", Scene::snp(), Generation::F3, Toolchain::Pnpm)
}

fn f3_azure() -> Case {
    built("bundle/ok-f3-azure", "F3 on Azure", Scene::azure(), Generation::F3, Toolchain::Cargo)
}

fn git_dependency() -> Case {
    let mut scene = Scene::snp();
    scene.build.dependencies.push(Dependency::cargo_git("local", "0.3.0", &"7".repeat(40)));
    Case::new("bundle/ok-git-dependency", "", "a crate that was fetched from Git", Expect::verified())
        .why("its digest is a commit", "kettle-bundle.md, provenance.json")
        .bundle(&scene)
}

fn no_dependencies() -> Case {
    let mut scene = Scene::snp();
    scene.build.dependencies.clear();
    Case::new("bundle/ok-no-dependencies", "", "a build without dependencies", Expect::verified())
        .why("the Merkle tree still has the source and the toolchain", "kettle-bundle.md, input_merkle_root")
        .bundle(&scene)
}

fn digest_ends_in_zero() -> Case {
    let ends_in_zero = |scene: &Scene| Hash::Sha256.digest(scene.build.json().as_bytes())[31] == 0;
    let mut scene = Scene::snp();
    let mut seconds = 0;
    while !ends_in_zero(&scene) {
        seconds += 1;
        scene.build.times[0] = format!("2026-05-31T11:{:02}:{:02}+00:00", seconds / 60, seconds % 60);
    }
    Case::new("bundle/ok-digest-ends-in-zero", "P03", "a digest whose last byte is zero", Expect::verified())
        .why(
            "one digest of 256 ends so; it must not be taken for padding",
            "kettle-bundle.md, Where the attested bytes lie",
        )
        .bundle(&scene)
}

fn minify(scene: &mut Scene) {
    scene.change(Step::Document, |json| *json = crate::provenance::compact(json));
}

fn minified() -> Case {
    let mut scene = Scene::snp();
    minify(&mut scene);
    Case::new(
        "bundle/ok-minified",
        "P02",
        "a file without white space, digest over its bytes",
        Expect::verified(),
    )
    .why("the file's bytes are what counts, whatever their shape", GENERATIONS)
    .bundle(&scene)
}

fn minified_f0() -> Case {
    let mut scene = Scene::snp().built(Generation::F0, Toolchain::Cargo);
    minify(&mut scene);
    Case::new(
        "bundle/ok-minified-f0",
        "P02",
        "a file without white space, of generation F0",
        Expect::verified(),
    )
    .why("both forms of the digest are the same here", GENERATIONS)
    .bundle(&scene)
}

fn escapes() -> Case {
    let mut scene = Scene::snp();
    scene.replace(Step::Document, r#""name": "hello""#, r#""n\u0061me": "hell\u006f""#);
    Case::new("bundle/ok-escapes", "P02", "escapes in the attested file", Expect::verified())
        .why(
            "the hardware attests these bytes; read as JSON they are the same document",
            "RFC 8259, section 7",
        )
        .bundle(&scene)
}

fn key_order() -> Case {
    let mut scene = Scene::snp();
    scene.change(Step::Document, |json| {
        let text = std::str::from_utf8(json).unwrap();
        let kind = "  \"_type\": \"https://in-toto.io/Statement/v1\",\n";
        let last = text.strip_suffix("\n}").unwrap().replacen(kind, "", 1);
        *json = format!("{last},\n{}\n}}", kind.trim_end_matches(",\n")).into_bytes();
    });
    Case::new("bundle/ok-key-order", "P02", "another order of keys in the attested file", Expect::verified())
        .why("a verifier must not depend on the order of keys", "kettle-bundle.md, provenance.json")
        .bundle(&scene)
}

fn nonce_demanded() -> Case {
    let mut scene = Scene::snp();
    scene.nonce = [0x4e; 16];
    Case::new("bundle/ok-nonce-demanded", "P09", "the nonce that the policy demands", Expect::verified())
        .why("so freshness can be had", "kettle-bundle.md, Where the attested bytes lie")
        .bundle(&scene)
        .policy(|policy| policy.nonce = Some("4e".repeat(16)))
}

fn unpinned(id: &str, title: &str, input: Input) -> Case {
    Case::new(id, "P08 P10", title, Expect::unpinned("machine.measurement"))
        .why("genuine hardware, and nobody has said which image to trust", "design.md, root decision 3")
        .bundle(&Scene::snp())
        .policy_file(input)
}

fn no_policy() -> Case {
    unpinned("bundle/no-policy", "no policy", Input::BuiltIn)
}

fn empty_policy() -> Case {
    unpinned("bundle/empty-policy", "a policy that demands nothing", Input::Shared(policies::EMPTY))
}

fn other_machine() -> Case {
    let mut scene = Scene::azure();
    scene.machine.report.put(crate::report::offset::MEASUREMENT, &[0xbd; 48]);
    scene.az().pcrs[8] = vec![0xbd; 32];
    scene.build.repository = "https://git.example/hello.git".into();
    Case::new(
        "bundle/attackers-machine",
        "P08 P15",
        "an attacker's own machine with provenance of his choice",
        Expect::unpinned("machine.measurement"),
    )
    .why(
        "anybody can rent such a machine and have it say anything",
        "kettle-bundle.md, What the known builder does not prove",
    )
    .bundle(&scene)
    .policy_file(Input::BuiltIn)
}

fn levels() -> Case {
    Case::new("bundle/ok-levels", "", "a level that the operator grants", Expect::verified())
        .why(
            "levels are the operator's word for a pair of image and builder",
            "kettle-bundle.md, What the known builder does not prove",
        )
        .bundle(&Scene::snp())
        .policy(|policy| {
            policy.levels = Some(vec![kettle_verifier_core::policy::LevelRule {
                measurement: "image1 without a cloud".into(),
                builder: "https://lunal.dev/kettle-tee/v1".into(),
                level: 2,
            }]);
        })
}

/// What `kettle-attest` adds to a provenance.
const ATTESTER: &str = r#""kettleverify_attester": {
          "inputTree": {
            "leaves": 9
          },
          "limits": {
            "enforcedBy": "cgroup",
            "memoryBytes": 8589934592,
            "processes": 4096,
            "seconds": 14400
          },
          "nonce": "00000000000000000000000000000000",
          "sandbox": [
            "mounts",
            "network"
          ],
          "sourceFiles": {
            "count": 3,
            "digest": {
              "sha256": "0707070707070707070707070707070707070707070707070707070707070707"
            }
          },
          "toolchainClosure": {
            "count": 3167,
            "digest": {
              "sha256": "0909090909090909090909090909090909090909090909090909090909090909"
            }
          }
        },
        "lockfileHash""#;

pub(super) fn by_attester(id: &str, title: &str, change: impl FnOnce(&mut Scene)) -> Case {
    let mut scene = Scene::azure().built(Generation::F3, Toolchain::Cargo);
    scene.replace(Step::Document, r#""lockfileHash""#, ATTESTER);
    let root = r#""byproducts": [
        {
          "digest": {
            "sha256": "1717171717171717171717171717171717171717171717171717171717171717"
          },
          "name": "kettleverify_input_tree"
        },"#;
    scene.replace(Step::Document, r#""byproducts": ["#, root);
    change(&mut scene);
    Case::new(id, "P01", title, Expect::verified())
        .why("what our own builder adds is its word: claims, and nothing that decides", "input-tree.md")
        .bundle(&scene)
}

fn attester() -> Case {
    by_attester(
        "bundle/ok-attester",
        "a provenance of kettle-attest, with the root of its input tree",
        |_| {},
    )
}

fn attester_other_form() -> Case {
    let title = "the same, with every value in another form: noted, and not repeated as a claim";
    by_attester("bundle/ok-attester-other-form", title, |scene| {
        for (from, to) in [
            (r#""leaves": 9"#, r#""leaves": 16777217"#),
            (r#""processes": 4096"#, r#""processes": "many""#),
            (r#""nonce": "00"#, r#""nonce": "0"#),
            (r#""mounts","#, r#""","#),
            (r#""count": 3"#, r#""count": -3"#),
            ("070707", "0A0707"),
        ] {
            scene.replace(Step::Document, from, to);
        }
    })
}
