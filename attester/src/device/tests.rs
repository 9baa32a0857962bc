#![allow(
    clippy::arithmetic_side_effects,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that panics has failed"
)]

use std::cell::RefCell;
use std::io;

use kettle_attest_ioctl::SevGuestAnswer;

use super::certificates::{endorsement, first_of_pem};
use super::http::{Request, ask};
use super::tpm::{Channel, Command, nv_read, pcrs, quote};
use super::{nsm, sev_guest};

const VCEK: &str = "8d75da6364e66445adc5f4b93be8accd";
const ASK: &str = "79b3b74a46a31a40bd4e8cd5e8e13a79";

fn unhex(text: &str) -> Vec<u8> {
    base16ct::lower::decode_vec(text).unwrap()
}

/// A table as a host writes it.
fn table(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut head = Vec::new();
    let mut at = (entries.len() + 1) * 24;
    for (guid, bytes) in entries {
        head.extend(unhex(guid));
        head.extend(u32::try_from(at).unwrap().to_le_bytes());
        head.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
        at += bytes.len();
    }
    head.extend([0; 24]);
    entries.iter().for_each(|(_, bytes)| head.extend_from_slice(bytes));
    head
}

#[test]
fn the_endorsement_is_found_in_the_hosts_table() {
    assert_eq!(endorsement(&table(&[(ASK, b"ask"), (VCEK, b"vcek")])).unwrap(), Some(b"vcek".to_vec()));
    let vlek = "c24b07a85aa23e48aae639c045a0b8a1";
    assert_eq!(endorsement(&table(&[(vlek, b"vlek")])).unwrap(), Some(b"vlek".to_vec()));
    assert_eq!(endorsement(&table(&[(ASK, b"ask")])).unwrap(), None);
    assert_eq!(endorsement(&[]).unwrap(), None);
    assert_eq!(endorsement(&[0; 4096]).unwrap(), None);
}

#[test]
fn tables_that_do_not_hold_together_are_refused() {
    let sound = table(&[(VCEK, b"vcek")]);
    let put = |at: usize, value: u32| {
        let mut other = sound.clone();
        other[at..at + 4].copy_from_slice(&value.to_le_bytes());
        endorsement(&other).unwrap_err().message
    };
    assert!(put(16, 50).contains("points out of itself"));
    assert!(put(16, u32::MAX).contains("points out of itself"));
    assert!(put(20, u32::MAX).contains("points out of itself"));
    assert!(endorsement(&sound[..30]).is_err());
    let twice = table(&[(VCEK, b"a"), (VCEK, b"b")]);
    assert!(endorsement(&twice).unwrap_err().message.contains("two endorsement certificates"));
    let many: Vec<(&str, &[u8])> = vec![(ASK, b"x"); 17];
    assert!(endorsement(&table(&many)).unwrap_err().message.contains("more entries"));
}

#[test]
fn certificates_come_out_of_pem() {
    let pem = "-----BEGIN CERTIFICATE-----\nMAMC\nAQE=\n-----END CERTIFICATE-----\nrest";
    assert_eq!(first_of_pem(pem).unwrap(), [0x30, 3, 2, 1, 1]);
    assert!(first_of_pem("-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n").is_err());
    assert!(first_of_pem("").is_err());
}

/// `/dev/sev-guest` as it was recorded: what it is asked, and what it answers.
struct Guest {
    certificates: Vec<u8>,
    status: u32,
    refusal: Option<u64>,
    asked: RefCell<Vec<([u8; 96], usize)>>,
}

impl Guest {
    fn with(certificates: Vec<u8>) -> Self {
        Self { certificates, status: 0, refusal: None, asked: RefCell::default() }
    }
}

impl sev_guest::Port for Guest {
    fn extended_report(
        &self,
        request: &[u8; 96],
        response: &mut [u8; 4000],
        room: &mut [u8],
    ) -> (io::Result<()>, SevGuestAnswer) {
        self.asked.borrow_mut().push((*request, room.len()));
        let certificate_bytes = u32::try_from(self.certificates.len()).unwrap();
        let answer = |exit_info| SevGuestAnswer { exit_info, certificate_bytes };
        if let Some(code) = self.refusal {
            return (Err(io::ErrorKind::Other.into()), answer(code));
        }
        if room.len() < self.certificates.len() {
            return (Err(io::ErrorKind::Other.into()), answer(1 << 32));
        }
        room[..self.certificates.len()].copy_from_slice(&self.certificates);
        response[..4].copy_from_slice(&self.status.to_le_bytes());
        response[4..8].copy_from_slice(&1184_u32.to_le_bytes());
        response[0x20..0x20 + 1184].fill(0x5e);
        (Ok(()), answer(0))
    }
}

#[test]
fn sev_guest_is_asked_again_with_room_for_the_certificates() {
    let guest = Guest::with(vec![7; 8192]);
    let (report, certificates) = sev_guest::report(&guest, &[0xda; 64], 1).unwrap();
    assert_eq!((report, certificates), (vec![0x5e; 1184], vec![7; 8192]));
    let asked = guest.asked.into_inner();
    assert_eq!(asked.iter().map(|(_, room)| *room).collect::<Vec<_>>(), [0, 8192]);
    // MSG_REPORT_REQ: report data, VMPL, zeros.
    assert_eq!(asked[1].0[..64], [0xda; 64]);
    assert_eq!(asked[1].0[64..], [&[1_u8, 0, 0, 0][..], &[0; 28]].concat());
}

#[test]
fn sev_guest_that_refuses_is_believed_nothing() {
    let refused = Guest { refusal: Some(22), ..Guest::with(Vec::new()) };
    assert!(sev_guest::report(&refused, &[0; 64], 0).unwrap_err().message.contains("0x16"));
    let status = Guest { status: 22, ..Guest::with(Vec::new()) };
    assert!(sev_guest::report(&status, &[0; 64], 0).unwrap_err().message.contains("status 22"));
    let greedy = Guest::with(vec![0; (1 << 16) + 1]);
    assert!(sev_guest::report(&greedy, &[0; 64], 0).unwrap_err().message.contains("more than any chain"));
}

/// `/dev/nsm` with one answer.
struct Module(Vec<u8>, RefCell<Vec<u8>>);

impl nsm::Port for Module {
    fn call(&self, request: &[u8], response: &mut [u8]) -> io::Result<usize> {
        *self.1.borrow_mut() = request.to_vec();
        response[..self.0.len()].copy_from_slice(&self.0);
        Ok(self.0.len())
    }
}

/// Requests and answers in CBOR by RFC 8949, byte for byte.
#[test]
fn nsm_speaks_cbor() {
    let answered = |hex: &str| {
        let module = Module(unhex(hex), RefCell::default());
        let document = nsm::document(&module, &[0xaa, 0xbb], Some(&[0xcc]));
        (document, module.1.into_inner())
    };
    let (document, request) = answered("a16b4174746573746174696f6ea168646f63756d656e7443010203");
    assert_eq!(document.unwrap(), [1, 2, 3]);
    let expected =
        "a16b4174746573746174696f6ea369757365725f6461746142aabb656e6f6e636541cc6a7075626c69635f6b6579f6";
    assert_eq!(crate::hex(&request), expected);
    let list = answered("a16b4174746573746174696f6ea168646f63756d656e7483010203").0;
    assert_eq!(list.unwrap(), [1, 2, 3]);
    let refused = answered("a1654572726f726f496e76616c6964417267756d656e74").0;
    assert!(refused.unwrap_err().message.contains("InvalidArgument"));
    for other in ["", "a0", "80", "a165457272", "a16b4174746573746174696f6ea168646f63756d656e7463616263"] {
        assert!(answered(other).0.unwrap_err().message.contains("no document"), "{other}");
    }
}

/// A connection that has its answer already.
struct Wire(io::Cursor<Vec<u8>>, Vec<u8>);

impl io::Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl io::Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.1.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn answered(answer: &[u8]) -> (Result<Vec<u8>, String>, String) {
    let mut wire = Wire(io::Cursor::new(answer.to_vec()), Vec::new());
    let request = Request { path: "/x?y", host: "h", headers: &[("Metadata", "true")], body: Some("{}") };
    let body = ask(&mut wire, &request).map_err(|failure| failure.message);
    (body, String::from_utf8(wire.1).unwrap())
}

#[test]
fn one_request_and_one_answer_over_http() {
    let (body, asked) = answered(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    assert_eq!(body.unwrap(), b"ok");
    assert!(asked.starts_with("POST /x?y HTTP/1.0\r\nHost: h\r\n"), "{asked}");
    assert!(
        asked.contains("\r\nMetadata: true\r\n") && asked.ends_with("Content-Length: 2\r\n\r\n{}"),
        "{asked}"
    );
    assert_eq!(answered(b"HTTP/1.0 200 OK\r\n\r\nall").0.unwrap(), b"all");
    for (answer, said) in [
        (&b"HTTP/1.1 404 Not Found\r\n\r\n"[..], "status 404"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok", "cut off"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nok", "cut off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "in chunks"),
        (b"HTTP/1.1 200 OK\r\nA: b", "within its headers"),
        (b"SSH-2.0-x\r\n", "no answer in HTTP"),
        (b"", "within its headers"),
    ] {
        let refused = answered(answer).0.unwrap_err();
        assert!(refused.contains(said), "{refused}");
    }
    assert!(answered(&vec![b'x'; super::ANSWER_BYTES]).0.unwrap_err().contains("more bytes"));
}

/// A TPM that has its responses already.
struct Played(Vec<Vec<u8>>, Vec<Vec<u8>>);

impl Channel for Played {
    fn transmit(&mut self, command: &[u8]) -> io::Result<Vec<u8>> {
        self.1.push(command.to_vec());
        Ok(if self.0.is_empty() { Vec::new() } else { self.0.remove(0) })
    }
}

fn played(responses: &[&str]) -> Played {
    Played(responses.iter().map(|hex| unhex(hex)).collect(), Vec::new())
}

#[test]
fn tpm_commands_have_the_bytes_of_the_specification() {
    let area = "000e01400001000b0002000600000003";
    let mut tpm = played(&[
        &format!("80010000001c00000000{area}0000"),
        "80020000001800000000000000050003aabbcc0000010000",
    ]);
    assert_eq!(nv_read(&mut tpm, 0x0140_0001).unwrap(), [0xaa, 0xbb, 0xcc]);
    let sent: Vec<String> = tpm.1.iter().map(|command| crate::hex(command)).collect();
    assert_eq!(sent[0], "80010000000e0000016901400001");
    assert_eq!(sent[1], "8002000000230000014e40000001014000010000000940000009000000000000030000");
}

#[test]
fn tpm_responses_that_do_not_hold_together_are_refused() {
    let tried = |response: &str| {
        let sent = Command::new(0x169).handle(1).send(&mut played(&[response]));
        sent.map_err(|failure| failure.message)
    };
    assert_eq!(tried("80010000000a00000000"), Ok(Vec::new()));
    assert!(tried("80010000000a0000018b").unwrap_err().contains("refuses with 0x18b"));
    for broken in ["", "8001", "80010000000b00000000", "80020000000e000000000000ffff"] {
        assert!(tried(broken).unwrap_err().contains("does not hold together"), "{broken}");
    }
    // A bank that isn't there comes back as an empty selection.
    let empty = "80010000001c000000000000000100000001000b0300000000000000";
    assert!(pcrs(&mut played(&[empty])).unwrap_err().message.contains("no bank of PCRs"));
    let other_scheme = "80020000001d00000000000000080002aabb0016000b00000000010000";
    assert!(quote(&mut played(&[other_scheme]), 1, b"x").is_err());
}
