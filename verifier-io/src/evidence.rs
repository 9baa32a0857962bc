//! Hardware evidence alone: an envelope, or the raw parts that one is made of.
//!
//! Raw parts are put into an envelope, so that there is one pipeline for both.

use std::path::{Path, PathBuf};

use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use kettle_verifier_core::Collateral;
use kettle_verifier_core::json::{self, Value};
use kettle_verifier_core::limits::EVIDENCE_BYTES;
use serde_json::json;

use crate::collateral::collateral_from_bytes;
use crate::content::unhex;
use crate::error::{Error, ErrorKind, shown};
use crate::file;
use crate::role::{Role, recognise};

/// Bytes of a RSA-2048 signature, the only one that Azure's vTPM makes.
const SIGNATURE_BYTES: usize = 256;

/// Hardware evidence as it was read.
#[derive(Debug, Clone, Default)]
pub struct EvidenceInput {
    /// The bytes of an evidence envelope.
    pub evidence: Vec<u8>,
    /// Certificates and revocation lists.
    pub collateral: Collateral,
}

/// Raw parts of hardware evidence.
#[derive(Debug, Clone, Default)]
pub struct EvidenceParts {
    envelope: Option<Vec<u8>>,
    bare: Option<Vec<u8>>,
    report: Option<Vec<u8>>,
    quote: Option<Vec<u8>>,
    document: Option<Vec<u8>>,
    hcl: Option<Vec<u8>>,
    quote_json: Option<Vec<u8>>,
    message: Option<Vec<u8>>,
    signature: Option<Vec<u8>>,
    pcrs: Option<Vec<u8>>,
    collateral: Collateral,
    first: String,
}

/// Reads hardware evidence from files in any order.
///
/// # Errors
/// [`Error`] where a file can't be read or is none of the known parts, and where parts are missing.
pub fn read_evidence(paths: &[PathBuf]) -> Result<EvidenceInput, Error> {
    let mut parts = EvidenceParts::default();
    for path in paths {
        parts.add_file(path)?;
    }
    parts.finish()
}

/// As [`read_evidence`], where Intel's collateral may come without any: the bytes of the evidence are
/// empty then.
///
/// # Errors
/// As [`read_evidence`].
pub fn read_evidence_or_collateral(paths: &[PathBuf]) -> Result<EvidenceInput, Error> {
    let mut parts = EvidenceParts::default();
    for path in paths {
        parts.add_file(path)?;
    }
    if parts.is_intel_alone() {
        return Ok(EvidenceInput { collateral: parts.collateral, ..EvidenceInput::default() });
    }
    parts.finish()
}

impl EvidenceParts {
    fn is_intel_alone(&self) -> bool {
        let parts = [
            &self.envelope,
            &self.bare,
            &self.report,
            &self.quote,
            &self.document,
            &self.hcl,
            &self.quote_json,
            &self.message,
            &self.signature,
            &self.pcrs,
        ];
        let Collateral { certificates, crls, intel } = &self.collateral;
        let others = certificates.is_empty() && crls.is_empty();
        parts.iter().all(|part| part.is_none()) && others && !intel.is_empty()
    }

    fn add_file(&mut self, path: &Path) -> Result<(), Error> {
        let opened = file::open(path)?;
        let bytes = file::read_at_most(opened.file, EVIDENCE_BYTES).map_err(|kind| kind.of(shown(path)))?;
        self.add(&shown(path), bytes)
    }

    /// Takes one part; `name` is named in errors.
    ///
    /// # Errors
    /// [`Error`] where it is none of the known parts, or was there before.
    pub fn add(&mut self, name: &str, bytes: Vec<u8>) -> Result<(), Error> {
        if self.first.is_empty() {
            self.first = name.into();
        }
        let (role, bytes) = match recognise(&bytes) {
            Role::Unknown if name.ends_with("evidence.json") => (Role::Evidence, bytes),
            Role::Unknown => spelt_out(bytes),
            role => (role, bytes),
        };
        let (slot, what) = match role {
            Role::Evidence => (&mut self.envelope, "evidence envelope"),
            Role::BareEvidence => (&mut self.bare, "evidence object"),
            Role::SnpReport => (&mut self.report, "report"),
            Role::TdxQuote => (&mut self.quote, "TDX quote"),
            Role::NitroDocument => (&mut self.document, "Nitro document"),
            Role::Hcl => (&mut self.hcl, "HCL blob"),
            Role::QuoteJson => (&mut self.quote_json, "TPM quote"),
            Role::QuoteMessage => (&mut self.message, "quote message"),
            Role::PcrList => (&mut self.pcrs, "list of PCRs"),
            Role::Unknown if bytes.len() == SIGNATURE_BYTES => (&mut self.signature, "quote signature"),
            Role::Collateral => return collateral_from_bytes(&bytes, name, &mut self.collateral),
            Role::Policy => return Err(unasked("a policy", "--policy FILE", name)),
            Role::TrustRoot => return Err(unasked("a trust root", "--trust-root FILE", name)),
            _ => return Err(ErrorKind::Content { expected: PARTS }.of(name)),
        };
        match slot.replace(bytes) {
            Some(_) => Err(ErrorKind::Twice { what, other: self.first.clone() }.of(name)),
            None => Ok(()),
        }
    }

    /// Puts the parts together.
    ///
    /// # Errors
    /// [`Error`] where they are parts of different things, or where one is missing.
    pub fn finish(mut self) -> Result<EvidenceInput, Error> {
        let collateral = core::mem::take(&mut self.collateral);
        // A TD quote lies beside the HCL blob of a TD.
        let blob = self.hcl.as_deref();
        let lone_quote = self.quote.as_ref().filter(|_| !blob.is_some_and(holds_td_report));
        let whole = [
            self.envelope.as_ref(),
            self.bare.as_ref(),
            self.report.as_ref(),
            lone_quote,
            self.document.as_ref(),
            self.hcl.as_ref(),
        ];
        if whole.iter().filter(|part| part.is_some()).count() > 1 {
            return Err(
                self.fault("pieces of one evidence; two different ones are there, so give one at a time")
            );
        }
        let quote = self.tpm_quote()?;
        let mut input = EvidenceInput { collateral, ..EvidenceInput::default() };
        input.evidence = if let Some(envelope) = self.envelope.take() {
            envelope
        } else if let Some(bare) = self.bare.take() {
            match self.first_layout(&bare, &mut input.collateral)? {
                Some(envelope) => envelope,
                None => dstack(&bare).unwrap_or_else(|| enveloped(&bare)),
            }
        } else if let Some(report) = self.report.take() {
            snp(&report)
        } else if let Some(hcl) = self.hcl.take() {
            Self::azure(&hcl, quote.as_ref(), self.quote.as_deref())
        } else if let Some(quote) = self.quote.take() {
            envelope("tdx", &json!({ "quote": Base64::encode_string(&quote), "cc_eventlog": null }))
        } else if let Some(document) = self.document.take() {
            envelope("nitro", &json!({ "document": Base64::encode_string(&document) }))
        } else if quote.is_some() {
            return Err(self.fault(
                "an HCL blob beside the TPM quote: the quote's key is vouched for only by the hardware report in it",
            ));
        } else if !input.collateral.certificates.is_empty() || !input.collateral.crls.is_empty() {
            return Err(self.fault("hardware evidence beside the certificates and lists"));
        } else {
            return Err(self.fault(PARTS));
        };
        Ok(input)
    }

    /// A blob is Azure's evidence. Without a quote, everything but the quote is appraised.
    ///
    /// The certificate stays beside the envelope, where the one that fits the report is looked for.
    fn azure(hcl: &[u8], quote: Option<&serde_json::Value>, td_quote: Option<&[u8]>) -> Vec<u8> {
        let mut evidence = json!({
            "version": 1,
            "tpm_quote": quote,
            "hcl_report": Base64UrlUnpadded::encode_string(hcl),
        });
        let td_quote = td_quote.map(Base64UrlUnpadded::encode_string);
        let (label, member) = if holds_td_report(hcl) { ("az-tdx", "td_quote") } else { ("az-snp", "vcek") };
        if let Some(members) = evidence.as_object_mut() {
            members.insert(member.into(), td_quote.into());
        }
        envelope(label, &evidence)
    }

    /// Azure's evidence in the first layouts of CoCo's attester, with lists of bytes: `quote`,
    /// `report` and `vcek` in PEM, or `tpm_quote`, `hcl_report` and `td_quote`. `None` where it has
    /// another one.
    fn first_layout(&self, bare: &[u8], collateral: &mut Collateral) -> Result<Option<Vec<u8>>, Error> {
        let value = json::parse(bare, EVIDENCE_BYTES).unwrap_or(Value::Null);
        let list = |name: &str| value.get(name).filter(|list| list.as_array().is_some());
        let report = value.get("report").or_else(|| list("hcl_report"));
        let Some(hcl) = report.and_then(|report| unhex(&text(report))) else {
            return Ok(None);
        };
        if let Some(pem) = value.get("vcek").and_then(Value::as_str) {
            collateral_from_bytes(pem.as_bytes(), &self.first, collateral)?;
        }
        let quote = value.get("quote").or_else(|| value.get("tpm_quote")).map(quote_fields);
        let td_quote = list("td_quote").and_then(|list| unhex(&text(list)));
        Ok(Some(Self::azure(&hcl, quote.as_ref(), td_quote.as_deref())))
    }

    /// The TPM quote as the envelope has it, from its JSON or from its raw parts.
    fn tpm_quote(&mut self) -> Result<Option<serde_json::Value>, Error> {
        if let Some(bytes) = self.quote_json.take() {
            let value = json::parse(&bytes, EVIDENCE_BYTES).unwrap_or(Value::Null);
            return Ok(Some(quote_fields(&value)));
        }
        match (self.message.take(), self.signature.take(), self.pcrs.take()) {
            (None, None, None) => Ok(None),
            (Some(message), Some(signature), Some(pcrs)) => {
                let list = json::parse(&pcrs, EVIDENCE_BYTES).unwrap_or(Value::Null);
                Ok(Some(json!({
                    "signature": hex(&signature), "message": hex(&message), "pcrs": texts(Some(&list)),
                })))
            }
            _ => Err(self.fault(
                "all three parts of a TPM quote: its message, its signature of 256 bytes and a JSON list of PCR values in hex",
            )),
        }
    }

    fn fault(&self, expected: &'static str) -> Error {
        let file = if self.first.is_empty() { "nothing" } else { &self.first };
        ErrorKind::Content { expected }.of(file)
    }
}

const PARTS: &str = "hardware evidence: an evidence.json, a SEV-SNP report of 1184 bytes (raw or hex), an HCL blob, \
     a TPM quote (JSON, or message, signature and PCRs), a TDX quote, dstack's answer to a request for one, a \
     Nitro document, a certificate or a \
     revocation list";

fn envelope(platform: &str, evidence: &serde_json::Value) -> Vec<u8> {
    json!({ "platform": platform, "evidence": evidence }).to_string().into_bytes()
}

/// Whether the report in an HCL blob is a TD's, by the report type: 4 bytes at 0x4c8, little-endian.
fn holds_td_report(blob: &[u8]) -> bool {
    blob.get(0x4c8..0x4cc) == Some(&[4, 0, 0, 0])
}

fn snp(report: &[u8]) -> Vec<u8> {
    envelope("snp", &json!({ "attestation_report": Base64::encode_string(report), "cert_chain": null }))
}

/// dstack's own answer, or the evidence object that is made of it. What the answer repeats of the
/// request is left out, since the quote itself says it; whatever else it has, the appraisal judges.
fn dstack(answer: &[u8]) -> Option<Vec<u8>> {
    let mut value: serde_json::Value = serde_json::from_slice(answer).ok()?;
    let members = value.as_object_mut().filter(|members| members.contains_key("event_log"))?;
    for repeated in ["report_data", "hash_algorithm", "prefix"] {
        members.remove(repeated);
    }
    Some(envelope("dstack", &value))
}

/// The object is put in as it stands, so that its own faults are found where they are.
fn enveloped(bare: &[u8]) -> Vec<u8> {
    let has = |name: &str| bare.windows(name.len()).any(|window| window == name.as_bytes());
    let label = match () {
        () if has("\"td_quote\"") => "az-tdx",
        () if has("\"hcl_report\"") => "az-snp",
        () => "snp",
    };
    let mut envelope = format!("{{\"platform\":\"{label}\",\"evidence\":").into_bytes();
    envelope.extend_from_slice(bare);
    envelope.push(b'}');
    envelope
}

/// Raw evidence may come as text in hex or base64; what it is, its bytes say.
fn spelt_out(bytes: Vec<u8>) -> (Role, Vec<u8>) {
    let text = core::str::from_utf8(bytes.trim_ascii()).unwrap_or_default();
    let decoded = unhex(text).or_else(|| Base64::decode_vec(text).ok()).unwrap_or_default();
    match recognise(&decoded) {
        role @ (Role::SnpReport | Role::Hcl | Role::TdxQuote | Role::NitroDocument | Role::QuoteMessage) => {
            (role, decoded)
        }
        _ => (Role::Unknown, bytes),
    }
}

/// The members of a TPM quote as the envelope spells them.
fn quote_fields(quote: &Value<'_>) -> serde_json::Value {
    let text = |name: &str| quote.get(name).map(text).unwrap_or_default();
    json!({
        "signature": text("signature"), "message": text("message"), "pcrs": texts(quote.get("pcrs")),
    })
}

/// The texts of a list of hex texts or of lists of bytes.
fn texts(list: Option<&Value<'_>>) -> Vec<String> {
    let entries = list.and_then(Value::as_array).unwrap_or_default();
    entries.iter().map(text).collect()
}

/// A hex text, or the hex of a list of bytes as serde writes them. What is neither is found by the
/// appraisal.
fn text(value: &Value<'_>) -> String {
    let byte = |entry: &Value<'_>| entry.as_u64().and_then(|number| u8::try_from(number).ok());
    match (value.as_str(), value.as_array()) {
        (Some(text), _) => text.into(),
        (_, Some(list)) => {
            list.iter().map(byte).collect::<Option<Vec<u8>>>().map(|bytes| hex(&bytes)).unwrap_or_default()
        }
        _ => String::new(),
    }
}

fn hex(bytes: &[u8]) -> String {
    use core::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn unasked(what: &'static str, option: &'static str, name: &str) -> Error {
    ErrorKind::Unasked { what, option }.of(name)
}
