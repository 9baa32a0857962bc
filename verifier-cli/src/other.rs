//! The documents of other systems for attested builds: which appraisal they get, and which options mean
//! nothing to them. An option that would be left aside is an error, so that none reads as obeyed.

use kettle_verifier_core::formats::{attestable, tee_compile};
use kettle_verifier_core::{Policy, Timestamp, TrustRoots, Verdict};
use kettle_verifier_io::{Format, Other};

use crate::args::{HashArgs, VerifyArgs};
use crate::failure::Failure;

/// Appraises the document.
pub(crate) fn appraise(
    document: &Other,
    given: &VerifyArgs,
    policy: &Policy,
    roots: &TrustRoots,
    now: Timestamp,
) -> Result<Verdict, Failure> {
    if !given.subject.is_empty() {
        return Err(Failure::new("--subject names subjects of a provenance, and this document has none"));
    }
    match document.format {
        Format::Certificate => {
            refuse_hashes(&given.hashes)?;
            let artifact = match document.artifacts.as_slice() {
                [] => None,
                [one] => Some(one.clone()),
                _ => return Err(Failure::new("a certificate names one artifact; give one at a time")),
            };
            let certificate = attestable::Certificate { certificate: &document.document, artifact };
            Ok(attestable::appraise(&certificate, policy, roots, now))
        }
        Format::CompileReport => {
            if let Some(artifact) = document.artifacts.first() {
                return Err(Failure::new(format!(
                    "`{}` can't be compared with a TEE Compile report, whose hash covers paths too; give \
                     the hash that the tool computes with --output-hash",
                    artifact.name
                )));
            }
            let report = tee_compile::Report {
                report: &document.document,
                input_hash: hash("--input-hash", given.hashes.input_hash.as_deref())?,
                output_hash: hash("--output-hash", given.hashes.output_hash.as_deref())?,
            };
            Ok(tee_compile::appraise(&report, policy, roots, now))
        }
    }
}

/// The expected hashes mean nothing to other documents.
pub(crate) fn refuse_hashes(given: &HashArgs) -> Result<(), Failure> {
    if given.input_hash.is_none() && given.output_hash.is_none() {
        return Ok(());
    }
    Err(Failure::new("--input-hash and --output-hash are for TEE Compile reports, and this is none"))
}

/// 32 bytes of hexadecimal text, with or without `0x`.
fn hash(option: &str, text: Option<&str>) -> Result<Option<[u8; 32]>, Failure> {
    let Some(text) = text else { return Ok(None) };
    let digits = text.strip_prefix("0x").unwrap_or(text);
    let nibble = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some((nibble(*high)? << 4) | nibble(*low)?),
        _ => None,
    };
    let bytes: Option<Vec<u8>> = digits.as_bytes().chunks(2).map(pair).collect();
    match bytes.and_then(|bytes| bytes.try_into().ok()) {
        Some(hash) => Ok(Some(hash)),
        None => Err(Failure::new(format!("{option} `{text}`: expected 32 bytes of hex"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_32_bytes_of_hex() {
        assert_eq!(hash("", Some(&format!("0x{}", "aF".repeat(32)))).unwrap(), Some([0xaf; 32]));
        assert_eq!(hash("", None).unwrap(), None);
        for text in ["", "0x", "00", &"00".repeat(33), &"0".repeat(63), &"zz".repeat(32)] {
            assert!(hash("", Some(text)).is_err(), "{text}");
        }
    }
}
