//! From the attested bytes to the provenance document: which 32 bytes the hardware vouches for, and
//! which bytes of `provenance.json` they are the SHA-256 of.
//!
//! The document is parsed once, from the very bytes that were hashed.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::crypto::sha256;
use crate::envelope;
use crate::json::{self, Shape, Value};
use crate::log::{Finding, Log, Place, Stopped};
use crate::platform::{Attested, FieldShape};
use crate::policy::{DigestForm, Policy};
use crate::text::hex;
use crate::verdict::{Authority, CheckSpec, Link, Stage, checks};

checks! {
    /// The checks that bind the attested bytes to the provenance, in pipeline order.
    CHECKS;

    /// `provenance.json` is strict JSON.
    PROVENANCE_JSON = CheckSpec::new(
        "binding.provenance_json", Stage::Binding, Authority::Claim,
        "provenance.json is one strict JSON object within its bounds",
        "kettle-bundle.md, Generations; RFC 8259, sections 2, 4 and 8",
        "fetch the bundle again; the file is damaged or was written by something else",
    );
    /// The attested field has the shape of its platform.
    FIELD = CheckSpec::new(
        "binding.field", Stage::Binding, Authority::Hardware,
        "the attested field holds a digest, a nonce of at most 16 bytes, and zeros",
        "kettle-bundle.md, Where the attested bytes lie",
        "the evidence was made for something else than a build; ask for the evidence of this build",
    );
    /// The attested digest is the one of `provenance.json`.
    PROVENANCE_DIGEST = CheckSpec::new(
        "binding.provenance_digest", Stage::Binding, Authority::Hardware,
        "the attested digest is the SHA-256 of provenance.json",
        "kettle-bundle.md, Generations; in-toto Statement v1",
        "fetch both files of the same build again; one of them was changed or belongs to another build",
    );
    /// The digest has a form that the policy takes.
    DIGEST_FORM = CheckSpec::new(
        "binding.digest_form", Stage::Binding, Authority::Hardware,
        "the attested digest covers the file in a form that the policy takes",
        "kettle-bundle.md, Generations",
        "a digest over compact tokens says nothing of white space, so then only the two shapes that the \
         known builders write are taken: fetch the original file, or take the form in the policy",
    );
    /// The nonce is the one that the policy demands.
    NONCE = CheckSpec::new(
        "binding.nonce", Stage::Binding, Authority::Hardware,
        "the attested nonce is the one that the policy demands, where it demands one",
        "kettle-bundle.md, Where the attested bytes lie",
        "have the build attested again with the nonce that you chose",
    );
}

checks! {
    /// The checks of hardware evidence alone.
    EXPECTED_CHECKS;

    /// The attested bytes are those that are expected.
    REPORT_DATA = CheckSpec::new(
        "binding.report_data", Stage::Binding, Authority::Hardware,
        "the attested bytes are exactly those that are expected",
        "kettle-bundle.md, Where the attested bytes lie",
        "say which report data you expect, in full and without padding",
    ).pinning();
}

/// Binds `provenance.json` to the attested bytes.
///
/// # Errors
/// [`Stopped`] when the bytes are not the ones that the hardware vouches for.
pub(crate) fn provenance<'a>(
    attested: &Attested,
    bytes: &'a [u8],
    policy: &Policy,
    log: &mut Log<'_>,
) -> Result<Value<'a>, Stopped> {
    let document = log.obtain(&PROVENANCE_JSON, envelope::provenance_document(bytes))?;
    let field = log.obtain(&FIELD, Field::read(attested))?;
    let raw = sha256(bytes);
    let tokens = json::tokens(bytes);
    let compact = match tokens.shape {
        Shape::Compact => Some(raw),
        // Two forms that differ can't have one digest, so the second need not be hashed.
        _ if raw == field.digest => None,
        _ => Some(tokens.compact_sha256()),
    };
    let forms = [(DigestForm::RawBytes, Some(raw)), (DigestForm::CompactTokens, compact)];
    let matching: Vec<DigestForm> =
        forms.iter().filter(|(_, digest)| *digest == Some(field.digest)).map(|(form, _)| *form).collect();
    let left = if matching.is_empty() { raw } else { field.digest };
    log.link(
        Place::Provenance,
        Link {
            from: "provenance.json".into(),
            to: attested.location().into(),
            left: hex(&left),
            right: hex(&field.digest),
            holds: !matching.is_empty(),
            checks: vec![PROVENANCE_DIGEST.id.into(), DIGEST_FORM.id.into()],
        },
    );
    let found = Finding::new(hex(&field.digest), hex(&left)).at("provenance.json");
    log.require(&PROVENANCE_DIGEST, !matching.is_empty(), found)?;
    let form = digest_form(&matching, tokens.shape, policy, log)?;
    log.claim("provenance.sha256", hex(&field.digest), Authority::Hardware, attested.location());
    log.claim("binding.digest_form", name(form), Authority::Hardware, attested.location());
    log.claim("binding.field_bytes", format!("{}", field.bytes), Authority::Hardware, attested.location());
    nonce(&field, attested, policy, log);
    Ok(document)
}

/// Compares the attested bytes with expected ones: all of them, never a beginning. A nonce that the policy
/// demands must lie where a build's would, whatever else was attested.
pub(crate) fn expected(attested: &Attested, expected: Option<&[u8]>, policy: &Policy, log: &mut Log<'_>) {
    report_data(attested, expected, log);
    let given = attested.nonce().or_else(|| attested.field().get(32..48)).unwrap_or_default();
    let found = if given.iter().all(|byte| *byte == 0) { "none".into() } else { hex(given) };
    demanded(found.as_str(), attested, policy, log);
}

fn report_data(attested: &Attested, expected: Option<&[u8]>, log: &mut Log<'_>) {
    let field = attested.field();
    log.claim("binding.report_data", hex(field), Authority::Hardware, attested.location());
    let Some(expected) = expected else {
        let finding = Finding::new("nobody said which report data to expect", hex(field));
        log.unnamed(&REPORT_DATA, finding.at(attested.location()));
        return;
    };
    let equal = match attested.shape() {
        FieldShape::Sized | FieldShape::Split => field == expected,
        FieldShape::Padded => {
            field.strip_prefix(expected).is_some_and(|rest| rest.iter().all(|byte| *byte == 0))
        }
    };
    let finding = Finding::new(hex(expected), hex(field)).at(attested.location());
    log.assess(&REPORT_DATA, equal && !expected.is_empty(), finding);
}

/// The attested field, taken apart.
///
/// | bytes | what |
/// |---|---|
/// | 0..32 | SHA-256 of the provenance |
/// | 32..48 | nonce, all zero where none was given |
/// | 48.. | zero |
///
/// A split field has the digest alone, and the nonce beside it.
struct Field {
    digest: [u8; 32],
    nonce: [u8; 16],
    bytes: usize,
}

impl Field {
    /// Takes a field apart. Nothing is stripped: a digest may end in zeros.
    fn read(attested: &Attested) -> Result<(Self, Finding), Finding> {
        let (lengths, expected): (&[usize], _) = match attested.shape() {
            FieldShape::Padded => (&[64], "64 bytes, the last 16 zero"),
            FieldShape::Sized => (&[32, 48, 50], "32, 48 or 50 bytes, those after 48 zero"),
            FieldShape::Split => (&[32], "32 bytes, and beside them a nonce of 16 or none"),
        };
        let bytes = attested.field();
        let finding = |found: String| Finding::new(expected, found).at(attested.location());
        if !lengths.contains(&bytes.len()) {
            return Err(finding(format!("{} bytes", bytes.len())));
        }
        let (digest, rest) = bytes.split_at_checked(32).unwrap_or_default();
        let (given, padding) = match attested.nonce() {
            Some(nonce) if nonce.len() != 16 => return Err(finding(format!("a nonce of {}", nonce.len()))),
            Some(nonce) => (nonce, rest),
            None => rest.split_at_checked(16).unwrap_or((rest, &[])),
        };
        if padding.iter().any(|byte| *byte != 0) {
            return Err(finding(format!("{} after byte 48", hex(padding))));
        }
        let mut nonce = [0; 16];
        nonce.iter_mut().zip(given).for_each(|(slot, byte)| *slot = *byte);
        let digest = digest.try_into().map_err(|_| finding(format!("{} bytes", bytes.len())))?;
        Ok((Self { digest, nonce, bytes: bytes.len() }, finding(format!("{} bytes", bytes.len()))))
    }
}

/// A file without white space has the same digest in both forms; any form that the policy takes
/// will do. The first one is the file's bytes.
fn digest_form(
    matching: &[DigestForm],
    shape: Shape,
    policy: &Policy,
    log: &mut Log<'_>,
) -> Result<DigestForm, Stopped> {
    let taken = policy.document().digest_forms.as_deref().unwrap_or(ALL_FORMS);
    let names: Vec<&str> = taken.iter().map(|form| name(*form)).collect();
    let expected = names.join(" or ");
    let result = match (matching.iter().find(|form| taken.contains(form)), shape) {
        (Some(DigestForm::CompactTokens), Shape::Other(position)) => {
            let finding = Finding::new("no white space, or that of the known builders", "other white space");
            Err(finding.at(format!("provenance.json, byte {position}")))
        }
        (Some(form), _) => Ok((*form, Finding::new(expected, name(*form)).at("provenance.json"))),
        (None, _) => {
            let found: Vec<&str> = matching.iter().map(|form| name(*form)).collect();
            Err(Finding::new(expected, found.join(" and ")).at("provenance.json"))
        }
    };
    log.obtain(&DIGEST_FORM, result)
}

const fn name(form: DigestForm) -> &'static str {
    match form {
        DigestForm::RawBytes => "raw-bytes",
        DigestForm::CompactTokens => "compact-tokens",
    }
}

fn nonce(field: &Field, attested: &Attested, policy: &Policy, log: &mut Log<'_>) {
    let found = if field.nonce == [0; 16] { "none".into() } else { hex(&field.nonce) };
    demanded(&found, attested, policy, log);
    log.claim("binding.nonce", found, Authority::Hardware, attested.location());
}

/// Compares the nonce, in hex or `none`, with the one that the policy demands.
fn demanded(found: &str, attested: &Attested, policy: &Policy, log: &mut Log<'_>) {
    let demanded = policy.document().nonce.as_deref();
    let finding = Finding::new(demanded.unwrap_or("any: the policy demands none"), found);
    let holds = demanded.is_none_or(|demanded| demanded == found);
    log.assess(&NONCE, holds, finding.at(attested.location()));
}

const ALL_FORMS: &[DigestForm] = &[DigestForm::RawBytes, DigestForm::CompactTokens];

#[cfg(test)]
mod tests;
