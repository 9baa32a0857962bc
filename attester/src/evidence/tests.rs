//! Devices that the software TEE stands behind, by the bytes that they speak, up to a verdict.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that panics has failed"
)]

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::net::UnixListener;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use kettle_attest_ioctl::SevGuestAnswer;
use kettle_testvectors::live::Machines;
use kettle_verifier_core::bundle::EvidenceOnly;
use kettle_verifier_core::{Collateral, Outcome, Policy, Timestamp, TrustRoots, Verdict, appraise_evidence};
use serde_json::{Value, json};

use super::emulator::Emulator;
use super::*;
use crate::device::{dstack, nsm, sev_guest, tpm};

const ATTESTED: Attested = [0xa7; 48];

fn now() -> Timestamp {
    Timestamp::from_rfc3339("2027-02-03T00:00:00Z").unwrap()
}

fn machines() -> Machines {
    Machines::at(now())
}

/// The verdict of somebody who trusts the software TEE and knows what was to be attested.
fn verdict(envelope: &[u8]) -> Verdict {
    let roots = TrustRoots::from_json(&test_root()).unwrap();
    // Nitro has a field of its own for the nonce.
    let nitro = envelope.starts_with(br#"{"evidence":{"document""#);
    let report_data = Some(if nitro { ATTESTED[..32].to_vec() } else { ATTESTED.to_vec() });
    let only = EvidenceOnly { evidence: envelope, report_data, collateral: Collateral::default() };
    appraise_evidence(&only, &Policy::default(), &roots, now())
}

fn genuine(envelope: &[u8], label: &str) {
    let verdict = verdict(envelope);
    assert_eq!(verdict.outcome, Outcome::Unpinned, "{}", verdict.sentence);
    assert_eq!(verdict.platform, label);
}

#[derive(Default)]
struct Guest {
    certificates: bool,
    /// The privilege level that it runs at.
    level: u8,
}

impl sev_guest::Port for Guest {
    fn extended_report(
        &self,
        request: &[u8; 96],
        response: &mut [u8; 4000],
        room: &mut [u8],
    ) -> (io::Result<()>, SevGuestAnswer) {
        if request[64] < self.level {
            let answer = SevGuestAnswer { exit_info: 0x16, certificate_bytes: 0 };
            return (Err(io::ErrorKind::Other.into()), answer);
        }
        let vcek = machines().vcek();
        let mut table = base16ct::lower::decode_vec("8d75da6364e66445adc5f4b93be8accd").unwrap();
        table.extend(48_u32.to_le_bytes());
        table.extend(u32::try_from(vcek.len()).unwrap().to_le_bytes());
        table.extend([0; 24]);
        table.extend(vcek);
        let size = if self.certificates { table.len() } else { 0 };
        let answer =
            |exit_info| SevGuestAnswer { exit_info, certificate_bytes: u32::try_from(size).unwrap() };
        if room.len() < size {
            return (Err(io::ErrorKind::Other.into()), answer(1 << 32));
        }
        room[..size].copy_from_slice(&table[..size]);
        response[4..8].copy_from_slice(&1184_u32.to_le_bytes());
        response[0x20..0x20 + 1184].copy_from_slice(&machines().snp_report(&request[..64]));
        (Ok(()), answer(0))
    }
}

fn padded() -> [u8; 64] {
    let mut data = [0; 64];
    data[..48].copy_from_slice(&ATTESTED);
    data
}

#[test]
fn sev_guest_with_the_hosts_certificates() {
    let evidence = machine::snp(&Guest { certificates: true, level: 0 }, &padded(), "snp", None).unwrap();
    genuine(&evidence, "snp");
    let evidence = machine::snp(&Guest { certificates: true, level: 0 }, &padded(), "gcp-snp", None).unwrap();
    genuine(&evidence, "gcp-snp");
}

#[test]
fn sev_guest_at_another_privilege_level_is_asked_for_that() {
    let evidence = machine::snp(&Guest { certificates: true, level: 1 }, &padded(), "snp", None).unwrap();
    genuine(&evidence, "snp");
    let refused = machine::snp(&Guest { certificates: true, level: 2 }, &padded(), "snp", None).unwrap_err();
    assert!(refused.message.contains("0x16"), "{}", refused.message);
}

#[test]
fn sev_guest_without_certificates_takes_what_is_stapled_or_decides_nothing() {
    let bare = Guest::default();
    let evidence = machine::snp(&bare, &padded(), "snp", None).unwrap();
    assert_eq!(verdict(&evidence).outcome, Outcome::Inconclusive);
    let evidence = machine::snp(&bare, &padded(), "snp", Some(&machines().vcek())).unwrap();
    genuine(&evidence, "snp");
}

struct Module;

impl nsm::Port for Module {
    fn call(&self, request: &[u8], response: &mut [u8]) -> io::Result<usize> {
        let mut decoder = minicbor::Decoder::new(request);
        let mut fields = || -> Result<[Option<Vec<u8>>; 2], minicbor::decode::Error> {
            decoder.map()?;
            decoder.str()?;
            decoder.map()?;
            decoder.str()?;
            let user_data =
                decoder.decode::<Option<&minicbor::bytes::ByteSlice>>()?.map(|bytes| bytes.to_vec());
            decoder.str()?;
            let nonce = decoder.decode::<Option<&minicbor::bytes::ByteSlice>>()?.map(|bytes| bytes.to_vec());
            Ok([user_data, nonce])
        };
        let [user_data, nonce] = fields().unwrap();
        let evidence = machines().enclave().evidence(user_data.as_deref(), nonce.as_deref());
        let evidence: Value = serde_json::from_slice(&evidence).unwrap();
        let document = STANDARD.decode(evidence["evidence"]["document"].as_str().unwrap()).unwrap();
        let mut encoder = minicbor::Encoder::new(Vec::new());
        encoder.map(1).unwrap().str("Attestation").unwrap().map(1).unwrap();
        encoder.str("document").unwrap().bytes(&document).unwrap();
        let answer = encoder.into_writer();
        response[..answer.len()].copy_from_slice(&answer);
        Ok(answer.len())
    }
}

#[test]
fn nsm_carries_the_digest_as_user_data_and_the_nonce_beside_it() {
    let evidence = machine::nitro(&Module, &ATTESTED).unwrap();
    genuine(&evidence, "nitro");
    let nonce = verdict(&evidence).claims.into_iter().find(|claim| claim.id == "nitro.nonce").unwrap();
    assert_eq!(nonce.value, "a7".repeat(16));
}

/// Answers requests over HTTP, one on a connection, until nobody asks any more.
fn serve<S: io::Read + io::Write>(
    accept: impl Fn() -> io::Result<S> + Send + 'static,
    answer: impl Fn(&str, &Value) -> Option<Value> + Send + 'static,
) {
    std::thread::spawn(move || {
        while let Ok(mut stream) = accept() {
            let mut asked = Vec::new();
            let mut byte = [0];
            while !asked.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|count| count == 1) {
                asked.push(byte[0]);
            }
            let head = String::from_utf8(asked).unwrap();
            let length =
                head.split_once("Content-Length: ").and_then(|(_, rest)| rest.lines().next()?.parse().ok());
            let mut body = vec![0; length.unwrap_or(0)];
            stream.read_exact(&mut body).unwrap();
            let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
            let path = head.split(' ').nth(1).unwrap();
            let _ = match answer(path, &body).map(|answer| answer.to_string()) {
                Some(text) => {
                    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{text}", text.len())
                }
                None => write!(stream, "HTTP/1.1 404 Not Found\r\n\r\n"),
            };
        }
    });
}

/// Azure's metadata service.
fn metadata_service() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    serve(
        move || listener.accept().map(|(stream, _)| stream),
        |path, body| match path {
            "/metadata/THIM/amd/certification" => {
                let pem = kettle_testvectors::intel::pem(&machines().vcek());
                Some(json!({ "vcekCert": pem, "certificateChain": "", "tcbm": "", "cacheControl": "0" }))
            }
            "/acc/tdquote" => {
                let report = URL_SAFE_NO_PAD.decode(body["report"].as_str()?).ok()?;
                Some(json!({ "quote": URL_SAFE_NO_PAD.encode(machines().td_quote(&report)) }))
            }
            _ => None,
        },
    );
    address
}

fn machine_at(root: &Path, service: SocketAddr) -> Machine {
    let mut machine = Machine::below(root, service);
    machine.trust(test_root());
    machine
}

fn unused() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 1))
}

#[test]
fn dstacks_agent_is_asked_over_its_socket() {
    let root = tempfile::tempdir().unwrap();
    let place = root.path().join(dstack::PLACE);
    std::fs::create_dir_all(place.parent().unwrap()).unwrap();
    let listener = UnixListener::bind(&place).unwrap();
    serve(
        move || listener.accept().map(|(stream, _)| stream),
        |path, body| {
            let data = base16ct::lower::decode_vec(body["report_data"].as_str()?).ok()?;
            let evidence: Value = serde_json::from_slice(&machines().guest().attest(&data)).ok()?;
            let mut answer = evidence["evidence"].clone();
            // The agent has no collateral, and says more than is wanted.
            answer.as_object_mut()?.remove("collateral");
            answer["report_data"] = body["report_data"].clone();
            (path == "/GetQuote").then_some(answer)
        },
    );
    let mut machine = machine_at(root.path(), unused());
    let bare = machine.attester(None).unwrap().attest(&ATTESTED, now()).unwrap();
    assert_eq!(verdict(&bare.envelope).outcome, Outcome::Inconclusive);
    let collateral = root.path().join("collateral.json");
    std::fs::write(&collateral, machines().collateral()).unwrap();
    machine.staple(&collateral).unwrap();
    let attester = machine.attester(Some("dstack")).unwrap();
    assert_eq!(attester.source(), "/var/run/dstack.sock");
    genuine(&attester.attest(&ATTESTED, now()).unwrap().envelope, "dstack");
    let other = machine.attester(Some("snp")).err().unwrap().message;
    assert!(other.contains("which is dstack and not `snp`"), "{other}");
}

#[test]
fn azures_tpm_is_found_by_its_blob_and_quotes_with_its_own_key() {
    if !emulator::is_there() {
        assert!(std::env::var_os("KETTLE_SANDBOX").is_none(), "swtpm is not installed");
        eprintln!("not run: swtpm is not installed");
        return;
    }
    let service = metadata_service();
    for (label, source) in [("az-snp", "/dev/tpmrm0"), ("az-tdx", "/dev/tpmrm0")] {
        let root = tempfile::tempdir().unwrap();
        let place = root.path().join(tpm::PLACE);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        let emulator = Emulator::start(root.path(), &place, false).unwrap();
        let mut channel = emulator.connect().unwrap();
        let mut machine = machine_at(root.path(), service);
        // A TPM without the blob is any machine's.
        drop(channel);
        assert!(machine.attester(None).is_err());
        channel = emulator.connect().unwrap();
        emulator::provision(channel.as_mut(), label, machines()).unwrap();
        drop(channel);
        let collateral = root.path().join("collateral.json");
        std::fs::write(&collateral, machines().collateral()).unwrap();
        if label == "az-tdx" {
            machine.staple(&collateral).unwrap();
        }
        let attester = machine.attester(None).unwrap();
        assert_eq!(attester.source(), source);
        genuine(&attester.attest(&ATTESTED, now()).unwrap().envelope, label);
        assert!(machine.attester(Some("tdx")).is_err());
    }
}

#[test]
fn a_machine_without_devices_says_so() {
    let root = tempfile::tempdir().unwrap();
    let machine = machine_at(root.path(), unused());
    let said = machine.attester(Some("tdx")).err().unwrap().message;
    assert!(said.contains("no quote device of `tdx` was found"), "{said}");
}

/// Serves nothing.
struct Closed;

impl crate::staple::Fetch for Closed {
    fn get(&self, url: &str) -> Done<crate::staple::Answer> {
        Err(Failure::build(format!("<{url}> is closed")))
    }
}

struct Bare;

impl Attester for Bare {
    fn source(&self) -> String {
        "bare".into()
    }

    fn attest(&self, _: &Attested, _: Timestamp) -> Done<Evidence> {
        let envelope = machine::snp(&Guest::default(), &padded(), "snp", None)?;
        Ok(Evidence { envelope, trust_root: Some(test_root()), not_fetched: None })
    }
}

#[test]
fn what_can_not_be_fetched_is_said_and_stops_nothing_here() {
    let stapled = Stapled { machine: Box::new(Bare), fetch: Closed };
    assert_eq!(stapled.source(), "bare");
    let evidence = stapled.attest(&ATTESTED, now()).unwrap();
    assert_eq!(verdict(&evidence.envelope).outcome, Outcome::Inconclusive);
    let why = evidence.not_fetched.unwrap();
    assert!(
        why.starts_with("<https://kdsintf.amd.com/vcek/v1/Milan/") && why.ends_with("is closed"),
        "{why}"
    );
}
