//! What was found among loose files, whose roles are told by their content.

use alloc::string::String;
use alloc::vec::Vec;

use kettle_verifier_core::bundle::ArtifactMode;
use kettle_verifier_core::limits::EVIDENCE_BYTES;

use crate::assemble::Passed;
use crate::collateral::collateral_from_bytes;
use crate::error::{Error, ErrorKind};
use crate::input::{Format, Given, Input, Other, Part, Seen};
use crate::role::Role;

/// The first bytes of a file that are kept to tell its role: one more than a document may have.
pub(crate) const HEAD: usize = EVIDENCE_BYTES + 1;

/// One of the things that were given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Top {
    Folder,
    Archive,
    Loose(Role),
}

/// Which of the things given is the bundle, beside which the others lie: a folder or, where no file is a
/// provenance, an archive. Without any, all are loose files.
pub(crate) fn whole(tops: &[Top]) -> Option<usize> {
    let first = |wanted: Top| tops.iter().position(|top| *top == wanted);
    first(Top::Folder).or_else(|| match first(Top::Loose(Role::Provenance)) {
        Some(_) => None,
        None => first(Top::Archive),
    })
}

/// Takes loose files.
#[derive(Default)]
pub(crate) struct Found {
    provenance: Option<String>,
    evidence: Option<String>,
    others: Vec<(Format, String, Passed)>,
}

impl Found {
    /// Files beside a bundle that has these documents.
    pub(crate) fn beside(provenance: bool, evidence: bool) -> Self {
        let here = |there: bool| there.then(|| "the bundle".into());
        Self { provenance: here(provenance), evidence: here(evidence), others: Vec::new() }
    }

    /// Takes a file that is shown as `here`.
    pub(crate) fn add(
        &mut self,
        here: &str,
        role: Role,
        passed: Passed,
        hash: bool,
        input: &mut Input,
    ) -> Result<(), Error> {
        let mut seen = |part| input.files.push(Seen::new(here, &passed.artifact, part));
        match role {
            Role::Provenance => {
                once(&mut self.provenance, "provenance", here)?;
                seen(Part::Provenance);
                input.provenance = passed.head;
            }
            Role::Evidence => {
                once(&mut self.evidence, "evidence", here)?;
                seen(Part::Evidence);
                input.evidence = passed.head;
            }
            Role::Collateral => {
                seen(Part::Collateral);
                return collateral_from_bytes(&passed.head, here, &mut input.collateral);
            }
            // A glob over a hostile folder would bring the attacker's own policy in.
            Role::Policy => return Err(unasked("a policy", "--policy FILE", here)),
            Role::TrustRoot => return Err(unasked("a trust root", "--trust-root FILE", here)),
            Role::Certificate => self.others.push((Format::Certificate, here.into(), passed)),
            Role::NitroDocument => self.others.push((Format::CompileReport, here.into(), passed)),
            _ => play(here, passed, hash, input),
        }
        Ok(())
    }

    /// Whether provenance and evidence are there.
    pub(crate) const fn there(&self) -> (bool, bool) {
        (self.provenance.is_some(), self.evidence.is_some())
    }

    /// Where the files are those of a bundle, the documents of other systems among them are artifacts.
    pub(crate) fn others_are_artifacts(&mut self, hash: bool, input: &mut Input) {
        for (_, here, passed) in self.others.drain(..) {
            play(&here, passed, hash, input);
        }
    }

    /// The document of another system, where that is what the files hold.
    pub(crate) fn other(&mut self, input: &mut Input) -> Option<Given> {
        if self.provenance.is_some() || self.evidence.is_some() || self.others.len() != 1 {
            return None;
        }
        let (format, here, passed) = self.others.pop()?;
        input.files.push(Seen::new(&here, &passed.artifact, Part::Document));
        let Input { artifacts, files, .. } = core::mem::take(input);
        Some(Given::Other(Other { format, document: passed.head, artifacts: artifacts.files, files }))
    }
}

/// Takes a file as an artifact, where those among the paths are asked for.
fn play(here: &str, passed: Passed, hash: bool, input: &mut Input) {
    let seen = Seen::new(here, &passed.artifact, Part::Artifact);
    if hash {
        input.files.push(seen);
        input.artifacts.mode = ArtifactMode::Loose;
        input.artifacts.files.push(passed.artifact);
    } else {
        let reason = "artifacts were named, or are left aside";
        input.files.push(Seen { part: Part::Nothing, reason, ..seen });
    }
}

fn once(seen: &mut Option<String>, what: &'static str, here: &str) -> Result<(), Error> {
    match seen.replace(here.into()) {
        Some(other) => Err(ErrorKind::Twice { what, other }.of(here)),
        None => Ok(()),
    }
}

fn unasked(what: &'static str, option: &'static str, here: &str) -> Error {
    ErrorKind::Unasked { what, option }.of(here)
}
