//! A01 to A05, A08, A12, A13 of adversarial.md: quotes that lie, signed by the right key.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::crypto::sha256;
use crate::verdict::Status;
use crate::vtpm::evidence::{Given, GivenQuote};
use crate::vtpm::testing::{Quote, digest_info, encoded, given, raw_sign, run, sign, signer};

fn failure(change: impl Fn(&mut Quote)) -> String {
    let mut quote = Quote::default();
    change(&mut quote);
    run(&given(quote.signed())).failure().unwrap().into()
}

fn given_failure(change: impl Fn(&mut GivenQuote)) -> String {
    let mut quote = Quote::default().signed();
    change(&mut quote);
    run(&given(quote)).failure().unwrap().into()
}

#[test]
fn only_a_quote_that_the_tpm_made_itself() {
    assert_eq!(failure(|quote| quote.magic = 0xff54_4346), "az.quote.magic");
    for kind in [0x8014, 0x8017, 0x8019, 0x1880] {
        assert_eq!(failure(|quote| quote.kind = kind), "az.quote.type");
    }
    for short in [0, 3] {
        assert_eq!(given_failure(|quote| quote.message.truncate(short)), "az.quote.magic");
    }
    assert_eq!(given_failure(|quote| quote.message.truncate(5)), "az.quote.type");
}

#[test]
fn nothing_follows_the_last_field() {
    let longer = |quote: &mut GivenQuote| {
        quote.message.push(0);
        quote.signature = sign(&quote.message);
    };
    assert_eq!(given_failure(longer), "az.quote.structure");
    assert_eq!(failure(|quote| quote.safe = 2), "az.quote.structure");
    assert_eq!(failure(|quote| quote.extra_data = vec![1; 67]), "az.quote.structure");
    assert_eq!(failure(|quote| quote.signer = vec![1; 67]), "az.quote.structure");
    assert_eq!(failure(|quote| quote.digest = vec![1; 65]), "az.quote.structure");
}

#[test]
fn extra_data_of_any_size_is_handed_on_as_it_is() {
    let mut fifty = vec![9; 32];
    fifty.resize(50, 0);
    for extra in [vec![], vec![1; 32], fifty, vec![0; 48]] {
        let ran = run(&given(Quote { extra_data: extra.clone(), ..Quote::default() }.signed()));
        assert_eq!(ran.attested.unwrap().field(), extra);
    }
}

#[test]
fn the_signature_is_256_bytes_below_the_modulus() {
    assert_eq!(
        given_failure(|quote| {
            quote.signature.pop();
        }),
        "az.quote.signature_form"
    );
    assert_eq!(given_failure(|quote| quote.signature.push(0)), "az.quote.signature_form");
    assert_eq!(given_failure(|quote| quote.signature.insert(0, 0)), "az.quote.signature_form");
    assert_eq!(given_failure(|quote| quote.signature = vec![0xff; 256]), "az.quote.signature_form");
    assert_eq!(given_failure(|quote| quote.signature = vec![0; 256]), "az.quote.signature");
}

#[test]
fn only_pkcs1_with_sha256_and_nothing_else_in_the_block() {
    let message = Quote::default().message();
    let info = digest_info(&message);
    let mut short = info.clone();
    short.drain(15..17);
    let sha1 = [&crate::text::unhex_any("3021300906052b0e03021a05000414").unwrap()[..], &[7; 20]].concat();
    let mut wrong_start = encoded(&info, 0);
    wrong_start[1] = 2;
    let mut wrong_fill = encoded(&info, 0);
    wrong_fill[10] = 0;
    let mut pss = vec![0x5a; 255];
    pss.insert(0, 0);
    pss[255] = 0xbc;
    let forged = [
        ("garbage after the digest", encoded(&info, 120)),
        ("one byte after the digest", encoded(&info, 1)),
        ("no null parameters", encoded(&short, 0)),
        ("sha-1", encoded(&sha1, 0)),
        ("the bare digest", encoded(&sha256(&message), 0)),
        ("block type 2", wrong_start),
        ("a gap in the filling", wrong_fill),
        ("pss", pss),
    ];
    for (why, block) in forged {
        let quote = GivenQuote { signature: raw_sign(&block), ..Quote::default().signed() };
        assert_eq!(run(&given(quote)).failure(), Some("az.quote.signature"), "{why}");
    }
}

#[test]
fn the_signer_is_the_restricted_key_in_the_endorsement_hierarchy() {
    let others = [
        ("owner hierarchy", signer(0x4000_0001, 0x0005_0472)),
        ("null hierarchy", signer(0x4000_0007, 0x0005_0472)),
        ("not restricted", signer(0x4000_000b, 0x0004_0472)),
        ("may decrypt", signer(0x4000_000b, 0x0007_0472)),
        ("empty", vec![]),
        ("name only", signer(0x4000_000b, 0x0005_0472)[..33].to_vec()),
    ];
    for (why, name) in others {
        assert_eq!(failure(|quote| quote.signer.clone_from(&name)), "az.quote.signer", "{why}");
    }
}

#[test]
fn a_clock_that_went_back_is_refused() {
    assert_eq!(failure(|quote| quote.safe = 0), "az.quote.clock_safe");
}

#[test]
fn one_selection_of_the_sha256_bank() {
    let all = vec![0xff; 3];
    for hash in [0x0004, 0x000c, 0x000d, 0x0012, 0x0b00] {
        assert_eq!(failure(|quote| quote.selections = vec![(hash, all.clone())]), "az.quote.selection");
    }
    for size in [0, 1, 2, 4, 255] {
        assert_eq!(
            failure(|quote| quote.selections = vec![(0x000b, vec![0xff; size])]),
            "az.quote.selection"
        );
    }
    for count in [0, 2, 16] {
        let selections = vec![(0x000b, all.clone()); count];
        assert_eq!(failure(|quote| quote.selections.clone_from(&selections)), "az.quote.selection");
    }
    let many = vec![(0x000b, all); 5_000];
    assert_eq!(failure(|quote| quote.selections.clone_from(&many)), "az.quote.structure");
    assert_eq!(failure(|quote| quote.selections = vec![(0x000b, vec![0; 3])]), "az.quote.selected");
}

#[test]
fn a_selection_of_none_does_not_pass_with_the_digest_of_nothing() {
    let nothing = |quote: &mut Quote| {
        quote.selections = vec![(0x000b, vec![0; 3])];
        quote.digest = sha256(b"").to_vec();
    };
    assert_eq!(failure(nothing), "az.quote.selected");
}

#[test]
fn twenty_four_values_of_32_bytes() {
    for size in [0, 20, 31, 33, 48] {
        assert_eq!(failure(|quote| quote.pcrs[23] = vec![1; size]), "az.quote.pcr_list");
    }
    assert_eq!(
        failure(|quote| {
            quote.pcrs.pop();
        }),
        "az.quote.pcr_list"
    );
    assert_eq!(failure(|quote| quote.pcrs.push(vec![0; 32])), "az.quote.pcr_list");
    assert_eq!(failure(|quote| quote.pcrs.clear()), "az.quote.pcr_list");
}

#[test]
fn the_values_are_those_of_the_digest_in_order() {
    assert_eq!(failure(|quote| quote.pcrs.swap(0, 1)), "az.quote.pcr_digest");
    assert_eq!(failure(|quote| quote.pcrs[23][31] ^= 1), "az.quote.pcr_digest");
    assert_eq!(failure(|quote| quote.digest.truncate(31)), "az.quote.pcr_digest");
    assert_eq!(failure(|quote| quote.digest.clear()), "az.quote.pcr_digest");
}

#[test]
fn a_value_that_is_not_selected_is_no_claim() {
    let mut quote = Quote { selections: vec![(0x000b, vec![0x7f, 0xff, 0xfe])], ..Quote::default() };
    let selected: Vec<u8> = (0..24)
        .filter(|index| ![7, 16].contains(index))
        .flat_map(|index| quote.pcrs[index].clone())
        .collect();
    quote.digest = sha256(&selected).to_vec();
    quote.pcrs[7] = vec![0xee; 32];
    let ran = run(&given(quote.signed()));
    assert_eq!(ran.failure(), None);
    assert_eq!((ran.claim("vtpm.pcr.7"), ran.claim("vtpm.pcr.16")), (None, None));
    assert!(ran.claim("vtpm.pcr.8").is_some());
    for index in [7, 16] {
        let said = format!("PCR {index} at ");
        assert!(ran.record.unauthenticated.iter().any(|part| part.starts_with(&said)), "{index}");
    }
}

#[test]
fn without_a_quote_the_runtime_data_is_still_appraised() {
    let ran = run(&Given { quote: None, ..given(Quote::default().signed()) });
    assert_eq!(ran.failure(), None);
    assert!(ran.attested.is_none());
    assert_eq!(ran.status("az.quote.present"), Status::Inconclusive);
    assert_eq!(ran.status("az.ak.modulus"), Status::Pass);
    assert_eq!(ran.status("az.vm.secure_boot"), Status::Pass);
    assert_eq!(ran.status("az.quote.signature"), Status::NotReached);
    assert_eq!(ran.claim("azure.secure_boot"), Some("true"));
}
