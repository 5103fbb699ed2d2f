//! The table as a file: CSV (RFC 4180) and JSON, a part at a time: 100,000 members are more than one message
//! between a browser's worker and its pages can carry (64 MiB in Chromium). Of a filtered table it has
//! what is found.
//!
//! Redacted unless a person asks for it in clear: numbers, standings and reasons without values stay; names,
//! e-mail addresses and identifiers have pseudonyms that belong to the file, so that who is a mismatch, and
//! in what, can still be seen. In CSV a cell that a spreadsheet would take for a formula gets a `'`
//! in front (OWASP, CSV injection): names and identifiers are chosen by others.

use super::{
    join::{Joined, Line},
    table::{Known, RowView, expected_row},
};
use crate::{
    base::{order::inserted, pseudonym::Salt},
    file::export::{Redaction, Secrecy},
};
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
    /// The name that the file of the group at `group` is saved under on `day` (`2026-01-31`); one that was
    /// saved before all was read says so. A redacted file does not name the group.
    pub fn file_name(self, group: &str, day: &str, is_whole: bool, secrecy: Secrecy) -> String {
        let ending = match self {
            Format::Csv => "csv",
            Format::Json => "json",
        };
        let part = if is_whole { "" } else { "-partial" };
        let of = match secrecy {
            Secrecy::Redacted => "redacted".to_owned(),
            Secrecy::Clear => group.replace('/', "-"),
        };
        format!("samlight-members-{of}-{day}{part}.{ending}")
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Csv => "text/csv",
            Format::Json => "application/json",
        }
    }
}

/// Users that one part holds at most.
pub const PART: usize = 2_000;

/// A part of a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FilePart {
    /// Whether all was read before it was written.
    pub is_whole: bool,
    /// Follows what came before.
    pub content: String,
    /// The place where the next part begins; absent in the last.
    pub next: Option<usize>,
}

/// The columns, as both formats name them.
const COLUMNS: [&str; 19] = [
    "user_id",
    "member",
    "email",
    "email_confirmed",
    "email_allowed",
    "email_sent",
    "name_id",
    "name_id_sent_at",
    "name_id_source",
    "saml_extern_uid",
    "scim_extern_uid",
    "scim_active",
    "standing",
    "severity",
    "reason",
    "namesake",
    "name_id_expected",
    "name_id_expected_by",
    "expected_standing",
];

/// The part of the file of this format that has these lines; whether it is the first and the last.
pub fn export(
    (joined, lines): (&Joined, &[Line]),
    known: Known<'_>,
    format: Format,
    (secrecy, salt): (Secrecy, Salt),
    (is_first, is_last): (bool, bool),
) -> String {
    // A name follows from its value and the salt alone, so all parts have the same.
    let mut redaction = Redaction::new(salt);
    let lines = lines.iter();
    let rows = lines.map(|line| cells(&expected_row(joined, known, line), secrecy, &mut redaction));
    match format {
        Format::Csv => {
            let head = is_first.then(|| COLUMNS.join(","));
            let lines = rows.map(|row| row.map(|value| cell(&value)).join(","));
            // By the byte order mark a spreadsheet knows that it is UTF-8.
            let head = head.map(|head| format!("\u{feff}{head}"));
            head.into_iter().chain(lines).map(|line| line + "\r\n").collect()
        }
        Format::Json => {
            let object = |row: [Value; COLUMNS.len()]| -> Value {
                Value::Object(inserted(COLUMNS.iter().map(ToString::to_string).zip(row)))
            };
            let objects: Vec<String> = rows.map(|row| object(row).to_string()).collect();
            let (begin, end) = (if is_first { "[\n" } else { "" }, if is_last { "\n]\n" } else { ",\n" });
            format!("{begin}{}{end}", objects.join(",\n"))
        }
    }
}

fn cells(row: &RowView, secrecy: Secrecy, redaction: &mut Redaction) -> [Value; COLUMNS.len()] {
    let mut value = |value: &Option<String>| match (value, secrecy) {
        (None, _) => Value::Null,
        (Some(value), Secrecy::Clear) => json!(value),
        (Some(value), Secrecy::Redacted) => json!(redaction.name(value)),
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
        json!(row.email_confirmed),
        json!(row.email_allowed),
        value(&row.email_sent),
        value(&row.name_id),
        json!(row.sent.as_ref().map(|sent| sent.at.to_string())),
        json!(row.sent.as_ref().map(|sent| if sent.file.is_some() { "file" } else { "browser" })),
        value(&row.saml),
        value(&row.scim),
        json!(row.scim_active),
        json!(row.standing),
        json!(row.severity),
        json!(why),
        value(&row.namesake),
        value(&row.expected.as_ref().and_then(|it| it.value.clone())),
        json!(row.expected.as_ref().and_then(|it| it.by.clone())),
        json!(row.expected.as_ref().map(|it| it.standing)),
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
    use crate::group::{
        captured::Captures,
        members::Roll,
        table::{Query, Table},
        tests::{Group, User},
    };

    const HOSTILE: [User; 2] = [(1, "=cmd()", "a,\"b\"\nc", "@x", "-"), (2, "ada", "-", "-", "-")];

    fn exported(group: &Group, format: Format, secrecy: Secrecy) -> String {
        let (joined, captures) = (group.joined(), group.captures());
        let (known, secrecy) = ((&group.roll, &captures, None), (secrecy, Salt::default()));
        export((&joined, &joined.lines), known, format, secrecy, (true, true))
    }

    #[test]
    fn redacted_is_the_default_and_holds_no_value_of_anybody() {
        let users = [(1, "owner", "s3cr3t-a", "s3cr3t-b!", "s3cr3t-c"), (2, "s3cr3t", "s3cr3t-d", "-", "-")];
        let group = Group::captured(&users);
        for format in [Format::Csv, Format::Json] {
            let redacted = exported(&group, format, Secrecy::default());
            assert!(!redacted.contains("s3cr3t") && !redacted.contains("S3CR3T"), "{redacted}");
            assert!(!redacted.contains("@example.com") && redacted.contains("all-differ"));
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
        let name = |secrecy| Format::Csv.file_name("a/b", "2026-01-31", true, secrecy);
        assert_eq!(name(Secrecy::Clear), "samlight-members-a-b-2026-01-31.csv");
        assert_eq!(name(Secrecy::Redacted), "samlight-members-redacted-2026-01-31.csv");
        let first = lines.next().unwrap();
        assert!(
            first
                .starts_with("1,'=CMD() (@=cmd()),'=cmd()@example.com,true,true,,,,,\"a,\"\"b\"\"\nc\",'@x,"),
            "{first}"
        );
        assert!(
            lines
                .next()
                .unwrap()
                .starts_with("2,ADA (@ada),ada@example.com,true,true,,,,,,,,never-linked,error,")
        );
        assert_eq!((lines.next(), lines.next()), (Some(""), None));
        let json: Value = serde_json::from_str(&exported(&group, Format::Json, Secrecy::Clear)).unwrap();
        assert_eq!((json.as_array().unwrap().len(), &json[0]["saml_extern_uid"]), (2, &json!("a,\"b\"\nc")));
        assert_eq!((&json[1]["scim_extern_uid"], &json[1]["user_id"]), (&Value::Null, &json!(2)));
    }

    #[test]
    fn parts_make_one_file_in_which_everybody_is_once() {
        let mut roll = Roll::default();
        let count = 2 * PART as u64 + 1;
        (1..=count).for_each(|id| roll.change(id, |person| person.access_level = Some(30)));
        let captures = Captures::default();
        let mut table = Table::new(crate::group::join::join(&roll, &captures));
        for format in [Format::Csv, Format::Json] {
            let (mut file, mut next, mut parts) = (String::new(), Some(0), 0);
            while let Some(start) = next {
                let secrecy = (Secrecy::default(), Salt::default());
                let known = (&roll, &captures, None);
                let (lines, after) = table.part(known, &Query::default(), (start, PART));
                let ends = (start == 0, after.is_none());
                let content = export((table.joined(), &lines), known, format, secrecy, ends);
                (file, next, parts) = (file + &content, after, parts + 1);
            }
            assert_eq!(parts, 3);
            let ids: Vec<u64> = match format {
                Format::Csv => file
                    .lines()
                    .skip(1)
                    .map(|line| line.split(',').next().unwrap().parse().unwrap())
                    .collect(),
                Format::Json => {
                    let list: Vec<Value> = serde_json::from_str(&file).unwrap();
                    list.iter().map(|row| row["user_id"].as_u64().unwrap()).collect()
                }
            };
            assert!(ids.into_iter().eq(1..=count));
        }
    }
}
