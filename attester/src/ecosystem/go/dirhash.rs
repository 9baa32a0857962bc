//! `h1`: SHA-256 over `{SHA-256 in hex}  {name}\n` of every file, sorted by name
//! (`golang.org/x/mod/sumdb/dirhash`, `Hash1`).

use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::DeflateDecoder;
use rawzip::{CompressionMethod, ZipArchive};
use sha2::{Digest as _, Sha256};

/// Files in one module.
const FILES: usize = 100_000;

/// Bytes of all files of a module: what Go itself takes at most.
const BYTES: u64 = 500 << 20;

/// The digest of a `go.mod`, as if it were all there is.
pub(super) fn of_manifest(bytes: &[u8]) -> [u8; 32] {
    hash(&[("go.mod".to_owned(), Sha256::digest(bytes).into())].into())
}

/// The digest of the files in a module's archive, all of which lie below `prefix`.
pub(super) fn of_zip(bytes: &[u8], prefix: &str) -> Result<[u8; 32], String> {
    let broken = |error: rawzip::Error| format!("can't be read: {error}");
    let archive = ZipArchive::from_slice(bytes).map_err(broken)?;
    let mut files = BTreeMap::new();
    let mut left = BYTES;
    let mut entries = archive.entries();
    while let Some(record) = entries.next_entry().map_err(broken)? {
        let name = core::str::from_utf8(record.file_path().as_bytes()).map_err(|_| "has a strange name")?;
        let plain = name.starts_with(prefix) && !name.ends_with('/') && !name.contains(['\n', '\\']);
        if !plain || name.split('/').any(|part| matches!(part, "" | "." | "..")) {
            return Err(format!("has a file `{}`, which no module has", name.escape_debug()));
        }
        let entry = archive.get_entry(record.wayfinder()).map_err(broken)?;
        let digest = match record.compression_method() {
            CompressionMethod::STORE => digest(entry.verifying_reader(entry.data()), &mut left),
            CompressionMethod::DEFLATE => {
                digest(entry.verifying_reader(DeflateDecoder::new(entry.data())), &mut left)
            }
            _ => Err("is compressed in a way that no module is".into()),
        }?;
        if files.insert(name.to_owned(), digest).is_some() {
            return Err(format!("has `{}` twice", name.escape_debug()));
        }
        if files.len() > FILES {
            return Err(format!("has more than {FILES} files"));
        }
    }
    Ok(hash(&files))
}

fn digest(mut file: impl Read, left: &mut u64) -> Result<[u8; 32], String> {
    let mut hasher = Sha256::new();
    let mut buffer = [0; 1 << 14];
    loop {
        let count = file.read(&mut buffer).map_err(|error| format!("can't be unpacked: {error}"))?;
        let Some(piece) = buffer.get(..count).filter(|piece| !piece.is_empty()) else { break };
        let size = u64::try_from(count).unwrap_or(u64::MAX);
        *left = left.checked_sub(size).ok_or_else(|| "has more than 500 MiB".to_owned())?;
        hasher.update(piece);
    }
    Ok(hasher.finalize().into())
}

fn hash(files: &BTreeMap<String, [u8; 32]>) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for (name, digest) in files {
        hasher.update(format!("{}  {name}\n", crate::hex(digest)));
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_has_the_digest_that_go_writes() {
        // `echo 'module a.example/b' > go.mod; sha256sum go.mod | sha256sum`
        let line = format!("{}  go.mod\n", crate::sha256_hex(b"module a.example/b\n"));
        assert_eq!(crate::hex(&of_manifest(b"module a.example/b\n")), crate::sha256_hex(line.as_bytes()));
    }
}
