//! What a provenance document names, for those who repeat it. Nothing is judged here: a document that
//! was appraised holds what it should, and of another one the parts that can't be read are left out.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::purl::PackageUrl;
use super::read::at;
use super::subjects::{self, Subject};
use crate::json::Value;
use crate::text::unhex_any;

/// Something that was fetched for the build.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NamedInput<'v> {
    /// Its address.
    pub(crate) uri: &'v str,
    /// Whether the address is a package URL.
    pub(crate) is_package: bool,
    /// Its name.
    pub(crate) name: &'v str,
    /// The version in its package URL.
    pub(crate) version: Option<Cow<'v, str>>,
    /// The digests of its bytes.
    pub(crate) digests: Vec<Digest>,
}

/// A digest in bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Digest {
    /// The algorithm, such as `sha256`.
    pub(crate) algorithm: &'static str,
    /// As many bytes as the algorithm has.
    pub(crate) bytes: Vec<u8>,
}

/// The subjects; none where one of them is unsafe.
pub(crate) fn named_subjects(document: &Value<'_>) -> Vec<Subject> {
    subjects::read(document, &mut 0).map(|(subjects, _)| subjects).unwrap_or_default()
}

/// The dependencies in the order of the document.
pub(crate) fn named_inputs<'v>(document: &'v Value<'_>) -> Vec<NamedInput<'v>> {
    let list = at(document, super::dependencies::DEPENDENCIES).and_then(Value::as_array);
    list.unwrap_or_default().iter().filter_map(input).collect()
}

fn input<'v>(entry: &'v Value<'_>) -> Option<NamedInput<'v>> {
    let text = |name: &str| entry.get(name).and_then(Value::as_str);
    let (uri, name) = (text("uri")?, text("name")?);
    let url = PackageUrl::parse(uri);
    let qualifiers = url.as_ref().map(|url| url.qualifiers.as_slice()).unwrap_or_default();
    let in_address = qualifiers.iter().filter(|(key, _)| matches!(*key, "checksum" | "hash"));
    let mut digests: Vec<Digest> =
        in_address.flat_map(|(_, text)| text.split(' ')).filter_map(spelt_with_algorithm).collect();
    if digests.is_empty() && qualifiers.is_empty() {
        digests.extend(beside(entry));
    }
    let is_package = url.is_some();
    let version = url.and_then(|url| url.version);
    Some(NamedInput { uri, is_package, name, version, digests })
}

/// `sha256:` with hex or base64, or Subresource Integrity.
fn spelt_with_algorithm(text: &str) -> Option<Digest> {
    let (algorithm, value) = text.split_once([':', '-'])?;
    digest(algorithm, value)
}

/// The digest beside an address without one.
fn beside(entry: &Value<'_>) -> Option<Digest> {
    match entry.get("digest").and_then(Value::as_object) {
        Some([(algorithm, Value::String(value))]) => digest(algorithm, value),
        _ => None,
    }
}

fn digest(algorithm: &str, value: &str) -> Option<Digest> {
    let (algorithm, length) = *LENGTHS.iter().find(|(known, _)| *known == algorithm)?;
    let right = |bytes: &Vec<u8>| bytes.len() == length;
    let bytes = unhex_any(value).filter(right).or_else(|| STANDARD.decode(value).ok().filter(right))?;
    Some(Digest { algorithm, bytes })
}

/// Algorithms over the bytes of a file, and their lengths in bytes.
const LENGTHS: [(&str, usize); 5] =
    [("md5", 16), ("sha1", 20), ("sha256", 32), ("sha384", 48), ("sha512", 64)];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn of(entry: &str) -> Option<(alloc::string::String, usize)> {
        let text = alloc::format!(
            r#"{{"predicate":{{"buildDefinition":{{"resolvedDependencies":[{{"name":"x",{entry}}}]}}}}}}"#
        );
        let document = json::parse(text.as_bytes(), 4096).unwrap();
        let inputs = named_inputs(&document);
        let digest = inputs.first()?.digests.first()?;
        Some((digest.algorithm.into(), digest.bytes.len()))
    }

    #[test]
    fn digests_of_bytes_are_read_in_every_spelling() {
        let (hex, base64) = ("00".repeat(32), STANDARD.encode([0; 64]));
        let cases = [
            (alloc::format!(r#""uri":"pkg:cargo/x@1?checksum=sha256:{hex}""#), Some(("sha256", 32))),
            (alloc::format!(r#""uri":"pkg:npm/x@1?checksum=sha512-{base64}""#), Some(("sha512", 64))),
            (alloc::format!(r#""uri":"pkg:nix-fetch/x?hash=sha512:{base64}""#), Some(("sha512", 64))),
            (alloc::format!(r#""uri":"pkg:npm/x@1","digest":{{"sha256":"{hex}"}}"#), Some(("sha256", 32))),
            (alloc::format!(r#""uri":"pkg:npm/x@1?checksum=sha512-{hex}""#), None),
            (r#""uri":"https://example.org/x","digest":{"gitCommit":"00"}"#.into(), None),
            (r#""uri":"pkg:cargo/x@1?vcs_url=git+https://e.org/x@00","digest":{"sha1":"00"}"#.into(), None),
        ];
        for (entry, expected) in cases {
            assert_eq!(of(&entry), expected.map(|(name, length)| (name.into(), length)), "{entry}");
        }
    }
}
