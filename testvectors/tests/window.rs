//! A verdict names the time in which it holds: at both ends of it and in between the same is said of a case, and a
//! second beyond either end no longer.

use kettle_testvectors::case::{Answer, CaseDocument, run};
use kettle_testvectors::corpus::{Index, folder, in_parallel};
use kettle_verifier_core::{Outcome, Timestamp};

/// The last second that RFC 3339 can write.
const LAST: u64 = 253_402_300_799;

/// The outcome of a case at a time, with the window that its verdict names.
fn at(case: &CaseDocument, now: &str) -> Option<(Outcome, Option<u64>, Option<u64>)> {
    let case = CaseDocument { now: now.into(), ..case.clone() };
    let read = |path: &str| std::fs::read(folder().join(path)).unwrap();
    let Answer::Verdict(verdict) = run(&case, &read) else { return None };
    let seconds = |text: &str| Timestamp::from_rfc3339(text).map(Timestamp::unix);
    Some((verdict.outcome, seconds(&verdict.valid_from), seconds(&verdict.valid_until)))
}

/// Where a case is said to hold and does not, or the other way round; `None` where it is refused anyway.
fn wrong(id: &str) -> Option<Vec<String>> {
    let text = std::fs::read(folder().join("cases").join(id).join("case.json")).unwrap();
    let case: CaseDocument = serde_json::from_slice(&text).unwrap();
    let (outcome, from, until) = at(&case, &case.now)?;
    if !matches!(outcome, Outcome::Verified | Outcome::Unpinned) {
        return None;
    }
    let (first, last) = (from.unwrap_or(0), until.unwrap_or(LAST));
    let before = first.checked_sub(1).map(|time| (time, false));
    let after = Some((last + 1, false)).filter(|(time, _)| *time <= LAST);
    let within = [(first, true), (first.midpoint(last), true), (last, true)];
    let times = within.into_iter().chain(before).chain(after);
    let differs = |(time, same): (u64, bool)| {
        let now = Timestamp::from_unix(time).unwrap().to_rfc3339();
        let (found, ..) = at(&case, &now).unwrap();
        ((found == outcome) != same)
            .then(|| format!("{id} at {now}: {found:?}, and {outcome:?} in its window"))
    };
    Some(times.filter_map(differs).collect())
}

#[test]
fn verdicts_hold_in_their_window_and_not_beyond() {
    let index = std::fs::read(folder().join("index.json")).unwrap();
    let index: Index = serde_json::from_slice(&index).unwrap();
    let said = in_parallel(&index.cases, |id| wrong(id));
    let accepted: Vec<&Vec<String>> = said.iter().flatten().collect();
    let wrong: Vec<&String> = accepted.iter().copied().flatten().collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(accepted.len() > 200, "{} accepted cases", accepted.len());
}

/// What the verdict of a case claims of AMD's revocation lists.
fn listed(id: &str) -> Vec<(String, String)> {
    let text = std::fs::read(folder().join("cases").join(id).join("case.json")).unwrap();
    let case: CaseDocument = serde_json::from_slice(&text).unwrap();
    let read = |path: &str| std::fs::read(folder().join(path)).unwrap();
    let Answer::Verdict(verdict) = run(&case, &read) else { panic!("{id} has no verdict") };
    assert_eq!(verdict.outcome, Outcome::Verified, "{id}");
    let claims = verdict.claims.into_iter().filter(|claim| claim.id.starts_with("snp.crl."));
    claims.map(|claim| (claim.id, claim.value)).collect()
}

/// The lists were minted for these times; the stale one beside the current one ends before the appraisal.
#[test]
fn a_list_of_amd_says_how_old_it_is() {
    let said = [("snp.crl.issued", "2026-05-01T00:00:00Z"), ("snp.crl.next_update", "2027-05-01T00:00:00Z")];
    let said = said.map(|(id, value)| (id.to_owned(), value.to_owned())).to_vec();
    assert_eq!(listed("snp/ok-crl"), said);
    assert_eq!(listed("snp/ok-crl-stale-and-current"), said);
    assert_eq!(listed("snp/ok-milan"), []);
}
