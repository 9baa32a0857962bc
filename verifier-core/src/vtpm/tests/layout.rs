//! P11 of adversarial.md: the evidence object.

use alloc::format;
use alloc::string::String;

use crate::json;
use crate::log::Log;
use crate::policy::Policy;
use crate::vtpm::evidence::{self, Given};
use crate::vtpm::hcl::ReportType;
use crate::vtpm::testing::{Quote, envelope, given};

fn decode(text: &str) -> Result<(Given, usize), String> {
    let value = json::parse(text.as_bytes(), usize::MAX).unwrap();
    let policy = Policy::default();
    let mut log = Log::new(&policy, evidence::CHECKS.iter().copied());
    let given = evidence::decode(value.get("evidence").unwrap(), ReportType::Snp, &mut log);
    let record = log.finish();
    given.map(|given| (given, record.notes.len())).map_err(|_| record.checks[0].location.clone())
}

fn sound() -> String {
    let mut given = given(Quote::default().signed());
    // 4 bytes, whose base64 has two characters of padding.
    given.endorsement = Some(b"VCEK".to_vec());
    envelope(&given)
}

#[test]
fn sound_evidence_is_decoded_as_it_is() {
    let (given, notes) = decode(&sound()).unwrap();
    assert_eq!(given.endorsement.as_deref(), Some(&b"VCEK"[..]));
    assert_eq!(given.quote.unwrap().pcrs.len(), 24);
    assert_eq!((given.hcl_report.len(), notes), (2600, 0));
}

#[test]
fn quote_and_vcek_may_be_null_but_not_absent() {
    let mut none = given(Quote::default().signed());
    none.quote = None;
    let (given, _) = decode(&envelope(&none)).unwrap();
    assert!(given.quote.is_none() && given.endorsement.is_none());
    let text = envelope(&none);
    for missing in [r#""tpm_quote":null,"#, r#","vcek":null"#, r#""version":1,"#] {
        assert_eq!(decode(&text.replace(missing, "")).unwrap_err(), "/evidence");
    }
}

#[test]
fn unknown_fields_are_refused() {
    let outer = sound().replace(r#""version":1"#, r#""version":1,"ak_pub":"""#);
    assert_eq!(decode(&outer).unwrap_err(), "/evidence/ak_pub");
    let inner = sound().replace(r#""pcrs":"#, r#""ak":"","pcrs":"#);
    assert_eq!(decode(&inner).unwrap_err(), "/evidence/tpm_quote/ak");
    let tdx = sound().replace(r#""vcek":"#, r#""td_quote":"#);
    assert_eq!(decode(&tdx).unwrap_err(), "/evidence/td_quote");
}

#[test]
fn the_version_is_the_number_1() {
    for other in ["0", "2", "1.0", "1e0", "-1", "\"1\"", "null", "[1]"] {
        let text = sound().replace(r#""version":1"#, &format!(r#""version":{other}"#));
        assert_eq!(decode(&text).unwrap_err(), "/evidence/version", "{other}");
    }
}

#[test]
fn base64url_has_one_spelling_beside_its_padding() {
    let vcek = |text: &str| decode(&sound().replace(r#""VkNFSw""#, &format!("\"{text}\"")));
    let (given, notes) = vcek("VkNFSw==").unwrap();
    assert_eq!((given.endorsement.as_deref(), notes), (Some(&b"VCEK"[..]), 1));
    for other in ["VkNFSw=", "VkNFSw===", "=VkNFSw", "VkNF Sw", "VkNFSx", "VkNFSw\\n", "+/+/", "VkNF="] {
        assert_eq!(vcek(other).unwrap_err(), "/evidence/vcek", "{other}");
    }
    let number = sound().replace(r#""VkNFSw""#, "7");
    assert_eq!(decode(&number).unwrap_err(), "/evidence/vcek");
}

#[test]
fn hex_is_lower_case() {
    let text = sound();
    let magic = r#""message":"ff544347"#;
    for other in [r#""message":"FF544347"#, r#""message":"0xff544347"#, r#""message":"f544347"#] {
        assert_eq!(decode(&text.replace(magic, other)).unwrap_err(), "/evidence/tpm_quote/message");
    }
    let pcr = "01".repeat(32);
    let upper = text.replace(&format!("\"{pcr}\""), &format!("\" {pcr}\""));
    assert_eq!(decode(&upper).unwrap_err(), "/evidence/tpm_quote/pcrs/1");
    let object = text.replace(r#""pcrs":["#, r#""pcrs":{"a":["#).replace("]}", "]}}");
    assert_eq!(decode(&object).unwrap_err(), "/evidence/tpm_quote/pcrs");
}

#[test]
fn fields_are_bounded() {
    let large = "A".repeat(1_500_000);
    let text = sound().replace("VkNFSw", &large);
    assert_eq!(decode(&text).unwrap_err(), "/evidence/vcek");
}
