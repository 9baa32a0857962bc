//! The bundle on disk: made whole in a folder beside its place, then moved there in one step. Whatever
//! happens on the way, there is a whole bundle or none.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::failure::{At as _, Done, Failure};
use crate::guard::{Guard, Temporary};
use crate::input_tree::Seed;

/// A bundle that is being made.
#[derive(Debug)]
pub struct Draft {
    folder: Temporary,
    place: PathBuf,
    seed: PathBuf,
}

impl Draft {
    /// A draft for this place, and the place of its seed outside of it, where nothing may be yet.
    ///
    /// # Errors
    /// [`Failure`] where something is there, or where nothing can be written beside it.
    pub fn new(place: &Path, seed: &Path, guard: &Guard) -> Done<Self> {
        for (place, option) in [(place, "--output"), (seed, "--seed")] {
            if fs::symlink_metadata(place).is_ok() {
                return Err(Failure::usage(format!(
                    "`{}` is there already; name another place with {option}, or move it away",
                    place.display()
                )));
            }
        }
        if seed.starts_with(place) {
            return Err(Failure::usage("--seed: the seed is a secret and must not lie in the bundle"));
        }
        let parent = parent(place);
        fs::create_dir_all(parent).at("make the folder", parent)?;
        let folder = guard.folder(parent, ".")?;
        let draft = Self { folder, place: place.to_owned(), seed: seed.to_owned() };
        let artifacts = draft.artifacts();
        fs::create_dir(&artifacts).at("make the folder", &artifacts)?;
        Ok(draft)
    }

    /// The folder that it is made in.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
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

    /// Puts the bundle in its place, and its seed before it: a bundle without one could never prove a
    /// thing. A seed whose bundle does not come is removed.
    ///
    /// # Errors
    /// [`Failure`] where something came there meanwhile.
    pub fn finish(self, seed: &Seed, guard: &Guard) -> Done<PathBuf> {
        use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
        let folder = self.folder.path();
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).at("set the mode of", folder)?;
        // Written elsewhere first, so that no half of it is ever in its place.
        let written = guard.folder(parent(&self.seed), ".")?;
        let whole = written.path().join("seed");
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&whole);
        let done = file.as_mut().map_err(|error| std::io::Error::from(error.kind()));
        done.and_then(|file| file.write_all(seed.text().as_bytes())).at("write", &whole)?;
        fs::hard_link(&whole, &self.seed).at("write", &self.seed)?;
        // Only now, since what was there before would not be ours to remove.
        let told = guard.remove_unless(&self.seed, &self.place);
        if let Err(failure) = told
            .and_then(|()| fs::rename(folder, &self.place).at("put the bundle in its place,", &self.place))
        {
            // What was put there a moment ago is the seed of nothing.
            let _ = fs::remove_file(&self.seed);
            return Err(failure);
        }
        Ok(self.place)
    }
}

/// The folder of a path.
fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
