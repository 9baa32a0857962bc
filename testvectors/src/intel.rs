//! Intel TDX as the software TEE has it: PKI, collateral, quotes, and the bundle around them.

mod collateral;
mod dstack;
mod key;
mod log;
mod pki;
mod trust;

pub use collateral::{Collateral, level};
pub use dstack::{
    APP_ID, COMPOSE_HASH, DSTACK_POLICY, GuestEvent, GuestLog, INSTANCE_ID, dstack_policy, guest, policy_of,
};
pub use key::{ORDER, P256Key, negate};
pub use log::{EventLog, header, measured};
pub use pki::{
    COMPONENTS as PCK_COMPONENTS, FMSPC, List, PPID, SGX, SgxValue, name, pem, sgx_sequence, sgx_values, sign,
};
pub use trust::{POLICY, TRUST_ROOT, policy, trust_root};

use std::rc::Rc;

use base64ct::{Base64, Encoding as _};

use crate::hex;
use crate::pki::{Certificate, Extension};
use crate::provenance::{Build, Generation, Toolchain};
use crate::signing::Hash;

/// Common names of the chain, root first.
pub const NAMES: [&str; 4] =
    ["Intel SGX Root CA", "Intel SGX PCK Platform CA", "Intel SGX PCK Certificate", "Intel SGX TCB Signing"];

/// MRTD of the software TEE's image.
pub const MRTD: [u8; 48] = [0x7d; 48];

/// Where a change is made while a bundle is minted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The header of the quote, before it is signed.
    Header,
    /// What stands between header and body in version 5: kind and size.
    Descriptor,
    /// The body, before it is signed.
    Body,
    /// The report data in the body, before it is signed.
    ReportData,
    /// The quoting enclave's report, before it is signed.
    QeReport,
    /// The same, after it was signed.
    QeReportAfter,
    /// The attestation key, after the quoting enclave named it.
    AttestationKey,
    /// The quote's signature.
    Signature,
    /// The quoting enclave's signature.
    QeSignature,
    /// DER of the PCK certificate.
    Pck,
    /// DER of its CA.
    Ca,
    /// DER of the root.
    Root,
    /// The PEM chain.
    Chain,
    /// The certification data of the quoting enclave.
    QeData,
    /// The signature data.
    SignatureData,
    /// The whole quote.
    Quote,
    /// The TCB info before it is signed.
    TcbInfo,
    /// The TCB info after it was signed.
    TcbInfoAfter,
    /// Its signature, 64 bytes.
    TcbSignature,
    /// The PEM chain of its signer.
    TcbChain,
    /// The QE identity before it is signed.
    QeIdentity,
    /// The QE identity after it was signed.
    QeIdentityAfter,
    /// Its signature, 64 bytes.
    QeIdentitySignature,
    /// The PEM chain of its signer.
    QeIdentityChain,
    /// DER of the root's list.
    RootList,
    /// DER of the CA's list.
    PckList,
    /// The PEM chain of the CA's list.
    ListChain,
    /// The collateral object as JSON.
    Collateral,
    /// The event log.
    EventLog,
    /// `evidence.json`.
    Envelope,
}

type Change = Rc<dyn Fn(&mut Vec<u8>)>;

/// The keys of a platform.
#[derive(Clone)]
pub struct Keys {
    /// The root.
    pub root: P256Key,
    /// The PCK CA.
    pub ca: P256Key,
    /// The processor.
    pub pck: P256Key,
    /// The signer of TCB info and QE identity.
    pub signer: P256Key,
    /// The quoting enclave's attestation key.
    pub attestation: P256Key,
}

impl Keys {
    fn named(who: &str) -> Self {
        let key = |what: &str| P256Key::named(&format!("{who} {what}"));
        Self {
            root: key("root"),
            ca: key("ca"),
            pck: key("pck"),
            signer: key("tcb signer"),
            attestation: key("ak"),
        }
    }
}

/// A TD's bundle before it is put together.
#[derive(Clone)]
pub struct Td {
    /// The platform label.
    pub label: String,
    /// Version of the quote.
    pub version: u16,
    /// Kind of the body in a quote of version 5.
    pub kind: u16,
    /// The keys.
    pub keys: Keys,
    /// The PCK certificate before it is signed.
    pub pck: Certificate,
    /// The PCK CA before it is signed.
    pub ca: Certificate,
    /// The collateral; `None` where the bundle brings none.
    pub collateral: Option<Collateral>,
    /// The event log; `None` where the bundle brings none.
    pub log: Option<EventLog>,
    /// The event log of a guest of dstack, whose bundle has another layout.
    pub guest_log: Option<GuestLog>,
    /// The quoting enclave's authentication data.
    pub authentication_data: Vec<u8>,
    /// The kinds of certification data, outer and inner.
    pub certification: (u16, u16),
    /// The build.
    pub build: Build,
    /// The artifact files: name and bytes.
    pub files: Vec<(String, Vec<u8>)>,
    changes: Vec<(Step, Change)>,
}

impl Td {
    /// A sound bundle: version 5, TD 1.5, with collateral.
    #[must_use]
    pub fn sound() -> Self {
        Self::of("intel")
    }

    /// The same by keys of another name: nothing that the trust root knows.
    #[must_use]
    pub fn of(who: &str) -> Self {
        let keys = Keys::named(who);
        let [root, ca, pck, _] = NAMES;
        let files = vec![("hello".to_owned(), b"#!/bin/sh\necho hello, attested world\n".to_vec())];
        let given: Vec<(&str, &[u8])> =
            files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        let mut leaf = pki::certificate((ca, &keys.ca), (pck, &keys.pck), 3, None);
        leaf.extensions.push(Extension::plain(SGX, sgx_sequence(&sgx_values())));
        Self {
            label: "tdx".into(),
            version: 5,
            kind: 3,
            pck: leaf,
            ca: pki::certificate((root, &keys.root), (ca, &keys.ca), 2, Some(0)),
            collateral: Some(Collateral::sound(&keys)),
            log: None,
            guest_log: None,
            authentication_data: (0..32).collect(),
            certification: (6, 5),
            build: Build::sound(Generation::F2, Toolchain::Cargo, &given),
            files,
            changes: Vec::new(),
            keys,
        }
    }

    /// Changes the bytes of a step when the bundle is minted.
    pub fn change(&mut self, step: Step, change: impl Fn(&mut Vec<u8>) + 'static) {
        self.changes.push((step, Rc::new(change)));
    }

    /// Flips one bit of a byte of a step.
    pub fn flip(&mut self, step: Step, at: usize) {
        self.change(step, move |bytes| bytes[at] ^= 1);
    }

    /// Writes bytes at a place of a step.
    pub fn put(&mut self, step: Step, at: usize, value: &[u8]) {
        let value = value.to_vec();
        self.change(step, move |bytes| bytes[at..at + value.len()].copy_from_slice(&value));
    }

    /// Replaces a text once in a step.
    pub fn replace(&mut self, step: Step, from: &str, to: &str) {
        let (from, to) = (from.to_owned(), to.to_owned());
        self.change(step, move |bytes| {
            let text = std::str::from_utf8(bytes).unwrap();
            assert!(text.contains(&from), "nothing to replace: {from}");
            *bytes = text.replacen(&from, &to, 1).into_bytes();
        });
    }

    /// Sets the values of Intel's extension.
    pub fn sgx(&mut self, change: impl FnOnce(&mut Vec<SgxValue>)) {
        let mut values = sgx_values();
        change(&mut values);
        self.pck.extension(SGX).value = sgx_sequence(&values);
    }

    /// The collateral of a bundle that brings it.
    pub fn given(&mut self) -> &mut Collateral {
        self.collateral.as_mut().unwrap()
    }

    fn changed(&self, step: Step, mut bytes: Vec<u8>) -> Vec<u8> {
        for (_, change) in self.changes.iter().filter(|(at, _)| *at == step) {
            change(&mut bytes);
        }
        bytes
    }

    /// Puts the bundle together: provenance and evidence.
    #[must_use]
    pub fn mint(&self) -> (Vec<u8>, Vec<u8>) {
        let provenance = self.build.json().into_bytes();
        let attested = self.build.attested(&provenance, [0; 16]);
        (provenance, self.attest(&attested))
    }

    /// Evidence over bytes of the caller's choice, 64 at most.
    #[must_use]
    pub fn attest(&self, attested: &[u8]) -> Vec<u8> {
        let quote = self.quote(attested);
        let evidence = if self.label == "dstack" { self.dstack(&quote) } else { self.plain(&quote) };
        let envelope = format!(r#"{{"platform":"{}","evidence":{evidence}}}"#, self.label);
        self.changed(Step::Envelope, envelope.into_bytes())
    }

    /// The evidence object of a TD: texts in base64.
    fn plain(&self, quote: &[u8]) -> String {
        let quote = Base64::encode_string(quote);
        let log = match &self.log {
            Some(log) => {
                format!(r#""{}""#, Base64::encode_string(&self.changed(Step::EventLog, log.bytes())))
            }
            None => "null".into(),
        };
        format!(r#"{{"quote":"{quote}","cc_eventlog":{log}{}}}"#, self.stapled())
    }

    /// The evidence object of a guest of dstack: the quote in hex, the log as a JSON text.
    fn dstack(&self, quote: &[u8]) -> String {
        let text = |text: &str| serde_json::to_string(text).unwrap();
        let log = match &self.guest_log {
            Some(log) => {
                let bytes = self.changed(Step::EventLog, log.json().into_bytes());
                format!(r#","event_log":{}"#, text(std::str::from_utf8(&bytes).unwrap()))
            }
            None => String::new(),
        };
        let config = text(r#"{"os_image_hash":"said by the host","cpu_count":2}"#);
        format!(r#"{{"quote":"{}"{log},"vm_config":{config}{}}}"#, hex(quote), self.stapled())
    }

    fn stapled(&self) -> String {
        match &self.collateral {
            Some(collateral) => format!(r#","collateral":{}"#, self.collateral_json(collateral)),
            None => String::new(),
        }
    }

    /// The TD report that the quote is made of, without a MAC, in a slot of 1184 bytes (Intel TDX
    /// Module ABI Specification, TDREPORT_STRUCT).
    #[must_use]
    pub fn report(&self, attested: &[u8]) -> Vec<u8> {
        let body = self.changed(Step::Body, self.body(attested));
        let mut report = vec![0; 1184];
        report[0] = 0x81;
        report[0x100..0x108].copy_from_slice(&0x3_01ff_u64.to_le_bytes());
        for (at, quoted, size) in [(0x80, 0x208, 64), (0x108, 0, 0x78), (0x200, 0x78, 400)] {
            report[at..at + size].copy_from_slice(&body[quoted..quoted + size]);
        }
        for (at, start, end) in [(0x20, 0x100, 0x1ef), (0x50, 0x200, 0x400)] {
            let digest = Hash::Sha384.digest(&report[start..end]);
            report[at..at + 48].copy_from_slice(&digest);
        }
        report
    }

    /// The collateral as a document of its own, to be given beside a bundle.
    #[must_use]
    pub fn collateral_json(&self, collateral: &Collateral) -> String {
        let chain = format!("{}{}", pem(&self.ca_der()), pem(&self.root_der()));
        let text = collateral.json(&self.keys, &chain, &|step, bytes| self.changed(step, bytes));
        String::from_utf8(self.changed(Step::Collateral, text.into_bytes())).unwrap()
    }

    fn ca_der(&self) -> Vec<u8> {
        self.changed(Step::Ca, sign(&self.ca, &self.keys.root))
    }

    fn root_der(&self) -> Vec<u8> {
        self.changed(Step::Root, root(&self.keys.root))
    }

    /// The quote.
    #[must_use]
    pub fn quote(&self, attested: &[u8]) -> Vec<u8> {
        let signed = self.signed(attested);
        let data = self.changed(Step::SignatureData, self.signature_data(&signed));
        let size = u32::try_from(data.len()).unwrap().to_le_bytes();
        self.changed(Step::Quote, [signed, size.to_vec(), data].concat())
    }

    fn signed(&self, attested: &[u8]) -> Vec<u8> {
        let mut header = vec![0; 48];
        header[..2].copy_from_slice(&self.version.to_le_bytes());
        header[2] = 2;
        header[4] = 0x81;
        header[12..28].copy_from_slice(&[
            0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07,
        ]);
        header[28..44].copy_from_slice(b"software TEE qe ");
        let body = self.changed(Step::Body, self.body(attested));
        let size = u32::try_from(body.len()).unwrap().to_le_bytes();
        let descriptor = match self.version {
            4 => Vec::new(),
            _ => [self.kind.to_le_bytes().as_slice(), &size].concat(),
        };
        let descriptor = self.changed(Step::Descriptor, descriptor);
        [self.changed(Step::Header, header), descriptor, body].concat()
    }

    fn body(&self, attested: &[u8]) -> Vec<u8> {
        let size = match (self.version, self.kind) {
            (4, _) | (_, 2) => 0x248,
            (_, 3) => 0x288,
            _ => 0x375,
        };
        let mut body = vec![0; size];
        let mut put = |at: usize, bytes: &[u8]| body[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, &SVN);
        put(0x10, &[0x5e; 48]);
        put(0x78, &0x1000_0000_u64.to_le_bytes());
        put(0x80, &0x602e7_u64.to_le_bytes());
        put(0x88, &MRTD);
        for (register, value) in self.registers().iter().enumerate() {
            put(0x148 + 48 * register, value);
        }
        let mut data = attested.to_vec();
        data.resize(64, 0);
        put(0x208, &self.changed(Step::ReportData, data));
        if size > 0x248 {
            put(0x248, &SVN);
        }
        if size > 0x288 {
            put(0x289, b"the id of this td, made anew at each launch."[..32].as_ref());
        }
        body
    }

    /// RTMR0 to RTMR3: what the log gives, or fixed values.
    #[must_use]
    pub fn registers(&self) -> [[u8; 48]; 4] {
        let fixed = [[0xa0; 48], [0xa1; 48], [0xa2; 48], [0; 48]];
        let guest = self.guest_log.as_ref().map(GuestLog::registers);
        guest.or_else(|| self.log.as_ref().map(EventLog::registers)).unwrap_or(fixed)
    }

    fn signature_data(&self, signed: &[u8]) -> Vec<u8> {
        let key = self.keys.attestation.point();
        let mut report = vec![0; 384];
        let mut put = |at: usize, bytes: &[u8]| report[at..at + bytes.len()].copy_from_slice(bytes);
        put(0x00, &pki::COMPONENTS);
        put(0x30, &[0x15, 0, 0, 0, 0, 0, 0, 0, 0xe7]);
        put(0x40, &[0x3e; 32]);
        put(0x80, &collateral::QE_SIGNER);
        put(0x100, &[2, 0, 4, 0]);
        put(0x140, &Hash::Sha256.digest(&[key.as_slice(), &self.authentication_data].concat()));
        let report = self.changed(Step::QeReport, report);
        let qe_signature = self.changed(Step::QeSignature, self.keys.pck.sign(&report).to_vec());
        let chain = format!("{}{}{}", pem(&self.pck_der()), pem(&self.ca_der()), pem(&self.root_der()));
        let chain = self.changed(Step::Chain, chain.into_bytes());
        let authentication = u16::try_from(self.authentication_data.len()).unwrap().to_le_bytes();
        let inner = [
            self.changed(Step::QeReportAfter, report).as_slice(),
            &qe_signature,
            &authentication,
            &self.authentication_data,
            &sized(self.certification.1, &chain),
        ]
        .concat();
        let inner = self.changed(Step::QeData, inner);
        let signature = self.changed(Step::Signature, self.keys.attestation.sign(signed).to_vec());
        let key = self.changed(Step::AttestationKey, key.to_vec());
        [signature, key, sized(self.certification.0, &inner)].concat()
    }

    fn pck_der(&self) -> Vec<u8> {
        self.changed(Step::Pck, sign(&self.pck, &self.keys.ca))
    }
}

/// TEE_TCB_SVN of the software TEE: TDX module 1.5 with its own level 5, late microcode 3.
pub const SVN: [u8; 16] = [5, 1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

/// DER of the root of a key.
#[must_use]
pub fn root(key: &P256Key) -> Vec<u8> {
    let [root, ..] = NAMES;
    sign(&pki::certificate((root, key), (root, key), 1, Some(1)), key)
}

fn sized(kind: u16, data: &[u8]) -> Vec<u8> {
    let size = u32::try_from(data.len()).unwrap().to_le_bytes();
    [kind.to_le_bytes().as_slice(), &size, data].concat()
}
