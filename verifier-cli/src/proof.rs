//! `kettle-verify proof`: one input of a build, without the others.

use kettle_verifier_core::Verdict;
use kettle_verifier_core::input_tree::{Proof, ProofError, Tree};
use kettle_verifier_core::limits::PROOF_BYTES;
use kettle_verifier_core::request::Content;
use kettle_verifier_io::{Request, read, read_small};
use serde_json::json;

use crate::appraisal::{self, Asked};
use crate::args::ProofArgs;
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::progress::Bar;
use crate::report::Page;
use crate::style::printable;

/// Checks a proof.
pub(crate) fn run(given: &ProofArgs, quiet: bool) -> Result<ExitCode, Failure> {
    let terms = Asked::from(given).terms()?;
    let proof = Proof::read(&read_small(&given.proof, PROOF_BYTES)?);
    let (tree, verdict) = match &given.root {
        Some(root) => (Ok(known(root, given.leaves)?), None),
        None => {
            let collateral = appraisal::collateral(&given.trust.collateral)?;
            let request = Request { paths: given.paths.clone(), collateral, ..Request::default() };
            let mut bar = Bar::new(quiet);
            let input = read(&request, &mut |progress| bar.show(progress))?;
            bar.finish();
            let verdict = terms.appraise(&Content::Bundle(input.bundle()));
            (Tree::of_provenance(&input.provenance), Some(verdict))
        }
    };
    let checked = proof.and_then(|proof| {
        let tree = tree?;
        proof.check(&tree, &given.input).map(|()| (proof, tree))
    });
    if !quiet {
        let text = if given.json {
            as_json(&checked, verdict.as_ref())
        } else {
            report(given, &checked, verdict.as_ref())
        };
        appraisal::write(&text)?;
    }
    Ok(match (checked, verdict) {
        (Err(_), _) => ExitCode::from(FAILED),
        (Ok(_), Some(verdict)) => ExitCode::from(verdict.outcome.exit_code()),
        (Ok(_), None) => ExitCode::SUCCESS,
    })
}

/// The exit code of a proof that proves nothing.
const FAILED: u8 = 1;

type Checked = Result<(Proof, Tree), ProofError>;

/// The tree that the options name.
fn known(root: &str, leaves: Option<u32>) -> Result<Tree, Failure> {
    let root = Tree::root_from_hex(root)
        .ok_or_else(|| Failure::new(format!("--root `{root}`: expected 64 characters of lower-case hex")))?;
    Ok(Tree { root, leaves })
}

fn report(given: &ProofArgs, checked: &Checked, verdict: Option<&Verdict>) -> String {
    let mut page = Page::new();
    match checked {
        Err(error) => page.line(&format!("NOT PROVED: {error}")),
        Ok((proof, tree)) => {
            let kind = proof.kind().name();
            let count = match tree.leaves {
                Some(leaves) => format!("one of the {leaves} inputs"),
                None => format!(
                    "one of the inputs (the proof says of {}, and nothing vouches for that)",
                    proof.leaves()
                ),
            };
            page.line("The input is in the tree");
            page.entry(1, kind, &printable(&given.input));
            page.text("  ", &format!("{count} that the builder recorded under this root"));
            page.value("  ", &tree.root_hex());
            page.text("  ", "It does not say that the input is used, nor that another is not there.");
        }
    }
    page.gap();
    match verdict {
        Some(verdict) => page.line(&verdict.sentence),
        None => page
            .line("Where the root comes from was not looked at: trust it only where you trust who named it."),
    }
    page.finish()
}

fn as_json(checked: &Checked, verdict: Option<&Verdict>) -> String {
    let outcome = verdict.map(|verdict| verdict.outcome);
    let answer = match checked {
        Err(error) => json!({ "proved": false, "reason": error.to_string(), "outcome": outcome }),
        Ok((proof, tree)) => json!({
            "proved": true,
            "kind": proof.kind().name(),
            "leaves": tree.leaves,
            "root": tree.root_hex(),
            "outcome": outcome,
        }),
    };
    format!("{answer}\n")
}
