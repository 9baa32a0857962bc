//! Members of Intel's JSON objects, each in its own type. The error names the member.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::json::Value;
use crate::platform::Validity;
use crate::policy::TcbStatus;
use crate::text::unhex;
use crate::time::Timestamp;

pub(super) fn member<'v>(value: &'v Value<'v>, name: &str) -> Result<&'v Value<'v>, String> {
    value.get(name).ok_or_else(|| format!("no `{name}`"))
}

pub(super) fn text<'v>(value: &'v Value<'v>, name: &str) -> Result<&'v str, String> {
    member(value, name)?.as_str().ok_or_else(|| format!("`{name}` is no text"))
}

/// A whole number without sign, fraction or exponent.
pub(super) fn number<T: TryFrom<u64>>(value: &Value<'_>, name: &str) -> Result<T, String> {
    let number = member(value, name)?.as_u64().and_then(|number| T::try_from(number).ok());
    number.ok_or_else(|| format!("`{name}` is no whole number of its range"))
}

pub(super) fn array<'v>(value: &'v Value<'v>, name: &str) -> Result<&'v [Value<'v>], String> {
    let elements = member(value, name)?.as_array().ok_or_else(|| format!("`{name}` is no array"))?;
    if elements.is_empty() { Err(format!("`{name}` is empty")) } else { Ok(elements) }
}

/// Hex of exactly `N` bytes. Intel writes it in either case.
pub(super) fn hex<const N: usize>(value: &Value<'_>, name: &str) -> Result<[u8; N], String> {
    let text = text(value, name)?;
    unhex(&text.to_ascii_lowercase()).ok_or_else(|| format!("`{name}` is no hex of {N} bytes"))
}

pub(super) fn time(value: &Value<'_>, name: &str) -> Result<Timestamp, String> {
    Timestamp::from_rfc3339(text(value, name)?).ok_or_else(|| format!("`{name}` is no time"))
}

/// From `issueDate` to `nextUpdate`.
pub(super) fn window(value: &Value<'_>) -> Result<Validity, String> {
    Ok(Validity::between(time(value, "issueDate")?, time(value, "nextUpdate")?))
}

/// What Intel says of a level: its status, its date and the advisories that it does not mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) status: TcbStatus,
    pub(super) date: Timestamp,
    pub(super) advisories: Vec<String>,
}

impl Standing {
    /// Reads the standing of a level; a status that its kind of document does not have is an error.
    pub(super) fn read(level: &Value<'_>, known: &[TcbStatus]) -> Result<Self, String> {
        let name = text(level, "tcbStatus")?;
        let status = known.iter().copied().find(|status| status.name() == name);
        let advisories = match level.get("advisoryIDs") {
            None => Vec::new(),
            Some(_) => strings(level, "advisoryIDs")?,
        };
        Ok(Self {
            status: status.ok_or_else(|| format!("an unknown status `{name}`"))?,
            date: time(level, "tcbDate")?,
            advisories,
        })
    }
}

fn strings(value: &Value<'_>, name: &str) -> Result<Vec<String>, String> {
    let elements = member(value, name)?.as_array().ok_or_else(|| format!("`{name}` is no array"))?;
    let text = |element: &Value<'_>| element.as_str().map(String::from);
    elements.iter().map(text).collect::<Option<_>>().ok_or_else(|| format!("`{name}` holds no texts"))
}

/// A level of an enclave or of the TDX module: the lowest version that meets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SvnLevel {
    pub(super) svn: u16,
    pub(super) standing: Standing,
}

/// `tcbLevels` with `isvsvn`, which must descend.
pub(super) fn svn_levels(value: &Value<'_>, known: &[TcbStatus]) -> Result<Vec<SvnLevel>, String> {
    let level = |value| {
        let svn = number(member(value, "tcb")?, "isvsvn")?;
        Ok::<_, String>(SvnLevel { svn, standing: Standing::read(value, known)? })
    };
    let levels: Vec<SvnLevel> = array(value, "tcbLevels")?.iter().map(level).collect::<Result<_, _>>()?;
    if levels.is_sorted_by(|higher, lower| higher.svn > lower.svn) {
        Ok(levels)
    } else {
        Err("`tcbLevels` does not descend".into())
    }
}

/// The first level that a version meets.
pub(super) fn met(levels: &[SvnLevel], svn: u16) -> Option<&SvnLevel> {
    levels.iter().find(|level| svn >= level.svn)
}
