//! The payload of a document, before anybody vouches for it.
//!
//! | field | type | size |
//! |---|---|---|
//! | `module_id` | text | not empty |
//! | `digest` | text | `SHA384` |
//! | `timestamp` | unsigned integer | milliseconds since 1970 |
//! | `pcrs` | map from index 0 to 31 to byte string | 1 to 32 entries of 48 bytes |
//! | `certificate` | byte string | 1 to 1024 |
//! | `cabundle` | array of byte strings | each 1 to 1024 |
//! | `public_key` | byte string, null or absent | 1 to 1024 |
//! | `user_data`, `nonce` | byte string, null or absent | 0 to 512 |

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::checks;
use crate::cbor::{self, Entry, Value};
use crate::limits::nsm;
use crate::log::{Finding, Log, Stopped};
use crate::time::Timestamp;

/// A document as its payload has it.
pub(super) struct Document {
    pub(super) module_id: String,
    /// The timestamp, without its fraction of a second.
    pub(super) time: Timestamp,
    /// In the order of their indices.
    pub(super) pcrs: Vec<(u8, [u8; 48])>,
    pub(super) certificate: Vec<u8>,
    pub(super) cabundle: Vec<Vec<u8>>,
    pub(super) public_key: Option<Vec<u8>>,
    pub(super) user_data: Option<Vec<u8>>,
    pub(super) nonce: Option<Vec<u8>>,
}

impl Document {
    /// The value of a register.
    pub(super) fn pcr(&self, index: u8) -> Option<&[u8; 48]> {
        self.pcrs.iter().find(|(known, _)| *known == index).map(|(_, value)| value)
    }
}

/// Reads the payload and performs the checks of this stage.
pub(super) fn read(payload: &[u8], log: &mut Log<'_>) -> Result<Document, Stopped> {
    let value = log.obtain(&checks::CBOR, well_formed(payload))?;
    let fields = log.obtain(&checks::FIELDS, fields(&value))?;
    let wrong = wrong_size(&fields);
    let found = wrong.unwrap_or("so");
    log.require(&checks::SIZES, wrong.is_none(), Finding::new("sizes of the specification", found))?;
    let digest = Finding::new("SHA384", fields.digest).at("document/digest");
    log.require(&checks::DIGEST, fields.digest == "SHA384", digest)?;
    let pcrs = log.obtain(&checks::PCRS, registers(fields.pcrs))?;
    let time = log.obtain(&checks::TIMESTAMP, timestamp(fields.timestamp))?;
    Ok(Document {
        module_id: fields.module_id.into(),
        time,
        pcrs,
        certificate: fields.certificate.into(),
        cabundle: fields.cabundle.into_iter().map(Into::into).collect(),
        public_key: fields.public_key.map(Into::into),
        user_data: fields.user_data.map(Into::into),
        nonce: fields.nonce.map(Into::into),
    })
}

fn well_formed(payload: &[u8]) -> Result<(Value<'_>, Finding), Finding> {
    let expected = "one strict CBOR value";
    match cbor::parse(payload) {
        Ok(value) => Ok((value, Finding::new(expected, "one"))),
        Err(error) => {
            let at = format!("payload byte {}", error.position);
            Err(Finding::new(expected, error.to_string()).at(at))
        }
    }
}

/// The fields, each of its type and of any content.
struct Fields<'v> {
    module_id: &'v str,
    digest: &'v str,
    timestamp: i128,
    pcrs: &'v [Entry<'v>],
    certificate: &'v [u8],
    cabundle: Vec<&'v [u8]>,
    public_key: Option<&'v [u8]>,
    user_data: Option<&'v [u8]>,
    nonce: Option<&'v [u8]>,
}

const FIELDS: [&str; 9] = [
    "module_id",
    "digest",
    "timestamp",
    "pcrs",
    "certificate",
    "cabundle",
    "public_key",
    "user_data",
    "nonce",
];

fn fields<'v>(value: &'v Value<'v>) -> Result<(Fields<'v>, Finding), Finding> {
    const EXPECTED: &str = "the fields of the specification";
    let refused = |found: String| Finding::new(EXPECTED, found).at("payload");
    let entries = value.as_map().ok_or_else(|| refused(value.kind().into()))?;
    let stranger = entries.iter().find(|(key, _)| !key.as_text().is_some_and(|key| FIELDS.contains(&key)));
    if let Some((key, _)) = stranger {
        let named = key.as_text().map_or_else(|| key.kind().into(), |key| format!("`{key}`"));
        return Err(refused(format!("the key {named}")));
    }
    let of = Typed { entries };
    let fields = of.all().map_err(|field| refused(format!("no `{field}` of its type")))?;
    Ok((fields, Finding::new(EXPECTED, format!("{} fields", entries.len()))))
}

/// Reads fields by name and type; the error is the name of the field that has another type or is
/// missing.
struct Typed<'v> {
    entries: &'v [Entry<'v>],
}

impl<'v> Typed<'v> {
    fn all(&self) -> Result<Fields<'v>, &'static str> {
        Ok(Fields {
            module_id: self.text("module_id")?,
            digest: self.text("digest")?,
            timestamp: self.integer("timestamp")?,
            pcrs: self.map("pcrs")?,
            certificate: self.bytes("certificate")?,
            cabundle: self.array_of_bytes("cabundle")?,
            public_key: self.optional("public_key")?,
            user_data: self.optional("user_data")?,
            nonce: self.optional("nonce")?,
        })
    }

    fn get(&self, name: &str) -> Option<&'v Value<'v>> {
        self.entries.iter().find(|(key, _)| key.as_text() == Some(name)).map(|(_, value)| value)
    }

    fn text(&self, name: &'static str) -> Result<&'v str, &'static str> {
        self.get(name).and_then(Value::as_text).ok_or(name)
    }

    fn bytes(&self, name: &'static str) -> Result<&'v [u8], &'static str> {
        self.get(name).and_then(Value::as_bytes).ok_or(name)
    }

    fn map(&self, name: &'static str) -> Result<&'v [Entry<'v>], &'static str> {
        self.get(name).and_then(Value::as_map).ok_or(name)
    }

    fn integer(&self, name: &'static str) -> Result<i128, &'static str> {
        match self.get(name) {
            Some(Value::Integer(value)) => Ok(*value),
            _ => Err(name),
        }
    }

    fn array_of_bytes(&self, name: &'static str) -> Result<Vec<&'v [u8]>, &'static str> {
        match self.get(name) {
            Some(Value::Array(values)) => {
                values.iter().map(Value::as_bytes).collect::<Option<_>>().ok_or(name)
            }
            _ => Err(name),
        }
    }

    /// Null and absent are both "not given"; an empty byte string is given.
    fn optional(&self, name: &'static str) -> Result<Option<&'v [u8]>, &'static str> {
        match self.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value.as_bytes().map(Some).ok_or(name),
        }
    }
}

/// The first field whose size the specification does not allow.
fn wrong_size(fields: &Fields<'_>) -> Option<&'static str> {
    let within = |bytes: Option<&[u8]>, least: usize, most: usize| {
        bytes.is_none_or(|bytes| (least..=most).contains(&bytes.len()))
    };
    let certificate = |bytes: &[u8]| within(Some(bytes), 1, nsm::CERTIFICATE_BYTES);
    let sizes = [
        ("`module_id`", within(Some(fields.module_id.as_bytes()), 1, nsm::MODULE_ID_BYTES)),
        ("`pcrs`", (1..=nsm::PCRS).contains(&fields.pcrs.len())),
        ("`certificate`", certificate(fields.certificate)),
        ("the number of certificates in `cabundle`", (1..=nsm::CABUNDLE).contains(&fields.cabundle.len())),
        ("a certificate in `cabundle`", fields.cabundle.iter().all(|bytes| certificate(bytes))),
        ("`public_key`", within(fields.public_key, 1, nsm::PUBLIC_KEY_BYTES)),
        ("`user_data`", within(fields.user_data, 0, nsm::USER_DATA_BYTES)),
        ("`nonce`", within(fields.nonce, 0, nsm::NONCE_BYTES)),
    ];
    sizes.into_iter().find(|(_, holds)| !holds).map(|(field, _)| field)
}

type Registers = Vec<(u8, [u8; 48])>;

fn registers(entries: &[Entry<'_>]) -> Result<(Registers, Finding), Finding> {
    const EXPECTED: &str = "indices from 0 to 31, 48 bytes each, with 0, 1 and 2";
    let refused = |found: String| Finding::new(EXPECTED, found).at("document/pcrs");
    let mut registers: Registers = Vec::new();
    for (key, value) in entries {
        let index = match key {
            Value::Integer(index) => {
                u8::try_from(*index).ok().filter(|index| usize::from(*index) < nsm::PCRS)
            }
            _ => None,
        };
        let index = index.ok_or_else(|| refused("another index".into()))?;
        let bytes = value.as_bytes().and_then(|bytes| <[u8; 48]>::try_from(bytes).ok());
        registers.push((index, bytes.ok_or_else(|| refused(format!("another value of PCR {index}")))?));
    }
    // In their order; no key of a map comes twice.
    let of_index = |index: u8| registers.iter().find(|(known, _)| *known == index).copied();
    let registers: Registers = (0..=u8::MAX).filter_map(of_index).collect();
    for needed in 0..3 {
        if !registers.iter().any(|(index, _)| *index == needed) {
            return Err(refused(format!("no PCR {needed}")));
        }
    }
    let found = format!("{} PCRs", registers.len());
    Ok((registers, Finding::new(EXPECTED, found)))
}

/// Milliseconds of 2001-09-09. Seconds that were taken for milliseconds lie below it until the year
/// 33658, and microseconds lie beyond the year 9999.
const LEAST_MILLISECONDS: u64 = 1_000_000_000_000;

fn timestamp(milliseconds: i128) -> Result<(Timestamp, Finding), Finding> {
    let finding = |found: String| {
        Finding::new("milliseconds since 1970, from 2001 to 9999", found).at("document/timestamp")
    };
    let whole = u64::try_from(milliseconds).ok().filter(|count| *count >= LEAST_MILLISECONDS);
    // Dividing by a constant other than zero.
    let time = whole.and_then(|count| Timestamp::from_unix(count.checked_div(1000)?));
    match time {
        Some(time) => Ok((time, finding(format!("{milliseconds}, {time}")))),
        None => Err(finding(milliseconds.to_string())),
    }
}
