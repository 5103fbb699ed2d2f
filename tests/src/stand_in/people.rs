//! The demonstration's group, its members, what GitLab has stored for each and what the identity provider
//! sends. One table; every row is a case that Samlight is there to show. All people are invented.

use serde_json::{Value, json};

/// The group's numeric id.
pub(super) const GROUP_ID: u64 = 90;
/// The group's path.
pub const GROUP_PATH: &str = "acme";
/// The group's name.
pub(super) const GROUP_NAME: &str = "Acme";
/// The id of the group's SAML provider.
const SAML_PROVIDER_ID: u64 = 10;

/// A user of the stand-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) id: u64,
    pub(super) username: &'static str,
    pub(super) name: &'static str,
    /// Owns the group.
    pub(super) owner: bool,
    /// The value that GitLab has stored for group SAML.
    pub(super) saml_extern_uid: Option<String>,
    /// The value that GitLab has stored for SCIM.
    pub(super) scim_extern_uid: Option<String>,
    /// The NameID that the identity provider sends.
    pub(super) name_id: String,
}

/// Username, name, stored for SAML, stored for SCIM, sent. An empty text means: nothing.
const PEOPLE: &[[&str; 5]] = &[
    // Differs in case only: group SAML compares exactly, so GitLab does not know this person.
    ["alex.doe", "Alex Doe", "Alex.Doe-4711", "Alex.Doe-4711", "alex.doe-4711"],
    ["blair.roe", "Blair Roe", "blair.roe-1207", "blair.roe-1207", "blair.roe-1207"],
    ["casey.poe", "Casey Poe", "casey.poe-3310", "casey.poe-3310", "casey.poe-3310"],
    // SCIM was set to another attribute than SAML: both stored values differ.
    ["dana.low", "Dana Low", "dana.low-0815", "0b1c6a52-7c1e-4ad3-9a0e-5d7f2f1c9e11", "dana.low-0815"],
    ["emery.fox", "Emery Fox", "emery.fox-6024", "", "emery.fox-6024"],
    // A new identifier in the directory: SAML and SCIM still have the old one.
    ["finley.day", "Finley Day", "finley.day-2219", "finley.day-2219", "finley.day-9922"],
    // A space that somebody copied along.
    ["gray.hill", "Gray Hill", "gray.hill-5150", "gray.hill-5150", "gray.hill-5150 "],
    // SCIM compares without regard to case, SAML does not.
    ["harper.kay", "Harper Kay", "harper.kay-7301", "HARPER.KAY-7301", "harper.kay-7301"],
    ["indigo.lee", "Indigo Lee", "indigo.lee-4402", "indigo.lee-4402", "indigo.lee-4402"],
    ["jules.may", "Jules May", "jules.may-1861", "jules.may-1861", "jules.may-1861"],
    ["kai.ray", "Kai Ray", "kai.ray-9013", "kai.ray-9013", "kai.ray-9013"],
    ["lou.vale", "Lou Vale", "lou.vale-3141", "", "lou.vale-3141"],
];

/// Everybody, as at the start of a demonstration. The last one owns the group and has no SAML identity.
pub(super) fn people() -> Vec<Person> {
    let stored = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let member = |(id, [username, name, saml, scim, name_id]): (u64, &[&'static str; 5])| Person {
        id,
        username,
        name,
        owner: false,
        saml_extern_uid: stored(saml),
        scim_extern_uid: stored(scim),
        name_id: (*name_id).to_owned(),
    };
    let mut people: Vec<_> = (101..).zip(PEOPLE).map(member).collect();
    people.push(Person {
        id: 100,
        username: "morgan.ash",
        name: "Morgan Ash",
        owner: true,
        saml_extern_uid: None,
        scim_extern_uid: None,
        name_id: "morgan.ash-0001".to_owned(),
    });
    people
}

impl Person {
    /// The e-mail address, which GitLab has verified.
    pub(super) fn email(&self) -> String {
        format!("{}@example.com", self.username)
    }

    /// The fields of `GET /api/v4/user` and of a member that a reader of identities needs.
    fn public(&self) -> Value {
        json!({
            "id": self.id, "username": self.username, "name": self.name, "state": "active", "locked": false,
            "avatar_url": "/assets/avatar.svg", "web_url": format!("https://gitlab.com/{}", self.username),
        })
    }

    /// `GET /api/v4/user`.
    pub(super) fn as_user(&self) -> Value {
        let mut user = self.public();
        user["email"] = self.email().into();
        user["confirmed_at"] = "2026-01-05T09:00:00.000Z".into();
        user["identities"] = self.saml_identity().into_iter().collect();
        user["scim_identities"] = self.scim_identity().into_iter().collect();
        user
    }

    /// One element of `GET /api/v4/groups/:id/members`.
    pub(super) fn as_member(&self) -> Value {
        let mut member = self.public();
        member["access_level"] = if self.owner { 50 } else { 30 }.into();
        member["membership_state"] = "active".into();
        member["group_saml_identity"] = self.saml_identity().into();
        member["group_scim_identity"] = self.scim_identity().into();
        member
    }

    fn saml_identity(&self) -> Option<Value> {
        let extern_uid = self.saml_extern_uid.as_ref()?;
        Some(
            json!({ "provider": "group_saml", "extern_uid": extern_uid, "saml_provider_id": SAML_PROVIDER_ID }),
        )
    }

    fn scim_identity(&self) -> Option<Value> {
        let extern_uid = self.scim_extern_uid.as_ref()?;
        Some(json!({ "extern_uid": extern_uid, "group_id": GROUP_ID, "active": true }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_member_differs_in_case_only_and_there_is_more_than_one_page() {
        let people = people();
        let first = &people[0];
        let stored = first.saml_extern_uid.as_deref().unwrap_or_default();
        assert_ne!(stored, first.name_id);
        assert!(stored.eq_ignore_ascii_case(&first.name_id));
        assert!(people.iter().filter(|it| it.saml_extern_uid.is_some()).count() > 10);
        assert_eq!(people.iter().filter(|it| it.owner).count(), 1);
    }
}
