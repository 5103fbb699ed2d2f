//! [`Provisioned`]: the SCIM request that creates one person of a list, by the mapping in the settings: what
//! GitLab will receive, whether it takes it, and beside it what it has stored and what its log shows.
//!
//! gitlab-facts 3.7, 5.4 and 7.6; rows R17, R53 to R56, R78 to R80 and R85. GitLab's rules for the values are
//! those by which a logged request is judged ([`SentUser::faults`]); a user name is made again of the
//! characters that GitLab allows (`lib/gitlab/auth/external_username_sanitizer.rb`), and a first or last name
//! has 127 of them at most (E46). Leaves out: `active`, which no list of people tells; and whether the person
//! is assigned to the app.

use super::{
    expected::Expectation,
    members::Roll,
    settings::{For, Settings},
};
use crate::{
    base::{
        catalogue::Text,
        severity::{Sentence, Severity},
    },
    comparison::{Verdict, verdict},
    gitlab::stored::StoredValue,
    idp::{directory::Directory, expression::Unclear},
    scim::{
        Statement,
        record::Source,
        requests::SentUser,
        story::{Entry, Told},
    },
    text,
    view::value::visible,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// The address that counts, as mappings name it.
const EMAIL: &str = "emails[type eq \"work\"].value";
/// The attributes that GitLab reads, each with its place in the request.
const READ: [(&str, &[&str]); 7] = [
    ("externalId", &["externalId"]),
    ("userName", &["userName"]),
    (EMAIL, &["emails"]),
    ("name.formatted", &["name", "formatted"]),
    ("name.givenName", &["name", "givenName"]),
    ("name.familyName", &["name", "familyName"]),
    ("displayName", &["displayName"]),
];
/// Characters of a first or last name.
const NAME: usize = 127;
/// Rows of a list that are told, where several have a value.
const ROWS: usize = 5;

/// One attribute of the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its name, as the mapping has it.
    pub target: String,
    /// The expression that it is made of.
    pub written: String,
    /// The value; nothing where the fields are empty; or why it is not known.
    pub value: Result<Option<String>, Unclear>,
}

/// The request for one person.
#[derive(Debug)]
pub struct Provisioned {
    /// The row of the list.
    pub row: usize,
    /// The attributes that GitLab reads.
    pub attributes: Vec<Attribute>,
    /// The address of the request.
    path: String,
}

/// The newest creation of a person in GitLab's log: what arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// The place in the log.
    place: String,
    /// The attributes, each with its value.
    values: Vec<(String, String)>,
}

impl Received {
    /// Of the stories that logs tell of one person.
    pub fn newest(told: &[Told]) -> Option<Self> {
        let entries = told.iter().flat_map(|told| &told.people).flat_map(|story| &story.entries);
        let is_it = |it: &&Entry| it.source == Source::GitlabLog && it.action.starts_with("POST");
        let entry = entries.filter(is_it).max_by(|one, other| one.at.cmp(&other.at))?;
        let values = entry.values.iter().map(|valued| (valued.name.clone(), valued.value.clone()));
        let place = entry.source.place(entry.line, Some(&entry.file)).to_string();
        Some(Received { place, values: values.collect() })
    }

    fn value(&self, target: &str) -> Option<&str> {
        self.values.iter().find(|(name, _)| name == target).map(|(_, value)| value.as_str())
    }

    /// Whether one of these values is in it, whatever its case.
    pub fn is_of(&self, known_by: &[&str]) -> bool {
        let is_it = |value: &str| known_by.iter().any(|known| known.to_lowercase() == value.to_lowercase());
        self.values.iter().any(|(_, value)| is_it(value))
    }
}

/// The rows of a list that have a value in any column, whatever its case.
pub fn rows(list: &Directory, value: &str) -> Vec<usize> {
    let value = value.trim().to_lowercase();
    let has = |row: &usize| list.rows.row(*row).any(|it| it.to_lowercase() == value);
    if value.is_empty() { Vec::new() } else { (0..list.rows.len()).filter(has).take(ROWS).collect() }
}

impl Provisioned {
    /// The request for the person of a row; nothing where no settings say how SCIM makes its values.
    pub fn of(settings: &Settings, of: For<'_>, list: &Directory, row: usize) -> Option<Self> {
        let (provider, mapped) = settings.mapped(of)?;
        let read = |target: &str| READ.iter().any(|(name, _)| *name == target);
        let attributes = mapped.into_iter().filter(|(target, _)| read(target)).map(|(target, source)| {
            let column = |field: &str| crate::idp::app::column(provider, list, field);
            let value = source.read.and_then(|read| Ok(read.bound(list, &column)?.value(list, row)));
            Attribute { target, written: source.written, value }
        });
        let path = match of.path {
            "" => "/api/scim/v2/groups/:group/Users".to_owned(),
            path => format!("/api/scim/v2/groups/{path}/Users"),
        };
        Some(Provisioned { row, attributes: attributes.collect(), path })
    }

    fn value(&self, target: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|it| it.target == target)?;
        found.value.as_ref().ok()?.as_deref()
    }

    /// The values by which a log knows the person.
    pub fn known_by(&self) -> Vec<&str> {
        ["externalId", EMAIL, "userName"].iter().filter_map(|target| self.value(target)).collect()
    }

    /// The values as GitLab reads them. Of one that is not known nothing is a fault: it counts as a good one.
    fn user(&self) -> SentUser {
        let is_unknown =
            |target: &str| self.attributes.iter().any(|it| it.target == target && it.value.is_err());
        let value = |target: &str| match is_unknown(target) {
            true => Some(if target == EMAIL { "x@example.com" } else { "x" }.to_owned()),
            false => self.value(target).map(str::to_owned),
        };
        SentUser {
            external_id: value("externalId"),
            user_name: value("userName"),
            emails: value(EMAIL).into_iter().collect(),
            formatted: value("name.formatted"),
            given_name: value("name.givenName"),
            family_name: value("name.familyName"),
            display_name: value("displayName"),
        }
    }

    /// The body of the request.
    pub fn body(&self) -> Value {
        let mut body = Map::new();
        body.insert("schemas".to_owned(), json!(["urn:ietf:params:scim:schemas:core:2.0:User"]));
        for (target, place) in READ {
            let Some(value) = self.value(target) else { continue };
            match place {
                ["emails"] => {
                    body.insert(
                        "emails".to_owned(),
                        json!([{"type": "work", "primary": true, "value": value}]),
                    );
                }
                [outer, inner] => {
                    let name = body.entry((*outer).to_owned()).or_insert_with(|| json!({}));
                    if let Some(name) = name.as_object_mut() {
                        name.insert((*inner).to_owned(), value.into());
                    }
                }
                [one, ..] => drop(body.insert((*one).to_owned(), value.into())),
                [] => {}
            }
        }
        body.insert("active".to_owned(), true.into());
        Value::Object(body)
    }

    /// It as JSON.
    pub fn report(&self) -> Value {
        let attributes = self.attributes.iter().map(|it| {
            let value = it.value.as_ref().ok().cloned().flatten();
            let unclear = it.value.as_ref().err().map(|why| why.text().to_string());
            json!({"target": it.target, "made_of": it.written, "value": value, "unclear": unclear})
        });
        json!({"row": self.row + 1, "method": "POST", "path": self.path, "body": self.body(),
            "attributes": attributes.collect::<Vec<_>>()})
    }

    /// It in words: each attribute with what the log shows of it, then what GitLab makes of all.
    pub fn statements(
        &self,
        (list, roll): (&Directory, &Roll),
        expectation: Option<&Expectation<'_>>,
        received: Option<&Received>,
    ) -> Vec<Statement> {
        let neutral = |text: Text| (Severity::Neutral, text);
        let request = neutral(text!("provisioned.request", path = self.path, body = self.body()));
        let attributes = self.attributes.iter().flat_map(|it| said_of_attribute(it, received));
        let user = self.user();
        let faults: Vec<(Severity, Text)> = user
            .faults()
            .into_iter()
            .chain(names(&user))
            .chain(self.said_of_stored(expectation, roll))
            .collect();
        let is_taken = faults.iter().all(|(severity, _)| *severity < Severity::Error)
            && self.attributes.iter().all(|it| it.value.is_ok());
        let good = is_taken.then(|| (Severity::Good, text!("provisioned.taken")));
        let active = neutral(text!("provisioned.active"));
        let name_id = self.said_of_name_id(list, expectation);
        let log = received.is_none().then(|| neutral(text!("provisioned.no-log")));
        let said =
            attributes.chain([active]).chain(faults).chain(good).chain(name_id).chain(log).chain([request]);
        let sentence = |(severity, text): (Severity, Text)| Sentence { severity, text: text.to_string() };
        let heading = text!("provisioned.heading", person = shown(list.label(self.row)));
        let whole = Statement {
            heading: Some(heading.to_string()),
            sentences: said.map(sentence).collect(),
            ..Statement::default()
        };
        vec![whole.redacted()]
    }

    /// The NameID that is expected of the person, beside externalId (R17).
    fn said_of_name_id(
        &self,
        list: &Directory,
        expectation: Option<&Expectation<'_>>,
    ) -> Option<(Severity, Text)> {
        let name_id = expectation?.name_id.field()?.value(list, self.row).into_owned();
        let external_id = self.value("externalId")?;
        let name_id = Some(name_id).filter(|it| !it.is_empty())?;
        let (name_id_shown, shown_id) = (shown(&name_id), shown(external_id));
        Some(match name_id == external_id {
            true => (Severity::Good, text!("provisioned.same", value = name_id_shown)),
            false => (
                Severity::Error,
                text!("provisioned.differs", name_id = name_id_shown, external_id = shown_id),
            ),
        })
    }

    /// The identifier that GitLab has stored for the member, where it is another one: it answers 409 (S01).
    fn said_of_stored(&self, expectation: Option<&Expectation<'_>>, roll: &Roll) -> Option<(Severity, Text)> {
        let external_id = self.value("externalId")?;
        let member = expectation?.members.iter().find(|(_, it)| it.row == self.row);
        let own = member.map(|(id, _)| *id);
        let scim = |person| match roll.scim(person) {
            StoredValue::Known(stored) => Some(stored.as_str()),
            StoredValue::Absent | StoredValue::Unseen => None,
        };
        // GitLab compares SCIM's identifiers without regard to case.
        let is_same =
            |stored: &str| matches!(verdict(external_id, stored), Verdict::Exact | Verdict::CaseOnly);
        let of_other =
            roll.people().find(|(id, person)| Some(*id) != own && scim(person).is_some_and(is_same));
        if let Some((id, person)) = of_other {
            let member = shown(&person.member(id).label());
            return Some((
                Severity::Error,
                text!("provisioned.of-other", value = shown(external_id), member = member),
            ));
        }
        let own = roll.borrowed(own?)?;
        let stored = scim(own)?;
        Some(match is_same(stored) {
            true => (Severity::Good, text!("provisioned.stored", value = shown(stored))),
            false => (
                Severity::Error,
                text!("provisioned.stored-other", stored = shown(stored), value = shown(external_id)),
            ),
        })
    }
}

fn said_of_attribute(it: &Attribute, received: Option<&Received>) -> Vec<(Severity, Text)> {
    let (target, written) = (it.target.as_str(), shown(&it.written));
    let expected = match &it.value {
        Ok(Some(value)) => (
            Severity::Neutral,
            text!("provisioned.value", target = target, written = written, value = shown(value)),
        ),
        Ok(None) => (Severity::Warning, text!("provisioned.empty", target = target, written = written)),
        Err(why) => (
            Severity::Warning,
            text!("settings.unclear", label = target, written = written, why = why.text()),
        ),
    };
    let (Some(received), Ok(value)) = (received, &it.value) else { return vec![expected] };
    let place = &received.place;
    let log = match (received.value(&it.target), value) {
        (Some(arrived), Some(value)) if arrived == value => {
            (Severity::Good, text!("provisioned.received", target = target, place = place))
        }
        (Some(arrived), _) => (
            Severity::Error,
            text!("provisioned.received-other", target = target, value = shown(arrived), place = place),
        ),
        (None, Some(_)) => {
            (Severity::Warning, text!("provisioned.not-received", target = target, place = place))
        }
        (None, None) => return vec![expected],
    };
    vec![expected, log]
}

/// A name that GitLab refuses, and a user name that it changes.
fn names(user: &SentUser) -> Vec<(Severity, Text)> {
    let of_name = [("name.givenName", &user.given_name), ("name.familyName", &user.family_name)];
    let long = of_name.into_iter().filter_map(|(target, name)| {
        let is_long = name.as_deref().is_some_and(|name| name.chars().count() > NAME);
        is_long.then(|| (Severity::Error, text!("provisioned.long", target = target, limit = NAME)))
    });
    let changed = user.user_name.as_deref().filter(|name| !name.trim().is_empty() && is_changed(name));
    let changed = changed.map(|name| (Severity::Warning, text!("provisioned.user-name", name = shown(name))));
    long.chain(changed).collect()
}

/// Whether GitLab makes another user name of one.
fn is_changed(name: &str) -> bool {
    let is_mark = |c: char| "_.-".contains(c);
    let is_other = |c: char| !(c.is_ascii_alphanumeric() || is_mark(c));
    let mut pairs = name.chars().zip(name.chars().skip(1));
    let is_twice = pairs.any(|(one, other)| is_mark(one) && is_mark(other));
    let ends = [".git", ".atom"].iter().any(|end| name.to_lowercase().ends_with(end));
    name.contains(is_other) || name.starts_with(is_mark) || name.ends_with(is_mark) || is_twice || ends
}

/// A value for people.
fn shown(value: &str) -> String {
    visible(value, None).to_string()
}

#[cfg(test)]
mod tests;
