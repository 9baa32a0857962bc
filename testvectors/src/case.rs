//! A case of the corpus: its files, and what a verifier must say to them.

mod document;
mod expect;
mod runner;

pub use document::{CaseDocument, CaseFiles, Expected, NamedFile, Padding, json};
pub use expect::Expect;
pub use runner::{Answer, run};

use kettle_verifier_core::Policy;
use kettle_verifier_core::policy::PolicyDocument;
use kettle_verifier_core::provenance::twin_key;

use crate::hex;
use crate::intel::{self, Td};
use crate::nitro::{self, Bundle, Certified, Compiled};
use crate::policies;
use crate::scene::{Minted, Scene};
use crate::trust::TrustRootFile;

/// The time of appraisal of a case that does not name another.
pub const NOW: &str = "2026-06-01T00:00:00Z";

/// A policy or trust root: one that cases share, or the case's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// None is given; the built-in one applies.
    BuiltIn,
    /// A file below `testvectors/`.
    Shared(&'static str),
    /// The case's own.
    Own(Vec<u8>),
}

/// A case.
pub struct Case {
    /// What `case.json` says; its list of files is filled when the case is written.
    pub document: CaseDocument,
    /// The statement that the verdict must bear out.
    pub expect: Expect,
    provenance: Vec<u8>,
    evidence: Vec<u8>,
    artifacts: Vec<(String, Vec<u8>)>,
    policy: Input,
    trust_root: Input,
    certificates: Vec<Vec<u8>>,
    crls: Vec<Vec<u8>>,
    made_of: Option<MadeOf>,
}

/// What a case's bundle was minted of.
enum MadeOf {
    Scene(Box<Scene>),
    Td(Box<Td>),
}

impl Case {
    /// A case. `id` is its folder below `cases/`; `covers` are the groups of adversarial.md that it
    /// belongs to, separated by white space.
    #[must_use]
    pub fn new(id: &str, covers: &str, title: &str, expect: Expect) -> Self {
        Self {
            document: CaseDocument::new(id, covers, title),
            expect,
            provenance: Vec::new(),
            evidence: Vec::new(),
            artifacts: Vec::new(),
            policy: Input::Shared(policies::PINNED),
            trust_root: Input::Shared("trust-root.json"),
            certificates: Vec::new(),
            crls: Vec::new(),
            made_of: None,
        }
    }

    /// Why the case is there, and the clause that decides it.
    #[must_use]
    pub fn why(mut self, why: &str, clause: &str) -> Self {
        self.document.why = why.into();
        self.document.clause = clause.into();
        self
    }

    /// The bundle of a scene.
    #[must_use]
    pub fn bundle(mut self, scene: &Scene) -> Self {
        let Minted { provenance, evidence, .. } = scene.mint();
        self.provenance = provenance;
        self.evidence = evidence;
        self.artifacts.clone_from(&scene.files);
        self.made_of = Some(MadeOf::Scene(Box::new(scene.clone())));
        self
    }

    /// The bundle of a TD, with the policy and the trust root that such cases share.
    #[must_use]
    pub fn td(mut self, td: &Td) -> Self {
        (self.provenance, self.evidence) = td.mint();
        self.artifacts.clone_from(&td.files);
        if self.policy == Input::Shared(policies::PINNED) {
            self.policy = Input::Shared(intel::policy_of(&td.label));
        }
        self.trust_root = Input::Shared(intel::TRUST_ROOT);
        self.made_of = Some(MadeOf::Td(Box::new(td.clone())));
        self
    }

    /// The bundle of a TD on Azure, with the policy and the trust root of TDs.
    #[must_use]
    pub fn azure_td(mut self, scene: &Scene) -> Self {
        match &mut self.policy {
            Input::Shared(path) if *path == policies::PINNED => *path = intel::POLICY,
            Input::Own(bytes) => {
                let mut document = Policy::from_json(bytes).unwrap().document().clone();
                document.measurements = intel::policy().measurements;
                *bytes = policies::json(&document).into_bytes();
            }
            _ => {}
        }
        self.trust_root = Input::Shared(intel::TRUST_ROOT);
        self.bundle(scene)
    }

    /// The same case on `az-tdx`: of a case of an Azure machine the same machine's layer around a
    /// sound TD, of a case of a TD the same TD below a sound layer.
    #[must_use]
    pub fn on_az_tdx(mut self) -> Self {
        let (_, name) = self.document.id.split_once('/').unwrap();
        self.document.id = format!("az-tdx/{name}");
        if self.document.source.starts_with("mutated-from:") {
            self.document.source = "mutated-from:az-tdx/ok".into();
        }
        match self.made_of.take().unwrap() {
            MadeOf::Scene(scene) => self.azure_td(&scene.in_td(Td::sound())),
            MadeOf::Td(td) => self.bundle(&Scene::azure().in_td(*td)),
        }
    }

    /// Another policy than the one that cases of TDs share.
    #[must_use]
    pub fn td_policy(mut self, change: impl FnOnce(&mut PolicyDocument)) -> Self {
        let mut document = intel::policy();
        change(&mut document);
        self.policy = Input::Own(policies::json(&document).into_bytes());
        self
    }

    /// Another policy than the one that cases of dstack share.
    #[must_use]
    pub fn dstack_policy(mut self, change: impl FnOnce(&mut PolicyDocument)) -> Self {
        let mut document = intel::dstack_policy();
        change(&mut document);
        self.policy = Input::Own(policies::json(&document).into_bytes());
        self
    }

    /// The bundle of an enclave, with the policy and the trust root that such cases share.
    #[must_use]
    pub fn enclave(mut self, bundle: &Bundle) -> Self {
        (self.provenance, self.evidence) = bundle.mint();
        self.artifacts.clone_from(&bundle.files);
        self.policy = Input::Shared(nitro::POLICY);
        self.trust_root = Input::Shared(nitro::TRUST_ROOT);
        self
    }

    /// A certificate of attestable builds and its artifact, with the policy and the trust root that
    /// such cases share.
    #[must_use]
    pub fn certified(mut self, certified: &Certified) -> Self {
        self.document.kind = "attestable_build".into();
        self.evidence = certified.mint();
        self.artifacts = certified.artifact.iter().cloned().collect();
        self.policy = Input::Shared(nitro::IMAGE_POLICY);
        self.trust_root = Input::Shared(nitro::TRUST_ROOT);
        self
    }

    /// A report of TEE Compile and the hashes that are expected, with the policy and the trust root
    /// that such cases share.
    #[must_use]
    pub fn compiled(mut self, compiled: &Compiled) -> Self {
        self.document.kind = "tee_compile".into();
        self.evidence = compiled.mint();
        let [input, output] = compiled.expected.map(|hash| hash.map(|hash| hex(&hash)).unwrap_or_default());
        (self.document.input_hash, self.document.output_hash) = (input, output);
        self.policy = Input::Shared(nitro::IMAGE_POLICY);
        self.trust_root = Input::Shared(nitro::TRUST_ROOT);
        self
    }

    /// Evidence alone, with the report data that is expected, lower-case hex.
    #[must_use]
    pub fn evidence(mut self, bytes: Vec<u8>, report_data: Option<&str>) -> Self {
        self.document.kind = "evidence".into();
        self.document.report_data = report_data.unwrap_or_default().into();
        self.evidence = bytes;
        self
    }

    /// Another policy than the shared one.
    #[must_use]
    pub fn policy(mut self, change: impl FnOnce(&mut PolicyDocument)) -> Self {
        let mut document = policies::pinned();
        change(&mut document);
        self.policy = Input::Own(policies::json(&document).into_bytes());
        self
    }

    /// A policy's bytes as they are.
    #[must_use]
    pub fn policy_text(mut self, text: &str) -> Self {
        self.policy = Input::Own(text.as_bytes().to_vec());
        self
    }

    /// One of the shared policies, or none.
    #[must_use]
    pub fn policy_file(mut self, input: Input) -> Self {
        self.policy = input;
        self
    }

    /// Another trust-root file.
    #[must_use]
    pub fn trust_root(mut self, change: impl FnOnce(&mut TrustRootFile)) -> Self {
        let mut file = TrustRootFile::sound();
        change(&mut file);
        self.trust_root = Input::Own(file.json().into_bytes());
        self
    }

    /// A trust-root file's bytes as they are.
    #[must_use]
    pub fn trust_root_text(mut self, text: &str) -> Self {
        self.trust_root = Input::Own(text.as_bytes().to_vec());
        self
    }

    /// The built-in roots of the vendor.
    #[must_use]
    pub fn pinned_roots(mut self) -> Self {
        self.trust_root = Input::BuiltIn;
        self
    }

    /// A certificate beside the bundle.
    #[must_use]
    pub fn certificate(mut self, der: Vec<u8>) -> Self {
        self.certificates.push(der);
        self
    }

    /// A revocation list beside the bundle.
    #[must_use]
    pub fn crl(mut self, der: Vec<u8>) -> Self {
        self.crls.push(der);
        self
    }

    /// The time of appraisal.
    #[must_use]
    pub fn now(mut self, now: &str) -> Self {
        self.document.now = now.into();
        self
    }

    /// Published advisories that the case is about.
    #[must_use]
    pub fn advisory(mut self, id: &str) -> Self {
        self.document.advisories.push(id.into());
        self
    }

    /// A line of "Do not reject" in adversarial.md that the case stands for.
    #[must_use]
    pub fn accepts(mut self, line: &str) -> Self {
        self.document.accepts.push(line.into());
        self
    }

    /// The id of the case of which this one is a mutation.
    #[must_use]
    pub fn mutated_from(mut self, id: &str) -> Self {
        self.document.source = format!("mutated-from:{id}");
        self
    }

    /// Genuine hardware made the evidence.
    #[must_use]
    pub fn real(mut self) -> Self {
        self.document.source = "real".into();
        self
    }

    /// How the artifacts are given: `folder`, `loose` or `without`.
    #[must_use]
    pub fn mode(mut self, mode: &str) -> Self {
        self.document.artifacts_mode = mode.into();
        self
    }

    /// The subjects that are asked for.
    #[must_use]
    pub fn subjects(mut self, names: &[&str]) -> Self {
        self.document.subjects = names.iter().map(|name| (*name).into()).collect();
        self
    }

    /// The artifact files, in place of the scene's.
    #[must_use]
    pub fn artifacts(mut self, files: &[(&str, &[u8])]) -> Self {
        self.artifacts = files.iter().map(|(name, bytes)| ((*name).into(), bytes.to_vec())).collect();
        self
    }

    /// Bytes that a runner appends to a file, so that no large file has to be stored.
    #[must_use]
    pub fn pad(mut self, file: &str, to: usize) -> Self {
        self.document.padding = Some(Padding { file: file.into(), byte: 0x20, to });
        self
    }

    /// The files of the case below `testvectors/`, `case.json` among them.
    #[must_use]
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let folder = format!("cases/{}", self.document.id);
        let mut document = self.document.clone();
        let mut files = Vec::new();
        let mut add = |name: &str, bytes: &[u8]| {
            let path = format!("{folder}/{name}");
            files.push((path.clone(), bytes.to_vec()));
            path
        };
        if document.kind == "bundle" {
            document.files.provenance = add("provenance.json", &self.provenance);
        }
        let evidence = match document.kind.as_str() {
            "attestable_build" => "artifact.cert",
            "tee_compile" => "output.report",
            _ => "evidence.json",
        };
        document.files.evidence = add(evidence, &self.evidence);
        for (index, (name, bytes)) in self.artifacts.iter().enumerate() {
            let twin = |(other, _): &(String, Vec<u8>)| twin_key(other) == twin_key(name);
            let plain = is_plain(name) && self.artifacts.iter().filter(|file| twin(file)).count() == 1;
            let file = if plain { name.clone() } else { format!("{index}.bin") };
            let path = add(&format!("artifacts/{file}"), bytes);
            document.files.artifacts.push(NamedFile { name: name.clone(), path });
        }
        document.files.policy = place(&self.policy, "policy.json", &mut add);
        document.files.trust_root = place(&self.trust_root, "trust-root.json", &mut add);
        for (index, der) in self.certificates.iter().enumerate() {
            document.files.certificates.push(add(&format!("collateral/{index}.der"), der));
        }
        for (index, der) in self.crls.iter().enumerate() {
            document.files.crls.push(add(&format!("collateral/{index}.crl"), der));
        }
        files.push((format!("{folder}/case.json"), json(&document)));
        files
    }
}

fn place(input: &Input, name: &str, add: &mut dyn FnMut(&str, &[u8]) -> String) -> String {
    match input {
        Input::BuiltIn => String::new(),
        Input::Shared(path) => (*path).into(),
        Input::Own(bytes) => add(name, bytes),
    }
}

/// Whether a file may have this name on every system. Names of artifacts may be anything.
fn is_plain(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    let dotted = |part: &str| part.starts_with('.') || part.ends_with('.');
    name.split('/').all(|part| !part.is_empty() && !dotted(part) && part.bytes().all(plain))
}
