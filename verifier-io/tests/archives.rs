//! Archives: the sound ones in every packing, and the hostile ones.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "a test stops where something is not as it should be"
)]

mod common;

use common::{
    EVIDENCE, PROVENANCE, RG, RG_SHA256, file, gzip, hex, read_one, sound, tar_member, tarball, zipped,
};
use kettle_verifier_core::bundle::ArtifactMode;
use kettle_verifier_io::ErrorKind;
use tar::EntryType;

type Members = Vec<(&'static str, &'static [u8])>;
type Packer = fn(&[(&str, &[u8])]) -> Vec<u8>;

const PACKERS: [(&str, Packer); 3] =
    [("a.tar", tarball), ("a.tar.gz", |members| gzip(&tarball(members))), ("a.zip", zipped)];

fn kind_of(name: &str, bytes: &[u8]) -> ErrorKind {
    let (_dir, path) = file(name, bytes);
    let error = read_one(&path).expect_err("a hostile archive must not be read");
    assert!(error.file.ends_with(name), "the error names the archive: {error}");
    error.into_refusal().kind
}

/// The error for a sound bundle with members added to it, in every packing.
fn kinds_with(extra: &[(&'static str, &'static [u8])]) -> Vec<ErrorKind> {
    let members: Members = sound().into_iter().chain(extra.iter().copied()).collect();
    PACKERS.iter().map(|(name, pack)| kind_of(name, &pack(&members))).collect()
}

#[test]
fn sound_archives_in_any_order_with_one_top_or_none() {
    let plain = sound();
    let reversed: Members = sound().into_iter().rev().collect();
    let dotted: Members =
        vec![("./artifacts/rg", RG), ("./provenance.json", PROVENANCE), ("./evidence.json", EVIDENCE)];
    let below: Members =
        vec![("b/artifacts/rg", RG), ("b/provenance.json", PROVENANCE), ("b/evidence.json", EVIDENCE)];
    for members in [plain, reversed, dotted, below] {
        for (name, pack) in PACKERS {
            let (_dir, path) = file(name, &pack(&members));
            let input = read_one(&path).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!((input.provenance.as_slice(), input.evidence.as_slice()), (PROVENANCE, EVIDENCE));
            assert_eq!(input.artifacts.mode, ArtifactMode::Folder);
            let [rg] = input.artifacts.files.as_slice() else { panic!("one artifact in {name}") };
            assert_eq!((rg.name.as_str(), rg.size, hex(&rg.sha256).as_str()), ("rg", 15, RG_SHA256));
        }
    }
}

#[test]
fn an_archive_is_known_by_its_content_and_not_by_its_name() {
    let (_dir, path) = file("download", &gzip(&tarball(&sound())));
    assert!(read_one(&path).is_ok());
}

#[test]
fn an_artifact_may_lie_beside_the_provenance_if_it_is_named_like_a_subject() {
    let members: Members =
        vec![("rg", RG), ("other", RG), ("provenance.json", PROVENANCE), ("evidence.json", EVIDENCE)];
    let (_dir, path) = file("a.tar", &tarball(&members));
    let input = read_one(&path).unwrap();
    let names: Vec<&str> = input.artifacts.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["rg"]);
    assert_eq!(input.ignored().into_iter().map(|file| file.name).collect::<Vec<_>>(), ["other"]);
}

#[test]
fn two_different_files_for_one_subject_are_refused() {
    for kind in kinds_with(&[("rg", b"another binary")]) {
        assert!(matches!(kind, ErrorKind::Twice { .. }), "{kind}");
    }
}

#[test]
fn the_bundles_own_policy_and_trust_root_are_left_aside() {
    let members: Members = sound()
        .into_iter()
        .chain([
            ("policy.json", br#"{"schema":"kettle-policy/v1"}"#.as_slice()),
            ("roots.json", br#"{"schema":"kettle-trust-root/v1"}"#),
        ])
        .collect();
    let (_dir, path) = file("a.zip", &zipped(&members));
    let input = read_one(&path).unwrap();
    let ignored: Vec<String> = input.ignored().into_iter().map(|file| file.name).collect();
    assert_eq!(ignored, ["policy.json", "roots.json"]);
    assert_eq!(input.artifacts.files.len(), 1);
}

#[test]
fn names_that_leave_the_archive_are_refused() {
    for name in ["../x", "artifacts/../../x", "/etc/passwd", "artifacts\\x", "C:/x", "artifacts//x", "a/./x"]
    {
        for kind in kinds_with(&[(name, b"x")]) {
            assert!(matches!(kind, ErrorKind::Name { .. }), "{name}: {kind}");
        }
    }
    // A tar's header ends a name at NUL, so only a zip can hold one.
    let members: Members = sound().into_iter().chain([("artifacts/a\0b", b"x".as_slice())]).collect();
    assert!(matches!(kind_of("a.zip", &zipped(&members)), ErrorKind::Name { .. }));
}

#[test]
fn names_that_are_no_utf8_are_refused() {
    let (_dir, path) = file("a.zip", &{
        let mut bytes = zipped(&[("provenance.json", PROVENANCE), ("artifacts/@@@", RG)]);
        for at in 0..bytes.len() - 3 {
            if &bytes[at..at + 3] == b"@@@" {
                bytes[at] = 0xff;
            }
        }
        bytes
    });
    assert!(matches!(read_one(&path).unwrap_err().kind, ErrorKind::Name { .. }));
}

#[test]
fn duplicates_and_twins_are_refused() {
    for kind in kinds_with(&[("artifacts/rg", b"another")]) {
        assert_eq!(kind, ErrorKind::Duplicate);
    }
    for kind in kinds_with(&[("./provenance.json", PROVENANCE)]) {
        assert_eq!(kind, ErrorKind::Duplicate);
    }
    for kind in kinds_with(&[("artifacts/RG", RG)]) {
        assert!(matches!(kind, ErrorKind::Twin { .. }), "{kind}");
    }
    for kind in kinds_with(&[("artifacts/\u{e9}", RG), ("artifacts/e\u{301}", RG)]) {
        assert!(matches!(kind, ErrorKind::Twin { .. }), "{kind}");
    }
}

#[test]
fn links_devices_and_pipes_are_refused() {
    let cases = [
        (EntryType::Symlink, "a symbolic link"),
        (EntryType::Link, "a hard link"),
        (EntryType::Char, "a device"),
        (EntryType::Block, "a device"),
        (EntryType::Fifo, "a pipe"),
        (EntryType::new(b'Z'), "a member of an unknown kind"),
    ];
    for (kind, what) in cases {
        let mut tar = tar::Builder::new(Vec::new());
        tar_member(&mut tar, "artifacts/rg", kind, b"");
        let bytes = tar.into_inner().unwrap();
        assert_eq!(kind_of("a.tar", &bytes), ErrorKind::Special { what });
    }
    let mut sparse = tar::Header::new_gnu();
    sparse.set_entry_type(EntryType::GNUSparse);
    sparse.set_path("artifacts/rg").unwrap();
    sparse.set_size(0);
    sparse.as_gnu_mut().unwrap().set_real_size(0);
    sparse.set_cksum();
    let mut tar = tar::Builder::new(Vec::new());
    tar.append(&sparse, std::io::empty()).unwrap();
    let bytes = tar.into_inner().unwrap();
    assert_eq!(kind_of("a.tar", &bytes), ErrorKind::Special { what: "a sparse member" });
}

/// Sets the external attributes of every member: the Unix mode is their upper half.
fn zip_with_mode(mode: u16) -> Vec<u8> {
    let mut bytes = zipped(&sound());
    let directory = find(&bytes, b"PK\x01\x02", 0);
    let mut at = Some(directory);
    while let Some(start) = at {
        // Made on Unix, so that the mode counts (APPNOTE 4.4.2).
        bytes[start + 5] = 3;
        bytes[start + 40..start + 42].copy_from_slice(&mode.to_le_bytes());
        at = find_from(&bytes, b"PK\x01\x02", start + 4);
    }
    bytes
}

fn find(bytes: &[u8], mark: &[u8], from: usize) -> usize {
    find_from(bytes, mark, from).expect("the mark is there")
}

fn find_from(bytes: &[u8], mark: &[u8], from: usize) -> Option<usize> {
    bytes[from..].windows(mark.len()).position(|window| window == mark).map(|at| from + at)
}

#[test]
fn special_members_of_a_zip_are_refused() {
    let (_dir, path) = file("a.zip", &zip_with_mode(0o100_644));
    assert!(read_one(&path).is_ok());
    for mode in [0o120_777, 0o010_644, 0o020_644, 0o060_644, 0o140_644] {
        let kind = kind_of("a.zip", &zip_with_mode(mode));
        assert!(matches!(kind, ErrorKind::Special { .. }), "{mode:o}: {kind}");
    }
}

#[test]
fn encrypted_members_and_other_compressions_are_refused() {
    let mut encrypted = zipped(&sound());
    let directory = find(&encrypted, b"PK\x01\x02", 0);
    encrypted[directory + 8] |= 1;
    assert_eq!(kind_of("a.zip", &encrypted), ErrorKind::Encrypted);

    let mut squeezed = zipped(&sound());
    let directory = find(&squeezed, b"PK\x01\x02", 0);
    squeezed[directory + 10] = 12;
    assert!(matches!(kind_of("a.zip", &squeezed), ErrorKind::Compression { .. }));
}

#[test]
fn a_zip_whose_headers_disagree_is_refused() {
    let mut bytes = zipped(&sound());
    let local = find(&bytes, b"provenance.json", 0);
    bytes[local] = b'P';
    assert!(matches!(kind_of("a.zip", &bytes), ErrorKind::Archive { .. }));
}

#[test]
fn a_zip_whose_members_share_data_is_refused() {
    // The second entry of the directory points at the first one's data and calls it by its name.
    let mut bytes = zipped(&[
        ("provenance.json", PROVENANCE),
        ("evidence.json", EVIDENCE),
        ("artifacts/aa", RG),
        ("artifacts/ab", RG),
    ]);
    let first = find(&bytes, b"PK\x03\x04", find(&bytes, b"evidence.json", 0));
    let directory = find(&bytes, b"PK\x01\x02", 0);
    let last = find(&bytes, b"artifacts/ab", directory) - 46;
    bytes[last + 42..last + 46].copy_from_slice(&(first as u32).to_le_bytes());
    let kind = kind_of("a.zip", &bytes);
    assert!(matches!(kind, ErrorKind::Overlap | ErrorKind::Archive { .. }), "{kind}");
}

#[test]
fn a_member_that_unpacks_to_another_size_or_checksum_is_refused() {
    let sizes = zipped(&sound());
    let directory = find(&sizes, b"PK\x01\x02", 0);
    for field in [16, 24] {
        let mut bytes = sizes.clone();
        bytes[directory + field] ^= 1;
        assert!(matches!(kind_of("a.zip", &bytes), ErrorKind::Archive { .. }), "field {field}");
    }
}

#[test]
fn bytes_after_the_end_are_refused() {
    let mut tar = tarball(&sound());
    tar.extend_from_slice(&tarball(&[("artifacts/hidden", RG)]));
    assert_eq!(kind_of("a.tar", &tar), ErrorKind::Trailing);
    assert_eq!(kind_of("a.tar.gz", &gzip(&tar)), ErrorKind::Trailing);

    let mut zip = zipped(&sound());
    zip.push(0);
    let kind = kind_of("a.zip", &zip);
    assert!(matches!(kind, ErrorKind::Trailing | ErrorKind::Archive { .. }), "{kind}");

    let mut gz = gzip(&tarball(&sound()));
    gz.extend_from_slice(b"junk");
    assert!(matches!(kind_of("a.tar.gz", &gz), ErrorKind::Archive { .. }));

    // Some readers would take the second for more of the first.
    let twice = gzip(&tarball(&sound())).repeat(2);
    assert!(matches!(kind_of("a.tar.gz", &twice), ErrorKind::Archive { .. }));

    let lone = kind_of("provenance.json.gz", &gzip(&[b'{'; 1024])).to_string();
    assert!(lone.starts_with("not a sound archive: ") && !lone.contains('{'), "{lone}");
}

#[test]
fn zeros_after_the_end_of_a_tar_are_its_padding() {
    let mut tar = tarball(&sound());
    tar.extend_from_slice(&[0; 10_240]);
    let (_dir, path) = file("a.tar", &tar);
    assert!(read_one(&path).is_ok());
}

#[test]
fn truncations_are_refused_or_lack_a_part() {
    for (name, pack) in PACKERS {
        let whole = pack(&sound());
        for length in (0..whole.len()).step_by(37) {
            let (_dir, path) = file(name, &whole[..length]);
            // A tar that ends behind its last member is whole but for its end mark.
            let cut = read_one(&path);
            assert!(cut.is_err() || name == "a.tar" && length >= whole.len() - 1024, "{name} of {length}");
        }
    }
}

#[test]
fn damaged_compression_is_refused() {
    let whole = gzip(&tarball(&sound()));
    // The first ten bytes are the header of gzip, of which some mean nothing.
    for at in (10..whole.len()).step_by(7) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        let (_dir, path) = file("a.tar.gz", &bytes);
        assert!(read_one(&path).is_err(), "byte {at}");
    }
}

#[test]
fn a_bomb_of_zeros_is_refused() {
    // 2 GiB of zeros in 2 MiB: a thousand times smaller, which no build is. Zeros that end at a byte need
    // nothing of what was before, so they are deflated once and repeated.
    const PIECE: usize = 16 << 20;
    let mut header = tar::Header::new_gnu();
    header.set_size(128 * PIECE as u64);
    header.set_path("artifacts/rg").unwrap();
    header.set_cksum();
    let deflated = |plain: &[u8]| {
        let mut deflate = flate2::Compress::new(flate2::Compression::default(), false);
        let mut packed = Vec::with_capacity(plain.len());
        deflate.compress_vec(plain, &mut packed, flate2::FlushCompress::Full).unwrap();
        packed
    };
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    bytes.extend(deflated(header.as_bytes()));
    bytes.extend(deflated(&vec![0; PIECE]).repeat(128));
    assert!(bytes.len() < 4 << 20);
    let kind = kind_of("a.tgz", &bytes);
    assert!(matches!(kind, ErrorKind::Expands { .. }), "{kind}");
}

#[test]
fn a_document_that_is_too_large_is_cut_for_the_appraisal_to_refuse() {
    let large = vec![b' '; 11 << 20];
    let (_dir, path) =
        file("a.tar.gz", &gzip(&tarball(&[("evidence.json", &large), ("provenance.json", PROVENANCE)])));
    let input = read_one(&path).unwrap();
    assert_eq!(input.evidence.len(), kettle_verifier_core::limits::EVIDENCE_BYTES + 1);
}

#[test]
fn an_archive_without_a_bundle_says_what_is_missing() {
    for (name, pack) in PACKERS {
        for members in [
            vec![("README", RG)],
            vec![("provenance.json", PROVENANCE)],
            vec![("evidence.json", EVIDENCE)],
            vec![("a/provenance.json", PROVENANCE), ("b/evidence.json", EVIDENCE)],
        ] {
            assert!(matches!(kind_of(name, &pack(&members)), ErrorKind::Missing { .. }), "{members:?}");
        }
    }
}

#[test]
fn a_pax_header_of_git_archive_is_no_member() {
    let mut tar = tar::Builder::new(Vec::new());
    tar_member(&mut tar, "pax_global_header", EntryType::XGlobalHeader, b"19 comment=0123456\n");
    for (name, content) in sound() {
        tar_member(&mut tar, name, EntryType::Regular, content);
    }
    let (_dir, path) = file("a.tar", &tar.into_inner().unwrap());
    assert!(read_one(&path).is_ok());
}
