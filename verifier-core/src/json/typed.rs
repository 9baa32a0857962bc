//! Documents of whoever asks, read field by field from a [`Value`].
//!
//! One small reader for all of them: what a derive writes for each type adds up to a tenth of a small build.
//! An unknown field, a `null` and a value of another kind are faults.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{JsonError, JsonErrorKind, Member, Value, parse};
use crate::text::echo;

/// Why a document was refused.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The JSON pointer of the value, or `line L column C` where it is no JSON.
    pub(crate) location: String,
    /// What is wrong.
    pub(crate) reason: String,
}

/// A type that is read from a JSON value.
pub(crate) trait Typed: Sized {
    /// The value. A [`Reading`] that refused anything makes the whole document a fault, so that what is read
    /// from then on has no meaning.
    fn read(value: &Value<'_>, reading: &mut Reading) -> Option<Self>;
}

/// Reads a document of at most `limit` bytes.
pub(crate) fn document<T: Typed>(bytes: &[u8], limit: usize) -> Result<T, Fault> {
    let value = parse(bytes, limit).map_err(|error| no_json(error, bytes))?;
    let mut reading = Reading::default();
    match (T::read(&value, &mut reading), reading.fault) {
        (Some(document), None) => Ok(document),
        (_, fault) => Err(fault.unwrap_or_else(Fault::unsaid)),
    }
}

fn no_json(error: JsonError, bytes: &[u8]) -> Fault {
    let before = bytes.get(..error.position).unwrap_or_default();
    let mut lines = before.split(|byte| *byte == b'\n');
    let column = lines.next_back().map_or(0, <[u8]>::len).saturating_add(1);
    let line = lines.count().saturating_add(1);
    let reason = match error.kind {
        JsonErrorKind::DuplicateName => format!("{}", error.kind),
        kind => format!("not JSON: {kind}"),
    };
    Fault { location: format!("line {line} column {column}"), reason }
}

impl Fault {
    /// For a reader that refused without a word, which none does.
    fn unsaid() -> Self {
        Self { location: String::new(), reason: "not a document of this kind".into() }
    }
}

/// Where in a document a reader is, and what it refused first.
#[derive(Default)]
pub(crate) struct Reading {
    path: Vec<Step>,
    fault: Option<Fault>,
}

enum Step {
    Name(&'static str),
    Index(usize),
}

impl Reading {
    /// Refuses the value that is read.
    pub(crate) fn refuse<T>(&mut self, reason: String) -> Option<T> {
        self.keep(self.pointer(), reason);
        None
    }

    /// The first fault is the one that is said.
    #[inline(never)]
    fn keep(&mut self, location: String, reason: String) {
        self.fault.get_or_insert(Fault { location, reason });
    }

    fn pointer(&self) -> String {
        let mut location = String::new();
        for step in &self.path {
            location.push('/');
            match step {
                Step::Name(name) => location.push_str(name),
                Step::Index(index) => location.push_str(&format!("{index}")),
            }
        }
        location
    }

    fn expected<T>(&mut self, what: &str, found: &Value<'_>) -> Option<T> {
        self.mistaken(what, found);
        None
    }

    #[inline(never)]
    fn mistaken(&mut self, what: &str, found: &Value<'_>) {
        self.keep(self.pointer(), format!("expected {what}, found {}", found.kind()));
    }

    /// The members of an object that has no others than these.
    #[inline(never)]
    pub(crate) fn members<'v, 'a>(
        &mut self,
        value: &'v Value<'a>,
        names: &[&'static str],
    ) -> Option<&'v [Member<'a>]> {
        let Some(members) = value.as_object() else {
            return self.expected("an object", value);
        };
        match members.iter().find(|(name, _)| !names.contains(&name.as_ref())) {
            None => Some(members),
            Some((name, _)) => {
                let location = format!("{}/{}", self.pointer(), echo(name.as_ref()));
                self.keep(location, "unknown field".into());
                None
            }
        }
    }

    /// A field that must be there.
    pub(crate) fn needed<T: Typed>(&mut self, members: &[Member<'_>], name: &'static str) -> Option<T> {
        let value = self.enter(members, name).or_else(|| self.missing(name))?;
        self.field(value)
    }

    /// A field that may be absent.
    pub(crate) fn given<T: Typed>(&mut self, members: &[Member<'_>], name: &'static str) -> Option<T> {
        let value = self.enter(members, name)?;
        self.field(value)
    }

    fn field<T: Typed>(&mut self, value: &Value<'_>) -> Option<T> {
        let read = T::read(value, self);
        self.leave();
        read
    }

    /// Into a field, if it is there. What doesn't know the type is there once and not in every field.
    #[inline(never)]
    fn enter<'v, 'a>(&mut self, members: &'v [Member<'a>], name: &'static str) -> Option<&'v Value<'a>> {
        let (_, value) = members.iter().find(|(known, _)| known == name)?;
        self.path.push(Step::Name(name));
        Some(value)
    }

    #[inline(never)]
    fn leave(&mut self) {
        self.path.pop();
    }

    #[inline(never)]
    fn missing<T>(&mut self, name: &str) -> Option<&'static T> {
        self.refuse(format!("the field `{name}` is missing"))
    }

    /// The place of a text in a list of those that are taken.
    #[inline(never)]
    pub(crate) fn choice(&mut self, value: &Value<'_>, taken: &[&str]) -> Option<usize> {
        let known = value.as_str().and_then(|text| taken.iter().position(|known| *known == text));
        known.or_else(|| self.refuse(format!("expected one of `{}`", taken.join("`, `"))))
    }

    #[inline(never)]
    fn number(&mut self, value: &Value<'_>, most: u64) -> Option<u64> {
        match value.as_u64() {
            Some(number) if number <= most => Some(number),
            Some(_) => self.refuse(format!("expected a number up to {most}")),
            None => self.expected("a whole number without sign", value),
        }
    }
}

impl Typed for String {
    fn read(value: &Value<'_>, reading: &mut Reading) -> Option<Self> {
        value.as_str().map(str::to_owned).or_else(|| reading.expected("a text", value))
    }
}

impl Typed for bool {
    fn read(value: &Value<'_>, reading: &mut Reading) -> Option<Self> {
        value.as_bool().or_else(|| reading.expected("a boolean", value))
    }
}

impl Typed for u64 {
    fn read(value: &Value<'_>, reading: &mut Reading) -> Option<Self> {
        reading.number(value, Self::MAX)
    }
}

impl Typed for u32 {
    fn read(value: &Value<'_>, reading: &mut Reading) -> Option<Self> {
        reading.number(value, Self::MAX.into())?.try_into().ok()
    }
}

impl Typed for u8 {
    fn read(value: &Value<'_>, reading: &mut Reading) -> Option<Self> {
        reading.number(value, Self::MAX.into())?.try_into().ok()
    }
}

impl<T: Typed> Typed for Vec<T> {
    fn read(value: &Value<'_>, reading: &mut Reading) -> Option<Self> {
        let Some(elements) = value.as_array() else {
            return reading.expected("a list", value);
        };
        let mut list = Self::with_capacity(elements.len());
        for (index, element) in elements.iter().enumerate() {
            reading.path.push(Step::Index(index));
            list.extend(T::read(element, reading));
            reading.leave();
        }
        Some(list)
    }
}

/// Reads a struct: the fields that must be there, those that are an `Option`, and those with a default.
macro_rules! typed {
    ($name:ident { $($needed:ident)*; $($given:ident)*; $($default:ident)* }) => {
        impl $crate::json::typed::Typed for $name {
            #[allow(unused_variables, reason = "a struct may have no field of some kind")]
            fn read(
                value: &$crate::json::Value<'_>,
                reading: &mut $crate::json::typed::Reading,
            ) -> Option<Self> {
                let names = &[$(stringify!($needed),)* $(stringify!($given),)* $(stringify!($default)),*];
                let members = reading.members(value, names)?;
                Some(Self {
                    $($needed: reading.needed(members, stringify!($needed))?,)*
                    $($given: reading.given(members, stringify!($given)),)*
                    $($default: reading.given(members, stringify!($default)).unwrap_or_default(),)*
                })
            }
        }
    };
}
pub(crate) use typed;

/// Reads an enumeration by the names of its variants.
macro_rules! typed_names {
    ($name:ident { $($variant:ident = $text:expr),* $(,)? }) => {
        impl $crate::json::typed::Typed for $name {
            fn read(
                value: &$crate::json::Value<'_>,
                reading: &mut $crate::json::typed::Reading,
            ) -> Option<Self> {
                [$(Self::$variant),*].get(reading.choice(value, &[$($text),*])?).copied()
            }
        }
    };
}
pub(crate) use typed_names;
