//! The C library and its users.

use super::steps::Outcome;
use crate::failure::Done;
use crate::header;
use crate::install::Need;
use crate::workspace::{command, run};

pub(super) const NEEDS: &[Need] = &[
    Need::Cbindgen,
    Need::CargoC,
    Need::Debian("clang", "/usr/bin/clang"),
    Need::Debian("valgrind", "/usr/bin/valgrind"),
    Need::Debian("libcjson-dev", "/usr/include/cjson/cJSON.h"),
    Need::Debian("pkgconf", "/usr/bin/pkg-config"),
    Need::Debian("cmake", "/usr/bin/cmake"),
];

/// The header is current, and `verifier-ffi/tests/all.sh` passes.
pub(super) fn test() -> Done<Outcome> {
    header::check()?;
    run(&mut command("verifier-ffi/tests/all.sh", &[]))?;
    Ok(Outcome::Passed)
}
