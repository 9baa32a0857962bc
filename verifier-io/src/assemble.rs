//! From the members of a folder or archive, in whatever order they come, to a bundle.

use std::io::Read;

use kettle_verifier_core::bundle::ArtifactMode;
use kettle_verifier_core::json::{self, Value};
use kettle_verifier_core::limits::{EVIDENCE_BYTES, PROVENANCE_BYTES};
use kettle_verifier_core::{Artifact, ArtifactSet, Collateral};

use crate::collateral::{COLLATERAL_FILE_BYTES, collateral_from_bytes};
use crate::error::{Error, ErrorKind};
use crate::file::{self, Opened, Passed};
use crate::name::Names;
use crate::read::{ARTIFACTS, EVIDENCE, Ignored, Input, PROVENANCE};
use crate::role::{Role, recognise};
use crate::watch::Watch;

/// Bytes of small files that are kept until their roles are known: both documents and some
/// collateral, several times over.
const KEPT: usize = 64 * 1024 * 1024;

struct Member {
    path: String,
    artifact: Artifact,
    content: Option<Vec<u8>>,
}

/// Collects members.
pub(crate) struct Assembly<'a, 'w> {
    source: &'a str,
    watch: &'a mut Watch<'w>,
    hash: bool,
    names: Names,
    members: Vec<Member>,
    kept: usize,
}

impl<'a, 'w> Assembly<'a, 'w> {
    /// Nothing yet. `source` is named in errors; `hash` says whether artifacts matter at all.
    pub(crate) fn new(source: &'a str, hash: bool, watch: &'a mut Watch<'w>) -> Self {
        Self { source, watch, hash, names: Names::default(), members: Vec::new(), kept: 0 }
    }

    /// Registers a name, so that none comes twice.
    pub(crate) fn name(&mut self, path: &str) -> Result<(), Error> {
        self.names.add(path).map_err(|kind| kind.at(self.source, path))
    }

    /// Takes an archive's member whose name was registered.
    pub(crate) fn member(&mut self, path: &str, size: u64, reader: &mut dyn Read) -> Result<(), Error> {
        let keep = self.keep(path);
        if keep == 0 && !self.hash {
            return Ok(());
        }
        let passed = file::pass(reader, path, Some(size), keep, self.watch);
        self.push(path, passed, keep)
    }

    /// Takes a folder's file.
    pub(crate) fn file(&mut self, path: &str, opened: &mut Opened) -> Result<(), Error> {
        self.name(path)?;
        let keep = self.keep(path);
        if keep == 0 && !self.hash {
            return Ok(());
        }
        let passed = file::pass_file(opened, path, keep, self.watch);
        self.push(path, passed, keep)
    }

    /// How many bytes of a member are kept: of documents one more than they may have, so that the
    /// appraisal sees that they are too many.
    fn keep(&self, path: &str) -> usize {
        let mut parts = path.rsplit('/');
        let wanted = match (parts.next(), parts.count()) {
            (Some(PROVENANCE), 0 | 1) => PROVENANCE_BYTES.saturating_add(1),
            (Some(EVIDENCE), 0 | 1) => EVIDENCE_BYTES.saturating_add(1),
            (_, 0 | 1) => COLLATERAL_FILE_BYTES,
            _ => 0,
        };
        wanted.min(KEPT.saturating_sub(self.kept))
    }

    fn push(&mut self, path: &str, passed: Result<Passed, ErrorKind>, keep: usize) -> Result<(), Error> {
        let passed = passed.map_err(|kind| kind.at(self.source, path))?;
        let artifact = passed.artifact.clone();
        let content = if is_document(path) && keep > COLLATERAL_FILE_BYTES {
            Some(passed.head)
        } else {
            passed.whole()
        };
        self.kept = self.kept.saturating_add(content.as_ref().map_or(0, Vec::len));
        self.members.push(Member { path: path.into(), artifact, content });
        Ok(())
    }

    /// The bundle in a folder.
    pub(crate) fn finish(self) -> Result<Input, Error> {
        self.finish_below("")
    }

    /// The bundle in an archive, which has one top folder or none.
    pub(crate) fn finish_archive(self) -> Result<Input, Error> {
        if self.members.iter().any(|member| is_document(&member.path) && !member.path.contains('/')) {
            return self.finish_below("");
        }
        let mut tops = self.members.iter().map(|member| member.path.split_once('/').map(|(top, _)| top));
        let first = tops.next().flatten();
        let one = tops.all(|top| top == first);
        match first.filter(|_| one) {
            Some(top) => {
                let prefix = format!("{top}/");
                self.finish_below(&prefix)
            }
            None => Err(self.missing("no bundle: an archive holds `provenance.json` and `evidence.json` at its top or in its one folder")),
        }
    }

    fn missing(&self, what: &'static str) -> Error {
        ErrorKind::Missing { what }.of(self.source)
    }

    fn finish_below(mut self, prefix: &str) -> Result<Input, Error> {
        let provenance = self.take(&format!("{prefix}{PROVENANCE}")).ok_or_else(|| {
            self.missing(
                "no `provenance.json`; give the folder or archive that holds it beside `evidence.json`",
            )
        })?;
        let evidence = self.take(&format!("{prefix}{EVIDENCE}")).ok_or_else(|| {
            self.missing("no `evidence.json`; without it nothing can be verified, so fetch the whole bundle")
        })?;
        let subjects = subject_names(&provenance);
        let mut input = Input { provenance, evidence, ..Input::default() };
        input.artifacts.mode = ArtifactMode::Folder;
        let members = core::mem::take(&mut self.members);
        for member in members {
            self.place(member, prefix, &subjects, &mut input)?;
        }
        if !self.hash {
            input.artifacts = ArtifactSet::default();
        }
        Ok(input)
    }

    fn take(&mut self, path: &str) -> Option<Vec<u8>> {
        let index = self.members.iter().position(|member| member.path == path)?;
        self.members.remove(index).content
    }

    fn place(
        &self,
        member: Member,
        prefix: &str,
        subjects: &[String],
        input: &mut Input,
    ) -> Result<(), Error> {
        let path = member.path.strip_prefix(prefix).unwrap_or(&member.path).to_owned();
        if let Some(name) = path.strip_prefix(ARTIFACTS).and_then(|rest| rest.strip_prefix('/')) {
            return self.artifact(name, member.artifact, input);
        }
        if !path.contains('/') && subjects.contains(&path) {
            return self.artifact(&path, member.artifact, input);
        }
        match member.content.as_deref().map(recognise) {
            Some(Role::Collateral) => {
                self.collateral(member, &mut input.collateral);
            }
            Some(Role::Policy) => {
                ignore(input, path, "a policy of the bundle's maker; yours is given with --policy");
            }
            Some(Role::TrustRoot) => {
                ignore(input, path, "a trust root of the bundle's maker; yours is given with --trust-root");
            }
            _ => ignore(input, path, "named by no subject"),
        }
        Ok(())
    }

    /// Collateral that the bundle brings is a hint: what can't be read of it is left aside, and
    /// what can is used only once a pinned root vouches for it.
    fn collateral(&self, member: Member, into: &mut Collateral) {
        let mut read = into.clone();
        let content = member.content.unwrap_or_default();
        if collateral_from_bytes(&content, self.source, &mut read).is_ok() {
            *into = read;
        }
    }

    fn artifact(&self, name: &str, artifact: Artifact, input: &mut Input) -> Result<(), Error> {
        let named = Artifact { name: name.into(), ..artifact };
        match input.artifacts.files.iter().find(|known| known.name == named.name) {
            None => input.artifacts.files.push(named),
            Some(known) if known.sha256 == named.sha256 => {}
            Some(_) => {
                return Err(ErrorKind::Twice {
                    what: "file for this subject",
                    other: format!("{ARTIFACTS}/{name}"),
                }
                .at(self.source, name));
            }
        }
        Ok(())
    }
}

fn ignore(input: &mut Input, name: String, reason: &'static str) {
    input.ignored.push(Ignored { name, reason });
}

fn is_document(path: &str) -> bool {
    matches!(path.rsplit('/').next(), Some(PROVENANCE | EVIDENCE))
}

/// The subjects' names, to tell artifacts from other files. Nothing is decided by them: an artifact
/// is compared with its subject by the appraisal.
fn subject_names(provenance: &[u8]) -> Vec<String> {
    let Ok(document) = json::parse(provenance, PROVENANCE_BYTES) else { return Vec::new() };
    let subjects = document.get("subject").and_then(Value::as_array).unwrap_or_default();
    let names = subjects.iter().filter_map(|subject| subject.get("name")?.as_str());
    names.map(Into::into).collect()
}
