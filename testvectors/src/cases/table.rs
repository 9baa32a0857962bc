//! Cases as rows of a table: a sound thing, one change, and what a verifier must say to it.

use kettle_verifier_core::policy::PolicyDocument;

use super::Source;
use crate::case::{Case, Expect};
use crate::nitro::trust_root_until;
use crate::policies;

/// What the rows of a table change.
pub(super) trait Given: 'static {
    /// The folder of the cases below `cases/`.
    const FOLDER: &'static str;

    /// The clause that decides the cases of a group, and why they are there.
    fn clause(group: &str) -> (&'static str, &'static str);

    /// The sound thing.
    fn sound() -> Self;

    /// The policy that cases share.
    fn policy() -> PolicyDocument;

    /// Puts it into a case.
    fn give(&self, case: Case) -> Case;
}

/// A row: one case.
pub(super) struct Row<G> {
    group: &'static str,
    id: &'static str,
    title: &'static str,
    said: Said,
    change: fn(&mut G),
    policy: PolicyOf,
    roots: Roots,
    now: Option<&'static str>,
    accepts: Option<&'static str>,
}

#[derive(Clone, Copy)]
enum Said {
    Verified,
    Fails(&'static str),
    Unpinned(&'static str),
    Inconclusive(&'static str),
    UnreadablePolicy(&'static str),
}

#[derive(Clone, Copy)]
enum PolicyOf {
    Shared,
    Changed(fn(&mut PolicyDocument)),
    Text(&'static str),
}

#[derive(Clone, Copy)]
enum Roots {
    Test,
    Pinned,
    TestUntil(&'static str),
}

impl<G: Given> Row<G> {
    const fn of(group: &'static str, id: &'static str, title: &'static str, said: Said) -> Self {
        Self {
            group,
            id,
            title,
            said,
            change: |_| {},
            policy: PolicyOf::Shared,
            roots: Roots::Test,
            now: None,
            accepts: None,
        }
    }

    /// A case that is accepted.
    pub(super) const fn accepted(
        group: &'static str,
        id: &'static str,
        title: &'static str,
        change: fn(&mut G),
    ) -> Self {
        Self { change, ..Self::of(group, id, title, Said::Verified) }
    }

    /// A case that this check refuses.
    pub(super) const fn refused(
        group: &'static str,
        id: &'static str,
        title: &'static str,
        check: &'static str,
        change: fn(&mut G),
    ) -> Self {
        Self { change, ..Self::of(group, id, title, Said::Fails(check)) }
    }

    /// Nothing fails, and nobody pinned this.
    pub(super) const fn unpinned(mut self, check: &'static str) -> Self {
        self.said = Said::Unpinned(check);
        self
    }

    /// Nothing fails, and this can't be decided.
    pub(super) const fn inconclusive(mut self, check: &'static str) -> Self {
        self.said = Said::Inconclusive(check);
        self
    }

    /// The same under a changed policy.
    pub(super) const fn policy(mut self, change: fn(&mut PolicyDocument)) -> Self {
        self.policy = PolicyOf::Changed(change);
        self
    }

    /// The same under the policy with this text.
    pub(super) const fn policy_text(mut self, text: &'static str) -> Self {
        self.policy = PolicyOf::Text(text);
        self
    }

    /// The policy is unreadable at this place.
    pub(super) const fn unreadable(mut self, at: &'static str) -> Self {
        self.said = Said::UnreadablePolicy(at);
        self
    }

    /// The same under the vendor's own roots.
    pub(super) const fn pinned_roots(mut self) -> Self {
        self.roots = Roots::Pinned;
        self
    }

    /// The same under a root that is trusted until a time.
    pub(super) const fn roots_until(mut self, until: &'static str) -> Self {
        self.roots = Roots::TestUntil(until);
        self
    }

    /// The same at another time of appraisal.
    pub(super) const fn now(mut self, now: &'static str) -> Self {
        self.now = Some(now);
        self
    }

    /// A line of "Do not reject" in adversarial.md that the case stands for.
    pub(super) const fn accepts(mut self, line: &'static str) -> Self {
        self.accepts = Some(line);
        self
    }

    fn case(&self) -> Case {
        let mut given = G::sound();
        (self.change)(&mut given);
        let id = format!("{}/{}", G::FOLDER, self.id);
        let (clause, why) = G::clause(self.group);
        let mut case = given.give(Case::new(&id, self.group, self.title, self.expect()).why(why, clause));
        case = match self.policy {
            PolicyOf::Shared => case,
            PolicyOf::Text(text) => case.policy_text(text),
            PolicyOf::Changed(change) => {
                let mut document = G::policy();
                change(&mut document);
                case.policy_text(&policies::json(&document))
            }
        };
        case = match self.roots {
            Roots::Test => case,
            Roots::Pinned => case.pinned_roots(),
            Roots::TestUntil(until) => case.trust_root_text(&trust_root_until(until)),
        };
        case = self.now.into_iter().fold(case, Case::now);
        self.accepts.into_iter().fold(case, Case::accepts)
    }

    fn expect(&self) -> Expect {
        match self.said {
            Said::Verified => Expect::verified(),
            Said::Fails(check) => Expect::fails(check),
            Said::Unpinned(check) => Expect::unpinned(check),
            Said::Inconclusive(check) => Expect::inconclusive(check),
            Said::UnreadablePolicy(at) => Expect::unreadable_policy(at),
        }
    }
}

/// The cases of a table.
pub(super) fn sources<G: Given>(rows: &'static [Row<G>]) -> impl Iterator<Item = Source> {
    rows.iter().map(|row| Box::new(move || row.case()) as Source)
}
