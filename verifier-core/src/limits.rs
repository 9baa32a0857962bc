//! Every bound on hostile input, in one place, each with the reason for its number.

/// Bytes of `evidence.json`. The known bundles have 8 kB; other verifiers of this format stop at
/// the same 10 MiB.
pub const EVIDENCE_BYTES: usize = 10 * 1024 * 1024;

/// Bytes of `provenance.json`. The largest known one (a Nix build with 306 fetches) has 148 kB.
pub const PROVENANCE_BYTES: usize = 10 * 1024 * 1024;

/// Nesting of JSON arrays and objects. The known documents stay below ten.
pub const JSON_DEPTH: usize = 32;

/// Values (scalars, arrays, objects) in one JSON document.
pub const JSON_VALUES: usize = 400_000;

/// Bytes of a single decoded field of the evidence.
pub const FIELD_BYTES: usize = 1024 * 1024;

/// Bytes of one certificate. A VCEK has about 1,350.
pub const CERTIFICATE_BYTES: usize = 8 * 1024;

/// Bytes of one certificate revocation list. The genuine AMD lists have below 1 kB.
pub const CRL_BYTES: usize = 256 * 1024;

/// Octets of a certificate's serial number: 20 and one for the sign (RFC 5280, section 4.1.2.2).
pub const SERIAL_BYTES: usize = 21;

/// Certificates and lists that may lie beside a bundle.
pub const COLLATERAL_ITEMS: usize = 64;

/// Bytes of one document of Intel's collateral, and of a TDX quote's TCB info. Genuine ones have
/// below 25 kB.
pub const COLLATERAL_BYTES: usize = 512 * 1024;

/// Bytes of a TDX quote. Genuine ones have 5 kB, and up to 8192 with the buffer that they were read
/// into; the authentication data in one may have 65,535.
pub const QUOTE_BYTES: usize = 128 * 1024;

/// Subjects in a statement, and artifacts beside it.
pub const SUBJECTS: usize = 10_000;

/// Subjects and artifacts that a verdict lists one by one; the rest is counted.
pub const LISTED: usize = 256;

/// Notes on fields that the verifier does not know; the rest is counted.
pub const UNKNOWN_FIELDS: usize = 16;

/// Leaves of an input tree. The largest known build has 311 inputs; at this many a proof has 797 bytes.
pub const INPUT_LEAVES: u32 = 1 << 24;

/// Bytes of a proof that an input is in a tree: 24 nodes at most.
pub const PROOF_BYTES: usize = 1024;

/// Layers of a sandbox that a provenance may name. There are below ten.
pub const SANDBOX_LAYERS: usize = 32;

/// Bytes of one artifact name.
pub const NAME_BYTES: usize = 1024;

/// Bytes of a bundle document, which has the bytes of provenance, evidence and collateral as hex.
pub const REQUEST_BYTES: usize = 64 * 1024 * 1024;

/// Bytes of a policy or of a trust-root file.
pub const POLICY_BYTES: usize = 1024 * 1024;

/// Bytes of an HCL blob. Genuine ones fill the NV index of 2600 bytes, old ones 2048.
pub const HCL_BYTES: usize = 16 * 1024;

/// PCR selections in a TPM quote. Genuine quotes have one; the TPM's own limit is 16 banks.
pub const PCR_SELECTIONS: usize = 16;

/// Nesting of CBOR arrays and maps. A Nitro document has two levels.
pub const CBOR_DEPTH: usize = 8;

/// Values in one CBOR document, pieces of texts included. A Nitro document with 32 PCRs and 10
/// certificates has below 100.
pub const CBOR_ITEMS: usize = 1024;

/// Bytes of one Nitro document. What the fields below allow is 16 kB; genuine ones have 4.8 kB.
pub const NITRO_BYTES: usize = 32 * 1024;

/// Field sizes of an attestation document: AWS Nitro Enclaves NSM API, attestation process, "syntactical
/// validation".
pub mod nsm {
    /// Bytes of `user_data`.
    pub const USER_DATA_BYTES: usize = 512;
    /// Bytes of `nonce`.
    pub const NONCE_BYTES: usize = 512;
    /// Bytes of `public_key`.
    pub const PUBLIC_KEY_BYTES: usize = 1024;
    /// Bytes of one certificate.
    pub const CERTIFICATE_BYTES: usize = 1024;
    /// Bytes of `module_id`. The specification says "not empty"; genuine ones have 39.
    pub const MODULE_ID_BYTES: usize = 255;
    /// PCRs, and one more than the greatest index.
    pub const PCRS: usize = 32;
    /// Certificates in `cabundle`. The specification says "not empty"; genuine ones have 4.
    pub const CABUNDLE: usize = 10;
}

/// Characters of untrusted text that a verdict repeats.
pub const ECHO_CHARS: usize = 200;

/// Bytes of an event log. Genuine ones fill buffers from 64 KiB to 1 MiB.
pub const EVENT_LOG_BYTES: usize = 1024 * 1024;

/// Events in an event log. Genuine ones have below 100.
pub const EVENT_LOG_EVENTS: usize = 1024;
