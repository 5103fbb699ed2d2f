//! `exceptions_json.log`, and the exceptions in the lines of other logs: what failed inside GitLab.
//!
//! `lib/gitlab/exception_log_formatter.rb` (`exception.class`, `exception.message`); gitlab-facts 5.3 (E61,
//! E63) for those that SAML and SCIM are known to cause. Leaves out: the backtrace, which says something to
//! who knows GitLab's code, and everything about other requests.

use super::{super::records::Flat, Said, cut, known};
use crate::{
    base::{
        catalogue::Text,
        severity::{Sentence, Severity, Step},
    },
    text,
};

/// The words of which one stands somewhere in an exception about SAML or SCIM: its class, its caller, its
/// backtrace.
const MARKS: [&str; 3] = ["saml", "scim", "omniauth"];

/// An exception that is known.
struct Row {
    /// Any of these is in its class or in its message.
    words: &'static [&'static str],
    severity: Severity,
    means: fn() -> Text,
    steps: &'static [fn() -> Text],
}

/// The exceptions that are known; the first that fits holds.
const ROWS: [Row; 9] = [
    Row {
        words: &["X509", "OpenSSL::PKey", "nested asn1", "PEM_read_bio"],
        severity: Severity::Error,
        means: || text!("logged.certificate"),
        steps: &[|| text!("logged.certificate.do")],
    },
    Row {
        words: &["InvalidAuthenticityToken"],
        severity: Severity::Error,
        means: || text!("logged.token-lost"),
        steps: &[|| text!("logged.token-lost.do")],
    },
    Row {
        words: &["RecordNotUnique", "UniqueViolation"],
        severity: Severity::Warning,
        means: || text!("logged.not-unique"),
        steps: &[|| text!("scim-log.failed.do")],
    },
    Row {
        words: &["Timeout", "QueryCanceled", "statement timeout"],
        severity: Severity::Error,
        means: || text!("logged.timeout"),
        steps: &[|| text!("logged.timeout.do")],
    },
    Row {
        words: &["ConnectionBad", "ConnectionNotEstablished", "CannotConnect", "Redis::", "ECONNREFUSED"],
        severity: Severity::Error,
        means: || text!("logged.unreachable"),
        steps: &[|| text!("logged.unreachable.do")],
    },
    Row {
        words: &["RoutingError", "RecordNotFound"],
        severity: Severity::Error,
        means: || text!("logged.nothing-there"),
        steps: &[|| text!("logged.nothing-there.do")],
    },
    Row {
        words: &["InvalidURIError", "Addressable::URI"],
        severity: Severity::Error,
        means: || text!("logged.bad-address"),
        steps: &[|| text!("logged.bad-address.do")],
    },
    Row {
        words: &["RecordInvalid", "Validation failed"],
        severity: Severity::Error,
        means: || text!("logged.invalid"),
        steps: &[|| text!("logged.invalid.do")],
    },
    Row {
        words: &["ParserError", "ParseError", "REXML::", "Nokogiri::"],
        severity: Severity::Error,
        means: || text!("logged.unreadable"),
        steps: &[|| text!("explain.bring.trace")],
    },
];

/// Reads a line of the log.
pub(super) fn read(record: &Flat) -> Option<Said> {
    let class = record.first(&["exceptionclass"])?;
    let message = record.first(&["exceptionmessage"]).unwrap_or_default();
    let (sentence, steps) = meaning(class, message);
    let who = [&["userusername", "metauser", "username"][..], &["userid", "metauserid"][..]];
    let who = who.iter().filter_map(|names| record.first(names)).map(str::to_owned).collect();
    let caller = record.first(&["metacallerid", "callerid", "tagscallerid"]).unwrap_or_default();
    Some(Said {
        what: caller.to_owned(),
        who,
        sentences: vec![sentence],
        steps,
        needs_request: !MARKS.iter().any(|mark| record.mentions(mark)),
        ..Said::default()
    })
}

/// The meaning of an exception, and the steps to take.
pub(super) fn meaning(class: &str, message: &str) -> (Sentence, Vec<Step>) {
    let step = |text: Text| Step { text: text.to_string(), link: None, by: None };
    let said = text!("logged.exception", class = cut(class), message = cut(message));
    let told = |severity, means: Text| Sentence { severity, text: format!("{said} {means}") };
    if let Some((severity, means, steps)) = known(message) {
        return (told(severity, means), steps);
    }
    let message = cut(message);
    let is_in = |word: &&str| class.contains(word) || message.contains(word);
    match ROWS.iter().find(|row| row.words.iter().any(&is_in)) {
        Some(row) => (told(row.severity, (row.means)()), row.steps.iter().map(|it| step(it())).collect()),
        None => {
            let steps = [text!("logged.unknown.search"), text!("logged.unknown.bring")];
            (told(Severity::Error, text!("logged.unknown")), steps.map(step).to_vec())
        }
    }
}
