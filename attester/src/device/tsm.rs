//! Linux' configfs-tsm (`Documentation/ABI/testing/configfs-tsm`): a folder per request, whose attributes
//! are files.
//!
//! | attribute | |
//! |---|---|
//! | `inblob` | written: 64 bytes of report data, in one piece |
//! | `outblob` | read: the report or quote |
//! | `auxblob` | read: what the host adds, for SEV-SNP its certificates |
//! | `provider` | read: `sev_guest` or `tdx_guest` |
//! | `generation` | read: goes up by one with each write |
//! | `privlevel_floor`, `privlevel` | the lowest privilege level that may be asked for, and the one that is |
//!
//! Another writer of the same folder would show in `generation`; the request is then made again.

use std::fs;
use std::path::{Path, PathBuf};

use super::read_bounded;
use crate::failure::{At as _, Done, Failure};

/// Where the kernel has it.
pub const PLACE: &str = "sys/kernel/config/tsm/report";

/// Times that a request is made.
const TRIES: usize = 5;

/// What the device answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Who made it.
    pub provider: String,
    /// The report or quote.
    pub outblob: Vec<u8>,
    /// What the host adds; empty where it adds nothing.
    pub auxblob: Vec<u8>,
}

/// A folder of one request, which is gone with it.
struct Entry(PathBuf);

impl Drop for Entry {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.0);
    }
}

/// Asks for a report over 64 bytes.
///
/// # Errors
/// [`Failure`] where the kernel refuses, or where somebody else writes into the request time and again.
pub fn report(place: &Path, data: &[u8; 64]) -> Done<Report> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|error| Failure::usage(format!("no random numbers: {error}")))?;
    let path = place.join(format!("kettle-attest-{}", crate::hex(&random)));
    fs::create_dir(&path).at("make the request", &path)?;
    let entry = Entry(path);
    let mut last = None;
    for _ in 0..TRIES {
        match once(&entry.0, data) {
            Ok(Some(report)) => return Ok(report),
            Ok(None) => {}
            Err(failure) => last = Some(failure),
        }
    }
    Err(last.unwrap_or_else(|| {
        Failure::build(format!("somebody else writes into `{}` time and again", entry.0.display()))
    }))
}

/// One request; `None` where another writer came between.
fn once(entry: &Path, data: &[u8; 64]) -> Done<Option<Report>> {
    let before = generation(entry)?;
    let floor = entry.join("privlevel_floor");
    let mut writes = 1_u64;
    if floor.exists() {
        let floor = text(&floor)?;
        if floor != "0" {
            let level = entry.join("privlevel");
            fs::write(&level, &floor).at("write", &level)?;
            writes = 2;
        }
    }
    let inblob = entry.join("inblob");
    fs::write(&inblob, data).at("write", &inblob)?;
    let outblob = read_bounded(&entry.join("outblob"))?;
    let auxblob = entry.join("auxblob");
    // TDX has none; and the kernel has an empty one where the host gave no certificates.
    let auxblob = if auxblob.exists() { read_bounded(&auxblob)? } else { Vec::new() };
    let provider = text(&entry.join("provider"))?;
    if Some(generation(entry)?) != before.checked_add(writes) {
        return Ok(None);
    }
    Ok(Some(Report { provider, outblob, auxblob }))
}

fn generation(entry: &Path) -> Done<u64> {
    let path = entry.join("generation");
    let text = text(&path)?;
    text.parse().map_err(|_| Failure::build(format!("`{}`: `{text}` is no number", path.display())))
}

fn text(path: &Path) -> Done<String> {
    let bytes = read_bounded(path)?;
    let text = String::from_utf8(bytes);
    let text = text.map_err(|_| Failure::build(format!("`{}` is no text", path.display())))?;
    Ok(text.trim_end().to_owned())
}
