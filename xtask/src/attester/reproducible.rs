//! The attester from the same source in two folders: one static file, the same bit for bit.

use std::path::{Path, PathBuf};

use crate::failure::{Done, Failure};
use crate::workspace::{command, output, run as run_command};

/// A target whose programs need nothing of the system that they run on.
const TARGET: &str = "x86_64-unknown-linux-musl";

/// Folders of different lengths, so that no path can hide in a difference of none.
const FOLDERS: [&str; 2] = ["one", "another-folder-with-a-longer-name"];

pub(crate) fn run() -> Done {
    run_in(&std::env::temp_dir().join(format!("kettle-reproducible-{}", std::process::id())))
}

fn run_in(place: &Path) -> Done {
    let built = FOLDERS.iter().map(|name| build(&place.join(name))).collect::<Done<Vec<_>>>();
    let removed = std::fs::remove_dir_all(place);
    let built = built?;
    removed?;
    let [(one, hash), (other, other_hash)] = built.as_slice() else {
        return Err(Failure::new("two builds were expected"));
    };
    if one != other {
        let at = one.iter().zip(other).position(|(one, other)| one != other);
        return Err(Failure::new(format!(
            "the builds differ, first at byte {at:?}: {hash} and {other_hash}"
        )));
    }
    println!("{hash}  kettle-attest, {} bytes, twice, static", one.len());
    Ok(())
}

/// Builds what is committed in a folder; the program's bytes and their SHA-256.
fn build(folder: &Path) -> Done<(Vec<u8>, String)> {
    std::fs::create_dir_all(folder)?;
    let export = format!("git archive HEAD | tar -x -C '{}'", folder.display());
    run_command(&mut command("sh", &["-e", "-c", &export]))?;
    let home = std::env::var_os("CARGO_HOME").map_or_else(
        || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo")).unwrap_or_default(),
        PathBuf::from,
    );
    let maps = [(folder, "/kettle"), (home.as_path(), "/cargo")];
    let all = |option: &str| {
        let maps = maps.iter().map(|(from, to)| format!("{option}={}={to}", from.display()));
        maps.collect::<Vec<_>>().join(" ")
    };
    let time = output(&mut command("git", &["log", "-1", "--format=%ct"])).unwrap_or_default();
    let mut cargo = command(
        "cargo",
        &["build", "--quiet", "--release", "--locked", "--target", TARGET, "--package", "kettle-attest"],
    );
    cargo.current_dir(folder).env("CARGO_TARGET_DIR", folder.join("target")).env("CARGO_INCREMENTAL", "0");
    cargo.env("SOURCE_DATE_EPOCH", time).env("RUSTFLAGS", all("--remap-path-prefix"));
    // The C of one library is freestanding: any compiler of this machine's will do.
    cargo.env(format!("CC_{}", TARGET.replace('-', "_")), "cc");
    cargo.env(format!("CFLAGS_{}", TARGET.replace('-', "_")), all("-ffile-prefix-map"));
    run_command(&mut cargo)?;
    let program = folder.join("target").join(TARGET).join("release/kettle-attest");
    let bytes = std::fs::read(&program)?;
    is_static(&bytes)?;
    let hash = output(&mut command("sha256sum", &[&program.to_string_lossy()])).unwrap_or_default();
    std::fs::remove_dir_all(folder)?;
    Ok((bytes, hash.split(' ').next().unwrap_or_default().to_owned()))
}

/// Whether an ELF file asks for no loader: none of its program headers is `PT_INTERP`.
fn is_static(bytes: &[u8]) -> Done {
    let number = |at: usize, length: usize| -> Option<usize> {
        let bytes = bytes.get(at..at.checked_add(length)?)?;
        let value = bytes.iter().rev().fold(0_u64, |value, byte| (value << 8) | u64::from(*byte));
        usize::try_from(value).ok()
    };
    // ELF-64, little-endian: e_phoff at 32, e_phentsize at 54, e_phnum at 56.
    let (Some(offset), Some(size), Some(count)) = (number(32, 8), number(54, 2), number(56, 2)) else {
        return Err(Failure::new("the program is no ELF file"));
    };
    let kinds = (0..count).map(|index| number(offset.checked_add(index.checked_mul(size)?)?, 4));
    const INTERPRETER: usize = 3;
    if bytes.starts_with(b"\x7fELF")
        && kinds.into_iter().all(|kind| kind.is_some_and(|kind| kind != INTERPRETER))
    {
        return Ok(());
    }
    Err(Failure::new("the program is not static: it asks for a loader"))
}
