//! The table of what Samlight needs on a machine: what it is, how it is found, how it is installed, and
//! the variable that points to one in another place.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::Scope;
use crate::run::succeeds;
use crate::toolchain::{self, Route};
use crate::workspace::{Workspace, cargo};

/// One thing that must be there.
pub(crate) struct Part {
    /// What it is, and what for.
    pub(crate) what: &'static str,
    /// What needs it.
    pub(crate) scopes: &'static [Scope],
    /// Points to an installed one; looked at before anything else.
    pub(crate) variable: Option<&'static str>,
    /// Where it is, or nothing.
    pub(crate) found: fn(&Workspace) -> Option<String>,
    /// How it gets onto the machine.
    pub(crate) install: Install,
}

/// How a part is installed.
pub(crate) enum Install {
    /// By these Debian packages.
    Debian(&'static [&'static str]),
    /// By rustup, else by Debian's compiler.
    WasmTarget,
    /// By `npm ci`.
    Npm,
    /// By `pip` from PyPI, into a folder of the workspace.
    Python,
    /// By `rustup component add`.
    RustComponents,
}

const ALL: &[Scope] = &[Scope::Build, Scope::Demo, Scope::Test];
const BROWSING: &[Scope] = &[Scope::Demo, Scope::Test];
const TESTING: &[Scope] = &[Scope::Test];

/// Everything, in the order in which it is looked for.
pub(crate) const PARTS: &[Part] = &[
    Part {
        what: "a compiler for Wasm",
        scopes: ALL,
        variable: None,
        found: |_| Route::choose().ok().map(|route| format!("{route:?} route")),
        install: Install::WasmTarget,
    },
    Part {
        what: "rustfmt and clippy, for the checks",
        scopes: TESTING,
        variable: None,
        found: |_| {
            let there = |name: &str| succeeds(cargo().args([name, "--version"]));
            (there("fmt") && there("clippy")).then(|| "of this toolchain".to_owned())
        },
        install: Install::RustComponents,
    },
    Part {
        what: "git, for the list of files and the second checkout",
        scopes: TESTING,
        variable: None,
        found: |_| program(None, &["git"]),
        install: Install::Debian(&["git", "ca-certificates"]),
    },
    Part {
        what: "Chromium",
        scopes: BROWSING,
        variable: Some("SAMLIGHT_CHROMIUM"),
        found: |_| program(Some("SAMLIGHT_CHROMIUM"), &["chromium", "chromium-browser", "google-chrome"]),
        install: Install::Debian(&["chromium", "ca-certificates"]),
    },
    Part {
        what: "Firefox",
        scopes: TESTING,
        variable: Some("SAMLIGHT_FIREFOX"),
        found: |_| program(Some("SAMLIGHT_FIREFOX"), &["firefox-esr", "firefox"]),
        install: Install::Debian(&["firefox-esr"]),
    },
    Part {
        what: "a font for the screenshots",
        scopes: BROWSING,
        variable: None,
        found: |_| fonts(),
        install: Install::Debian(&["fonts-dejavu-core"]),
    },
    Part {
        what: "openssl, for the lab's keys",
        scopes: TESTING,
        variable: None,
        found: |_| program(None, &["openssl"]),
        install: Install::Debian(&["openssl"]),
    },
    Part {
        what: "Ruby with omniauth-saml, ruby-saml, sinatra and puma, for the lab's service provider",
        scopes: TESTING,
        variable: Some("SAMLIGHT_RUBY"),
        found: |_| {
            let ruby = program(Some("SAMLIGHT_RUBY"), &["ruby"])?;
            let gems = "%w[omniauth-saml ruby-saml sinatra puma].each { |name| gem name }";
            succeeds(Command::new(&ruby).args(["-e", gems])).then_some(ruby)
        },
        install: Install::Debian(&["ruby-omniauth-saml", "ruby-saml", "ruby-sinatra", "puma"]),
    },
    Part {
        what: "PHP with curl, dom, mbstring, openssl and session, for the lab's identity provider",
        scopes: TESTING,
        variable: Some("SAMLIGHT_PHP"),
        found: |_| {
            let php = program(Some("SAMLIGHT_PHP"), &["php"])?;
            let check = "foreach (['curl', 'dom', 'mbstring', 'openssl', 'session'] as $name) \
                         if (!extension_loaded($name)) exit(1);";
            succeeds(Command::new(&php).args(["-r", check])).then_some(php)
        },
        install: Install::Debian(&["php-cli", "php-xml", "php-mbstring", "php-curl"]),
    },
    Part {
        what: "SimpleSAMLphp, the lab's identity provider",
        scopes: TESTING,
        variable: Some("SAMLIGHT_SIMPLESAMLPHP"),
        found: |_| {
            let given = std::env::var_os("SAMLIGHT_SIMPLESAMLPHP").map(PathBuf::from);
            let folder = given.unwrap_or_else(|| "/usr/share/simplesamlphp".into());
            folder.join("lib/_autoload.php").exists().then(|| folder.display().to_string())
        },
        install: Install::Debian(&["simplesamlphp"]),
    },
    Part {
        what: "Node.js with npm, for the build and test programs",
        scopes: TESTING,
        variable: None,
        found: |_| program(None, &["node"]).and(program(None, &["npm"])),
        install: Install::Debian(&["nodejs", "npm"]),
    },
    Part {
        what: "the programs of package-lock.json",
        scopes: TESTING,
        variable: None,
        found: |workspace| npm_programs(&workspace.root).then(|| "node_modules".to_owned()),
        install: Install::Npm,
    },
    Part {
        what: "Python with venv, for the SCIM client that tests the lab",
        scopes: TESTING,
        variable: None,
        found: |_| {
            let venv = succeeds(Command::new("python3").args(["-c", "import ensurepip, venv"]));
            program(None, &["python3"]).filter(|_| venv)
        },
        install: Install::Debian(&["python3-venv"]),
    },
    Part {
        what: "the SCIM client of tests/lab/scim/requirements.txt",
        scopes: TESTING,
        variable: None,
        found: |workspace| python_packages(&workspace.root).then(|| PYTHON.to_owned()),
        install: Install::Python,
    },
];

/// The folder of the Python packages.
pub(crate) const PYTHON: &str = "target/python";
/// What is in that folder, with versions and hashes.
pub(crate) const REQUIREMENTS: &str = "tests/lab/scim/requirements.txt";

/// Whether that folder was filled by this list: a copy of the list is put there last.
fn python_packages(root: &Path) -> bool {
    let read = |path: PathBuf| std::fs::read(path).ok();
    let filled = read(root.join(PYTHON).join("requirements.txt"));
    filled.is_some() && filled == read(root.join(REQUIREMENTS))
}

impl Part {
    /// What a person can do when this part is missing.
    pub(crate) fn advice(&self) -> String {
        let command = match self.install {
            Install::Debian(packages) => format!("apt-get install {}", packages.join(" ")),
            Install::WasmTarget => format!("rustup target add {}", toolchain::TARGET),
            Install::Npm => "npm ci --ignore-scripts".to_owned(),
            Install::Python => "cargo xtask setup test".to_owned(),
            Install::RustComponents => "rustup component add rustfmt clippy".to_owned(),
        };
        let variable = self.variable.map(|name| format!(", or set {name} to an installed one"));
        format!("missing: {}. Install it with `{command}`{}", self.what, variable.unwrap_or_default())
    }
}

/// The program that a variable names, else the first of `names` on the search path.
fn program(variable: Option<&str>, names: &[&str]) -> Option<String> {
    if let Some(given) = variable.and_then(std::env::var_os) {
        return resolve(Path::new(&given));
    }
    names.iter().find_map(|name| resolve(Path::new(name)))
}

/// A program as the shell would find it: a path with a folder as it is, a bare name on the search path.
fn resolve(program: &Path) -> Option<String> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let bare = program.components().count() == 1;
    let mut candidates = std::env::split_paths(&folders).map(|folder| folder.join(program));
    let found = if bare { candidates.find(|path| path.is_file()) } else { Some(program.to_owned()) };
    found.filter(|path| path.is_file()).map(|path| path.display().to_string())
}

/// A folder with fonts; other systems than Linux always have some.
fn fonts() -> Option<String> {
    if !cfg!(target_os = "linux") {
        return Some("of the system".to_owned());
    }
    let folders = ["/usr/share/fonts/truetype", "/usr/share/fonts/opentype", "/usr/local/share/fonts"];
    let filled = |folder: &&&str| std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    folders.iter().find(filled).map(|folder| (*folder).to_owned())
}

/// Whether `node_modules` holds the versions of the lock file. npm writes what it installed into a lock
/// file of its own; programs for other systems are in ours alone, and are marked optional.
fn npm_programs(root: &Path) -> bool {
    let read = |path: &str| -> Option<Value> {
        serde_json::from_str(&std::fs::read_to_string(root.join(path)).ok()?).ok()
    };
    let (Some(wanted), Some(installed)) =
        (read("package-lock.json"), read("node_modules/.package-lock.json"))
    else {
        return false;
    };
    let wanted = wanted["packages"].as_object().into_iter().flatten();
    wanted.filter(|(path, _)| !path.is_empty()).all(|(path, package)| {
        let there = &installed["packages"][path];
        if there.is_null() { package["optional"] == true } else { there["version"] == package["version"] }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::write_if_changed;

    #[test]
    fn advice_names_the_thing_the_command_and_the_variable() {
        let part = PARTS.iter().find(|part| part.variable == Some("SAMLIGHT_CHROMIUM")).unwrap();
        let advice = part.advice();
        assert!(
            advice.starts_with("missing: Chromium. Install it with `apt-get install chromium"),
            "{advice}"
        );
        assert!(advice.ends_with("or set SAMLIGHT_CHROMIUM to an installed one"), "{advice}");
    }

    #[test]
    fn every_variable_is_explained_in_the_help() {
        for variable in PARTS.iter().filter_map(|part| part.variable) {
            assert!(super::super::HELP.contains(variable), "{variable}");
        }
    }

    #[test]
    fn a_bare_name_is_looked_for_and_a_path_is_taken_as_it_is() {
        assert!(resolve(Path::new("sh")).is_some_and(|path| path.ends_with("/sh")));
        assert_eq!(resolve(Path::new("no-such-program-here")), None);
        assert_eq!(resolve(Path::new("/no/such/program")), None);
    }

    #[test]
    fn npm_programs_must_have_the_locked_versions() {
        let folder = tempfile::tempdir().unwrap();
        let write =
            |path: &str, text: &str| write_if_changed(&folder.path().join(path), text.as_bytes()).unwrap();
        let installed = |version: &str| {
            let text = format!(r#"{{"packages": {{"node_modules/a": {{"version": "{version}"}}}}}}"#);
            write("node_modules/.package-lock.json", &text);
        };
        write(
            "package-lock.json",
            r#"{"packages": {"": {}, "node_modules/a": {"version": "1.0.0"},
                "node_modules/b": {"version": "2.0.0", "optional": true}}}"#,
        );
        assert!(!npm_programs(folder.path()), "nothing is installed");
        installed("0.9.0");
        assert!(!npm_programs(folder.path()), "an old version is installed");
        installed("1.0.0");
        assert!(npm_programs(folder.path()), "the optional one may be missing");
    }
}
