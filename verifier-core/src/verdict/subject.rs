//! What an appraisal is about.

/// What was appraised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// A bundle: evidence, provenance and artifacts.
    Bundle,
    /// Hardware evidence alone, which is `unpinned` at best.
    Evidence,
    /// A certificate of attestable builds.
    Certificate,
    /// A report of TEE Compile.
    CompileReport,
}

impl Subject {
    /// What no verdict on this subject proves, whatever the platform.
    pub(crate) const fn not_proven(self) -> &'static [&'static str] {
        match self {
            Self::Bundle | Self::Evidence => COMMON,
            Self::Certificate => CERTIFICATE,
            Self::CompileReport => COMPILE_REPORT,
        }
    }
}

const COMMON: &[&str] = &[
    "that the source is free of faults or malice: only which source was named",
    "that the work tree equalled the named commit: the known builder records the commit and does not compare the tree",
    "that the whole toolchain is the named one: the toolchain digests cover the driver programs only",
    "that the build steps could not reach the quote device: whatever runs inside the measured machine may ask for a report over any data, so an image is worth what its isolation is worth",
    "when the build took place: times in the provenance are claims, and nothing in a bundle alone proves freshness",
    "a SLSA level beyond 1, unless the policy's own map grants it",
];

const CERTIFICATE: &[&str] = &[
    "that the source is free of faults or malice: only a commit was named",
    "which repository the commit belongs to: the certificate names none",
    "that the named commit is the one that was built: the enclave reads it from a log that the build's own sandbox writes",
    "that the artifact came out of the build: a hook inside the build's sandbox computes its digest and writes it to that log",
    "which toolchain and dependencies went into the build: the certificate names none beyond the enclave's image",
    "when the build took place: the document carries no nonce, and its time is its own word",
    "that the build is in a transparency log: the log's proof is not part of the certificate",
    "a SLSA level beyond 1",
];

const COMPILE_REPORT: &[&str] = &[
    "that the source is free of faults or malice: only a hash over its files was named",
    "that a file at hand is an output of the build: the output hash is a Keccak-256 Merkle root over paths and contents, which is compared with the one that you expect and not computed from files",
    "that the hashed paths and contents are the ones that they seem: a leaf is the hash of a path followed at once by a content, so that bytes can move from one to the other",
    "which repository and commit the inputs are: the known tool leaves both out",
    "that the build steps could not reach the attestation device: they run in the same enclave, and may ask for a document over any data",
    "which toolchain the enclave's image holds: no reference values are published for it",
    "that the MRENCLAVE, where there is one, is the output's: it is the tool's word",
    "when the build took place: the nonce is the choice of whoever ran the build, unless it is yours",
    "a SLSA level beyond 1",
];
