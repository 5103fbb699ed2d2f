//! The material that an administrator has of SCIM: logs, messages, addresses, exports of identity providers.

use super::is_plain;
use samlight::{
    idp,
    scim::{
        endpoint,
        evidence::{self, Asked},
        messages,
        requests::ScimLog,
    },
    view::print::terminal,
};

/// Any text. Something is said of it, the same each time; each line of a log is counted once; each export
/// that is recognised is checked.
pub(super) fn scim(octets: &[u8]) {
    let text = String::from_utf8_lossy(octets);
    let asked = Asked {
        group: Some("acme".to_owned()),
        value: Some("ada@example.com".to_owned()),
        endpoint: Some("https://gitlab.com/api/scim/v2/groups/acme".to_owned()),
        name_id: Some("user.mail".to_owned()),
    };
    for asked in [Asked::default(), asked] {
        let said = evidence::read(&text, &asked);
        assert!(!said.is_empty(), "nothing is said");
        assert_eq!(said, evidence::read(&text, &asked), "the second time something else is said");
        for statement in &said {
            assert!(!statement.sentences.is_empty() || !statement.steps.is_empty(), "{statement:?}");
            is_plain(&terminal::render_statement(statement));
        }
    }
    if let Some(recognised) = evidence::recognised(&text) {
        assert!(!recognised.is_empty());
    }
    let log = ScimLog::read(&text);
    let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
    let told = log.requests.len() + log.left_out + log.others;
    assert!(told <= lines, "{told} of {lines} lines");
    assert!(log.requests.windows(2).all(|pair| pair[0].line < pair[1].line), "not in the order of the file");
    for sentence in endpoint::check(&text, None) {
        assert!(!sentence.text.is_empty());
    }
    messages::said(&text).iter().for_each(|statement| is_plain(&terminal::render_statement(statement)));
    for export in idp::EXPORTS {
        for name_id in [None, Some("user.mail")] {
            match (export.check)(&text, name_id) {
                Ok(sentences) => assert!(!sentences.is_empty(), "nothing is said"),
                Err(text) => assert!(!text.to_string().is_empty()),
            }
        }
    }
}
