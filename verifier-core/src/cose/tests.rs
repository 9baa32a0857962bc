//! The signature is over what was received. The envelope's faults are tried with whole documents, in
//! `platform/nitro/tests/made.rs`.

use super::*;
use crate::Policy;
use crate::platform::nitro::testing::{Maker, key};

fn read(document: &[u8]) -> (Option<bool>, Vec<u8>) {
    let policy = Policy::default();
    let specs = STRUCTURE_CHECKS.iter().chain(SIGNATURE_CHECKS).copied();
    let mut log = Log::new(&policy, specs);
    let leaf = key(4);
    let point = leaf.verifying_key().to_sec1_point(false);
    let trusted = P384Key::from_point(point.as_bytes()).unwrap();
    match Sign1::read(document, &mut log) {
        Ok(envelope) => match envelope.authenticate(&trusted, "a test", &mut log) {
            Ok(payload) => (Some(true), payload.bytes().to_vec()),
            Err(_) => (Some(false), Vec::new()),
        },
        Err(_) => (None, Vec::new()),
    }
}

#[test]
fn the_payload_is_yielded_only_when_its_signature_verifies() {
    let maker = Maker { payload: Some(b"payload".to_vec()), ..Maker::new() };
    assert_eq!(read(&maker.document()), (Some(true), b"payload".to_vec()));
    let mut other = maker.document();
    let place = other.windows(7).position(|window| window == b"payload").unwrap();
    other[place] ^= 1;
    assert_eq!(read(&other).0, Some(false));
}

#[test]
fn the_protected_header_is_signed_as_it_was_received() {
    // The same header in a longer encoding: a verifier that encodes it again takes both.
    let maker = Maker { protected: alloc::vec![0xa1, 0x18, 0x01, 0x38, 0x22], ..Maker::new() };
    assert_eq!(read(&maker.document()).0, Some(true));
    let sound = Maker::new().document();
    let longer = [&sound[..1], &[0x45, 0xa1, 0x18, 0x01, 0x38, 0x22], &sound[6..]].concat();
    assert_eq!(read(&longer).0, Some(false));
}
