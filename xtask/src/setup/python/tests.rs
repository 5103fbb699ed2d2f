//! Proof with an index of our own, in files: it offers newer versions than the locked ones of everything, and
//! what set-up's own function installs is what the list names.

use std::fs;

use sha2::{Digest, Sha256};

use super::*;
use crate::package::Package;

/// Packages as an index has them: name, version, what it needs.
const OFFERED: &[(&str, &str, &[&str])] = &[
    ("first", "1.0", &["second[more]>=1.0", "old; python_version < '3.8'"]),
    ("first", "2.0", &["second[more]>=2.0"]),
    ("second", "1.0", &["third>=1.0; extra == 'more'"]),
    ("second", "2.0", &["third>=2.0; extra == 'more'"]),
    ("third", "1.0", &[]),
    ("third", "2.0", &[]),
];

const LIST: &str = "\
# for python>=3.9,<4
# wanted first
first==1.0 \\
    --hash=sha256:{first}
    # needs second[more]>=1.0
second==1.0 \\
    --hash=sha256:{second}
    # needs third>=1.0; extra == 'more'
third==1.0 \\
    --hash=sha256:{third}
";

/// An index in a folder, with the list of its old versions.
struct Index {
    folder: tempfile::TempDir,
}

impl Index {
    fn new() -> Self {
        let index = Self { folder: tempfile::tempdir().unwrap() };
        let mut list = LIST.to_owned();
        for (name, version, needs) in OFFERED {
            let wheel = wheel(name, version, needs);
            let folder = index.path("simple").join(name);
            fs::create_dir_all(&folder).unwrap();
            let file = format!("{name}-{version}-py3-none-any.whl");
            let page = fs::read_to_string(folder.join("index.html")).unwrap_or_default();
            fs::write(folder.join("index.html"), format!("{page}<a href=\"{file}\">{file}</a>\n")).unwrap();
            fs::write(folder.join(file), &wheel).unwrap();
            if *version == "1.0" {
                let hash: String = Sha256::digest(&wheel).iter().map(|byte| format!("{byte:02x}")).collect();
                list = list.replace(&format!("{{{name}}}"), &hash);
            }
        }
        fs::write(index.path("list.txt"), list).unwrap();
        index
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Makes pip ask this index and no other, whatever this machine's settings are.
    fn settings(&self) -> Vec<(&'static str, String)> {
        let index = format!("file://{}", self.path("simple").display());
        vec![
            ("PIP_INDEX_URL", index),
            ("PIP_EXTRA_INDEX_URL", String::new()),
            ("PIP_NO_CACHE_DIR", "1".into()),
        ]
    }

    fn change(&self, from: &str, to: &str) {
        let list = fs::read_to_string(self.path("list.txt")).unwrap();
        assert!(list.contains(from));
        fs::write(self.path("list.txt"), list.replace(from, to)).unwrap();
    }

    fn fill(&self) -> Result<()> {
        fill(&self.path("python"), &self.path("list.txt"), &self.settings())
    }

    fn version(&self, name: &str) -> Option<String> {
        let metadata = metadata(&self.path("python/bin/python")).unwrap().remove(name)?;
        metadata.lines().find_map(|line| line.strip_prefix("Version: ").map(str::to_owned))
    }
}

/// A wheel is a zip with metadata.
fn wheel(name: &str, version: &str, needs: &[&str]) -> Vec<u8> {
    let needs: String = needs.iter().map(|need| format!("Requires-Dist: {need}\n")).collect();
    let metadata = format!(
        "Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nProvides-Extra: more\n{needs}\n\
         Requires-Dist: this-is-prose\n"
    );
    let about = format!("{name}-{version}.dist-info");
    let tags = "Wheel-Version: 1.0\nGenerator: us\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
    let record = format!("{name}.py,,\n{about}/METADATA,,\n{about}/WHEEL,,\n{about}/RECORD,,\n");
    let mut package = Package::default();
    package.add(format!("{name}.py"), "").unwrap();
    package.add(format!("{about}/METADATA"), metadata).unwrap();
    package.add(format!("{about}/WHEEL"), tags).unwrap();
    package.add(format!("{about}/RECORD"), record).unwrap();
    crate::zip::pack(&package).unwrap()
}

#[test]
fn an_index_with_newer_versions_changes_nothing() {
    let index = Index::new();
    index.fill().unwrap();
    for name in ["first", "second", "third"] {
        assert_eq!(index.version(name).unwrap(), "1.0", "{name}");
    }
    assert!(index.path("python/requirements.txt").is_file(), "noted as filled to the end");
    // Without the list, this very index leads to the newer ones.
    let mut pip = Command::new(index.path("python/bin/python"));
    pip.args(["-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--upgrade", "first"]);
    run(pip.envs(index.settings())).unwrap();
    assert_eq!(index.version("third").unwrap(), "2.0");
    let error = verify(&index.path("python/bin/python"), &index.path("list.txt")).unwrap_err();
    assert!(
        format!("{error:#}").contains("list.txt:3: first 1.0 should be installed; there is 2.0"),
        "{error:#}"
    );
}

#[test]
fn a_list_that_is_not_complete_is_refused_before_anything_is_fetched() {
    let index = Index::new();
    let list = fs::read_to_string(index.path("list.txt")).unwrap();
    fs::write(index.path("list.txt"), list.split_at(list.find("third==").unwrap()).0).unwrap();
    let error = format!("{:#}", index.fill().unwrap_err());
    assert!(
        error.ends_with("list.txt:8: `third>=1.0; extra == 'more'` is needed and is not in the list"),
        "{error}"
    );
    assert!(!index.path("python").exists());
}

#[test]
fn a_list_that_hides_a_need_is_refused_after_fetching() {
    let index = Index::new();
    // By its own words this list is complete.
    index.change("second[more]>=1.0", "second>=1.0");
    let list = fs::read_to_string(index.path("list.txt")).unwrap();
    let (short, _) = list.split_at(list.find("    # needs third").unwrap());
    fs::write(index.path("list.txt"), short).unwrap();
    let error = format!("{:#}", index.fill().unwrap_err());
    assert!(
        error.contains("list.txt:3: first needs `second[more]>=1.0`, and the list does not say so"),
        "{error}"
    );
    assert!(error.contains("cargo xtask setup --record"), "{error}");
    assert!(!index.path("python/requirements.txt").exists(), "not noted as filled");
}

#[test]
fn a_version_that_the_index_has_no_longer_is_named_with_what_to_do() {
    let index = Index::new();
    fs::remove_file(index.path("simple/third/third-1.0-py3-none-any.whl")).unwrap();
    fs::write(index.path("simple/third/index.html"), "<a href=\"third-2.0-py3-none-any.whl\">third</a>")
        .unwrap();
    let error = format!("{:#}", index.fill().unwrap_err());
    assert!(error.contains("If the index no longer has a version"), "{error}");
    assert_eq!(index.version("third"), None, "the newer one is not taken instead");
}
