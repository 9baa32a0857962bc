//! TPM quotes: `TPMS_ATTEST` with `TPMS_QUOTE_INFO`, all numbers big-endian (TPM 2.0 Library, part 2,
//! 10.12).

use crate::keys::RsaKey;
use crate::signing::{Hash, Scheme};

/// `TPM_ALG_SHA1`.
pub const TPM_ALG_SHA1: u16 = 0x0004;
/// `TPM_ALG_SHA256`.
pub const TPM_ALG_SHA256: u16 = 0x000b;
/// `TPM_ALG_SHA384`.
pub const TPM_ALG_SHA384: u16 = 0x000c;

/// A quote before it is signed.
#[derive(Debug, Clone)]
pub struct Quote {
    /// `FF544347`.
    pub magic: u32,
    /// 0x8018.
    pub kind: u16,
    /// The qualified name of the signing key.
    pub signer: Vec<u8>,
    /// Bytes after the attested ones in `extraData`: zeros before June 2026.
    pub extra_tail: Vec<u8>,
    /// `resetCount`.
    pub reset_count: u32,
    /// `safe`.
    pub safe: u8,
    /// `firmwareVersion`.
    pub firmware: u64,
    /// The PCR selections.
    pub selections: Vec<Selection>,
    /// `pcrDigest`; `None` computes it from the selected PCRs.
    pub pcr_digest: Option<Vec<u8>>,
}

/// `TPMS_PCR_SELECTION`: a bank and a bit for each PCR, the lowest PCR in the lowest bit of the first
/// byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// The bank's hash algorithm.
    pub bank: u16,
    /// The selected PCRs.
    pub bits: Vec<u8>,
}

impl Selection {
    /// All 24 PCRs of the SHA-256 bank.
    #[must_use]
    pub fn all() -> Self {
        Self { bank: TPM_ALG_SHA256, bits: vec![0xff; 3] }
    }

    fn indices(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.bits.len() * 8).filter(|index| self.bits[index / 8] >> (index % 8) & 1 == 1)
    }
}

impl Quote {
    /// A sound quote by this key.
    #[must_use]
    pub fn by(ak: &RsaKey) -> Self {
        Self {
            magic: 0xff54_4347,
            kind: 0x8018,
            signer: qualified_name(&ak.modulus(), ATTRIBUTES, ENDORSEMENT_HIERARCHY),
            extra_tail: Vec::new(),
            reset_count: 2,
            safe: 1,
            firmware: 0x2020_0312_0012_0003,
            selections: vec![Selection::all()],
            pcr_digest: None,
        }
    }

    /// The message that is signed.
    #[must_use]
    pub fn message(&self, attested: &[u8], pcrs: &[Vec<u8>]) -> Vec<u8> {
        let mut out = self.magic.to_be_bytes().to_vec();
        out.extend(self.kind.to_be_bytes());
        out.extend(sized(&self.signer));
        out.extend(sized(&[attested, &self.extra_tail].concat()));
        out.extend(1_977_988_557_u64.to_be_bytes());
        out.extend(self.reset_count.to_be_bytes());
        out.extend(0_u32.to_be_bytes());
        out.push(self.safe);
        out.extend(self.firmware.to_be_bytes());
        out.extend(u32::try_from(self.selections.len()).unwrap().to_be_bytes());
        for selection in &self.selections {
            out.extend(selection.bank.to_be_bytes());
            out.push(u8::try_from(selection.bits.len()).unwrap());
            out.extend_from_slice(&selection.bits);
        }
        out.extend(sized(&self.pcr_digest.clone().unwrap_or_else(|| self.digest(pcrs))));
        out
    }

    /// The digest over the selected PCRs, in the order of the selections.
    #[must_use]
    pub fn digest(&self, pcrs: &[Vec<u8>]) -> Vec<u8> {
        let indices = self.selections.iter().flat_map(Selection::indices);
        let selected: Vec<u8> = indices.filter_map(|index| pcrs.get(index)).flatten().copied().collect();
        Hash::Sha256.digest(&selected)
    }
}

/// The signature of a quote: RSASSA-PKCS1-v1_5 with SHA-256.
#[must_use]
pub fn sign_quote(ak: &RsaKey, message: &[u8]) -> Vec<u8> {
    Scheme::Pkcs1(Hash::Sha256).sign(ak, message)
}

/// The qualified name of an RSA-2048 signing key that lies directly below a hierarchy: 000B and the
/// SHA-256 of the hierarchy's handle and the key's name, which is 000B and the SHA-256 of its
/// `TPMT_PUBLIC` (TPM 2.0 Library, part 1, 16 and 26.5).
#[must_use]
pub fn qualified_name(modulus: &[u8], attributes: u32, hierarchy: u32) -> Vec<u8> {
    let mut public = Vec::new();
    public.extend(0x0001_u16.to_be_bytes()); // TPM_ALG_RSA
    public.extend(TPM_ALG_SHA256.to_be_bytes());
    public.extend(attributes.to_be_bytes());
    public.extend(sized(&[])); // authPolicy
    public.extend(0x0010_u16.to_be_bytes()); // symmetric: TPM_ALG_NULL
    public.extend(0x0014_u16.to_be_bytes()); // scheme: TPM_ALG_RSASSA
    public.extend(TPM_ALG_SHA256.to_be_bytes());
    public.extend(2048_u16.to_be_bytes());
    public.extend(0_u32.to_be_bytes()); // exponent: the default, 65537
    public.extend(sized(modulus));
    let named =
        |bytes: &[u8]| [&TPM_ALG_SHA256.to_be_bytes(), Hash::Sha256.digest(bytes).as_slice()].concat();
    named(&[&hierarchy.to_be_bytes(), named(&public).as_slice()].concat())
}

/// fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, noDA, restricted, sign.
pub const ATTRIBUTES: u32 = 0x0005_0472;

/// The handle of the endorsement hierarchy.
pub const ENDORSEMENT_HIERARCHY: u32 = 0x4000_000b;

fn sized(bytes: &[u8]) -> Vec<u8> {
    [&u16::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
}
