//! Seeds: the corpus of this repository, and the genuine captures where they are.

use std::path::{Path, PathBuf};

use base64ct::{Base64, Encoding as _};

use crate::failure::Done;
use crate::workspace::root;

/// A file larger than this is no seed.
const SEED_BYTES: u64 = 200_000;

/// An input for one target.
pub(super) struct Seed {
    target: &'static str,
    name: String,
    bytes: Vec<u8>,
}

/// Every seed that can be made here.
pub(super) fn gather() -> Done<Vec<Seed>> {
    let root = root();
    let genuine =
        std::env::var_os("KETTLE_VECTORS").map_or_else(|| root.join("../shared/vectors"), PathBuf::from);
    let mut files = Vec::new();
    for folder in [root.join("testvectors"), root.join("verifier-core/src"), genuine] {
        if folder.is_dir() {
            collect(&folder, &mut files)?;
        }
    }
    let mut seeds = Vec::new();
    for (number, path) in files.iter().enumerate() {
        let bytes = std::fs::read(path)?;
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let name = format!("{number}-{file}");
        let made = from_file(&file, path, &bytes).into_iter().enumerate();
        seeds.extend(made.map(|(part, (target, bytes))| Seed {
            target,
            name: format!("{part}-{name}"),
            bytes,
        }));
    }
    Ok(seeds)
}

/// Writes the seeds of a target and returns how many there are.
pub(super) fn write(seeds: &[Seed], target: &str, folder: &Path) -> Done<usize> {
    std::fs::create_dir_all(folder)?;
    let mine = seeds.iter().filter(|seed| seed.target == target);
    let mut count = 0_usize;
    for seed in mine {
        std::fs::write(folder.join(&seed.name), &seed.bytes)?;
        count = count.saturating_add(1);
    }
    Ok(count)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Done {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            collect(&entry.path(), files)?;
        } else if kind.is_file() && entry.metadata()?.len() <= SEED_BYTES {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(())
}

fn from_file(name: &str, path: &Path, bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut seeds = Vec::new();
    let extension = path.extension().unwrap_or_default().to_string_lossy().into_owned();
    match extension.as_str() {
        "json" => seeds.push(("json", bytes.to_vec())),
        "der" | "crt" | "cer" => seeds.push(("certificate", bytes.to_vec())),
        "pem" | "txt" => seeds.extend(pem_blocks(bytes)),
        "crl" => seeds.push(("crl", bytes.to_vec())),
        "tar" | "tgz" | "gz" | "zip" => seeds.push(("archive", bytes.to_vec())),
        _ => {}
    }
    if name.starts_with("policy") {
        seeds.push(("policy", bytes.to_vec()));
    }
    if name.starts_with("trust-root") {
        seeds.push(("trust_root", bytes.to_vec()));
    }
    if name == "evidence.json" {
        seeds.push(("evidence", joined(bytes, &joined(&[], &[]))));
        let provenance = path.with_file_name("provenance.json");
        seeds.push(("appraise", joined(bytes, &std::fs::read(provenance).unwrap_or_default())));
    }
    seeds
}

/// The certificates and revocation lists of a PEM file.
fn pem_blocks(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let text = String::from_utf8_lossy(bytes);
    let blocks = text.split("-----BEGIN ").skip(1).filter_map(|block| {
        let (label, rest) = block.split_once("-----")?;
        let target = match label {
            "CERTIFICATE" => "certificate",
            "X509 CRL" => "crl",
            _ => return None,
        };
        let body: String = rest.split("-----END").next()?.split_whitespace().collect();
        Some((target, Base64::decode_vec(&body).ok()?))
    });
    blocks.collect()
}

/// Two parts as the targets split them: the first one's length in four bytes, then both.
fn joined(first: &[u8], second: &[u8]) -> Vec<u8> {
    let length = u32::try_from(first.len()).unwrap_or(u32::MAX);
    [&length.to_le_bytes(), first, second].concat()
}
