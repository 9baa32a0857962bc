//! The C library and its users.

use super::steps::Outcome;
use crate::failure::{Done, Failure};
use crate::header;
use crate::install::Need;
use crate::workspace::{cargo, command, output, run};

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
    run(&mut command("verifier-ffi/tests/all.sh", &[&conformance()?]))?;
    Ok(Outcome::Passed)
}

/// The conformance hash that the Rust runner prints.
pub(super) fn conformance() -> Done<String> {
    let test = ["test", "--locked", "--package", "kettle-testvectors", "--test", "corpus"];
    let printed = ["every_case_has_its_verdict", "--", "--nocapture"];
    let text = output(&mut cargo(&[&test[..], &printed[..]].concat()));
    text.as_deref()
        .and_then(|text| text.lines().find_map(|line| line.split(", conformance ").nth(1)))
        .map(str::to_owned)
        .ok_or_else(|| Failure::new("the Rust runner of the corpus fails; see the step `test`"))
}
