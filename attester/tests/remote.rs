//! Builds on another machine: with one that proves what it is, and with those that don't.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "a test that panics has failed"
)]

mod common;

use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use common::{Project, names, sandbox};
use kettle_attest::evidence::{Asked, of};
use kettle_attest::remote::{FrameKind, Identity, bound, read_frame, tls_client, write_frame};
use kettle_testvectors::policies;
use kettle_verifier_core::Timestamp;
use kettle_verifier_core::policy::PolicyDocument;

/// `kettle-attest serve`, until it is dropped.
struct Machine {
    process: Child,
    address: String,
}

impl Machine {
    fn start() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kettle-attest"));
        command.args(["--json", "serve", "--listen", "127.0.0.1:0", "--simulate", "snp"]);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let first: serde_json::Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        let address = first["address"].as_str().unwrap().to_owned();
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, address }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A requester's side: a project, a policy and a trust root.
struct Requester {
    project: Project,
    policy: PathBuf,
    root: PathBuf,
}

impl Requester {
    fn new(policy: impl FnOnce(&mut PolicyDocument)) -> Self {
        let project = Project::hello();
        project.commit();
        let mut document = policies::pinned();
        document.source = None;
        policy(&mut document);
        let (policy, root) = (project.beside("policy.json"), project.beside("root.json"));
        std::fs::write(&policy, policies::json(&document)).unwrap();
        std::fs::write(&root, kettle_attest::evidence::test_root()).unwrap();
        Self { project, policy, root }
    }

    fn send(&self, to: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kettle-attest"));
        command.args(["send", "--to", to, "--policy"]).arg(&self.policy).arg("--trust-root").arg(&self.root);
        command.args(["--source-uri", common::URI, "--output"]).arg(self.project.beside("bundle"));
        command.arg(self.project.path()).output().unwrap()
    }

    fn refuses(&self, to: &str, text: &str) {
        let output = self.send(to);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.lines().last().unwrap_or_default().contains(text), "expected `{text}` in: {said}");
        let left: Vec<String> = names(&self.project.beside(""))
            .into_iter()
            .filter(|name| name.starts_with('.') || name == "bundle")
            .collect();
        assert!(left.is_empty(), "{left:?} was left");
    }
}

const NOTHING: &str = "nothing was sent, since the machine is not one that the policy takes";

#[test]
fn a_machine_of_the_policy_builds_and_the_bundle_is_verified_here() {
    if !sandbox() {
        return;
    }
    let machine = Machine::start();
    let requester = Requester::new(|_| ());
    let output = requester.send(&machine.address);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("building in the sandbox"), "{said}");
    let bundle = requester.project.beside("bundle");
    assert_eq!(names(&bundle), ["artifacts", "evidence.json", "provenance.json"]);
    let hello = bundle.join("artifacts/hello");
    assert_eq!(Command::new(hello).output().unwrap().stdout, b"hello\n");
    // A failed build has its own reason on this side, and the machine takes the next order.
    std::fs::remove_dir_all(&bundle).unwrap();
    std::fs::remove_file(requester.project.beside("bundle.seed")).unwrap();
    requester.project.write("src/main.rs", "fn main() { no }").commit();
    requester.refuses(&machine.address, "the build failed");
    requester.project.write("src/main.rs", "fn main() {}").commit();
    assert!(requester.send(&machine.address).status.success());
}

#[test]
fn nothing_is_sent_to_a_machine_that_the_policy_does_not_name() {
    if !sandbox() {
        return;
    }
    let machine = Machine::start();
    let other = Requester::new(|policy| {
        for measurement in policy.measurements.iter_mut().flatten() {
            measurement.launch_digest = "ab".repeat(48);
        }
    });
    other.refuses(&machine.address, NOTHING);
    // A policy that names no machine takes none.
    let open = Requester::new(|policy| policy.measurements = None);
    open.refuses(&machine.address, NOTHING);
    // Without the test root named, simulated evidence is nobody's.
    let distrust = Requester::new(|_| ());
    std::fs::remove_file(&distrust.root).unwrap();
    let output = distrust.send(&machine.address);
    assert_eq!(output.status.code(), Some(2));
}

/// A server of the test's own: what it does with the first connection, and how many bytes the requester
/// still said after it was shown evidence.
fn server(
    behave: impl FnOnce(TcpStream) -> usize + Send + 'static,
) -> (String, std::thread::JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (address, std::thread::spawn(move || behave(listener.accept().unwrap().0)))
}

fn hello(stream: &mut impl Read) -> ([u8; 32], Vec<u8>) {
    let (kind, bytes) = read_frame(stream).unwrap();
    assert_eq!(kind, FrameKind::Hello);
    let text: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    let mut nonce = [0; 32];
    base16ct::lower::decode(text["nonce"].as_str().unwrap(), &mut nonce).unwrap();
    (nonce, bytes)
}

fn show(stream: &mut impl Write, evidence: &[u8]) {
    write_frame(stream, FrameKind::Item, b"{\"name\":\"evidence.json\"}").unwrap();
    write_frame(stream, FrameKind::Piece, evidence).unwrap();
    write_frame(stream, FrameKind::End, &[]).unwrap();
    write_frame(stream, FrameKind::End, &[]).unwrap();
}

fn rest(stream: &mut impl Read) -> usize {
    let mut rest = Vec::new();
    // It goes without a word.
    let _ = stream.read_to_end(&mut rest);
    rest.len()
}

fn evidence(key: &[u8], nonce: &[u8; 32]) -> Vec<u8> {
    let attester = of(&Asked { platform: Some("snp".into()), simulate: true, ..Asked::default() }).unwrap();
    let seconds = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    attester.attest(&bound(key, nonce), Timestamp::from_unix(seconds).unwrap()).unwrap().envelope
}

#[test]
fn evidence_for_this_key_and_nonce_convinces() {
    // The counterpart of the refusals below: the same server with sound evidence is sent the order.
    let (address, served) = server(|tcp| {
        let identity = Identity::new().unwrap();
        let mut stream = identity.accept(tcp).unwrap();
        let (nonce, _) = hello(&mut stream);
        show(&mut stream, &evidence(identity.public(), &nonce));
        assert_eq!(read_frame(&mut stream).unwrap().0, FrameKind::Order);
        1
    });
    let requester = Requester::new(|_| ());
    requester.refuses(&address, "the connection was lost");
    assert_eq!(served.join().unwrap(), 1);
}

#[test]
fn a_report_for_another_nonce_is_a_replay() {
    let (address, served) = server(|tcp| {
        let identity = Identity::new().unwrap();
        let mut stream = identity.accept(tcp).unwrap();
        let (mut nonce, _) = hello(&mut stream);
        nonce[0] ^= 1;
        show(&mut stream, &evidence(identity.public(), &nonce));
        rest(&mut stream)
    });
    Requester::new(|_| ()).refuses(&address, NOTHING);
    assert_eq!(served.join().unwrap(), 0);
}

#[test]
fn who_stands_in_the_middle_has_another_key() {
    if !sandbox() {
        return;
    }
    // Genuine evidence for the requester's own nonce, of a machine that the policy names: by relaying
    // everything that is said, with a connection of its own to each side.
    let machine = Machine::start();
    let to = machine.address.clone();
    let (address, served) = server(move |tcp| {
        let identity = Identity::new().unwrap();
        let mut near = identity.accept(tcp).unwrap();
        let (mut far, key) = tls_client(TcpStream::connect(to).unwrap()).unwrap();
        assert_ne!(key, identity.public());
        let (_, said) = hello(&mut near);
        write_frame(&mut far, FrameKind::Hello, &said).unwrap();
        let mut ends = 0;
        while ends < 2 {
            let (kind, bytes) = read_frame(&mut far).unwrap();
            ends = if kind == FrameKind::End { ends + 1 } else { 0 };
            write_frame(&mut near, kind, &bytes).unwrap();
        }
        rest(&mut near)
    });
    Requester::new(|_| ()).refuses(&address, NOTHING);
    assert_eq!(served.join().unwrap(), 0);
}
