//! Everything that runs in a sandbox, in order: fetching, unpacking, building.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use super::{folder, step};
use crate::ecosystem::{Command, Dependency, Ecosystem, Places};
use crate::event::{Event, Reporter, Step};
use crate::failure::{At as _, Done, Failure};
use crate::sandbox::{Layers, Limits, Room, Sandbox};
use crate::source::{Mode, Source};
use crate::toolchain::Asked;

/// What came of the sandboxes.
pub(super) struct Made {
    /// The folder that the build wrote into.
    pub(super) output: PathBuf,
    /// What it could see, as compared.
    pub(super) dependencies: Vec<Dependency>,
    /// What was on.
    pub(super) layers: Layers,
    /// What limited memory and processes.
    pub(super) limited_by: &'static str,
}

/// A sandbox for one build, its folders and who is told.
struct Runner<'r> {
    sandbox: Sandbox,
    environment: Vec<(String, String)>,
    work: &'r Path,
    reporter: &'r mut dyn Reporter,
}

/// Fetches, compares and builds.
pub(super) fn run(
    command: &[String],
    (ecosystem, tools): (&dyn Ecosystem, &[Asked]),
    (layers, limits): (Layers, Limits),
    source: &Source,
    work: &Path,
    reporter: &mut dyn Reporter,
) -> Done<Made> {
    let sandbox = Sandbox::new(layers, ecosystem.mounts()?, tools, limits);
    let variable = |name: &str, value: String| (name.to_owned(), value);
    let environment = vec![
        variable("SOURCE_DATE_EPOCH", source.time.to_string()),
        variable("KETTLE_OUTPUT", Places::OUTPUT.to_owned()),
    ];
    let mut runner = Runner { sandbox, environment, work, reporter };
    let (checked, vendor) = (folder(work, "checked")?, runner.writable("vendor")?);
    let mut dependencies = Vec::new();
    if ecosystem.fetches() {
        dependencies = runner.fetch(ecosystem, source, &checked, &vendor)?;
    }
    let output = runner.build(command, ecosystem, source, (&checked, &vendor))?;
    let sandbox = runner.sandbox;
    Ok(Made { output, dependencies, layers: sandbox.layers().clone(), limited_by: sandbox.limited_by() })
}

impl Runner<'_> {
    fn go(&mut self, command: &Command, room: &Room, failed: &str) -> Done {
        let reporter = &mut *self.reporter;
        let mut print = |line: &str| reporter.report(&Event::Output { line });
        let status = self.sandbox.run(command, room, &self.environment, &mut print)?;
        if status.success() {
            return Ok(());
        }
        Err(Failure::build(format!("{failed} ({status}); see the lines above")))
    }

    /// A folder that commands write into.
    fn writable(&self, name: &str) -> Done<PathBuf> {
        let path = folder(self.work, name)?;
        self.sandbox.give(&path).map(|()| path)
    }

    /// Shows an empty store of Nix, where there is to be one.
    fn store(&self, ecosystem: &dyn Ecosystem, cache: &Path, room: Room) -> Done<Room> {
        if !ecosystem.has_store() {
            return Ok(room);
        }
        let store = folder(cache, "nix")?;
        self.sandbox.give(&store)?;
        Ok(room.writes(&store, Places::STORE))
    }

    fn fetch(
        &mut self,
        ecosystem: &dyn Ecosystem,
        source: &Source,
        checked: &Path,
        vendor: &Path,
    ) -> Done<Vec<Dependency>> {
        let count = ecosystem.dependencies().len();
        step(self.reporter, Step::Fetch, &format!("fetching {count} dependencies"));
        let fetched = folder(self.work, "fetched")?;
        let commands = ecosystem.fetch(&fetched)?;
        self.sandbox.give(&fetched)?;
        let room = Room::with_network().reads(&source.folder, Places::SOURCE).writes(&fetched, Places::CACHE);
        let room = self.store(ecosystem, &fetched, room)?;
        for command in commands {
            self.go(&command, &room, "the dependencies can't be fetched")?;
        }
        for command in ecosystem.fetch_more(&fetched)? {
            self.go(&command, &room, "the dependencies can't be fetched")?;
        }
        let taken = ecosystem.take(&fetched, checked)?;
        let total = u64::try_from(taken.len()).unwrap_or(u64::MAX);
        self.reporter.report(&Event::Progress { step: Step::Fetch, done: total, total });
        let room = Room::default().reads(checked, Places::CHECKED).writes(vendor, Places::VENDOR);
        for command in ecosystem.unpack() {
            self.go(&command, &room, "the dependencies can't be unpacked")?;
        }
        Ok(taken)
    }

    fn build(
        &mut self,
        command: &[String],
        ecosystem: &dyn Ecosystem,
        source: &Source,
        (checked, vendor): (&Path, &Path),
    ) -> Done<PathBuf> {
        let (cache, output) = (folder(self.work, "cache")?, self.writable("output")?);
        ecosystem.configure(checked, &cache)?;
        self.sandbox.give(&cache)?;
        let room = Room::default()
            .reads(checked, Places::CHECKED)
            .reads(vendor, Places::VENDOR)
            .writes(&cache, Places::CACHE);
        let room = self.store(ecosystem, &cache, room)?;
        let room = if ecosystem.writes_source() {
            let copy = folder(self.work, "copy")?;
            self.copy(source, &copy)?;
            ecosystem.complete(&copy)?;
            room.writes(&copy, Places::SOURCE)
        } else {
            room.reads(&source.folder, Places::SOURCE)
        };
        step(self.reporter, Step::Build, "building in the sandbox");
        for command in ecosystem.prepare() {
            self.go(&command, &room, "the build can't be prepared")?;
        }
        // Only what the build command makes is an artifact.
        let room = room.writes(&output, Places::OUTPUT);
        self.go(&ecosystem.build(command), &room, "the build failed")?;
        Ok(output)
    }

    /// Copies the exported files for a build that writes among them; what was exported stays as it is.
    fn copy(&self, source: &Source, into: &Path) -> Done {
        let mut folders = std::collections::BTreeSet::new();
        for file in &source.files {
            let (from, to) = (source.folder.join(&file.path), into.join(&file.path));
            for above in
                Path::new(&file.path).ancestors().skip(1).filter(|above| !above.as_os_str().is_empty())
            {
                folders.insert(above.to_path_buf());
            }
            if let Some(parent) = to.parent() {
                fs::create_dir_all(parent).at("make the folder", parent)?;
            }
            if file.mode == Mode::Link {
                let target = fs::read_link(&from).at("read the link", &from)?;
                symlink(target, &to).at("make the link", &to)?;
            } else {
                fs::copy(&from, &to).at("copy", &from)?;
                let bits = if file.mode == Mode::Executable { 0o755 } else { 0o644 };
                fs::set_permissions(&to, fs::Permissions::from_mode(bits)).at("set the mode of", &to)?;
                self.sandbox.give_file(&to)?;
            }
        }
        folders.iter().try_for_each(|folder| self.sandbox.give_file(&into.join(folder)))?;
        self.sandbox.give(into)
    }
}
