//! Reads captures in the layouts of their origins: raw bytes, hex, PEM, JSON with texts or arrays of
//! numbers, protocol buffers, bincode. Whatever the layout, a file is taken apart into the byte
//! strings in it.

use std::path::PathBuf;

use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use kettle_testvectors::report::{Report, SIZE, offset};
use kettle_testvectors::{hex, unhex};
use kettle_verifier_core::x509::Certificate;
use serde_json::Value;

/// The folder of captures; `None`, said once, where there is none.
pub(crate) fn captures() -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors");
    let folder = std::env::var_os("KETTLE_VECTORS").map_or(beside, PathBuf::from);
    if folder.join("MANIFEST.tsv").is_file() {
        return Some(folder);
    }
    println!("no genuine captures: name their folder in KETTLE_VECTORS");
    None
}

/// The bytes of a capture.
pub(crate) fn read(name: &str) -> Vec<u8> {
    let path = captures().unwrap().join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every byte string in a file.
fn parts(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut found = vec![bytes.to_vec()];
    if let Ok(text) = std::str::from_utf8(bytes) {
        match serde_json::from_str::<Value>(text) {
            Ok(value) if !value.is_number() => json(&value, &mut found),
            _ => texts(text, &mut found),
        }
    } else {
        protobuf(bytes, 0, &mut found);
    }
    found
}

fn json(value: &Value, found: &mut Vec<Vec<u8>>) {
    match value {
        Value::String(text) => texts(text, found),
        Value::Object(members) => members.values().for_each(|member| json(member, found)),
        Value::Array(elements) => {
            let bytes: Option<Vec<u8>> =
                elements.iter().map(|element| u8::try_from(element.as_u64()?).ok()).collect();
            match bytes {
                Some(bytes) => found.push(bytes),
                None => elements.iter().for_each(|element| json(element, found)),
            }
        }
        _ => {}
    }
}

fn texts(text: &str, found: &mut Vec<Vec<u8>>) {
    for block in text.split("-----BEGIN ").skip(1) {
        let body = block.split_once("-----\n").map_or("", |(_, body)| body);
        let body: String = body.split("-----END").next().unwrap_or_default().split_whitespace().collect();
        found.extend(Base64::decode_vec(&body));
    }
    let text = text.trim();
    let is_hex = text.len().is_multiple_of(2) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex && !text.is_empty() {
        found.push(unhex(text));
    }
    found.extend(Base64::decode_vec(text));
    found.extend(Base64UrlUnpadded::decode_vec(text.trim_end_matches('=')));
}

/// The length-delimited fields of a message, and of the messages in it.
fn protobuf(bytes: &[u8], depth: usize, found: &mut Vec<Vec<u8>>) {
    let Some(fields) = fields(bytes).filter(|_| depth < 12) else { return };
    for field in fields {
        found.push(field.to_vec());
        protobuf(field, depth + 1, found);
    }
}

/// The length-delimited fields of a message; `None` where the bytes are none.
fn fields(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let (tag, rest) = varint(bytes)?;
        bytes = match tag & 7 {
            0 => varint(rest)?.1,
            1 => rest.get(8..)?,
            2 => {
                let (length, rest) = varint(rest)?;
                let (field, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
                found.push(field);
                rest
            }
            5 => rest.get(4..)?,
            _ => return None,
        };
    }
    Some(found)
}

fn varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    for (index, byte) in bytes.iter().enumerate().take(10) {
        value |= u64::from(byte & 0x7f).checked_shl(u32::try_from(index).ok()? * 7)?;
        if byte & 0x80 == 0 {
            return Some((value, &bytes[index + 1..]));
        }
    }
    None
}

/// The report in a file that holds one by itself.
pub(crate) fn report(file: &[u8]) -> Option<Vec<u8>> {
    parts(file).into_iter().find(|part| part.len() == 1184)
}

/// The HCL blob in a file.
pub(crate) fn hcl(file: &[u8]) -> Option<Vec<u8>> {
    parts(file).into_iter().find(|part| part.starts_with(b"HCLA"))
}

/// The TD quote in a file.
pub(crate) fn td_quote(file: &[u8]) -> Option<Vec<u8>> {
    parts(file).into_iter().find(|part| part.starts_with(&[4, 0, 2, 0, 0x81, 0, 0, 0]))
}

/// The VCEK or VLEK in a file.
pub(crate) fn vek(file: &[u8]) -> Option<Vec<u8>> {
    let is_vek = |der: &Vec<u8>| {
        let certificate = Certificate::from_der(der);
        certificate.is_ok_and(|known| matches!(known.common_name(), Some("SEV-VCEK" | "SEV-VLEK")))
    };
    parts(file).into_iter().find(is_vek)
}

/// A TPM quote as the envelope has it, out of JSON or bincode.
pub(crate) fn quote(file: &[u8]) -> Option<String> {
    if let Ok(value) = serde_json::from_slice::<Value>(file) {
        let value = value.get("evidence").unwrap_or(&value);
        let quote = value.get("tpm_quote").or_else(|| value.get("quote")).unwrap_or(value);
        let text = |value: &Value| match value {
            Value::String(hex) => hex.clone(),
            bytes => hex(&serde_json::from_value::<Vec<u8>>(bytes.clone()).unwrap()),
        };
        let pcrs = quote.get("pcrs")?.as_array()?.iter().map(text).collect();
        return Some(envelope_quote(&text(quote.get("signature")?), &text(quote.get("message")?), pcrs));
    }
    // bincode: each list is led by its length in eight bytes, little-endian; PCRs have a fixed size.
    let (signature, rest) = led(file)?;
    let (message, rest) = led(rest)?;
    let pcrs = rest.get(8..)?.chunks(32).map(hex).collect();
    Some(envelope_quote(&hex(signature), &hex(message), pcrs))
}

fn led(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<8>()?;
    rest.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)
}

/// A quote in the envelope's spelling.
pub(crate) fn envelope_quote(signature: &str, message: &str, pcrs: Vec<String>) -> String {
    let pcrs = serde_json::to_string(&pcrs).unwrap();
    format!(r#"{{"signature":"{signature}","message":"{message}","pcrs":{pcrs}}}"#)
}

/// The envelope of a bare report.
pub(crate) fn snp_envelope(report: &[u8], vek: &[u8]) -> Vec<u8> {
    let (report, vek) = (Base64::encode_string(report), Base64::encode_string(vek));
    let chain = format!(r#"{{"vcek":"{vek}","ask":null,"ark":null}}"#);
    let evidence = format!(r#"{{"attestation_report":"{report}","cert_chain":{chain}}}"#);
    format!(r#"{{"platform":"snp","evidence":{evidence}}}"#).into_bytes()
}

/// The envelope of an Azure machine; `quote` is JSON.
pub(crate) fn azure_envelope(hcl: &[u8], quote: &str, vek: Option<&[u8]>) -> Vec<u8> {
    vtpm_envelope(hcl, quote, ("az-snp", "vcek", vek))
}

/// The envelope of a TD on Azure; `quote` is JSON.
pub(crate) fn td_envelope(hcl: &[u8], quote: &str, td_quote: Option<&[u8]>) -> Vec<u8> {
    vtpm_envelope(hcl, quote, ("az-tdx", "td_quote", td_quote))
}

fn vtpm_envelope(hcl: &[u8], quote: &str, inner: (&str, &str, Option<&[u8]>)) -> Vec<u8> {
    let (label, member, bytes) = inner;
    let base64 = |bytes: &[u8]| Base64UrlUnpadded::encode_string(bytes);
    let hcl = base64(hcl);
    let value = bytes.map_or_else(|| "null".into(), |bytes| format!(r#""{}""#, base64(bytes)));
    let evidence = format!(r#"{{"version":1,"tpm_quote":{quote},"hcl_report":"{hcl}","{member}":{value}}}"#);
    format!(r#"{{"platform":"{label}","evidence":{evidence}}}"#).into_bytes()
}

/// A report out of its fields, as an older library writes them into JSON.
pub(crate) fn rebuilt(file: &[u8]) -> Vec<u8> {
    let value: Value = serde_json::from_slice(file).unwrap();
    let value = &value["attestation_report"];
    let number = |name: &str| value[name].as_u64().unwrap();
    let bytes = |value: &Value| serde_json::from_value::<Vec<u8>>(value.clone()).unwrap();
    let byte = |value: &Value, name: &str| u8::try_from(value[name].as_u64().unwrap()).unwrap();
    let mut report = Report([0; SIZE]);
    for (place, name) in [(offset::VERSION, "version"), (0x4, "guest_svn"), (offset::VMPL, "vmpl")] {
        report.put_u32(place, u32::try_from(number(name)).unwrap());
    }
    report.put_u32(offset::SIGNATURE_ALGO, u32::try_from(number("sig_algo")).unwrap());
    report.put_u32(offset::FLAGS, u32::try_from(number("key_info")).unwrap());
    report.put_u64(offset::POLICY, number("policy"));
    report.put_u64(offset::PLATFORM_INFO, number("plat_info"));
    for (place, name) in [
        (offset::FAMILY_ID, "family_id"),
        (offset::IMAGE_ID, "image_id"),
        (offset::REPORT_DATA, "report_data"),
        (offset::MEASUREMENT, "measurement"),
        (offset::HOST_DATA, "host_data"),
        (offset::ID_KEY_DIGEST, "id_key_digest"),
        (offset::AUTHOR_KEY_DIGEST, "author_key_digest"),
        (offset::REPORT_ID, "report_id"),
        (offset::REPORT_ID_MA, "report_id_ma"),
        (offset::CHIP_ID, "chip_id"),
    ] {
        report.put(place, &bytes(&value[name]));
    }
    for (place, name) in [
        (offset::CURRENT_TCB, "current_tcb"),
        (offset::REPORTED_TCB, "reported_tcb"),
        (offset::COMMITTED_TCB, "committed_tcb"),
        (offset::LAUNCH_TCB, "launch_tcb"),
    ] {
        let tcb = &value[name];
        let level = |name| byte(tcb, name);
        report.put(place, &[level("bootloader"), level("tee"), 0, 0, 0, 0, level("snp"), level("microcode")]);
    }
    let cpuid = ["cpuid_fam_id", "cpuid_mod_id", "cpuid_step"].map(|name| byte(value, name));
    report.put(offset::CPUID, &cpuid);
    for (place, name) in [(offset::CURRENT_FIRMWARE, "current"), (offset::CURRENT_FIRMWARE + 4, "committed")]
    {
        report.put(place, &["build", "minor", "major"].map(|part| byte(&value[name], part)));
    }
    report.put(offset::R, &bytes(&value["signature"]["r"]));
    report.put(offset::S, &bytes(&value["signature"]["s"]));
    report.0.to_vec()
}
