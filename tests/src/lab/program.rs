//! The installed programs that the lab runs: where each is looked for, and what to say when one is missing.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

/// A program or folder of the machine.
#[derive(Debug, Clone, Copy)]
pub struct Program {
    /// Its name in `PATH`, or its absolute path.
    pub name: &'static str,
    /// The environment variable that points to another one.
    pub variable: &'static str,
    /// The Debian package that has it.
    pub package: &'static str,
}

/// Runs the identity provider.
pub const PHP: Program = Program { name: "php", variable: "SAMLIGHT_PHP", package: "php-cli" };
/// The identity provider's files.
pub const SIMPLESAMLPHP: Program = Program {
    name: "/usr/share/simplesamlphp",
    variable: "SAMLIGHT_SIMPLESAMLPHP",
    package: "simplesamlphp",
};
/// Runs GitLab's part.
pub const RUBY: Program = Program { name: "ruby", variable: "SAMLIGHT_RUBY", package: "ruby" };
/// The web server of GitLab's part; a Ruby program.
pub const PUMA: Program = Program { name: "puma", variable: "SAMLIGHT_PUMA", package: "puma" };
/// Verifies signatures by another hand.
pub const XMLSEC: Program = Program { name: "xmlsec1", variable: "SAMLIGHT_XMLSEC", package: "xmlsec1" };
/// Makes the identity provider's key and certificate.
pub const OPENSSL: Program = Program { name: "openssl", variable: "SAMLIGHT_OPENSSL", package: "openssl" };

impl Program {
    /// The path where it is: what the variable says, else where it is usually found.
    ///
    /// # Errors
    /// When it is not there; the text names the package and the variable.
    pub fn find(&self) -> Result<PathBuf> {
        let Self { name, variable, package } = self;
        if let Some(path) = std::env::var_os(variable).filter(|path| !path.is_empty()) {
            let path = PathBuf::from(path);
            if path.exists() {
                return Ok(path);
            }
            bail!("{variable} says {}, but that is not there. Correct it or unset it.", path.display());
        }
        match search(name, &std::env::var_os("PATH").unwrap_or_default()) {
            Some(path) => Ok(path),
            None => bail!(
                "{name} was not found. Install the Debian package {package} (apt-get install {package}), \
                 or set {variable} to the path of an installed one."
            ),
        }
    }
}

/// The first `name` in the folders of `path`; an absolute name is its own place.
fn search(name: &str, path: &std::ffi::OsStr) -> Option<PathBuf> {
    if Path::new(name).is_absolute() {
        return Some(PathBuf::from(name)).filter(|place| place.exists());
    }
    std::env::split_paths(path).map(|folder| folder.join(name)).find(|place| place.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_names_package_and_variable() {
        let program =
            Program { name: "samlight-no-such-program", variable: "SAMLIGHT_NONE", package: "no-package" };
        let text = program.find().unwrap_err().to_string();
        for part in ["samlight-no-such-program", "SAMLIGHT_NONE", "no-package"] {
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn path_is_searched_in_its_order() {
        let [first, second] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        std::fs::write(second.path().join("tool"), "").unwrap();
        let path = std::env::join_paths([first.path(), second.path()]).unwrap();
        assert_eq!(search("tool", &path), Some(second.path().join("tool")));
        std::fs::write(first.path().join("tool"), "").unwrap();
        assert_eq!(search("tool", &path), Some(first.path().join("tool")));
    }
}
