//! The genuine captures, for tests. They are not part of the repository.

use alloc::vec::Vec;
use std::path::{Path, PathBuf};
use std::println;

/// A folder or file among the captures; `None`, with a line that says so, where they are absent.
pub(crate) fn folder(name: &str) -> Option<PathBuf> {
    let root = match std::env::var_os("KETTLE_VECTORS") {
        Some(given) => PathBuf::from(given),
        None => Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .map(|above| above.join("../shared/vectors"))
            .find(|candidate| candidate.is_dir())
            .unwrap_or_default(),
    };
    let found = Some(root.join(name)).filter(|path| path.exists());
    if found.is_none() {
        println!("genuine captures are absent: `{name}` was not tested");
    }
    found
}

/// The bytes of a capture.
pub(crate) fn bytes(name: &str) -> Option<Vec<u8>> {
    folder(name).map(|path| std::fs::read(path).expect("a readable capture"))
}
