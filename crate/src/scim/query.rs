//! The query that finds requests of SCIM in the search engine that holds the log: as KQL and as Lucene query
//! string for Kibana and OpenSearch Dashboards, and as the JSON of Elasticsearch and OpenSearch (DSL).
//!
//! Rows R50 to R52, gitlab-facts 6: the index and the fields are those of GitLab's guide ("Search Rails logs
//! for SCIM requests"), `json.path` and `json.params.value`. Filebeat and Fluentd name the fields so, too, or
//! without `json.`, and a shipper that reads no JSON leaves the line in `message`. A text field is found by a
//! phrase and a keyword field by wildcards, and which of them a field is, is not known: both are asked for. A
//! path has more before and behind what is known of it, and a user is in it, too. Leaves out the answers
//! (`log.rs`), and upper case where only lower case was given.

mod dsl;
mod kql;
mod lucene;

use super::{endpoint, log};
use crate::base::{characters::is_invisible, instant::Timestamp};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The index pattern of GitLab's guide.
pub const INDEX: &str = "pubsub-rails-inf-gprd-*";
/// The field that has the time of a line, wherever it comes from.
pub const TIME: &str = "@timestamp";

/// All but the characters that need no escape in an address.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A language that search engines understand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Kibana Query Language.
    Kql,
    /// Lucene's query string.
    Lucene,
    /// The JSON of a search request.
    Dsl,
}

impl Language {
    /// Each, by its name.
    pub const NAMED: [(&'static str, Language); 3] =
        [("kql", Language::Kql), ("lucene", Language::Lucene), ("dsl", Language::Dsl)];
}

/// The names that the fields of a line have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Names {
    /// As in GitLab's guide: `json.path`.
    #[default]
    Json,
    /// As in the log: `path`.
    Plain,
    /// Any of them, or the line as one text.
    Any,
}

impl Names {
    /// Each, by its name.
    pub const NAMED: [(&'static str, Names); 3] =
        [("json", Names::Json), ("plain", Names::Plain), ("any", Names::Any)];

    fn of(self, name: &str) -> Vec<String> {
        let (prefixes, whole): (&[&str], _) = match self {
            Names::Json => (&["json."], None),
            Names::Plain => (&[""], None),
            Names::Any => (&["json.", ""], Some("message".to_owned())),
        };
        prefixes.iter().map(|prefix| format!("{prefix}{name}")).chain(whole).collect()
    }
}

/// The things that are asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Question<'a> {
    /// The group, by its path or by an address.
    pub group: Option<&'a str>,
    /// An identifier, a user name or an e-mail address.
    pub value: Option<&'a str>,
    /// The first instant.
    pub since: Option<Timestamp>,
    /// The first instant that is too late.
    pub until: Option<Timestamp>,
    /// The names of the fields.
    pub names: Names,
    /// The field with the time, if it is not [`TIME`].
    pub time: Option<&'a str>,
}

/// A query: requests that have something of each of the lists, in the span of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    all: Vec<Vec<Has>>,
    time: String,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
}

/// That a field has one of these texts, as its value or in it.
#[derive(Clone, Debug, PartialEq)]
struct Has {
    field: String,
    texts: Vec<String>,
}

impl Query {
    /// The query for what is asked for; nothing where nothing is.
    pub fn of(asked: &Question<'_>) -> Option<Self> {
        let given =
            |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        // SCIM is of the top-level group.
        let group = given(asked.group.map(log::group_path).and_then(|path| path.split('/').next()));
        let value = given(asked.value);
        let has = |name, texts: Vec<String>| {
            let field = move |field| Has { field, texts: texts.clone() };
            asked.names.of(name).into_iter().map(field)
        };
        let of_group = match &group {
            Some(group) => {
                spellings(group).into_iter().map(|it| format!("/api/scim/v2/groups/{it}/")).collect()
            }
            None => vec!["/api/scim/v2/".to_owned()],
        };
        let of_group = Some(has("path", of_group).collect());
        let of_value = value.as_ref().map(|value| {
            let in_path = spellings(value).into_iter().map(|it| format!("/Users/{it}")).collect();
            has("params.value", cases(value)).chain(has("path", in_path)).collect()
        });
        let is_asked = group.is_some() || value.is_some() || asked.since.or(asked.until).is_some();
        is_asked.then(|| Query {
            all: of_group.into_iter().chain(of_value).collect(),
            time: given(asked.time).unwrap_or_else(|| TIME.to_owned()),
            since: asked.since,
            until: asked.until,
        })
    }

    /// The query as a person copies it.
    pub fn written(&self, language: Language) -> String {
        match language {
            Language::Kql => self.kql(),
            Language::Lucene => self.lucene(),
            Language::Dsl => visible(&format!("{:#}", self.dsl())),
        }
    }
}

/// `text`, and in lower case: a keyword is compared letter by letter, and GitLab's identifiers are not
/// (gitlab-facts 4.2).
fn cases(text: &str) -> Vec<String> {
    distinct([text.to_owned(), text.to_lowercase()])
}

/// The ways in which `text` can stand in a path of the log, which is as it was sent: as it is, with what must
/// be escaped (RFC 3986, 2.3), and as Entra ID must be given it.
fn spellings(text: &str) -> Vec<String> {
    let escaped = |it: &String| [utf8_percent_encode(it, RESERVED).to_string(), endpoint::escape(it)];
    let cases = cases(text);
    let escaped: Vec<String> = cases.iter().flat_map(escaped).collect();
    distinct(cases.into_iter().chain(escaped))
}

fn distinct(texts: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for text in texts {
        if !found.contains(&text) {
            found.push(text);
        }
    }
    found
}

/// Whether a character must not be printed as it is: nobody would see it, or it commands the terminal.
fn is_hidden(c: char) -> bool {
    c.is_control() || is_invisible(c)
}

/// A text between quotes, where only `"` and `\\` are special, in KQL and in Lucene.
fn quoted(text: &str) -> String {
    let one = |c| match c {
        '"' | '\\' => format!("\\{c}"),
        c if is_hidden(c) => escaped(c),
        c => c.to_string(),
    };
    format!("\"{}\"", text.chars().map(one).collect::<String>())
}

/// A character as all three languages escape it: `\u` and four hexadecimal digits, for each of its UTF-16
/// units.
fn escaped(c: char) -> String {
    c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
}

/// JSON with what cannot be seen escaped.
fn visible(json: &str) -> String {
    json.chars().map(|c| if is_hidden(c) && c != '\n' { escaped(c) } else { c.to_string() }).collect()
}

/// The parts of a query that is a line: `joined` by its word for "or" or "and", in parentheses where there
/// are several.
fn joined(parts: &[String], word: &str) -> String {
    match parts {
        [one] => one.clone(),
        several => format!("({})", several.join(word)),
    }
}

#[cfg(test)]
mod tests;
