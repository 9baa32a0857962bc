//! Archives of Nix, over which its digests of folders are, and the paths in its store that follow from digests
//! (E. Dolstra, "The Purely Functional Software Deployment Model", figures 5.2 and 5.1).
//!
//! An archive is a list of texts, each with its length in eight bytes (little-endian) before it and zeros after
//! it up to the next multiple of eight.

use std::fs;
use std::io::{self, Read as _, Write};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::artifacts;
use crate::failure::{Done, Failure};

/// Folders below each other.
const DEPTH: usize = 256;

/// Files and folders of one archive; nixpkgs has a tenth of it.
const ENTRIES: usize = 1 << 20;

/// Writes the archive of what lies at a path, and follows no link. Nothing may be at work there any more.
pub(super) fn write(path: &Path, into: &mut dyn Write) -> Done {
    let mut archive = Archive { into, entries: 0 };
    archive.text(b"nix-archive-1").map_err(|error| Failure::usage(error.to_string()))?;
    archive.node(path, 0)
}

struct Archive<'w> {
    into: &'w mut dyn Write,
    entries: usize,
}

impl Archive<'_> {
    fn text(&mut self, bytes: &[u8]) -> io::Result<()> {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.into.write_all(&length.to_le_bytes())?;
        self.into.write_all(bytes)?;
        self.pad(length)
    }

    fn texts(&mut self, texts: &[&str]) -> io::Result<()> {
        texts.iter().try_for_each(|text| self.text(text.as_bytes()))
    }

    fn pad(&mut self, length: u64) -> io::Result<()> {
        let padding = length.next_multiple_of(8).saturating_sub(length);
        self.into.write_all([0; 8].get(..usize::try_from(padding).unwrap_or(0)).unwrap_or_default())
    }

    fn node(&mut self, path: &Path, depth: usize) -> Done {
        let failed = |error: io::Error| Failure::build(format!("`{}`: {error}", path.display()));
        self.entries = self.entries.saturating_add(1);
        if depth > DEPTH || self.entries > ENTRIES {
            return Err(Failure::build("what was fetched has more folders than any source has"));
        }
        let metadata = fs::symlink_metadata(path).map_err(failed)?;
        self.texts(&["(", "type"]).map_err(failed)?;
        if metadata.is_symlink() {
            let target = fs::read_link(path).map_err(failed)?;
            self.texts(&["symlink", "target"]).map_err(failed)?;
            self.text(target.as_os_str().as_bytes()).map_err(failed)?;
        } else if metadata.is_dir() {
            self.texts(&["directory"]).map_err(failed)?;
            let entries: io::Result<Vec<_>> =
                fs::read_dir(path).map_err(failed)?.map(|entry| Ok(entry?.file_name())).collect();
            let mut names = entries.map_err(failed)?;
            names.sort();
            for name in names {
                self.texts(&["entry", "(", "name"]).map_err(failed)?;
                self.text(name.as_bytes()).map_err(failed)?;
                self.texts(&["node"]).map_err(failed)?;
                self.node(&path.join(&name), depth.saturating_add(1))?;
                self.texts(&[")"]).map_err(failed)?;
            }
        } else {
            self.file(path).map_err(failed)?;
        }
        self.texts(&[")"]).map_err(failed)
    }

    fn file(&mut self, path: &Path) -> io::Result<()> {
        let (folder, name) = (path.parent().unwrap_or(path), path.file_name().unwrap_or_default());
        let (file, metadata) = artifacts::open(folder, Path::new(name)).map_err(io::Error::other)?;
        self.texts(&["regular"])?;
        if metadata.permissions().mode() & 0o100 != 0 {
            self.texts(&["executable", ""])?;
        }
        self.texts(&["contents"])?;
        self.into.write_all(&metadata.len().to_le_bytes())?;
        if io::copy(&mut file.take(metadata.len()), self.into)? != metadata.len() {
            return Err(io::Error::other("it became shorter while it was read"));
        }
        self.pad(metadata.len())
    }
}

/// How a digest is over what has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// Over a file's bytes.
    Flat,
    /// Over an archive.
    Archive,
}

/// The name in the store of what has this digest.
pub(super) fn place(method: Method, algorithm: &str, digest: &[u8], name: &str) -> String {
    let hex = crate::hex(digest);
    let described = match (method, algorithm) {
        (Method::Archive, "sha256") => format!("source:sha256:{hex}:/nix/store:{name}"),
        (method, _) => {
            let recursive = if method == Method::Archive { "r:" } else { "" };
            let inner = crate::sha256_hex(format!("fixed:out:{recursive}{algorithm}:{hex}:").as_bytes());
            format!("output:out:sha256:{inner}:/nix/store:{name}")
        }
    };
    let mut folded = [0; 20];
    for (index, byte) in Sha256::digest(described.as_bytes()).iter().enumerate() {
        if let Some(at) = folded.get_mut(index % 20) {
            *at ^= byte;
        }
    }
    format!("{}-{name}", base32(&folded))
}

/// Nix's base 32: its own alphabet, and the last bits first.
fn base32(bytes: &[u8; 20]) -> String {
    let digit = |place: usize| {
        let bit = |offset: usize| {
            let at = place.saturating_mul(5).saturating_add(offset);
            let byte = bytes.get(at / 8).copied().unwrap_or_default();
            usize::from(byte >> (at % 8) & 1) << offset
        };
        let value: usize = (0..5).map(bit).sum();
        ALPHABET.get(value).copied().map_or('0', char::from)
    };
    (0..32).rev().map(digit).collect()
}

const ALPHABET: &[u8; 32] = b"0123456789abcdfghijklmnpqrsvwxyz";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_that_nix_gives() {
        // Of `nix show-derivation` (2.8) over a derivation with this file and an input with these files.
        let digest = |hex: &str| {
            let mut bytes = [0; 32];
            base16ct::lower::decode(hex, &mut bytes).unwrap();
            bytes
        };
        let crate_file = digest("4a5f13b858c8d314ee3e8f639011f7ccefe71f97f96e50151fb991f267928e2c");
        assert_eq!(
            place(Method::Flat, "sha256", &crate_file, "itoa-1.0.15.crate"),
            "l9kmabypaxs6qnnfhhgj85kyc6dhlmcw-itoa-1.0.15.crate"
        );
        let ms = digest("554b9276d79cfb2830c1029860000666a359b2ac5eaab05a76d123b990a957bb");
        assert_eq!(
            place(Method::Archive, "sha256", &ms, "source"),
            "3f6z0l1bblwq2cmi3k444h99khyagxrn-source"
        );
    }

    #[test]
    fn an_archive_has_every_file_link_and_mode() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("b")).unwrap();
        fs::write(at("b/run"), "12345678").unwrap();
        fs::set_permissions(at("b/run"), fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(at("a"), "x").unwrap();
        std::os::unix::fs::symlink("../elsewhere", at("c")).unwrap();
        let mut bytes = Vec::new();
        write(folder.path(), &mut bytes).unwrap();
        // `nix-hash --type sha256 FOLDER`
        assert_eq!(
            crate::sha256_hex(&bytes),
            "16931058a1cd6cf161e9259113274af50a3215ed73470b0e4124ba6bb001e267"
        );
        // A name that nothing can be read from.
        nix::unistd::mkfifo(&at("d"), nix::sys::stat::Mode::S_IRUSR).unwrap();
        assert!(write(folder.path(), &mut io::sink()).unwrap_err().message.contains("is no plain file"));
    }
}
