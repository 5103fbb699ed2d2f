//! `Cargo.lock`, and whether the packages of the workspace go with it.
//!
//! Cargo itself asks this with `--locked`; here it is asked without a network and names the line. Left out:
//! features, which decide whether an optional dependency is locked, so an optional one may be missing.

use std::collections::BTreeMap;

use semver::{Version, VersionReq};
use toml_edit::{Document, Item, TableLike};

use super::Flaw;

/// A locked package.
struct Package<'a> {
    name: &'a str,
    version: &'a str,
    /// The source that it comes from; nothing for a package of the workspace.
    source: Option<&'a str>,
    checksum: bool,
    /// Each as `name`, or `name version` where there are several of this name.
    dependencies: Vec<&'a str>,
    line: usize,
}

/// The flaws in `Cargo.lock` and in the manifests of the workspace, each with the file's path. The first
/// manifest is that of the workspace.
pub(crate) fn flaws<'a>(lock: (&'a str, &'a str), manifests: &[(&'a str, &'a str)]) -> Vec<(&'a str, Flaw)> {
    let Some(document) = parse(lock.1) else {
        return vec![(lock.0, Flaw::new(1, "is no TOML"))];
    };
    let packages = packages(&document, lock.1);
    let mut flaws: Vec<(&str, Flaw)> =
        packages.iter().flat_map(|package| package.flaws(&packages)).map(|flaw| (lock.0, flaw)).collect();
    let documents: Vec<_> = manifests.iter().map(|(path, text)| (*path, *text, parse(text))).collect();
    let shared = documents.first().and_then(|(_, _, document)| document.as_ref());
    for (path, text, document) in &documents {
        match document {
            Some(document) => {
                let manifest = Manifest { text, document, shared };
                flaws.extend(manifest.flaws(&packages).into_iter().map(|flaw| (*path, flaw)));
            }
            None => flaws.push((path, Flaw::new(1, "is no TOML"))),
        }
    }
    flaws
}

/// The packages of one lock that another lock has in other versions only.
pub(crate) fn other_versions(lock: &str, others: &str) -> Vec<Flaw> {
    let (Some(lock_read), Some(others_read)) = (parse(lock), parse(others)) else { return Vec::new() };
    let others = packages(&others_read, others);
    let differs = |package: Package<'_>| {
        let versions: Vec<&str> =
            others.iter().filter(|other| other.name == package.name).map(|other| other.version).collect();
        let text = format!(
            "{} is {}, and the other lock has {}",
            package.name,
            package.version,
            versions.join(", ")
        );
        let is_other = !versions.is_empty() && !versions.contains(&package.version);
        is_other.then(|| Flaw::new(package.line, text))
    };
    packages(&lock_read, lock).into_iter().filter_map(differs).collect()
}

fn parse(text: &str) -> Option<Document<&str>> {
    Document::parse(text).ok()
}

fn packages<'a>(document: &'a Document<&str>, text: &str) -> Vec<Package<'a>> {
    let tables = document.get("package").and_then(Item::as_array_of_tables).into_iter().flatten();
    let text_of = |item: Option<&'a Item>| item.and_then(Item::as_str);
    let package = |table: &'a toml_edit::Table| {
        let dependencies = table.get("dependencies").and_then(Item::as_array).into_iter().flatten();
        Package {
            name: text_of(table.get("name")).unwrap_or_default(),
            version: text_of(table.get("version")).unwrap_or_default(),
            source: text_of(table.get("source")),
            checksum: table.contains_key("checksum"),
            dependencies: dependencies.filter_map(|value| value.as_str()).collect(),
            line: line_of(text, table.span()),
        }
    };
    tables.map(package).collect()
}

/// Whether a locked dependency, written `name` or `name version`, is this package.
fn is_meant(written: &str, package: &Package) -> bool {
    let mut words = written.split(' ');
    words.next() == Some(package.name) && words.next().is_none_or(|version| version == package.version)
}

impl Package<'_> {
    fn flaws(&self, all: &[Package]) -> Vec<Flaw> {
        let flaw = |text: String| Flaw::new(self.line, format!("{} {text}", self.name));
        let mut flaws = Vec::new();
        if self.source.is_some() && !self.checksum {
            flaws.push(flaw("has no checksum".to_owned()));
        }
        if self.source.is_some_and(|source| !source.starts_with("registry+")) {
            flaws.push(flaw("does not come from the registry".to_owned()));
        }
        for written in &self.dependencies {
            let there = all.iter().filter(|package| is_meant(written, package)).count();
            if there != 1 {
                flaws.push(flaw(format!("needs `{written}`, which is in the lock {there} times")));
            }
        }
        flaws
    }
}

/// A manifest of the workspace.
struct Manifest<'a> {
    text: &'a str,
    document: &'a Document<&'a str>,
    /// The manifest of the workspace.
    shared: Option<&'a Document<&'a str>>,
}

impl Manifest<'_> {
    fn flaws(&self, packages: &[Package]) -> Vec<Flaw> {
        let Some(package) = self.document.get("package") else { return Vec::new() };
        let name = package.get("name").and_then(Item::as_str).unwrap_or_default();
        let own = packages.iter().find(|package| package.name == name && package.source.is_none());
        let Some(own) = own else {
            return vec![Flaw::new(1, format!("{name} is not in Cargo.lock"))];
        };
        let version = package.get("version").and_then(Item::as_str).or_else(|| self.shared_version());
        let mut flaws = Vec::new();
        if version != Some(own.version) {
            let text =
                format!("{name} is {}, and {} in Cargo.lock", version.unwrap_or_default(), own.version);
            flaws.push(Flaw::new(1, text));
        }
        let needs = self.needs();
        for (name, needed) in &needs {
            let locked = own
                .dependencies
                .iter()
                .flat_map(|written| packages.iter().filter(|it| is_meant(written, it)));
            let locked: Vec<&Package> = locked.filter(|package| package.name == name).collect();
            let fits = |package: &&Package| {
                needed.range.as_deref().is_none_or(|range| holds(range, package.version))
            };
            if locked.is_empty() && !needed.optional {
                flaws.push(Flaw::new(needed.line, format!("{name} is needed and is not in Cargo.lock")));
            } else if !locked.is_empty() && !locked.iter().any(fits) {
                let range = needed.range.as_deref().unwrap_or_default();
                let text = format!("{name} is needed as `{range}`, and Cargo.lock has {}", locked[0].version);
                flaws.push(Flaw::new(needed.line, text));
            }
        }
        let idle = own.dependencies.iter().filter_map(|written| written.split(' ').next());
        for name in idle.filter(|name| !needs.contains_key(*name)) {
            flaws.push(Flaw::new(
                1,
                format!("{name} is in Cargo.lock for this package, which does not name it"),
            ));
        }
        flaws
    }

    fn shared_version(&self) -> Option<&str> {
        self.shared?.get("workspace")?.get("package")?.get("version")?.as_str()
    }

    /// The packages that this one names, by name.
    fn needs(&self) -> BTreeMap<String, Needed> {
        let mut needs = BTreeMap::new();
        self.needs_in(self.document.as_table(), &mut needs);
        let targets = self.document.get("target").and_then(Item::as_table_like);
        for (_, target) in targets.into_iter().flat_map(|table| table.iter()) {
            if let Some(table) = target.as_table_like() {
                self.needs_in(table, &mut needs);
            }
        }
        needs
    }

    fn needs_in(&self, table: &dyn TableLike, needs: &mut BTreeMap<String, Needed>) {
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(table) = table.get(kind).and_then(Item::as_table_like) else { continue };
            for (key, item) in table.iter() {
                let position = table.key(key).and_then(toml_edit::Key::span).or_else(|| item.span());
                let inherited = item.get("workspace").and_then(Item::as_bool).unwrap_or_default();
                let shared = || self.shared?.get("workspace")?.get("dependencies")?.get(key);
                let source = if inherited { shared() } else { Some(item) };
                let range = source.and_then(|item| item.as_str().or_else(|| item.get("version")?.as_str()));
                let real = source.and_then(|item| item.get("package")?.as_str()).unwrap_or(key);
                let needed = Needed {
                    range: range.map(str::to_owned),
                    optional: item.get("optional").and_then(Item::as_bool).unwrap_or_default(),
                    line: line_of(self.text, position),
                };
                needs.insert(real.to_owned(), needed);
            }
        }
    }
}

/// A dependency that a manifest names.
struct Needed {
    /// Nothing where only a path is named.
    range: Option<String>,
    optional: bool,
    line: usize,
}

fn holds(range: &str, version: &str) -> bool {
    let (range, version) = (VersionReq::parse(range), Version::parse(version));
    range.is_ok_and(|range| version.is_ok_and(|version| range.matches(&version)))
}

fn line_of(text: &str, span: Option<std::ops::Range<usize>>) -> usize {
    let position = span.map_or(0, |span| span.start);
    1 + text.bytes().take(position).filter(|byte| *byte == b'\n').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"
[[package]]
name = "ours"
version = "0.1.0"
dependencies = ["a", "b 1.0.0", "c"]

[[package]]
name = "a"
version = "1.2.3"
source = "registry+index"
checksum = "00"
dependencies = ["b 2.0.0"]

[[package]]
name = "b"
version = "1.0.0"
source = "registry+index"
checksum = "00"

[[package]]
name = "b"
version = "2.0.0"
source = "registry+index"
checksum = "00"

[[package]]
name = "c"
version = "0.3.0-rc.2"
source = "registry+index"
checksum = "00"
"#;
    const WORKSPACE: &str = "
[workspace.package]
version = \"0.1.0\"
[workspace.dependencies]
a = { version = \"1.2\", features = [\"x\"] }
";
    const MANIFEST: &str = "
[package]
name = \"ours\"
version.workspace = true
[dependencies.a]
workspace = true
[dependencies]
optional = { version = \"1\", optional = true }
[target.'cfg(unix)'.dependencies]
b = \"1\"
[dev-dependencies]
renamed = { package = \"c\", version = \"=0.3.0-rc.2\" }
";

    fn told(lock: &str, manifest: &str) -> Vec<String> {
        let manifests = [("Cargo.toml", WORKSPACE), ("ours/Cargo.toml", manifest)];
        let flaws = flaws(("Cargo.lock", lock), &manifests).into_iter();
        flaws.map(|(path, flaw)| format!("{path}:{}: {}", flaw.line, flaw.text)).collect()
    }

    #[test]
    fn a_lock_that_goes_with_its_manifests_has_no_flaw() {
        assert_eq!(told(LOCK, MANIFEST), [""; 0]);
    }

    #[test]
    fn what_a_locked_package_needs_is_locked_once() {
        assert_eq!(
            told(&LOCK.replace("\"b 2.0.0\"", "\"b\""), MANIFEST),
            ["Cargo.lock:7: a needs `b`, which is in the lock 2 times"]
        );
        assert_eq!(
            told(&LOCK.replace("\"b 2.0.0\"", "\"d\""), MANIFEST),
            ["Cargo.lock:7: a needs `d`, which is in the lock 0 times"]
        );
        let unhashed = LOCK.replace(
            "0-rc.2\"\nsource = \"registry+index\"\nchecksum = \"00\"",
            "0-rc.2\"\nsource = \"git+x\"",
        );
        assert_eq!(
            told(&unhashed, MANIFEST),
            ["Cargo.lock:26: c has no checksum", "Cargo.lock:26: c does not come from the registry"]
        );
    }

    #[test]
    fn what_a_manifest_needs_is_locked_in_a_version_that_fits() {
        assert_eq!(
            told(LOCK, &MANIFEST.replace("b = \"1\"", "b = \"2\"")),
            ["ours/Cargo.toml:10: b is needed as `2`, and Cargo.lock has 1.0.0"]
        );
        assert_eq!(
            told(LOCK, &format!("{MANIFEST}d = \"1\"\n")),
            ["ours/Cargo.toml:13: d is needed and is not in Cargo.lock"]
        );
        assert_eq!(
            told(LOCK, &MANIFEST.replace("b = \"1\"\n", "")),
            ["ours/Cargo.toml:1: b is in Cargo.lock for this package, which does not name it"]
        );
        assert_eq!(
            told(&LOCK.replace("\"0.1.0\"", "\"0.2.0\""), MANIFEST),
            ["ours/Cargo.toml:1: ours is 0.1.0, and 0.2.0 in Cargo.lock"]
        );
        assert_eq!(
            told(&LOCK.replace("\"ours\"", "\"else\""), MANIFEST),
            ["ours/Cargo.toml:1: ours is not in Cargo.lock"]
        );
        assert_eq!(told("?", MANIFEST), ["Cargo.lock:1: is no TOML"]);
    }

    /// A folder as Cargo's only source, with two versions of one crate, and a package that needs it.
    fn project(locked: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            crate::package::write_if_changed(&folder.path().join(path), text.as_bytes()).unwrap();
        };
        for version in ["1.0.0", "1.1.0"] {
            let crate_folder = format!("source/a-{version}");
            let manifest = format!("[package]\nname = \"a\"\nversion = \"{version}\"\n");
            write(&format!("{crate_folder}/Cargo.toml"), &manifest);
            write(&format!("{crate_folder}/src/lib.rs"), "");
            write(&format!("{crate_folder}/.cargo-checksum.json"), "{\"files\":{}}");
        }
        let source = "[source.crates-io]\nreplace-with = \"ours\"\n[source.ours]\ndirectory = \"source\"\n";
        write(".cargo/config.toml", source);
        let manifest =
            "[package]\nname = \"ours\"\nversion = \"1.0.0\"\n[dependencies]\na = \"1\"\n[workspace]\n";
        write("Cargo.toml", manifest);
        write("src/lib.rs", "");
        write("Cargo.lock", locked);
        folder
    }

    /// The version that cargo takes for `a` with the word that `cargo xtask` has in its alias.
    fn taken(project: &tempfile::TempDir) -> Option<String> {
        let mut cargo = crate::workspace::cargo();
        cargo.args(["metadata", "--locked", "--format-version", "1"]).current_dir(project.path());
        let said: serde_json::Value = serde_json::from_str(&crate::run::quiet_output(&mut cargo)?).unwrap();
        let packages = said["packages"].as_array().unwrap();
        let found = packages.iter().find(|package| package["name"] == "a").unwrap();
        Some(found["version"].as_str().unwrap().to_owned())
    }

    #[test]
    fn a_source_with_newer_versions_changes_nothing() {
        let ours = "version = 4\n[[package]]\nname = \"ours\"\nversion = \"1.0.0\"\n";
        // The registry, as Cargo names it in our own lock.
        let registry = include_str!("../../../Cargo.lock").lines().find(|line| line.starts_with("source = "));
        let a = format!("[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n{}\n", registry.unwrap());
        let whole = project(&format!("{ours}dependencies = [\"a\"]\n{a}"));
        assert_eq!(taken(&whole).unwrap(), "1.0.0");
        // A lock without it is refused, not completed with the newest; without the word it would be.
        let short = project(ours);
        assert_eq!(taken(&short), None);
        let mut free = crate::workspace::cargo();
        free.args(["generate-lockfile", "--offline", "--quiet"]).current_dir(short.path());
        assert!(crate::run::succeeds(&mut free));
        assert_eq!(taken(&short).unwrap(), "1.1.0");
    }
}
