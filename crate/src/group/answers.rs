//! GitLab's answers to the reads of a group, each reduced at once to what is compared.
//!
//! gitlab-facts 3.2 to 3.6, GitLab 18.x; what older versions lack is optional. A row that is not as expected
//! is counted and left out, the others are read. Nothing else of an answer is kept, not for a moment: no
//! avatar, no address of a sign-in, no note of an administrator.

use super::members::{Email, IdentityChange, Person, Roll, is_same_email};
use crate::{
    base::{json, limits::AUDIT_CHANGES},
    gitlab::stored::StoredValue,
};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::value::RawValue;

/// `GET /user`: whose session it is, and their primary e-mail address.
pub(super) fn user(roll: &mut Roll, body: &str) -> Option<usize> {
    let user: User = json::read(body).ok()?;
    roll.reader = Some(user.id);
    roll.reader_is_admin = user.is_admin == Some(true);
    user.learn(roll);
    Some(1)
}

/// `GET /user/emails`: their addresses. GitLab lists the primary one among them.
pub(super) fn emails(roll: &mut Roll, body: &str) -> Option<usize> {
    let emails: Vec<OwnEmail> = rows(roll, body)?;
    let count = emails.len();
    // Without a primary address to stand first, a further one would be taken for it.
    if let Some(reader) =
        roll.reader.filter(|reader| roll.person(*reader).is_some_and(|p| p.primary().is_some()))
    {
        roll.change(reader, |person| {
            for OwnEmail { email, confirmed_at } in emails {
                learn_email(person, email, Some(confirmed_at.is_some()), false);
            }
        });
    }
    Some(count)
}

/// `GET /groups/:id`.
pub(super) fn group(roll: &mut Roll, body: &str) -> Option<usize> {
    let group: Group = json::read(body).ok()?;
    let list = |text: Option<String>| -> Vec<String> {
        let text = text.unwrap_or_default();
        text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
    };
    roll.group.id = Some(group.id);
    roll.group.path = Some(group.full_path);
    roll.group.ip_ranges = list(group.ip_restriction_ranges);
    roll.group.email_domains = list(group.allowed_email_domains_list);
    Some(1)
}

/// `GET /groups/:id/saml/identities`: all of them in one answer.
pub(super) fn saml_identities(roll: &mut Roll, body: &str) -> Option<usize> {
    let identities: Vec<ListedIdentity> = rows(roll, body)?;
    roll.lists_saml = true;
    let count = identities.len();
    for identity in identities {
        roll.change(identity.user_id, |person| person.saml = StoredValue::from(identity.extern_uid));
    }
    Some(count)
}

/// `GET /groups/:id/scim/identities`.
pub(super) fn scim_identities(roll: &mut Roll, body: &str) -> Option<usize> {
    let identities: Vec<ListedIdentity> = rows(roll, body)?;
    roll.lists_scim = true;
    let count = identities.len();
    for identity in identities {
        roll.change(identity.user_id, |person| {
            person.scim = StoredValue::from(identity.extern_uid);
            person.scim_active = identity.active;
        });
    }
    Some(count)
}

/// `GET /groups/:id/members`: a page of them. Their identities are in it for an owner alone.
pub(super) fn members(roll: &mut Roll, body: &str) -> Option<usize> {
    let members: Vec<Member> = rows(roll, body)?;
    let count = members.len();
    for Member { user, access_level, group_saml_identity, group_scim_identity } in members {
        let id = user.id;
        roll.shows_identities |= group_saml_identity.is_some() || group_scim_identity.is_some();
        let is_listed_with_email = user.email.as_ref().is_some_and(|email| !email.is_empty());
        user.learn(roll);
        roll.change(id, |person| {
            person.access_level = Some(access_level);
            person.is_listed_with_email = is_listed_with_email;
            if let Some(saml) = group_saml_identity {
                person.saml = StoredValue::from(saml.and_then(|saml| saml.extern_uid));
            }
            if let Some(scim) = group_scim_identity {
                person.scim_active = scim.as_ref().and_then(|scim| scim.active);
                person.scim = StoredValue::from(scim.and_then(|scim| scim.extern_uid));
            }
        });
    }
    Some(count)
}

/// `GET /groups/:id/saml_users`: names and e-mail addresses of users with an identity. Their `identities`
/// name groups by the number of the SAML provider, which the lists of identities need not.
pub(super) fn saml_users(roll: &mut Roll, body: &str) -> Option<usize> {
    let users: Vec<User> = rows(roll, body)?;
    let count = users.len();
    users.into_iter().for_each(|user| user.learn(roll));
    Some(count)
}

/// The events of interest, as GitLab names them (`config/audit_events/types/`).
const EVENTS: [&str; 6] = [
    "update_mismatched_group_saml_extern_uid",
    "inactive_scim_user_cannot_be_added",
    "user_provisioned_by_scim",
    "group_saml_member_added",
    "group_saml_provider_create",
    "group_saml_provider_update",
];

/// `GET /groups/:id/audit_events`: a page of them, newest first. A file can hold any number of pages.
pub(super) fn audit_events(roll: &mut Roll, body: &str) -> Option<usize> {
    let events: Vec<AuditEvent> = rows(roll, body)?;
    let count = events.len();
    for AuditEvent { created_at, details } in events {
        let known = details.event_name.and_then(|name| EVENTS.into_iter().find(|event| *event == name));
        let Some(event) = known else { continue };
        let user = (details.target_type.as_deref() == Some("User")).then_some(details.target_id).flatten();
        if roll.changes.len() < AUDIT_CHANGES {
            roll.changes.push(IdentityChange { user, event, at: created_at });
        }
    }
    Some(count)
}

/// The rows of an answer; `None` when it is no list. What is no such row is counted.
fn rows<T: DeserializeOwned>(roll: &mut Roll, body: &str) -> Option<Vec<T>> {
    let rows: Vec<&RawValue> = json::read(body).ok()?;
    let all = rows.len();
    let read: Vec<T> = rows.into_iter().filter_map(|row| json::read(row.get()).ok()).collect();
    roll.unreadable += all - read.len();
    Some(read)
}

#[derive(Deserialize)]
struct User {
    id: u64,
    username: Option<String>,
    name: Option<String>,
    email: Option<String>,
    /// The flag that GitLab tells an administrator of themselves.
    is_admin: Option<bool>,
    /// Inside: null while it is not confirmed. Members' entries do not say.
    #[serde(default, deserialize_with = "told")]
    confirmed_at: Option<Option<String>>,
}

impl User {
    fn learn(self, roll: &mut Roll) {
        roll.change(self.id, |person| {
            person.username = self.username.or(person.username.take());
            person.name = self.name.or(person.name.take());
            if let Some(email) = self.email {
                learn_email(person, email, self.confirmed_at.map(|at| at.is_some()), true);
            }
        });
    }
}

/// An address that is known keeps its place, unless it is said to be the primary one, and stays confirmed or
/// not until GitLab says otherwise. One of which GitLab has never said so counts as confirmed.
fn learn_email(person: &mut Person, address: String, confirmed: Option<bool>, is_primary: bool) {
    if address.is_empty() {
        return;
    }
    let known = person.emails.iter().position(|known| is_same_email(&known.address, &address));
    let before = known.map(|at| (at, person.emails.remove(at).confirmed));
    let confirmed = confirmed.or(before.map(|(_, confirmed)| confirmed)).unwrap_or(true);
    let at = if is_primary { 0 } else { before.map_or(person.emails.len(), |(at, _)| at) };
    person.emails.insert(at, Email { address, confirmed });
}

#[derive(Deserialize)]
struct OwnEmail {
    email: String,
    confirmed_at: Option<String>,
}

#[derive(Deserialize)]
struct Group {
    id: u64,
    full_path: String,
    ip_restriction_ranges: Option<String>,
    allowed_email_domains_list: Option<String>,
}

#[derive(Deserialize)]
struct ListedIdentity {
    user_id: u64,
    extern_uid: Option<String>,
    active: Option<bool>,
}

#[derive(Deserialize)]
struct Member {
    #[serde(flatten)]
    user: User,
    access_level: u64,
    /// Absent for who does not own the group.
    #[serde(default, deserialize_with = "told")]
    group_saml_identity: Option<Option<MemberIdentity>>,
    /// Absent in older versions, too.
    #[serde(default, deserialize_with = "told")]
    group_scim_identity: Option<Option<MemberIdentity>>,
}

#[derive(Deserialize)]
struct MemberIdentity {
    extern_uid: Option<String>,
    active: Option<bool>,
}

#[derive(Deserialize)]
struct AuditEvent {
    created_at: String,
    #[serde(default)]
    details: AuditDetails,
}

#[derive(Default, Deserialize)]
struct AuditDetails {
    event_name: Option<String>,
    target_type: Option<String>,
    /// A number for users, a text for some other things.
    #[serde(default, deserialize_with = "number")]
    target_id: Option<u64>,
}

/// Told, if only to be null: another thing than not told.
fn told<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}

fn number<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Id {
        Number(u64),
        Other(IgnoredAny),
    }
    Ok(match Id::deserialize(from)? {
        Id::Number(id) => Some(id),
        Id::Other(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_joined_from_every_list_and_nothing_else_is_kept() {
        let mut roll = Roll::default();
        let member = r#"[{"id":48,"username":"ada","name":"Ada Low","access_level":50,"email":"ada@example.com",
            "avatar_url":"https://gitlab.com/s3cr3t.png","created_by":{"id":1,"email":"s3cr3t@example.com"},
            "group_saml_identity":{"provider":"group_saml","extern_uid":" A ","saml_provider_id":10},
            "group_scim_identity":null}, {"id":"49"}, 7]"#;
        assert_eq!(members(&mut roll, member), Some(1));
        assert_eq!((roll.unreadable, roll.shows_identities), (2, true));
        let ada = roll.person(48).unwrap();
        assert_eq!((ada.saml.known(), &ada.scim, ada.is_owner()), (Some(" A "), &StoredValue::Absent, true));
        assert_eq!(
            scim_identities(&mut roll, r#"[{"extern_uid":"a","user_id":48,"active":false}]"#),
            Some(1)
        );
        assert_eq!(saml_identities(&mut roll, r#"[{"extern_uid":"B","user_id":50}]"#), Some(1));
        let ada = roll.person(48).unwrap();
        assert_eq!((ada.scim.known(), ada.scim_active), (Some("a"), Some(false)));
        // Not in the list, but its own entry is as good.
        assert_eq!(ada.saml.known(), Some(" A "));
        let other = roll.person(50).unwrap();
        assert_eq!(
            (other.saml.known(), other.access_level, &other.scim),
            (Some("B"), None, &StoredValue::Absent)
        );
    }

    #[test]
    fn to_an_administrator_nothing_tells_who_is_an_enterprise_user() {
        // And who reads may not be known.
        for (reader, expected) in
            [(r#"{"id":1}"#, true), (r#"{"id":1,"is_admin":true}"#, false), ("{}", false)]
        {
            let mut roll = Roll::default();
            user(&mut roll, reader);
            let listed =
                r#"[{"id":2,"access_level":10,"email":"ada@example.com"},{"id":3,"access_level":10}]"#;
            members(&mut roll, listed);
            saml_users(&mut roll, r#"[{"id":3,"email":"eve@example.com"}]"#);
            let is_one = |id| roll.is_enterprise_user(&roll.person(id).unwrap());
            assert_eq!((is_one(2), is_one(3)), (expected, false), "{reader}");
        }
    }

    #[test]
    fn what_gitlab_does_not_say_is_not_absent() {
        let mut roll = Roll::default();
        members(&mut roll, r#"[{"id":1,"username":"a","access_level":10}]"#);
        let person = roll.person(1).unwrap();
        assert_eq!(
            (&person.saml, &person.scim, roll.shows_identities),
            (&StoredValue::Unseen, &StoredValue::Unseen, false)
        );
    }

    #[test]
    fn addresses_are_learnt_with_whether_they_are_confirmed() {
        let mut roll = Roll::default();
        assert_eq!(emails(&mut roll, r#"[{"id":1,"email":"x@example.com","confirmed_at":null}]"#), Some(1));
        assert_eq!(roll.people().len(), 0);
        user(
            &mut roll,
            r#"{"id":1,"username":"ada","email":"ada@example.com","confirmed_at":"2026-01-05T09:00:00Z"}"#,
        );
        emails(
            &mut roll,
            r#"[{"id":1,"email":"old@example.com","confirmed_at":"2026-01-05T09:00:00Z"},{"id":2,"email":"new@example.com","confirmed_at":null}]"#,
        );
        saml_users(&mut roll, r#"[{"id":2,"username":"eve","email":"eve@example.com","confirmed_at":null}]"#);
        let ada = roll.person(1).unwrap();
        assert_eq!(ada.primary().unwrap().address, "ada@example.com");
        assert_eq!(
            [ada.has_email("OLD@example.com"), ada.has_email("new@example.com")],
            [Some(true), Some(false)]
        );
        assert_eq!(roll.person(2).unwrap().has_email("eve@example.com"), Some(false));
    }

    #[test]
    fn a_known_address_keeps_its_place_and_is_confirmed_by_word_alone() {
        let mut roll = Roll::default();
        let list = |roll: &Roll| -> Vec<(String, bool)> {
            let person = roll.person(1).unwrap();
            person.emails.into_iter().map(|email| (email.address, email.confirmed)).collect()
        };
        let expected = |of: &[(&str, bool)]| -> Vec<(String, bool)> {
            of.iter().map(|(address, confirmed)| ((*address).to_owned(), *confirmed)).collect()
        };
        user(&mut roll, r#"{"id":1,"username":"ada","email":"ada@example.com","confirmed_at":null}"#);
        // A member's entry does not say whether the address is confirmed.
        let member = r#"[{"id":1,"username":"ada","access_level":50,"email":"Ada@example.com"}]"#;
        members(&mut roll, member);
        assert_eq!(list(&roll), expected(&[("Ada@example.com", false)]));
        let primary_among_them = r#"[{"id":1,"email":"old@example.com","confirmed_at":"2026-01-01T00:00:00Z"},
            {"id":2,"email":"ada@example.com","confirmed_at":"2026-01-05T00:00:00Z"}]"#;
        emails(&mut roll, primary_among_them);
        assert_eq!(list(&roll), expected(&[("ada@example.com", true), ("old@example.com", true)]));
        members(&mut roll, member);
        assert_eq!(list(&roll), expected(&[("Ada@example.com", true), ("old@example.com", true)]));
        user(
            &mut roll,
            r#"{"id":1,"username":"ada","email":"old@example.com","confirmed_at":"2026-01-01T00:00:00Z"}"#,
        );
        assert_eq!(list(&roll), expected(&[("old@example.com", true), ("Ada@example.com", true)]));
    }

    #[test]
    fn group_settings_and_events_are_read() {
        let mut roll = Roll::default();
        group(
            &mut roll,
            r#"{"id":9,"full_path":"acme","ip_restriction_ranges":"10.0.0.0/8, 192.0.2.0/24","allowed_email_domains_list":null}"#,
        );
        assert_eq!(
            (roll.group.id, roll.group.ip_ranges.len(), roll.group.email_domains.len()),
            (Some(9), 2, 0)
        );
        let events = r#"[{"id":1,"created_at":"2026-01-05T09:00:00Z","details":{"event_name":"user_provisioned_by_scim",
            "target_id":48,"target_type":"User","ip_address":"192.0.2.1"}},
            {"id":2,"created_at":"2026-01-05T08:00:00Z","details":{"event_name":"repository_git_operation","target_id":"x"}},
            {"id":3,"created_at":"2026-01-05T07:00:00Z","details":{"event_name":"group_saml_provider_update",
            "target_id":9,"target_type":"Group"}}]"#;
        assert_eq!(audit_events(&mut roll, events), Some(3));
        let found: Vec<_> = roll.changes.iter().map(|change| (change.user, change.event)).collect();
        assert_eq!(found, [(Some(48), "user_provisioned_by_scim"), (None, "group_saml_provider_update")]);
        assert_eq!(members(&mut roll, "<html>"), None);
        assert_eq!(members(&mut roll, r#"{"message":"403 Forbidden"}"#), None);
    }
}
