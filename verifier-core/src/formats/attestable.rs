//! The certificate of "attestable builds" (Hugenroth, Lins, Mayrhofer, Beresford; CCS 2025): a JSON
//! file beside the artifact.
//!
//! ```text
//! {"commit_hash", "artifact_name", "artifact_hash": hex,
//!  "pcr0", "pcr1", "pcr2", "attestation": standard base64 of the COSE_Sign1}
//! ```
//!
//! The document's user data is the text `commit_hash=…,artifact_name=…,artifact_hash=…`. Only this text
//! is signed; the other fields of the file are compared with it and decide nothing. The text has no
//! escapes, so a name with a comma could say two things: it is refused.

mod text;

#[cfg(test)]
mod tests;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use self::text::Signed;
use crate::appraise::outcome;
use crate::bundle::{Artifact, Collateral};
use crate::envelope;
use crate::json::{self, Value};
use crate::limits::EVIDENCE_BYTES;
use crate::log::{Finding, Log, Place, Stopped};
use crate::platform::nitro::AuthenticDocument;
use crate::platform::{Context, Validity};
use crate::policy::Policy;
use crate::text::hex;
use crate::time::Timestamp;
use crate::trust::TrustRoots;
use crate::verdict::{Authority, CheckSpec, Link, NoteKind, Stage, Subject, Verdict, checks};

/// The claim that has the artifact's signed name.
pub(crate) const NAME_CLAIM: &str = "attestable.artifact_name";

/// The claim that has the artifact's signed SHA-256.
pub(crate) const HASH_CLAIM: &str = "attestable.artifact_hash";

const FORMAT: &str = "attestable builds, certificate";
const DAMAGED: &str = "fetch the certificate again; it is damaged or forged";

checks! {
    /// The file around the document.
    OUTER_CHECKS;

    /// The file is strict JSON.
    JSON = CheckSpec::new(
        "attestable.json", Stage::Input, Authority::Claim,
        "the certificate is one strict JSON object within its bounds", FORMAT, DAMAGED,
    );
    /// The file has exactly its fields.
    FIELDS = CheckSpec::new(
        "attestable.fields", Stage::Input, Authority::Claim,
        "the certificate has exactly its seven fields, all of them texts", FORMAT, DAMAGED,
    );
    /// The binary fields are standard base64.
    ENCODING = CheckSpec::new(
        "attestable.encoding", Stage::Input, Authority::Claim,
        "the document and the PCRs are in standard base64, the PCRs of 48 bytes each", FORMAT,
        "fetch the certificate again; one from the prototype's simulated mode has no document at all",
    );
}

checks! {
    /// What the document says of the build.
    INNER_CHECKS;

    /// The user data is the text of the format.
    USER_DATA = CheckSpec::new(
        "attestable.user_data", Stage::Binding, Authority::Hardware,
        "the user data is a text that begins with `commit_hash=`", FORMAT,
        "the document was made for something else than a build; ask for the certificate of this build",
    );
    /// The text can be read in one way only.
    ONE_READING = CheckSpec::new(
        "attestable.one_reading", Stage::Binding, Authority::Hardware,
        "the text has exactly three parts, so no value of it can be read as two", FORMAT,
        "build the artifact under a name without a comma; with one, the text can say two things",
    );
    /// The values are what they are called.
    VALUES = CheckSpec::new(
        "attestable.values", Stage::Binding, Authority::Hardware,
        "the text names a git commit, a safe file name and a SHA-256, each in lower case", FORMAT, DAMAGED,
    );
    /// The file's own fields repeat the signed text.
    AGREES = CheckSpec::new(
        "attestable.agrees", Stage::Binding, Authority::Claim,
        "the certificate's commit, name and hash are those of the signed text", FORMAT,
        "don't use the certificate: somebody changed what it says beside the signed text",
    );
    /// The file's own PCRs are those of the document.
    PCRS_AGREE = CheckSpec::new(
        "attestable.pcrs_agree", Stage::Binding, Authority::Claim,
        "the certificate's PCRs are those of the document", FORMAT,
        "don't use the certificate: somebody changed what it says beside the document",
    );
    /// The commit is one that the policy names.
    COMMIT = CheckSpec::new(
        "attestable.commit", Stage::Provenance, Authority::Provenance,
        "the commit is one that the policy takes", FORMAT,
        "ask for a certificate of the commit that you want, or take this one in the policy",
    );
    /// The policy demands nothing that a certificate can't say.
    DEMANDS = CheckSpec::new(
        "attestable.demands", Stage::Provenance, Authority::Policy,
        "the policy demands nothing that a certificate can't say",
        "design.md, root decision 6",
        "use a policy without these demands for certificates of this format",
    );
    /// The artifact is the one that the text names.
    ARTIFACT = CheckSpec::new(
        "attestable.artifact", Stage::Artifacts, Authority::Provenance,
        "the artifact's bytes have the SHA-256 of the signed text", "FIPS 180-4",
        "give the artifact whose origin you want to know; if it differs, don't use it",
    ).pinning();
}

/// The checks of this format's own, in pipeline order.
pub static CHECKS: &[&CheckSpec] = &[
    &JSON,
    &FIELDS,
    &ENCODING,
    &USER_DATA,
    &ONE_READING,
    &VALUES,
    &AGREES,
    &PCRS_AGREE,
    &COMMIT,
    &DEMANDS,
    &ARTIFACT,
];

/// A certificate and the artifact beside it.
#[derive(Debug, Clone, Default)]
pub struct Certificate<'a> {
    /// The bytes of the `.cert` file.
    pub certificate: &'a [u8],
    /// The artifact; without it the outcome is `unpinned` at best.
    pub artifact: Option<Artifact>,
}

/// Appraises a certificate: vendor root, document, the signed text, artifact bytes.
///
/// Total: whatever the bytes are, the answer is a verdict that lists every check.
///
/// ```
/// use kettle_verifier_core::formats::attestable::{Certificate, appraise};
/// use kettle_verifier_core::{Outcome, Policy, Timestamp, TrustRoots};
/// let now = Timestamp::from_unix(1_772_694_364).unwrap();
/// let verdict = appraise(&Certificate::default(), &Policy::default(), &TrustRoots::pinned(), now);
/// assert_eq!(verdict.outcome, Outcome::Failed);
/// assert_eq!(verdict.first_failure().unwrap().id, "attestable.json");
/// ```
#[must_use]
pub fn appraise(given: &Certificate<'_>, policy: &Policy, roots: &TrustRoots, now: Timestamp) -> Verdict {
    let mut log = Log::new(policy, super::checks(OUTER_CHECKS, INNER_CHECKS));
    let collateral = Collateral::default();
    let context = Context { policy, roots, collateral: &collateral, now };
    let validity = run(given, &context, &mut log).unwrap_or_default();
    outcome::verdict(log, super::LABEL, &context, validity, Subject::Certificate)
}

fn run(given: &Certificate<'_>, context: &Context<'_>, log: &mut Log<'_>) -> Result<Validity, Stopped> {
    let platform = super::open(context, log)?;
    let parsed = envelope::document(json::parse(given.certificate, EVIDENCE_BYTES));
    let value = log.obtain(&JSON, parsed)?;
    let fields = log.obtain(&FIELDS, Fields::read(&value))?;
    let binary = log.obtain(&ENCODING, Binary::decode(&fields))?;
    let nonce = context.policy.document().nonce.as_deref();
    let (document, validity) = super::hardware(platform, &binary.attestation, nonce, context, log)?;
    let signed = text::read(&document, log)?;
    agrees(&fields, &signed, log);
    pcrs_agree(&binary, &document, log);
    log.claim("source.commit", signed.commit, Authority::Provenance, USER_DATA_AT);
    log.claim(NAME_CLAIM, signed.name, Authority::Provenance, USER_DATA_AT);
    log.claim(HASH_CLAIM, hex(&signed.sha256), Authority::Provenance, USER_DATA_AT);
    super::commit(&COMMIT, Some(signed.commit), context.policy, log);
    super::unmet(&DEMANDS, context.policy, log);
    artifact(&signed, given.artifact.as_ref(), log);
    log.unauthenticated("the certificate's fields beside `attestation`: they repeat what is signed");
    Ok(validity)
}

/// Commit, name and SHA-256 of a signed text, for fuzzing.
#[cfg(fuzzing)]
pub(crate) fn fuzz_text(user_data: &[u8]) -> Option<(&str, &str, [u8; 32])> {
    text::fuzz(user_data).map(|signed| (signed.commit, signed.name, signed.sha256))
}

const USER_DATA_AT: &str = "document/user_data";

/// The file's fields, all of them texts.
struct Fields<'v> {
    commit: &'v str,
    name: &'v str,
    hash: &'v str,
    pcrs: [&'v str; 3],
    attestation: &'v str,
}

impl<'v> Fields<'v> {
    fn read(value: &'v Value<'_>) -> Result<(Self, Finding), Finding> {
        const NAMES: [&str; 7] =
            ["commit_hash", "artifact_name", "artifact_hash", "pcr0", "pcr1", "pcr2", "attestation"];
        let expected = NAMES.join(", ");
        let members = value.as_object().unwrap_or_default();
        if let Some((stranger, _)) = members.iter().find(|(name, _)| !NAMES.contains(&name.as_ref())) {
            return Err(Finding::new(expected, format!("`{stranger}`")).at(format!("/{stranger}")));
        }
        let text = |name: &str| {
            let found = value.get(name).and_then(Value::as_str);
            found.ok_or_else(|| Finding::new(&expected, "no such text").at(format!("/{name}")))
        };
        let fields = Self {
            commit: text("commit_hash")?,
            name: text("artifact_name")?,
            hash: text("artifact_hash")?,
            pcrs: [text("pcr0")?, text("pcr1")?, text("pcr2")?],
            attestation: text("attestation")?,
        };
        Ok((fields, Finding::new(&expected, "these")))
    }
}

/// The file's binary fields.
struct Binary {
    attestation: Vec<u8>,
    pcrs: Vec<[u8; 48]>,
}

impl Binary {
    fn decode(fields: &Fields<'_>) -> Result<(Self, Finding), Finding> {
        let expected = "standard base64 with padding";
        let refused = |name: &str| Finding::new(expected, "something else").at(format!("/{name}"));
        let decode = |text: &str| STANDARD.decode(text).ok();
        let attestation = decode(fields.attestation).ok_or_else(|| refused("attestation"))?;
        let mut pcrs = Vec::new();
        for (index, text) in fields.pcrs.iter().enumerate() {
            let value = decode(text).and_then(|bytes| <[u8; 48]>::try_from(bytes).ok());
            pcrs.push(value.ok_or_else(|| refused(&format!("pcr{index}")))?);
        }
        Ok((Self { attestation, pcrs }, Finding::new(expected, "so")))
    }
}

fn agrees(fields: &Fields<'_>, signed: &Signed<'_>, log: &mut Log<'_>) {
    let hash = hex(&signed.sha256);
    let pairs = [
        ("commit_hash", fields.commit, signed.commit),
        ("artifact_name", fields.name, signed.name),
        ("artifact_hash", fields.hash, hash.as_str()),
    ];
    let other = pairs.iter().find(|(_, said, signed)| said != signed);
    let finding = match other {
        Some((name, said, signed)) => Finding::new(*signed, *said).at(format!("/{name}")),
        None => Finding::new("the signed text", "the same"),
    };
    log.assess(&AGREES, other.is_none(), finding);
}

fn pcrs_agree(binary: &Binary, document: &AuthenticDocument, log: &mut Log<'_>) {
    let pairs = (0_u8..).zip(&binary.pcrs);
    let other = pairs.into_iter().find(|(index, said)| document.pcr(*index) != Some(said));
    let finding = match other {
        Some((index, said)) => {
            let signed = document.pcr(index).map(|value| hex(value)).unwrap_or_default();
            Finding::new(signed, hex(said)).at(format!("/pcr{index}"))
        }
        None => Finding::new("those of the document", "the same"),
    };
    log.assess(&PCRS_AGREE, other.is_none() && binary.pcrs.len() == 3, finding);
}

fn artifact(signed: &Signed<'_>, given: Option<&Artifact>, log: &mut Log<'_>) {
    let expected = hex(&signed.sha256);
    let Some(artifact) = given else {
        log.unnamed(&ARTIFACT, Finding::new(expected, "no artifact was given"));
        return;
    };
    let (found, holds) = (hex(&artifact.sha256), artifact.sha256 == signed.sha256);
    log.assess(&ARTIFACT, holds, Finding::new(&expected, &found).at(&artifact.name));
    let link = |from: String, to: &str, right: String, checks: &[&str]| Link {
        from,
        to: to.into(),
        left: found.clone(),
        right,
        holds,
        checks: checks.iter().map(|id| (*id).into()).collect(),
    };
    let from = format!("artifact {}", artifact.name);
    log.link(Place::Artifact, link(from, USER_DATA_AT, expected, &[ARTIFACT.id]));
    if !holds {
        return;
    }
    log.claim("artifact.checked", &artifact.name, Authority::Provenance, USER_DATA_AT);
    if artifact.name != signed.name {
        let text = format!("the artifact was built under the name `{}`", signed.name);
        log.note(NoteKind::Information, "attestable.other_name", text, &artifact.name);
    }
}
