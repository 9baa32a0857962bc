//! Bundles of a made-up build, and archives with whatever members a test wants.
#![allow(dead_code, reason = "each test file uses its own part")]

use core::ops::ControlFlow;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use kettle_verifier_io::{Error, ErrorKind, Input, Request, read, read_archive};

pub(crate) const PROVENANCE: &[u8] =
    br#"{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"rg"}],"predicateType":"p","predicate":{}}"#;
pub(crate) const EVIDENCE: &[u8] = br#"{"platform":"snp","evidence":{}}"#;
pub(crate) const RG: &[u8] = b"\x7fELF the binary";

/// SHA-256 of [`RG`], by `sha256sum`.
pub(crate) const RG_SHA256: &str = "a2306d2295b0fd907ef1cfcccdd9813948a401e17f7155c173d79e72132308ec";

/// The members of a sound bundle.
pub(crate) fn sound() -> Vec<(&'static str, &'static [u8])> {
    vec![("provenance.json", PROVENANCE), ("evidence.json", EVIDENCE), ("artifacts/rg", RG)]
}

pub(crate) fn read_paths(paths: &[&Path]) -> Result<Input, Error> {
    let request = Request { paths: paths.iter().map(PathBuf::from).collect(), ..Request::default() };
    read(&request, &mut |_| ControlFlow::Continue(()))
}

/// Reads a file and, where it is one, the same bytes as an archive in memory, which must give the same.
pub(crate) fn read_one(path: &Path) -> Result<Input, Error> {
    let read = read_paths(&[path]);
    // A pipe would never end.
    if !path.is_file() {
        return read;
    }
    let bytes = fs::read(path).unwrap();
    let mut bytes = std::io::Cursor::new(bytes);
    let name = path.display().to_string();
    let other = read_archive(&name, &mut bytes, &Request::default(), &mut |_| ControlFlow::Continue(()));
    match (&read, &other) {
        (_, Err(error)) if matches!(error.kind, ErrorKind::Content { .. }) => {}
        (Ok(one), Ok(other)) => {
            assert_eq!((&one.provenance, &one.files), (&other.provenance, &other.files));
        }
        (one, other) => assert_eq!(one.as_ref().err(), other.as_ref().err()),
    }
    read
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes a bundle as a folder.
pub(crate) fn folder(top: &Path, members: &[(&str, &[u8])]) {
    for (name, content) in members {
        let path = top.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

/// A tar member with its name as it is given, however hostile.
pub(crate) fn tar_member(tar: &mut tar::Builder<Vec<u8>>, name: &str, kind: tar::EntryType, content: &[u8]) {
    let mut header = tar::Header::new_ustar();
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    header.set_entry_type(kind);
    header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
    if kind != tar::EntryType::Regular {
        header.set_link_name("/etc/passwd").unwrap();
    }
    header.set_cksum();
    tar.append(&header, content).unwrap();
}

/// A tar of regular members.
pub(crate) fn tarball(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, content) in members {
        tar_member(&mut tar, name, tar::EntryType::Regular, content);
    }
    tar.into_inner().unwrap()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A zip of deflated members with their names as they are given.
pub(crate) fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut zip = rawzip::ZipArchiveWriter::new(&mut bytes);
    for (name, content) in members {
        let path = rawzip::path::EntryPath::verbatim(name.as_bytes());
        let (mut entry, config) =
            zip.new_file(path).compression_method(rawzip::CompressionMethod::DEFLATE).start().unwrap();
        let encoder = flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::default());
        let mut writer = config.wrap(encoder);
        writer.write_all(content).unwrap();
        let (encoder, descriptor) = writer.finish().unwrap();
        encoder.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    zip.finish().unwrap();
    bytes
}

/// A file in a fresh folder.
pub(crate) fn file(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    fs::write(&path, bytes).unwrap();
    (dir, path)
}
