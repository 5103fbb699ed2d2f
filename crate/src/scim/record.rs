//! [`Record`]: one thing that a log, an export or an answer tells of a person, as plain data: whom it is
//! about, when, where it stands, what happened, the values, the status, and what it means.
//!
//! Rows R50 to R56. A kind of record is one row of `KINDS` and one file; what it is a record of is one
//! [`Source`]. Requests of SCIM are no row: what a PATCH does depends on the requests before it, so they are
//! told once all of them are known (`Seen`). Neither are recorded sign-ins, which
//! [`view::sign_ins`](crate::view::sign_ins) tells. Leaves out: what several records say together
//! ([`story`](super::story)).

use super::{
    events,
    kept::size_of_texts,
    logged,
    records::{Fields, Flat, Raw, Rest, Sieve, Stream},
    requests::Request,
    stored,
};
use crate::{
    base::{
        catalogue::Text,
        instant::Timestamp,
        severity::{Severity, Step},
    },
    text,
};
use serde::Serialize;

/// The name of the value that a sign-in sends.
pub const NAME_ID: &str = "NameID";

/// Gives the record that the fields of a line are; nothing where they are of another kind.
type Kind = fn(line: usize, &Flat) -> Option<Record>;

/// The kinds of records besides requests; the first that fits holds.
const KINDS: [Kind; 3] = [events::record, stored::record, logged::record];

/// The thing that was read where a record stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// GitLab's log of its API, `api_json.log`.
    #[default]
    GitlabLog,
    /// The provisioning log of Entra ID.
    Entra,
    /// The System Log of Okta.
    Okta,
    /// An answer of GitLab's API, or a table that somebody made of some.
    GitlabAnswer,
    /// A recording of a browser.
    Recording,
}

impl Source {
    /// Its name, for people.
    pub fn text(self) -> Text {
        match self {
            Source::GitlabLog => text!("story.source.gitlab-log"),
            Source::Entra => text!("story.source.entra"),
            Source::Okta => text!("story.source.okta"),
            Source::GitlabAnswer => text!("story.source.gitlab-answer"),
            Source::Recording => text!("story.source.recording"),
        }
    }

    /// The place of a record: its number, and the file where it is to be named.
    pub fn place(self, number: usize, file: Option<&str>) -> Text {
        match (self, file) {
            (Source::Recording, Some(file)) => text!("story.place.sign-in-of", number = number, file = file),
            (Source::Recording, None) => text!("story.place.sign-in", number = number),
            (_, Some(file)) => text!("story.place.file", line = number, file = file),
            (_, None) => text!("story.place", line = number),
        }
    }
}

/// The thing that happened to a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// GitLab created or linked the account.
    Provisioned,
    /// GitLab gave the SCIM identity another identifier.
    Changed,
    /// GitLab made the SCIM identity inactive.
    Deactivated,
    /// GitLab made it active again, or left it active.
    Activated,
    /// The SCIM app deleted the user: GitLab made the SCIM identity inactive, too.
    Removed,
    /// GitLab said that it is done, and changed nothing.
    Ignored,
    /// The SCIM app only looked.
    LookedUp,
    /// GitLab refused a request.
    Refused,
    /// GitLab could not answer.
    Failed,
    /// The identity provider says that it sent something and GitLab took it.
    Sent,
    /// The identity provider says that it sent something and it was not done.
    NotDone,
    /// The identity provider sent nothing, and says why.
    Skipped,
    /// The person signed in at the identity provider.
    SignedIn,
    /// The identity provider or GitLab did not sign the person in.
    SignInRefused,
    /// The identity provider signed the person in, and what GitLab did then is not known.
    SignInOpen,
    /// GitLab has it stored.
    Stored,
    /// Something else.
    #[default]
    Other,
}

impl What {
    /// In words.
    pub fn text(self) -> Text {
        match self {
            What::Provisioned => text!("story.what.provisioned"),
            What::Changed => text!("story.what.changed"),
            What::Deactivated => text!("story.what.deactivated"),
            What::Activated => text!("story.what.activated"),
            What::Removed => text!("story.what.removed"),
            What::Ignored => text!("story.what.ignored"),
            What::LookedUp => text!("story.what.looked-up"),
            What::Refused => text!("story.what.refused"),
            What::Failed => text!("story.what.failed"),
            What::Sent => text!("story.what.sent"),
            What::NotDone => text!("story.what.not-done"),
            What::Skipped => text!("story.what.skipped"),
            What::SignedIn => text!("story.what.signed-in"),
            What::SignInRefused => text!("story.what.sign-in-refused"),
            What::SignInOpen => text!("story.what.sign-in-open"),
            What::Stored => text!("story.what.stored"),
            What::Other => text!("story.what.other"),
        }
    }

    /// Whether something was another thing behind it than before: what comes then is no repetition of what
    /// was there before it.
    pub fn is_change(self) -> bool {
        matches!(
            self,
            What::Provisioned
                | What::Changed
                | What::Deactivated
                | What::Activated
                | What::Removed
                | What::Sent
        )
    }
}

/// The kind of value by which a person is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KnownBy {
    /// An identifier of SCIM: `externalId`, `id`; upper and lower case are the same (gitlab-facts 4.2).
    Scim,
    /// An identifier of SAML: the stored `extern_uid`, or a NameID; upper and lower case differ.
    Saml,
    /// GitLab's number of the user.
    UserId,
    /// An e-mail address, or a name that is written like one; upper and lower case are the same.
    Email,
    /// An identifier of SCIM that a change gave, unless GitLab ignored it, since the identity was inactive.
    Renamed,
    /// An identifier of SCIM that was only asked for, or sent in vain: it can be anybody's.
    Claimed,
    /// A user name or a name; two people can have the same.
    Name,
}

/// One value that was sent, or is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Valued {
    /// The name of the attribute, as RFC 7644 (3.10) writes it.
    pub name: String,
    /// The value.
    pub value: String,
    /// The value before, where the record tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
}

impl Valued {
    /// A value without one before.
    pub fn new(name: &str, value: &str) -> Self {
        Valued { name: name.to_owned(), value: value.to_owned(), before: None }
    }
}

/// One thing that is told of a person.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// The thing that was read.
    pub source: Source,
    /// Number of the line, from 1; of a recording, the number of the sign-in.
    pub line: usize,
    /// When, by the clock of whoever wrote it.
    pub at: Option<Timestamp>,
    /// The values by which the person is known.
    pub who: Vec<(KnownBy, String)>,
    /// The thing that happened.
    pub what: What,
    /// The same in the words of the source: `POST Users`, `create`.
    pub action: String,
    /// Path of the group.
    pub group: Option<String>,
    /// The values that were sent, or are stored.
    pub values: Vec<Valued>,
    /// The status of GitLab's answer.
    pub status: Option<u16>,
    /// The weight of it.
    pub severity: Severity,
    /// The meaning of it.
    pub meaning: String,
    /// The words of GitLab or of the identity provider.
    pub said: Option<String>,
    /// The steps to take.
    pub steps: Vec<Step>,
    /// The host of the GitLab that answered.
    pub host: Option<String>,
}

impl Record {
    fn size(&self) -> usize {
        let values = self.values.iter().flat_map(|it| [&it.name, &it.value].into_iter().chain(&it.before));
        let texts = [&self.action, &self.meaning].into_iter().chain(&self.group).chain(&self.said);
        let texts = texts.chain(self.who.iter().map(|(_, value)| value)).chain(values);
        size_of::<Self>() + size_of_texts(texts.chain(self.steps.iter().map(|it| &it.text)))
    }
}

/// A record as it is read.
#[derive(Clone)]
pub(super) enum Seen {
    /// A request of SCIM, whose meaning depends on those before it.
    Request(Box<Request>),
    /// Any other record.
    Record(Box<Record>),
}

impl Seen {
    /// The values by which the person is known.
    pub(super) fn who(&self) -> Vec<(KnownBy, String)> {
        match self {
            Seen::Request(request) => request.who(),
            Seen::Record(record) => record.who.clone(),
        }
    }

    /// The path of its group.
    pub(super) fn group(&self) -> Option<&str> {
        match self {
            Seen::Request(request) => request.group.as_deref(),
            Seen::Record(record) => record.group.as_deref(),
        }
    }

    /// The octets that it takes in memory.
    pub(super) fn size(&self) -> usize {
        match self {
            Seen::Request(request) => request.size(),
            Seen::Record(record) => record.size(),
        }
    }

    /// The request that it is.
    pub(super) fn request_mut(&mut self) -> Option<&mut Request> {
        match self {
            Seen::Request(request) => Some(request),
            Seen::Record(_) => None,
        }
    }

    /// The record, once all of the person are known.
    pub(super) fn into_record(self) -> Record {
        match self {
            Seen::Request(request) => request.record(),
            Seen::Record(record) => *record,
        }
    }
}

/// The records of a text that comes in pieces, in UTF-8, cut anywhere.
pub(super) struct Reader(Stream);

impl Reader {
    /// A text of which nothing has come.
    pub(super) fn new() -> Self {
        Reader(Stream::new(Sieve::default()))
    }

    /// Gives each record in what has come that can be of a person to `take`.
    pub(super) fn read(&mut self, octets: &[u8], take: &mut dyn FnMut(Seen)) {
        self.0.read(octets, &mut |line, fields, raw| known(line, fields, raw, take));
    }

    /// Reads what is left.
    pub(super) fn end(self, take: &mut dyn FnMut(Seen)) -> Rest {
        self.0.end(&mut |line, fields, raw| known(line, fields, raw, take))
    }
}

/// Gives the record that a line is to `take`; whether it is one.
fn known(line: usize, fields: &Fields, raw: &mut Raw<'_>, take: &mut dyn FnMut(Seen)) -> bool {
    if let Some(request) = Request::of(line, fields, raw) {
        take(Seen::Request(Box::new(request)));
        return true;
    }
    let flat = Flat::of(fields);
    let record = KINDS.iter().find_map(|kind| kind(line, &flat));
    let is_known = record.is_some();
    record.into_iter().for_each(|record| take(Seen::Record(Box::new(record))));
    is_known
}

/// The kind that a name is of: people have addresses as user names.
pub(super) fn name_or_email(value: &str) -> KnownBy {
    if crate::comparison::is_email(value) { KnownBy::Email } else { KnownBy::Name }
}
