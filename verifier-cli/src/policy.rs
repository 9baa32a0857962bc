//! `kettle-verify policy`: write a policy, or say what one enforces.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use kettle_verifier_core::platform::{RegisterDigest, RegisterField, Registers};
use kettle_verifier_core::policy::{
    BuildTypeRule, DstackRules, Measurement, PcrValue, PolicyDocument, SourceRule,
};
use kettle_verifier_core::request::Content;
use kettle_verifier_core::{Outcome, Policy, Verdict, platform};
use kettle_verifier_io::{ErrorKind, Request, read};

use crate::appraisal::{self, Asked};
use crate::args::{PolicyCheckArgs, PolicyCommand, PolicyInitArgs};
use crate::exit::ExitCode;
use crate::failure::Failure;
use crate::progress::Bar;
use crate::report::{Context, Page, report};
use crate::style::{DIM, GOOD, paint};

/// Runs a sub-command.
pub(crate) fn run(command: &PolicyCommand, quiet: bool) -> Result<ExitCode, Failure> {
    match command {
        PolicyCommand::Init(given) => init(given, quiet),
        PolicyCommand::Check(given) => check(given, quiet),
    }
}

fn check(given: &PolicyCheckArgs, quiet: bool) -> Result<ExitCode, Failure> {
    let time = Asked::from(&given.time);
    let policy = Asked { policy: Some(&given.policy), keys: Some(&given.keys), ..time }.terms()?.policy;
    if !quiet {
        let mut page = Page::new();
        page.heading("What this policy enforces");
        for demand in policy.demands() {
            page.item("·", DIM, &demand);
        }
        page.heading("The terms");
        page.term("expires", &policy.expires().map_or_else(|| "never".into(), |time| time.to_string()));
        page.term("SHA-256", policy.digest());
        appraisal::write(&page.finish())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn init(given: &PolicyInitArgs, quiet: bool) -> Result<ExitCode, Failure> {
    if let Some(path) = given.output.as_deref().filter(|path| path.symlink_metadata().is_ok()) {
        return Err(Failure::in_file(path, &"is there already; name a new file, or move the old one away"));
    }
    let verdict = appraised(given, quiet)?;
    // The outcome says whether anything was seen that is worth pinning.
    if matches!(verdict.outcome, Outcome::Failed | Outcome::Inconclusive) {
        let context =
            Context { clock: given.trust.time.at.is_none(), explain: false, ignored: &[], hint: None };
        anstream::eprint!("{}", report(&verdict, &context));
        anstream::eprintln!("\nno policy was written: there is nothing genuine to pin");
        return Ok(ExitCode::from(verdict.outcome.exit_code()));
    }
    let document = pinned(&verdict, given)?;
    let text = rendered(&document)?;
    match &given.output {
        None => appraisal::write(&text)?,
        Some(path) => {
            create(path, &text).map_err(|error| Failure::in_file(path, &ErrorKind::io(&error)))?;
            if !quiet {
                anstream::eprintln!(
                    "{} wrote `{}`; review it, then use it with --policy",
                    paint(GOOD, "✔"),
                    path.display()
                );
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn appraised(given: &PolicyInitArgs, quiet: bool) -> Result<Verdict, Failure> {
    let terms = Asked::from(given).terms()?;
    let request = Request {
        paths: given.paths.clone(),
        without_artifacts: true,
        collateral: appraisal::collateral(&given.trust.collateral)?,
        ..Request::default()
    };
    let mut bar = Bar::new(quiet);
    let input = read(&request, &mut |progress| bar.show(progress))?;
    bar.finish();
    Ok(terms.appraise(&Content::Bundle(input.bundle())))
}

/// What the verdict's claims say, as demands.
fn pinned(verdict: &Verdict, given: &PolicyInitArgs) -> Result<PolicyDocument, Failure> {
    let claim = |id: &str| claimed(verdict, id);
    let known = platform::find(&verdict.platform)
        .ok_or_else(|| Failure::new("the verdict names no platform, so there is nothing to pin"))?;
    let launch = claim(known.measurement_claim())
        .ok_or_else(|| Failure::new("the evidence has no launch digest, so there is nothing to pin"))?;
    let mut document = PolicyDocument::empty();
    document.description = format!(
        "pins what was seen in one bundle at {}; compare the values with those that the image's maker published",
        verdict.now
    );
    let seen = registers(verdict, known.registers(), given.registers.as_deref())?;
    let in_field = |field: RegisterField| {
        seen.clone().filter(|_| known.registers().is_some_and(|registers| registers.field == field))
    };
    document.measurements = Some(vec![Measurement {
        id: given.id.clone(),
        platform: verdict.platform.clone(),
        launch_digest: launch,
        pcrs: in_field(RegisterField::Pcrs),
        rtmrs: in_field(RegisterField::Rtmrs),
        builder_version: None,
        minimum_tcb: None,
    }]);
    document.dstack = claim("dstack.compose_hash")
        .map(|hash| DstackRules { compose_hashes: Some(vec![hash]), ..DstackRules::default() });
    let commit = claim("source.commit").filter(|_| !given.any_commit);
    let source = SourceRule {
        uris: claim("source.uri").filter(|uri| !uri.is_empty()).map(|uri| vec![uri]),
        commits: commit.map(|commit| vec![commit]),
        trees: None,
    };
    document.source = (source != SourceRule::default()).then_some(source);
    document.builders = claim("build.builder").map(|builder| vec![builder]);
    document.build_types = claim("build.type")
        .map(|uri| vec![BuildTypeRule { uri, external_parameters: None, build_commands: None }]);
    Ok(document)
}

/// The registers that the evidence quotes and, where a list is wanted, only those of the list.
fn registers(
    verdict: &Verdict,
    known: Option<&Registers>,
    wanted: Option<&[u32]>,
) -> Result<Option<Vec<PcrValue>>, Failure> {
    let value = |registers: &Registers, index: u32| {
        let value = Some(claimed(verdict, &format!("{}{index}", registers.claims))?);
        Some(match registers.digest {
            RegisterDigest::Sha256 => PcrValue { index, sha256: value, sha384: None },
            RegisterDigest::Sha384 => PcrValue { index, sha256: None, sha384: value },
        })
    };
    let seen: Vec<PcrValue> = known
        .map(|registers| (0..=registers.highest).filter_map(|index| value(registers, index)).collect())
        .unwrap_or_default();
    let absent = wanted.into_iter().flatten().find(|index| seen.iter().all(|pcr| pcr.index != **index));
    if let Some(index) = absent {
        return Err(Failure::new(format!("--registers `{index}`: the evidence has no such register")));
    }
    let kept: Vec<PcrValue> =
        seen.into_iter().filter(|pcr| wanted.is_none_or(|list| list.contains(&pcr.index))).collect();
    Ok((!kept.is_empty()).then_some(kept))
}

fn claimed(verdict: &Verdict, id: &str) -> Option<String> {
    verdict.claims.iter().find(|claim| claim.id == id).map(|claim| claim.value.clone())
}

/// The policy's text, which is read back so that nothing is written that would not be taken.
fn rendered(document: &PolicyDocument) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(document).map_err(|error| Failure::new(error.to_string()))?;
    Policy::from_json(text.as_bytes())
        .map_err(|error| Failure::new(format!("what the bundle shows makes no sound policy: {error}")))?;
    Ok(format!("{text}\n"))
}

/// Fails where the file exists, even as a link.
fn create(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())
}
