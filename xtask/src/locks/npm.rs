//! `package.json` with exact versions, and `package-lock.json` with all that they need.
//!
//! npm refuses a lock that does not go with `package.json`; this says it without npm and without a network,
//! with the line. Left out: overrides and workspaces, which are not used here, and requirements that are no
//! range of versions (an address, a tag), which are refused.

use std::collections::BTreeSet;

use semver::{Version, VersionReq};
use serde_json::{Map, Value};

use super::Flaw;

/// The members where the root's own requirements stand in `package.json`.
const ROOT_KINDS: &[&str] = &["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];

/// The members where a package's requirements stand in the lock. Its own tests' requirements are not in a
/// lock.
const KINDS: &[&str] = &["dependencies", "optionalDependencies", "peerDependencies"];

/// The lock, read.
pub(crate) struct Lock<'a> {
    text: &'a str,
    packages: Map<String, Value>,
}

impl<'a> Lock<'a> {
    /// Reads the lock.
    ///
    /// # Errors
    /// When it is no lock of the form that npm has written since its version 7.
    pub(crate) fn read(text: &'a str) -> Result<Self, Flaw> {
        let value: Value =
            serde_json::from_str(text).map_err(|error| Flaw::new(error.line(), error.to_string()))?;
        match (&value["lockfileVersion"], &value["packages"]) {
            (version, Value::Object(packages)) if *version == 3 => {
                Ok(Self { text, packages: packages.clone() })
            }
            _ => Err(Flaw::new(1, "is no lock of version 3")),
        }
    }

    /// The packages except for the root, by the place where npm puts them.
    pub(crate) fn packages(&self) -> impl Iterator<Item = (&str, &Value)> {
        let packages = self.packages.iter().filter(|(place, _)| !place.is_empty());
        packages.map(|(place, package)| (place.as_str(), package))
    }

    /// The flaws of the lock by its own words: something that is needed is missing or in a version that does
    /// not fit, something that is there is not needed, a hash is missing, a host is named.
    pub(crate) fn flaws(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        let mut seen = BTreeSet::from([""]);
        let mut left = vec![""];
        while let Some(place) = left.pop() {
            for (name, range, must) in self.needs(place) {
                let line = self.line(place, &format!("\"{name}\": "));
                match self.resolve(place, name) {
                    Some((found, package)) => {
                        let version = package["version"].as_str().unwrap_or_default();
                        if must && satisfies(version, range) != Some(true) {
                            let text = format!("`{name}` is needed as `{range}`, and {found} is {version}");
                            flaws.push(Flaw::new(line, text));
                        }
                        if seen.insert(found) {
                            left.push(found);
                        }
                    }
                    None if must => {
                        flaws.push(Flaw::new(
                            line,
                            format!("`{name}` is needed as `{range}` and is not in the lock"),
                        ));
                    }
                    None => {}
                }
            }
        }
        for (place, package) in self.packages() {
            let mut flaw =
                |text: &str| flaws.push(Flaw::new(self.line(place, ""), format!("{place} {text}")));
            if !package["integrity"].as_str().is_some_and(|hash| hash.starts_with("sha512-")) {
                flaw("has no SHA-512 hash");
            }
            if !package["resolved"].is_null() {
                flaw("names a host (`resolved`), which may be another one elsewhere");
            }
            if !seen.contains(place) {
                flaw("is needed by nothing in the lock");
            }
        }
        flaws
    }

    /// The needs of the package at `place`: name, range, and whether it must be there.
    fn needs(&self, place: &str) -> impl Iterator<Item = (&str, &str, bool)> {
        let kinds = if place.is_empty() { ROOT_KINDS } else { KINDS };
        let package = self.packages.get(place).unwrap_or(&Value::Null);
        kinds.iter().flat_map(move |kind| {
            package[*kind].as_object().into_iter().flatten().map(move |(name, range)| {
                let optional =
                    *kind == "peerDependencies" && package["peerDependenciesMeta"][name]["optional"] == true;
                (name.as_str(), range.as_str().unwrap_or_default(), !optional)
            })
        })
    }

    /// The place where Node finds `name` from `place`: in its own `node_modules`, else in one further up.
    fn resolve(&self, place: &str, name: &str) -> Option<(&str, &Value)> {
        let mut folder = place;
        loop {
            let wanted = if folder.is_empty() { String::new() } else { format!("{folder}/") };
            if let Some((found, package)) =
                self.packages.get_key_value(&format!("{wanted}node_modules/{name}"))
            {
                return Some((found, package));
            }
            if folder.is_empty() {
                return None;
            }
            folder = folder.rfind("/node_modules/").map_or("", |at| &folder[..at]);
        }
    }

    /// The line of `key` in the package at `place`, or of the package itself.
    fn line(&self, place: &str, key: &str) -> usize {
        let start = self.text.find(&format!("\"{place}\": {{")).unwrap_or(0);
        let offset = if key.is_empty() { 0 } else { self.text[start..].find(key).unwrap_or(0) };
        line_of(self.text, start + offset)
    }

    /// The packages that do not run on this Node.js, with what they ask for.
    pub(crate) fn unfit_for(&self, node: &str) -> Vec<String> {
        let asks = self
            .packages()
            .filter_map(|(place, package)| Some((place, package["engines"]["node"].as_str()?)));
        let unfit = asks.filter(|(_, range)| satisfies(node, range) == Some(false));
        unfit
            .map(|(place, range)| format!("{} asks for {range}", place.trim_start_matches("node_modules/")))
            .collect()
    }
}

/// The flaws of `package.json`: its versions must be exact, and the lock made for them.
pub(crate) fn flaws_of_manifest(text: &str, lock: &Lock) -> Vec<Flaw> {
    let manifest: Value = match serde_json::from_str(text) {
        Ok(manifest) => manifest,
        Err(error) => return vec![Flaw::new(error.line(), error.to_string())],
    };
    let root = lock.packages.get("").unwrap_or(&Value::Null);
    let mut flaws = Vec::new();
    for kind in ROOT_KINDS {
        if manifest[*kind] != root[*kind] {
            let line = text.find(&format!("\"{kind}\"")).map_or(1, |at| line_of(text, at));
            let text = format!(
                "`{kind}` is another one in package-lock.json: run `npm install --package-lock-only`"
            );
            flaws.push(Flaw::new(line, text));
        }
        for (name, range) in manifest[*kind].as_object().into_iter().flatten() {
            if range.as_str().is_none_or(|range| Version::parse(range).is_err()) {
                let line = text.find(&format!("\"{name}\": {range}")).map_or(1, |at| line_of(text, at));
                flaws.push(Flaw::new(line, format!("{name} is {range}: name one exact version")));
            }
        }
    }
    flaws
}

/// Whether a version lies in a range as npm writes it; nothing when the range is no range of versions.
fn satisfies(version: &str, range: &str) -> Option<bool> {
    let version = Version::parse(version.trim_start_matches('v')).ok()?;
    let alternatives: Option<Vec<VersionReq>> = range.split("||").map(alternative).collect();
    Some(alternatives?.iter().any(|alternative| alternative.matches(&version)))
}

/// One side of `||` as a requirement of Cargo's: npm parts bounds by spaces, and a bare version is meant
/// exactly.
fn alternative(text: &str) -> Option<VersionReq> {
    let text = match text.split_once(" - ") {
        Some((from, to)) => format!(">={} <={}", from.trim(), to.trim()),
        None => text.to_owned(),
    };
    let (mut bounds, mut operator) = (Vec::new(), String::new());
    for word in text.split_whitespace() {
        let at = word.find(|c: char| !"<>=~^".contains(c)).unwrap_or(word.len());
        operator.push_str(&word[..at]);
        let numbers = word[at..].trim_start_matches('v');
        // A star or an x says no more than a number that is not there.
        let known: Vec<&str> =
            numbers.split('.').take_while(|part| !["x", "X", "*"].contains(part)).collect();
        if numbers.is_empty() {
            continue;
        }
        let sign = if operator.is_empty() { "=".to_owned() } else { std::mem::take(&mut operator) };
        operator.clear();
        if !known.is_empty() {
            bounds.push(format!("{sign}{}", known.join(".")));
        }
    }
    if bounds.is_empty() { Some(VersionReq::STAR) } else { VersionReq::parse(&bounds.join(", ")).ok() }
}

fn line_of(text: &str, position: usize) -> usize {
    1 + text.bytes().take(position).filter(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"{
  "lockfileVersion": 3,
  "packages": {
    "": {
      "devDependencies": {
        "a": "1.0.0"
      }
    },
    "node_modules/a": {
      "version": "1.0.0",
      "integrity": "sha512-a",
      "dependencies": {
        "b": "^2.0.0"
      },
      "peerDependencies": {
        "c": "*",
        "never": "^1.0.0"
      },
      "peerDependenciesMeta": {
        "never": { "optional": true }
      },
      "engines": { "node": "^18.18.0 || >=20" }
    },
    "node_modules/a/node_modules/b": {
      "version": "2.3.0",
      "integrity": "sha512-b"
    },
    "node_modules/c": {
      "version": "4.0.0",
      "integrity": "sha512-c",
      "optionalDependencies": {
        "b": "1.x"
      }
    },
    "node_modules/b": {
      "version": "1.9.0",
      "integrity": "sha512-b"
    }
  }
}"#;

    fn flaws(text: &str) -> Vec<(usize, String)> {
        let flaws = Lock::read(text).map_or_else(|flaw| vec![flaw], |lock| lock.flaws());
        flaws.into_iter().map(|flaw| (flaw.line, flaw.text)).collect()
    }

    #[test]
    fn a_complete_lock_has_no_flaw() {
        assert_eq!(flaws(LOCK), []);
    }

    #[test]
    fn what_is_needed_and_not_locked_is_named_with_its_line() {
        let told = |needed: &str| format!("{needed} and is not in the lock");
        let nested = LOCK.replace("node_modules/a/node_modules/b", "node_modules/z/node_modules/b");
        let found = flaws(&nested);
        assert!(
            found.contains(&(13, "`b` is needed as `^2.0.0`, and node_modules/b is 1.9.0".to_owned())),
            "{found:?}"
        );
        assert!(found[1].1.ends_with("z/node_modules/b is needed by nothing in the lock"), "{found:?}");
        let found = flaws(&LOCK.replace("\"node_modules/b\"", "\"node_modules/y\""));
        assert!(found.contains(&(32, told("`b` is needed as `1.x`"))), "{found:?}");
        let found = flaws(&LOCK.replace("\"node_modules/c\"", "\"node_modules/y\""));
        assert!(found.contains(&(16, told("`c` is needed as `*`"))), "{found:?}");
    }

    #[test]
    fn each_package_has_a_hash_and_names_no_host() {
        let told = "node_modules/c has no SHA-512 hash";
        assert_eq!(flaws(&LOCK.replace("sha512-c", "sha1-c")), [(28, told.to_owned())]);
        let hosted = LOCK.replace("\"version\": \"4.0.0\"", "\"version\": \"4.0.0\", \"resolved\": \"x\"");
        assert!(flaws(&hosted)[0].1.starts_with("node_modules/c names a host"));
        assert_eq!(flaws("{\"lockfileVersion\": 1}"), [(1, "is no lock of version 3".to_owned())]);
        assert_eq!(flaws("{\n?")[0].0, 2);
    }

    #[test]
    fn the_manifest_is_exact_and_the_locks() {
        let lock = Lock::read(LOCK).unwrap();
        let told =
            |text: &str| flaws_of_manifest(text, &lock).into_iter().map(|flaw| flaw.line).collect::<Vec<_>>();
        let manifest = "{\n\"devDependencies\": {\n\"a\": \"1.0.0\"\n}\n}";
        assert_eq!(told(manifest), [0; 0]);
        assert_eq!(told(&manifest.replace("1.0.0", "1.0.1")), [2]);
        assert_eq!(told(&manifest.replace("1.0.0", "^1.0.0")), [2, 3]);
    }

    #[test]
    fn ranges_are_npms() {
        for (range, version, holds) in [
            ("1.2.3", "1.2.4", false),
            ("1.2", "1.2.4", true),
            ("2", "2.9.9", true),
            ("^1.2.3", "1.9.0", true),
            ("~1.2.3", "1.3.0", false),
            ("~0.6.x", "0.6.9", true),
            (">= 2.1.2 < 3.0.0", "2.2.0", true),
            (">= 2.1.2 < 3.0.0", "3.0.0", false),
            ("6.* || 8.* || >= 10.x", "9.0.0", false),
            ("6.* || 8.* || >= 10.x", "20.1.0", true),
            ("1.0.0 - 2.0.0", "1.5.0", true),
            ("*", "0.0.1", true),
            ("", "3.0.0", true),
        ] {
            assert_eq!(satisfies(version, range), Some(holds), "{version} in {range}");
        }
        assert_eq!(satisfies("1.0.0", "github:a/b"), None);
        assert_eq!(satisfies("1.0.0", "latest"), None);
    }

    #[test]
    fn packages_that_do_not_run_on_this_node_are_named() {
        let lock = Lock::read(LOCK).unwrap();
        assert_eq!(lock.unfit_for("v20.1.0"), Vec::<String>::new());
        assert_eq!(lock.unfit_for("v18.17.0"), ["a asks for ^18.18.0 || >=20"]);
    }
}
