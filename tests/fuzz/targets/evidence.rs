//! The material that an administrator has of SCIM, and error texts: logs, messages, addresses, exports of
//! identity providers.

use super::is_plain;
use samlight::{
    base::instant::Timestamp,
    calls::{
        list_reading::ListReading,
        protocol::{StoryCall, StoryReply},
        reading::Reading,
    },
    explain,
    gitlab::instance::Instance,
    group::{
        answer_files,
        captured::Captures,
        expected::{Columns, Expectation},
        members::Roll,
        settings::{For, Responses, Settings},
    },
    idp::{self, directory::Directory},
    scim::{
        endpoint,
        evidence::Asked,
        query::{Language, Query, Question},
        requests::ScimLog,
        story::{self, StoryFile},
    },
    view::print::terminal,
};

/// Any text. Something is said of it, the same each time; each line of a log is counted once; each export
/// that is recognised is checked.
pub(super) fn scim(octets: &[u8]) {
    let text = explain::text_of(octets);
    let asked = Asked {
        group: Some("acme".to_owned()),
        value: Some("ada@example.com".to_owned()),
        person: Some("ada@example.com".to_owned()),
        endpoint: Some("https://gitlab.com/api/scim/v2/groups/acme".to_owned()),
        name_id: Some("user.mail".to_owned()),
        ..Asked::default()
    };
    let told = story::told(&[StoryFile::of("a.log", &text)], &asked);
    told.statements().iter().for_each(|statement| is_plain(&terminal::render_statement(statement)));
    // A page reads it in pieces, cut anywhere.
    for (person, since) in [("ada@example.com", ""), ("", "2026-01-01")] {
        let told = |size| in_pieces(person, since, octets, size);
        assert_eq!(told(7), told(octets.len()), "a cut changes what is told");
    }
    for asked in [Asked::default(), asked] {
        let said = explain::read(&text, &asked);
        assert!(!said.is_empty(), "nothing is said");
        assert_eq!(said, explain::read(&text, &asked), "the second time something else is said");
        for statement in &said {
            assert!(!statement.sentences.is_empty() || !statement.steps.is_empty(), "{statement:?}");
            is_plain(&terminal::render_statement(statement));
        }
    }
    if let Some((recognised, _)) = explain::recognised(&text) {
        assert!(!recognised.is_empty());
    }
    let log = ScimLog::read(&text);
    // One line can hold a whole list.
    assert_eq!(log.requests.len() + log.left_out(), log.count, "a request is neither kept nor counted");
    assert!(log.requests.windows(2).all(|pair| pair[0].line <= pair[1].line), "not in the order of the file");
    for sentence in endpoint::check(&text, None) {
        assert!(!sentence.text.is_empty());
    }
    if let Some(query) = Query::of(&Question { value: Some(&text), ..Question::default() }) {
        Language::NAMED.iter().for_each(|(_, language)| is_plain(&query.written(*language)));
    }
    let answer = explain::explain(&text);
    answer.statements().iter().for_each(|statement| is_plain(&terminal::render_statement(statement)));
    let mut roll = Roll::default();
    answer_files::take(&mut roll, &text);
    let mut settings = Settings::default();
    settings.take("a.json", &text, true);
    let of = For { instance: &Instance::gitlab_com(), path: "acme" };
    settings.statements(of).iter().for_each(|statement| is_plain(&terminal::render_statement(statement)));
    let metadata = settings.said_of_metadata(of, &Responses::default(), Timestamp(0));
    metadata.iter().for_each(|statement| is_plain(&terminal::render_statement(statement)));
    if let Ok(list) = Directory::read(&text) {
        assert!(
            !list.rows.is_empty()
                && (0..list.rows.len()).all(|row| list.rows.row(row).len() <= list.columns.len())
        );
        let captures = Captures::default();
        let (columns, _) = settings.columns(of, &list, Columns::default());
        let expected = Expectation::of(&list, &roll, &captures, columns);
        expected.statements().iter().for_each(|statement| is_plain(&terminal::render_statement(statement)));
    }
    let mut reading = ListReading::new("people.csv".to_owned());
    reading.read(text.as_bytes());
    if reading.end().is_ok() {
        // It begins, has rows, and ends.
        assert!(std::iter::from_fn(|| reading.call()).count() > 2);
    }
    if let Ok(corrected) = idp::entra_schema::corrected(&text, None) {
        let again = idp::entra_schema::corrected(&corrected.schema.to_string(), None);
        assert!(again.is_ok_and(|again| again.changes.is_empty()), "what is corrected has faults");
    }
    for export in idp::EXPORTS {
        for name_id in [None, Some("user.mail")] {
            match (export.check)(&text, name_id) {
                Ok(sentences) => assert!(!sentences.is_empty(), "nothing is said"),
                Err(text) => assert!(!text.to_string().is_empty()),
            }
        }
    }
}

/// The story that a page tells of a file which comes in pieces of `size`, or what filters leave of it.
fn in_pieces(person: &str, since: &str, octets: &[u8], size: usize) -> Option<StoryReply> {
    let files = vec!["a.log".to_owned()];
    let call =
        StoryCall { person: person.to_owned(), since: since.to_owned(), files, ..StoryCall::default() };
    let mut reading = Reading::story(call).ok()?;
    loop {
        for piece in octets.chunks(size.max(1)) {
            reading.read(piece);
        }
        reading.end_file();
        if !reading.again() {
            break;
        }
    }
    match reading {
        Reading::Story(story) => story.reply().ok(),
        Reading::Filtered(filtered) => Some(filtered.reply()),
        Reading::File(_) => None,
    }
}
