//! A bundle in a folder.

use std::path::Path;

use crate::assemble::Assembly;
use crate::error::{Error, ErrorKind, shown};
use crate::file::{self, Opened};
use crate::input::{ARTIFACTS, Input, PROJECT, PROVENANCE};
use crate::name::{self, DEPTH};
use crate::tree::{Folder, Node};
use crate::watch::Watch;

/// Reads a folder, or the `kettle-build` in it.
pub(crate) fn read(path: &Path, hash: bool, watch: &mut Watch<'_>) -> Result<Input, Error> {
    let mut source = shown(path);
    let mut top = Folder::open(path).map_err(|kind| kind.of(&source))?;
    let at = |kind: ErrorKind, place: &str| kind.at(shown(path), place);
    if top.get(PROVENANCE).map_err(|kind| at(kind, PROVENANCE))?.is_none()
        && let Some(Node::Folder(project)) = top.get(PROJECT).map_err(|kind| at(kind, PROJECT))?
    {
        top = project;
        source = shown(&path.join(PROJECT));
    }
    let mut walk = Walk { source: &source, hash, assembly: Assembly::new(hash), watch };
    walk.top(&top)?;
    let whole = |assembly: Assembly| assembly.finish()?.complete();
    whole(walk.assembly).map_err(|error| error.within(&source))
}

struct Walk<'a, 'w> {
    source: &'a str,
    hash: bool,
    assembly: Assembly,
    watch: &'a mut Watch<'w>,
}

impl Walk<'_, '_> {
    /// The files beside `provenance.json`, and the folder of artifacts. Other folders play no part.
    fn top(&mut self, folder: &Folder) -> Result<(), Error> {
        for name in folder.names().map_err(|kind| kind.of(self.source))? {
            match self.get(folder, &name, &name)? {
                Some(Node::File(mut opened)) => self.file(name, &mut opened)?,
                Some(Node::Folder(inner)) if name == ARTIFACTS && self.hash => {
                    self.below(&inner, &name, 1)?;
                }
                Some(Node::Folder(_)) | None => {}
            }
        }
        Ok(())
    }

    fn below(&mut self, folder: &Folder, path: &str, depth: usize) -> Result<(), Error> {
        if depth >= DEPTH {
            return Err(ErrorKind::TooDeep { limit: DEPTH }.at(self.source, path));
        }
        for name in folder.names().map_err(|kind| kind.at(self.source, path))? {
            let inner = format!("{path}/{name}");
            match self.get(folder, &name, &inner)? {
                Some(Node::File(mut opened)) => self.file(inner, &mut opened)?,
                Some(Node::Folder(folder)) => {
                    self.below(&folder, &inner, depth.saturating_add(1))?;
                }
                None => {}
            }
        }
        Ok(())
    }

    fn get(&self, folder: &Folder, name: &str, path: &str) -> Result<Option<Node>, Error> {
        name::component(name).and_then(|()| folder.get(name)).map_err(|kind| kind.at(self.source, path))
    }

    fn file(&mut self, path: String, opened: &mut Opened) -> Result<(), Error> {
        let here = |error: Error| error.within(self.source);
        self.assembly.name(&path).map_err(here)?;
        if let Some(keep) = self.assembly.keep(&path) {
            let passed = file::pass_file(opened, &path, keep, self.watch)
                .map_err(|kind| kind.at(self.source, &path))?;
            self.assembly.take(path, passed);
        }
        Ok(())
    }
}
