//! Mints a bundle of the software TEE over files of the caller's, for tests of programs that use the
//! verifier: `attest FOLDER FILE…` writes `provenance.json` and `evidence.json` into the folder.
//!
//! Like everything here it is signed with public test keys and proves nothing.

use std::path::Path;
use std::process::ExitCode;

use kettle_testvectors::provenance::{Generation, Toolchain};
use kettle_testvectors::scene::Scene;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let done = match arguments.as_slice() {
        [folder, files @ ..] if !files.is_empty() => attest(Path::new(folder), files),
        _ => Err("usage: attest FOLDER FILE…".to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

fn attest(folder: &Path, files: &[String]) -> Result<(), String> {
    let mut scene = Scene::azure();
    scene.files = files.iter().map(|path| named(Path::new(path))).collect::<Result<_, _>>()?;
    let minted = scene.built(Generation::F2, Toolchain::Cargo).mint();
    let write = |name: &str, bytes: &[u8]| {
        std::fs::write(folder.join(name), bytes).map_err(|error| format!("{name}: {error}"))
    };
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    write("provenance.json", &minted.provenance)?;
    write("evidence.json", &minted.evidence)
}

fn named(path: &Path) -> Result<(String, Vec<u8>), String> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let bytes = std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok((name.unwrap_or_default(), bytes))
}
