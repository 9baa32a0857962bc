//! Intel TDX: `tdx`, `gcp-tdx`, and the inner layer of `az-tdx` and `dstack`.

use super::Platform;

/// The platforms of this folder.
pub static PLATFORMS: &[&dyn Platform] = &[];

/// Intel SGX Root CA. Where it came from, with its fingerprint: `roots/README.md`.
pub(crate) static PINNED_ROOT: &[u8] = include_bytes!("tdx/roots/intel-sgx-root-ca.der");
