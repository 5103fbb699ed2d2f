//! Versions of programs and Python packages, and ranges of them: numbers with dots, compared as numbers.
//!
//! Left out: what is no plain release (`1.0rc1`, `1.0.post2`, an epoch, a local version). A range that names
//! one is refused, so that nothing is compared by guessing.

use std::cmp::Ordering;
use std::fmt;

use anyhow::{Context, Result, bail};

/// A plain release, such as `3.11` or `156.0.8078.108`. Missing numbers count as 0: `3.11` is `3.11.0`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Release(Vec<u64>);

impl Release {
    /// Reads a whole text.
    ///
    /// # Errors
    /// When it is anything but numbers with dots between them.
    pub(crate) fn read(text: &str) -> Result<Self> {
        let number =
            |part: &str| part.parse().ok().filter(|_| part.bytes().all(|byte| byte.is_ascii_digit()));
        let numbers: Option<Vec<u64>> = text.split('.').map(number).collect();
        numbers.map(Self).with_context(|| format!("`{text}` is no plain release"))
    }

    /// The first release in what a program says of itself: `Mozilla Firefox 153.8.0esr` has `153.8.0`.
    pub(crate) fn within(text: &str) -> Option<Self> {
        let words = text.split(|c: char| c.is_whitespace() || "(),".contains(c));
        // The first letters of `v20.20.2` and of `jq-1.6`.
        let start = |c: char| c.is_ascii_lowercase() || c == '-';
        words.map(|word| word.trim_start_matches(start)).find_map(|word| {
            let numbers = word.split(|c: char| !c.is_ascii_digit() && c != '.').next()?;
            let dotted = numbers.trim_end_matches('.');
            if dotted.contains('.') { Self::read(dotted).ok() } else { None }
        })
    }

    fn compare(&self, other: &Self) -> Ordering {
        let length = self.0.len().max(other.0.len());
        self.padded(length).cmp(&other.padded(length))
    }

    fn padded(&self, length: usize) -> Vec<u64> {
        let mut numbers = self.0.clone();
        numbers.resize(length, 0);
        numbers
    }

    /// Whether this begins with all numbers of `prefix`.
    fn begins_with(&self, prefix: &[u64]) -> bool {
        self.padded(self.0.len().max(prefix.len())).starts_with(prefix)
    }
}

impl fmt::Display for Release {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<String> = self.0.iter().map(u64::to_string).collect();
        formatter.write_str(&numbers.join("."))
    }
}

/// The range that a release must be in, as Python writes it (PEP 440): `>=1.13,<2`. All parts must hold; no
/// part, any release.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Range {
    bounds: Vec<Bound>,
}

/// One part of a range.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Bound {
    operator: Operator,
    release: Release,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    AtLeast,
    AtMost,
    Over,
    Under,
    Equal,
    Not,
    /// `==1.2.*`
    Within,
    /// `!=1.2.*`
    NotWithin,
    /// `~=1.2.3`: at least this, and the same except for the last number.
    Compatible,
}

/// The signs of the operators; a longer one comes before one that it begins with.
const OPERATORS: &[(&str, Operator)] = &[
    (">=", Operator::AtLeast),
    ("<=", Operator::AtMost),
    ("==", Operator::Equal),
    ("!=", Operator::Not),
    ("~=", Operator::Compatible),
    (">", Operator::Over),
    ("<", Operator::Under),
];

impl Range {
    /// Reads a range.
    ///
    /// # Errors
    /// When an operator is not known or a version is no plain release.
    pub(crate) fn read(text: &str) -> Result<Self> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        Ok(Self { bounds: parts.map(Bound::read).collect::<Result<_>>()? })
    }

    pub(crate) fn holds(&self, release: &Release) -> bool {
        self.bounds.iter().all(|bound| bound.holds(release))
    }
}

impl Bound {
    fn read(text: &str) -> Result<Self> {
        let known = OPERATORS.iter().find_map(|(sign, operator)| Some((*operator, text.strip_prefix(sign)?)));
        let Some((mut operator, version)) = known else {
            bail!("`{text}` is no bound of versions: it may begin with >=, <=, ==, !=, ~=, > or <");
        };
        let mut version = version.trim();
        if let Some(prefix) = version.strip_suffix(".*") {
            version = prefix;
            operator = match operator {
                Operator::Equal => Operator::Within,
                Operator::Not => Operator::NotWithin,
                _ => bail!("`{text}`: only == and != take a star"),
            };
        }
        Ok(Self { operator, release: Release::read(version)? })
    }

    fn holds(&self, release: &Release) -> bool {
        let order = release.compare(&self.release);
        let own = &self.release.0;
        match self.operator {
            Operator::AtLeast => order.is_ge(),
            Operator::AtMost => order.is_le(),
            Operator::Over => order.is_gt(),
            Operator::Under => order.is_lt(),
            Operator::Equal => order.is_eq(),
            Operator::Not => order.is_ne(),
            Operator::Within => release.begins_with(own),
            Operator::NotWithin => !release.begins_with(own),
            Operator::Compatible => order.is_ge() && release.begins_with(&own[..own.len() - 1]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(range: &str, release: &str) -> bool {
        Range::read(range).unwrap().holds(&Release::read(release).unwrap())
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        assert!(holds(">=3.9", "3.11") && !holds(">=3.11", "3.9"));
        assert!(holds("==2.0", "2") && holds("<=2", "2.0.0") && holds(">1.9", "1.10"));
        assert!(holds(">=1.13,<2", "1.13.0") && !holds(">=1.13,<2", "2.0.0"));
        assert!(holds("", "1") && holds("!=1.5", "1.6") && !holds("!=1.5", "1.5.0"));
    }

    #[test]
    fn stars_and_compatible_releases_look_at_the_beginning() {
        assert!(holds("==1.*", "1.9.3") && !holds("==1.*", "10.0"));
        assert!(holds("!=1.2.*", "1.3") && !holds("!=1.2.*", "1.2.7"));
        assert!(holds("~=1.4.2", "1.4.9") && !holds("~=1.4.2", "1.5") && !holds("~=1.4.2", "1.4.1"));
        assert!(holds("~=1.4", "1.9") && !holds("~=1.4", "2.0"));
    }

    #[test]
    fn what_is_no_plain_release_is_refused() {
        for text in ["", "1.0rc1", "1..2", "+1", "1!2.0", "1.0+deb"] {
            assert!(Release::read(text).is_err(), "{text}");
        }
        for text in ["1.0", "=1.0", ">=1.0rc1", ">=1.*", "===1.0"] {
            assert!(Range::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_release_is_found_in_what_a_program_says() {
        let said = |text: &str| Release::within(text).map(|release| release.to_string());
        assert_eq!(said("Chromium 156.0.8078.108 built on Debian GNU/Linux 12").unwrap(), "156.0.8078.108");
        assert_eq!(said("Mozilla Firefox 153.8.0esr").unwrap(), "153.8.0");
        assert_eq!(said("v20.20.2\n").unwrap(), "20.20.2");
        assert_eq!(said("jq-1.6").unwrap(), "1.6");
        assert_eq!(said("PHP 8.2.36 (cli) (built: Nov 18 2026)").unwrap(), "8.2.36");
        assert_eq!(said("rustc 1.96.0 (ac68faa20 2026-05-25)").unwrap(), "1.96.0");
        assert_eq!(said("nothing here"), None);
    }
}
