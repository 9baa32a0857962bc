//! Every truncation and every flipped bit is refused, and nothing panics.

use alloc::vec::Vec;

use crate::vtpm::attest;
use crate::vtpm::evidence::{Given, GivenQuote};
use crate::vtpm::hcl::ReportType;
use crate::vtpm::testing::{Quote, Ran, capture, given, run};

/// Sound evidence: a made one, and a genuine one where it is there.
fn sound() -> Vec<Given> {
    let mut all = alloc::vec![given(Quote::default().signed())];
    all.extend(capture("kettle/lunal-kettle/fixtures/ripgrep/evidence.json"));
    all
}

fn quoted(given: &mut Given) -> &mut GivenQuote {
    given.quote.as_mut().unwrap()
}

fn refused(ran: &Ran) -> bool {
    ran.attested.is_none() && ran.failure().is_some()
}

#[test]
fn every_bit_of_a_quote_counts() {
    for mut given in sound() {
        for bit in 0..quoted(&mut given).message.len() * 8 {
            quoted(&mut given).message[bit / 8] ^= 1 << (bit % 8);
            assert!(refused(&run(&given)), "bit {bit}");
            quoted(&mut given).message[bit / 8] ^= 1 << (bit % 8);
        }
        assert_eq!(run(&given).failure(), None);
    }
}

#[test]
fn every_bit_of_a_signature_counts() {
    for mut given in sound() {
        for bit in 0..2048 {
            quoted(&mut given).signature[bit / 8] ^= 1 << (bit % 8);
            assert!(refused(&run(&given)), "bit {bit}");
            quoted(&mut given).signature[bit / 8] ^= 1 << (bit % 8);
        }
    }
}

#[test]
fn every_bit_of_a_selected_pcr_counts() {
    for mut given in sound() {
        for bit in (0..24 * 256).step_by(7) {
            let flip = |given: &mut Given| quoted(given).pcrs[bit / 256][bit % 256 / 8] ^= 1 << (bit % 8);
            flip(&mut given);
            assert_eq!(run(&given).failure(), Some("az.quote.pcr_digest"), "bit {bit}");
            flip(&mut given);
        }
    }
}

/// The report is the inner layer's, which is left out here; its report data is not.
#[test]
fn every_bit_of_an_hcl_blob_counts() {
    for mut given in sound() {
        let report = 32 * 8..1216 * 8;
        let report_data = (32 + 0x50) * 8..(32 + 0x90) * 8;
        for bit in 0..given.hcl_report.len() * 8 {
            if report.contains(&bit) && !report_data.contains(&bit) {
                continue;
            }
            given.hcl_report[bit / 8] ^= 1 << (bit % 8);
            assert!(refused(&run(&given)), "bit {bit}");
            given.hcl_report[bit / 8] ^= 1 << (bit % 8);
        }
    }
}

#[test]
fn every_truncation_is_refused_or_takes_zeros_that_nothing_signs() {
    for whole in sound() {
        let message = whole.quote.as_ref().unwrap().message.clone();
        for length in 0..message.len() {
            assert!(attest::read(&message[..length]).is_err(), "{length}");
        }
        let size = u32::from_le_bytes(whole.hcl_report[8..12].try_into().unwrap());
        for length in 0..whole.hcl_report.len() {
            let quote = whole.quote.as_ref().map(|quote| GivenQuote {
                signature: quote.signature.clone(),
                message: quote.message.clone(),
                pcrs: quote.pcrs.clone(),
            });
            let hcl_report = whole.hcl_report[..length].to_vec();
            let ran = run(&Given { quote, hcl_report, endorsement: None });
            let zeros = length >= usize::try_from(size).unwrap();
            assert_eq!(refused(&ran), !zeros, "{length}");
            assert!(!zeros || ran.record.unauthenticated.iter().any(|part| part.contains("zero bytes")));
        }
    }
}

#[test]
fn any_bytes_are_read_without_a_panic() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let policy = crate::Policy::default();
    for _ in 0..2_000 {
        let size = usize::try_from(next() % 3_000).unwrap();
        let mut bytes: Vec<u8> = (0..size).map(|_| next().to_le_bytes()[0]).collect();
        let mut log = crate::log::Log::new(&policy, crate::vtpm::hcl::CHECKS.iter().copied());
        assert!(crate::vtpm::hcl::HclBlob::read(&bytes, ReportType::Snp, &mut log).is_err());
        // Small sizes get a random quote past its first fields.
        for byte in bytes.iter_mut().step_by(3) {
            *byte = 0;
        }
        assert!(attest::read(&bytes).is_err());
    }
}
