//! `tests/corpus.md`: the differences that are meant, each a row `| file | field | why |` of a table, among
//! prose.
//!
//! A file can end in `*`, which stands for any ending; several fields are separated by commas, and `*` is all
//! of them. A row without a reason is refused.

use std::fmt;

use anyhow::{Result, ensure};

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    /// Its line, counted from 1.
    pub(super) number: usize,
    file: String,
    field: String,
}

impl fmt::Display for Listed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} of {}", self.field, self.file)
    }
}

impl Listed {
    /// Whether it is of this file.
    pub(super) fn is_of(&self, file: &str) -> bool {
        match self.file.strip_suffix('*') {
            Some(start) => file.starts_with(start),
            None => file == self.file,
        }
    }

    /// Whether it is of this field of this file.
    pub(super) fn covers(&self, file: &str, field: &str) -> bool {
        (self.field == field || self.field == "*") && self.is_of(file)
    }
}

/// The rows of all tables in `text`; heads of tables and prose are passed over.
///
/// # Errors
/// A row with other than three cells, or without a reason.
pub(super) fn read(text: &str) -> Result<Vec<Listed>> {
    let mut rows = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| line.starts_with('|')) {
        let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
        if cells.first() == Some(&"file") || cells.iter().all(|cell| cell.bytes().all(|octet| octet == b'-'))
        {
            continue;
        }
        let [file, field, why] = cells.as_slice() else {
            anyhow::bail!("line {}: a row is | file | field | why |", index + 1);
        };
        ensure!(!why.is_empty(), "line {}: the reason is missing", index + 1);
        // Several fields of a file can have one reason.
        for field in field.split(',') {
            rows.push(Listed { number: index + 1, file: (*file).to_owned(), field: field.trim().to_owned() });
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_and_prose_is_passed_over() {
        let rows = read("Prose.\n\n| file | field | why |\n|---|---|---|\n| a/* | id, issuer | because |\n")
            .unwrap();
        assert_eq!(rows.len(), 2);
        assert!(rows[1].covers("a/b", "issuer") && !rows[0].covers("a/b", "issuer") && !rows[0].is_of("b/a"));
        assert!(read("| a | id | |\n").is_err());
        assert!(read("| a | id |\n").is_err());
    }
}
