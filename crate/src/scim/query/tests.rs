//! Queries of any value, read back by readers of the three languages and put to documents.

use super::*;
use proptest::prelude::*;
use serde_json::json;

mod readers;

use readers::{Document, Tree, dsl, kql, lucene};

const GROUP: &str = "acme";

fn question<'a>(group: Option<&'a str>, value: Option<&'a str>) -> Question<'a> {
    Question { group, value, ..Question::default() }
}

fn query(asked: &Question<'_>) -> Query {
    Query::of(asked).unwrap()
}

/// The query in each language, read back.
fn read(query: &Query) -> [(&'static str, Tree); 3] {
    Language::NAMED.map(|(name, language)| {
        let written = query.written(language);
        assert!(written.chars().all(|c| !is_hidden(c) || c == '\n'), "{name}: {written:?}");
        let tree = match language {
            Language::Kql => kql(&written),
            Language::Lucene => lucene(&written),
            Language::Dsl => dsl(&written),
        };
        (name, tree.unwrap_or_else(|problem| panic!("{name}: {written}: {problem}")))
    })
}

/// A line in an engine: the fields with their values, each a text or a keyword.
fn line(path: &str, value: &str, is_text: bool) -> Document {
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Document { fields: vec![field("json.path", path), field("json.params.value", value)], is_text }
}

/// Texts that are special in one of the languages, alone and within other text.
const SPECIAL: [&str; 44] = [
    "0a21",
    "0A21",
    "ada@example.com",
    "a b",
    " a",
    "\"",
    "a\"b",
    "\\",
    "a\\",
    "\\\"",
    "\\u0041",
    "\\n",
    "a*b",
    "*",
    "a?b",
    "?",
    "a:b",
    "json.path:x",
    "(a)",
    ")",
    "a AND b",
    "AND",
    "a or b",
    "not x",
    "donot x",
    "NOT",
    "a+b",
    "-a",
    "a&&b||!c",
    "{a}[b]^~",
    "a/b",
    "/a/",
    "a<b>c=d",
    "ä€é",
    "日本語",
    "🦀",
    "\u{202e}abc",
    "a\tb",
    "a\nb",
    "a\u{7}b",
    "a\u{1b}[2Jb",
    "a\u{a0}b",
    "null",
    "true",
];

#[test]
fn a_value_is_found_in_each_language_whatever_is_in_it() {
    for value in SPECIAL {
        for (name, tree) in read(&query(&question(Some(GROUP), Some(value)))) {
            let path = "/api/scim/v2/groups/acme/Users";
            let (value, other) = (value.trim(), "something else");
            let filter = format!("externalId eq \"{value}\"");
            let of_user = format!("{path}/{}", endpoint::escape(value));
            let sent = format!("{path}/{}", utf8_percent_encode(value, RESERVED));
            assert!(tree.matches(&line(path, value, false)), "{name}: {value}: {tree:?}");
            assert!(tree.matches(&line(path, &filter, false)), "{name}: {value}: {tree:?}");
            assert!(tree.matches(&line(&of_user, other, false)), "{name}: {value}: {tree:?}");
            assert!(tree.matches(&line(&sent, other, false)), "{name}: {value}: {tree:?}");
            assert!(!tree.matches(&line(path, other, false)), "{name}: {value}: {tree:?}");
            assert!(!tree.matches(&line("/api/scim/v2/groups/other/Users", value, false)), "{name}: {value}");
            // Of a text that has no word an index of words knows nothing.
            if value.chars().any(char::is_alphanumeric) {
                assert!(tree.matches(&line(path, &filter, true)), "{name}: {value}: {tree:?}");
                assert!(!tree.matches(&line(path, other, true)), "{name}: {value}: {tree:?}");
            }
        }
    }
}

#[test]
fn the_three_languages_say_the_same() {
    for names in Names::NAMED.map(|(_, names)| names) {
        for value in SPECIAL.into_iter().filter(|it| !it.contains(is_hidden)) {
            let asked = Question {
                names,
                since: Timestamp::parse("2026-11-20T00:00:00Z"),
                ..question(Some(GROUP), Some(value))
            };
            let [(_, first), others @ ..] = read(&query(&asked));
            for (name, other) in others {
                assert_eq!(other.flat(), first.clone().flat(), "{name}: {value}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn any_value_is_found(value in "[ \\PC\\x00-\\x1f\"\\\\*?:()+andorANDORNOT]{1,12}") {
        prop_assume!(!value.trim().is_empty());
        for (name, tree) in read(&query(&question(None, Some(&value)))) {
            let found = tree.matches(&line("/api/scim/v2/application/Users", value.trim(), false));
            prop_assert!(found, "{}: {:?}: {:?}", name, value, tree);
            prop_assert!(!tree.matches(&line("/api/scim/v2/application/Users", "", false)));
        }
    }
}

#[test]
fn the_query_is_as_people_write_it() {
    let asked = Question {
        since: Timestamp::parse("2026-11-20T00:00:00Z"),
        until: Timestamp::parse("2026-11-21T00:00:00.5Z"),
        ..question(Some(GROUP), Some("id-1"))
    };
    let query = query(&asked);
    let path = "/api/scim/v2/groups/acme/";
    assert_eq!(
        query.written(Language::Kql),
        format!(
            "json.path: (\"{path}\" or *{path}*) and (json.params.value: (\"id-1\" or *id-1*) or json.path: (\"/Users/id-1\" or */Users/id-1*)) \
             and @timestamp >= \"2026-11-20T00:00:00Z\" and @timestamp < \"2026-11-21T00:00:00.5Z\""
        )
    );
    let escaped = path.replace('/', "\\/");
    assert_eq!(
        query.written(Language::Lucene),
        format!(
            "json.path:(\"{path}\" OR *{escaped}*) AND (json.params.value:(\"id-1\" OR *id\\-1*) OR json.path:(\"/Users/id-1\" OR *\\/Users\\/id\\-1*)) \
             AND @timestamp:[\"2026-11-20T00:00:00Z\" TO \"2026-11-21T00:00:00.5Z\"}}"
        )
    );
    let filter = query.filter();
    assert_eq!(
        filter["bool"]["filter"][0]["bool"]["should"][0],
        json!({"multi_match": {"query": path, "type": "phrase", "fields": ["json.path"], "lenient": true}})
    );
    assert_eq!(
        filter["bool"]["filter"][2],
        json!({"range": {"@timestamp": {"gte": "2026-11-20T00:00:00Z", "lt": "2026-11-21T00:00:00.5Z"}}})
    );
}

#[test]
fn a_group_is_found_however_its_path_was_sent_and_however_it_is_named() {
    for named in
        ["Ac.me", "/Ac.me/", "https://gitlab.com/groups/Ac.me/-/saml", "https://gitlab.com/Ac.me/sub"]
    {
        for (name, tree) in read(&query(&question(Some(named), None))) {
            for group in ["Ac.me", "ac.me", "Ac%2Eme", "ac%2Eme"] {
                for root in ["", "/gitlab"] {
                    let path = format!("{root}/api/scim/v2/groups/{group}/Users/0a");
                    assert!(tree.matches(&line(&path, "", false)), "{name}: {named}: {path}");
                    assert!(tree.matches(&line(&path, "", true)), "{name}: {named}: {path}");
                }
            }
            for path in [
                "/api/scim/v2/groups/ac.men/Users",
                "/api/scim/v2/application/Users",
                "/api/v4/groups/ac.me/",
            ] {
                assert!(!tree.matches(&line(path, "", false)), "{name}: {named}: {path}");
            }
        }
    }
}

#[test]
fn the_names_of_the_fields_are_those_that_are_asked_for() {
    let path = "/api/scim/v2/groups/acme/Users";
    let whole = format!("{{\"path\":\"{path}\",\"params\":[{{\"key\":\"externalId\",\"value\":\"0a21\"}}]}}");
    let documents = [
        (vec![("json.path", path), ("json.params.value", "0a21")], [true, false, true]),
        (vec![("path", path), ("params.value", "0a21")], [false, true, true]),
        (vec![("message", &whole)], [false, false, true]),
        (vec![("other.path", path)], [false, false, false]),
    ];
    for (fields, found) in documents {
        let fields: Vec<_> =
            fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        for ((_, names), is_found) in Names::NAMED.into_iter().zip(found) {
            let asked = Question { names, ..question(Some(GROUP), Some("0a21")) };
            for (name, tree) in read(&query(&asked)) {
                for is_text in [false, true] {
                    let document = Document { fields: fields.clone(), is_text };
                    assert_eq!(tree.matches(&document), is_found, "{name}: {names:?}: {document:?}");
                }
            }
        }
    }
}

#[test]
fn a_span_of_time_alone_finds_all_of_scim_in_it() {
    let at = |text: &str| Timestamp::parse(text);
    for (since, until) in [(at("2026-11-20T00:00:00Z"), None), (None, at("2026-11-22T00:00:00Z"))] {
        for time in [None, Some("json.time")] {
            let asked = Question { since, until, time, ..Question::default() };
            for (name, tree) in read(&query(&asked)) {
                for (day, is_in) in [(19, since.is_none()), (20, true), (21, true), (22, until.is_none())] {
                    let mut document = line("/api/scim/v2/application/Users", "", false);
                    let at = format!("2026-11-{day}T00:00:00Z");
                    document.fields.push((time.unwrap_or(TIME).to_owned(), at));
                    assert_eq!(tree.matches(&document), is_in, "{name}: {day}: {tree:?}");
                }
            }
        }
    }
}

#[test]
fn there_is_no_query_where_nothing_is_asked_for() {
    for asked in [question(None, None), question(Some(""), Some(" ")), question(Some("/"), None)] {
        assert_eq!(Query::of(&asked), None, "{asked:?}");
    }
}
