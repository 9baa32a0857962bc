//! The formats that are a list of names and digests.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Pin;
use crate::json::Value;
use crate::json::print::text;
use crate::text::hex;

/// One line for each artifact: the digest in hex, two spaces, the name.
///
/// GNU coreutils, `sha256sum`. A name that would need its escape, which begins with a backslash, is no
/// safe name, so none is here.
pub(super) fn sha256sums(pins: &[Pin]) -> String {
    pins.iter().map(|pin| format!("{}  {}\n", hex(&pin.sha256), pin.name)).collect()
}

/// One line for each version of a distribution: `name==version --hash=sha256:…`, with a hash for each
/// of its files. `None` where there is no distribution.
///
/// pip, Requirements File Format and Hash-checking Mode.
pub(super) fn pip_hashes(pins: &[Pin]) -> Option<String> {
    let mut versions: BTreeMap<(String, &str), String> = BTreeMap::new();
    let mut others = String::new();
    for pin in pins {
        match distribution(&pin.name) {
            Some(version) => {
                let hashes = versions.entry(version).or_default();
                hashes.push_str(&format!(" --hash=sha256:{}", hex(&pin.sha256)));
            }
            None => others.push_str(&format!("# no wheel or sdist: {}\n", pin.name)),
        }
    }
    if versions.is_empty() {
        return None;
    }
    let lines: String =
        versions.iter().map(|((name, version), hashes)| format!("{name}=={version}{hashes}\n")).collect();
    Some(format!("{lines}{others}"))
}

/// The normalised name and the version that a file name says.
///
/// | file | name |
/// |---|---|
/// | wheel | `{name}-{version}(-{build})?-{python}-{abi}-{platform}.whl` |
/// | sdist | `{name}-{version}.tar.gz` |
///
/// Python packaging specifications: Binary distribution format, Source distribution format, Names and
/// normalization, Version specifiers.
fn distribution(path: &str) -> Option<(String, &str)> {
    let file = path.rsplit('/').next()?;
    let (name, version) = if let Some(wheel) = file.strip_suffix(".whl") {
        let mut parts = wheel.split('-');
        let found = (parts.next()?, parts.next()?);
        matches!(parts.count(), 3 | 4).then_some(found)?
    } else {
        file.strip_suffix(".tar.gz")?.rsplit_once('-')?
    };
    let plain = |text: &str, more: &[u8]| {
        text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || more.contains(&byte))
    };
    let alphanumeric = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    let named = plain(name, b"-_") && alphanumeric(name.bytes().next()) && alphanumeric(name.bytes().last());
    let numbered = plain(version, b"_+!") && version.bytes().next().is_some_and(|byte| byte.is_ascii_digit());
    (named && numbered).then(|| (normalised(name), version))
}

/// Lower case, and one `-` for each run of `-`, `_` and `.`.
fn normalised(name: &str) -> String {
    let parts = name.split(['-', '_', '.']).filter(|part| !part.is_empty());
    let mut text = String::new();
    for part in parts {
        if !text.is_empty() {
            text.push('-');
        }
        text.push_str(&part.to_ascii_lowercase());
    }
    text
}

/// A JSON object from names to integrity texts.
pub(super) fn npm_integrity(pins: &[Pin]) -> String {
    // No name comes twice: subjects with one name are refused.
    let mut integrity = Vec::new();
    for pin in pins {
        integrity.push((pin.name.as_str().into(), text(sri(&pin.sha256))));
    }
    format!("{}\n", Value::Object(integrity).to_lines())
}

/// A Nix attribute set from names to integrity texts.
pub(super) fn nix_hash(pins: &[Pin]) -> String {
    let entry = |pin: &Pin| format!("  \"{}\" = \"{}\";\n", nix_text(&pin.name), sri(&pin.sha256));
    format!("{{\n{}}}\n", pins.iter().map(entry).collect::<String>())
}

/// The inside of a Nix string: `"`, `\` and `${` mean something there.
///
/// Nix Reference Manual, String literals.
fn nix_text(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace("${", "\\${")
}

/// Subresource Integrity, section 3.5: `sha256-` and standard base64.
fn sri(sha256: &[u8; 32]) -> String {
    format!("sha256-{}", STANDARD.encode(sha256))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_say_distribution_and_version() {
        let cases = [
            ("a-1.whl", None),
            ("My.Pkg-1.0-py3-none-any.whl", Some(("my-pkg", "1.0"))),
            ("dist/my_pkg-1.0+cpu.1-1-cp39-abi3-linux_x86_64.whl", Some(("my-pkg", "1.0+cpu.1"))),
            ("my_pkg-1!2.0rc1.tar.gz", Some(("my-pkg", "1!2.0rc1"))),
            ("my-old-pkg-2.tar.gz", Some(("my-old-pkg", "2"))),
            ("my-pkg.tar.gz", None),
            ("-1.tar.gz", None),
            ("a b-1.tar.gz", None),
            ("a;b-1-py3-none-any.whl", None),
            ("a-1 --hash=sha256:00-py3-none-any.whl", None),
            ("rg", None),
        ];
        for (file, expected) in cases {
            let found = distribution(file);
            assert_eq!(found.as_ref().map(|(name, version)| (name.as_str(), *version)), expected, "{file}");
        }
    }

    #[test]
    fn nix_strings_interpolate_nothing() {
        assert_eq!(nix_text(r#"a"${x}\"#), r#"a\"\${x}\\"#);
    }
}
