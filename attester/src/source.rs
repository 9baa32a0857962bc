//! The commit as it is in the repository, exported into a clean folder.
//!
//! Objects are read through a library: no hook, filter, file-system monitor or include of a hostile
//! `.git/config` runs. The library does not compare an object with its name, so everything is hashed
//! again here: the commit from its bytes, the tree from the files that were written.

mod export;
mod tree;

use std::path::{Path, PathBuf};

use gix::ObjectId;

use crate::failure::{Done, Failure};

/// What is built.
#[derive(Debug, Clone)]
pub struct Source {
    /// Where the project says that it comes from, without credentials. A claim of whoever builds.
    pub uri: String,
    /// The commit.
    pub commit: String,
    /// Its tree, recomputed from the exported files.
    pub tree: String,
    /// When the commit was made, seconds since 1970: the time that a reproducible build uses.
    pub time: u64,
    /// The exported files, sorted by path.
    pub files: Vec<SourceFile>,
    /// The folder that they lie in.
    pub folder: PathBuf,
}

/// One exported file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// The path below the folder.
    pub path: String,
    /// The mode, as Git has it.
    pub mode: Mode,
    /// SHA-256 of the bytes, or of the target of a link.
    pub sha256: [u8; 32],
}

/// The modes of files in a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A file.
    File,
    /// A file that can be executed.
    Executable,
    /// A symbolic link.
    Link,
}

impl Mode {
    /// The mode as Git writes it.
    #[must_use]
    pub const fn octal(self) -> &'static str {
        match self {
            Self::File => "100644",
            Self::Executable => "100755",
            Self::Link => "120000",
        }
    }
}

impl Source {
    /// Whether the commit has a link of this path.
    #[must_use]
    pub fn is_link(&self, path: &str) -> bool {
        self.files.iter().any(|file| file.path == path && file.mode == Mode::Link)
    }

    /// SHA-256 over `mode SP sha256 SP path LF` of every file, sorted by path: what Git's tree says with
    /// SHA-1, said with SHA-256.
    #[must_use]
    pub fn manifest_sha256(&self) -> String {
        let mut text = String::new();
        for file in &self.files {
            text += &format!("{} {} {}\n", file.mode.octal(), crate::hex(&file.sha256), file.path);
        }
        crate::sha256_hex(text.as_bytes())
    }
}

/// Exports the commit of a repository into an empty folder.
///
/// `reference` is a branch, a tag or a full commit id; without it, what is checked out.
///
/// # Errors
/// [`Failure`] where there is no such commit, where an object is not what its name says, or where the
/// tree has something that can't be exported.
pub fn export(project: &Path, reference: Option<&str>, uri: Option<&str>, into: &Path) -> Done<Source> {
    let repository = open(project)?;
    let (commit, uri) = named(&repository, reference, uri)?;
    let (tree, time) = commit_of(&repository, commit)?;
    let files = export::export(&repository, tree, into)?;
    let recomputed = tree::recompute(&files, into)?;
    if recomputed != tree {
        return Err(Failure::build(format!(
            "the tree of the exported files is {recomputed}, and commit {commit} names {tree}: the repository is damaged"
        )));
    }
    Ok(Source {
        uri,
        commit: commit.to_string(),
        tree: tree.to_string(),
        time,
        files,
        folder: into.to_owned(),
    })
}

/// Opens a repository without believing its configuration.
pub(crate) fn open(project: &Path) -> Done<gix::Repository> {
    gix::open_opts(project, gix::open::Options::isolated()).map_err(|error| {
        Failure::usage(format!(
            "`{}` is no Git repository ({error}); an attested build needs a commit to name",
            project.display()
        ))
    })
}

/// The commit that is meant, and where the source says that it comes from.
pub(crate) fn named(
    repository: &gix::Repository,
    reference: Option<&str>,
    uri: Option<&str>,
) -> Done<(ObjectId, String)> {
    let commit = resolve(repository, reference)?;
    Ok((commit, uri.map_or_else(|| origin(repository), |uri| Ok(uri.to_owned()))?))
}

fn resolve(repository: &gix::Repository, reference: Option<&str>) -> Done<ObjectId> {
    let Some(name) = reference else {
        let head = repository.head_id().map_err(|error| {
            Failure::usage(format!(
                "nothing is checked out that could be built ({error}); make a commit first"
            ))
        })?;
        return Ok(head.detach());
    };
    if let Ok(id) = ObjectId::from_hex(name.as_bytes()) {
        return Ok(id);
    }
    let found = repository.find_reference(name).ok().and_then(|mut found| found.peel_to_id().ok());
    found.map(gix::Id::detach).ok_or_else(|| {
        Failure::usage(format!("`{name}` is no branch, tag or full commit id of this repository"))
    })
}

/// The tree and time of a commit whose bytes have its name.
fn commit_of(repository: &gix::Repository, id: ObjectId) -> Done<(ObjectId, u64)> {
    let object = repository
        .find_object(id)
        .map_err(|error| Failure::usage(format!("commit {id} is not in this repository: {error}")))?;
    if object.kind != gix::object::Kind::Commit {
        return Err(Failure::usage(format!("{id} is a {} and not a commit", object.kind)));
    }
    let damaged = |what: &str| Failure::build(format!("commit {id} is damaged: {what}"));
    let named = gix::objs::compute_hash(id.kind(), object.kind, &object.data)
        .map_err(|_| damaged("its bytes look like an attack on SHA-1"))?;
    if named != id {
        return Err(damaged("its bytes have another name"));
    }
    let commit =
        gix::objs::CommitRef::from_bytes(&object.data, id.kind()).map_err(|_| damaged("it can't be read"))?;
    let time = commit.time().ok().and_then(|time| u64::try_from(time.seconds).ok()).unwrap_or_default();
    Ok((commit.tree(), time))
}

/// The address of the remote `origin`, without credentials.
fn origin(repository: &gix::Repository) -> Done<String> {
    let url = repository.config_snapshot().string("remote.origin.url").map(|url| url.to_string());
    url.map(|url| without_credentials(&url)).filter(|url| !url.is_empty()).ok_or_else(|| {
        Failure::usage("the repository has no remote `origin`; say where the source is with --source-uri")
    })
}

/// A token in a remote's address is nobody else's business.
fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests;
