//! Zip archives on disk.

use std::io::{self, Read, SeekFrom};

use flate2::read::DeflateDecoder;

use super::bounded::{Bounded, Budget};
use super::directory::{self, Directory, Listed, Place};
use super::packed::ReadSeek;
use crate::assemble::{Assembly, Passed};
use crate::error::{Error, ErrorKind};
use crate::file;
use crate::input::Input;
use crate::watch::Watch;

/// Reads the members of a zip.
pub(crate) fn read(
    archive: &mut dyn ReadSeek,
    size: u64,
    limit: u64,
    source: &str,
    hash: bool,
    watch: &mut Watch<'_>,
) -> Result<Input, Error> {
    let budget = Budget::new(limit);
    let mut assembly = Assembly::new(hash);
    members(archive, size, &budget, &mut assembly, watch)
        .and_then(|()| assembly.finish_archive()?.complete())
        .map_err(|error| error.explained(|kind| budget.explain_kind(kind)).within(source))
}

fn members(
    archive: &mut dyn ReadSeek,
    size: u64,
    budget: &Budget,
    assembly: &mut Assembly,
    watch: &mut Watch<'_>,
) -> Result<(), Error> {
    let mut directory = Directory::new(size);
    while let Some((at, bytes)) = directory.wants() {
        directory.take(&range(archive, at, bytes)?)?;
    }
    directory.members().iter().try_for_each(|member| assembly.name(&member.path))?;
    let mut places: Vec<Place> = Vec::new();
    for member in directory.members() {
        let (at, bytes) = member.own();
        let place = member.place(&range(archive, at, bytes)?)?;
        if let Some(keep) = assembly.keep(&member.path) {
            let passed = one(archive, member, place, keep, budget, watch)?;
            assembly.take(member.path.clone(), passed);
        }
        places.push(place);
    }
    directory.apart(&places)
}

fn range(file: &mut dyn ReadSeek, at: u64, bytes: u64) -> Result<Vec<u8>, Error> {
    let mut read = Vec::new();
    file.seek(SeekFrom::Start(at))
        .and_then(|_| file.take(bytes).read_to_end(&mut read))
        .map_err(|error| ErrorKind::io(&error).of(""))?;
    Ok(read)
}

/// Reads one member.
fn one(
    file: &mut dyn ReadSeek,
    member: &Listed,
    place: Place,
    keep: usize,
    budget: &Budget,
    watch: &mut Watch<'_>,
) -> Result<Passed, Error> {
    let at = |kind: ErrorKind| kind.at("", &member.path);
    file.seek(SeekFrom::Start(place.start)).map_err(|error| at(ErrorKind::io(&error)))?;
    let packed = place.end.saturating_sub(place.start);
    let source = file.take(packed);
    // One byte more than there may be shows that there are too many.
    let most = member.size.saturating_add(1);
    let mut pass = |plain: &mut dyn Read| {
        let mut summed = Summed { plain, sum: flate2::Crc::new() };
        let passed = file::pass(&mut summed, &member.path, Some(member.size), keep, watch).map_err(at)?;
        member.check(passed.artifact.size, summed.sum.sum())?;
        Ok(passed)
    };
    if !place.deflated {
        return pass(&mut Bounded::new(source, budget.clone()).take(most));
    }
    let mut plain = Bounded::new(DeflateDecoder::new(source), budget.clone()).take(most);
    let passed = pass(&mut plain)?;
    if plain.into_inner().into_inner().total_in() != packed {
        return Err(at(directory::unsound("bytes between the members")));
    }
    Ok(passed)
}

/// Sums up what it passes on.
struct Summed<'r> {
    plain: &'r mut dyn Read,
    sum: flate2::Crc,
}

impl Read for Summed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.plain.read(buffer)?;
        self.sum.update(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}
