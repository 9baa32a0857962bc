//! Tar archives, plain or compressed.

use std::io::{self, Read};

use super::bounded::{Bounded, Budget};
use super::walk::{self, BLOCK, Next, Walk};
use crate::assemble::Assembly;
use crate::error::{Error, ErrorKind};
use crate::file;
use crate::input::Input;
use crate::watch::Watch;

/// Reads the members of a tar.
pub(crate) fn read(
    plain: impl Read,
    limit: u64,
    source: &str,
    hash: bool,
    watch: &mut Watch<'_>,
) -> Result<Input, Error> {
    let budget = Budget::new(limit);
    let mut plain = Bounded::new(plain, budget.clone());
    let mut assembly = Assembly::new(hash);
    members(&mut plain, &mut assembly, watch)
        .and_then(|()| assembly.finish_archive()?.complete())
        .map_err(|error| error.explained(|kind| budget.explain_kind(kind)).within(source))
}

fn members(plain: &mut impl Read, assembly: &mut Assembly, watch: &mut Watch<'_>) -> Result<(), Error> {
    let mut walk = Walk::default();
    loop {
        let size = match walk.header(&some(plain, BLOCK)?)? {
            Next::Header => continue,
            Next::Tail => return tail(plain),
            Next::Extension(size) => {
                walk.extension(&all(plain, size)?)?;
                size
            }
            Next::Member { path, size } => {
                assembly.name(&path)?;
                member(plain, path, size, assembly, watch)?;
                size
            }
        };
        all(plain, walk::padding(size))?;
    }
}

fn member(
    plain: &mut impl Read,
    path: String,
    size: u64,
    assembly: &mut Assembly,
    watch: &mut Watch<'_>,
) -> Result<(), Error> {
    let mut bytes = plain.take(size);
    let Some(keep) = assembly.keep(&path) else {
        let skipped = io::copy(&mut bytes, &mut io::sink()).map_err(|error| ErrorKind::io(&error).of(""))?;
        return if skipped == size { Ok(()) } else { Err(walk::ends()) };
    };
    let passed = file::pass(&mut bytes, &path, Some(size), keep, watch).map_err(|kind| kind.at("", &path))?;
    if passed.artifact.size != size {
        return Err(walk::ends());
    }
    assembly.take(path, passed);
    Ok(())
}

/// At most so many bytes; fewer at the archive's end.
fn some(plain: &mut impl Read, count: u64) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    plain.take(count).read_to_end(&mut bytes).map_err(|error| ErrorKind::io(&error).of(""))?;
    Ok(bytes)
}

fn all(plain: &mut impl Read, count: u64) -> Result<Vec<u8>, Error> {
    some(plain, count)
        .and_then(|bytes| if u64::try_from(bytes.len()) == Ok(count) { Ok(bytes) } else { Err(walk::ends()) })
}

fn tail(rest: &mut impl Read) -> Result<(), Error> {
    let mut piece = vec![0; 64 * 1024];
    loop {
        let count = rest.read(&mut piece).map_err(|error| ErrorKind::io(&error).of(""))?;
        let bytes = piece.get(..count).unwrap_or_default();
        if bytes.is_empty() {
            return Ok(());
        }
        if !walk::is_tail(bytes) {
            return Err(ErrorKind::Trailing.of(""));
        }
    }
}
