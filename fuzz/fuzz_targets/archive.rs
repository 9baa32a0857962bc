//! A bundle as an archive: zip, tar and whatever is packed in it.

#![no_main]

use core::ops::ControlFlow;

use kettle_fuzz::file;
use kettle_verifier_io::{Request, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let request = Request { paths: vec![file(input)], ..Request::default() };
    let _ = read(&request, &mut |_| ControlFlow::Continue(()));
});
