//! The bundle on disk: made whole in a folder beside its place, then moved there in one step. Whatever
//! happens on the way, there is a whole bundle or none.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{At as _, Done, Failure};
use crate::guard::{Guard, Temporary};

/// A bundle that is being made.
#[derive(Debug)]
pub struct Draft {
    folder: Temporary,
    place: PathBuf,
}

impl Draft {
    /// A draft for this place, where nothing may be yet.
    ///
    /// # Errors
    /// [`Failure`] where something is there, or where nothing can be written beside it.
    pub fn new(place: &Path, guard: &Guard) -> Done<Self> {
        if fs::symlink_metadata(place).is_ok() {
            return Err(Failure::usage(format!(
                "`{}` is there already; name another place with --output, or move it away",
                place.display()
            )));
        }
        let parent = place.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(parent).at("make the folder", parent)?;
        let folder = guard.folder(parent, ".")?;
        let draft = Self { folder, place: place.to_owned() };
        let artifacts = draft.artifacts();
        fs::create_dir(&artifacts).at("make the folder", &artifacts)?;
        Ok(draft)
    }

    /// The folder of the artifacts.
    #[must_use]
    pub fn artifacts(&self) -> PathBuf {
        self.folder.path().join("artifacts")
    }

    /// Writes a document into the bundle.
    ///
    /// # Errors
    /// [`Failure`] where it can't be written.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Done {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).at("write", &path)
    }

    /// Puts the bundle in its place.
    ///
    /// # Errors
    /// [`Failure`] where something came there meanwhile.
    pub fn finish(self) -> Done<PathBuf> {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = self.folder.path();
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).at("set the mode of", folder)?;
        fs::rename(folder, &self.place).at("put the bundle in its place,", &self.place)?;
        Ok(self.place)
    }
}
