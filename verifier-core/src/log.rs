//! The one place where checks are performed.
//!
//! A [`Log`] begins with every check of the platform as not reached. A check gets another status
//! only by being performed here, so one that was forgotten can't read as passed. A stage that
//! can't go on returns [`Stopped`], and everything after it stays not reached.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::ptr;

use crate::collateral::Need;
use crate::policy::Policy;
use crate::text::echo;
use crate::verdict::{Authority, Check, CheckSpec, Claim, Link, Note, NoteKind, Status};

#[cfg(test)]
mod tests;

/// A stage could not go on. The log holds why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a stage that stopped must stop its caller"]
pub struct Stopped(());

impl Stopped {
    /// For a stage that gathers several failed checks before it stops.
    pub(crate) const fn after_failure() -> Self {
        Self(())
    }
}

/// What a check compared: expected, found and where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Finding(Box<Texts>);

/// Behind one address, since findings are handed on through every layer of a stage: 36 bytes moved
/// at each of them are a tenth of the library's code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Texts {
    expected: String,
    found: String,
    location: String,
}

impl Finding {
    /// A finding. Untrusted text is cut to [`crate::limits::ECHO_CHARS`] and its control and
    /// direction-changing characters are escaped.
    #[inline(never)]
    pub fn new<'t, 'u>(expected: impl Into<Cow<'t, str>>, found: impl Into<Cow<'u, str>>) -> Self {
        Self(Box::new(Texts { expected: echo(expected), found: echo(found), location: String::new() }))
    }

    /// The same finding with its place: a JSON pointer or a byte range.
    #[must_use]
    #[inline(never)]
    pub fn at<'t>(mut self, location: impl Into<Cow<'t, str>>) -> Self {
        self.0.location = echo(location);
        self
    }
}

struct Entry {
    spec: &'static CheckSpec,
    status: Status,
    /// None before the check was performed.
    finding: Option<Finding>,
}

/// The record of one appraisal.
pub struct Log<'p> {
    policy: &'p Policy,
    entries: Vec<Entry>,
    /// Where the check stands that was recorded last.
    last: usize,
    claims: Vec<Claim>,
    links: Vec<(Place, Link)>,
    notes: Vec<Note>,
    unauthenticated: Vec<String>,
    needs: Option<Vec<Need>>,
}

/// Where a link lies in the chain, nearest to the artifact first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// From an artifact to the subject that names it.
    Artifact,
    /// From a subject to the provenance that it stands in.
    Subject,
    /// From the provenance to the attested bytes.
    Provenance,
    /// From the attested bytes to the vendor root.
    Evidence,
}

impl<'p> Log<'p> {
    /// A log in which nothing was reached yet. `specs` are the checks in pipeline order.
    #[must_use]
    pub fn new(policy: &'p Policy, specs: impl Iterator<Item = &'static CheckSpec>) -> Self {
        let mut entries = Vec::with_capacity(USUAL_ENTRIES);
        entries.extend(specs.map(|spec| Entry { spec, status: Status::NotReached, finding: None }));
        Self {
            policy,
            entries,
            last: 0,
            claims: Vec::with_capacity(USUAL_ENTRIES),
            links: Vec::new(),
            notes: Vec::new(),
            unauthenticated: Vec::new(),
            needs: None,
        }
    }

    /// The same log, which also records what the evidence needs beside itself.
    pub(crate) fn with_needs(mut self) -> Self {
        self.needs = Some(Vec::new());
        self
    }

    /// Performs a check on which the rest of the stage depends.
    ///
    /// # Errors
    /// [`Stopped`] when it does not hold and the policy does not waive it.
    #[inline(never)]
    pub fn require(
        &mut self,
        spec: &'static CheckSpec,
        holds: bool,
        finding: Finding,
    ) -> Result<(), Stopped> {
        if self.assess(spec, holds, finding) { Ok(()) } else { Err(Stopped(())) }
    }

    /// Performs a check after which the stage goes on whatever it said. True when it holds or is
    /// waived.
    #[inline(never)]
    pub fn assess(&mut self, spec: &'static CheckSpec, holds: bool, finding: Finding) -> bool {
        let status = if holds {
            Status::Pass
        } else if spec.waivable && self.policy.waives(spec.id) {
            Status::Waived
        } else {
            Status::Fail
        };
        self.record(spec, status, finding);
        status != Status::Fail
    }

    /// Performs a check that yields the value the stage goes on with.
    ///
    /// # Errors
    /// [`Stopped`] when it does not hold: without the value nothing could go on, so such a check
    /// cannot be waived.
    pub fn obtain<T>(
        &mut self,
        spec: &'static CheckSpec,
        result: Result<(T, Finding), Finding>,
    ) -> Result<T, Stopped> {
        match result {
            Ok((value, finding)) => {
                self.record(spec, Status::Pass, finding);
                Ok(value)
            }
            Err(finding) => {
                self.record(spec, Status::Fail, finding);
                Err(Stopped(()))
            }
        }
    }

    /// Says that a check can't be decided with what was given.
    pub fn undecided(&mut self, spec: &'static CheckSpec, finding: Finding) -> Stopped {
        self.record(spec, Status::Inconclusive, finding);
        Stopped(())
    }

    /// Says what was seen where the policy names nothing to compare it with: the check stays not
    /// reached, and only its finding is kept.
    pub fn unnamed(&mut self, spec: &'static CheckSpec, finding: Finding) {
        self.record(spec, Status::NotReached, finding);
    }

    /// Records a claim. Call it only with what was read from authenticated bytes, or with
    /// [`Authority::Claim`].
    #[inline(never)]
    pub fn claim<'t, 'u>(
        &mut self,
        id: &str,
        value: impl Into<Cow<'t, str>>,
        authority: Authority,
        location: impl Into<Cow<'u, str>>,
    ) {
        self.claims.push(Claim { id: id.into(), value: echo(value), authority, location: echo(location) });
    }

    /// Records a link of the chain. The stages record them in their own order; the verdict has them
    /// from the artifact to the vendor root.
    pub fn link(&mut self, place: Place, link: Link) {
        let link = Link {
            from: echo(link.from),
            to: echo(link.to),
            left: echo(link.left),
            right: echo(link.right),
            ..link
        };
        let at = self.links.partition_point(|(known, _)| *known <= place);
        self.links.insert(at, (place, link));
    }

    /// Records a note.
    #[inline(never)]
    pub fn note<'t, 'u>(
        &mut self,
        kind: NoteKind,
        id: &str,
        text: impl Into<Cow<'t, str>>,
        location: impl Into<Cow<'u, str>>,
    ) {
        self.notes.push(Note { kind, id: id.into(), text: echo(text), location: echo(location) });
    }

    /// Records a part of the input that nothing signs.
    #[inline(never)]
    pub fn unauthenticated<'t>(&mut self, part: impl Into<Cow<'t, str>>) {
        self.unauthenticated.push(echo(part));
    }

    /// Records what the evidence needs beside itself, where that was asked for.
    pub(crate) fn need(&mut self, needs: impl FnOnce() -> Vec<Need>) {
        if let Some(known) = &mut self.needs {
            known.extend(needs());
        }
    }

    /// What was recorded with [`Log::need`].
    pub(crate) fn take_needs(&mut self) -> Vec<Need> {
        self.needs.take().unwrap_or_default()
    }

    /// A claim recorded before.
    #[must_use]
    pub fn claimed(&self, id: &str) -> Option<&str> {
        self.claims.iter().find(|claim| claim.id == id).map(|claim| claim.value.as_str())
    }

    /// The status of a check so far.
    #[must_use]
    pub fn status(&self, spec: &'static CheckSpec) -> Status {
        let entry = self.position(spec).and_then(|at| self.entries.get(at));
        entry.map_or(Status::NotReached, |entry| entry.status)
    }

    /// Where a check stands. A check is one static, so its address finds it without a look at its id.
    fn position(&self, spec: &'static CheckSpec) -> Option<usize> {
        let same = |entry: &Entry| ptr::eq(entry.spec, spec);
        let named = |entry: &Entry| entry.spec.id == spec.id;
        // Checks are performed nearly in the order of their tables: the next is mostly near the last.
        let near = self.entries.get(self.last..).and_then(|near| near.iter().position(same));
        near.and_then(|near| self.last.checked_add(near))
            .or_else(|| self.entries.iter().position(same))
            .or_else(|| self.entries.iter().position(named))
    }

    /// A second result for the same check only ever makes it worse, and a check that is in no
    /// table of the platform cannot be recorded as anything but a failure.
    #[inline(never)]
    fn record(&mut self, spec: &'static CheckSpec, status: Status, finding: Finding) {
        let position = self.position(spec);
        self.last = position.unwrap_or(self.last);
        match position.and_then(|at| self.entries.get_mut(at)) {
            Some(entry) => {
                if severity(status) >= severity(entry.status) {
                    entry.status = status;
                    entry.finding = Some(finding);
                }
            }
            None => self.entries.push(Entry { spec, status: Status::Fail, finding: Some(finding) }),
        }
    }

    /// The parts of the verdict that the log holds.
    pub(crate) fn finish(self) -> Record {
        let checks = self.entries.into_iter().map(Entry::into_check).collect();
        Record {
            checks,
            claims: self.claims,
            links: self.links.into_iter().map(|(_, link)| link).collect(),
            notes: self.notes,
            unauthenticated: self.unauthenticated,
        }
    }

    /// Statuses with whether the check only pins, for the outcome.
    pub(crate) fn statuses(&self) -> impl Iterator<Item = (Status, bool)> + '_ {
        self.entries.iter().map(|entry| (entry.status, entry.spec.pins))
    }
}

/// What a finished log leaves.
pub(crate) struct Record {
    pub(crate) checks: Vec<Check>,
    pub(crate) claims: Vec<Claim>,
    pub(crate) links: Vec<Link>,
    pub(crate) notes: Vec<Note>,
    pub(crate) unauthenticated: Vec<String>,
}

impl Entry {
    fn into_check(self) -> Check {
        let finding = self.finding.map(|known| *known.0).unwrap_or_default();
        let mend = if matches!(self.status, Status::Pass) { "" } else { self.spec.mend };
        Check {
            id: self.spec.id.into(),
            stage: self.spec.stage,
            status: self.status,
            title: self.spec.title.into(),
            expected: finding.expected,
            found: finding.found,
            location: finding.location,
            authority: self.spec.authority,
            clause: self.spec.clause.into(),
            mend: mend.into(),
        }
    }
}

const fn severity(status: Status) -> u8 {
    match status {
        Status::NotReached => 0,
        Status::Pass => 1,
        Status::Waived => 2,
        Status::Inconclusive => 3,
        Status::Fail => 4,
    }
}

/// As many checks, and as many claims, as a platform usually has: room that need not grow.
const USUAL_ENTRIES: usize = 128;
