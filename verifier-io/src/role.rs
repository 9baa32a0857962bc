//! What a file is, by its content.

use alloc::format;

use kettle_verifier_core::json::{self, Value};
use kettle_verifier_core::limits::EVIDENCE_BYTES;
use kettle_verifier_core::x509::{Certificate, RevocationList};
use kettle_verifier_core::{policy, trust};

use crate::collateral::{CERTIFICATE_LABEL, CRL_LABEL};

/// Bytes of an AMD SEV-SNP attestation report (SEV-SNP ABI, table 23).
pub(crate) const REPORT_BYTES: usize = 1184;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// An in-toto statement: `provenance.json`.
    Provenance,
    /// The envelope `{"platform": …, "evidence": {…}}`: `evidence.json`.
    Evidence,
    /// The `evidence` object without its envelope.
    BareEvidence,
    /// A policy.
    Policy,
    /// A trust-root file.
    TrustRoot,
    /// Certificates or revocation lists, in DER or PEM, or Intel's collateral as JSON.
    Collateral,
    /// A folder packed as one file.
    Archive,
    /// A raw SEV-SNP report of 1184 bytes.
    SnpReport,
    /// A raw TDX quote, version 4 or 5.
    TdxQuote,
    /// A raw Nitro attestation document: COSE_Sign1, tagged or not.
    NitroDocument,
    /// A certificate of attestable builds: a document with the commit and the artifact beside it.
    Certificate,
    /// Azure's HCL blob: header, hardware report, runtime data.
    Hcl,
    /// A TPM quote as JSON: `signature`, `message`, `pcrs`.
    QuoteJson,
    /// The signed part of a TPM quote: a raw TPMS_ATTEST.
    QuoteMessage,
    /// PCR values as a JSON list of hexadecimal texts.
    PcrList,
    /// None of these: an artifact, where artifacts are expected.
    Unknown,
}

/// Says what a file is, by its content alone. It is a hint and no judgement: whatever is wrong in a
/// document is found by whoever appraises it.
///
/// ```
/// use kettle_verifier_io::{Role, recognise};
/// assert_eq!(recognise(br#"{"schema":"kettle-policy/v1"}"#), Role::Policy);
/// assert_eq!(recognise(b"\x7fELF"), Role::Unknown);
/// ```
#[must_use]
pub fn recognise(bytes: &[u8]) -> Role {
    match bytes {
        [0x1f, 0x8b, ..] => Role::Archive,
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Role::Archive,
        // `TPM_GENERATED_VALUE`, the magic of every TPMS_ATTEST (TPM 2.0 part 2, 10.12.8).
        [0xff, b'T', b'C', b'G', ..] => Role::QuoteMessage,
        [b'H', b'C', b'L', b'A', ..] => Role::Hcl,
        _ if bytes.get(257..262) == Some(b"ustar") => Role::Archive,
        // COSE_Sign1: an array of four whose protected header is the 4 bytes {1: -35} (RFC 9052).
        [0x84, 0x44, 0xa1, 0x01, 0x38, 0x22, ..] | [0xd2, 0x84, 0x44, 0xa1, 0x01, 0x38, 0x22, ..] => {
            Role::NitroDocument
        }
        // Version, attestation key type, and TEE type 0x81 (Intel TDX DCAP quote format, header).
        [4 | 5, 0, _, _, 0x81, 0, 0, 0, ..] => Role::TdxQuote,
        _ if is_report(bytes) => Role::SnpReport,
        _ if is_collateral(bytes) => Role::Collateral,
        _ => text(bytes),
    }
}

/// The first field of a report is its version, a small little-endian number.
fn is_report(bytes: &[u8]) -> bool {
    bytes.len() == REPORT_BYTES && matches!(bytes, [1..=9, 0, 0, 0, ..])
}

fn is_collateral(bytes: &[u8]) -> bool {
    let pem = |label: &str| {
        // On a line of its own: a JSON document may hold a certificate in a text.
        let begin = format!("-----BEGIN {label}-----");
        core::str::from_utf8(bytes).is_ok_and(|text| text.lines().any(|line| line.trim_end() == begin))
    };
    // A DER sequence with a length of two octets, as long as the file.
    let sequence = matches!(bytes, [0x30, 0x82, ..]);
    if sequence {
        return Certificate::from_der(bytes).is_ok() || RevocationList::from_der(bytes).is_ok();
    }
    pem(CERTIFICATE_LABEL) || pem(CRL_LABEL)
}

fn text(bytes: &[u8]) -> Role {
    let trimmed = bytes.trim_ascii();
    let body = trimmed.strip_prefix(b"\xef\xbb\xbf").unwrap_or(trimmed);
    if !matches!(body.first(), Some(b'{' | b'[')) || bytes.len() > EVIDENCE_BYTES {
        return Role::Unknown;
    }
    match json::parse(bytes, EVIDENCE_BYTES) {
        Ok(value) => document(&value),
        Err(_) => damaged(body),
    }
}

fn document(value: &Value<'_>) -> Role {
    let has = |name: &str| value.get(name).is_some();
    let schema = value.get("schema").and_then(Value::as_str).unwrap_or_default();
    if value.as_array().is_some() {
        return pcr_list(value);
    }
    if schema == policy::SCHEMA {
        Role::Policy
    } else if schema == trust::SCHEMA {
        Role::TrustRoot
    } else if has("predicateType") || (has("_type") && has("subject")) {
        Role::Provenance
    } else if has("platform") && has("evidence") {
        Role::Evidence
    } else if has("artifact_hash") && has("attestation") {
        Role::Certificate
    } else if has("tcb_info") && has("qe_identity") {
        Role::Collateral
    } else if has("attestation_report")
        || has("hcl_report")
        || (has("quote") && (has("report") || has("event_log")))
    {
        Role::BareEvidence
    } else if has("signature") && has("message") && has("pcrs") {
        Role::QuoteJson
    } else {
        Role::Unknown
    }
}

fn pcr_list(value: &Value<'_>) -> Role {
    let all_hex = value.as_array().is_some_and(|list| {
        !list.is_empty()
            && list.iter().all(|entry| {
                let text = entry.as_str().unwrap_or_default();
                !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
            })
    });
    if all_hex { Role::PcrList } else { Role::Unknown }
}

/// A document that is no strict JSON still has its role, so that the appraisal can say what is
/// wrong with it and where.
fn damaged(bytes: &[u8]) -> Role {
    let has = |name: &str| {
        let quoted = format!("\"{name}\"");
        bytes.windows(quoted.len()).any(|window| window == quoted.as_bytes())
    };
    if has(policy::SCHEMA) {
        Role::Policy
    } else if has(trust::SCHEMA) {
        Role::TrustRoot
    } else if has("predicateType") {
        Role::Provenance
    } else if has("platform") && has("evidence") {
        Role::Evidence
    } else if has("artifact_hash") && has("attestation") {
        Role::Certificate
    } else {
        Role::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_known_by_their_fields() {
        let cases: [(&[u8], Role); 14] = [
            (br#"{"quote":"04","event_log":"[]","report_data":""}"#, Role::BareEvidence),
            (br#"{"commit_hash":"","artifact_hash":"","attestation":""}"#, Role::Certificate),
            (br#"{"tcb_info":"","qe_identity":""}"#, Role::Collateral),
            (b"{\"vcek\":\"-----BEGIN CERTIFICATE-----\\n\"}", Role::Unknown),
            (br#"{"_type":"x","subject":[],"predicateType":"y","predicate":{}}"#, Role::Provenance),
            (br#"{"platform":"snp","evidence":{}}"#, Role::Evidence),
            (br#"{"schema":"kettle-policy/v1"}"#, Role::Policy),
            (br#"{"schema":"kettle-trust-root/v1"}"#, Role::TrustRoot),
            (br#"{"signature":"","message":"","pcrs":[]}"#, Role::QuoteJson),
            (br#"["00ff"]"#, Role::PcrList),
            (br#"[]"#, Role::Unknown),
            (br#"{"version":1,"hcl_report":""}"#, Role::BareEvidence),
            (br#"{"quote":{},"report":[],"vcek":""}"#, Role::BareEvidence),
            (br#"{"name":"an artifact"}"#, Role::Unknown),
        ];
        for (bytes, role) in cases {
            assert_eq!(recognise(bytes), role, "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn damaged_documents_keep_their_role() {
        assert_eq!(recognise(b"\xef\xbb\xbf{\"platform\":\"snp\",\"evidence\":{}}"), Role::Evidence);
        assert_eq!(recognise(br#"{"predicateType":1,"predicateType":2"#), Role::Provenance);
        assert_eq!(recognise(br#"{"schema":"kettle-policy/v1",}"#), Role::Policy);
    }

    #[test]
    fn raw_evidence_is_known_by_its_magic() {
        let mut report = vec![0; REPORT_BYTES];
        report[0] = 2;
        assert_eq!(recognise(&report), Role::SnpReport);
        assert_eq!(recognise(b"HCLA\x01\0\0\0"), Role::Hcl);
        assert_eq!(recognise(&[4, 0, 2, 0, 0x81, 0, 0, 0, 0]), Role::TdxQuote);
        assert_eq!(recognise(&[0x84, 0x44, 0xa1, 0x01, 0x38, 0x22, 0xa0]), Role::NitroDocument);
        assert_eq!(recognise(&[0xff, b'T', b'C', b'G', 0x80, 0x18]), Role::QuoteMessage);
        assert_eq!(recognise(&[0; REPORT_BYTES]), Role::Unknown);
        assert_eq!(recognise(&[2, 0, 0, 0]), Role::Unknown);
    }
}
