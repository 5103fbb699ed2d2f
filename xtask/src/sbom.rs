//! The parts that a release is made of, for those who check it: a bill of materials (CycloneDX 1.5, JSON) of
//! the packages in the Wasm, and the recipe to build the same zip again.
//!
//! Both follow from the checkout alone: no time, no serial number, sorted. Leaves out: what only tests and
//! the build need (it stands in Cargo.lock and package-lock.json), and the pages' own JavaScript, which has
//! no dependencies.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::package::hex;
use crate::run::output;
use crate::workspace::{Workspace, cargo};

/// Name of the bill of materials beside the zips.
pub(crate) const BILL: &str = "samlight.cdx.json";
/// Name of the recipe beside the zips.
pub(crate) const RECIPE: &str = "REBUILD.md";

/// The packages that the Wasm is made from.
const ROOTS: [&str; 2] = ["samlight", "samlight-www"];

/// The bill of materials of this checkout.
///
/// # Errors
/// When Cargo cannot tell the dependencies.
pub(crate) fn bill(workspace: &Workspace) -> Result<String> {
    let mut metadata = cargo();
    metadata.args(["metadata", "--format-version", "1", "--locked", "--filter-platform"]);
    metadata.arg("wasm32-unknown-unknown").current_dir(&workspace.root);
    let metadata: Value = serde_json::from_str(&output(&mut metadata)?)?;
    let lock =
        std::fs::read_to_string(workspace.root.join("Cargo.lock")).context("cannot read Cargo.lock")?;
    Ok(format!("{:#}\n", made_from(&metadata, &checksums(&lock)?, &workspace.version)?))
}

/// The checksums in Cargo.lock, by name and version.
fn checksums(lock: &str) -> Result<BTreeMap<(String, String), String>> {
    let lock: toml_edit::DocumentMut = lock.parse().context("Cargo.lock cannot be read")?;
    let packages = lock["package"].as_array_of_tables().context("Cargo.lock lists no packages")?;
    let text = |package: &toml_edit::Table, key: &str| Some(package.get(key)?.as_str()?.to_owned());
    let rows = packages.iter().filter_map(|package| {
        Some(((text(package, "name")?, text(package, "version")?), text(package, "checksum")?))
    });
    Ok(rows.collect())
}

fn made_from(
    metadata: &Value,
    checksums: &BTreeMap<(String, String), String>,
    version: &str,
) -> Result<Value> {
    let packages = metadata["packages"].as_array().context("`cargo metadata` lists no packages")?;
    let nodes = metadata["resolve"]["nodes"].as_array().context("`cargo metadata` resolves nothing")?;
    let named: BTreeMap<&str, (&str, &str, &Value)> = packages
        .iter()
        .filter_map(|it| Some((it["id"].as_str()?, (it["name"].as_str()?, it["version"].as_str()?, it))))
        .collect();
    let purl = |id: &str| named.get(id).map(|(name, version, _)| format!("pkg:cargo/{name}@{version}"));
    let mut next: Vec<&str> =
        named.iter().filter(|(_, it)| ROOTS.contains(&it.0)).map(|(id, _)| *id).collect();
    let roots: BTreeSet<String> = next.iter().filter_map(|id| purl(id)).collect();
    let (mut seen, mut dependencies) = (BTreeSet::new(), BTreeMap::new());
    while let Some(id) = next.pop() {
        if !seen.insert(id) {
            continue;
        }
        let node =
            nodes.iter().find(|node| node["id"] == id).with_context(|| format!("{id} is not resolved"))?;
        // Our own build script takes tables out of packages; they are in the Wasm.
        let is_ours = named.get(id).is_some_and(|it| ROOTS.contains(&it.0));
        let needed = node["deps"].as_array().into_iter().flatten().filter(|needed| {
            let mut kinds = needed["dep_kinds"].as_array().into_iter().flatten();
            kinds.any(|kind| kind["kind"].is_null() || is_ours && kind["kind"] == "build")
        });
        let needed: Vec<&str> = needed.filter_map(|needed| needed["pkg"].as_str()).collect();
        let on: BTreeSet<String> = needed.iter().filter_map(|id| purl(id)).collect();
        dependencies.insert(purl(id).unwrap_or_default(), on);
        next.extend(needed);
    }
    let mut components = BTreeMap::new();
    for (name, version, package) in seen.iter().filter_map(|id| named.get(id)) {
        let purl = format!("pkg:cargo/{name}@{version}");
        let mut component =
            json!({"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl});
        if let Some(licence) = package["license"].as_str() {
            component["licenses"] = json!([{"expression": licence.replace('/', " OR ")}]);
        }
        if let Some(checksum) = checksums.get(&((*name).to_owned(), (*version).to_owned())) {
            component["hashes"] = json!([{"alg": "SHA-256", "content": checksum}]);
        }
        components.insert(purl, component);
    }
    let whole = "samlight-extension";
    dependencies.insert(whole.to_owned(), roots);
    let dependencies: Vec<Value> =
        dependencies.into_iter().map(|(of, on)| json!({"ref": of, "dependsOn": on})).collect();
    Ok(json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.5.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": whole, "name": "samlight", "version": version,
            "licenses": [{"license": {"id": "MIT"}}]}},
        "components": components.into_values().collect::<Vec<_>>(),
        "dependencies": dependencies,
    }))
}

/// The recipe to build zips with these digests again.
///
/// # Errors
/// When a file that names a version cannot be read.
pub(crate) fn recipe(workspace: &Workspace, zips: &[(String, Vec<u8>)]) -> Result<String> {
    let file = |path: &str| {
        std::fs::read_to_string(workspace.root.join(path)).with_context(|| format!("cannot read {path}"))
    };
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        output(git.args(arguments).current_dir(&workspace.root)).unwrap_or_default()
    };
    let toolchain: toml_edit::DocumentMut = file("rust-toolchain.toml")?.parse()?;
    let npm: Value = serde_json::from_str(&file("package.json")?)?;
    let commit = git(&["rev-parse", "HEAD"]);
    let commit = match commit.trim() {
        "" => "not known: this is no clone".to_owned(),
        commit if git(&["status", "--porcelain"]).is_empty() => commit.to_owned(),
        commit => format!("{commit}, with changes that are not committed"),
    };
    let zips: String = zips
        .iter()
        .map(|(name, bytes)| format!("- `{name}`: SHA-256 `{}`\n", hex(&Sha256::digest(bytes))))
        .collect();
    Ok(format!(
        "# Build Samlight {version} again\n\n{zips}\nMade from:\n\n- commit: {commit}\n- Rust: {rust}\n- wasm-opt: \
         binaryen {binaryen} (npm)\n- `Cargo.lock`: SHA-256 `{cargo}`\n- `package-lock.json`: SHA-256 `{npm_lock}`\n\n\
         On Debian 12 with rustup, Node.js 20 or newer and git:\n\n1. Clone the repository and check out the \
         commit.\n2. Run `cargo xtask setup`. It installs these versions.\n3. Run `cargo xtask dist`. It writes the \
         zips, this file and `{BILL}` into `target/dist`.\n4. Compare the digests with those above. They must be the \
         same.\n",
        version = workspace.version,
        rust = toolchain["toolchain"]["channel"].as_str().unwrap_or("not named"),
        binaryen = npm["devDependencies"]["binaryen"].as_str().unwrap_or("not named"),
        cargo = hex(&Sha256::digest(file("Cargo.lock")?)),
        npm_lock = hex(&Sha256::digest(file("package-lock.json")?)),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The demands of CycloneDX 1.5 on a bill: required fields, closed lists, references that lead somewhere.
    fn problems(bill: &Value) -> Vec<String> {
        let mut problems = Vec::new();
        let mut demand = |holds: bool, what: String| {
            if !holds {
                problems.push(what)
            }
        };
        demand(bill["bomFormat"] == "CycloneDX" && bill["specVersion"] == "1.5", "format".into());
        demand(bill["version"].as_u64().is_some_and(|version| version >= 1), "version".into());
        let components = bill["components"].as_array().cloned().unwrap_or_default();
        let all: Vec<&Value> = components.iter().chain([&bill["metadata"]["component"]]).collect();
        let mut refs = BTreeSet::new();
        for component in &all {
            let name = component["name"].as_str().unwrap_or_default();
            demand(
                ["library", "application"].contains(&component["type"].as_str().unwrap_or_default()),
                format!("type of {name}"),
            );
            demand(!name.is_empty(), format!("a name of {component}"));
            demand(refs.insert(component["bom-ref"].as_str().unwrap_or_default()), format!("{name} twice"));
            for hash in component["hashes"].as_array().into_iter().flatten() {
                let content = hash["content"].as_str().unwrap_or_default();
                let is_hex = content.len() == 64 && content.bytes().all(|c| c.is_ascii_hexdigit());
                demand(hash["alg"] == "SHA-256" && is_hex, format!("hash of {name}"));
            }
        }
        let mut seen = BTreeSet::new();
        for dependency in bill["dependencies"].as_array().into_iter().flatten() {
            let of = dependency["ref"].as_str().unwrap_or_default();
            demand(seen.insert(of), format!("{of} depends twice"));
            let on = dependency["dependsOn"].as_array().into_iter().flatten();
            for to in on.filter_map(Value::as_str).chain([of]) {
                demand(refs.contains(to), format!("{to} is no component"));
            }
        }
        problems
    }

    #[test]
    fn the_bill_of_this_checkout_is_whole_and_the_same_twice() {
        let workspace = Workspace::here().unwrap();
        let text = bill(&workspace).unwrap();
        assert_eq!(text, bill(&workspace).unwrap());
        let bill: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(problems(&bill), Vec::<String>::new());
        let names: BTreeSet<&str> =
            bill["components"].as_array().unwrap().iter().filter_map(|it| it["name"].as_str()).collect();
        for inside in ["samlight", "samlight-www", "rsa", "quick-xml", "sycamore", "hmac", "crypto-bigint"] {
            assert!(names.contains(inside), "{inside}");
        }
        for outside in ["proptest", "roxmltree", "tempfile", "lexopt", "xtask", "wasm-bindgen-cli-support"] {
            assert!(!names.contains(outside), "{outside}");
        }
        // Every package from a registry has its licence and its checksum.
        for component in bill["components"].as_array().unwrap() {
            let name = component["name"].as_str().unwrap();
            assert!(component["licenses"].is_array(), "{name}");
            assert!(component["hashes"].is_array() || ROOTS.contains(&name), "{name}");
        }
        assert!(!text.contains("timestamp") && !text.contains("serialNumber"));
        assert!(!text.contains(&workspace.root.display().to_string()), "a path of this machine");
    }

    #[test]
    fn a_broken_bill_is_told() {
        assert!(problems(&json!({})).len() > 2);
        let bill = json!({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
            "metadata": {"component": {"type": "application", "name": "a", "bom-ref": "a"}},
            "components": [{"type": "library", "name": "b", "bom-ref": "b", "hashes": [{"alg": "SHA-256", "content": "x"}]}],
            "dependencies": [{"ref": "a", "dependsOn": ["c"]}]});
        assert_eq!(problems(&bill), ["hash of b", "c is no component"]);
    }

    #[test]
    fn the_recipe_names_what_the_zip_was_made_from() {
        let workspace = Workspace::here().unwrap();
        let recipe = recipe(&workspace, &[("a.zip".into(), b"x".to_vec())]).unwrap();
        assert!(recipe.contains(&format!("`a.zip`: SHA-256 `{}`", hex(&Sha256::digest(b"x")))), "{recipe}");
        for part in ["cargo xtask setup", "cargo xtask dist", "commit: ", "binaryen 1", "Rust: 1."] {
            assert!(recipe.contains(part), "{part}: {recipe}");
        }
    }
}
