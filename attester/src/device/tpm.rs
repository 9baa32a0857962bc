//! The few TPM 2.0 commands that Azure's evidence takes (TPM 2.0 Library, part 3). All numbers are
//! big-endian.
//!
//! ```text
//! command    tag 2   size 4   code 4   handles 4 each   [ size of the authorisation 4, it ]   parameters
//! response   tag 2   size 4   code 4   [ size of the parameters 4 ]   parameters   [ authorisation ]
//! ```
//!
//! The crates for TPMs bind a C library, which a static program can't do without effort; four commands can.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::FileTypeExt as _;
use std::os::unix::net::UnixStream;
use std::path::Path;

use crate::failure::{At as _, Done, Failure};

/// Where the kernel has it.
pub const PLACE: &str = "dev/tpmrm0";

/// Bytes of a response at most (`TPM2_MAX_RESPONSE_SIZE` of all implementations).
const RESPONSE_BYTES: usize = 4096;

/// Bytes that are read of an NV index at once.
const CHUNK: u16 = 512;

/// `TPM_RH_OWNER`.
pub const OWNER: u32 = 0x4000_0001;

/// `TPM_ALG_SHA256`.
pub const SHA256: u16 = 0x000b;

/// PCRs of a bank.
pub const PCRS: u8 = 24;

const NO_SESSIONS: u16 = 0x8001;
const SESSIONS: u16 = 0x8002;

/// A way to a TPM: commands in, responses out.
pub trait Channel {
    /// One command and its response.
    ///
    /// # Errors
    /// The system's.
    fn transmit(&mut self, command: &[u8]) -> io::Result<Vec<u8>>;
}

/// The kernel's device, or the socket of an emulator.
#[derive(Debug)]
enum Opened {
    Device(File),
    Socket(UnixStream),
}

/// Opens a TPM.
///
/// # Errors
/// [`Failure`] where it can't be opened.
pub fn open(place: &Path) -> Done<Box<dyn Channel>> {
    let kind = std::fs::metadata(place).at("open", place)?.file_type();
    let opened = if kind.is_socket() {
        Opened::Socket(UnixStream::connect(place).at("connect to", place)?)
    } else {
        Opened::Device(File::options().read(true).write(true).open(place).at("open", place)?)
    };
    Ok(Box::new(opened))
}

impl Channel for Opened {
    fn transmit(&mut self, command: &[u8]) -> io::Result<Vec<u8>> {
        let mut response = vec![0; RESPONSE_BYTES];
        let length = match self {
            Self::Device(file) => {
                file.write_all(command)?;
                file.read(&mut response)?
            }
            Self::Socket(socket) => {
                socket.write_all(command)?;
                let (head, body) = response.split_at_mut(6);
                socket.read_exact(head)?;
                let size = head.last_chunk::<4>().map(|size| u32::from_be_bytes(*size)).unwrap_or_default();
                let size = usize::try_from(size).unwrap_or(usize::MAX);
                let rest = size.checked_sub(6).and_then(|rest| body.get_mut(..rest));
                socket.read_exact(rest.ok_or(io::ErrorKind::InvalidData)?)?;
                size
            }
        };
        response.truncate(length);
        Ok(response)
    }
}

/// A command that is being written.
#[derive(Debug, Clone)]
pub struct Command {
    code: u32,
    handles: Vec<u8>,
    authorised: bool,
    parameters: Vec<u8>,
}

impl Command {
    /// A command with this code.
    #[must_use]
    pub const fn new(code: u32) -> Self {
        Self { code, handles: Vec::new(), authorised: false, parameters: Vec::new() }
    }

    /// Names an object.
    #[must_use]
    pub fn handle(mut self, handle: u32) -> Self {
        self.handles.extend(handle.to_be_bytes());
        self
    }

    /// Authorises the first object by an empty password.
    #[must_use]
    pub const fn authorised(mut self) -> Self {
        self.authorised = true;
        self
    }

    /// Adds parameters.
    #[must_use]
    pub fn put(mut self, bytes: &[u8]) -> Self {
        self.parameters.extend_from_slice(bytes);
        self
    }

    /// Adds bytes behind their length in two bytes.
    #[must_use]
    pub fn sized(self, bytes: &[u8]) -> Self {
        let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes();
        self.put(&length).put(bytes)
    }

    /// Sends it: the parameters of the response.
    ///
    /// # Errors
    /// [`Failure`] where the TPM can't be reached, refuses, or answers with something else.
    pub fn send(&self, tpm: &mut dyn Channel) -> Done<Vec<u8>> {
        let failed = |what: String| Failure::build(format!("the TPM, command {:#x}: {what}", self.code));
        let response = tpm.transmit(&self.bytes()).map_err(|error| failed(error.to_string()))?;
        let mut reader = Reader(&response);
        let broken = || failed("its response does not hold together".into());
        let (tag, size, code) = reader.head().ok_or_else(broken)?;
        if usize::try_from(size).ok() != Some(response.len()) {
            return Err(broken());
        }
        if code != 0 {
            return Err(failed(format!("it refuses with {code:#x}")));
        }
        // A handle that the command makes stands before the size of the parameters; it is read with them.
        let with_sessions = tag == SESSIONS && self.code != CREATE_PRIMARY;
        if with_sessions {
            let length = reader.u32().and_then(|length| usize::try_from(length).ok());
            return Ok(length.and_then(|length| reader.take(length)).ok_or_else(broken)?.to_vec());
        }
        Ok(reader.0.to_vec())
    }

    fn bytes(&self) -> Vec<u8> {
        let mut rest = self.handles.clone();
        if self.authorised {
            rest.extend(9_u32.to_be_bytes());
            rest.extend(PASSWORD.to_be_bytes());
            rest.extend([0; 5]);
        }
        rest.extend_from_slice(&self.parameters);
        let size = u32::try_from(rest.len().saturating_add(10)).unwrap_or(u32::MAX);
        let tag = if self.authorised { SESSIONS } else { NO_SESSIONS };
        [&tag.to_be_bytes()[..], &size.to_be_bytes(), &self.code.to_be_bytes(), &rest].concat()
    }
}

/// `TPM_RS_PW`.
const PASSWORD: u32 = 0x4000_0009;

/// `TPM_CC_CreatePrimary`.
pub const CREATE_PRIMARY: u32 = 0x131;

/// Bytes of a response that are read one after the other.
#[derive(Debug)]
pub struct Reader<'r>(pub &'r [u8]);

impl<'r> Reader<'r> {
    fn head(&mut self) -> Option<(u16, u32, u32)> {
        Some((self.u16()?, self.u32()?, self.u32()?))
    }

    /// So many bytes.
    pub fn take(&mut self, count: usize) -> Option<&'r [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// A number of two bytes.
    pub fn u16(&mut self) -> Option<u16> {
        self.take(2)?.first_chunk().map(|bytes| u16::from_be_bytes(*bytes))
    }

    /// A number of four bytes.
    pub fn u32(&mut self) -> Option<u32> {
        self.take(4)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
    }

    /// Bytes behind their length in two bytes.
    pub fn sized(&mut self) -> Option<&'r [u8]> {
        let length = self.u16()?;
        self.take(length.into())
    }
}

fn other(what: &str) -> Failure {
    Failure::build(format!("the TPM answers otherwise than {what}"))
}

/// The bytes of an NV index that the owner may read (`TPM2_NV_ReadPublic`, `TPM2_NV_Read`).
///
/// # Errors
/// [`Failure`] where there is none, or where it can't be read.
pub fn nv_read(tpm: &mut dyn Channel, index: u32) -> Done<Vec<u8>> {
    let public = Command::new(0x169).handle(index).send(tpm)?;
    let area = Reader(&public).sized().and_then(|area| area.last_chunk().copied());
    let size = area.map(u16::from_be_bytes).ok_or_else(|| other("TPM2_NV_ReadPublic"))?;
    let mut bytes = Vec::new();
    while bytes.len() < usize::from(size) {
        let offset = u16::try_from(bytes.len()).map_err(|_| other("TPM2_NV_Read"))?;
        let length = size.saturating_sub(offset).min(CHUNK);
        let read = Command::new(0x14e).handle(OWNER).handle(index).authorised();
        let read = read.put(&length.to_be_bytes()).put(&offset.to_be_bytes()).send(tpm)?;
        let chunk = Reader(&read).sized().filter(|chunk| chunk.len() == usize::from(length));
        bytes.extend_from_slice(chunk.ok_or_else(|| other("TPM2_NV_Read"))?);
    }
    Ok(bytes)
}

/// `TPML_PCR_SELECTION` of one bank.
fn selection(pcrs: &[u8]) -> [u8; 10] {
    let mut bits = 0_u32;
    for pcr in pcrs {
        bits |= 1_u32.checked_shl((*pcr).into()).unwrap_or(0);
    }
    let [low, middle, high, _] = bits.to_le_bytes();
    let [first, second] = SHA256.to_be_bytes();
    [0, 0, 0, 1, first, second, 3, low, middle, high]
}

/// All PCRs of the SHA-256 bank (`TPM2_PCR_Read`, which gives eight at most).
///
/// # Errors
/// [`Failure`] where the TPM has no such bank.
pub fn pcrs(tpm: &mut dyn Channel) -> Done<Vec<[u8; 32]>> {
    let mut values = Vec::new();
    for first in (0..PCRS).step_by(8) {
        let asked: Vec<u8> = (first..first.saturating_add(8)).collect();
        let answer = Command::new(0x17e).put(&selection(&asked)).send(tpm)?;
        let mut reader = Reader(&answer);
        let selected = reader.u32().and(reader.take(10));
        if selected != Some(&selection(&asked)) || reader.u32() != Some(8) {
            return Err(Failure::build("the TPM has no bank of PCRs for SHA-256"));
        }
        for _ in 0..8 {
            let value = reader.sized().and_then(|value| value.try_into().ok());
            values.push(value.ok_or_else(|| other("TPM2_PCR_Read"))?);
        }
    }
    Ok(values)
}

/// A quote over all PCRs of the SHA-256 bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// `TPMS_ATTEST`.
    pub message: Vec<u8>,
    /// The RSASSA-PKCS1-v1_5 signature with SHA-256.
    pub signature: Vec<u8>,
}

/// Has a key quote all PCRs over some bytes (`TPM2_Quote`).
///
/// # Errors
/// [`Failure`] where there is no such key, or where it signs otherwise.
pub fn quote(tpm: &mut dyn Channel, key: u32, extra: &[u8]) -> Done<Quote> {
    let all: Vec<u8> = (0..PCRS).collect();
    let command = Command::new(0x158).handle(key).authorised().sized(extra);
    let answer = command.put(&0x0010_u16.to_be_bytes()).put(&selection(&all)).send(tpm)?;
    let mut reader = Reader(&answer);
    let message = reader.sized().map(<[u8]>::to_vec);
    let scheme = (reader.u16(), reader.u16());
    let signature = reader.sized().map(<[u8]>::to_vec);
    match (message, scheme, signature) {
        (Some(message), (Some(0x0014), Some(SHA256)), Some(signature)) if reader.0.is_empty() => {
            Ok(Quote { message, signature })
        }
        _ => Err(other("TPM2_Quote with RSASSA and SHA-256")),
    }
}
