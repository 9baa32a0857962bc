//! Seeds: the corpus of this repository, and the genuine captures where they are.

use std::path::{Path, PathBuf};

use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use serde_json::Value;

use crate::failure::Done;
use crate::workspace::root;

mod intel;

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
        "der" | "crt" | "cer" => seeds.extend(certificate(bytes)),
        "pem" | "txt" => {
            seeds.extend(pem_blocks(bytes));
            seeds.push(("collateral", bytes.to_vec()));
        }
        "crl" => seeds.extend(list(bytes)),
        "tar" | "tgz" | "gz" | "zip" => seeds.push(("archive", bytes.to_vec())),
        _ => {}
    }
    if name.starts_with("policy") {
        seeds.push(("policy", bytes.to_vec()));
    }
    if name.starts_with("trust-root") {
        seeds.push(("trust_root", bytes.to_vec()));
    }
    if name == "provenance.json" {
        seeds.push(("provenance", bytes.to_vec()));
    }
    // CBOR documents begin with an array of four, or its tag.
    if bytes.starts_with(&[0x84, 0x44, 0xa1]) || bytes.starts_with(&[0xd2, 0x84]) {
        seeds.push(("nitro", bytes.to_vec()));
        // What follows the protected and the empty unprotected header is the payload's own length.
        seeds.push(("cbor", bytes.get(10..).unwrap_or_default().to_vec()));
    }
    if name == "proofs.json" {
        seeds.extend(proofs(bytes).unwrap_or_default().into_iter().map(|bytes| ("proof", bytes)));
    }
    seeds.extend(intel::file(name, bytes));
    if name == "evidence.json" {
        let parsed: Option<Value> = serde_json::from_slice(bytes).ok();
        seeds.extend(parsed.as_ref().and_then(azure).unwrap_or_default());
        seeds.extend(parsed.as_ref().map(intel::envelope).unwrap_or_default());
        seeds.push(("evidence", joined(bytes, &joined(&[], &[]))));
        let provenance = std::fs::read(path.with_file_name("provenance.json")).unwrap_or_default();
        seeds.push(("appraise", joined(bytes, &provenance)));
        seeds.extend(archive(bytes, &provenance).map(|bytes| ("archive", bytes)));
    }
    seeds
}

/// The certificates and revocation lists of a PEM file.
fn pem_blocks(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let text = String::from_utf8_lossy(bytes);
    let blocks = text.split("-----BEGIN ").skip(1).filter_map(|block| {
        let (label, rest) = block.split_once("-----")?;
        let body: String = rest.split("-----END").next()?.split_whitespace().collect();
        let der = Base64::decode_vec(&body).ok()?;
        match label {
            "CERTIFICATE" => Some(certificate(&der)),
            "X509 CRL" => Some(list(&der)),
            _ => None,
        }
    });
    blocks.flatten().collect()
}

fn certificate(der: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    ["certificate", "endorsement", "x509"].map(|target| (target, der.to_vec())).into()
}

fn list(der: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    ["crl", "x509"].map(|target| (target, der.to_vec())).into()
}

/// The parts of Azure's evidence. The runtime data begins after the report of 1184 bytes and two
/// headers, of 32 and 20 bytes.
fn azure(evidence: &Value) -> Option<Vec<(&'static str, Vec<u8>)>> {
    let blob = Base64UrlUnpadded::decode_vec(evidence.pointer("/evidence/hcl_report")?.as_str()?).ok()?;
    let runtime = blob.get(32 + 1184 + 20..)?.to_vec();
    let end = runtime.iter().rposition(|byte| *byte != 0)?.saturating_add(1);
    let message = evidence.pointer("/evidence/tpm_quote/message")?.as_str()?;
    let seeds = vec![("runtime", runtime.get(..end)?.to_vec()), ("quote", hex(message)?), ("hcl", blob)];
    Some(seeds)
}

/// Proofs with the root and the entry that they are checked against.
fn proofs(bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let cases: Vec<Value> = serde_json::from_slice(bytes).ok()?;
    let seed = |case: &Value| {
        let text = |name: &str| case.get(name)?.as_str();
        let expected = [hex(text("root")?)?.as_slice(), text("entry")?.as_bytes()].concat();
        Some(joined(&hex(text("proof")?)?, &expected))
    };
    cases.iter().map(seed).collect()
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let byte = |at: usize| u8::from_str_radix(text.get(at..at.saturating_add(2))?, 16).ok();
    (0..text.len()).step_by(2).map(byte).collect()
}

/// A bundle as a tar, with an artifact.
fn archive(evidence: &[u8], provenance: &[u8]) -> Option<Vec<u8>> {
    let mut builder = tar::Builder::new(Vec::new());
    let files =
        [("evidence.json", evidence), ("provenance.json", provenance), ("artifacts/a", b"a".as_slice())];
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(u64::try_from(bytes.len()).ok()?);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, bytes).ok()?;
    }
    builder.into_inner().ok()
}

/// Two parts as the targets split them: the first one's length in four bytes, then both.
fn joined(first: &[u8], second: &[u8]) -> Vec<u8> {
    let length = u32::try_from(first.len()).unwrap_or(u32::MAX);
    [&length.to_le_bytes(), first, second].concat()
}
