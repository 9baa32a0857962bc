//! Package URLs: `pkg:type/namespace/name@version?key=value&key=value`.
//!
//! <https://github.com/package-url/purl-spec>. The known builders write some characters as they are
//! which the specification wants percent-encoded, so both spellings are read, and
//! [`PackageUrl::is_canonical`] tells them apart.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

use memchr::{memchr, memrchr};

use crate::index::Index;

/// A package URL, its parts decoded.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PackageUrl<'v> {
    /// The type, such as `cargo`.
    pub(super) kind: &'v str,
    /// Namespace and name, with `/` between them.
    pub(super) name: Cow<'v, str>,
    /// The version.
    pub(super) version: Option<Cow<'v, str>>,
    /// Qualifiers in the order of the text; no key comes twice.
    pub(super) qualifiers: Vec<(&'v str, Cow<'v, str>)>,
    raw: Raw<'v>,
}

/// The parts as they are spelt.
#[derive(Debug, PartialEq, Eq)]
struct Raw<'v> {
    name: &'v str,
    version: &'v str,
    qualifiers: &'v str,
}

impl<'v> PackageUrl<'v> {
    /// Reads a package URL; `None` where it is none, or has a subpath, which no known builder writes.
    pub(super) fn parse(text: &'v str) -> Option<Self> {
        let rest = text.strip_prefix("pkg:")?;
        if memchr(b'#', rest.as_bytes()).is_some() {
            return None;
        }
        let (kind, rest) = parted(rest, memchr(b'/', rest.as_bytes()))?;
        let valid = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".+-".contains(&byte);
        if !kind.bytes().all(valid) || !kind.starts_with(|first: char| first.is_ascii_lowercase()) {
            return None;
        }
        // From the right: neither mark occurs unencoded in what comes after it.
        let (rest, query) = parted(rest, memrchr(b'?', rest.as_bytes())).unwrap_or((rest, ""));
        let (path, version) = match parted(rest, memrchr(b'@', rest.as_bytes())) {
            Some((path, version)) if !path.is_empty() => (path, version),
            _ => (rest, ""),
        };
        if path.as_bytes().split(|byte| *byte == b'/').any(<[u8]>::is_empty) {
            return None;
        }
        Some(Self {
            kind,
            name: decode(path)?,
            version: if version.is_empty() { None } else { Some(decode(version)?) },
            qualifiers: qualifiers(query)?,
            raw: Raw { name: path, version, qualifiers: query },
        })
    }

    /// Whether the text is spelt as the specification's canonical form: encoded where it must be and
    /// nowhere else, qualifiers sorted.
    pub(super) fn is_canonical(&self) -> bool {
        let name = self.raw.name.as_bytes().split(|byte| *byte == b'/').all(is_encoded);
        let sorted = self.qualifiers.is_sorted_by(|(one, _), (two, _)| one < two);
        let mut values = pairs(self.raw.qualifiers).filter_map(|pair| pair.map(|(_, value)| value));
        let version = self.raw.version.as_bytes();
        name && sorted && is_encoded(version) && values.all(|value| is_encoded(value.as_bytes()))
    }

    /// The canonical form.
    pub(super) fn canonical(&self) -> String {
        let mut text = String::from("pkg:");
        text.push_str(self.kind);
        // Segments are decoded one by one: an encoded `/` within one stays encoded.
        for segment in self.raw.name.split('/') {
            text.push('/');
            encode(&decode(segment).unwrap_or_default(), &mut text);
        }
        if let Some(version) = &self.version {
            text.push('@');
            encode(version, &mut text);
        }
        let order = Index::of(self.qualifiers.iter().map(|(key, _)| *key));
        let sorted = order.places().filter_map(|at| self.qualifiers.get(at));
        for (index, (key, value)) in sorted.enumerate() {
            text.push(if index == 0 { '?' } else { '&' });
            text.push_str(key);
            text.push('=');
            encode(value, &mut text);
        }
        text
    }
}

fn qualifiers(query: &str) -> Option<Vec<(&str, Cow<'_, str>)>> {
    let mut known: Vec<(&str, Cow<'_, str>)> = Vec::new();
    for pair in pairs(query) {
        let (key, value) = pair?;
        let valid = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte);
        let unique = known.iter().all(|(known, _)| *known != key);
        if key.is_empty() || value.is_empty() || !key.bytes().all(valid) || !unique {
            return None;
        }
        known.reserve_exact(1);
        known.push((key, decode(value)?));
    }
    Some(known)
}

/// The keys and values of a query as they are spelt; `None` for a part without `=`.
fn pairs(query: &str) -> impl Iterator<Item = Option<(&str, &str)>> {
    let mut rest = Some(query).filter(|query| !query.is_empty());
    core::iter::from_fn(move || {
        let all = rest?;
        let (pair, more) = match parted(all, memchr(b'&', all.as_bytes())) {
            Some((pair, more)) => (pair, Some(more)),
            None => (all, None),
        };
        rest = more;
        Some(parted(pair, memchr(b'=', pair.as_bytes())))
    })
}

/// What lies before and after the one byte at this place.
fn parted(text: &str, at: Option<usize>) -> Option<(&str, &str)> {
    let (before, rest) = text.split_at_checked(at?)?;
    Some((before, rest.get(1..)?))
}

/// Characters that are never percent-encoded.
const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'~' | b':')
}

/// Whether a part is encoded where it must be and nowhere else, in upper-case hex.
fn is_encoded(part: &[u8]) -> bool {
    // To look at every byte is faster than to stop at the first that is not plain.
    if part.iter().fold(true, |known, byte| known & is_plain(*byte)) {
        return true;
    }
    let mut bytes = part.iter().copied();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let (Some(high), Some(low)) = (bytes.next(), bytes.next()) else { return false };
            let upper = !high.is_ascii_lowercase() && !low.is_ascii_lowercase();
            match pair(high, low) {
                Some(decoded) if upper && !is_plain(decoded) => {}
                _ => return false,
            }
        } else if !is_plain(byte) {
            return false;
        }
    }
    true
}

fn encode(part: &str, text: &mut String) {
    for byte in part.bytes() {
        if is_plain(byte) {
            text.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
}

fn decode(part: &str) -> Option<Cow<'_, str>> {
    if memchr(b'%', part.as_bytes()).is_none() {
        return Some(Cow::Borrowed(part));
    }
    let mut bytes = part.bytes();
    let mut decoded = Vec::with_capacity(part.len());
    while let Some(byte) = bytes.next() {
        decoded.push(if byte == b'%' { pair(bytes.next()?, bytes.next()?)? } else { byte });
    }
    String::from_utf8(decoded).ok().map(Cow::Owned)
}

fn pair(high: u8, low: u8) -> Option<u8> {
    let nibble = |byte: u8| u8::try_from(char::from(byte).to_digit(16)?).ok();
    Some((nibble(high)? << 4) | nibble(low)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read_and_decoded() {
        let url = PackageUrl::parse("pkg:npm/%40types/node@20.11.5?checksum=sha512-a%2Bb%3D").unwrap();
        assert_eq!((url.kind, &*url.name), ("npm", "@types/node"));
        assert_eq!(url.version.as_deref(), Some("20.11.5"));
        assert_eq!(url.qualifiers, [("checksum", "sha512-a+b=".into())]);
        assert!(url.is_canonical());
    }

    #[test]
    fn builders_spellings_are_read_and_told_apart() {
        let url = PackageUrl::parse("pkg:npm/@types/node@20.11.5?checksum=sha512-a+b/c==").unwrap();
        assert_eq!((&*url.name, url.version.as_deref()), ("@types/node", Some("20.11.5")));
        assert!(!url.is_canonical());
        assert_eq!(url.canonical(), "pkg:npm/%40types/node@20.11.5?checksum=sha512-a%2Bb%2Fc%3D%3D");
        assert!(PackageUrl::parse(&url.canonical()).unwrap().is_canonical());
        let url = PackageUrl::parse("pkg:nix-fetch/a?b.patch?hash=sha256:AA=").unwrap();
        assert_eq!(url.name, "a?b.patch");
        assert_eq!(url.qualifiers, [("hash", "sha256:AA=".into())]);
    }

    #[test]
    fn canonical_is_told_from_needless_or_missing_encoding() {
        let canonical = |text| PackageUrl::parse(text).unwrap().is_canonical();
        assert!(canonical("pkg:cargo/a@1.0?checksum=sha256:00"));
        assert!(!canonical("pkg:cargo/a@1.0+b"));
        assert!(canonical("pkg:cargo/a@1.0%2Bb"));
        assert!(!canonical("pkg:cargo/a@1.0%2bb"));
        assert!(!canonical("pkg:cargo/%61@1.0"));
        assert!(!canonical("pkg:cargo/a@1?b=1&a=2"));
    }

    #[test]
    fn what_is_no_package_url_is_refused() {
        for text in [
            "",
            "pkg:",
            "pkg:cargo",
            "pkg:cargo/",
            "pkg:/a",
            "pkg:Cargo/a@1",
            "pkg:1cargo/a@1",
            "PKG:cargo/a@1",
            "pkg:cargo//a@1",
            "pkg:cargo/a@1?checksum",
            "pkg:cargo/a@1?checksum=",
            "pkg:cargo/a@1?a=1&a=2",
            "pkg:cargo/a@1?A=1",
            "pkg:cargo/a@1?a=1&",
            "pkg:cargo/a@1#b",
            "pkg:cargo/a%4@1",
            "pkg:cargo/a%zz@1",
            "pkg:cargo/a%ff@1",
            "https://crates.io/a",
        ] {
            assert_eq!(PackageUrl::parse(text), None, "{text}");
        }
    }
}
