//! Rules about lock files: each holds everything that something in it needs, so that set-up fetches what was
//! tested and nothing else, whatever is newer by then. The reading is in `locks.rs`, which set-up shares.

use super::{File, Finding, Tree};
use crate::locks::{Flaw, npm, python, rust};

const CARGO: &str = "Cargo.lock";
const NPM: &str = "package-lock.json";
const NPM_MANIFEST: &str = "package.json";
/// The fuzzer is a workspace of its own: its code is built otherwise, and nobody else needs libFuzzer.
const FUZZER: &str = "tests/fuzz";
const PYTHON: &str = crate::setup::PYTHON_LIST;
const CARGO_CONFIG: &str = ".cargo/config.toml";

/// The list of Python packages is complete by its own words.
pub(super) fn python(tree: &Tree) -> Vec<Finding> {
    let Some(file) = tree.file(PYTHON) else { return Vec::new() };
    let flaws = python::List::read(&file.text).map_or_else(|flaw| vec![flaw], |list| list.flaws());
    findings(PYTHON, flaws)
}

/// npm's lock is complete, and `package.json` names exact versions.
pub(super) fn npm(tree: &Tree) -> Vec<Finding> {
    let (Some(manifest), Some(lock)) = (tree.file(NPM_MANIFEST), tree.file(NPM)) else { return Vec::new() };
    match npm::Lock::read(&lock.text) {
        Err(flaw) => findings(NPM, vec![flaw]),
        Ok(lock) => {
            let mut found = findings(NPM_MANIFEST, npm::flaws_of_manifest(&manifest.text, &lock));
            found.extend(findings(NPM, lock.flaws()));
            found
        }
    }
}

/// Cargo's lock is complete, goes with the manifests, and `cargo xtask` takes it as it is.
pub(super) fn cargo(tree: &Tree) -> Vec<Finding> {
    let Some(lock) = tree.file(CARGO) else { return Vec::new() };
    let is_manifest = |file: &&File| file.path == "Cargo.toml" || file.path.ends_with("/Cargo.toml");
    let manifests = tree.files.iter().filter(is_manifest).filter(|file| !file.is_in(FUZZER));
    let mut manifests: Vec<(&str, &str)> =
        manifests.map(|file| (file.path.as_str(), file.text.as_str())).collect();
    // The manifest of the workspace has the shortest path.
    manifests.sort_by_key(|(path, _)| path.len());
    let flaws = rust::flaws((CARGO, &lock.text), &manifests).into_iter();
    let mut found: Vec<Finding> =
        flaws.map(|(path, flaw)| Finding::new(path, flaw.line, flaw.text)).collect();
    found.extend(fuzzer(tree, lock));
    let aliases = tree.file(CARGO_CONFIG).map_or("", |file| &file.text).lines().enumerate();
    for (index, _) in aliases.filter(|(_, line)| line.starts_with("xtask = ") && !line.contains(" --locked "))
    {
        let text = "without --locked, cargo may take other versions than Cargo.lock names";
        found.push(Finding::new(CARGO_CONFIG, index + 1, text));
    }
    found
}

/// The fuzzer's own lock is complete, goes with its manifest, and has the versions of the other one: it shall
/// fuzz what is tested.
fn fuzzer(tree: &Tree, others: &File) -> Vec<Finding> {
    let path = format!("{FUZZER}/{CARGO}");
    let Some(manifest) = tree.file(&format!("{FUZZER}/Cargo.toml")) else { return Vec::new() };
    let Some(lock) = tree.file(&path) else {
        return vec![Finding::new(&manifest.path, 1, format!("there is no {path}"))];
    };
    let flaws = rust::flaws((&path, &lock.text), &[(&manifest.path, &manifest.text)]).into_iter();
    let flaws = flaws.map(|(path, flaw)| Finding::new(path, flaw.line, flaw.text));
    let differ = rust::other_versions(&lock.text, &others.text).into_iter();
    flaws.chain(differ.map(|flaw| Finding::new(&path, flaw.line, flaw.text))).collect()
}

fn findings(path: &str, flaws: Vec<Flaw>) -> Vec<Finding> {
    flaws.into_iter().map(|flaw| Finding::new(path, flaw.line, flaw.text)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(findings: Vec<Finding>) -> Vec<String> {
        findings.iter().map(Finding::to_string).collect()
    }

    #[test]
    fn a_python_package_that_another_needs_is_listed() {
        let list = "# for python>=3.11\n# wanted a\na==1 \\\n    --hash=sha256:1\n    # needs b\n";
        let found = told(python(&Tree::of(&[(PYTHON, list)])));
        assert_eq!(found, ["tests/lab/scim/requirements.txt:5: `b` is needed and is not in the list"]);
    }

    #[test]
    fn an_npm_package_that_the_manifest_names_is_locked() {
        let manifest = "{\"dependencies\": {\"a\": \"1.0.0\"}}";
        let lock = "{\"lockfileVersion\": 3,\n\"packages\": {\"\": {}}}";
        let found = told(npm(&Tree::of(&[(NPM_MANIFEST, manifest), (NPM, lock)])));
        let rest =
            "`dependencies` is another one in package-lock.json: run `npm install --package-lock-only`";
        assert_eq!(found, [format!("package.json:1: {rest}")]);
        let lock = lock.replace("{}", &manifest.replace("1.0.0", "2.0.0"));
        let manifest = manifest.replace("1.0.0", "2.0.0");
        let found = told(npm(&Tree::of(&[(NPM_MANIFEST, &manifest), (NPM, &lock)])));
        assert_eq!(found, ["package-lock.json:2: `a` is needed as `2.0.0` and is not in the lock"]);
        assert_eq!(
            told(npm(&Tree::of(&[(NPM_MANIFEST, "{}"), (NPM, "{}")]))),
            ["package-lock.json:1: is no lock of version 3"]
        );
    }

    #[test]
    fn the_fuzzer_has_a_lock_of_its_own_with_the_versions_of_the_other() {
        let package = |name: &str, version: &str| {
            format!(
                "[[package]]\nname = \"{name}\"\nversion = \"{version}\"\nsource = \"registry+x\"\nchecksum = \"0\"\n"
            )
        };
        let manifest =
            "[package]\nname = \"f\"\nversion = \"0.0.0\"\n[workspace]\n[dependencies]\nb = \"1\"\n";
        let own = "[[package]]\nname = \"f\"\nversion = \"0.0.0\"\ndependencies = [\"b\"]\n";
        let found = |lock: Option<&str>| {
            let main = package("b", "1.0.0");
            let mut files = vec![(CARGO, main.as_str()), ("tests/fuzz/Cargo.toml", manifest)];
            files.extend(lock.map(|lock| ("tests/fuzz/Cargo.lock", lock)));
            told(cargo(&Tree::of(&files)))
        };
        assert_eq!(found(None), ["tests/fuzz/Cargo.toml:1: there is no tests/fuzz/Cargo.lock"]);
        assert_eq!(found(Some(&(package("b", "1.0.0") + own))), [""; 0]);
        let other = "tests/fuzz/Cargo.lock:1: b is 1.1.0, and the other lock has 1.0.0";
        assert_eq!(found(Some(&(package("b", "1.1.0") + own))), [other]);
        let lacks = "tests/fuzz/Cargo.toml:6: b is needed and is not in Cargo.lock";
        assert_eq!(found(Some(&own.replace("\"b\"", ""))), [lacks]);
    }

    #[test]
    fn a_rust_package_that_a_manifest_names_is_locked_and_cargo_is_held_to_it() {
        let tree = Tree::of(&[
            (
                "a/Cargo.toml",
                "[package]\nname = \"a\"\nversion.workspace = true\n[dependencies]\nb = \"1\"\n",
            ),
            ("Cargo.toml", "[workspace.package]\nversion = \"1.0.0\"\n"),
            (CARGO, "[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n"),
            (CARGO_CONFIG, "[alias]\nxtask = \"run --package xtask --\"\n"),
        ]);
        let expected = [
            "a/Cargo.toml:5: b is needed and is not in Cargo.lock",
            ".cargo/config.toml:2: without --locked, cargo may take other versions than Cargo.lock names",
        ];
        assert_eq!(told(cargo(&tree)), expected);
    }
}
