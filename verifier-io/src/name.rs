//! Names in archives and folders.

use alloc::string::String;

use alloc::collections::BTreeMap;

use kettle_verifier_core::limits::NAME_BYTES;
use kettle_verifier_core::provenance::twin_key;

use crate::error::ErrorKind;

/// Folders below each other in a bundle. Known bundles have two.
pub(crate) const DEPTH: usize = 16;

/// Files of a bundle: [`kettle_verifier_core::limits::SUBJECTS`], and as many beside them.
pub(crate) const FILES: usize = 20_000;

/// The path of a member below the archive's top, with one leading `./` taken away.
pub(crate) fn member(bytes: &[u8]) -> Result<String, ErrorKind> {
    let text = core::str::from_utf8(bytes).map_err(|_| refused("the name is not UTF-8"))?;
    let text = text.strip_prefix("./").unwrap_or(text);
    path(text)?;
    Ok(text.into())
}

/// Refuses every path that could mean another place than one below the top, on any system.
pub(crate) fn path(text: &str) -> Result<(), ErrorKind> {
    if text.len() > NAME_BYTES {
        return Err(refused("the name is longer than 1024 bytes"));
    }
    if text.starts_with('/') {
        return Err(refused("the name is absolute"));
    }
    for (index, part) in text.split('/').enumerate() {
        if index >= DEPTH {
            return Err(ErrorKind::TooDeep { limit: DEPTH });
        }
        component(part)?;
    }
    Ok(())
}

/// Refuses what may not be one part of a path.
pub(crate) fn component(part: &str) -> Result<(), ErrorKind> {
    let bytes = part.as_bytes();
    match bytes {
        [] => Err(refused("the name has an empty part")),
        b"." | b".." => Err(refused("the name leaves its folder")),
        [drive, b':', ..] if drive.is_ascii_alphabetic() => Err(refused("the name begins with a drive")),
        _ if bytes.contains(&b'\\') => Err(refused("the name has a backslash")),
        _ if part.chars().any(char::is_control) => Err(refused("the name has a control character")),
        _ => Ok(()),
    }
}

/// The names that were seen: none may come twice, nor twice for a file system without case or
/// with one form of accents.
#[derive(Default)]
pub(crate) struct Names(BTreeMap<String, String>);

impl Names {
    pub(crate) fn add(&mut self, name: &str) -> Result<(), ErrorKind> {
        if self.0.len() >= FILES {
            return Err(ErrorKind::TooMany { limit: FILES });
        }
        match self.0.insert(twin_key(name), name.into()) {
            Some(other) if other == name => Err(ErrorKind::Duplicate),
            Some(other) => Err(ErrorKind::Twin { other }),
            None => Ok(()),
        }
    }
}

fn refused(reason: &'static str) -> ErrorKind {
    ErrorKind::Name { reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_names_that_builders_write() {
        for name in ["provenance.json", "build/artifacts/rg", "./evidence.json", "a b/ü.exe"] {
            assert!(member(name.as_bytes()).is_ok(), "{name}");
        }
    }

    #[test]
    fn refuses_names_that_mean_another_place() {
        for name in [
            "../x",
            "a/../b",
            "/etc/passwd",
            "a//b",
            "a/./b",
            "././a",
            "a\\b",
            "C:/x",
            "c:x",
            "a\0b",
            "",
            "./",
            "a\u{1b}[2Jb",
            "a/",
        ] {
            assert!(matches!(member(name.as_bytes()), Err(ErrorKind::Name { .. })), "{name:?}");
        }
        assert!(member(&[0xff, 0xfe]).is_err());
        assert!(member("x/".repeat(DEPTH).as_bytes()).is_err());
        assert!(member("x".repeat(NAME_BYTES + 1).as_bytes()).is_err());
    }

    #[test]
    fn twins_are_refused() {
        let mut names = Names::default();
        names.add("artifacts/é").unwrap();
        assert_eq!(names.add("artifacts/é"), Err(ErrorKind::Duplicate));
        assert!(matches!(names.add("artifacts/e\u{301}"), Err(ErrorKind::Twin { .. })));
        assert!(matches!(names.add("ARTIFACTS/É"), Err(ErrorKind::Twin { .. })));
    }
}
