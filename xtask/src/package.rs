//! `cargo xtask package`: what is published, each built, installed into an empty place, and run there.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Done, Failure};
use crate::readme::{self, Reader};
use crate::workspace::{cargo, command, root, run, succeeds};
use crate::{npm, python};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Makes these packages only, by name: native, python, sdist, npm, c
    #[arg(long, value_delimiter = ',', value_name = "PACKAGE,…")]
    only: Vec<String>,
}

/// A package: its name, what builds it into a folder, and what installs and runs it elsewhere.
struct Package {
    name: &'static str,
    build: fn(&Path) -> Done<PathBuf>,
    install: fn(&Path, &Place) -> Done,
}

static PACKAGES: [Package; 5] = [
    Package { name: "native", build: native, install: copied },
    Package { name: "python", build: wheel, install: by_pip },
    Package { name: "sdist", build: sdist, install: by_pip },
    Package { name: "npm", build: tarball, install: by_npm },
    Package { name: "c", build: library, install: by_tar },
];

const OUT: &str = "target/package";

pub(crate) fn run_chore(arguments: &Arguments) -> Done {
    let known = |name: &String| PACKAGES.iter().any(|package| package.name == name);
    if let Some(stranger) = arguments.only.iter().find(|name| !known(name)) {
        return Err(Failure::new(format!("no package is called `{stranger}`")));
    }
    for Package { name, build, install } in &PACKAGES {
        if arguments.only.is_empty() || arguments.only.iter().any(|wanted| wanted == name) {
            println!("\n== {name}");
            let folder = root().join(OUT).join(name);
            if folder.exists() {
                std::fs::remove_dir_all(&folder)?;
            }
            std::fs::create_dir_all(&folder)?;
            let package = build(&folder.canonicalize()?)?;
            let place = Place::new(name)?;
            let there = place.path(&package.file_name().unwrap_or_default().to_string_lossy());
            std::fs::copy(&package, &there)?;
            install(Path::new(&there), &place)?;
        }
    }
    println!("\nthe packages lie in {OUT}");
    Ok(())
}

/// Every package.
pub(crate) fn run_all() -> Done {
    run_chore(&Arguments { only: Vec::new() })
}

/// An empty folder outside of the repository, with what a reader of a README has. It is gone afterwards.
struct Place(Reader);

impl Place {
    fn new(name: &str) -> Done<Self> {
        let folder = std::env::temp_dir().join(format!("kettle-package-{name}-{}", std::process::id()));
        let place = Self(Reader::new(&folder)?);
        for (file, name) in [("testvectors/trust-root.json", "test-root.json"), (PINNED, "test-policy.json")]
        {
            std::fs::copy(root().join(file), place.path(name))?;
        }
        readme::copy(
            &root().join("testvectors/cases/az-snp/ok-milan"),
            Path::new(&place.path("test-build")),
        )?;
        Ok(place)
    }

    fn path(&self, name: &str) -> String {
        self.0.folder.join(name).to_string_lossy().into_owned()
    }

    /// A command in the folder, to which nothing is said of the repository.
    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = command(program, arguments);
        command.current_dir(&self.0.folder).env_clear().env("HOME", &self.0.folder);
        for name in ["PATH", "LANG"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
    }

    fn write(&self, name: &str, text: &str) -> Done {
        Ok(std::fs::write(self.path(name), text)?)
    }

    /// The command judges as the native one does, says yes to a sound bundle of the corpus and no without its
    /// policy, and names the corpus that it was held to.
    fn judges(&self, program: &str) -> Done {
        let judge = ["my-build", "--policy", "policy.json", "--json"];
        self.0.tries(program, || self.command(program, &judge))?;
        let options =
            ["test-build", "--trust-root", "test-root.json", "--at", "2026-06-01T00:00:00Z", "--quiet"];
        let policy = ["--policy", "test-policy.json"];
        run(&mut self.command(program, &[&options[..], &policy].concat()))?;
        if succeeds(&mut self.command(program, &options)) {
            return Err(Failure::new(format!("{program} says yes without a policy")));
        }
        let hash = std::fs::read_to_string(root().join("verifier-core/src/conformance.txt"))?;
        let said = self.command(program, &["--version"]).output()?.stdout;
        let said = String::from_utf8_lossy(&said).into_owned();
        if !said.lines().any(|line| line == format!("conformance {}", hash.trim())) {
            return Err(Failure::new(format!("{program} --version names another conformance hash: {said}")));
        }
        Ok(())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0.folder);
    }
}

const PINNED: &str = "testvectors/policies/pinned.json";

fn native(folder: &Path) -> Done<PathBuf> {
    run(&mut cargo(&["build", "--quiet", "--locked", "--release", "--package", "kettle-verify"]))?;
    let program = folder.join("kettle-verify");
    std::fs::copy(root().join("target/release/kettle-verify"), &program)?;
    Ok(program)
}

fn copied(program: &Path, place: &Place) -> Done {
    place.judges(&program.to_string_lossy())
}

fn wheel(folder: &Path) -> Done<PathBuf> {
    python::tools()?;
    python::build()?;
    let built = PathBuf::from(python::wheel()?);
    let kept = folder.join(built.file_name().unwrap_or_default());
    std::fs::copy(built, &kept)?;
    Ok(kept)
}

fn sdist(folder: &Path) -> Done<PathBuf> {
    python::tools()?;
    python::sdist(folder)
}

/// Into a virtual environment of its own; an archive of sources is built there, from nothing else.
fn by_pip(package: &Path, place: &Place) -> Done {
    run(&mut place.command("python3", &["-m", "venv", "venv"]))?;
    let python = place.path("venv/bin/python");
    // A wheel brings all that it needs; to build one, tools have to be fetched, and the compiler's home is needed.
    let built = package.extension().is_some_and(|name| name == "whl");
    let options: &[&str] = if built { &["--no-index"] } else { &[] };
    let package = package.to_string_lossy();
    let install = [&["-m", "pip", "install", "--quiet"], options, &[&*package]].concat();
    let mut pip = if built { place.command(&python, &install) } else { command(&python, &install) };
    let compiled = root().join(OUT).join("compiled");
    if !built {
        pip.env("CARGO_TARGET_DIR", compiled_dependencies(&compiled)?);
    }
    let installed = run(pip.current_dir(&place.0.folder));
    if compiled.exists() {
        std::fs::remove_dir_all(compiled)?;
    }
    installed?;
    for file in ["README.md", "verifier-py/README.md"] {
        place.write("verify.py", &readme::block(file, "python", "verify(")?)?;
        place.0.tries(&format!("the Python of {file}"), || place.command(&python, &["-I", "verify.py"]))?;
    }
    place.judges(&place.path("venv/bin/kettle-verify"))
}

/// A folder for cargo that has what the wheel needed of the registry's packages, which cargo tells by their
/// checksums. Our own packages have another path in an archive of sources, and are built anew.
fn compiled_dependencies(folder: &Path) -> Done<&Path> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::create_dir_all(folder)?;
    if root().join("target/capi").exists() {
        run(command("cp", &["--archive", "--link", "target/capi"]).arg(folder))?;
    }
    Ok(folder)
}

fn tarball(folder: &Path) -> Done<PathBuf> {
    npm::build()?;
    let built = npm::tarball()?;
    let kept = folder.join(built.file_name().unwrap_or_default());
    std::fs::copy(built, &kept)?;
    Ok(kept)
}

fn by_npm(package: &Path, place: &Place) -> Done {
    let install =
        ["install", "--offline", "--no-audit", "--no-fund", "--silent", &*package.to_string_lossy()];
    run(&mut place.command("npm", &install))?;
    place.write("verify.mjs", &readme::block("README.md", "js", "openBundle")?)?;
    place.0.tries("the JavaScript of README.md", || place.command("node", &["verify.mjs"]))?;
    place.judges(&place.path("node_modules/.bin/kettle-verify"))
}

/// Where the library is installed to, which its `pkg-config` file says, too.
const PREFIX: &str = "/usr/local";

fn library(folder: &Path) -> Done<PathBuf> {
    let staged = folder.join("staged");
    let package = ["cinstall", "--locked", "--package", "kettle-verifier-ffi", "--profile", "capi"];
    let to = ["--prefix", PREFIX, "--libdir", "lib", "--destdir", &*staged.to_string_lossy()];
    run(cargo(&package).args(to))?;
    let archive = folder.join("kettle-verify-c.tar.gz");
    let pack = ["--create", "--gzip", "--directory", &*staged.to_string_lossy(), "--file"];
    run(command("tar", &pack).arg(&archive).arg("."))?;
    std::fs::remove_dir_all(staged)?;
    Ok(archive)
}

/// Unpacked into a root of its own, as a package manager does for another machine.
fn by_tar(package: &Path, place: &Place) -> Done {
    let system = place.path("system");
    std::fs::create_dir_all(&system)?;
    run(&mut place
        .command("tar", &["--extract", "--directory", &system, "--file", &package.to_string_lossy()]))?;
    let prefix = format!("{system}{PREFIX}");
    place.write("verify.c", &readme::block("README.md", "c", "kettle_appraise")?)?;
    let build = readme::block("README.md", "sh", "pkg-config")?;
    place.0.tries("the C of README.md", || {
        let mut shell = place.command("sh", &["-e", "-c", &build]);
        shell
            .env("PKG_CONFIG_PATH", format!("{prefix}/lib/pkgconfig"))
            .env("PKG_CONFIG_SYSROOT_DIR", &system);
        shell.env("LD_LIBRARY_PATH", format!("{prefix}/lib"));
        shell
    })
}
