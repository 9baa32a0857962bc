//! The report of TEE Compile (Automata): a COSE_Sign1 as it comes from the security module, whose user
//! data is JSON.
//!
//! ```text
//! {"input_hash", "output_hash": hex of 32 bytes, with or without 0x,
//!  "nonce": text, ["mrenclave"], ["git_commit"], ["image"]: texts}
//! ```
//!
//! Both hashes are Keccak-256 Merkle roots over sorted paths. A leaf is the hash of a path followed at
//! once by the file's content, so it does not say where one ends and the other begins, and which
//! patterns and which salt went into a tree is not in the report. So the roots are compared with the
//! ones that are expected, and not computed from files; the verdict says so.

#[cfg(test)]
mod tests;

use alloc::format;
use alloc::string::{String, ToString as _};

use crate::appraise::outcome;
use crate::bundle::Collateral;
use crate::envelope;
use crate::json::{self, Value};
use crate::limits::nsm;
use crate::log::{Finding, Log, Stopped};
use crate::platform::nitro::AuthenticDocument;
use crate::platform::{Context, Validity};
use crate::policy::Policy;
use crate::text::{hex, unhex};
use crate::time::Timestamp;
use crate::trust::TrustRoots;
use crate::verdict::{Authority, CheckSpec, NoteKind, Stage, Subject, Verdict, checks};

const FORMAT: &str = "TEE Compile, report";
const OTHER: &str = "the document was made for something else than a build; ask for the report of this build, or \
                     appraise the document alone with `kettle-verify evidence`";

checks! {
    /// What the document says of the build. The file is the document itself, so nothing lies around it.
    CHECKS;

    /// The user data is strict JSON.
    USER_DATA = CheckSpec::new(
        "tee_compile.user_data", Stage::Binding, Authority::Hardware,
        "the user data is one strict JSON object", FORMAT, OTHER,
    );
    /// The user data has the fields of the format.
    FIELDS = CheckSpec::new(
        "tee_compile.fields", Stage::Binding, Authority::Hardware,
        "the user data has the fields of the format and no other, and both hashes have 32 bytes",
        FORMAT, OTHER,
    );
    /// The nonce in the user data is the one in the document.
    NONCE_AGREES = CheckSpec::new(
        "tee_compile.nonce_agrees", Stage::Binding, Authority::Hardware,
        "the user data and the document have the same nonce", FORMAT, OTHER,
    );
    /// The nonce is the one that the policy demands.
    NONCE = CheckSpec::new(
        "tee_compile.nonce", Stage::Binding, Authority::Hardware,
        "the nonce is the one that the policy demands, where it demands one", FORMAT,
        "have the build repeated with the nonce that you chose, written as its hex",
    );
    /// The commit is one that the policy names.
    COMMIT = CheckSpec::new(
        "tee_compile.commit", Stage::Provenance, Authority::Provenance,
        "the commit is one that the policy takes", FORMAT,
        "compare the input hash instead: the known tool leaves the commit out",
    );
    /// The policy demands nothing that a report can't say.
    DEMANDS = CheckSpec::new(
        "tee_compile.demands", Stage::Provenance, Authority::Policy,
        "the policy demands nothing that a report can't say",
        "design.md, root decision 6",
        "use a policy without these demands for reports of this format",
    );
    /// The input is the one that is expected.
    INPUT = CheckSpec::new(
        "tee_compile.input", Stage::Provenance, Authority::Provenance,
        "the input hash is the one that is expected", FORMAT,
        "compute the hash over the sources that you have, with the tool, and say that you expect it",
    ).pinning();
    /// The output is the one that is expected.
    OUTPUT = CheckSpec::new(
        "tee_compile.output", Stage::Artifacts, Authority::Provenance,
        "the output hash is the one that is expected", FORMAT,
        "compute the hash over the outputs that you have, with the tool, and say that you expect it",
    ).pinning();
}

/// A report and what is expected of it.
#[derive(Debug, Clone, Default)]
pub struct Report<'a> {
    /// The bytes of the `.report` file.
    pub report: &'a [u8],
    /// The root over the inputs; without it the outcome is `unpinned` at best.
    pub input_hash: Option<[u8; 32]>,
    /// The root over the outputs; without it the outcome is `unpinned` at best.
    pub output_hash: Option<[u8; 32]>,
}

/// Appraises a report: vendor root, document, user data, expected hashes.
///
/// Total: whatever the bytes are, the answer is a verdict that lists every check.
///
/// ```
/// use kettle_verifier_core::formats::tee_compile::{Report, appraise};
/// use kettle_verifier_core::{Outcome, Policy, Timestamp, TrustRoots};
/// let now = Timestamp::from_unix(1_772_694_364).unwrap();
/// let verdict = appraise(&Report::default(), &Policy::default(), &TrustRoots::pinned(), now);
/// assert_eq!(verdict.outcome, Outcome::Failed);
/// assert_eq!(verdict.first_failure().unwrap().id, "cose.structure");
/// ```
#[must_use]
pub fn appraise(given: &Report<'_>, policy: &Policy, roots: &TrustRoots, now: Timestamp) -> Verdict {
    let mut log = Log::new(policy, super::checks(&[], CHECKS));
    let collateral = Collateral::default();
    let context = Context { policy, roots, collateral: &collateral, now };
    let validity = run(given, &context, &mut log).unwrap_or_default();
    outcome::verdict(log, super::LABEL, &context, validity, Subject::CompileReport)
}

fn run(given: &Report<'_>, context: &Context<'_>, log: &mut Log<'_>) -> Result<Validity, Stopped> {
    let platform = super::open(context, log)?;
    // The tool writes the nonce as a text into both places, so the policy's nonce is compared with the
    // text below and not with the document's bytes.
    let (document, validity) = super::hardware(platform, given.report, None, context, log)?;
    let user_data = document.user_data().unwrap_or_default();
    let value = log.obtain(&USER_DATA, envelope::document(json::parse(user_data, nsm::USER_DATA_BYTES)))?;
    let said = log.obtain(&FIELDS, Said::read(&value))?;
    nonce_agrees(&said, &document, log)?;
    nonce(&said, context.policy, log);
    said.claims(log);
    super::commit(&COMMIT, said.git_commit, context.policy, log);
    super::unmet(&DEMANDS, context.policy, log);
    expected(&INPUT, given.input_hash, said.input_hash, log);
    expected(&OUTPUT, given.output_hash, said.output_hash, log);
    Ok(validity)
}

const AT: &str = "document/user_data";

/// What the user data says.
struct Said<'v> {
    input_hash: [u8; 32],
    output_hash: [u8; 32],
    nonce: &'v str,
    mrenclave: Option<&'v str>,
    git_commit: Option<&'v str>,
    image: Option<&'v str>,
}

impl<'v> Said<'v> {
    fn read(value: &'v Value<'_>) -> Result<(Self, Finding), Finding> {
        const NAMES: [&str; 6] = ["input_hash", "output_hash", "nonce", "mrenclave", "git_commit", "image"];
        let expected = NAMES.join(", ");
        let refused = |found: &str, name: &str| Finding::new(&expected, found).at(format!("{AT}/{name}"));
        let members = value.as_object().unwrap_or_default();
        if let Some((stranger, _)) = members.iter().find(|(name, _)| !NAMES.contains(&name.as_ref())) {
            return Err(refused("another field", stranger));
        }
        let text = |name: &str| match value.get(name) {
            None => Ok(None),
            Some(found) => found.as_str().map(Some).ok_or_else(|| refused(found.kind(), name)),
        };
        let hash = |name: &str| {
            let digits = text(name)?.map(|text| text.strip_prefix("0x").unwrap_or(text));
            digits.and_then(unhex::<32>).ok_or_else(|| refused("no hex of 32 bytes", name))
        };
        // A text that is there and empty says nothing.
        let filled = |name: &str| Ok::<_, Finding>(text(name)?.filter(|text| !text.is_empty()));
        let said = Self {
            input_hash: hash("input_hash")?,
            output_hash: hash("output_hash")?,
            nonce: text("nonce")?.ok_or_else(|| refused("none", "nonce"))?,
            mrenclave: filled("mrenclave")?,
            git_commit: filled("git_commit")?,
            image: filled("image")?,
        };
        Ok((said, Finding::new(&expected, format!("{} fields", members.len()))))
    }

    fn claims(&self, log: &mut Log<'_>) {
        let mut claim = |id: &str, value: &str| log.claim(id, value, Authority::Provenance, AT);
        claim("tee_compile.input_hash", &hex(&self.input_hash));
        claim("tee_compile.output_hash", &hex(&self.output_hash));
        claim("tee_compile.nonce", self.nonce);
        let optional = [
            ("tee_compile.mrenclave", self.mrenclave),
            ("source.commit", self.git_commit),
            ("tee_compile.image", self.image),
        ];
        for (id, value) in optional {
            if let Some(value) = value {
                claim(id, value);
            }
        }
    }
}

/// A document without a nonce of its own says nothing against the one in its user data.
fn nonce_agrees(said: &Said<'_>, document: &AuthenticDocument, log: &mut Log<'_>) -> Result<(), Stopped> {
    let own = document.nonce();
    let found = own.map_or_else(|| "none".to_string(), hex);
    let finding = Finding::new(hex(said.nonce.as_bytes()), found).at("document/nonce");
    log.require(&NONCE_AGREES, own.is_none_or(|own| own == said.nonce.as_bytes()), finding)?;
    if own.is_none() {
        let text = "the document has no nonce of its own; the one in its user data is signed all the same";
        log.note(NoteKind::Information, "tee_compile.no_nonce", text, "document/nonce");
    }
    Ok(())
}

fn nonce(said: &Said<'_>, policy: &Policy, log: &mut Log<'_>) {
    let demanded = policy.document().nonce.as_deref();
    let holds = demanded.is_none_or(|demanded| demanded == said.nonce);
    let expected = demanded.unwrap_or("any: the policy demands none");
    log.assess(&NONCE, holds, Finding::new(expected, said.nonce).at(format!("{AT}/nonce")));
}

fn expected(spec: &'static CheckSpec, expected: Option<[u8; 32]>, found: [u8; 32], log: &mut Log<'_>) {
    let shown: String = hex(&found);
    match expected {
        Some(wanted) => {
            log.assess(spec, wanted == found, Finding::new(hex(&wanted), shown).at(AT));
        }
        None => log.unnamed(spec, Finding::new("nobody said which hash to expect", shown).at(AT)),
    }
}
