//! The table of what Samlight needs on a machine: what it is, how it is found, how it is installed, and
//! the variable that points to one in another place.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::found::{Found, Versioned, judged, program, versioned};
use super::{Scope, npm, python};
use crate::run::{quiet_output, succeeds};
use crate::toolchain::{self, Route};
use crate::workspace::{Workspace, cargo};

/// One thing that must be there.
pub(crate) struct Part {
    /// The name of the part, and its purpose.
    pub(crate) what: &'static str,
    /// The scopes that need it.
    pub(crate) scopes: &'static [Scope],
    /// Points to an installed one; looked at before anything else.
    pub(crate) variable: Option<&'static str>,
    /// Finds where it is and in which version, and whether that does.
    pub(crate) found: fn(&Workspace) -> Found,
    /// The way in which it gets onto the machine.
    pub(crate) install: Install,
}

/// The way in which a part is installed.
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
        found: |_| match Route::choose() {
            Ok(route) => versioned(Some(route.compiler().to_owned()), "--version", RUST),
            Err(_) => Found::Missing,
        },
        install: Install::WasmTarget,
    },
    Part {
        what: "rustfmt and clippy, for the checks",
        scopes: TESTING,
        variable: None,
        found: |_| {
            let there = |name: &str| succeeds(cargo().args([name, "--version"]));
            let both = there("fmt") && there("clippy");
            if both { Found::There("of this toolchain".to_owned()) } else { Found::Missing }
        },
        install: Install::RustComponents,
    },
    Part {
        what: "git, for the list of files and the second checkout",
        scopes: TESTING,
        variable: None,
        found: |_| versioned(program(None, &["git"]), "--version", ""),
        install: Install::Debian(&["git", "ca-certificates"]),
    },
    Part {
        what: "Chromium",
        scopes: BROWSING,
        variable: Some("SAMLIGHT_CHROMIUM"),
        found: |_| {
            let names = ["chromium", "chromium-browser", "google-chrome"];
            versioned(program(Some("SAMLIGHT_CHROMIUM"), &names), "--version", CHROMIUM)
        },
        install: Install::Debian(&["chromium", "ca-certificates"]),
    },
    Part {
        what: "Firefox",
        scopes: TESTING,
        variable: Some("SAMLIGHT_FIREFOX"),
        found: |_| {
            let place = program(Some("SAMLIGHT_FIREFOX"), &["firefox-esr", "firefox"]);
            versioned(place, "--version", FIREFOX)
        },
        install: Install::Debian(&["firefox-esr"]),
    },
    Part {
        what: "a font for the screenshots",
        scopes: BROWSING,
        variable: None,
        found: |_| fonts().map_or(Found::Missing, Found::There),
        install: Install::Debian(&["fonts-dejavu-core"]),
    },
    Part {
        what: "openssl, for the lab's keys",
        scopes: TESTING,
        variable: None,
        found: |_| versioned(program(None, &["openssl"]), "version", ""),
        install: Install::Debian(&["openssl"]),
    },
    Part {
        what: "xmlsec1, with which signatures are compared",
        scopes: TESTING,
        variable: Some("SAMLIGHT_XMLSEC"),
        found: |_| versioned(program(Some("SAMLIGHT_XMLSEC"), &["xmlsec1"]), "--version", ""),
        install: Install::Debian(&["xmlsec1"]),
    },
    Part {
        what: "ripgrep, with which the reading of logs is compared",
        scopes: TESTING,
        variable: None,
        found: |_| versioned(program(None, &["rg"]), "--version", ""),
        install: Install::Debian(&["ripgrep"]),
    },
    Part {
        what: "curl, with which the scripts of corrections ask GitLab",
        scopes: TESTING,
        variable: None,
        found: |_| versioned(program(None, &["curl"]), "--version", ""),
        install: Install::Debian(&["curl"]),
    },
    Part {
        what: "jq, of these scripts too, and with which the reading of logs is compared",
        scopes: TESTING,
        variable: None,
        found: |_| versioned(program(None, &["jq"]), "--version", ""),
        install: Install::Debian(&["jq"]),
    },
    Part {
        what: "Ruby with omniauth-saml, ruby-saml, sinatra and puma, for the lab's service provider",
        scopes: TESTING,
        variable: Some("SAMLIGHT_RUBY"),
        found: |_| program(Some("SAMLIGHT_RUBY"), &["ruby"]).map_or(Found::Missing, |ruby| gems(&ruby)),
        install: Install::Debian(&["ruby-omniauth-saml", "ruby-saml", "ruby-sinatra", "puma"]),
    },
    Part {
        what: "PHP with curl, dom, mbstring, openssl and session, for the lab's identity provider",
        scopes: TESTING,
        variable: Some("SAMLIGHT_PHP"),
        found: |_| {
            let php = program(Some("SAMLIGHT_PHP"), &["php"]);
            let check = "foreach (['curl', 'dom', 'mbstring', 'openssl', 'session'] as $name) \
                         if (!extension_loaded($name)) exit(1);";
            let complete = |php: &String| succeeds(Command::new(php).args(["-r", check]));
            versioned(php.filter(complete), "--version", "")
        },
        install: Install::Debian(&["php-cli", "php-xml", "php-mbstring", "php-curl"]),
    },
    Part {
        what: "SimpleSAMLphp, the lab's identity provider",
        scopes: TESTING,
        variable: Some("SAMLIGHT_SIMPLESAMLPHP"),
        found: |_| {
            let given = std::env::var_os("SAMLIGHT_SIMPLESAMLPHP").map(PathBuf::from);
            simplesamlphp(&given.unwrap_or_else(|| "/usr/share/simplesamlphp".into()))
        },
        install: Install::Debian(&["simplesamlphp"]),
    },
    Part {
        what: "Node.js with npm, for the build and test programs",
        scopes: TESTING,
        variable: None,
        found: |workspace| npm::node(&workspace.root),
        install: Install::Debian(&["nodejs", "npm"]),
    },
    Part {
        what: "the programs of package-lock.json",
        scopes: TESTING,
        variable: None,
        found: |workspace| npm::found(&workspace.root),
        install: Install::Npm,
    },
    Part {
        what: "Python with venv, for the SCIM client that tests the lab",
        scopes: TESTING,
        variable: Some(python::INTERPRETER),
        found: |workspace| python::interpreter(&workspace.root),
        install: Install::Debian(&["python3-venv"]),
    },
    Part {
        what: "the SCIM client of tests/lab/scim/requirements.txt",
        scopes: TESTING,
        variable: Some(python::INSTALLED),
        found: |workspace| python::found(&workspace.root),
        install: Install::Python,
    },
];

/// The oldest Rust that compiles the workspace.
const RUST: &str = concat!(">=", env!("CARGO_PKG_RUST_VERSION"));
/// As the manifests of the extension have it. Debian's browsers get newer by themselves, so there is no upper
/// end.
const CHROMIUM: &str = ">=116";
const FIREFOX: &str = ">=140";
/// The lab links SimpleSAMLphp's folder `www`, which version 2 has no longer.
const SIMPLESAMLPHP: &str = ">=1.19,<2";
/// The lab drives GitLab's own gems by the interfaces of these generations.
const GEMS: &[(&str, &str)] =
    &[("omniauth-saml", ">=2.1,<3"), ("ruby-saml", ">=1.13,<2"), ("sinatra", ">=3"), ("puma", ">=5")];

/// The gems of a Ruby, in the versions that it would load.
fn gems(ruby: &str) -> Found {
    let code = "puts RUBY_VERSION; ARGV.each { |name| gem name; puts Gem.loaded_specs[name].version }";
    let names = GEMS.iter().map(|(name, _)| name);
    let Some(said) = quiet_output(Command::new(ruby).args(["-e", code]).args(names)) else {
        return Found::Missing;
    };
    let wanted = std::iter::once((ruby, "")).chain(GEMS.iter().copied());
    let versions = wanted.zip(said.lines()).map(|((name, range), says)| Versioned {
        name: name.to_owned(),
        says: says.to_owned(),
        range,
    });
    judged(&versions.collect::<Vec<_>>())
}

/// SimpleSAMLphp in a folder; it says its version in its code.
fn simplesamlphp(folder: &Path) -> Found {
    if !folder.join("lib/_autoload.php").exists() {
        return Found::Missing;
    }
    let code = std::fs::read_to_string(folder.join("lib/SimpleSAML/Configuration.php")).unwrap_or_default();
    let line = code.lines().find(|line| line.contains("const VERSION")).unwrap_or_default();
    let says = line.replace(['\'', ';'], " ");
    judged(&[Versioned { name: folder.display().to_string(), says, range: SIMPLESAMLPHP }])
}

impl Part {
    /// The advice for a person when this part is not there or does not do.
    pub(crate) fn advice(&self, found: &Found) -> String {
        let command = match self.install {
            Install::Debian(packages) => format!("apt-get install {}", packages.join(" ")),
            Install::WasmTarget => format!("rustup target add {}", toolchain::TARGET),
            Install::Npm => "npm ci --ignore-scripts".to_owned(),
            Install::Python => "cargo xtask setup test".to_owned(),
            Install::RustComponents => "rustup component add rustfmt clippy".to_owned(),
        };
        let variable = self.variable.map(|name| format!(", or set {name} to an installed one"));
        let what = match found {
            Found::Unfit(why) => format!("not as needed: {} ({why})", self.what),
            Found::There(_) | Found::Missing => format!("missing: {}", self.what),
        };
        format!("{what}. Install it with `{command}`{}", variable.unwrap_or_default())
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locks::release::{Range, Release};
    use crate::package::write_if_changed;

    #[test]
    fn advice_names_the_thing_the_command_and_the_variable() {
        let part = PARTS.iter().find(|part| part.variable == Some("SAMLIGHT_CHROMIUM")).unwrap();
        let advice = part.advice(&Found::Missing);
        assert!(
            advice.starts_with("missing: Chromium. Install it with `apt-get install chromium"),
            "{advice}"
        );
        assert!(advice.ends_with("or set SAMLIGHT_CHROMIUM to an installed one"), "{advice}");
        let advice = part.advice(&Found::Unfit("it is 115.0; needed is >=116".into()));
        assert!(
            advice.starts_with("not as needed: Chromium (it is 115.0; needed is >=116). Install"),
            "{advice}"
        );
    }

    #[test]
    fn every_variable_is_explained_in_the_help() {
        for variable in PARTS.iter().filter_map(|part| part.variable) {
            assert!(super::super::HELP.contains(variable), "{variable}");
        }
    }

    #[test]
    fn the_ranges_can_be_read() {
        let gems = GEMS.iter().map(|(_, range)| *range);
        for range in [RUST, CHROMIUM, FIREFOX, SIMPLESAMLPHP].into_iter().chain(gems) {
            assert!(Range::read(range).is_ok(), "{range}");
        }
    }

    #[test]
    fn the_oldest_browsers_are_those_of_the_manifests() {
        let source = include_str!("../../../extension/manifest.json");
        let oldest = |id: &str, member: &str| {
            let browser = crate::manifest::BROWSERS.iter().find(|browser| browser.id == id).unwrap();
            let manifest: serde_json::Value =
                serde_json::from_str(&browser.manifest(source, "1").unwrap()).unwrap();
            Release::read(manifest.pointer(member).unwrap().as_str().unwrap()).unwrap()
        };
        let (chromium, firefox) = (
            oldest("chromium", "/minimum_chrome_version"),
            oldest("firefox", "/browser_specific_settings/gecko/strict_min_version"),
        );
        for (range, oldest) in [(CHROMIUM, chromium), (FIREFOX, firefox)] {
            assert!(Range::read(range).unwrap().holds(&oldest), "{oldest}");
            assert!(Range::read(&range.replace(">=", "<=")).unwrap().holds(&oldest), "{oldest}");
        }
    }

    #[test]
    fn another_generation_of_simplesamlphp_is_told() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(simplesamlphp(folder.path()), Found::Missing);
        write_if_changed(&folder.path().join("lib/_autoload.php"), b"").unwrap();
        let code = folder.path().join("lib/SimpleSAML/Configuration.php");
        for (version, does) in [("1.19.7", true), ("2.3.1", false)] {
            let text = format!("<?php\nclass A {{\n    public const VERSION = '{version}';\n}}\n");
            write_if_changed(&code, text.as_bytes()).unwrap();
            assert_eq!(simplesamlphp(folder.path()).is_there(), does, "{version}");
        }
    }
}
