//! Provenance documents of every generation and toolchain, as the known builders write them.

mod deps;
mod json;
mod merkle;

pub use deps::Dependency;
pub use json::compact;
pub use merkle::root;

use serde::Serialize;

use crate::hex;
use crate::signing::Hash;
use json::{Pairs, pretty};

/// The generations of bundles (kettle-bundle.md, "Generations").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    /// v0.1: digest over compact tokens, 32 attested bytes.
    F0,
    /// v1.0: digest over compact tokens, 48 attested bytes.
    F1,
    /// v1.1: digest over the file's bytes, 48 attested bytes.
    F2,
    /// As F2, with the build type of the standard.
    F3,
}

/// The toolchains that the known builders drive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Toolchain {
    /// Rust.
    Cargo,
    /// Nix flakes.
    Nix,
    /// Node packages.
    Pnpm,
    /// Node packages, by npm.
    Npm,
    /// Python, by pip.
    Pip,
    /// Python, by uv.
    Uv,
    /// Go modules.
    Go,
    /// A declared list of inputs.
    Generic,
}

impl Toolchain {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cargo => "cargo",
            Self::Nix => "nix",
            Self::Pnpm => "pnpm",
            Self::Npm => "npm",
            Self::Pip => "pip",
            Self::Uv => "uv",
            Self::Go => "go",
            Self::Generic => "generic",
        }
    }
}

/// A build, as its provenance tells it.
#[derive(Debug, Clone)]
pub struct Build {
    /// The generation of the bundle.
    pub generation: Generation,
    /// The toolchain.
    pub toolchain: Toolchain,
    /// `buildType`.
    pub build_type: String,
    /// `builder.id`.
    pub builder: String,
    /// `_type`.
    pub statement_type: String,
    /// `predicateType`.
    pub predicate_type: String,
    /// `buildCommand`.
    pub command: String,
    /// The repository.
    pub repository: String,
    /// The commit.
    pub commit: String,
    /// The tree.
    pub tree: String,
    /// SHA-256 of the lock file.
    pub lockfile: String,
    /// Tools in the order of the document: name, SHA-256, version.
    pub tools: Vec<(String, String, String)>,
    /// `resolvedDependencies`.
    pub dependencies: Vec<Dependency>,
    /// The subjects: name and digest set.
    pub subjects: Vec<Subject>,
    /// `input_merkle_root`; `None` computes it.
    pub merkle_root: Option<String>,
    /// `startedOn` and `finishedOn`.
    pub times: [String; 2],
}

/// A subject: its digests and its name.
#[derive(Debug, Clone, Serialize)]
pub struct Subject {
    /// Algorithm and value.
    pub digest: Pairs,
    /// The name.
    pub name: String,
}

impl Subject {
    /// The subject of a file.
    #[must_use]
    pub fn of(name: &str, bytes: &[u8]) -> Self {
        Self { digest: Pairs::one("sha256", hex(&Hash::Sha256.digest(bytes))), name: name.into() }
    }
}

impl Build {
    /// A sound build that made these files.
    #[must_use]
    pub fn sound(generation: Generation, toolchain: Toolchain, files: &[(&str, &[u8])]) -> Self {
        let (build_type, builder) = ids(generation, toolchain);
        let text = |text: &str| text.to_owned();
        Self {
            generation,
            toolchain,
            build_type,
            builder,
            statement_type: text("https://in-toto.io/Statement/v1"),
            predicate_type: text("https://slsa.dev/provenance/v1"),
            command: text(match toolchain {
                Toolchain::Cargo => "cargo build --release --locked",
                Toolchain::Nix => "nix build",
                Toolchain::Pnpm => "pnpm build",
                Toolchain::Npm => "npm run build",
                Toolchain::Pip | Toolchain::Uv => "python3 -m pip wheel .",
                Toolchain::Go => "go build ./...",
                Toolchain::Generic => "make",
            }),
            repository: text("https://git.example/hello.git"),
            commit: text("0123456789abcdef0123456789abcdef01234567"),
            tree: text("89abcdef0123456789abcdef0123456789abcdef"),
            lockfile: hex(&Hash::Sha256.digest(b"lock file")),
            tools: tools(toolchain),
            dependencies: deps::of(toolchain),
            subjects: files.iter().map(|(name, bytes)| Subject::of(name, bytes)).collect(),
            merkle_root: None,
            times: [text("2026-05-31T11:59:00.083557+00:00"), text("2026-05-31T11:59:59.455535+00:00")],
        }
    }

    /// The document: pretty JSON with two spaces and no newline at its end.
    #[must_use]
    pub fn json(&self) -> String {
        pretty(&json::statement(self))
    }

    /// The bytes that the hardware attests for a document of this build's generation.
    #[must_use]
    pub fn attested(&self, document: &[u8], nonce: [u8; 16]) -> Vec<u8> {
        let digest = match self.generation {
            Generation::F0 | Generation::F1 => Hash::Sha256.digest(&compact(document)),
            Generation::F2 | Generation::F3 => Hash::Sha256.digest(document),
        };
        match self.generation {
            Generation::F0 => digest,
            _ => [digest.as_slice(), &nonce].concat(),
        }
    }

    /// The `input_merkle_root`, as the document has it.
    #[must_use]
    pub fn root(&self) -> String {
        self.merkle_root.clone().unwrap_or_else(|| hex(&root(&merkle::entries(self))))
    }
}

fn ids(generation: Generation, toolchain: Toolchain) -> (String, String) {
    if generation == Generation::F3 {
        return (
            "https://confidential.ai/attested-builds/v1".into(),
            "https://confidential.ai/attested-builds".into(),
        );
    }
    let name = toolchain.name();
    (format!("https://lunal.dev/kettle/{name}@v1"), "https://lunal.dev/kettle-tee/v1".into())
}

fn tools(toolchain: Toolchain) -> Vec<(String, String, String)> {
    let names: &[(&str, &str)] = match toolchain {
        Toolchain::Cargo => &[
            ("cargo", "cargo 1.95.0 (0000000000 2026-04-14)"),
            ("rustc", "rustc 1.95.0 (0000000000 2026-04-14)"),
            ("kettle", "kettle 1.1.0"),
        ],
        Toolchain::Nix => &[("nix", "nix (Nix) 2.33.3"), ("kettle", "kettle 1.1.0")],
        Toolchain::Pnpm => &[("pnpm", "10.33.0"), ("node", "v24.15.0"), ("kettle", "kettle 1.1.0")],
        Toolchain::Npm => &[("npm", "11.19.1"), ("node", "v24.15.0"), OURS],
        Toolchain::Pip => &[("pip", "pip 26.0"), ("python", "Python 3.13.0"), OURS],
        Toolchain::Uv => &[("uv", "uv 0.11.0"), ("python", "Python 3.13.0"), OURS],
        Toolchain::Go => &[("go", "go version go1.26.8 linux/amd64"), OURS],
        Toolchain::Generic => &[("system", "Debian GNU/Linux 13 (trixie)"), OURS],
    };
    let digest = |name: &str| hex(&Hash::Sha256.digest(format!("executable of {name}").as_bytes()));
    names.iter().map(|(name, version)| ((*name).into(), digest(name), (*version).into())).collect()
}

/// The builder of the toolchains that only our attester drives.
const OURS: (&str, &str) = ("kettle", "kettle-attest 0.1.0");
