//! The list of Python packages: what is wanted, each package by version and hash, and what each one needs.
//!
//! pip reads the list as it reads every list of requirements; what pip does not know stands in comments:
//!
//! ```text
//! # for python>=3.11,<3.16
//! # wanted scim2-client[httpx2]
//! scim2-client==0.13.2 \
//!     --hash=sha256:…
//!     # needs scim2-models>=0.10.1
//! ```
//!
//! A `needs` is a `Requires-Dist` of the package's own metadata, word for word, if it may count on one of
//! these machines with the extras that something in the list asks for. So the list alone shows whether it is
//! complete, and what is installed shows whether the list tells the truth ([`List::untrue`]).

use std::collections::{BTreeMap, BTreeSet};

use super::Flaw;
use super::release::{Range, Release};
use super::requirement::{Machines, Requirement, normal};

/// The list, read.
#[derive(Debug, Default)]
pub(crate) struct List {
    pub(crate) machines: Machines,
    wanted: Vec<Need>,
    pub(crate) packages: Vec<Package>,
}

/// A package of the list.
#[derive(Debug)]
pub(crate) struct Package {
    line: usize,
    /// In the form in which names are compared.
    pub(crate) name: String,
    pub(crate) version: String,
    hashes: usize,
    needs: Vec<Need>,
}

/// A requirement, with its words and the line where they stand.
#[derive(Debug, Clone)]
struct Need {
    line: usize,
    words: String,
    requirement: Requirement,
}

impl Need {
    fn read(line: usize, words: &str) -> Result<Self, Flaw> {
        let requirement = Requirement::read(words).map_err(|error| Flaw::new(line, format!("{error:#}")))?;
        Ok(Self { line, words: words.to_owned(), requirement })
    }
}

/// The packages that are asked for: each name with the extras.
type Asked = BTreeMap<String, BTreeSet<String>>;

/// The words before a requirement, below the package that has it.
const NEEDS: &str = "    # needs ";

impl List {
    /// Reads the list.
    ///
    /// # Errors
    /// The first line that is not understood.
    pub(crate) fn read(text: &str) -> Result<Self, Flaw> {
        let mut list = Self::default();
        for (index, written) in text.lines().enumerate() {
            list.take(index + 1, written)?;
        }
        Ok(list)
    }

    fn take(&mut self, line: usize, written: &str) -> Result<(), Flaw> {
        let flaw = |error: anyhow::Error| Flaw::new(line, format!("{error:#}"));
        if let Some(range) = written.strip_prefix("# for python") {
            self.machines.pythons = Range::read(range).map_err(flaw)?;
        } else if let Some(words) = written.strip_prefix("# wanted ") {
            self.wanted.push(Need::read(line, words)?);
        } else if written.starts_with(char::is_whitespace) {
            self.take_part(line, written)?;
        } else if !written.is_empty() && !written.starts_with('#') {
            let pinned = written.trim_end_matches([' ', '\\']).split_once("==");
            let (name, version) = pinned.ok_or_else(|| not_understood(line, written))?;
            Release::read(version).map_err(flaw)?;
            let (name, version) = (normal(name), version.to_owned());
            self.packages.push(Package { line, name, version, hashes: 0, needs: Vec::new() });
        }
        Ok(())
    }

    /// A line that belongs to the package above. Remarks of other tools are left alone.
    fn take_part(&mut self, line: usize, written: &str) -> Result<(), Flaw> {
        let package = self.packages.last_mut().ok_or_else(|| not_understood(line, written))?;
        if let Some(words) = written.strip_prefix(NEEDS) {
            package.needs.push(Need::read(line, words)?);
        } else if written.trim_start().starts_with("--hash=sha256:") {
            package.hashes += 1;
        } else if !written.trim_start().starts_with('#') {
            return Err(not_understood(line, written));
        }
        Ok(())
    }

    fn package(&self, name: &str) -> Option<&Package> {
        self.packages.iter().find(|package| package.name == name)
    }

    /// The packages that are asked for, directly or by what is needed for it.
    fn asked(&self, needs_of: impl Fn(&str) -> Vec<Requirement>) -> Asked {
        let mut asked = Asked::new();
        let mut left: Vec<Requirement> = self.wanted.iter().map(|need| need.requirement.clone()).collect();
        while let Some(next) = left.pop() {
            let new = !asked.contains_key(&next.name);
            let extras = asked.entry(next.name.clone()).or_default();
            let before = extras.len();
            extras.extend(next.extras);
            if new || extras.len() > before {
                let needs = needs_of(&next.name).into_iter();
                left.extend(needs.filter(|need| need.may_apply(&self.machines, extras)));
            }
        }
        asked
    }

    /// The flaws of the list by its own words: something that is needed is missing or in a version that does
    /// not fit, something that is there is not needed, a hash is missing.
    pub(crate) fn flaws(&self) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        if self.wanted.is_empty() || self.machines == Machines::default() {
            flaws.push(Flaw::new(1, "says not both `# for python…` and `# wanted …`"));
        }
        let recorded = |name: &str| {
            let needs = self.package(name).into_iter().flat_map(|package| &package.needs);
            needs.map(|need| need.requirement.clone()).collect()
        };
        let asked = self.asked(recorded);
        let needs = self.packages.iter().flat_map(|package| &package.needs);
        flaws.extend(self.wanted.iter().chain(needs).filter_map(|need| self.unmet(need)));
        for (index, package) in self.packages.iter().enumerate() {
            let mut flaw = |line, text| flaws.push(Flaw::new(line, format!("{} {text}", package.name)));
            if package.hashes == 0 {
                flaw(package.line, "has no hash".to_owned());
            }
            if self.packages[..index].iter().any(|other| other.name == package.name) {
                flaw(package.line, "is in the list twice".to_owned());
            }
            let Some(extras) = asked.get(&package.name) else {
                flaw(package.line, "is needed by nothing in the list".to_owned());
                continue;
            };
            let idle = package.needs.iter().filter(|it| !it.requirement.may_apply(&self.machines, extras));
            idle.for_each(|need| flaw(need.line, format!("does not need `{}` here", need.words)));
        }
        flaws
    }

    fn unmet(&self, Need { line, words, requirement }: &Need) -> Option<Flaw> {
        let Some(package) = self.package(&requirement.name) else {
            return Some(Flaw::new(*line, format!("`{words}` is needed and is not in the list")));
        };
        let fits = Release::read(&package.version).is_ok_and(|version| requirement.range.holds(&version));
        (!fits).then(|| {
            let there = format!("`{words}` is needed, and the list has {} {}", package.name, package.version);
            Flaw::new(*line, there)
        })
    }

    /// The needs of each package by its own metadata. `metadata` gives the text of a package's `METADATA`.
    fn truth(&self, metadata: impl Fn(&str) -> Option<String>) -> Result<BTreeMap<String, Vec<Need>>, Flaw> {
        let mut said: BTreeMap<String, Vec<Need>> = BTreeMap::new();
        for package in &self.packages {
            let text = metadata(&package.name).unwrap_or_default();
            let head = text.lines().take_while(|line| !line.is_empty());
            let needs = head.filter_map(|line| line.strip_prefix("Requires-Dist:"));
            let needs = needs.map(|words| Need::read(package.line, words.trim()));
            said.insert(package.name.clone(), needs.collect::<Result<_, _>>()?);
        }
        let requirements =
            |name: &str| said.get(name).into_iter().flatten().map(|need| need.requirement.clone()).collect();
        let asked = self.asked(requirements);
        for (name, needs) in &mut said {
            let extras = asked.get(name).cloned().unwrap_or_default();
            needs.retain(|need| need.requirement.may_apply(&self.machines, &extras));
        }
        Ok(said)
    }

    /// The places where the list does not say what the packages' own metadata says: versions and needs.
    pub(crate) fn untrue(&self, metadata: impl Fn(&str) -> Option<String>) -> Vec<Flaw> {
        let mut flaws = Vec::new();
        for package in &self.packages {
            let text = metadata(&package.name);
            let version = text.as_deref().and_then(|text| field(text, "Version:"));
            if version != Some(&package.version) {
                let there =
                    version.map_or_else(|| "it is not there".to_owned(), |it| format!("there is {it}"));
                let text = format!("{} {} should be installed; {there}", package.name, package.version);
                flaws.push(Flaw::new(package.line, text));
            }
        }
        match self.truth(metadata) {
            Err(flaw) => flaws.push(flaw),
            Ok(truth) => flaws.extend(self.packages.iter().flat_map(|package| package.differs(&truth))),
        }
        flaws
    }

    /// The text of the list with what each package needs, as the packages' own metadata has it.
    ///
    /// # Errors
    /// When a package needs something that cannot be read.
    pub(crate) fn recorded(
        &self,
        text: &str,
        metadata: impl Fn(&str) -> Option<String>,
    ) -> Result<String, Flaw> {
        let truth = self.truth(metadata)?;
        let mut written = String::new();
        let lines: Vec<&str> = text.lines().collect();
        let mut package: Option<&Package> = None;
        for (index, line) in lines.iter().enumerate() {
            package = self.packages.iter().find(|it| it.line == index + 1).or(package);
            // The remarks below a package are written again: other tools put other remarks there.
            if !line.trim_start().starts_with('#') || line.starts_with('#') {
                written.push_str(line);
                written.push('\n');
            }
            let is_last = lines.get(index + 1).is_none_or(|next| !next.trim_start().starts_with("--hash="));
            if let Some(package) = package.filter(|_| line.trim_start().starts_with("--hash=") && is_last) {
                for need in truth.get(&package.name).into_iter().flatten() {
                    written.push_str(&format!("{NEEDS}{}\n", need.words));
                }
            }
        }
        Ok(written)
    }
}

impl Package {
    /// The flaws in which this package differs from `truth`: a need that is not recorded, and the reverse.
    fn differs(&self, truth: &BTreeMap<String, Vec<Need>>) -> Vec<Flaw> {
        let needs = truth.get(&self.name).map_or(&[][..], Vec::as_slice);
        let lacks = |list: &[Need], need: &Need| !list.iter().any(|it| it.requirement == need.requirement);
        let missing = needs.iter().filter(|need| lacks(&self.needs, need)).map(|need| {
            Flaw::new(
                self.line,
                format!("{} needs `{}`, and the list does not say so", self.name, need.words),
            )
        });
        let wrong = self.needs.iter().filter(|need| lacks(needs, need)).map(|need| {
            Flaw::new(need.line, format!("{} does not say that it needs `{}`", self.name, need.words))
        });
        missing.chain(wrong).collect()
    }
}

fn not_understood(line: usize, written: &str) -> Flaw {
    Flaw::new(line, format!("`{}` is not understood", written.trim()))
}

/// A field at the head of a package's metadata.
fn field<'a>(metadata: &'a str, name: &str) -> Option<&'a str> {
    let head = metadata.lines().take_while(|line| !line.is_empty());
    head.filter_map(|line| line.strip_prefix(name)).map(str::trim).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "\
# A free remark, with == in it.
# for python>=3.11,<3.15
# wanted a
a==1.0 \\
    --hash=sha256:11
    # needs b[extra]>=1
b==1.5 \\
    --hash=sha256:22 \\
    --hash=sha256:33
    # needs c; extra == 'extra'
c==2.0 \\
    --hash=sha256:44
";

    fn flaws(text: &str) -> Vec<(usize, String)> {
        let flaws = List::read(text).map_or_else(|flaw| vec![flaw], |list| list.flaws());
        flaws.into_iter().map(|flaw| (flaw.line, flaw.text)).collect()
    }

    fn metadata(name: &str) -> Option<String> {
        let text = match name {
            "a" => "Name: a\nVersion: 1.0\nRequires-Dist: b[extra]>=1\n\nRequires-Dist: prose\n",
            "b" => {
                "Name: b\nVersion: 1.5\nRequires-Dist: c ; extra == \"extra\"\n\
                 Requires-Dist: d; extra == 'other'\nRequires-Dist: e; python_version < '3.8'\n"
            }
            "c" => "Name: c\nVersion: 2.0\n",
            _ => return None,
        };
        Some(text.to_owned())
    }

    #[test]
    fn a_complete_list_has_no_flaw() {
        assert_eq!(flaws(LIST), []);
        assert_eq!(List::read(LIST).unwrap().untrue(metadata), []);
    }

    #[test]
    fn what_is_needed_and_not_listed_is_named_with_the_line_that_needs_it() {
        let without_b = LIST.split_at(LIST.find("b==").unwrap()).0;
        assert_eq!(flaws(without_b), [(6, "`b[extra]>=1` is needed and is not in the list".to_owned())]);
        let without_extra = LIST.split_at(LIST.find("c==").unwrap()).0;
        let told = "`c; extra == 'extra'` is needed and is not in the list";
        assert_eq!(flaws(without_extra), [(10, told.to_owned())]);
    }

    #[test]
    fn versions_must_fit_and_nothing_is_idle() {
        let told = "`b[extra]>=1` is needed, and the list has b 0.5";
        assert_eq!(flaws(&LIST.replace("b==1.5", "b==0.5")), [(6, told.to_owned())]);
        // Nobody asks for the extra: what it needs does not count, and its package is not needed.
        let told = ["b does not need `c; extra == 'extra'` here", "c is needed by nothing in the list"];
        let found = flaws(&LIST.replace("b[extra]", "b"));
        assert_eq!(found, [(10, told[0].to_owned()), (11, told[1].to_owned())]);
        let twice = format!("{LIST}C==2.0 \\\n    --hash=sha256:44\n");
        assert_eq!(flaws(&twice), [(13, "c is in the list twice".to_owned())]);
    }

    #[test]
    fn what_pins_nothing_is_refused() {
        assert_eq!(flaws(&LIST.replace("    --hash=sha256:44\n", "")), [(11, "c has no hash".to_owned())]);
        let told = "says not both `# for python…` and `# wanted …`";
        assert!(flaws(&LIST.replace("# wanted a\n", "")).contains(&(1, told.to_owned())));
        assert!(flaws(&LIST.replace("# for python>=3.11,<3.15\n", "")).contains(&(1, told.to_owned())));
        assert_eq!(
            flaws(&LIST.replace("c==2.0", "c==2.0rc1")),
            [(11, "`2.0rc1` is no plain release".to_owned())]
        );
        assert_eq!(flaws("c>=2\n"), [(1, "`c>=2` is not understood".to_owned())]);
        assert_eq!(flaws("    --hash=sha256:1\n"), [(1, "`--hash=sha256:1` is not understood".to_owned())]);
    }

    #[test]
    fn a_list_that_does_not_say_what_the_packages_say_is_untrue() {
        let told = |text: &str| {
            let flaws = List::read(text).unwrap().untrue(metadata);
            flaws.into_iter().map(|flaw| (flaw.line, flaw.text)).collect::<Vec<_>>()
        };
        // A list that says too little looks complete by its own words.
        let short = LIST.split_at(LIST.find("    # needs b").unwrap()).0;
        assert_eq!(flaws(short), []);
        assert_eq!(told(short), [(4, "a needs `b[extra]>=1`, and the list does not say so".to_owned())]);
        let expected = [
            (4, "a needs `b[extra]>=1`, and the list does not say so".to_owned()),
            (6, "a does not say that it needs `b[extra]>=1.2`".to_owned()),
        ];
        assert_eq!(told(&LIST.replace("b[extra]>=1", "b[extra]>=1.2")), expected);
        let expected = (7, "b 1.6 should be installed; there is 1.5".to_owned());
        assert_eq!(told(&LIST.replace("b==1.5", "b==1.6")), [expected]);
        let expected = (13, "d 1 should be installed; it is not there".to_owned());
        assert_eq!(told(&format!("{LIST}d==1 \\\n    --hash=sha256:1\n")), [expected]);
    }

    #[test]
    fn what_the_packages_say_is_recorded_and_then_true() {
        let bare = LIST.replace("    # needs b[extra]>=1\n", "    # via\n    #   somebody\n");
        let bare = bare.replace("    # needs c; extra == 'extra'\n", "");
        let written = List::read(&bare).unwrap().recorded(&bare, metadata).unwrap();
        assert_eq!(written, LIST.replace("c; extra == 'extra'", "c ; extra == \"extra\""));
    }
}
