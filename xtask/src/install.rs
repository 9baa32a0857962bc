//! What the tests need beside `cargo`, and how to come by it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Done, Failure};
use crate::python;
use crate::workspace::{cargo, command, output, root, run, succeeds};

/// Something that a step needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Need {
    Rustfmt,
    Clippy,
    Target(&'static str),
    CargoDeny,
    Cbindgen,
    CargoC,
    Npm,
    Python,
    /// A package of Debian, and a file that is there when it is installed.
    Debian(&'static str, &'static str),
}

/// The bare-metal target: no operating system, so any use of `std` fails to build.
pub(crate) const BARE_METAL: &str = "x86_64-unknown-none";
/// The target of browsers and of Node.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";
/// The target of programs in WebAssembly.
pub(crate) const WASI: &str = "wasm32-wasip1";

/// A tool that runs for seconds is not worth minutes of optimisation.
const TOOL: [&str; 3] = ["install", "--debug", "--locked"];
const CARGO_DENY: [&str; 1] = ["cargo-deny"];
/// The version decides the text of the header.
const CBINDGEN: [&str; 3] = ["cbindgen", "--version", "0.29.4"];
/// The last version that the compiler of this workspace builds.
const CARGO_C: [&str; 3] = ["cargo-c", "--version", "0.10.24+cargo-0.98.0"];

/// Debian's compiler with the sources of the standard library, for machines on which `rustup` can't
/// fetch a target.
const DEBIAN_PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-19"];
const DEBIAN_SOURCES: &str = "/usr/lib/rustlib/src/rust";

impl Need {
    /// The need in words.
    pub(crate) fn title(self) -> String {
        match self {
            Self::Rustfmt => "rustfmt, the formatter".into(),
            Self::Clippy => "clippy, the linter".into(),
            Self::Target(triple) => format!("the compiler's target {triple}"),
            Self::CargoDeny => "cargo-deny, which checks licences and sources".into(),
            Self::Cbindgen => "cbindgen, which writes the C header".into(),
            Self::CargoC => "cargo-c, which installs C libraries".into(),
            Self::Npm => "Node with npm".into(),
            Self::Python => "maturin and pytest in a virtual environment of the repository".into(),
            Self::Debian(package, _) => format!("Debian's {package}"),
        }
    }

    /// How it will be installed, in words.
    pub(crate) fn plan(self) -> String {
        match self {
            Self::Rustfmt => "rustup component add rustfmt".into(),
            Self::Clippy => "rustup component add clippy".into(),
            Self::Target(triple) => format!(
                "rustup target add {triple}; where that fails, {}apt-get install {}",
                sudo_word(),
                DEBIAN_PACKAGES.join(" ")
            ),
            Self::CargoDeny => format!("cargo {} {} (some minutes)", TOOL.join(" "), CARGO_DENY.join(" ")),
            Self::Cbindgen => format!("cargo {} {}", TOOL.join(" "), CBINDGEN.join(" ")),
            Self::CargoC => format!("cargo {} {} (some minutes)", TOOL.join(" "), CARGO_C.join(" ")),
            Self::Npm => format!("{}apt-get install nodejs npm", sudo_word()),
            Self::Python => format!(
                "python3 -m venv, then pip install; where that module is missing, {}apt-get install python3-venv",
                sudo_word()
            ),
            Self::Debian(package, _) => format!("{}apt-get install {package}", sudo_word()),
        }
    }

    /// Whether it is there.
    pub(crate) fn is_there(self) -> bool {
        match self {
            Self::Rustfmt => succeeds(&mut cargo(&["fmt", "--version"])),
            Self::Clippy => succeeds(&mut cargo(&["clippy", "--version"])),
            Self::Target(triple) => toolchain_has(triple) || debian_sources().is_some(),
            Self::CargoDeny => succeeds(&mut cargo(&["deny", "--version"])),
            Self::Cbindgen => succeeds(&mut command("cbindgen", &["--version"])),
            Self::CargoC => succeeds(&mut cargo(&["capi", "--version"])),
            Self::Npm => succeeds(&mut command("npm", &["--version"])),
            Self::Python => python::has_tools(),
            Self::Debian(_, file) => Path::new(file).exists(),
        }
    }

    /// Installs it.
    pub(crate) fn install(self) -> Done {
        match self {
            Self::Rustfmt => run(&mut command("rustup", &["component", "add", "rustfmt"])),
            Self::Clippy => run(&mut command("rustup", &["component", "add", "clippy"])),
            Self::Target(triple) => target(triple),
            Self::CargoDeny => tool(&CARGO_DENY),
            Self::Cbindgen => tool(&CBINDGEN),
            Self::CargoC => tool(&CARGO_C),
            Self::Npm => debian(&["nodejs", "npm"]),
            Self::Python => {
                if !succeeds(&mut command("python3", &["-c", "import venv, ensurepip"])) {
                    debian(&["python3-venv"])?;
                }
                python::tools()
            }
            Self::Debian(package, _) => debian(&[package]),
        }
    }
}

/// Builds a tool; what several of them depend on is built once.
fn tool(which: &[&str]) -> Done {
    let mut install = cargo(&TOOL);
    install.args(which).env("CARGO_TARGET_DIR", root().join("target/tools"));
    run(install.env("CARGO_PROFILE_DEV_DEBUG", "0"))
}

fn debian(packages: &[&str]) -> Done {
    let install = || {
        let mut words = vec!["apt-get", "install", "--yes", "--no-install-recommends"];
        words.extend(packages);
        run(&mut as_root(&words))
    };
    // The list of packages may be older than the packages.
    install().or_else(|_| {
        run(&mut as_root(&["apt-get", "update"]))?;
        install()
    })
}

/// A `cargo build` or `cargo check` for another target: the toolchain's own where it has the target, Debian's
/// compiler with a standard library built from its sources otherwise.
pub(crate) fn cross(triple: &str, verb: &str, arguments: &[&str]) -> Done<Command> {
    if toolchain_has(triple) {
        let mut build = cargo(&[verb, "--locked", "--target", triple]);
        build.args(arguments);
        return Ok(build);
    }
    if debian_sources().is_none() {
        return Err(Failure::new(format!("the target {triple} is missing; run without --no-install")));
    }
    let libraries = if triple == WASM { "-Zbuild-std=std,panic_abort" } else { "-Zbuild-std=core,alloc" };
    let mut build = command("/usr/bin/cargo", &[verb, "--target", triple, libraries]);
    build
        .args(arguments)
        .env("RUSTC", "/usr/bin/rustc")
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld-19");
    Ok(build)
}

fn toolchain_has(triple: &str) -> bool {
    let folder = output(&mut command("rustc", &["--print", "target-libdir", "--target", triple]));
    let files = folder.and_then(|folder| std::fs::read_dir(folder).ok());
    files
        .into_iter()
        .flatten()
        .flatten()
        .any(|file| file.file_name().to_string_lossy().starts_with("libcore-"))
}

fn target(triple: &str) -> Done {
    if run(&mut command("rustup", &["target", "add", triple])).is_ok() && toolchain_has(triple) {
        return Ok(());
    }
    println!("rustup can't install {triple} here; Debian's compiler can build for it from source");
    let mut install = vec!["apt-get", "install", "--yes"];
    install.extend(DEBIAN_PACKAGES);
    run(&mut as_root(&["apt-get", "update"]))?;
    run(&mut as_root(&install))?;
    link_sources()
}

/// Puts the sources where a Debian compiler's `-Zbuild-std` looks for them.
fn link_sources() -> Done {
    if debian_sources().is_some() {
        return Ok(());
    }
    let sources = std::fs::read_dir("/usr/src")?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| is_rust_source(path))
        .ok_or_else(|| Failure::new("rust-web-src left no `rustc-…` below /usr/src"))?;
    let link = Path::new(DEBIAN_SOURCES);
    let above = link.parent().unwrap_or(link);
    run(&mut as_root(&["mkdir", "-p", &above.to_string_lossy()]))?;
    run(&mut as_root(&["ln", "-sfn", &sources.to_string_lossy(), DEBIAN_SOURCES]))
}

fn is_rust_source(path: &Path) -> bool {
    let named = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("rustc-"));
    named && path.join("library").is_dir()
}

fn debian_sources() -> Option<PathBuf> {
    let ready = Path::new("/usr/bin/cargo").exists() && Path::new("/usr/bin/rustc").exists();
    let library = Path::new(DEBIAN_SOURCES).join("library");
    (ready && library.is_dir()).then_some(library)
}

/// A command as root: itself where we are root, through `sudo` otherwise.
fn as_root(words: &[&str]) -> Command {
    match words {
        [program, arguments @ ..] if is_root() => command(program, arguments),
        words => command("sudo", words),
    }
}

fn sudo_word() -> &'static str {
    if is_root() { "" } else { "sudo " }
}

fn is_root() -> bool {
    output(&mut command("id", &["-u"])).as_deref() == Some("0")
}
