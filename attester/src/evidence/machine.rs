//! The quote devices of this machine: which there are, and evidence from them.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use kettle_verifier_core::Timestamp;
use serde_json::Value;

use super::azure::{self, Below};
use super::{Attested, Attester, Evidence, envelope};
use crate::device::{certificates, dstack, metadata, nsm, sev_guest, tpm, tsm};
use crate::failure::{At as _, Done, Failure};

/// A machine: where its devices lie, and what is stapled beside what they say.
#[derive(Debug, Clone)]
pub struct Machine {
    root: PathBuf,
    metadata: SocketAddr,
    intel: Option<Value>,
    certificate: Option<Vec<u8>>,
    trust_root: Option<Vec<u8>>,
}

impl Default for Machine {
    fn default() -> Self {
        Self {
            root: "/".into(),
            metadata: metadata::ADDRESS,
            intel: None,
            certificate: None,
            trust_root: None,
        }
    }
}

/// A device of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Device {
    Nsm,
    Dstack,
    Tsm,
    SevGuest,
    Tpm(Below),
}

impl Machine {
    /// A machine whose devices lie below another folder, and whose metadata service listens elsewhere.
    #[must_use]
    pub fn below(root: &Path, metadata: SocketAddr) -> Self {
        Self { root: root.to_owned(), metadata, ..Self::default() }
    }

    /// Staples a file beside the evidence: Intel's collateral as JSON, or the VCEK or VLEK in DER or PEM.
    ///
    /// # Errors
    /// [`Failure`] where the file can't be read.
    pub fn staple(&mut self, path: &Path) -> Done {
        let bytes = std::fs::read(path).at("read", path)?;
        if let Ok(document) = serde_json::from_slice::<Value>(&bytes) {
            self.intel = Some(document);
        } else if bytes.starts_with(b"-----BEGIN") {
            self.certificate = Some(certificates::first_of_pem(&String::from_utf8_lossy(&bytes))?);
        } else {
            self.certificate = Some(bytes);
        }
        Ok(())
    }

    /// Names the trust root that vouches for this machine, beside or in place of the pinned ones.
    pub fn trust(&mut self, trust_root: Vec<u8>) {
        self.trust_root = Some(trust_root);
    }

    fn at(&self, place: &str) -> PathBuf {
        self.root.join(place)
    }

    /// The device of this machine. The more special ones first: an enclave has no other, dstack's agent
    /// stands before its machine's, and configfs is the newer way to what `/dev/sev-guest` says.
    fn device(&self) -> Option<Device> {
        let plain = [
            (nsm::PLACE, Device::Nsm),
            (dstack::PLACE, Device::Dstack),
            (tsm::PLACE, Device::Tsm),
            (sev_guest::PLACE, Device::SevGuest),
        ];
        let found = plain.into_iter().find(|(place, _)| self.at(place).exists());
        found.map(|(_, device)| device).or_else(|| {
            // Many machines have a TPM; one with this blob is Azure's.
            let mut tpm = tpm::open(&self.at(tpm::PLACE)).ok()?;
            let blob = tpm::nv_read(tpm.as_mut(), azure::BLOB).ok()?;
            Below::of(&blob).map(Device::Tpm)
        })
    }

    /// The attester of this machine, which must be that of the platform where one is asked for.
    ///
    /// # Errors
    /// [`Failure`] where no device is found, or one of another platform.
    pub fn attester(&self, asked: Option<&str>) -> Done<Box<dyn Attester>> {
        let none = || {
            Failure::usage(format!(
                "no quote device {}was found; inside a confidential VM one would be, and elsewhere --simulate makes evidence that only tests accept",
                asked.map(|name| format!("of `{name}` ")).unwrap_or_default()
            ))
        };
        let device = self.device().ok_or_else(none)?;
        let labels = device.labels();
        let label = match asked {
            None => None,
            Some(asked) => {
                let known = labels.iter().find(|label| **label == asked);
                Some(*known.ok_or_else(|| {
                    Failure::usage(format!(
                        "`{}` is the quote device of this machine, which is {} and not `{asked}`",
                        device.place(),
                        labels.join(" or ")
                    ))
                })?)
            }
        };
        Ok(Box::new(Real { machine: self.clone(), device, label }))
    }
}

impl Device {
    const fn place(self) -> &'static str {
        match self {
            Self::Nsm => nsm::PLACE,
            Self::Dstack => dstack::PLACE,
            Self::Tsm => tsm::PLACE,
            Self::SevGuest => sev_guest::PLACE,
            Self::Tpm(_) => tpm::PLACE,
        }
    }

    /// The labels that its evidence can have. The clouds' own are as good as the plain ones.
    const fn labels(self) -> &'static [&'static str] {
        match self {
            Self::Nsm => &["nitro"],
            Self::Dstack => &["dstack"],
            Self::Tsm => &["snp", "gcp-snp", "tdx", "gcp-tdx"],
            Self::SevGuest => &["snp", "gcp-snp"],
            Self::Tpm(Below::Snp) => &["az-snp"],
            Self::Tpm(Below::Tdx) => &["az-tdx"],
        }
    }
}

/// A device of this machine, as an attester.
struct Real {
    machine: Machine,
    device: Device,
    label: Option<&'static str>,
}

impl Attester for Real {
    fn source(&self) -> String {
        format!("/{}", self.device.place())
    }

    fn attest(&self, attested: &Attested, _: Timestamp) -> Done<Evidence> {
        let mut data = [0; 64];
        data.iter_mut().zip(attested).for_each(|(to, from)| *to = *from);
        let place = self.machine.at(self.device.place());
        let envelope = match self.device {
            Device::Nsm => nitro(&File::open(&place).at("open", &place)?, attested),
            Device::Dstack => {
                Ok(envelope::dstack(&dstack::quote(&place, &data)?, self.machine.intel.clone()))
            }
            Device::Tsm => self.tsm(&tsm::report(&place, &data)?),
            Device::SevGuest => {
                let file = File::options().read(true).write(true).open(&place).at("open", &place)?;
                snp(&file, &data, self.label.unwrap_or("snp"), self.machine.certificate.as_deref())
            }
            Device::Tpm(_) => {
                let mut tpm = tpm::open(&place)?;
                let endorse = |below, report: &[u8]| azure::endorsed(self.machine.metadata, below, report);
                azure::attest(tpm.as_mut(), attested, &endorse, self.machine.intel.clone())
            }
        };
        Ok(Evidence { envelope: envelope?, trust_root: self.machine.trust_root.clone(), not_fetched: None })
    }
}

impl Real {
    fn tsm(&self, report: &tsm::Report) -> Done<Vec<u8>> {
        let label = |known: [&'static str; 2]| match self.label {
            None => Ok(known[0]),
            Some(label) if known.contains(&label) => Ok(label),
            Some(label) => {
                Err(Failure::usage(format!("this machine is {}, and not `{label}`", known.join(" or "))))
            }
        };
        match report.provider.as_str() {
            "sev_guest" => {
                let given = certificates::endorsement(&report.auxblob)?;
                let vek = given.or_else(|| self.machine.certificate.clone());
                Ok(envelope::snp(label(["snp", "gcp-snp"])?, &report.outblob, vek.as_deref()))
            }
            "tdx_guest" => {
                let log = super::event_log(&self.machine.root);
                let collateral = self.machine.intel.clone();
                Ok(envelope::tdx(label(["tdx", "gcp-tdx"])?, &report.outblob, log.as_deref(), collateral))
            }
            other => Err(Failure::usage(format!("configfs-tsm's provider `{other}` is not known here"))),
        }
    }
}

/// Evidence of SEV-SNP through its guest driver. `certificate` stands in where the host has none.
pub(super) fn snp(
    port: &dyn sev_guest::Port,
    data: &[u8; 64],
    label: &str,
    certificate: Option<&[u8]>,
) -> Done<Vec<u8>> {
    // A guest may ask for its own level or one with fewer rights; some clouds run guests at 1.
    let own = sev_guest::report(port, data, 0);
    let (report, table) = own.or_else(|refused| sev_guest::report(port, data, 1).map_err(|_| refused))?;
    let given = certificates::endorsement(&table)?;
    Ok(envelope::snp(label, &report, given.as_deref().or(certificate)))
}

/// Evidence of Nitro: the digest is its user data, and the nonce has a field of its own.
pub(super) fn nitro(port: &dyn nsm::Port, attested: &Attested) -> Done<Vec<u8>> {
    let (digest, nonce) = attested.split_at(32);
    let nonce = Some(nonce).filter(|nonce| nonce.iter().any(|byte| *byte != 0));
    Ok(envelope::nitro(&nsm::document(port, digest, nonce)?))
}
