//! Azure's machine with a TPM that really signs: the emulator `swtpm`, given the key, the blob and the PCRs
//! that Azure's paravisor gives its virtual TPM. The processor below it is the software TEE's.

use std::path::{Path, PathBuf};
use std::process::{Child, Command as Process, Stdio};
use std::time::Duration;

use kettle_attest_ioctl::ends_with_us;
use kettle_testvectors::live::Machines;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::Attested;
use super::azure::{self, BLOB, Below, KEY};
use super::envelope::Inner;
use crate::device::tpm::{self, CREATE_PRIMARY, Channel, Command, OWNER, Reader, SHA256};
use crate::failure::{At as _, Done, Failure};
use crate::guard::Guard;

const SWTPM: &str = "swtpm";

/// `TPM_RH_ENDORSEMENT`.
const ENDORSEMENT: u32 = 0x4000_000b;

/// An RSA-2048 key that signs nothing but what the TPM itself makes: `TPMT_PUBLIC` with fixedTPM, fixedParent,
/// sensitiveDataOrigin, userWithAuth, noDA, restricted, sign; RSASSA with SHA-256; no unique part yet.
const TEMPLATE: [u8; 24] = [
    0x00, 0x01, 0x00, 0x0b, 0x00, 0x05, 0x04, 0x72, 0x00, 0x00, 0x00, 0x10, 0x00, 0x14, 0x00, 0x0b, 0x08,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
];

/// Owner and whoever has its authorisation may read and write: OWNERWRITE, AUTHWRITE, OWNERREAD, AUTHREAD, NO_DA.
const READ_AND_WRITE: u32 = 0x0206_0006;

/// Bytes that are written into an NV index at once.
const CHUNK: usize = 512;

/// PCRs that a boot extends.
const BOOTED: core::ops::Range<u32> = 0..15;

/// Whether the emulator is installed.
pub(super) fn is_there() -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths).any(|folder| folder.join(SWTPM).is_file())
}

/// A running emulator, which ends with its connection or with this program at the latest.
pub(super) struct Emulator {
    process: Child,
    socket: PathBuf,
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Emulator {
    /// Starts one that listens at a socket, for one connection or for any number of them.
    pub(super) fn start(folder: &Path, socket: &Path, once: bool) -> Done<Self> {
        let control = folder.join("control");
        let mut command = Process::new(SWTPM);
        command.args(["socket", "--tpm2", "--flags", "not-need-init,startup-clear"]);
        command.args(once.then_some("--terminate"));
        command.arg("--tpmstate").arg(format!("dir={}", folder.display()));
        command.arg("--server").arg(format!("type=unixio,path={}", socket.display()));
        command.arg("--ctrl").arg(format!("type=unixio,path={}", control.display()));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let process = ends_with_us(&mut command).spawn().at("start", Path::new(SWTPM))?;
        Ok(Self { process, socket: socket.to_owned() })
    }

    pub(super) fn connect(&self) -> Done<Box<dyn Channel>> {
        for _ in 0..250 {
            if let Ok(channel) = tpm::open(&self.socket) {
                return Ok(channel);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        tpm::open(&self.socket)
    }
}

/// Evidence of `az-snp` or `az-tdx`.
pub(super) fn attest(label: &str, attested: &Attested, machines: Machines) -> Done<Vec<u8>> {
    let guard = Guard::start()?;
    let folder = guard.folder(&std::env::temp_dir(), "")?;
    let emulator = Emulator::start(folder.path(), &folder.path().join("tpm"), true)?;
    let mut tpm = emulator.connect()?;
    provision(tpm.as_mut(), label, machines)?;
    let endorse = |below: Below, report: &[u8]| {
        Ok(match below {
            Below::Snp => Inner::Vcek(machines.vcek()),
            Below::Tdx => Inner::TdQuote(machines.td_quote(report)),
        })
    };
    let collateral: Option<Value> = serde_json::from_str(&machines.collateral()).ok();
    let collateral = collateral.filter(|_| label == Below::Tdx.label());
    azure::attest(tpm.as_mut(), attested, &endorse, collateral)
}

/// Makes a new TPM the one of an Azure machine.
pub(super) fn provision(tpm: &mut dyn Channel, label: &str, machines: Machines) -> Done {
    let modulus = key(tpm)?;
    write_blob(tpm, &machines.azure_blob(label, &modulus))?;
    for pcr in BOOTED {
        let digest = Sha256::digest(format!("test vectors: what a boot extends PCR {pcr} with"));
        let extend = Command::new(0x182).handle(pcr).authorised().put(&1_u32.to_be_bytes());
        extend.put(&SHA256.to_be_bytes()).put(&digest).send(tpm)?;
    }
    Ok(())
}

/// Makes the attestation key and gives it its handle; its modulus.
fn key(tpm: &mut dyn Channel) -> Done<Vec<u8>> {
    let create = Command::new(CREATE_PRIMARY).handle(ENDORSEMENT).authorised();
    let create = create.sized(&[0; 4]).sized(&TEMPLATE).sized(&[]).put(&[0; 4]);
    let created = create.send(tpm)?;
    let mut reader = Reader(&created);
    let handle = reader.u32();
    let public = reader.u32().and_then(|_| reader.sized());
    let modulus = public.and_then(|public| public.last_chunk::<256>());
    let (handle, modulus) =
        handle.zip(modulus).ok_or_else(|| Failure::build("the TPM emulator makes no key as it should"))?;
    let keep = Command::new(0x120).handle(OWNER).handle(handle).authorised();
    keep.put(&KEY.to_be_bytes()).send(tpm)?;
    Ok(modulus.to_vec())
}

/// Defines the NV index of the blob and fills it.
fn write_blob(tpm: &mut dyn Channel, blob: &[u8]) -> Done {
    let size = u16::try_from(blob.len()).unwrap_or(u16::MAX).to_be_bytes();
    let area =
        [&BLOB.to_be_bytes()[..], &SHA256.to_be_bytes(), &READ_AND_WRITE.to_be_bytes(), &[0; 2], &size];
    Command::new(0x12a).handle(OWNER).authorised().sized(&[]).sized(&area.concat()).send(tpm)?;
    for (index, chunk) in blob.chunks(CHUNK).enumerate() {
        let offset = u16::try_from(index.saturating_mul(CHUNK)).unwrap_or(u16::MAX);
        let write = Command::new(0x137).handle(OWNER).handle(BLOB).authorised();
        write.sized(chunk).put(&offset.to_be_bytes()).send(tpm)?;
    }
    Ok(())
}
