//! A requirement of a Python package: one `Requires-Dist` line, as PEP 508 has it.
//!
//! A list is made for all Linux machines with the Pythons that it names, so a marker is asked whether it may
//! hold on one of them, not whether it holds on this machine. What is not known of a machine (its processor)
//! may be anything. Left out: requirements that name an address instead of versions.

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail};

use super::release::{Range, Release};

/// A package that is needed: `pydantic[email]>=2.12.0; python_version < "3.15"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Requirement {
    /// In the form in which names are compared.
    pub(crate) name: String,
    pub(crate) extras: BTreeSet<String>,
    pub(crate) range: Range,
    marker: Option<Marker>,
}

/// The machines that a list is for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Machines {
    /// The Pythons, such as `>=3.11,<3.16`.
    pub(crate) pythons: Range,
}

impl Machines {
    /// The versions of Python 3 without their last number.
    fn minors(&self) -> impl Iterator<Item = String> {
        let minors = (0..100).map(|minor| format!("3.{minor}"));
        minors.filter(|minor| Release::read(minor).is_ok_and(|release| self.pythons.holds(&release)))
    }

    /// The values that an environment marker may have on these machines; nothing when it may have any.
    fn values(&self, variable: &str, extras: &BTreeSet<String>) -> Option<Vec<String>> {
        let one = |value: &str| Some(vec![value.to_owned()]);
        match variable {
            "extra" => Some(extras.iter().cloned().collect()),
            "python_version" => Some(self.minors().collect()),
            "python_full_version" | "implementation_version" => {
                Some(self.minors().flat_map(|minor| [format!("{minor}.0"), format!("{minor}.99")]).collect())
            }
            "sys_platform" => one("linux"),
            "platform_system" => one("Linux"),
            "os_name" => one("posix"),
            "implementation_name" => one("cpython"),
            "platform_python_implementation" => one("CPython"),
            _ => None,
        }
    }
}

impl Requirement {
    /// Reads a line.
    ///
    /// # Errors
    /// When it is not a name with extras, versions and a marker.
    pub(crate) fn read(text: &str) -> Result<Self> {
        Self::read_parts(text).with_context(|| format!("`{text}` is not understood"))
    }

    fn read_parts(text: &str) -> Result<Self> {
        let (package, marker) =
            text.split_once(';').map_or((text, None), |(left, right)| (left, Some(right)));
        let package = package.trim();
        let end = package.find(|c: char| !is_of_name(c)).unwrap_or(package.len());
        let (name, rest) = package.split_at(end);
        if name.is_empty() || rest.trim_start().starts_with('@') {
            bail!("it names no package with versions");
        }
        let (extras, range) = match rest.trim_start().strip_prefix('[') {
            Some(rest) => rest.split_once(']').context("`[` without `]`")?,
            None => ("", rest),
        };
        let extras = extras.split(',').map(str::trim).filter(|extra| !extra.is_empty());
        let range = range.trim();
        // An older way to write a range is in parentheses.
        let range = range.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).unwrap_or(range);
        Ok(Self {
            name: normal(name),
            extras: extras.map(normal).collect(),
            range: Range::read(range)?,
            marker: marker.map(Marker::read).transpose()?,
        })
    }

    /// Whether this is needed on one of `machines` by who asked for these extras.
    pub(crate) fn may_apply(&self, machines: &Machines, extras: &BTreeSet<String>) -> bool {
        self.marker.as_ref().is_none_or(|marker| marker.may_hold(machines, extras))
    }
}

/// A name in the form in which names are compared.
pub(crate) fn normal(name: &str) -> String {
    let words: Vec<&str> = name.split(['-', '_', '.']).filter(|word| !word.is_empty()).collect();
    words.join("-").to_ascii_lowercase()
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_.".contains(c)
}

/// When a requirement counts.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Marker {
    Any(Vec<Marker>),
    All(Vec<Marker>),
    /// `variable operator "value"`
    Compare(String, String, String),
}

impl Marker {
    fn read(text: &str) -> Result<Self> {
        let words = words(text)?;
        let mut reader = Reader { words: &words };
        let marker = reader.any()?;
        if reader.words.is_empty() { Ok(marker) } else { bail!("its marker goes on after its end") }
    }

    /// There is no "not" in a marker, so taking "perhaps" for "yes" never makes the whole less likely.
    fn may_hold(&self, machines: &Machines, extras: &BTreeSet<String>) -> bool {
        match self {
            Self::Any(markers) => markers.iter().any(|marker| marker.may_hold(machines, extras)),
            Self::All(markers) => markers.iter().all(|marker| marker.may_hold(machines, extras)),
            Self::Compare(variable, operator, value) => {
                let value = if variable == "extra" { normal(value) } else { value.clone() };
                let values = machines.values(variable, extras);
                values.is_none_or(|values| values.iter().any(|it| compares(it, operator, &value)))
            }
        }
    }
}

fn compares(left: &str, operator: &str, right: &str) -> bool {
    let range = Range::read(&format!("{operator}{right}"));
    if let (Ok(release), Ok(range)) = (Release::read(left), range) {
        return range.holds(&release);
    }
    match operator {
        "==" => left == right,
        "!=" => left != right,
        "in" => right.contains(left),
        "not in" => !right.contains(left),
        _ => true,
    }
}

/// Reads a marker's words from the left.
struct Reader<'a> {
    words: &'a [String],
}

impl Reader<'_> {
    fn next(&mut self) -> Result<String> {
        let (first, rest) = self.words.split_first().context("its marker ends too early")?;
        self.words = rest;
        Ok(first.clone())
    }

    fn takes(&mut self, word: &str) -> bool {
        let there = self.words.first().is_some_and(|first| first == word);
        if there {
            self.words = &self.words[1..];
        }
        there
    }

    fn any(&mut self) -> Result<Marker> {
        let mut markers = vec![self.all()?];
        while self.takes("or") {
            markers.push(self.all()?);
        }
        Ok(Marker::Any(markers))
    }

    fn all(&mut self) -> Result<Marker> {
        let mut markers = vec![self.one()?];
        while self.takes("and") {
            markers.push(self.one()?);
        }
        Ok(Marker::All(markers))
    }

    fn one(&mut self) -> Result<Marker> {
        if self.takes("(") {
            let inner = self.any()?;
            return if self.takes(")") { Ok(inner) } else { bail!("`(` without `)`") };
        }
        let variable = self.next()?;
        let mut operator = self.next()?;
        if operator == "not" && self.takes("in") {
            operator = "not in".to_owned();
        }
        let value = self.next()?;
        match value.strip_prefix('"') {
            Some(value) if !variable.starts_with('"') => {
                Ok(Marker::Compare(variable, operator, value.to_owned()))
            }
            _ => bail!("its marker does not compare a variable with a text"),
        }
    }
}

/// The words of a marker. A text keeps a quote at its beginning, as a sign that it is one.
fn words(text: &str) -> Result<Vec<String>> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, behind) = match first {
            '"' | '\'' => {
                let (word, behind) = rest[1..].split_once(first).context("a text without an end")?;
                (format!("\"{word}"), behind)
            }
            '(' | ')' => (first.to_string(), &rest[1..]),
            _ => {
                let of_word = |c: char| if is_of_name(first) { is_of_name(c) } else { "<>=!~".contains(c) };
                let end = rest.find(|c| !of_word(c)).unwrap_or(rest.len());
                if end == 0 {
                    bail!("`{first}` has no place in a marker");
                }
                (rest[..end].to_owned(), &rest[end..])
            }
        };
        words.push(word);
        rest = behind.trim_start();
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applies(text: &str, extras: &[&str]) -> bool {
        let machines = Machines { pythons: Range::read(">=3.11,<3.15").unwrap() };
        let extras = extras.iter().map(|extra| normal(extra)).collect();
        Requirement::read(text).unwrap().may_apply(&machines, &extras)
    }

    #[test]
    fn name_extras_and_versions_are_read_in_every_way_of_writing() {
        let read = |text: &str| Requirement::read(text).unwrap();
        let plain = read("Typing_Extensions>=4.5,<5");
        assert_eq!((plain.name.as_str(), plain.extras.len()), ("typing-extensions", 0));
        assert_eq!(plain, read("typing.extensions (>=4.5, <5)"));
        assert_eq!(
            read("pydantic[email, Time_zone] >= 2.12").extras,
            ["email", "time-zone"].map(Into::into).into()
        );
        assert_eq!(read("a; extra == 'b'"), read("a ; extra == \"b\""));
    }

    #[test]
    fn markers_are_asked_for_all_machines_of_the_list() {
        assert!(applies("a", &[]));
        assert!(!applies("a; python_version < \"3.11\"", &[]), "older than all");
        assert!(applies("a; python_version < '3.13'", &[]), "for some of them");
        assert!(applies("a; python_full_version > '3.14.2'", &[]), "for some of them");
        assert!(!applies("a; python_version >= '3.15'", &[]));
        assert!(!applies("a; sys_platform == 'win32' and extra == 'b'", &["b"]));
        assert!(applies("a; sys_platform != 'emscripten'", &[]));
        assert!(!applies("a; (platform_python_implementation != 'CPython') and extra == 'b'", &["b"]));
        assert!(applies("a; os_name == 'nt' or platform_machine == 'x'", &[]), "the processor is not known");
        assert!(!applies("a; sys_platform in 'win32 cygwin'", &[]));
        assert!(applies("a; sys_platform not in 'win32 cygwin'", &[]));
    }

    #[test]
    fn an_extra_counts_when_it_is_asked_for() {
        assert!(!applies("email-validator>=2.0; extra == 'e_mail'", &["timezone"]));
        assert!(applies("email-validator>=2.0; extra == 'e_mail'", &["timezone", "e-mail"]));
    }

    #[test]
    fn what_cannot_be_judged_is_refused() {
        for text in [
            "",
            ">=1",
            "a @ file:///b.whl",
            "a[b",
            "a>=1.0rc1",
            "a; python_version",
            "a; b == 'c' d",
            "a; (b == 'c'",
            "a; 'c' == b",
            "a; b == 'c",
            "a; ?",
        ] {
            assert!(Requirement::read(text).is_err(), "{text}");
        }
    }
}
