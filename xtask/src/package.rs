//! The files of one unpacked extension, held in memory until they are complete.
//!
//! Paths are sorted and use `/`, so the folder and the zip have the same order on every machine. Writing
//! touches only files that changed and removes files that no longer belong, so that a browser that
//! watches the folder sees the least.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// Files by their path inside the extension.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Package {
    files: BTreeMap<String, Vec<u8>>,
}

impl Package {
    /// Adds one file.
    ///
    /// # Errors
    /// When the path is taken: two sources for one file would hide one of them.
    pub(crate) fn add(&mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Result<()> {
        let path = path.into();
        if self.files.contains_key(&path) {
            bail!("two sources give the file {path} of the extension");
        }
        self.files.insert(path, bytes.into());
        Ok(())
    }

    /// Adds the files below `folder` with one of the `extensions`, under `prefix` (empty, or ending in `/`).
    ///
    /// # Errors
    /// When a file cannot be read, has a name that is not UTF-8, or is already there.
    pub(crate) fn add_folder(&mut self, folder: &Path, prefix: &str, extensions: &[&str]) -> Result<()> {
        for path in files_below(folder)? {
            let extension = path.extension().and_then(|extension| extension.to_str());
            if extension.is_some_and(|extension| extensions.contains(&extension)) {
                let bytes =
                    std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
                self.add(format!("{prefix}{}", slashed(path.strip_prefix(folder)?)?), bytes)?;
            }
        }
        Ok(())
    }

    /// Writes the style sheets that the one at `path` imports into it, line by line: a page that asks for one
    /// file paints earlier than one that asks for a file after the other.
    ///
    /// # Errors
    /// When a style sheet is not there, or is no text.
    pub(crate) fn join_style_sheets(&mut self, path: &str) -> Result<()> {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let sheet = self.take_text(path)?;
        let mut joined = String::new();
        for line in sheet.lines() {
            let imported = line.strip_prefix("@import url(\"").and_then(|rest| rest.strip_suffix("\");"));
            let text = match imported {
                Some(imported) => self.take_text(&format!("{folder}/{imported}"))?,
                None => format!("{line}\n"),
            };
            joined.push_str(&text);
        }
        self.add(path, joined)
    }

    fn take_text(&mut self, path: &str) -> Result<String> {
        let bytes = self.files.remove(path).with_context(|| format!("there is no {path}"))?;
        String::from_utf8(bytes).with_context(|| format!("{path} is no text"))
    }

    /// Whether there is a file with this path.
    pub(crate) fn contains(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// The contents of the file with this path.
    pub(crate) fn file(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(Vec::as_slice)
    }

    /// The files, sorted by path.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// Makes `folder` hold exactly these files.
    ///
    /// # Errors
    /// When the folder cannot be read or written.
    pub(crate) fn write(&self, folder: &Path) -> Result<()> {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        for path in files_below(folder)? {
            if !self.files.contains_key(&slashed(path.strip_prefix(folder)?)?) {
                std::fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
            }
        }
        for (name, bytes) in &self.files {
            write_if_changed(&folder.join(name), bytes)?;
        }
        Ok(())
    }
}

/// Writes a file, with the folders above it, unless it already holds these bytes.
///
/// # Errors
/// When the folder or the file cannot be written.
pub(crate) fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<()> {
    if std::fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    let folder = path.parent().with_context(|| format!("{} has no folder", path.display()))?;
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    std::fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// All files below a folder, at any depth, sorted; none when there is no such folder.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop().filter(|folder| folder.is_dir()) {
        for entry in
            std::fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))?
        {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}

/// A relative path with `/` between its parts.
fn slashed(path: &Path) -> Result<String> {
    let parts = path.iter().map(|part| part.to_str());
    let parts: Option<Vec<&str>> = parts.collect();
    Ok(parts.with_context(|| format!("the path {} is not UTF-8", path.display()))?.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_one_source() {
        let mut package = Package::default();
        package.add("a.js", "1").unwrap();
        assert!(package.add("a.js", "2").unwrap_err().to_string().contains("a.js"));
    }

    #[test]
    fn style_sheets_become_the_one_that_imports_them() {
        let mut package = Package::default();
        package
            .add("p/style.css", "/* all */\n@import url(\"css/b.css\");\n@import url(\"css/a.css\");\n")
            .unwrap();
        package.add("p/css/a.css", "a {}\n").unwrap();
        assert!(package.clone().join_style_sheets("p/style.css").is_err(), "one is missing");
        package.add("p/css/b.css", "b {}\n").unwrap();
        package.join_style_sheets("p/style.css").unwrap();
        assert_eq!(package.files().collect::<Vec<_>>(), [("p/style.css", &b"/* all */\nb {}\na {}\n"[..])]);
    }

    #[test]
    fn the_folder_holds_exactly_the_files() {
        let folder = tempfile::tempdir().unwrap();
        let old = folder.path().join("old/gone.js");
        write_if_changed(&old, b"x").unwrap();
        let mut package = Package::default();
        package.add("deep/er/a.js", "1").unwrap();
        package.write(folder.path()).unwrap();
        assert!(!old.exists());
        assert_eq!(std::fs::read(folder.path().join("deep/er/a.js")).unwrap(), b"1");
    }

    #[test]
    fn an_unchanged_file_is_not_written_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        write_if_changed(&path, b"same").unwrap();
        let before = std::time::SystemTime::UNIX_EPOCH;
        std::fs::File::options().write(true).open(&path).unwrap().set_modified(before).unwrap();
        write_if_changed(&path, b"same").unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().modified().unwrap(), before);
        write_if_changed(&path, b"other").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"other");
    }

    #[test]
    fn only_the_asked_kinds_of_files_are_taken_from_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        write_if_changed(&folder.path().join("sub/a.js"), b"1").unwrap();
        write_if_changed(&folder.path().join("sub/a.rs"), b"2").unwrap();
        let mut package = Package::default();
        package.add_folder(folder.path(), "panel/", &["js"]).unwrap();
        assert_eq!(package.files().map(|(path, _)| path).collect::<Vec<_>>(), ["panel/sub/a.js"]);
    }

    /// Of npm's packages there are those that build and test alone.
    #[test]
    fn no_javascript_of_others_is_needed() {
        let needed: serde_json::Value = serde_json::from_str(include_str!("../../package.json")).unwrap();
        for kind in ["dependencies", "optionalDependencies", "peerDependencies", "bundleDependencies"] {
            assert!(needed.get(kind).is_none(), "{kind}");
        }
    }
}
