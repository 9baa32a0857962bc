//! `kettle-verify evidence`.

use std::process::ExitCode;

use kettle_verifier_core::appraise_evidence;
use kettle_verifier_io::read_evidence;

use crate::appraisal;
use crate::args::EvidenceArgs;
use crate::failure::Failure;
use crate::report::Context;

/// Verifies hardware evidence alone.
pub(crate) fn run(given: &EvidenceArgs, quiet: bool) -> Result<ExitCode, Failure> {
    let now = appraisal::now(&given.trust.time)?;
    let policy = appraisal::policy(&given.demands, now)?;
    let roots = appraisal::roots(&given.trust)?;
    let expected = given.report_data.as_deref().map(report_data).transpose()?;
    let mut files = given.files.clone();
    files.extend(given.trust.collateral.iter().cloned());
    let input = read_evidence(&files)?;
    let verdict = appraise_evidence(&input.evidence(expected), &policy, &roots, now.time);
    let context = Context { clock: now.clock, explain: given.output.explain, ignored: &[], hint: None };
    appraisal::show(&verdict, &context, &given.output, quiet)
}

/// Hexadecimal text of 1 to 64 bytes.
fn report_data(text: &str) -> Result<Vec<u8>, Failure> {
    let nibble = |digit: char| digit.to_digit(16).and_then(|value| u8::try_from(value).ok());
    let digits: Option<Vec<u8>> = text.chars().map(nibble).collect();
    let bytes: Option<Vec<u8>> = digits.filter(|digits| matches!(digits.len(), 2..=128)).and_then(|digits| {
        let pairs = digits.chunks(2);
        pairs.map(|pair| if let [high, low] = pair { Some((high << 4) | low) } else { None }).collect()
    });
    bytes.ok_or_else(|| Failure::new(format!("--report-data `{text}`: expected 1 to 64 bytes of hex")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn report_data_is_hex_of_whole_bytes() {
        assert_eq!(report_data("00fF").unwrap(), [0, 0xff]);
        for text in ["", "0", "0x00", "abc", "é", &"00".repeat(65)] {
            assert!(report_data(text).is_err(), "{text}");
        }
    }
}
