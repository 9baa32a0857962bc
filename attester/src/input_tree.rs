//! The salted tree over a build's inputs, and the seed that its salts come from.
//!
//! The core has the hashes and the proofs. Here is what only the builder can do: to choose the salts. They
//! come from one secret seed, HMAC-SHA-256 over what the leaf is and says, so that who has the seed and the
//! provenance can make every proof again, and who has a proof knows one salt and nothing of the others.

use core::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit as _, Mac as _};
use kettle_verifier_core::input_tree::{Hash, Kind, Proof, ProofError, Salt, Tree, leaf, root};
use serde_json::Value;
use sha2::Sha256;

use crate::failure::{At as _, Done, Failure};
use crate::hex;

/// The secret that the salts of a tree come from. It lies beside the bundle and never in it.
#[derive(Clone)]
pub struct Seed([u8; 32]);

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(secret)")
    }
}

impl Seed {
    /// A new one.
    ///
    /// # Errors
    /// [`Failure`] where the system has no random numbers.
    pub fn fresh() -> Done<Self> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| Failure::usage(format!("no random numbers: {error}")))?;
        Ok(Self(seed))
    }

    /// Where the seed of a bundle lies if nobody says otherwise: beside it, under its name with `.seed`.
    #[must_use]
    pub fn place(bundle: &Path) -> PathBuf {
        let mut name = bundle.file_name().unwrap_or_default().to_owned();
        name.push(".seed");
        bundle.with_file_name(name)
    }

    /// Reads the file of a seed: 64 hex digits and an end of line.
    ///
    /// # Errors
    /// [`Failure`] where it can't be read, or holds anything else.
    pub fn read(path: &Path) -> Done<Self> {
        let text = fs::read(path).at("read", path)?;
        Self::parse(&text).ok_or_else(|| {
            Failure::usage(format!(
                "`{}`: expected the 64 hex digits that `kettle-attest build` wrote there",
                path.display()
            ))
        })
    }

    /// A seed as [`Self::text`] writes it.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        let mut seed = [0; 32];
        let decoded = base16ct::lower::decode(text.trim_ascii_end(), &mut seed).ok()?;
        (decoded.len() == 32).then_some(Self(seed))
    }

    /// The file's text.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n", hex(&self.0))
    }

    fn salt(&self, kind: Kind, entry: &str) -> Done<Salt> {
        let mac = Hmac::<Sha256>::new_from_slice(&self.0);
        let mut mac = mac.map_err(|_| Failure::build("the seed has a length that no key has"))?;
        mac.update(b"kettle input tree v1");
        mac.update(&[kind.number()]);
        mac.update(entry.as_bytes());
        let mac: [u8; 32] = mac.finalize().into_bytes().into();
        let [salt, _] = mac.as_chunks::<16>().0 else {
            return Err(Failure::build("a digest is shorter than two salts"));
        };
        Ok(*salt)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Leaf {
    hash: Hash,
    kind: u8,
    entry: String,
}

/// The tree over the inputs of one build.
#[derive(Debug)]
pub struct InputTree {
    seed: Seed,
    leaves: Vec<Leaf>,
}

impl InputTree {
    /// The tree over the inputs that a provenance document names.
    ///
    /// # Errors
    /// [`Failure`] where the document names none.
    pub fn over(provenance: &Value, seed: &Seed) -> Done<Self> {
        let leaf = |(kind, entry): (Kind, String)| {
            let hash = leaf(kind, &seed.salt(kind, &entry)?, &entry);
            Ok(Leaf { hash, kind: kind.number(), entry })
        };
        let mut leaves = entries(provenance)?.into_iter().map(leaf).collect::<Done<Vec<Leaf>>>()?;
        // In the order of hashes that nobody can foresee: a place in the tree says nothing of an entry.
        leaves.sort_unstable();
        leaves.dedup();
        Ok(Self { seed: seed.clone(), leaves })
    }

    /// Its root and how many leaves it has.
    #[must_use]
    pub fn tree(&self) -> Option<Tree> {
        let leaves = u32::try_from(self.leaves.len()).ok();
        Some(Tree { root: root(&self.hashes())?, leaves })
    }

    /// The proof for an input: spelled as the provenance does; or, of a dependency, its name, or name and
    /// version with an `@` between them. The entry as it was recorded goes with it.
    ///
    /// # Errors
    /// [`Failure`] where there is no such input, or more than one.
    pub fn prove(&self, wanted: &str) -> Done<(Proof, &str)> {
        let exact = self.leaves.iter().enumerate().filter(|(_, leaf)| leaf.entry == wanted);
        let named = self.leaves.iter().enumerate().filter(|(_, leaf)| is_called(leaf, wanted));
        let found: Vec<_> = exact.collect();
        let found = if found.is_empty() { named.collect() } else { found };
        let [(index, leaf)] = found.as_slice() else {
            return Err(Failure::usage(match found.len() {
                0 => format!("`{wanted}` is no input of this build; `kettle-verify inspect` lists them"),
                many => format!(
                    "`{wanted}` is the name of {many} inputs; write `name@version`, or the whole package URL"
                ),
            }));
        };
        let kind = Kind::ALL.into_iter().find(|kind| kind.number() == leaf.kind);
        let proof = kind.zip(u32::try_from(*index).ok()).map(|(kind, index)| {
            Ok(Proof::make(kind, self.seed.salt(kind, &leaf.entry)?, &self.hashes(), index))
        });
        let proof = proof.transpose()?.flatten();
        let proof =
            proof.ok_or_else(|| Failure::usage("the build has more inputs than a proof can be for"))?;
        Ok((proof, &leaf.entry))
    }

    fn hashes(&self) -> Vec<Hash> {
        self.leaves.iter().map(|leaf| leaf.hash).collect()
    }
}

/// Whether a dependency has this name, or this name and version.
fn is_called(leaf: &Leaf, wanted: &str) -> bool {
    let path = leaf.entry.strip_prefix("pkg:").and_then(|url| url.split('?').next());
    let package = path.and_then(|path| path.split_once('/')).map(|(_, package)| package);
    leaf.kind == Kind::Dependency.number()
        && package.is_some_and(|package| {
            let name = package.rsplit_once('@').map_or(package, |(name, _)| name);
            package == wanted || name == wanted
        })
}

/// Every input that a provenance document names.
fn entries(provenance: &Value) -> Done<Vec<(Kind, String)>> {
    let definition = provenance.pointer("/predicate/buildDefinition").unwrap_or(&Value::Null);
    let text = |value: Option<&Value>, what: &str| {
        let text = value.and_then(Value::as_str).map(str::to_owned);
        text.ok_or_else(|| {
            Failure::usage(format!("the provenance does not name {what}; its builder was another"))
        })
    };
    let at = |pointer: &str, what: &str| text(definition.pointer(pointer), what);
    let internal = "/internalParameters";
    let mut entries = vec![
        (Kind::Commit, at("/externalParameters/source/digest/gitCommit", "its commit")?),
        (Kind::Tree, at("/externalParameters/source/digest/gitTree", "its tree")?),
        (
            Kind::SourceFiles,
            at(&format!("{internal}/kettleverify_attester/sourceFiles/digest/sha256"), "its source files")?,
        ),
    ];
    if let Some(lockfile) = definition.pointer(&format!("{internal}/lockfileHash/sha256")) {
        entries.push((Kind::Lockfile, text(Some(lockfile), "its lockfile")?));
    }
    let tools = definition.pointer(&format!("{internal}/toolchain")).and_then(Value::as_object);
    for (name, tool) in tools.into_iter().flatten() {
        let (digest, version) = (tool.pointer("/digest/sha256"), tool.get("version"));
        let (digest, version) = (text(digest, "a tool's digest")?, text(version, "a tool's version")?);
        entries.push((Kind::Tool, format!("{name}\n{digest}\n{version}")));
    }
    let dependencies = definition.get("resolvedDependencies").and_then(Value::as_array);
    for dependency in dependencies.into_iter().flatten() {
        entries.push((Kind::Dependency, text(dependency.get("uri"), "a dependency's address")?));
    }
    Ok(entries)
}

/// The proof for an input of a bundle: its bytes, and the entry as it was recorded.
///
/// # Errors
/// [`Failure`] where the bundle or the seed can't be read, where they do not belong together, or where the
/// build has no such input.
pub fn prove(bundle: &Path, seed: &Path, wanted: &str) -> Done<(Vec<u8>, String)> {
    let path = bundle.join("provenance.json");
    let bytes = fs::read(&path).at("read", &path)?;
    let refused = |error: ProofError| Failure::usage(format!("`{}`: {error}", path.display()));
    let named = Tree::of_provenance(&bytes).map_err(refused)?;
    let document: Value = serde_json::from_slice(&bytes)
        .map_err(|error| Failure::usage(format!("`{}`: {error}", path.display())))?;
    let inputs = InputTree::over(&document, &Seed::read(seed)?)?;
    if inputs.tree() != Some(named) {
        return Err(Failure::usage(format!(
            "`{}` is not the seed of this bundle: its inputs have another root under it",
            seed.display()
        )));
    }
    let (proof, entry) = inputs.prove(wanted)?;
    Ok((proof.to_bytes(), entry.to_owned()))
}

#[cfg(test)]
mod tests;
