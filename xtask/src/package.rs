//! `cargo xtask package`: what is published, each built, installed into an empty place, and run there.

use std::path::{Path, PathBuf};

use crate::failure::{Done, Failure};
use crate::workspace::{cargo, command, root, run, succeeds};
use crate::{npm, python};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Makes these packages only, by name: native, python, sdist, npm, c
    #[arg(long, value_delimiter = ',', value_name = "PACKAGE,…")]
    only: Vec<String>,
}

/// A package: its name, and what builds, installs and runs it.
type Package = (&'static str, fn(&Path) -> Done);

static PACKAGES: [Package; 5] =
    [("native", native), ("python", wheel), ("sdist", sdist), ("npm", tarball), ("c", library)];

const OUT: &str = "target/package";

pub(crate) fn run_chore(arguments: &Arguments) -> Done {
    let known = |name: &String| PACKAGES.iter().any(|(known, _)| known == name);
    if let Some(stranger) = arguments.only.iter().find(|name| !known(name)) {
        return Err(Failure::new(format!("no package is called `{stranger}`")));
    }
    for (name, make) in PACKAGES {
        if arguments.only.is_empty() || arguments.only.iter().any(|wanted| wanted == name) {
            println!("\n== {name}");
            let empty = root().join(OUT).join(name);
            if empty.exists() {
                std::fs::remove_dir_all(&empty)?;
            }
            std::fs::create_dir_all(&empty)?;
            make(&empty.canonicalize()?)?;
        }
    }
    println!("\nthe packages lie in {OUT}");
    Ok(())
}

/// A bundle that verifies, its policy, trust root and time, as every package is asked about it.
fn sound() -> Done<[String; 4]> {
    let of = |path: &str| Ok::<_, Failure>(root().join(path).canonicalize()?.to_string_lossy().into_owned());
    Ok([
        of("testvectors/cases/az-snp/ok-milan")?,
        of("testvectors/policies/pinned.json")?,
        of("testvectors/trust-root.json")?,
        "2026-06-01T00:00:00Z".into(),
    ])
}

/// The command says yes to a sound bundle, and no without its policy.
fn judges(program: &Path, folder: &Path) -> Done {
    let [bundle, policy, roots, at] = sound()?;
    let program = program.to_string_lossy();
    let options = [&*bundle, "--trust-root", &roots, "--at", &at];
    let alone = |words: &[&str]| {
        let mut command = command(&program, words);
        command.current_dir(folder).env_remove("PYTHONPATH").env_remove("NODE_PATH");
        command
    };
    run(&mut alone(&[&options[..], &["--quiet", "--policy", &policy]].concat()))?;
    run(&mut alone(&["--version"]))?;
    if succeeds(&mut alone(&options)) {
        return Err(Failure::new(format!("{program} says yes without a policy")));
    }
    Ok(())
}

fn native(folder: &Path) -> Done {
    run(&mut cargo(&["build", "--quiet", "--locked", "--release", "--package", "kettle-verify"]))?;
    let program = folder.join("kettle-verify");
    std::fs::copy(root().join("target/release/kettle-verify"), &program)?;
    judges(&program, folder)
}

fn wheel(folder: &Path) -> Done {
    python::tools()?;
    python::build()?;
    installed(folder, &PathBuf::from(python::wheel()?), &["--no-index"])
}

/// The wheel is built again, from nothing but the archive.
fn sdist(folder: &Path) -> Done {
    python::tools()?;
    installed(folder, &python::sdist(folder)?, &[])
}

fn installed(folder: &Path, package: &Path, options: &[&str]) -> Done {
    let venv = folder.join("venv");
    run(&mut command("python3", &["-m", "venv", &venv.to_string_lossy()]))?;
    let python = venv.join("bin/python").to_string_lossy().into_owned();
    let archive = package.to_string_lossy();
    let install = [&["-m", "pip", "install", "--quiet"], options, &[&*archive]].concat();
    run(command(&python, &install).env("CARGO_TARGET_DIR", folder.join("target")))?;
    let kept = folder.join(package.file_name().unwrap_or_default());
    if kept != package {
        std::fs::copy(package, kept)?;
    }
    let _ = std::fs::remove_dir_all(folder.join("target"));
    let [bundle, policy, roots, at] = sound()?;
    let script = "import sys, kettle_verify; bundle, policy, trust_root, at = sys.argv[1:]; \
                  print(kettle_verify.verify(bundle, policy=policy, trust_root=trust_root, at=at).sentence)";
    run(command(&python, &["-I", "-c", script, &bundle, &policy, &roots, &at]).current_dir(folder))?;
    judges(&venv.join("bin/kettle-verify"), folder)
}

fn tarball(folder: &Path) -> Done {
    npm::build()?;
    let built = std::fs::read_dir(root().join("target/npm"))?.flatten().map(|entry| entry.path());
    let mut packed = built.filter(|path| path.extension().is_some_and(|name| name == "tgz"));
    let packed = packed.next().ok_or_else(|| Failure::new("no tarball in target/npm"))?.canonicalize()?;
    std::fs::write(folder.join("package.json"), "{\"private\":true}\n")?;
    let install = ["install", "--offline", "--no-audit", "--no-fund", "--silent", &*packed.to_string_lossy()];
    run(command("npm", &install).current_dir(folder))?;
    std::fs::copy(&packed, folder.join(packed.file_name().unwrap_or_default()))?;
    judges(&folder.join("node_modules/.bin/kettle-verify"), folder)
}

/// Unpacked where it was installed to: `pkg-config` has that path.
fn library(folder: &Path) -> Done {
    let prefix = folder.join("kettle-verify").to_string_lossy().into_owned();
    let install =
        ["cinstall", "--quiet", "--locked", "--package", "kettle-verifier-ffi", "--profile", "capi"];
    run(cargo(&install).args(["--prefix", &prefix, "--libdir", "lib"]))?;
    run(command("tar", &["--create", "--gzip", "--file", "kettle-verify-c.tar.gz", "kettle-verify"])
        .current_dir(folder))?;
    std::fs::remove_dir_all(&prefix)?;
    run(command("tar", &["--extract", "--gzip", "--file", "kettle-verify-c.tar.gz"]).current_dir(folder))?;
    let empty = folder.join("empty").to_string_lossy().into_owned();
    run(&mut command("verifier-ffi/tests/installed.sh", &[&prefix, &empty]))
}
