//! From the members of a folder or archive, in whatever order they come, to a bundle.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use kettle_verifier_core::bundle::ArtifactMode;
use kettle_verifier_core::json::{self, Value};
use kettle_verifier_core::limits::{EVIDENCE_BYTES, PROVENANCE_BYTES};
use kettle_verifier_core::{Artifact, ArtifactSet, Collateral};

use crate::collateral::{COLLATERAL_FILE_BYTES, collateral_from_bytes};
use crate::error::{Error, ErrorKind};
use crate::input::{ARTIFACTS, EVIDENCE, Input, PROVENANCE, Part, Seen};
use crate::name::Names;
use crate::role::{Role, recognise};

/// Bytes of small files that are kept until their roles are known: both documents and some
/// collateral, several times over.
const KEPT: usize = 64 * 1024 * 1024;

/// What one pass over a file yields.
pub(crate) struct Passed {
    /// Its digest and size.
    pub(crate) artifact: Artifact,
    /// Its first bytes, up to what was asked to be kept; all of them where there are no more.
    pub(crate) head: Vec<u8>,
}

impl Passed {
    /// The whole content, where no more bytes were there than were kept.
    pub(crate) fn whole(self) -> Option<Vec<u8>> {
        let length = u64::try_from(self.head.len()).unwrap_or(u64::MAX);
        (length == self.artifact.size).then_some(self.head)
    }
}

struct Member {
    path: String,
    artifact: Artifact,
    content: Option<Vec<u8>>,
}

/// Collects members. Errors have no file.
pub(crate) struct Assembly {
    hash: bool,
    names: Names,
    members: Vec<Member>,
    kept: usize,
}

/// What was put together, whether or not it is whole.
pub(crate) struct Draft {
    pub(crate) input: Input,
    provenance: Option<&'static str>,
    evidence: Option<&'static str>,
}

impl Draft {
    /// The bundle, if both documents are there.
    #[cfg(feature = "files")]
    pub(crate) fn complete(self) -> Result<Input, Error> {
        match self.provenance.or(self.evidence) {
            Some(what) => Err(ErrorKind::Missing { what }.of("")),
            None => Ok(self.input),
        }
    }

    /// Whether provenance and evidence are there.
    pub(crate) const fn there(&self) -> (bool, bool) {
        (self.provenance.is_none(), self.evidence.is_none())
    }
}

impl Assembly {
    /// Nothing yet. `hash` says whether artifacts matter at all.
    pub(crate) fn new(hash: bool) -> Self {
        Self { hash, names: Names::default(), members: Vec::new(), kept: 0 }
    }

    /// Registers a name, so that none comes twice.
    pub(crate) fn name(&mut self, path: &str) -> Result<(), Error> {
        self.names.add(path).map_err(|kind| kind.at("", path))
    }

    /// How many bytes of a member are kept, and whether it is read at all: of documents one more than they
    /// may have, so that the appraisal sees that they are too many.
    pub(crate) fn keep(&self, path: &str) -> Option<usize> {
        let mut parts = path.rsplit('/');
        let wanted = match (parts.next(), parts.count()) {
            (Some(PROVENANCE), 0 | 1) => PROVENANCE_BYTES.saturating_add(1),
            (Some(EVIDENCE), 0 | 1) => EVIDENCE_BYTES.saturating_add(1),
            (_, 0 | 1) => COLLATERAL_FILE_BYTES,
            _ => 0,
        };
        let keep = wanted.min(KEPT.saturating_sub(self.kept));
        (keep > 0 || self.hash).then_some(keep)
    }

    /// Takes a member whose name was registered, with the bytes of it that were to be kept.
    pub(crate) fn take(&mut self, path: String, passed: Passed) {
        let artifact = passed.artifact.clone();
        let content = if is_document(&path) && passed.head.len() > COLLATERAL_FILE_BYTES {
            Some(passed.head)
        } else {
            passed.whole()
        };
        self.kept = self.kept.saturating_add(content.as_ref().map_or(0, Vec::len));
        self.members.push(Member { path, artifact, content });
    }

    /// The bundle in a folder.
    pub(crate) fn finish(self) -> Result<Draft, Error> {
        self.finish_below(
            "",
            "no `provenance.json`; give the folder or archive that holds it beside `evidence.json`",
        )
    }

    /// The bundle in an archive, which has one top folder or none.
    pub(crate) fn finish_archive(self) -> Result<Draft, Error> {
        if self.members.iter().any(|member| is_document(&member.path) && !member.path.contains('/')) {
            return self.finish();
        }
        let mut tops = self.members.iter().map(|member| member.path.split_once('/').map(|(top, _)| top));
        let first = tops.next().flatten();
        let one = tops.all(|top| top == first);
        let prefix = first.filter(|_| one).map(|top| format!("{top}/")).unwrap_or_default();
        self.finish_below(
            &prefix,
            "no bundle: an archive holds `provenance.json` and `evidence.json` at its top or in its one folder",
        )
    }

    fn finish_below(mut self, prefix: &str, no_provenance: &'static str) -> Result<Draft, Error> {
        let mut input = Input::default();
        let provenance = self.document(prefix, PROVENANCE, Part::Provenance, &mut input);
        let evidence = self.document(prefix, EVIDENCE, Part::Evidence, &mut input);
        let no_evidence = "no `evidence.json` beside `provenance.json`; without it nothing can be verified, so fetch the whole bundle";
        let missing = |found: &Option<Vec<u8>>, what| found.is_none().then_some(what);
        let (without_provenance, without_evidence) =
            (missing(&provenance, no_provenance), missing(&evidence, no_evidence));
        input.provenance = provenance.unwrap_or_default();
        input.evidence = evidence.unwrap_or_default();
        let subjects = subject_names(&input.provenance);
        input.artifacts.mode = ArtifactMode::Folder;
        for member in self.members {
            place(member, prefix, &subjects, &mut input)?;
        }
        if !self.hash {
            input.artifacts = ArtifactSet::default();
        }
        Ok(Draft { input, provenance: without_provenance, evidence: without_evidence })
    }

    fn document(&mut self, prefix: &str, name: &str, part: Part, input: &mut Input) -> Option<Vec<u8>> {
        let named = |member: &Member| member.path.strip_prefix(prefix) == Some(name);
        let index = self.members.iter().position(named)?;
        let member = self.members.remove(index);
        input.files.push(Seen::new(name, &member.artifact, part));
        member.content
    }
}

fn place(member: Member, prefix: &str, subjects: &[String], input: &mut Input) -> Result<(), Error> {
    let path = member.path.strip_prefix(prefix).unwrap_or(&member.path).to_owned();
    let artifact_name = path.strip_prefix(ARTIFACTS).and_then(|rest| rest.strip_prefix('/'));
    let beside = (!path.contains('/') && subjects.contains(&path)).then_some(path.as_str());
    if let Some(name) = artifact_name.or(beside) {
        input.files.push(Seen::new(&path, &member.artifact, Part::Artifact));
        return artifact(name, member.artifact, input);
    }
    let seen = |part| Seen::new(&path, &member.artifact, part);
    let left = |reason| Seen { reason, ..seen(Part::Nothing) };
    let seen = match member.content.as_deref().map(recognise) {
        Some(Role::Collateral) => {
            collateral(member.content.as_deref().unwrap_or_default(), &mut input.collateral);
            seen(Part::Collateral)
        }
        Some(Role::Policy) => left("a policy of the bundle's maker; yours is given with --policy"),
        Some(Role::TrustRoot) => left("a trust root of the bundle's maker; yours is given with --trust-root"),
        _ => left("named by no subject"),
    };
    input.files.push(seen);
    Ok(())
}

/// Collateral that the bundle brings is a hint: what can't be read of it is left aside, and
/// what can is used only once a pinned root vouches for it.
fn collateral(content: &[u8], into: &mut Collateral) {
    let mut read = into.clone();
    if collateral_from_bytes(content, "", &mut read).is_ok() {
        *into = read;
    }
}

fn artifact(name: &str, artifact: Artifact, input: &mut Input) -> Result<(), Error> {
    let named = Artifact { name: name.into(), ..artifact };
    match input.artifacts.files.iter().find(|known| known.name == named.name) {
        None => input.artifacts.files.push(named),
        Some(known) if known.sha256 == named.sha256 => {}
        Some(_) => {
            let other = format!("{ARTIFACTS}/{name}");
            return Err(ErrorKind::Twice { what: "file for this subject", other }.at("", name));
        }
    }
    Ok(())
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
