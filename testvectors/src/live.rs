//! The software TEE as a machine of today: evidence of every platform that holds at a time of the caller's.
//!
//! The corpus is minted for one fixed time. Whoever tries the verifier out has the time that it is, so what
//! has dates (collateral, lists, an enclave's certificates) is dated around it. Keys stay what they are, and
//! so does [`trust_root`].

use base64ct::{Base64UrlUnpadded, Encoding as _};
use kettle_verifier_core::Timestamp;
use serde_json::Value;

use crate::azure::{Hcl, Jwk, RuntimeData};
use crate::intel::{self, Td};
use crate::keys;
use crate::nitro;
use crate::scene::Scene;
use crate::signing::Hash;
use crate::trust::TrustRootFile;

/// The labels of the platforms that the software TEE stands for.
pub const LABELS: [&str; 8] = ["snp", "gcp-snp", "az-snp", "tdx", "gcp-tdx", "az-tdx", "dstack", "nitro"];

/// A day in seconds.
const DAY: u64 = 86_400;

/// The machines of the software TEE at a time.
#[derive(Debug, Clone, Copy)]
pub struct Machines {
    now: Timestamp,
}

impl Machines {
    /// The machines as they are at this time.
    #[must_use]
    pub const fn at(now: Timestamp) -> Self {
        Self { now }
    }

    /// `evidence.json` of a platform over 48 bytes: a digest of 32, and a nonce of 16 that is all zero
    /// where there is none. `None` where the label is none of [`LABELS`].
    ///
    /// ```
    /// use kettle_testvectors::live::Machines;
    /// use kettle_verifier_core::Timestamp;
    /// let now = Timestamp::from_rfc3339("2027-02-03T00:00:00Z").unwrap();
    /// let evidence = Machines::at(now).evidence("tdx", &[7; 48]).unwrap();
    /// assert!(evidence.starts_with(br#"{"platform":"tdx","evidence":{"#));
    /// assert!(Machines::at(now).evidence("sgx", &[7; 48]).is_none());
    /// ```
    #[must_use]
    pub fn evidence(self, label: &str, attested: &[u8; 48]) -> Option<Vec<u8>> {
        let (digest, nonce) = attested.split_at(32);
        Some(match label {
            "snp" | "gcp-snp" => {
                let mut scene = Scene::snp();
                scene.label = label.into();
                scene.attest(attested.to_vec()).evidence
            }
            "az-snp" => Scene::azure().attest(attested.to_vec()).evidence,
            "az-tdx" => Scene::azure().in_td(self.td()).attest(attested.to_vec()).evidence,
            "tdx" | "gcp-tdx" => {
                let mut td = self.td();
                td.label = label.into();
                td.attest(attested)
            }
            "dstack" => self.guest().attest(attested),
            "nitro" => {
                let nonce = Some(nonce).filter(|nonce| nonce.iter().any(|byte| *byte != 0));
                self.enclave().evidence(Some(digest), nonce)
            }
            _ => return None,
        })
    }

    /// A TD whose collateral is current.
    #[must_use]
    pub fn td(self) -> Td {
        self.current(Td::sound())
    }

    /// A guest of dstack whose collateral is current.
    #[must_use]
    pub fn guest(self) -> Td {
        self.current(intel::guest())
    }

    /// An enclave that was started two hours ago and is asked now.
    #[must_use]
    pub fn enclave(self) -> nitro::Bundle {
        let mut bundle = nitro::Bundle::sound();
        let windows = [(19 * DAY, DAY), (2 * DAY, 3 * DAY), (DAY / 2, DAY / 2), (DAY / 12, DAY / 24)];
        for (index, (before, after)) in (1..).zip(windows) {
            let window = [self.utc_time(before, 0), self.utc_time(0, after)];
            bundle.enclave.chain[index].certificate.set_validity(&window[0], &window[1]);
        }
        bundle.enclave.set("timestamp", nitro::Cbor::Unsigned(self.now.unix() * 1000));
        bundle
    }

    /// The HCL blob of an Azure machine, `az-snp` or `az-tdx`, whose virtual TPM has this RSA-2048
    /// attestation key: 2048 bytes, as an NV index of 2022 has, since emulators stop there.
    #[must_use]
    pub fn azure_blob(self, label: &str, modulus: &[u8]) -> Vec<u8> {
        let key = Jwk { n: Base64UrlUnpadded::encode_string(modulus), ..Jwk::ak(&keys::AK) };
        let runtime = RuntimeData { keys: vec![key], ..RuntimeData::sound(&keys::AK) }.json();
        let bound = Hash::Sha256.digest(runtime.as_bytes());
        let mut hcl = Hcl { total: 2048, ..Hcl::of_version(2) };
        let report = if label == "az-tdx" {
            hcl.report_type = 4;
            self.td().report(&bound)
        } else {
            Scene::snp().attest(bound).report
        };
        hcl.blob(&report, runtime.as_bytes())
    }

    /// The signed SEV-SNP report over some bytes, 64 at most.
    #[must_use]
    pub fn snp_report(self, data: &[u8]) -> Vec<u8> {
        Scene::snp().attest(data.to_vec()).report
    }

    /// The certificate of the key that signs the SEV-SNP machine's reports.
    #[must_use]
    pub fn vcek(self) -> Vec<u8> {
        Scene::snp().attest(Vec::new()).vek
    }

    /// The quote over a TD report, which has its data at 0x80.
    ///
    /// # Panics
    /// Where the report is shorter.
    #[must_use]
    pub fn td_quote(self, report: &[u8]) -> Vec<u8> {
        self.td().quote(&report[0x80..0xc0])
    }

    /// Intel's collateral as JSON.
    #[must_use]
    pub fn collateral(self) -> String {
        let mut td = self.td();
        let collateral = td.given().clone();
        td.collateral_json(&collateral)
    }

    fn current(self, mut td: Td) -> Td {
        let dates = [self.shifted(10 * DAY, 0), self.shifted(0, 20 * DAY)].map(Timestamp::to_rfc3339);
        let given = td.given();
        for text in [&mut given.tcb_info, &mut given.qe_identity] {
            *text = dated(text, &dates);
        }
        for list in [&mut given.root_list, &mut given.pck_list] {
            list.this_update = self.utc_time(15 * DAY, 0);
            list.next_update = Some(self.utc_time(0, 15 * DAY));
        }
        td
    }

    fn shifted(self, before: u64, after: u64) -> Timestamp {
        Timestamp::from_unix((self.now.unix() + after).saturating_sub(before)).unwrap()
    }

    /// `YYMMDDhhmmssZ`.
    fn utc_time(self, before: u64, after: u64) -> String {
        let text = self.shifted(before, after).to_rfc3339();
        text[2..].chars().filter(char::is_ascii_alphanumeric).filter(|one| *one != 'T').collect()
    }
}

/// One of Intel's documents with other dates and not a byte else changed.
fn dated(document: &str, dates: &[String; 2]) -> String {
    let parsed: Value = serde_json::from_str(document).unwrap();
    ["issueDate", "nextUpdate"].iter().zip(dates).fold(document.to_owned(), |document, (name, date)| {
        let old = format!(r#""{name}":{}"#, parsed[name]);
        document.replacen(&old, &format!(r#""{name}":"{date}""#), 1)
    })
}

/// The trust-root file that takes the evidence of every platform.
///
/// # Panics
/// Never: the files that it is made of are constant.
#[must_use]
pub fn trust_root() -> String {
    let mut file: Value = serde_json::from_str(&TrustRootFile::sound().json()).unwrap();
    for (member, text) in [("intel", intel::trust_root()), ("nitro", nitro::trust_root())] {
        let other: Value = serde_json::from_str(&text).unwrap();
        file[member] = other[member].clone();
    }
    format!("{}\n", serde_json::to_string_pretty(&file).unwrap())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kettle_verifier_core::bundle::EvidenceOnly;
    use kettle_verifier_core::{Collateral, Outcome, Policy, TrustRoots, appraise_evidence};

    #[test]
    fn evidence_of_every_platform_holds_at_any_time() {
        let roots = TrustRoots::from_json(trust_root().as_bytes()).unwrap();
        for time in ["2026-02-01T00:00:00Z", "2028-02-29T23:59:59Z", "2032-12-01T12:00:00Z"] {
            let now = Timestamp::from_rfc3339(time).unwrap();
            for label in LABELS {
                let evidence = Machines::at(now).evidence(label, &[7; 48]).unwrap();
                let appraised = |now| {
                    let only = EvidenceOnly {
                        evidence: &evidence,
                        report_data: None,
                        collateral: Collateral::default(),
                    };
                    appraise_evidence(&only, &Policy::default(), &roots, now)
                };
                let verdict = appraised(now);
                assert_eq!(verdict.outcome, Outcome::Unpinned, "{label} {time}: {}", verdict.sentence);
                if matches!(label, "tdx" | "az-tdx" | "dstack") {
                    assert_ne!(appraised(now.plus_days(16)).outcome, Outcome::Unpinned, "{label}");
                }
            }
        }
    }
}
