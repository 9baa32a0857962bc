//! Points in time. This crate has no clock: every time is an argument or is read from a document.

use alloc::string::{String, ToString};
use core::fmt;

use der::DateTime;

/// Seconds since 1970-01-01T00:00:00Z.
///
/// ```
/// use kettle_verifier_core::Timestamp;
/// let time = Timestamp::from_rfc3339("2026-03-05T08:06:04.269222+01:00").unwrap();
/// assert_eq!(time.to_string(), "2026-03-05T07:06:04Z");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

/// The last second that RFC 3339 can write: 9999-12-31T23:59:59Z.
const LAST: u64 = 253_402_300_799;

impl Timestamp {
    /// From seconds since 1970; `None` beyond the year 9999.
    #[must_use]
    pub const fn from_unix(seconds: u64) -> Option<Self> {
        if seconds <= LAST { Some(Self(seconds)) } else { None }
    }

    /// Seconds since 1970.
    #[must_use]
    pub const fn unix(self) -> u64 {
        self.0
    }

    /// Reads an RFC 3339 time, with `Z` or a numeric offset. Fractions of a second are dropped; a
    /// leap second is refused.
    #[must_use]
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        if !text.is_ascii() || text.len() < 20 || text.len() > 40 {
            return None;
        }
        let (local, rest) = text.split_at_checked(19)?;
        let rest = match rest.strip_prefix('.') {
            Some(fraction) => {
                let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
                if digits == 0 { return None } else { fraction.get(digits..)? }
            }
            None => rest,
        };
        let seconds = civil(local)?;
        let offset = offset_seconds(rest)?;
        let seconds = i64::try_from(seconds).ok()?.checked_sub(offset)?;
        Self::from_unix(u64::try_from(seconds).ok()?)
    }

    /// The time some days later; the last possible time beyond the year 9999.
    #[must_use]
    pub fn plus_days(self, days: u32) -> Self {
        Self(self.0.saturating_add(u64::from(days).saturating_mul(86_400)).min(LAST))
    }

    /// The time some seconds later; the last possible time beyond the year 9999.
    #[must_use]
    pub fn plus_seconds(self, seconds: u32) -> Self {
        Self(self.0.saturating_add(u64::from(seconds)).min(LAST))
    }

    /// The time as RFC 3339 in UTC.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        self.to_string()
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time =
            DateTime::from_unix_duration(core::time::Duration::from_secs(self.0)).map_err(|_| fmt::Error)?;
        write!(f, "{time}")
    }
}

/// `YYYY-MM-DDTHH:MM:SS` without an offset, in seconds since 1970.
fn civil(text: &str) -> Option<u64> {
    let mut with_zone = String::with_capacity(20);
    with_zone.push_str(text);
    with_zone.push('Z');
    // The calendar is the library's; it takes exactly this shape.
    let time: DateTime = with_zone.parse().ok()?;
    Some(time.unix_duration().as_secs())
}

/// `Z`, `+HH:MM` or `-HH:MM` in seconds.
fn offset_seconds(text: &str) -> Option<i64> {
    if text == "Z" {
        return Some(0);
    }
    let (sign, clock) = match text.split_at_checked(1)? {
        ("+", clock) => (1_i64, clock),
        ("-", clock) => (-1_i64, clock),
        _ => return None,
    };
    let (hours, minutes) = clock.split_once(':')?;
    let two = |part: &str, most: i64| {
        let value: i64 = if part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()) {
            part.parse().ok()?
        } else {
            return None;
        };
        (value <= most).then_some(value)
    };
    let minutes = two(hours, 23)?.checked_mul(60)?.checked_add(two(minutes, 59)?)?;
    sign.checked_mul(minutes.checked_mul(60)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_spellings_that_occur() {
        let expected = Timestamp::from_unix(1_772_694_364);
        for text in ["2026-03-05T07:06:04Z", "2026-03-05T07:06:04.269222+00:00", "2026-03-05T00:06:04-07:00"]
        {
            assert_eq!(Timestamp::from_rfc3339(text), expected, "{text}");
        }
    }

    #[test]
    fn refuses_everything_else() {
        for text in [
            "",
            "2026-03-05",
            "2026-03-05T07:06:04",
            "2026-02-30T00:00:00Z",
            "2026-03-05T07:06:60Z",
            "2026-03-05T07:06:04.Z",
            "2026-03-05T07:06:04+0000",
            "2026-03-05T07:06:04+24:00",
            "2026-03-05 07:06:04Z",
            "1969-12-31T23:59:59Z",
            "2026-03-05T07:06:04Zx",
        ] {
            assert_eq!(Timestamp::from_rfc3339(text), None, "{text}");
        }
    }
}
