//! A wheel by pip, with a file of requirements.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::requirements::Requirements;
use super::{ENVIRONMENT, Python, dependency, is_file_name};
use crate::ecosystem::{Command, Dependency, Ecosystem, Made, Mounts, Places, fetch, programs};
use crate::failure::{At as _, Done, Failure};
use crate::toolchain::{Asked, lines};

/// pip's builds.
#[derive(Debug)]
struct Pip {
    python: Python,
    requirements: Requirements,
    dependencies: Vec<Dependency>,
}

/// The requirements as they were read, for pip.
const FILE: &str = "requirements.txt";

/// Where pip puts what it fetches.
const FETCHED: &str = "files";

/// Where systems keep the certificates that they trust.
const AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// Reads the lockfile.
pub(in crate::ecosystem) fn open(lockfile: &[u8]) -> Done<Box<dyn Ecosystem>> {
    let text = core::str::from_utf8(lockfile)
        .map_err(|error| Failure::usage(format!("`requirements.txt`: {error}")))?;
    let requirements = Requirements::parse(text)?;
    let files = requirements.list.iter().flat_map(|one| {
        one.hashes.iter().map(|hash| dependency(&one.name, &one.version, hash, "pip's index"))
    });
    let dependencies = fetch::unique(files.collect())?;
    Ok(Box::new(Pip { python: Python::find()?, requirements, dependencies }))
}

impl Pip {
    fn python(&self) -> String {
        self.python.program.to_string_lossy().into_owned()
    }

    /// pip's version, and its entry: the program `pip` is a line that calls the package.
    fn pip(&self) -> Done<(String, PathBuf)> {
        let question = "import pip\nprint(pip.__version__, pip.__file__, sep='\\n')";
        let answer = lines(&self.python(), &["-IB", "-c", question])?;
        match answer.as_slice() {
            [version, place] => Ok((version.clone(), PathBuf::from(place).with_file_name("__main__.py"))),
            _ => Err(Failure::usage("pip is needed and doesn't tell its version; install it")),
        }
    }

    fn write(&self, cache: &Path) -> Done {
        let path = cache.join(FILE);
        fs::write(&path, self.requirements.text()).at("write", &path)
    }

    fn run(&self, words: &[&str]) -> Command {
        // pip is told the same by options where it is to ignore variables.
        Python::command(words, &[("PIP_NO_INPUT", "1"), ("PIP_DISABLE_PIP_VERSION_CHECK", "1")])
    }
}

impl Ecosystem for Pip {
    fn dependencies(&self) -> &[Dependency] {
        &self.dependencies
    }

    fn tools(&self) -> Done<Vec<Asked>> {
        let (version, entry) = self.pip()?;
        let pip = Asked::with_version("pip", &entry, format!("pip {version}"))?;
        Ok(vec![pip, self.python.tool()?])
    }

    fn mounts(&self) -> Done<Mounts> {
        programs::mounts(&[&self.python.prefix])
    }

    fn links(&self) -> bool {
        true
    }

    fn closure(&self) -> Done<Vec<PathBuf>> {
        let (_, entry) = self.pip()?;
        let package = entry.parent().map(Path::to_path_buf);
        Ok(self.python.closure()?.into_iter().chain(package).collect())
    }

    fn fetch(&self, cache: &Path) -> Done<Vec<Command>> {
        self.write(cache)?;
        let (file, to) = (format!("{}/{FILE}", Places::CACHE), format!("{}/{FETCHED}", Places::CACHE));
        let python = self.python();
        // Wheels alone: to learn what a source archive needs, pip would run it.
        let mut words = vec![
            &*python,
            "-I",
            "-m",
            "pip",
            "--isolated",
            "--quiet",
            "--no-input",
            "--disable-pip-version-check",
            "download",
            "--no-deps",
            "--require-hashes",
        ];
        words.extend(["--only-binary", ":all:", "--no-cache-dir", "--dest", &to, "--requirement", &file]);
        for (option, url) in &self.requirements.indexes {
            words.extend([option.as_str(), url]);
        }
        if Path::new(AUTHORITIES).exists() {
            words.extend(["--cert", AUTHORITIES]);
        }
        Ok(vec![self.run(&words)])
    }

    fn take(&self, cache: &Path, checked: &Path) -> Done<Vec<Dependency>> {
        let known: BTreeMap<&str, &Dependency> =
            self.dependencies.iter().map(|known| (known.digest.1.as_str(), known)).collect();
        let mut taken = Vec::new();
        let folder = cache.join(FETCHED);
        let fetched = match fs::read_dir(&folder) {
            Ok(fetched) => fetched,
            // Requirements that are all for other systems.
            Err(_) => return Ok(taken),
        };
        for entry in fetched {
            let name = entry.at("list", &folder)?.file_name();
            let name = name.to_str().filter(|name| is_file_name(name));
            let name =
                name.ok_or_else(|| Failure::build("pip fetched a file whose name is none of a wheel"))?;
            let Some(bytes) = fetch::plain_file(cache, &Path::new(FETCHED).join(name))? else { continue };
            let Some(dependency) = known.get(crate::sha256_hex(&bytes).as_str()) else {
                return Err(Failure::build(format!("`{name}` was fetched, and has no hash of the lockfile")));
            };
            let to = checked.join(name);
            fs::write(&to, bytes).at("write", &to)?;
            taken.push((*dependency).clone());
        }
        taken.sort();
        Ok(taken)
    }

    fn configure(&self, _: &Path, cache: &Path) -> Done {
        self.write(cache)
    }

    fn prepare(&self) -> Vec<Command> {
        let (python, file) = (self.python(), format!("{}/{FILE}", Places::CACHE));
        let inside = format!("{ENVIRONMENT}/bin/python");
        let make = self.run(&[&python, "-I", "-m", "venv", "--without-pip", ENVIRONMENT]);
        if self.dependencies.is_empty() {
            return vec![make];
        }
        let mut words = vec![
            &*python,
            "-I",
            "-m",
            "pip",
            "--python",
            &inside,
            "--isolated",
            "--quiet",
            "--no-input",
            "install",
        ];
        words.extend([
            "--no-index",
            "--no-deps",
            "--require-hashes",
            "--no-cache-dir",
            "--no-compile",
            "--disable-pip-version-check",
        ]);
        words.extend(["--find-links", Places::CHECKED, "--requirement", &file]);
        vec![make, self.run(&words)]
    }

    fn build(&self, command: &[String]) -> Command {
        self.run(&command.iter().map(String::as_str).collect::<Vec<_>>())
    }

    fn default_command(&self) -> Vec<String> {
        let inside = format!("{ENVIRONMENT}/bin/python");
        let python = self.python();
        let mut words = vec![&*python, "-m", "pip", "--python", &inside, "wheel", "--no-deps", "--no-index"];
        words.extend(["--no-build-isolation", "--no-cache-dir", "--wheel-dir", Places::OUTPUT, "."]);
        words.into_iter().map(String::from).collect()
    }

    fn artifacts(&self) -> Made {
        Made::Files
    }

    fn merkle_tools(&self) -> &'static [&'static str] {
        &["python", "pip"]
    }
}
