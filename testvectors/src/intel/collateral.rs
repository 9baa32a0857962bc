//! Collateral: lists, TCB info, QE identity, and the layout that existing tools write.

use super::key::P256Key;
use super::pki::{self, List};
use super::{Keys, NAMES, Step, pem, root};
use crate::hex;
use crate::pki::Certificate;

/// MRSIGNER of the software TEE's quoting enclave.
pub const QE_SIGNER: [u8; 32] = [0xdc; 32];

/// Collateral before it is signed.
#[derive(Clone)]
pub struct Collateral {
    /// The TCB info's text.
    pub tcb_info: String,
    /// The QE identity's text.
    pub qe_identity: String,
    /// The root's list.
    pub root_list: List,
    /// The CA's list.
    pub pck_list: List,
    /// The TCB signing certificate before it is signed.
    pub signer: Certificate,
    /// The key that signs the root's list, where it is another than the root's.
    pub root_list_key: Option<P256Key>,
    /// The key that signs the CA's list, where it is another than the CA's.
    pub pck_list_key: Option<P256Key>,
    /// The key that signs the TCB signing certificate, where it is another than the root's.
    pub signer_issuer: Option<P256Key>,
}

impl Collateral {
    /// Sound collateral of a platform, current at the usual time.
    #[must_use]
    pub fn sound(keys: &Keys) -> Self {
        let [root, ca, _, signer] = NAMES;
        Self {
            tcb_info: tcb_info(),
            qe_identity: qe_identity(),
            root_list: List::of(root, &keys.root),
            pck_list: List::of(ca, &keys.ca),
            signer: pki::certificate((root, &keys.root), (signer, &keys.signer), 4, None),
            root_list_key: None,
            pck_list_key: None,
            signer_issuer: None,
        }
    }

    /// The collateral as JSON. `chain` is the PEM of CA and root; `changed` makes a case's changes.
    pub(super) fn json(
        &self,
        keys: &Keys,
        chain: &str,
        changed: &dyn Fn(Step, Vec<u8>) -> Vec<u8>,
    ) -> String {
        let text = |step, text: &str| String::from_utf8(changed(step, text.as_bytes().to_vec())).unwrap();
        let issuer = self.signer_issuer.as_ref().unwrap_or(&keys.root);
        let signer = format!("{}{}", pem(&pki::sign(&self.signer, issuer)), pem(&root(&keys.root)));
        let signed = |steps: [Step; 4], document: &str| {
            let [before, after, signature, chain] = steps;
            let document = text(before, document);
            let signature = changed(signature, keys.signer.sign(document.as_bytes()).to_vec());
            (text(after, &document), hex(&signature), text(chain, &signer))
        };
        let (info, info_signature, info_chain) =
            signed([Step::TcbInfo, Step::TcbInfoAfter, Step::TcbSignature, Step::TcbChain], &self.tcb_info);
        let (identity, identity_signature, identity_chain) = signed(
            [Step::QeIdentity, Step::QeIdentityAfter, Step::QeIdentitySignature, Step::QeIdentityChain],
            &self.qe_identity,
        );
        let root_list = self.root_list.sign(self.root_list_key.as_ref().unwrap_or(&keys.root));
        let pck_list = self.pck_list.sign(self.pck_list_key.as_ref().unwrap_or(&keys.ca));
        serde_json::json!({
            "pck_crl_issuer_chain": text(Step::ListChain, chain),
            "root_ca_crl": hex(&changed(Step::RootList, root_list)),
            "pck_crl": hex(&changed(Step::PckList, pck_list)),
            "tcb_info_issuer_chain": info_chain,
            "tcb_info": info,
            "tcb_info_signature": info_signature,
            "qe_identity_issuer_chain": identity_chain,
            "qe_identity": identity,
            "qe_identity_signature": identity_signature,
        })
        .to_string()
    }
}

/// One level of the TCB info.
#[must_use]
pub fn level(microcode: u8, pce_svn: u8, tdx: [u8; 3], status: &str, advisories: &str) -> String {
    let components = |first: &[u8]| {
        let mut all = first.to_vec();
        all.resize(16, 0);
        let parts: Vec<String> = all.iter().map(|svn| format!(r#"{{"svn":{svn}}}"#)).collect();
        parts.join(",")
    };
    format!(
        r#"{{"tcb":{{"sgxtcbcomponents":[{}],"pcesvn":{pce_svn},"tdxtcbcomponents":[{}]}},"tcbDate":"2025-08-13T00:00:00Z","tcbStatus":"{status}"{advisories}}}"#,
        components(&[microcode, microcode, 2, 2, 3, 1, 0, 5]),
        components(&tdx),
    )
}

fn tcb_info() -> String {
    let signer = "0".repeat(96);
    let module = format!(
        r#""mrsigner":"{signer}","attributes":"0000000000000000","attributesMask":"FFFFFFFFFFFFFFFF""#
    );
    let levels = [
        level(3, 11, [5, 0, 3], "UpToDate", ""),
        level(2, 11, [5, 0, 2], "OutOfDate", r#","advisoryIDs":["INTEL-SA-90001","INTEL-SA-90002"]"#),
        level(2, 5, [4, 0, 2], "OutOfDate", r#","advisoryIDs":["INTEL-SA-90003"]"#),
    ];
    format!(
        r#"{{"id":"TDX","version":3,"issueDate":"2026-05-20T00:00:00Z","nextUpdate":"2026-06-19T00:00:00Z","fmspc":"B0C06F000000","pceId":"0000","tcbType":0,"tcbEvaluationDataNumber":20,"tdxModule":{{{module}}},"tdxModuleIdentities":[{{"id":"TDX_03",{module},"tcbLevels":[{{"tcb":{{"isvsvn":3}},"tcbDate":"2025-08-13T00:00:00Z","tcbStatus":"UpToDate"}}]}},{{"id":"TDX_01",{module},"tcbLevels":[{{"tcb":{{"isvsvn":5}},"tcbDate":"2025-08-13T00:00:00Z","tcbStatus":"UpToDate"}},{{"tcb":{{"isvsvn":2}},"tcbDate":"2023-08-09T00:00:00Z","tcbStatus":"OutOfDate","advisoryIDs":["INTEL-SA-90002","INTEL-SA-90004"]}}]}}],"tcbLevels":[{}]}}"#,
        levels.join(",")
    )
}

fn qe_identity() -> String {
    format!(
        r#"{{"id":"TD_QE","version":2,"issueDate":"2026-05-20T00:00:00Z","nextUpdate":"2026-06-19T00:00:00Z","tcbEvaluationDataNumber":20,"miscselect":"00000000","miscselectMask":"FFFFFFFF","attributes":"11000000000000000000000000000000","attributesMask":"FBFFFFFFFFFFFFFF0000000000000000","mrsigner":"{}","isvprodid":2,"tcbLevels":[{{"tcb":{{"isvsvn":4}},"tcbDate":"2025-08-13T00:00:00Z","tcbStatus":"UpToDate"}},{{"tcb":{{"isvsvn":3}},"tcbDate":"2024-03-13T00:00:00Z","tcbStatus":"OutOfDate","advisoryIDs":["INTEL-SA-90005"]}}]}}"#,
        hex(&QE_SIGNER).to_uppercase()
    )
}
