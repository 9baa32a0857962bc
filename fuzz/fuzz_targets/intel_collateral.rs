//! Intel's collateral beside a genuine quote, at a time at which its own was current.

#![no_main]

use kettle_verifier_core::{Timestamp, fuzzing};
use libfuzzer_sys::fuzz_target;

const QUOTE: &[u8] = include_bytes!("../../testvectors/real/dcap-qvl-0.7.1/tdx_quote");
/// 2025-06-25T00:00:00Z.
const CURRENT: u64 = 1_750_809_600;

fuzz_target!(|input: &[u8]| {
    let now = Timestamp::from_unix(CURRENT).expect("a time before the year 9999");
    fuzzing::tdx(QUOTE, input, now);
});
