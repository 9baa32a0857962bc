//! The steps, in order: the quick ones first.

use super::{c, uniffi};
use crate::failure::Done;
use crate::install::{BARE_METAL, Need, WASI, WASM, cross};
use crate::workspace::{cargo, command, programs, root, run, succeeds};
use crate::{attester, conformance, fuzz, npm, package, python, schema, shape, web};

/// One step.
pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) needs: &'static [Need],
    pub(super) run: fn() -> Done<Outcome>,
}

/// What became of a step that did not fail.
pub(super) enum Outcome {
    Passed,
    /// It passed, but some of it could not run here.
    Partly(String),
    /// It could not run here.
    Skipped(String),
}

pub(super) static STEPS: &[Step] = &[
    Step { name: "fmt", title: "the source is formatted", needs: &[Need::Rustfmt], run: fmt },
    Step {
        name: "shape",
        title: "files are short and name no machine; bindings name no check",
        needs: &[],
        run: shape_of_source,
    },
    Step { name: "clippy", title: "no lint speaks up", needs: &[Need::Clippy], run: clippy },
    Step { name: "generated", title: "schemas and tables fit the code", needs: &[], run: generated },
    Step { name: "corpus", title: "the test vectors are as they are minted", needs: &[], run: corpus },
    Step {
        name: "test",
        title: "unit tests, corpus, attested builds in the sandbox and hostile ones, examples in the documentation",
        needs: SANDBOX,
        run: test,
    },
    Step {
        name: "differential",
        title: "another verifier of TDX quotes says the same of the TCB",
        needs: &[],
        run: differential,
    },
    Step { name: "doc", title: "the documentation builds without a warning", needs: &[], run: doc },
    Step {
        name: "bare-metal",
        title: "verifier-core builds without an operating system",
        needs: &[Need::Target(BARE_METAL)],
        run: bare_metal,
    },
    Step {
        name: "wasm",
        title: "verifier-core builds for WebAssembly",
        needs: &[Need::Target(WASM)],
        run: wasm,
    },
    Step {
        name: "c",
        title: "the C library: header, sanitizers, valgrind, corpus, apt hook, installed",
        needs: c::NEEDS,
        run: c::test,
    },
    Step {
        name: "npm",
        title: "the npm package: corpus, bundlers, browser, command line",
        needs: &[Need::Target(WASM), Need::Target(WASI), Need::Npm, CHROMIUM],
        run: npm_package,
    },
    Step {
        name: "web",
        title: "the page: every way in, every outcome, no network, phone, keyboard",
        needs: PAGE,
        run: page,
    },
    Step {
        name: "python",
        title: "the Python package: corpus, types, consumers of its pins, command line",
        needs: &[Need::Python],
        run: python_package,
    },
    Step {
        name: "uniffi",
        title: "the bindings for Ruby, Kotlin and Swift: written, compiled, corpus, README",
        needs: uniffi::NEEDS,
        run: uniffi::test,
    },
    Step {
        name: "conformance",
        title: "every language that was built gives the same bytes",
        needs: &[],
        run: conform,
    },
    Step {
        name: "package",
        title: "what is published installs into empty places and does what the READMEs say",
        needs: PACKAGE,
        run: packages,
    },
    Step {
        name: "deny",
        title: "licences, sources and advisories of the dependencies",
        needs: &[Need::CargoDeny],
        run: deny,
    },
    Step {
        name: "attester",
        title: "the projects of the attester's README are built in the sandbox, and verified",
        needs: SANDBOX,
        run: attested_builds,
    },
    Step {
        name: "reproducible",
        title: "the attester is one static file, the same bit for bit in two folders",
        needs: &[Need::Target(MUSL)],
        run: reproducible,
    },
    Step { name: "fuzz", title: "a few seconds of each fuzz target", needs: &[], run: fuzz_smoke },
];

/// The steps that have folders of their own, and so can run beside others.
pub(super) const ASIDE: &[&str] = &["reproducible", "fuzz"];

/// The first step that leaves a processor idle.
pub(super) const HOST: &str = "npm";

/// The browser in which the npm package and the page are tested.
const CHROMIUM: Need = Need::Debian("chromium", "/usr/bin/chromium");

/// What the page shows beside each link are commands of these tools, and a test runs them.
const PAGE: &[Need] = &[
    Need::Target(WASM),
    Need::Target(WASI),
    Need::Npm,
    CHROMIUM,
    Need::Debian("jq", "/usr/bin/jq"),
    Need::Debian("openssl", "/usr/bin/openssl"),
    Need::Debian("xxd", "/usr/bin/xxd"),
];

/// What attested builds need: the outer layer of the sandbox, what fetches dependencies, the TPM emulator
/// behind simulated machines of Azure, and what builds the projects.
const SANDBOX: &[Need] = &[
    Need::Debian("bubblewrap", "/usr/bin/bwrap"),
    Need::Debian("curl", "/usr/bin/curl"),
    Need::Debian("swtpm", "/usr/bin/swtpm"),
    Need::Npm,
    Need::Python,
];

/// The target of programs that need nothing of their system.
const MUSL: &str = "x86_64-unknown-linux-musl";

/// Seconds for each fuzz target: enough for the seeds and a first look around.
const SMOKE_SECONDS: u32 = 5;

/// The package that compares verdicts with another verifier's.
const DIFFERENTIAL: &str = "kettle-differential";

/// What builds and installs each package.
const PACKAGE: &[Need] = &[
    Need::Target(WASM),
    Need::Target(WASI),
    Need::Npm,
    Need::Python,
    Need::CargoC,
    Need::Debian("pkgconf", "/usr/bin/pkg-config"),
];

fn passed(done: Done) -> Done<Outcome> {
    done.map(|()| Outcome::Passed)
}

fn fmt() -> Done<Outcome> {
    run(&mut cargo(&["fmt", "--all", "--check"]))?;
    passed(run(&mut cargo(&["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"])))
}

fn shape_of_source() -> Done<Outcome> {
    passed(shape::check(&root()))
}

fn clippy() -> Done<Outcome> {
    passed(run(&mut cargo(&[
        "clippy",
        "--locked",
        "--workspace",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ])))
}

fn generated() -> Done<Outcome> {
    passed(schema::check())
}

fn corpus() -> Done<Outcome> {
    programs(&["mint"])?;
    passed(run(&mut command("target/debug/mint", &["--check"])))
}

fn test() -> Done<Outcome> {
    let others = ["--workspace", "--exclude", DIFFERENTIAL];
    let mut test = cargo(&["test", "--locked", "--no-fail-fast"]);
    test.args(others).env("PATH", attester::path_with_tools()?);
    let sandbox = has_namespaces();
    if sandbox {
        // Now no test of the attester may leave out what needs it.
        test.env("KETTLE_SANDBOX", "required");
    }
    run(&mut test)?;
    Ok(if sandbox {
        Outcome::Passed
    } else {
        Outcome::Partly(format!("no attested builds, as {NO_NAMESPACES}"))
    })
}

const NO_NAMESPACES: &str = "bubblewrap can't make namespaces on this machine";

fn has_namespaces() -> bool {
    let namespaces = ["--ro-bind", "/", "/", "--unshare-user", "--unshare-pid", "--", "true"];
    succeeds(&mut command("bwrap", &namespaces))
}

fn differential() -> Done<Outcome> {
    let tests = ["captures", "every_case", "samples"].map(|name| ["--test", name]);
    let mut test = cargo(&["test", "--locked", "--workspace"]);
    passed(run(test.args(tests.as_flattened()).args(["--", "--nocapture"])))
}

fn doc() -> Done<Outcome> {
    let mut build = cargo(&["doc", "--locked", "--workspace", "--no-deps"]);
    passed(run(build.env("RUSTDOCFLAGS", "--deny warnings")))
}

fn bare_metal() -> Done<Outcome> {
    passed(run(&mut cross(BARE_METAL, "check", &["--package", "kettle-verifier-core"])?))
}

fn wasm() -> Done<Outcome> {
    passed(run(&mut cross(WASM, "check", &["--package", "kettle-verifier-core"])?))
}

fn npm_package() -> Done<Outcome> {
    npm::build()?;
    passed(npm::test())
}

fn page() -> Done<Outcome> {
    npm::build()?;
    web::build()?;
    passed(web::test())
}

fn python_package() -> Done<Outcome> {
    python::build()?;
    passed(python::test())
}

fn conform() -> Done<Outcome> {
    passed(conformance::run_chore())
}

fn packages() -> Done<Outcome> {
    passed(package::run_all())
}

/// The advisory database is a Git repository: a machine that reaches package registries only can't
/// fetch it, and then everything else is still checked.
fn deny() -> Done<Outcome> {
    if succeeds(&mut cargo(&["deny", "fetch", "db"])) {
        return passed(run(&mut cargo(&["deny", "check"])));
    }
    run(&mut cargo(&["deny", "check", "bans", "licenses", "sources"]))?;
    Ok(Outcome::Partly(
        "the advisory database can't be fetched here; licences, bans and sources were checked".into(),
    ))
}

/// The commands of the attester's README.
fn attested_builds() -> Done<Outcome> {
    if !has_namespaces() {
        return Ok(Outcome::Skipped(NO_NAMESPACES.into()));
    }
    Ok(attester::real()?.map_or(Outcome::Passed, Outcome::Partly))
}

fn reproducible() -> Done<Outcome> {
    passed(attester::reproducible::run())
}

fn fuzz_smoke() -> Done<Outcome> {
    match fuzz::missing() {
        Some(missing) => Ok(Outcome::Skipped(missing)),
        None => passed(fuzz::smoke(SMOKE_SECONDS)),
    }
}
