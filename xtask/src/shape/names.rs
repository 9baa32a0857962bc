//! Bindings translate and decide nothing: outside of generated types their source names no check, no
//! platform and no outcome. The names are those of the core's own tables, so a new one is looked for, too.

use std::collections::BTreeSet;

use kettle_verifier_core::platform;
use kettle_verifier_core::verdict::Outcome;
use serde_json::Value;

use crate::failure::{Done, Failure};
use crate::{header, schema};

const BINDINGS: [&str; 4] = ["verifier-ffi/", "verifier-py/", "verifier-uniffi/", "verifier-wasm/"];

/// Below a binding: tests, which name what they expect, and a user of the C library with demands of its own.
const BESIDE: [&str; 3] = ["/tests/", "/test/", "/apt-hook/"];

const SOURCE: [&str; 10] = ["rs", "py", "pyi", "ts", "mjs", "js", "c", "h", "rb", "kt"];

/// The names that no binding may say.
pub(super) struct Names {
    checks: Vec<&'static str>,
    /// Labels and families, cut at their hyphens.
    platforms: Vec<Vec<&'static str>>,
    outcomes: Vec<String>,
    generated: Vec<&'static str>,
}

impl Names {
    pub(super) fn new() -> Done<Self> {
        let labels = platform::all().flat_map(|platform| [platform.label(), platform.family()]);
        let labels: BTreeSet<&str> = labels.collect();
        let mut generated = schema::files()?;
        generated.push(header::HEADER);
        Ok(Self {
            checks: platform::catalogue().iter().map(|row| row.spec.id).collect(),
            platforms: labels.into_iter().map(|label| label.split('-').collect()).collect(),
            outcomes: outcomes()?,
            generated,
        })
    }

    /// Whether a file is one that people wrote for a binding.
    pub(super) fn concern(&self, name: &str) -> bool {
        BINDINGS.iter().any(|folder| name.starts_with(folder))
            && name.rsplit('.').next().is_some_and(|extension| SOURCE.contains(&extension))
            && !BESIDE.iter().any(|folder| name.contains(folder))
            && !self.generated.contains(&name)
    }

    pub(super) fn complaints_about(&self, name: &str, text: &str) -> Vec<String> {
        let product = text.lines().take_while(|line| line.trim() != "#[cfg(test)]");
        let mut complaints = Vec::new();
        for (number, line) in (1_usize..).zip(product) {
            for (what, found) in self.said(line) {
                complaints.push(format!(
                    "{name}:{number}: names the {what} `{found}`; a binding hands on what the core says"
                ));
            }
        }
        complaints
    }

    fn said(&self, line: &str) -> Vec<(&'static str, String)> {
        let checks =
            self.checks.iter().filter(|id| says_check(line, id)).map(|id| ("check", (*id).to_owned()));
        let parts = parts(line);
        let platforms =
            self.platforms.iter().filter(|label| parts.windows(label.len()).any(|said| said == *label));
        let platforms = platforms.map(|label| ("platform", label.join("-")));
        let outcomes = self.outcomes.iter().filter(|outcome| says_outcome(line, outcome));
        let outcomes = outcomes.map(|outcome| ("outcome", outcome.clone()));
        checks.chain(platforms).chain(outcomes).collect()
    }
}

/// The outcomes as the verdict spells them.
fn outcomes() -> Done<Vec<String>> {
    let schema = schemars::schema_for!(Outcome).to_value();
    let variants = schema.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    let names = variants.filter_map(|variant| variant.get("const").and_then(Value::as_str));
    let names: Vec<String> = names.map(str::to_owned).collect();
    if names.is_empty() { Err(Failure::new("the schema of outcomes has no names")) } else { Ok(names) }
}

/// An id as a whole, or as a constant's name.
fn says_check(line: &str, id: &str) -> bool {
    let inside = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '_');
    let whole = |word: &str| {
        line.match_indices(word).any(|(at, _)| {
            let after = line.get(at.saturating_add(word.len())..).unwrap_or_default();
            let before = line.get(..at).unwrap_or_default();
            !before.ends_with(inside) && !after.starts_with(inside)
        })
    };
    whole(id) || whole(&id.replace('.', "_").to_uppercase())
}

/// A value of the type (`Failed`, `OUTCOME_FAILED`), or the word alone in quotes. In prose it may stand.
fn says_outcome(line: &str, outcome: &str) -> bool {
    let constant = outcome.to_uppercase();
    let mut humps = outcome.chars();
    let value: String =
        humps.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(humps).collect();
    let quoted = ['"', '\'', '`'].iter().any(|quote| line.contains(&format!("{quote}{outcome}{quote}")));
    let mut words = line.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    let said = |word: &str| word == value || word == constant || word.ends_with(&format!("_{constant}"));
    quoted || words.any(said)
}

/// The words of a line in lower case, cut at humps, hyphens and underscores.
fn parts(line: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut low = false;
    for letter in line.chars() {
        if !letter.is_alphanumeric() || (letter.is_uppercase() && low) {
            parts.push(String::new());
        }
        low = letter.is_lowercase();
        if let Some(part) = parts.last_mut().filter(|_| letter.is_alphanumeric()) {
            part.extend(letter.to_lowercase());
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;

    static NAMES: LazyLock<Names> = LazyLock::new(|| Names::new().unwrap());

    fn said(line: &str) -> Vec<&'static str> {
        NAMES.said(line).into_iter().map(|(what, _)| what).collect()
    }

    #[test]
    fn every_table_is_looked_at() {
        for row in platform::catalogue() {
            assert_eq!(said(&format!("if check.id == {:?} {{", row.spec.id)).first(), Some(&"check"));
        }
        for platform in platform::all() {
            assert!(said(platform.label()).contains(&"platform"), "{}", platform.label());
        }
        assert_eq!(NAMES.outcomes.len(), 4);
        for outcome in &NAMES.outcomes {
            assert_eq!(said(&format!("outcome == '{outcome}'")), ["outcome"]);
        }
    }

    #[test]
    fn every_spelling_is_found() {
        for line in ["use platform::az_snp;", "class AzSnp", "AZ_SNP", "isSnp()", "// as for TDX", "gcp-snp"]
        {
            assert!(said(line).contains(&"platform"), "{line}");
        }
        for line in ["Outcome::Verified", "Outcome.FAILED", "KETTLE_OUTCOME_UNPINNED", "case .Inconclusive"] {
            assert_eq!(said(line), ["outcome"], "{line}");
        }
        assert_eq!(said("MACHINE_MEASUREMENT"), ["check"]);
    }

    #[test]
    fn prose_and_longer_names_may_stand() {
        for line in [
            "raise VerificationFailed",
            "verdict.is_verified()",
            "where it is verified",
            "x.machine.measurement_y",
        ] {
            assert_eq!(said(line), <[&str; 0]>::default(), "{line}");
        }
    }

    #[test]
    fn what_people_wrote_for_bindings_is_looked_at() {
        for file in
            ["verifier-py/src/lib.rs", "verifier-wasm/npm/src/load.ts", "verifier-uniffi/ruby/conformance.rb"]
        {
            assert!(NAMES.concern(file), "{file}");
        }
        for file in
            ["verifier-core/src/lib.rs", "verifier-py/src/types.rs", "verifier-ffi/tests/c/interface.c"]
        {
            assert!(!NAMES.concern(file), "{file}");
        }
        let text = "let x = \"snp\";\n#[cfg(test)]\nlet x = \"snp\";";
        assert_eq!(NAMES.complaints_about("verifier-py/src/lib.rs", text).len(), 1);
    }
}
