//! Machines and quotes for tests: made ones, signed by a key that is no secret, and genuine ones
//! where the folder of captures is there.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};

use base64ct::{Base64UrlUnpadded, Encoding};
use crypto_bigint::modular::{BoxedMontyForm, BoxedMontyParams};
use crypto_bigint::{BoxedUint, Odd};

use super::evidence::{Given, GivenQuote};
use super::hcl::{HclBlob, ReportType};
use super::runtime::BoundRuntime;
use super::{Inner, OUTER_CHECKS, UPPER_CHECKS, attest};
use crate::crypto::sha256;
use crate::log::{Log, Record, Stopped};
use crate::platform::{Attested, Validity};
use crate::policy::Policy;
use crate::text::{hex, unhex_any};
use crate::verdict::Status;

/// The modulus of the test key, 2048 bits.
pub(crate) const MODULUS: &str = concat!(
    "ee7e3e6a75d787874647365ab3643449c97b6c38fd095c701619470d2375c20d3f1a8664716b1201ed269adfd4d0c839",
    "258bc1d2246210057b0de8d674469a1908f777d3c3858a4076c9ceaf4fb3deaaf2f17b6f0fd090c62d7b7e52042610e7",
    "f61c893280a24a01e80794f2b66188d6b794a0ed803f7c92a078942322aca54c0a1f0bc8ac3a07d5967aad81790da11b",
    "39e443fe8c7126fc00fa07dc11b46eeb9ff6e0b4a8f04346eff8cccd3f25f0666339c91ddc89d31049a44bc06afc6c54",
    "fa9ad35c141e2f60893e6bb627fee3a035143fc9f50aee7bdfd12d3fbbdc21e1f71428b0bd7500c6bec0b788165249b1",
    "b398153785eaa29c8954a9163954ca2f",
);

/// Its private exponent.
const PRIVATE: &str = concat!(
    "561a941441995fdff1fa91e02b36393e8e9495dcf95620de82cbfb7ffdd66d09f547714fe036e4d8773361e4ffe3a4f6",
    "24dd114bfa40c142094c5b4cd9cc07a4943d2c30f33d4a4dbdd55c5ea4eaeeb04f67e9c58e3321a1bb1803e23e8733c1",
    "5b74afffe0bb36f6fb3b89861b5c9957d40dc0101f264ca66f7339207a4b549dadf4a6b6e5011e279b127d6932ebf43b",
    "d10030cf864bd80d1c11347a96d4390dc3be7ee02fb8fde39c09f49432ae751d654f640680ce07db87fd792311038e74",
    "79d6a2ce7da2fb160429cdd1ed25c11db93fa8df95626a1a4bf76e9836c0bdb6a8fd2a711ea43137a9bfd63bdabe8f6a",
    "9b6346990d5533eed34cf28d33cbc7b9",
);

/// An encoded message to the power of the private exponent.
pub(crate) fn raw_sign(encoded: &[u8]) -> Vec<u8> {
    let number = |bytes: &[u8]| BoxedUint::from_be_slice(bytes, 2048).unwrap();
    let modulus = Odd::new(number(&unhex_any(MODULUS).unwrap())).unwrap();
    let form = BoxedMontyForm::new(number(encoded), &BoxedMontyParams::new(modulus));
    form.pow(&number(&unhex_any(PRIVATE).unwrap())).retrieve().to_be_bytes().to_vec()
}

/// EMSA-PKCS1-v1_5 with this `DigestInfo`, and garbage after it (RFC 8017, section 9.2).
pub(crate) fn encoded(digest_info: &[u8], garbage: usize) -> Vec<u8> {
    let mut encoded = vec![0, 1];
    encoded.resize(255 - digest_info.len() - garbage, 0xff);
    encoded.push(0);
    encoded.extend_from_slice(digest_info);
    encoded.resize(256, 0xa5);
    encoded
}

/// The `DigestInfo` of SHA-256.
pub(crate) fn digest_info(message: &[u8]) -> Vec<u8> {
    let mut info = unhex_any("3031300d060960864801650304020105000420").unwrap();
    info.extend_from_slice(&sha256(message));
    info
}

/// The signature that the virtual TPM would make.
pub(crate) fn sign(message: &[u8]) -> Vec<u8> {
    raw_sign(&encoded(&digest_info(message), 0))
}

/// The JWK of a key.
pub(crate) fn jwk(kid: &str, ops: &str, modulus: &[u8]) -> String {
    let n = Base64UrlUnpadded::encode_string(modulus);
    format!(r#"{{"kid":"{kid}","key_ops":["{ops}"],"kty":"RSA","e":"AQAB","n":"{n}"}}"#)
}

/// The JWK of the test key as the attestation key.
pub(crate) fn ak() -> String {
    jwk("HCLAkPub", "sign", &unhex_any(MODULUS).unwrap())
}

/// Runtime data with these keys.
pub(crate) fn runtime(keys: &str) -> String {
    let user_data = "5A".repeat(64);
    format!(
        r#"{{"keys":[{keys}],"vm-configuration":{{"console-enabled":true,"secure-boot":true,"tpm-enabled":true,"vmUniqueId":"5A7A08AC-DB45-4145-881F-9B0CADDF00C4"}},"user-data":"{user_data}"}}"#
    )
}

/// An HCL blob around runtime data, 2600 bytes; its report has nothing but the report data.
pub(crate) fn hcl(runtime: &[u8]) -> Vec<u8> {
    let size = u32::try_from(runtime.len()).unwrap();
    let mut blob = b"HCLA".to_vec();
    for field in [1, 1216 + 20 + size, 2, 0, 0, 0, 0] {
        blob.extend_from_slice(&field.to_le_bytes());
    }
    blob.resize(REPORT_DATA, 0);
    blob.extend_from_slice(&sha256(runtime));
    blob.resize(1216, 0);
    for field in [20 + size, 1, 2, 1, size] {
        blob.extend_from_slice(&field.to_le_bytes());
    }
    blob.extend_from_slice(runtime);
    blob.resize(blob.len().max(2600), 0);
    blob
}

/// Offset of the report data in the blob.
pub(crate) const REPORT_DATA: usize = 32 + 0x50;

/// The fields of a quote, to be changed one by one.
#[derive(Clone)]
pub(crate) struct Quote {
    pub(crate) magic: u32,
    pub(crate) kind: u16,
    pub(crate) signer: Vec<u8>,
    pub(crate) extra_data: Vec<u8>,
    pub(crate) reset_count: u32,
    pub(crate) safe: u8,
    pub(crate) firmware: u64,
    pub(crate) selections: Vec<(u16, Vec<u8>)>,
    pub(crate) digest: Vec<u8>,
    pub(crate) pcrs: Vec<Vec<u8>>,
}

/// What identifies the test key in the endorsement hierarchy.
pub(crate) fn signer(hierarchy: u32, attributes: u32) -> Vec<u8> {
    let mut public = unhex_any("0001000b").unwrap();
    public.extend_from_slice(&attributes.to_be_bytes());
    public.extend(unhex_any("000000100014000b0800000000000100").unwrap());
    public.extend(unhex_any(MODULUS).unwrap());
    let mut qualified = hierarchy.to_be_bytes().to_vec();
    qualified.extend([0, 0x0b]);
    qualified.extend(sha256(&public));
    let mut name = vec![0, 0x0b];
    name.extend(sha256(&qualified));
    name
}

impl Default for Quote {
    fn default() -> Self {
        let pcrs: Vec<Vec<u8>> = (0..24).map(|index| vec![index; 32]).collect();
        let digest = sha256(&pcrs.concat()).to_vec();
        Self {
            magic: 0xff54_4347,
            kind: 0x8018,
            signer: signer(0x4000_000b, 0x0005_0472),
            extra_data: vec![7; 48],
            reset_count: 2,
            safe: 1,
            firmware: 0x2020_0312_0012_0003,
            selections: vec![(0x000b, vec![0xff; 3])],
            digest,
            pcrs,
        }
    }
}

impl Quote {
    /// The `TPMS_ATTEST`.
    pub(crate) fn message(&self) -> Vec<u8> {
        let mut message = self.magic.to_be_bytes().to_vec();
        message.extend(self.kind.to_be_bytes());
        let sized = |message: &mut Vec<u8>, bytes: &[u8]| {
            message.extend(u16::try_from(bytes.len()).unwrap().to_be_bytes());
            message.extend_from_slice(bytes);
        };
        sized(&mut message, &self.signer);
        sized(&mut message, &self.extra_data);
        message.extend(1_000_u64.to_be_bytes());
        message.extend(self.reset_count.to_be_bytes());
        message.extend(0_u32.to_be_bytes());
        message.push(self.safe);
        message.extend(self.firmware.to_be_bytes());
        message.extend(u32::try_from(self.selections.len()).unwrap().to_be_bytes());
        for (hash, map) in &self.selections {
            message.extend(hash.to_be_bytes());
            message.push(u8::try_from(map.len()).unwrap());
            message.extend_from_slice(map);
        }
        sized(&mut message, &self.digest);
        message
    }

    /// The quote with its signature.
    pub(crate) fn signed(&self) -> GivenQuote {
        let message = self.message();
        GivenQuote { signature: sign(&message), message, pcrs: self.pcrs.clone() }
    }
}

/// Evidence of a machine that the test key quotes for.
pub(crate) fn given(quote: GivenQuote) -> Given {
    Given { quote: Some(quote), hcl_report: hcl(runtime(&ak()).as_bytes()), endorsement: None }
}

/// What came of a run of this layer.
pub(crate) struct Ran {
    pub(crate) attested: Option<Attested>,
    pub(crate) record: Record,
}

impl Ran {
    /// The id of the first check that failed.
    pub(crate) fn failure(&self) -> Option<&str> {
        let failed = self.record.checks.iter().find(|check| check.status == Status::Fail);
        failed.map(|check| check.id.as_str())
    }

    /// The status of a check.
    pub(crate) fn status(&self, id: &str) -> Status {
        self.record.checks.iter().find(|check| check.id == id).unwrap().status
    }

    /// The value of a claim.
    pub(crate) fn claim(&self, id: &str) -> Option<&str> {
        self.record.claims.iter().find(|claim| claim.id == id).map(|claim| claim.value.as_str())
    }
}

/// Runs this layer alone: the inner layer is left out, its report is believed.
pub(crate) fn run(given: &Given) -> Ran {
    run_with(given, ReportType::Snp, &Policy::default())
}

/// As [`run`], under a policy.
pub(crate) fn run_with(given: &Given, kind: ReportType, policy: &Policy) -> Ran {
    let tables = OUTER_CHECKS.iter().chain(UPPER_CHECKS).flat_map(|table| table.iter().copied());
    let mut log = Log::new(policy, tables);
    let attested = believing(given, kind, policy, &mut log).ok();
    Ran { attested, record: log.finish() }
}

fn believing(
    given: &Given,
    kind: ReportType,
    policy: &Policy,
    log: &mut Log<'_>,
) -> Result<Attested, Stopped> {
    let blob = HclBlob::read(&given.hcl_report, kind, log)?;
    let report_data: [u8; 64] = match kind {
        ReportType::Snp => blob.report()[0x50..0x90].try_into().unwrap(),
        // A TD quote of version 4: a header of 48 bytes, and the report data at 520 of the body.
        ReportType::Tdx => given.endorsement.as_ref().unwrap()[568..632].try_into().unwrap(),
    };
    let runtime = BoundRuntime::bind(blob.runtime(), &report_data, log)?;
    let inner = Inner { validity: Validity::default(), links: &[] };
    attest(given.quote.as_ref(), &runtime, &inner, policy, log)
}

/// A genuine capture of az-snp or az-tdx, brought into the shape of the envelope's evidence; `None`
/// where the captures are absent.
pub(crate) fn capture(name: &str) -> Option<Given> {
    let text = crate::vectors::bytes(name)?;
    let json: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let evidence = json.get("evidence").unwrap_or(&json);
    let member = |names: [&str; 2]| names.iter().find_map(|name| evidence.get(name));
    let quote = member(["tpm_quote", "quote"]).unwrap();
    let pcrs = quote["pcrs"].as_array().unwrap().iter().map(bytes_of).collect();
    let quote =
        GivenQuote { signature: bytes_of(&quote["signature"]), message: bytes_of(&quote["message"]), pcrs };
    let hcl_report = bytes_of(member(["hcl_report", "report"]).unwrap());
    let endorsement = member(["vcek", "td_quote"]).map(bytes_of);
    Some(Given { quote: Some(quote), hcl_report, endorsement })
}

/// Bytes as the makers of captures write them: a list of numbers, hex, base64url, or PEM.
fn bytes_of(value: &serde_json::Value) -> Vec<u8> {
    if let Some(numbers) = value.as_array() {
        return numbers.iter().map(|number| u8::try_from(number.as_u64().unwrap()).unwrap()).collect();
    }
    let text = value.as_str().unwrap();
    if let Some(bytes) = unhex_any(text) {
        return bytes;
    }
    let pem = text.split("-----").nth(2).unwrap_or(text).replace(['\n', '\r'], "");
    let base64 = pem.trim_end_matches('=').replace('+', "-").replace('/', "_");
    Base64UrlUnpadded::decode_vec(&base64).unwrap()
}

/// The evidence of an az-snp machine as the text of an envelope.
pub(crate) fn envelope(given: &Given) -> String {
    envelope_of(given, ReportType::Snp)
}

/// The evidence of a machine of this kind as the text of an envelope.
pub(crate) fn envelope_of(given: &Given, kind: ReportType) -> String {
    let (label, member) = match kind {
        ReportType::Snp => ("az-snp", "vcek"),
        ReportType::Tdx => ("az-tdx", "td_quote"),
    };
    let base64 = |bytes: &[u8]| Base64UrlUnpadded::encode_string(bytes);
    let quote = given.quote.as_ref().map_or_else(
        || "null".to_string(),
        |quote| {
            let pcrs: Vec<String> = quote.pcrs.iter().map(|pcr| format!("\"{}\"", hex(pcr))).collect();
            let (signature, message) = (hex(&quote.signature), hex(&quote.message));
            format!(r#"{{"signature":"{signature}","message":"{message}","pcrs":[{}]}}"#, pcrs.join(","))
        },
    );
    let endorsement = given.endorsement.as_ref().map_or("null".into(), |der| format!("\"{}\"", base64(der)));
    let hcl = base64(&given.hcl_report);
    format!(
        r#"{{"platform":"{label}","evidence":{{"version":1,"tpm_quote":{quote},"hcl_report":"{hcl}","{member}":{endorsement}}}}}"#
    )
}
