//! From what was read to what is appraised.
//!
//! An option that would be left aside is an error, so that none reads as obeyed.

use kettle_verifier_core::EvidenceOnly;
use kettle_verifier_core::formats::{attestable, tee_compile};
use kettle_verifier_core::request::{Content, RequestError, RequestErrorCode};

use crate::evidence::EvidenceInput;
use crate::input::{Format, Given, Ignored, Other, ignored};
use crate::read::Request;

impl Given {
    /// What is appraised. `request` is the one that it was read for.
    ///
    /// # Errors
    /// [`RequestErrorCode::NotApplicable`] where the request says something that has no meaning for what
    /// was read, and [`RequestErrorCode::Document`] where a text in it is not what its field takes. The
    /// location is the field.
    pub fn content(&self, request: &Request) -> Result<Content<'_>, RequestError> {
        match self {
            Self::Bundle(input) => {
                refuse_hashes(request)?;
                Ok(Content::Bundle(input.bundle()))
            }
            Self::Other(other) => other.content(request),
        }
    }

    /// Files that were found and play no part.
    #[must_use]
    pub fn ignored(&self) -> Vec<Ignored> {
        match self {
            Self::Bundle(input) => ignored(&input.files),
            Self::Other(other) => ignored(&other.files),
        }
    }
}

impl Other {
    fn content(&self, request: &Request) -> Result<Content<'_>, RequestError> {
        if !request.subjects.is_empty() {
            return Err(meaningless(
                "/subjects",
                "names subjects of a provenance, and this document has none",
            ));
        }
        let named = &request.collateral;
        if !(named.certificates.is_empty() && named.crls.is_empty() && named.intel.is_empty()) {
            return Err(meaningless("/collateral", "has no meaning for this document, which has it inside"));
        }
        match self.format {
            Format::Certificate => self.certificate(request).map(Content::AttestableBuild),
            Format::CompileReport => self.compile_report(request).map(Content::TeeCompile),
        }
    }

    fn certificate(&self, request: &Request) -> Result<attestable::Certificate<'_>, RequestError> {
        refuse_hashes(request)?;
        let artifact = match self.artifacts.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            _ => return Err(meaningless("", "a certificate names one artifact; give one at a time")),
        };
        Ok(attestable::Certificate { certificate: &self.document, artifact })
    }

    fn compile_report(&self, request: &Request) -> Result<tee_compile::Report<'_>, RequestError> {
        if let Some(artifact) = self.artifacts.first() {
            return Err(meaningless(
                "",
                format!(
                    "`{}` can't be compared with a TEE Compile report, whose hash covers paths too; give the \
                     hash that the tool computes with `output_hash`",
                    artifact.name
                ),
            ));
        }
        Ok(tee_compile::Report {
            report: &self.document,
            input_hash: hash("/input_hash", request.input_hash.as_deref())?,
            output_hash: hash("/output_hash", request.output_hash.as_deref())?,
        })
    }
}

impl EvidenceInput {
    /// What is appraised. `report_data` is what whoever asks expects the report to carry, 1 to 64 bytes of
    /// hex without padding.
    ///
    /// # Errors
    /// [`RequestErrorCode::Document`] where the text is something else.
    pub fn content(&self, report_data: Option<&str>) -> Result<Content<'_>, RequestError> {
        let report_data = report_data.map(expected_report_data).transpose()?;
        let collateral = self.collateral.clone();
        Ok(Content::Evidence(EvidenceOnly { evidence: &self.evidence, report_data, collateral }))
    }
}

fn expected_report_data(text: &str) -> Result<Vec<u8>, RequestError> {
    match unhex(text) {
        Some(bytes) if matches!(bytes.len(), 1..=64) => Ok(bytes),
        _ => Err(unreadable("/report_data", format!("`{text}`: expected 1 to 64 bytes of hex"))),
    }
}

/// The expected hashes mean nothing to other documents.
fn refuse_hashes(request: &Request) -> Result<(), RequestError> {
    for (field, given) in [("/input_hash", &request.input_hash), ("/output_hash", &request.output_hash)] {
        if given.is_some() {
            return Err(meaningless(field, "is for TEE Compile reports, and this is none"));
        }
    }
    Ok(())
}

/// 32 bytes of hexadecimal text, with or without `0x`.
fn hash(field: &str, text: Option<&str>) -> Result<Option<[u8; 32]>, RequestError> {
    let Some(text) = text else { return Ok(None) };
    let bytes = unhex(text.strip_prefix("0x").unwrap_or(text)).and_then(|bytes| bytes.try_into().ok());
    match bytes {
        Some(hash) => Ok(Some(hash)),
        None => Err(unreadable(field, format!("`{text}`: expected 32 bytes of hex"))),
    }
}

/// Whole bytes of hexadecimal digits in either case.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let nibble = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [high, low] => Some((nibble(*high)? << 4) | nibble(*low)?),
            _ => None,
        })
        .collect()
}

fn meaningless(field: &str, message: impl Into<String>) -> RequestError {
    refused(RequestErrorCode::NotApplicable, field, message)
}

fn unreadable(field: &str, message: impl Into<String>) -> RequestError {
    refused(RequestErrorCode::Document, field, message)
}

fn refused(code: RequestErrorCode, field: &str, message: impl Into<String>) -> RequestError {
    RequestError { code, location: field.into(), message: message.into() }
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

    #[test]
    fn report_data_is_hex_of_whole_bytes() {
        assert_eq!(expected_report_data("00fF").unwrap(), [0, 0xff]);
        for text in ["", "0", "0x00", "abc", "é", &"00".repeat(65)] {
            assert!(expected_report_data(text).is_err(), "{text}");
        }
    }
}
