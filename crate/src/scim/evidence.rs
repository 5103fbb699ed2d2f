//! The material that an administrator has of SCIM, whatever it is: GitLab's log, an export of the identity
//! provider, or the address that the SCIM app was given. Its content decides what it is.
//!
//! Rows R50 to R56, R75 to R98. Nothing of it becomes part of a trace. Leaves out: SCIM answers of one user,
//! which are compared where that user is known ([`reactivation`](crate::group::reactivation)), and messages,
//! which are about much besides SCIM ([`explain`](crate::explain)).

use super::{EvidenceReader, READERS, Statement, filters::Period};
use crate::base::instant::Timestamp;

/// The questions asked of it; the default is everything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// Path of the group whose requests are wanted.
    pub group: Option<String>,
    /// A value of the user whose requests are wanted: identifier, user name or e-mail address.
    pub value: Option<String>,
    /// A value of the person whose story is wanted ([`story`](super::story)).
    pub person: Option<String>,
    /// The time from which things are wanted.
    pub since: Option<Timestamp>,
    /// The time before which they are wanted.
    pub until: Option<Timestamp>,
    /// The address that GitLab shows as its SCIM API endpoint URL.
    pub endpoint: Option<String>,
    /// The field of which the SAML app makes the NameID, as `user.objectid`.
    pub name_id: Option<String>,
}

impl Asked {
    /// The time of what is wanted.
    pub(super) fn period(&self) -> Period {
        Period { since: self.since, until: self.until }
    }
}

/// The instant that a person writes: a time, with or without seconds, or a day, which is its beginning.
pub fn instant(written: &str) -> Option<Timestamp> {
    let written = written.trim();
    let Some((day, time)) = written.split_once(['T', 't', ' ']) else {
        return Timestamp::parse(&format!("{written}T00:00:00Z"));
    };
    let zone = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at_checked(zone)?;
    let seconds = if clock.matches(':').count() == 1 { ":00" } else { "" };
    Timestamp::parse(&format!("{day}T{}{seconds}{}", clock.trim_end(), zone.trim_start()))
}

/// Tells what `content` says; nothing where it is none of these.
pub fn read(content: &str, asked: &Asked) -> Vec<Statement> {
    let content = trimmed(content);
    reader(content).map(|reader| told(reader, content, asked)).unwrap_or_default()
}

/// Tells what `content` says, where it is about SCIM for certain: any address can be a wrong one, and a log
/// be of something else.
pub fn recognised(content: &str) -> Option<Vec<Statement>> {
    let content = trimmed(content);
    let reader = reader(content).filter(|reader| !reader.can_be_other || content.contains("/scim/"))?;
    Some(told(reader, content, &Asked::default())).filter(|found| !found.is_empty())
}

/// Whether the story of a person can be told of `content`.
pub fn is_of_people(content: &str) -> bool {
    reader(trimmed(content)).is_some_and(|reader| reader.is_of_people)
}

/// The statements as they may be printed: a value that somebody sent can hold an address with a credential,
/// or be one.
fn told(reader: &EvidenceReader, content: &str, asked: &Asked) -> Vec<Statement> {
    (reader.read)(content, asked).into_iter().map(Statement::redacted).collect()
}

fn reader(content: &str) -> Option<&'static EvidenceReader> {
    READERS.iter().find(|reader| (reader.recognises)(content))
}

fn trimmed(content: &str) -> &str {
    content.trim_start_matches('\u{feff}').trim()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::severity::Severity;

    #[test]
    fn a_time_is_read_as_people_write_it() {
        let at = |written: &str| instant(written).map(|at| at.to_string());
        let expected = at("2026-01-31T09:05:00Z");
        assert!(expected.is_some());
        for written in [
            "2026-01-31T09:05Z",
            " 2026-01-31 09:05 ",
            "2026-01-31 09:05 Z",
            "2026-01-31T09:05:00.000Z",
            "2026-01-31T10:05+01:00",
            "2026-01-31 10:05:00 +01:00",
        ] {
            assert_eq!(at(written), expected, "{written}");
        }
        assert_eq!(at("2026-01-31"), at("2026-01-31T00:00Z"));
        for written in
            ["", "yesterday", "2026-01-31T", "2026-01-31T9", "2026-01-31T25:00Z", "12:00", "T", "31.01.2026"]
        {
            assert_eq!(at(written), None, "{written}");
        }
    }

    fn texts(content: &str, asked: &Asked) -> Vec<String> {
        let parts = read(content, asked);
        parts.iter().flat_map(|part| part.sentences.iter().map(|it| it.text.clone())).collect()
    }

    const LINE: &str = r#"{"time":"2026-11-21T17:20:17.452Z","status":404,"method":"DELETE","path":"/api/scim/v2/groups/acme/Users/0a21","params":[]}"#;

    #[test]
    fn each_kind_is_known_by_its_content() {
        for (content, words) in [
            ("https://gitlab.com/api/scim/v2/groups/acme\n", "SCIM API of the group “acme”"),
            ("\u{feff}{\"synchronizationRules\": []}", "not Entra ID's provisioning schema"),
            (r#"{"synchronizationRules": [{"objectMappings": []}]}"#, "no mapping of users"),
            (LINE, "Shown: 1 of 1 SCIM requests"),
            (
                &LINE.replace("\"method", "\"json.method").replace("\"path", "\"json.path"),
                "Shown: 1 of 1 SCIM requests",
            ),
        ] {
            let texts = texts(content, &Asked::default());
            assert!(texts[0].contains(words), "{content}: {texts:?}");
        }
        for content in ["", "Everything went well", r#"{"detail":"User has already been taken"}"#] {
            assert!(texts(content, &Asked::default()).is_empty(), "{content}");
        }
    }

    #[test]
    fn only_what_is_about_scim_for_certain_is_recognised() {
        for (content, is_it) in [
            ("https://gitlab.com/api/scim/v2/groups/acme", true),
            ("https://gitlab.com/groups/acme/-/saml", false),
            (LINE, true),
            (r#"{"method":"GET","path":"/api/v4/projects","status":200}"#, false),
            ("Error authenticating: null", false),
            ("<samlp:Response/>", false),
            ("", false),
        ] {
            assert_eq!(recognised(content).is_some(), is_it, "{content}");
        }
    }

    #[test]
    fn of_a_log_what_is_asked_for_is_told_with_time_and_place() {
        let file = format!("{LINE}\n{{\"x\": 1}}\n{{");
        let asked = Asked { group: Some("acme".into()), value: Some("0A21".into()), ..Asked::default() };
        let parts = read(&file, &asked);
        let [sum, request] = &parts[..] else { panic!("{parts:#?}") };
        assert!(sum.sentences[0].text.contains("Other lines in it: 1"), "{sum:?}");
        assert!(sum.sentences[1].text.contains("Line 3"), "{sum:?}");
        for query in [
            "pubsub-rails-inf-gprd-* ",
            "json.path: (\"/api/scim/v2/groups/acme/\" or ",
            "json.params.value: (\"0A21\" or ",
        ] {
            assert!(sum.steps[0].text.contains(query), "{sum:?}");
        }
        assert_eq!(
            request.heading.as_deref(),
            Some("2026-11-21 17:20:17 UTC  DELETE Users/0a21 404 (line 1)")
        );
        assert_eq!(request.sentences[0].severity, Severity::Error);
        let other = read(&file, &Asked { group: Some("other".into()), ..Asked::default() });
        assert_eq!((other.len(), other[0].sentences[0].severity), (1, Severity::Warning));
    }

    #[test]
    fn what_is_known_beside_it_is_compared() {
        let asked =
            Asked { endpoint: Some("https://gitlab.com/api/scim/v2/groups/b".into()), ..Asked::default() };
        assert!(texts("https://gitlab.com/api/scim/v2/groups/a", &asked)[0].contains("groups/b"));
    }
}
