//! Where the machine's programs lie.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use super::Mounts;
use crate::failure::{Done, Failure};

/// A program of the path, its links followed.
pub(super) fn find(name: &str) -> Done<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&path).filter(|folder| folder.is_absolute());
    found
        .filter_map(|folder| fs::canonicalize(folder.join(name)).ok())
        .find(|path| path.is_file())
        .ok_or_else(|| Failure::usage(format!("`{name}` is needed and is not in the path; install it")))
}

/// The folders that must be shown for programs which lie in these places: nothing where the system's own
/// folders hold them, which are shown anyway.
pub(super) fn mounts(prefixes: &[&Path]) -> Done<Mounts> {
    let mut mounts = Mounts::new();
    for prefix in prefixes {
        if prefix.starts_with("/usr") || mounts.iter().any(|known| prefix.starts_with(known)) {
            continue;
        }
        // A toolchain right below the root, or one that is somebody's whole home, would show too much.
        let home = env::var_os("HOME").map(PathBuf::from);
        if prefix.components().count() < 3 || home.is_some_and(|home| home.starts_with(prefix)) {
            return Err(Failure::usage(format!(
                "the toolchain in `{}` can't be shown to a build without all that lies beside it; install it in a folder of its own",
                prefix.display()
            )));
        }
        mounts.push(prefix.to_path_buf());
    }
    Ok(mounts)
}

/// The folder that a program's `bin` folder lies in.
pub(super) fn prefix(program: &Path) -> &Path {
    program.parent().and_then(Path::parent).unwrap_or(program)
}
