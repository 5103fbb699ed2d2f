//! The table as a file: CSV (RFC 4180) and JSON.
//!
//! Redacted unless a person asks for it in clear: numbers, standings and reasons without values stay; names, e-mail
//! addresses and identifiers go. In CSV a cell that a spreadsheet would take for a formula gets a `'` in front
//! (OWASP, CSV injection): names and identifiers are chosen by others.

use super::{
    captured::Captures,
    join::Joined,
    roll::Roll,
    table::{self, RowView},
};
use crate::export::Secrecy;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A format of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// A line a user, with a line of headings.
    Csv,
    /// One object a user.
    Json,
}

impl Format {
    /// The name that the file of the group at `group` is saved under on `day` (`2026-01-31`).
    pub fn file_name(self, group: &str, day: &str) -> String {
        let ending = match self {
            Format::Csv => "csv",
            Format::Json => "json",
        };
        format!("samlight-members-{}-{day}.{ending}", group.replace('/', "-"))
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Csv => "text/csv",
            Format::Json => "application/json",
        }
    }
}

/// The columns, as both formats name them.
const COLUMNS: [&str; 9] = [
    "user_id",
    "member",
    "email",
    "name_id",
    "saml_extern_uid",
    "scim_extern_uid",
    "standing",
    "severity",
    "reason",
];

/// The table as a file of this format, by the users' numbers.
pub fn export(joined: &Joined, roll: &Roll, captures: &Captures, format: Format, secrecy: Secrecy) -> String {
    let rows = joined.lines.iter().map(|line| cells(&table::row(joined, roll, captures, line), secrecy));
    match format {
        Format::Csv => {
            let head = COLUMNS.map(str::to_owned).join(",");
            let lines = rows.map(|row| row.map(|value| cell(&value)).join(","));
            let lines = std::iter::once(head).chain(lines).map(|line| line + "\r\n");
            // By the byte order mark a spreadsheet knows that it is UTF-8.
            std::iter::once("\u{feff}".to_owned()).chain(lines).collect()
        }
        Format::Json => {
            let object = |row: [Value; 9]| -> Value {
                COLUMNS.iter().zip(row).map(|(name, value)| ((*name).to_owned(), value)).collect()
            };
            format!("{:#}\n", rows.map(object).collect::<Value>())
        }
    }
}

fn cells(row: &RowView, secrecy: Secrecy) -> [Value; 9] {
    let value = |value: &Option<String>| match (value, secrecy) {
        (None, _) => Value::Null,
        (Some(value), Secrecy::Clear) => json!(value),
        (Some(value), Secrecy::Redacted) => json!(format!("[redacted, {} bytes]", value.len())),
    };
    // The words of a reason hold values; the standing says the same without them.
    let why = match secrecy {
        Secrecy::Clear => &row.why,
        Secrecy::Redacted => &row.word,
    };
    [
        json!(row.id),
        value(&Some(row.label.clone())),
        value(&row.email),
        value(&row.name_id),
        value(&row.saml),
        value(&row.scim),
        json!(row.standing),
        json!(row.severity),
        json!(why),
    ]
}

fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if is_formula { format!("'{text}") } else { text };
    if text.contains([',', '"', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::tests::{Group, User};

    const HOSTILE: [User; 2] = [(1, "=cmd()", "a,\"b\"\nc", "@x", "-"), (2, "ada", "-", "-", "-")];

    fn exported(group: &Group, format: Format, secrecy: Secrecy) -> String {
        export(&group.joined(), &group.roll, &group.captures(), format, secrecy)
    }

    #[test]
    fn redacted_is_the_default_and_holds_no_value_of_anybody() {
        let users = [(1, "owner", "s3cr3t-a", "s3cr3t-b!", "s3cr3t-c"), (2, "s3cr3t", "s3cr3t-d", "-", "-")];
        let group = Group::captured(&users);
        for format in [Format::Csv, Format::Json] {
            let redacted = exported(&group, format, Secrecy::default());
            assert!(!redacted.contains("s3cr3t") && !redacted.contains("S3CR3T"), "{redacted}");
            assert!(!redacted.contains("example.com") && redacted.contains("all-differ"));
            let clear = exported(&group, format, Secrecy::Clear);
            let values = ["s3cr3t-a", "s3cr3t-b", "s3cr3t-c", "s3cr3t-d", "s3cr3t@example.com", "(@s3cr3t)"];
            assert!(values.iter().all(|value| clear.contains(value)), "{clear}");
        }
    }

    #[test]
    fn every_user_is_a_line_and_no_cell_is_a_formula() {
        let group = Group::of(&HOSTILE, Vec::new());
        let csv = exported(&group, Format::Csv, Secrecy::Clear);
        let mut lines = csv.split("\r\n");
        assert_eq!(lines.next(), Some(format!("\u{feff}{}", COLUMNS.join(",")).as_str()));
        assert_eq!(Format::Csv.file_name("a/b", "2026-01-31"), "samlight-members-a-b-2026-01-31.csv");
        let first = lines.next().unwrap();
        assert!(
            first.starts_with("1,'=CMD() (@=cmd()),'=cmd()@example.com,,\"a,\"\"b\"\"\nc\",'@x,"),
            "{first}"
        );
        assert!(lines.next().unwrap().starts_with("2,ADA (@ada),ada@example.com,,,,never-linked,warning,"));
        assert_eq!((lines.next(), lines.next()), (Some(""), None));
        let json: Value = serde_json::from_str(&exported(&group, Format::Json, Secrecy::Clear)).unwrap();
        assert_eq!((json.as_array().unwrap().len(), &json[0]["saml_extern_uid"]), (2, &json!("a,\"b\"\nc")));
        assert_eq!((&json[1]["scim_extern_uid"], &json[1]["user_id"]), (&Value::Null, &json!(2)));
    }
}
