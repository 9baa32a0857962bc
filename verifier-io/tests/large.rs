//! Memory stays flat, however large an artifact is.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::arithmetic_side_effects,
    reason = "a test stops where something is not as it should be"
)]

mod common;

use core::ops::ControlFlow;
use std::fs::File;

use common::{folder, sound};
use kettle_verifier_io::{Request, read};

/// Peak resident memory of this process in bytes, as Linux counts it.
#[cfg(target_os = "linux")]
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() * 1024
}

#[cfg(target_os = "linux")]
fn grows_by(size: u64) -> u64 {
    let dir = tempfile::tempdir().unwrap();
    folder(dir.path(), &sound());
    File::create(dir.path().join("artifacts/rg")).unwrap().set_len(size).unwrap();
    let request = Request { paths: vec![dir.path().into()], ..Request::default() };
    let before = peak();
    let input = read(&request, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(input.artifacts.files[0].size, size);
    peak().saturating_sub(before)
}

#[cfg(target_os = "linux")]
#[test]
fn memory_is_flat() {
    let size = if std::env::var_os("KETTLE_LARGE").is_some() { 10 << 30 } else { 64 << 20 };
    let grown = grows_by(size);
    assert!(grown < 8 << 20, "{grown} bytes more for a file of {size}");
}
