//! A bundle in a folder.

use std::path::Path;

use crate::assemble::Assembly;
use crate::error::{Error, ErrorKind, shown};
use crate::name::{self, DEPTH};
use crate::read::{ARTIFACTS, Input, PROVENANCE};
use crate::tree::{Folder, Node};
use crate::watch::Watch;

/// Where builders leave the bundle in a project.
const PROJECT: &str = "kettle-build";

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
    let mut assembly = Assembly::new(&source, hash, watch);
    let walk = Walk { source: &source, hash };
    walk.top(&top, &mut assembly)?;
    assembly.finish()
}

struct Walk<'a> {
    source: &'a str,
    hash: bool,
}

impl Walk<'_> {
    /// The files beside `provenance.json`, and the folder of artifacts. Other folders play no part.
    fn top(&self, folder: &Folder, assembly: &mut Assembly<'_, '_>) -> Result<(), Error> {
        for name in folder.names().map_err(|kind| kind.of(self.source))? {
            match self.get(folder, &name, &name)? {
                Some(Node::File(mut opened)) => assembly.file(&name, &mut opened)?,
                Some(Node::Folder(inner)) if name == ARTIFACTS && self.hash => {
                    self.below(&inner, &name, 1, assembly)?;
                }
                Some(Node::Folder(_)) | None => {}
            }
        }
        Ok(())
    }

    fn below(
        &self,
        folder: &Folder,
        path: &str,
        depth: usize,
        assembly: &mut Assembly<'_, '_>,
    ) -> Result<(), Error> {
        if depth >= DEPTH {
            return Err(ErrorKind::TooDeep { limit: DEPTH }.at(self.source, path));
        }
        for name in folder.names().map_err(|kind| kind.at(self.source, path))? {
            let inner = format!("{path}/{name}");
            match self.get(folder, &name, &inner)? {
                Some(Node::File(mut opened)) => assembly.file(&inner, &mut opened)?,
                Some(Node::Folder(folder)) => {
                    self.below(&folder, &inner, depth.saturating_add(1), assembly)?;
                }
                None => {}
            }
        }
        Ok(())
    }

    fn get(&self, folder: &Folder, name: &str, path: &str) -> Result<Option<Node>, Error> {
        name::component(name).and_then(|()| folder.get(name)).map_err(|kind| kind.at(self.source, path))
    }
}
