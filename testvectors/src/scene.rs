//! A whole bundle before it is put together: machine, build, artifacts. A case takes a sound scene,
//! changes one thing, and has it minted.

use std::rc::Rc;

use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};

use crate::azure::{Azure, sign_quote};
use crate::hex;
use crate::intel::Td;
use crate::keys::{EcKey, RsaKey};
use crate::pki::{self, Certificate};
use crate::product::{Product, VekKind};
use crate::provenance::{Build, Generation, Toolchain};
use crate::report::{Report, offset};
use crate::signing::Hash;

/// A SEV-SNP machine.
#[derive(Clone)]
pub struct Machine {
    /// Its generation.
    pub product: Product,
    /// The report before it is signed; its report data is set when the scene is minted.
    pub report: Report,
    /// The endorsement certificate before it is signed.
    pub vek: Certificate,
    /// The key that signs the report.
    pub key: EcKey,
    /// The key that signs the endorsement certificate.
    pub signer: &'static RsaKey,
}

impl Machine {
    /// A sound machine.
    #[must_use]
    pub fn of(product: Product, kind: VekKind) -> Self {
        let key = EcKey::named(&format!("{} {kind:?}", product.name()));
        Self {
            product,
            report: Report::of(product, kind, &CHIP),
            vek: pki::vek(product, kind, product.tcb(), &CHIP, &key),
            key,
            signer: product.signer(kind),
        }
    }
}

/// The chip id of the software TEE's machines.
pub const CHIP: [u8; 64] = *b"kettle test vectors: the id of chip1, which was never made. ****";

/// The certificates in `cert_chain` of `snp` evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Brought {
    /// The endorsement certificate alone.
    Vek,
    /// It, and what the bundle calls ASK and ARK.
    Chain(Vec<u8>, Vec<u8>),
    /// `null`.
    Nothing,
}

/// The steps of minting whose bytes a case may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The provenance document, before its digest is taken.
    Document,
    /// The bytes to be attested.
    Attested,
    /// The provenance document, after its digest was taken.
    DocumentAfter,
    /// Azure's runtime data, before the report binds it.
    Runtime,
    /// The report's report data, before it is padded to 64 bytes.
    ReportData,
    /// The signed report; of a TD the TD report, which nothing signs.
    Report,
    /// The signed endorsement certificate.
    Vek,
    /// The HCL blob.
    Hcl,
    /// The quote's message, before it is signed.
    Quote,
    /// The quote's message, after it was signed.
    QuoteAfter,
    /// The quote's signature.
    Signature,
    /// `evidence.json`.
    Envelope,
}

type Change = Rc<dyn Fn(&mut Vec<u8>)>;

/// A bundle before it is put together.
#[derive(Clone)]
pub struct Scene {
    /// The platform label.
    pub label: String,
    /// The machine.
    pub machine: Machine,
    /// Azure's layer, on `az-snp` and `az-tdx`.
    pub azure: Option<Azure>,
    /// The TD in the machine's place, on `az-tdx`.
    pub td: Option<Td>,
    /// The build.
    pub build: Build,
    /// The nonce; all zero is none.
    pub nonce: [u8; 16],
    /// The artifact files: name and bytes.
    pub files: Vec<(String, Vec<u8>)>,
    /// The certificates that `snp` evidence brings.
    pub brought: Brought,
    changes: Vec<(Step, Change)>,
}

/// What a scene becomes.
#[derive(Debug, Clone)]
pub struct Minted {
    /// `provenance.json`.
    pub provenance: Vec<u8>,
    /// `evidence.json`.
    pub evidence: Vec<u8>,
    /// The bytes that the hardware attests.
    pub attested: Vec<u8>,
    /// The DER of the endorsement certificate.
    pub vek: Vec<u8>,
    /// The signed report, or the TD report.
    pub report: Vec<u8>,
}

impl Scene {
    /// A sound bundle of a Milan machine without a cloud around it, generation F2, cargo.
    #[must_use]
    pub fn snp() -> Self {
        Self::on(Product::Milan, VekKind::Vcek)
    }

    /// A sound bundle of a machine without a cloud around it.
    #[must_use]
    pub fn on(product: Product, kind: VekKind) -> Self {
        let files = vec![("hello".to_owned(), b"#!/bin/sh\necho hello, attested world\n".to_vec())];
        let given: Vec<(&str, &[u8])> =
            files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        Self {
            label: "snp".into(),
            machine: Machine::of(product, kind),
            azure: None,
            td: None,
            build: Build::sound(Generation::F2, Toolchain::Cargo, &given),
            nonce: [0; 16],
            files,
            brought: Brought::Vek,
            changes: Vec::new(),
        }
    }

    /// A sound bundle of an Azure machine: as [`Scene::snp`], inside the HCL blob.
    #[must_use]
    pub fn azure() -> Self {
        Self { label: "az-snp".into(), azure: Some(Azure::sound()), ..Self::snp() }
    }

    /// The same scene on a TD.
    #[must_use]
    pub fn in_td(mut self, td: Td) -> Self {
        if self.label == "az-snp" {
            self.label = "az-tdx".into();
        }
        if self.az().hcl.report_type == 2 {
            self.az().hcl.report_type = 4;
        }
        self.td = Some(td);
        self
    }

    /// The same scene with another build of the same files.
    #[must_use]
    pub fn built(mut self, generation: Generation, toolchain: Toolchain) -> Self {
        let files: Vec<(&str, &[u8])> =
            self.files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        self.build = Build::sound(generation, toolchain, &files);
        self
    }

    /// The Azure layer of an Azure scene.
    pub fn az(&mut self) -> &mut Azure {
        self.azure.as_mut().unwrap()
    }

    /// Changes the bytes of a step when the scene is minted.
    pub fn change(&mut self, step: Step, change: impl Fn(&mut Vec<u8>) + 'static) {
        self.changes.push((step, Rc::new(change)));
    }

    /// Replaces a text once in the bytes of a step when the scene is minted.
    pub fn replace(&mut self, step: Step, from: &str, to: &str) {
        let (from, to) = (from.to_owned(), to.to_owned());
        self.change(step, move |bytes| {
            let text = std::str::from_utf8(bytes).unwrap();
            assert!(text.contains(&from), "nothing to replace: {from}");
            *bytes = text.replacen(&from, &to, 1).into_bytes();
        });
    }

    fn changed(&self, step: Step, mut bytes: Vec<u8>) -> Vec<u8> {
        for (_, change) in self.changes.iter().filter(|(at, _)| *at == step) {
            change(&mut bytes);
        }
        bytes
    }

    /// Puts the bundle together.
    #[must_use]
    pub fn mint(&self) -> Minted {
        let document = self.changed(Step::Document, self.build.json().into_bytes());
        let attested = self.changed(Step::Attested, self.build.attested(&document, self.nonce));
        let provenance = self.changed(Step::DocumentAfter, document);
        Minted { provenance, ..self.attest(attested) }
    }

    /// Evidence over bytes of the caller's choice, without a provenance: what a machine answers to
    /// whoever asks it for a report. At most 64 bytes, and 50 on Azure.
    ///
    /// ```
    /// use kettle_testvectors::scene::Scene;
    /// let evidence = Scene::snp().attest(vec![7; 48]).evidence;
    /// assert!(evidence.starts_with(br#"{"platform":"snp","evidence":{"#));
    /// ```
    #[must_use]
    pub fn attest(&self, attested: Vec<u8>) -> Minted {
        let vek = self.changed(Step::Vek, self.machine.vek.sign(self.machine.signer));
        let (report, evidence) = match &self.azure {
            None => {
                let report = self.signed_report(&attested);
                let evidence = self.snp_evidence(&report, &vek);
                (report, evidence)
            }
            Some(azure) => self.azure_evidence(azure, &attested, &vek),
        };
        let envelope = format!(r#"{{"platform":"{}","evidence":{evidence}}}"#, self.label);
        let evidence = self.changed(Step::Envelope, envelope.into_bytes());
        Minted { provenance: Vec::new(), evidence, attested, vek, report }
    }

    fn signed_report(&self, report_data: &[u8]) -> Vec<u8> {
        let mut report = self.machine.report.clone();
        report.put(offset::REPORT_DATA, &self.changed(Step::ReportData, report_data.to_vec()));
        report.sign(&self.machine.key);
        self.changed(Step::Report, report.0.to_vec())
    }

    fn snp_evidence(&self, report: &[u8], vek: &[u8]) -> String {
        let quoted = |bytes: &[u8]| format!(r#""{}""#, Base64::encode_string(bytes));
        let chain = match &self.brought {
            Brought::Nothing => "null".into(),
            Brought::Vek => format!(r#"{{"vcek":{},"ask":null,"ark":null}}"#, quoted(vek)),
            Brought::Chain(ask, ark) => {
                format!(r#"{{"vcek":{},"ask":{},"ark":{}}}"#, quoted(vek), quoted(ask), quoted(ark))
            }
        };
        format!(r#"{{"attestation_report":{},"cert_chain":{chain}}}"#, quoted(report))
    }

    fn azure_evidence(&self, azure: &Azure, attested: &[u8], vek: &[u8]) -> (Vec<u8>, String) {
        let runtime = self.changed(Step::Runtime, azure.runtime.json().into_bytes());
        let (report, member) = self.inner(&Hash::Sha256.digest(&runtime), vek);
        let blob = self.changed(Step::Hcl, azure.hcl.blob(&report, &runtime));
        let message = self.changed(Step::Quote, azure.quote.message(attested, &azure.pcrs));
        let signature = self.changed(Step::Signature, sign_quote(azure.ak, &message));
        let message = self.changed(Step::QuoteAfter, message);
        let pcrs: Vec<String> = azure.pcrs.iter().map(|pcr| format!(r#""{}""#, hex(pcr))).collect();
        let evidence = format!(
            r#"{{"version":1,"tpm_quote":{{"signature":"{}","message":"{}","pcrs":[{}]}},"hcl_report":"{}",{member}}}"#,
            hex(&signature),
            hex(&message),
            pcrs.join(","),
            Base64UrlUnpadded::encode_string(&blob),
        );
        (report, evidence)
    }

    /// What lies in the report slot of the blob, and the members of the evidence that vouch for it.
    fn inner(&self, bound: &[u8], vek: &[u8]) -> (Vec<u8>, String) {
        let member = |name: &str, bytes: &[u8]| match self.brought {
            Brought::Nothing => format!(r#""{name}":null"#),
            _ => format!(r#""{name}":"{}""#, Base64UrlUnpadded::encode_string(bytes)),
        };
        let Some(td) = &self.td else {
            return (self.signed_report(bound), member("vcek", vek));
        };
        let data = self.changed(Step::ReportData, bound.to_vec());
        let mut members = member("td_quote", &td.quote(&data));
        if let Some(collateral) = &td.collateral {
            members += &format!(r#","collateral":{}"#, td.collateral_json(collateral));
        }
        (self.changed(Step::Report, td.report(&data)), members)
    }
}
