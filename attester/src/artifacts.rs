//! What the build made: hashed and copied outside the sandbox, after nothing of it runs any more.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use kettle_verifier_core::Artifact;
use kettle_verifier_core::bundle::ArtifactHasher;

use crate::ecosystem::Made;
use crate::failure::{At as _, Done, Failure};

/// Bytes of one artifact.
const ARTIFACT_BYTES: u64 = 16 << 30;

/// The names of what is taken, below the output folder: what is asked for, or what the ecosystem makes.
///
/// # Errors
/// [`Failure`] where nothing is there.
pub fn find(output: &Path, made: &Made, asked: &[String]) -> Done<Vec<PathBuf>> {
    let named = |names: &[String]| names.iter().map(PathBuf::from).collect();
    let (mut found, place): (Vec<PathBuf>, _) = match made {
        _ if !asked.is_empty() => (named(asked), ""),
        Made::Programs(folder) => (files(output, folder, |mode| mode & 0o111 != 0)?, *folder),
        Made::Files => (files(output, "", |_| true)?, "the output folder"),
        Made::Named(names) => (named(names), ""),
    };
    found.sort();
    found.dedup();
    if found.is_empty() {
        return Err(Failure::build(format!(
            "the build left nothing in `{place}`; have it write what it makes below $KETTLE_OUTPUT, and name that with --artifact"
        )));
    }
    Ok(found)
}

/// The plain files right in a folder. Something that only looks like one is left out by nobody unseen.
fn files(output: &Path, folder: &str, wanted: impl Fn(u32) -> bool) -> Done<Vec<PathBuf>> {
    let all = output.join(folder);
    let mut found = Vec::new();
    if !folder.is_empty() && fs::symlink_metadata(&all).is_ok() {
        no_links(output, Path::new(folder)).map_err(|what| refused(Path::new(folder), &what))?;
    }
    let listed = match fs::read_dir(&all) {
        Ok(listed) => listed,
        Err(_) => return Ok(found),
    };
    for entry in listed {
        let entry = entry.at("list", &all)?;
        let metadata = fs::symlink_metadata(entry.path()).at("look at", &entry.path())?;
        // What begins with a dot is for the package manager that left it.
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        let path = Path::new(folder).join(entry.file_name());
        if hidden || metadata.is_dir() {
            continue;
        }
        if !metadata.is_file() {
            let what = if metadata.is_symlink() { "is a link" } else { "is no plain file" };
            return Err(refused(&path, what));
        }
        if wanted(metadata.permissions().mode()) {
            found.push(path);
        }
    }
    Ok(found)
}

/// Copies one artifact into the bundle and hashes the bytes that were copied. Links and devices are
/// refused: what they lead to may be anything. A second name of a file is none: the output folder is a
/// mount of its own in the sandbox, so the other name lies in it too.
///
/// # Errors
/// [`Failure`] where it is no plain file of the build's own.
pub fn take(output: &Path, path: &Path, into: &Path) -> Done<Artifact> {
    let refused = |what: &str| refused(path, what);
    let plain = path.components().all(|part| matches!(part, std::path::Component::Normal(_)));
    let name = path.file_name().and_then(|name| name.to_str()).filter(|_| plain);
    let name = name.ok_or_else(|| refused("has no plain name"))?;
    let at = output.join(path);
    let (file, metadata) = open(output, path).map_err(|what| refused(&what))?;
    if metadata.len() > ARTIFACT_BYTES {
        return Err(refused(&format!("is larger than {} GiB", ARTIFACT_BYTES >> 30)));
    }
    let mut file = file.take(ARTIFACT_BYTES);
    let target = into.join(name);
    let mut copy = File::create_new(&target)
        .map_err(|error| refused(&format!("has the name of another one ({error})")))?;
    let mode = if metadata.permissions().mode() & 0o111 == 0 { 0o644 } else { 0o755 };
    copy.set_permissions(fs::Permissions::from_mode(mode)).at("set the mode of", &target)?;
    let mut hasher = ArtifactHasher::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = file.read(&mut buffer).at("read", &at)?;
        let Some(piece) = buffer.get(..count).filter(|piece| !piece.is_empty()) else { break };
        hasher.update(piece);
        copy.write_all(piece).at("write", &target)?;
    }
    Ok(hasher.finish(name))
}

fn refused(path: &Path, what: &str) -> Failure {
    Failure::build(format!("the artifact `{}` {what}; it can't be attested", path.display()))
}

/// Opens a plain file below a folder that hostile hands wrote: no link is followed, and nothing is waited
/// for.
pub(crate) fn open(folder: &Path, path: &Path) -> Result<(File, Metadata), String> {
    no_links(folder, path)?;
    let opened = OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_CLOEXEC)
        .open(folder.join(path));
    let file = opened.map_err(|error| format!("can't be opened ({error})"))?;
    match file.metadata() {
        Ok(metadata) if metadata.is_file() => Ok((file, metadata)),
        Ok(_) => Err("is no plain file".into()),
        Err(error) => Err(format!("can't be looked at ({error})")),
    }
}

/// No folder on the way may be a link.
pub(crate) fn no_links(output: &Path, path: &Path) -> Result<(), String> {
    let mut at = output.to_owned();
    for part in path.components() {
        at.push(part);
        let metadata = fs::symlink_metadata(&at).map_err(|error| format!("is not there ({error})"))?;
        if metadata.is_symlink() {
            return Err("is a link, or lies behind one".into());
        }
    }
    Ok(())
}
