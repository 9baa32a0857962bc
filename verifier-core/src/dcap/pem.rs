//! A chain of certificates as PEM, and nothing else: no text between them, no other labels
//! (RFC 7468, section 3, the strict form).

use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// Reads exactly `N` certificates. The error says what is wrong.
pub(super) fn certificates<const N: usize>(text: &[u8]) -> Result<[Vec<u8>; N], &'static str> {
    let text = core::str::from_utf8(text).map_err(|_| "bytes that are no text")?;
    let mut lines = text.strip_suffix('\n').unwrap_or(text).split('\n');
    let mut found = Vec::with_capacity(N);
    while let Some(first) = lines.next() {
        if found.len() == N {
            return Err("more certificates than that, or text after them");
        }
        if first != BEGIN {
            return Err("something other than a certificate");
        }
        found.push(body(&mut lines)?);
    }
    <[Vec<u8>; N]>::try_from(found).map_err(|_| "fewer certificates than that")
}

fn body<'t>(lines: &mut impl Iterator<Item = &'t str>) -> Result<Vec<u8>, &'static str> {
    let mut base64 = String::new();
    for line in lines {
        if line == END {
            return STANDARD.decode(&base64).map_err(|_| "a certificate that is no base64");
        }
        if line.is_empty() || line.len() > 64 {
            return Err("a line of base64 that is empty or too long");
        }
        base64.push_str(line);
    }
    Err("a certificate without an end")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::format;

    const ONE: &str = "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n";

    #[test]
    fn reads_exactly_as_many_as_asked_for() {
        assert_eq!(certificates::<1>(ONE.as_bytes()).unwrap(), [[1, 2, 3]]);
        assert_eq!(certificates::<1>(ONE.trim_end().as_bytes()).unwrap(), [[1, 2, 3]]);
        let two = format!("{ONE}{ONE}");
        assert_eq!(certificates::<2>(two.as_bytes()).unwrap(), [[1, 2, 3], [1, 2, 3]]);
        assert!(certificates::<1>(two.as_bytes()).is_err());
        assert!(certificates::<3>(two.as_bytes()).is_err());
    }

    #[test]
    fn refuses_text_around_them_and_loose_base64() {
        for wrong in [
            String::new(),
            format!("{ONE}\n"),
            format!("\n{ONE}"),
            format!(" {ONE}"),
            format!("{ONE}x"),
            format!("{ONE}\0"),
            ONE.replace('\n', "\r\n"),
            ONE.replace("AQID", "AQI"),
            ONE.replace("AQID", "AQ==AQID"),
            ONE.replace("AQID", "AQ ID"),
            ONE.replace("AQID", ""),
            ONE.replace("AQID", &"A".repeat(68)),
            ONE.replace("END", "END "),
            ONE.replace("CERTIFICATE", "X509 CRL"),
        ] {
            assert!(certificates::<1>(wrong.as_bytes()).is_err(), "{wrong:?}");
        }
        assert!(certificates::<1>(&[0xff]).is_err());
    }
}
