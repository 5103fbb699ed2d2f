//! Debian packages, installed without leaving a service behind.
//!
//! SimpleSAMLphp brings a web server that Debian would start at once and at every boot. While packages
//! are installed, `policy-rc.d` (Debian Policy's own means, see invoke-rc.d(8)) answers "forbidden" to
//! every start; afterwards, whatever became enabled in between is disabled again. An existing
//! `policy-rc.d` is left as it is, and a service that was enabled before is not touched.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run::{output, quiet_output, run, step, succeeds};

const POLICY: &str = "/usr/sbin/policy-rc.d";
const POLICY_TEXT: &str = "\
#!/bin/sh
# Made by Samlight's `cargo xtask setup` while it installs packages, so that no service starts.
# It is removed right after; if it is still here, it may be deleted.
exit 101
";

/// Installs those of `new` that are not there yet, and newer ones of `newer` if there are some. A name that
/// ends with `*` stands for the package with the highest number in its place.
///
/// # Errors
/// When this is not Debian, when there is no way to be root, or when apt-get fails.
pub(crate) fn install(new: &[&str], newer: &[&str]) -> Result<()> {
    let missing = new.iter().filter(|package| !installed(package));
    let wanted: Vec<&str> = missing.chain(newer).copied().collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let by_hand =
        |packages: &[String]| format!("apt-get install --no-install-recommends {}", packages.join(" "));
    let os_release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    if !is_debian(&os_release) {
        let by_hand = by_hand(&numbered(&wanted));
        bail!("this is not Debian, so nothing is installed here; on Debian it would be `{by_hand}`");
    }
    let Some(root) = Root::available() else {
        bail!("installing packages needs root: run `sudo {}`, then try again", by_hand(&numbered(&wanted)));
    };
    step(format!("install Debian packages: {}", wanted.join(" ")), || {
        // Old lists may do: what they name may still be there, and the list that failed may not be Debian's.
        let updating = run(&mut root.command("apt-get", &["update", "--quiet"]));
        if let Err(error) = &updating {
            println!("    {error:#}; what the lists of before name is tried");
        }
        let packages = numbered(&wanted);
        let unknown: Vec<&str> = packages.iter().map(String::as_str).filter(|name| !known(name)).collect();
        if !unknown.is_empty() {
            let lists = if updating.is_ok() { "today's" } else { "the old" };
            bail!("{lists} lists of {} have no package {}", named(&os_release), unknown.join(", "));
        }
        let enabled_before = enabled(Path::new("/etc"));
        let policy = Policy::forbid_starts(Path::new(POLICY), root)?;
        let installing = complete_what_was_interrupted(root).and_then(|()| {
            let mut apt = root.command("env", &["DEBIAN_FRONTEND=noninteractive", "apt-get", "install"]);
            // Another apt may be at work, as on a machine that has just started.
            apt.args(["--yes", "--quiet", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"]);
            run(apt.args(&packages))
        });
        // Both must be put right even if apt-get stopped half-way.
        let disabling = disable_new(&enabled_before, root);
        policy.restore()?;
        installing.with_context(|| format!("is the network there? By hand: `{}`", by_hand(&packages)))?;
        disabling
    })
}

/// Whether dpkg knows the package as installed.
fn installed(package: &str) -> bool {
    let mut query = Command::new("dpkg-query");
    query.args(["--show", "--showformat=${db:Status-Status}\n", package]);
    quiet_output(&mut query).is_some_and(|states| states.lines().any(|state| state == "installed"))
}

/// Whether apt's lists have the package.
fn known(package: &str) -> bool {
    succeeds(Command::new("apt-cache").args(["show", "--no-all-versions", package]))
}

/// The packages with a number for each star, if the lists have one.
fn numbered(packages: &[&str]) -> Vec<String> {
    let list = |prefix: &str| quiet_output(Command::new("apt-cache").args(["pkgnames", prefix]));
    let numbered = |package: &&str| {
        let prefix = package.strip_suffix('*')?;
        highest(prefix, &list(prefix)?)
    };
    packages.iter().map(|package| numbered(package).unwrap_or_else(|| (*package).to_owned())).collect()
}

/// The name that is `prefix` and the highest number.
fn highest(prefix: &str, names: &str) -> Option<String> {
    let numbers = names.lines().filter_map(|name| name.strip_prefix(prefix)?.parse::<u32>().ok());
    numbers.max().map(|number| format!("{prefix}{number}"))
}

/// dpkg installs nothing while something is half installed, as after a stop in the middle.
fn complete_what_was_interrupted(root: Root) -> Result<()> {
    let half = quiet_output(Command::new("dpkg").arg("--audit")).unwrap_or_default();
    if half.trim().is_empty() {
        return Ok(());
    }
    println!("    an installation was interrupted before; it is completed first");
    run(&mut root.command("env", &["DEBIAN_FRONTEND=noninteractive", "dpkg", "--configure", "--pending"]))
}

/// The name that the system gives itself.
fn named(os_release: &str) -> String {
    let line = os_release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    line.unwrap_or("this system").replace('"', "")
}

fn is_debian(os_release: &str) -> bool {
    os_release.lines().any(|line| line.trim().replace('"', "") == "ID=debian")
}

/// A way to run a program as root without asking anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Root {
    Already,
    Sudo,
}

impl Root {
    fn available() -> Option<Self> {
        if output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0") {
            return Some(Self::Already);
        }
        succeeds(Command::new("sudo").args(["-n", "true"])).then_some(Self::Sudo)
    }

    fn command(self, program: &str, arguments: &[&str]) -> Command {
        let mut command = match self {
            Self::Already => Command::new(program),
            Self::Sudo => {
                let mut sudo = Command::new("sudo");
                sudo.args(["-n", program]);
                sudo
            }
        };
        command.args(arguments);
        command
    }
}

/// The file that forbids packages to start services, for as long as this lives.
struct Policy {
    /// The file to remove again; none when there was one before.
    ours: Option<(PathBuf, Root)>,
}

impl Policy {
    /// Forbids starts. A file of ours that an interrupted run left behind is taken over.
    fn forbid_starts(path: &Path, root: Root) -> Result<Self> {
        let existing = std::fs::read_to_string(path);
        if path.exists() && !existing.is_ok_and(|text| text == POLICY_TEXT) {
            println!("    {} is there already and stays as it is", path.display());
            return Ok(Self { ours: None });
        }
        println!(
            "    {} is made for as long as packages are installed, so that no service starts",
            path.display()
        );
        let folder = tempfile::tempdir()?;
        let text = folder.path().join("policy");
        std::fs::write(&text, POLICY_TEXT)?;
        let (from, to) = (text.to_string_lossy().into_owned(), path.to_string_lossy().into_owned());
        run(&mut root.command("install", &["-m", "755", &from, &to]))?;
        Ok(Self { ours: Some((path.to_owned(), root)) })
    }

    /// Removes the file, if it is ours.
    fn restore(&self) -> Result<()> {
        let Some((path, root)) = &self.ours else { return Ok(()) };
        run(&mut root.command("rm", &["-f", &path.to_string_lossy()]))
    }
}

/// Something that starts at boot.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Enabled {
    /// A systemd unit, by the link that enables it.
    Unit(PathBuf),
    /// A System V script, by its name.
    Script(String),
}

impl Enabled {
    /// Disables it and stops it. The link of a unit is removed as `systemctl disable` does, which may be
    /// missing here while the links are already made.
    fn disable(&self, root: Root) -> Result<()> {
        match self {
            Self::Unit(link) => {
                let name = link.file_name().unwrap_or_default().to_string_lossy();
                println!("    {name} was enabled by a package; it is disabled again");
                run(&mut root.command("rm", &["-f", &link.to_string_lossy()]))?;
                if succeeds(Command::new("systemctl").args(["is-active", "--quiet", &name])) {
                    run(&mut root.command("systemctl", &["stop", &name]))?;
                }
            }
            Self::Script(name) => {
                println!("    {name} was enabled by a package; it is disabled again");
                run(&mut root.command("update-rc.d", &[name, "disable"]))?;
                if succeeds(&mut root.command("service", &[name, "status"])) {
                    run(&mut root.command("service", &[name, "stop"]))?;
                }
            }
        }
        Ok(())
    }
}

/// The units and scripts that start at boot.
fn enabled(etc: &Path) -> BTreeSet<Enabled> {
    let entries = |folder: PathBuf| std::fs::read_dir(folder).into_iter().flatten().flatten();
    let is_wants = |entry: &std::fs::DirEntry| entry.file_name().to_string_lossy().ends_with(".wants");
    let wants = entries(etc.join("systemd/system")).filter(is_wants);
    let links = wants.flat_map(|folder| entries(folder.path()));
    let units = links.filter(|link| !is_base(&link.file_name().to_string_lossy()));
    let units = units.map(|link| Enabled::Unit(link.path()));
    let levels = ["rc2.d", "rc3.d", "rc4.d", "rc5.d"].into_iter();
    let links = levels.flat_map(|level| entries(etc.join(level)));
    let scripts = links.filter_map(|link| script_name(&link.file_name().to_string_lossy()));
    let scripts = scripts.filter(|name| !is_base(name)).map(Enabled::Script);
    units.chain(scripts).collect()
}

/// Whether this is a part of the system itself. In a container without an init system the packages may
/// bring one, and disabling its parts would leave something that does not boot.
fn is_base(name: &str) -> bool {
    let beginnings = ["dbus", "getty@", "systemd-"];
    name.ends_with(".target") || beginnings.iter().any(|beginning| name.starts_with(beginning))
}

/// The script that a start link such as `S01apache2` is for.
fn script_name(link: &str) -> Option<String> {
    let rest = link.strip_prefix('S')?;
    Some(rest.trim_start_matches(|c: char| c.is_ascii_digit()).to_owned())
}

/// Disables and stops what became enabled since `before`.
fn disable_new(before: &BTreeSet<Enabled>, root: Root) -> Result<()> {
    let etc = Path::new("/etc");
    for new in enabled(etc).difference(before) {
        new.disable(root)?;
    }
    let left: Vec<Enabled> = enabled(etc).difference(before).cloned().collect();
    if !left.is_empty() {
        bail!("still enabled after installing: {left:?}; disable them by hand");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::write_if_changed;

    #[test]
    fn debian_is_told_from_its_relatives() {
        assert!(is_debian("NAME=\"Debian GNU/Linux\"\nID=debian\n"));
        assert!(!is_debian("ID=ubuntu\nID_LIKE=debian\n"));
        assert!(!is_debian(""));
    }

    #[test]
    fn a_policy_of_somebody_else_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy-rc.d");
        std::fs::write(&path, "#!/bin/sh\nexit 0\n").unwrap();
        Policy::forbid_starts(&path, Root::Already).unwrap().restore().unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "#!/bin/sh\nexit 0\n");
    }

    #[test]
    fn our_policy_forbids_and_goes_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy-rc.d");
        let policy = Policy::forbid_starts(&path, Root::Already).unwrap();
        assert_eq!(Command::new(&path).args(["apache2", "start"]).status().unwrap().code(), Some(101));
        policy.restore().unwrap();
        assert!(!path.exists());
        std::fs::write(&path, POLICY_TEXT).unwrap();
        Policy::forbid_starts(&path, Root::Already).unwrap().restore().unwrap();
        assert!(!path.exists(), "what an interrupted run left is removed");
    }

    #[test]
    fn what_starts_at_boot_is_read_from_both_systems() {
        let etc = tempfile::tempdir().unwrap();
        for file in [
            "systemd/system/multi-user.target.wants/a.service",
            "rc3.d/S01web",
            "rc3.d/K01gone",
            "systemd/system/b.service",
            "systemd/system/multi-user.target.wants/remote-fs.target",
            "systemd/system/getty.target.wants/getty@tty1.service",
            "rc3.d/S01dbus",
        ] {
            write_if_changed(&etc.path().join(file), b"").unwrap();
        }
        let found: Vec<Enabled> = enabled(etc.path()).into_iter().collect();
        let unit = etc.path().join("systemd/system/multi-user.target.wants/a.service");
        assert_eq!(found, [Enabled::Unit(unit), Enabled::Script("web".into())]);
    }

    #[test]
    fn a_package_is_installed_or_not() {
        if Command::new("dpkg-query").arg("--version").output().is_ok() {
            assert!(installed("dpkg"));
            assert!(installed("dpk*"));
        }
        assert!(!installed("no-such-package-here"));
        assert!(!known("no-such-package-here"));
    }

    #[test]
    fn a_star_stands_for_the_highest_number() {
        assert_eq!(highest("lld-", "lld-9\nlld-22\nlld-doc\nlld-19\n").unwrap(), "lld-22");
        assert_eq!(highest("lld-", "lld\n"), None);
        assert_eq!(numbered(&["git", "no-such-package-here-*"]), ["git", "no-such-package-here-*"]);
    }

    #[test]
    fn the_system_is_called_by_its_own_name() {
        assert_eq!(named("ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 12\"\n"), "Debian GNU/Linux 12");
    }
}
