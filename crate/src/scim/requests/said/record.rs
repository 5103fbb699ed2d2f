//! A request of SCIM as a [`Record`] of a person.
//!
//! gitlab-facts 3.7 and 6.1; rows R53 and R55. Leaves out: requests about groups, which are of nobody.

use super::{
    super::{Request, SentUser},
    Effect, attribute_name,
};
use crate::{
    comparison::is_email,
    scim::record::{KnownBy, Record, Source, Valued, What, name_or_email},
};

/// The address that counts, as RFC 7644 (3.10) and the mappings of identity providers name it.
const EMAIL: &str = "emails[type eq \"work\"].value";

impl Request {
    /// The values by which the person is known.
    pub(in crate::scim) fn who(&self) -> Vec<(KnownBy, String)> {
        if self.is_of_groups() {
            return Vec::new();
        }
        let id = self.id.as_deref().map(|id| (KnownBy::Scim, id));
        let user = &self.user;
        let external_id = user.external_id.as_deref().map(|id| (KnownBy::Scim, id));
        let user_name = user.user_name.as_deref().map(|name| (name_or_email(name), name));
        let emails = user.emails.iter().filter(|it| is_email(it)).map(|it| (KnownBy::Email, it.as_str()));
        let changed =
            self.operations.iter().filter_map(|it| Some((known_by(&it.path)?, it.value.as_deref()?)));
        let looked_up = self.looked_up().and_then(|(attribute, value)| Some((known_by(attribute)?, value)));
        let unnamed = self.unnamed.iter().filter(|it| is_email(it)).map(|it| (KnownBy::Email, it.as_str()));
        let all = id.into_iter().chain(external_id).chain(user_name).chain(emails);
        let all = all.chain(changed).chain(looked_up).chain(unnamed);
        // Of what GitLab did not do the identifier can be anybody's.
        let taken = [self.id.as_deref(), user.external_id.as_deref()];
        let as_it_is = |(kind, value): (KnownBy, &str)| {
            let kind = match kind {
                KnownBy::Name => name_or_email(value),
                KnownBy::Scim if self.is_done() && taken.contains(&Some(value)) => KnownBy::Scim,
                KnownBy::Scim if self.is_done() && self.is_change() => KnownBy::Renamed,
                KnownBy::Scim => KnownBy::Claimed,
                kind => kind,
            };
            (kind, value.to_owned())
        };
        all.map(as_it_is).filter(|(_, value)| !value.is_empty()).collect()
    }

    /// The request as a record.
    pub(in crate::scim) fn record(&self) -> Record {
        let said = self.said();
        let noted = self.noted().into_iter().flatten().map(|text| text.to_string());
        let meaning: Vec<String> = std::iter::once(said.text).chain(noted).collect();
        Record {
            source: Source::GitlabLog,
            line: self.line,
            at: self.at,
            who: self.who(),
            what: self.what(),
            action: format!("{} {}", self.shown_method(), self.shown_resource()),
            group: self.group.clone(),
            values: self.values(),
            status: self.status,
            severity: said.severity,
            meaning: meaning.join(" "),
            said: None,
            steps: self.steps(),
            host: self.host.clone(),
        }
    }

    fn what(&self) -> What {
        match (self.status, self.effect()) {
            (Some(500..), _) => What::Failed,
            (Some(400..), _) => What::Refused,
            _ if !self.is_done() => What::Other,
            _ if self.method == "GET" => What::LookedUp,
            _ if self.is_creation() => What::Provisioned,
            _ if self.method == "DELETE" => What::Removed,
            (_, Effect::Off) => What::Deactivated,
            (_, Effect::On) => What::Activated,
            (_, Effect::Identifier(_)) => What::Changed,
            _ if self.method == "PATCH" => What::Ignored,
            _ => What::Other,
        }
    }

    fn values(&self) -> Vec<Valued> {
        let id = self.id.as_deref().map(|id| Valued::new("id", id));
        let before = |path: &str| match self.effect() {
            Effect::Identifier(_) if known_by(path) == Some(KnownBy::Scim) => self.id.clone(),
            _ => None,
        };
        let changed = self.operations.iter().filter_map(|it| {
            let (name, value) = (attribute_name(&it.path), it.value.clone()?);
            Some(Valued { name, value, before: before(&it.path) })
        });
        let looked_up = self.looked_up();
        let looked_up = looked_up.map(|(attribute, value)| Valued::new(&attribute_name(attribute), value));
        id.into_iter().chain(self.user.values()).chain(changed).chain(looked_up).collect()
    }
}

impl SentUser {
    fn values(&self) -> impl Iterator<Item = Valued> {
        let values = [
            ("externalId", self.external_id.as_deref()),
            ("userName", self.user_name.as_deref()),
            (EMAIL, self.emails.first().map(String::as_str)),
            ("name.formatted", self.formatted.as_deref()),
            ("name.givenName", self.given_name.as_deref()),
            ("name.familyName", self.family_name.as_deref()),
            ("displayName", self.display_name.as_deref()),
        ];
        values.into_iter().filter_map(|(name, value)| Some(Valued::new(name, value?)))
    }
}

/// The kind of value that an attribute has.
fn known_by(attribute: &str) -> Option<KnownBy> {
    let is = |names: &[&str]| names.iter().any(|name| attribute.eq_ignore_ascii_case(name));
    match attribute {
        _ if is(&["id", "externalId"]) => Some(KnownBy::Scim),
        _ if is(&["userName"]) => Some(KnownBy::Name),
        _ if is(&[EMAIL, "emails.value", "emails"]) => Some(KnownBy::Email),
        _ => None,
    }
}
