//! Reads of GitLab's API that the core asks for, and what is kept of the answers.
//!
//! The content script performs them as GETs of the page's own origin with the person's own session; nothing
//! else is ever sent. gitlab-facts 3.2: `GET /api/v4/user` answers any signed-in user with their own SAML and
//! SCIM identities, so an end user can be told without an owner's help; `GET /api/v4/metadata` (since 15.2)
//! tells GitLab's version to whoever is signed in. Leaves out: reads for a whole group.

use super::{routes::Provider, version::Version};
use crate::gitlab::stored::{Member, StoredIdentity, StoredValue};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The path of the read that tells a person's own identities.
pub const USER: &str = "/api/v4/user";

/// The path of the read that tells GitLab's version.
pub const METADATA: &str = "/api/v4/metadata";

/// A read that the core wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedRead {
    /// Path with the instance's relative root: `/api/v4/user`.
    pub path: String,
}

/// The part of the answer to `GET /api/v4/user` that is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CurrentUser {
    /// Numeric id.
    pub id: Option<u64>,
    /// Without `@`.
    #[serde(default)]
    pub username: Option<String>,
    /// Display name.
    #[serde(default)]
    pub name: Option<String>,
    /// Primary e-mail address.
    #[serde(default)]
    pub email: Option<String>,
    /// When it was confirmed; absent while it is not.
    #[serde(default)]
    pub confirmed_at: Option<String>,
    /// SAML and other sign-in identities.
    #[serde(default)]
    pub identities: Vec<Identity>,
    /// SCIM identities; absent before GitLab 16.1.
    #[serde(default)]
    pub scim_identities: Option<Vec<ScimIdentity>>,
}

/// One entry of `identities`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Identity {
    /// `group_saml`, `saml`, …
    pub provider: String,
    /// The value that GitLab compares with the NameID.
    #[serde(default)]
    pub extern_uid: Option<String>,
    /// Numeric id of the group's SAML provider; null for an instance.
    #[serde(default)]
    pub saml_provider_id: Option<u64>,
}

/// One entry of `scim_identities`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ScimIdentity {
    /// The SCIM id.
    #[serde(default)]
    pub extern_uid: Option<String>,
    /// Numeric id of the group; null for an instance.
    #[serde(default)]
    pub group_id: Option<u64>,
    /// Whether the user is provisioned now.
    #[serde(default)]
    pub active: Option<bool>,
}

/// The part of the answer to `GET /api/v4/metadata` that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// GitLab's.
    pub version: Version,
}

/// An answer as it is read.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum KeptAnswer {
    /// To [`USER`].
    User(CurrentUser),
    /// To [`METADATA`].
    Metadata(Metadata),
}

impl KeptAnswer {
    /// Reads an answer, or what [`kept`] has kept of it; `None` when it is not what was asked for. `at` is
    /// its address or the end of it.
    pub fn read(at: &str, answer: &Value) -> Option<Self> {
        if at.ends_with(USER) {
            CurrentUser::deserialize(answer).ok().map(KeptAnswer::User)
        } else if at.ends_with(METADATA) {
            Metadata::deserialize(answer).ok().map(KeptAnswer::Metadata)
        } else {
            None
        }
    }
}

/// The part of an answer that is kept; `Null` when it is not what was asked for.
pub fn kept(path: &str, status: u16, body: &str) -> Value {
    let answer = (200..300).contains(&status).then(|| serde_json::from_str::<Value>(body).ok()).flatten();
    let kept = answer.and_then(|answer| KeptAnswer::read(path, &answer));
    kept.and_then(|kept| serde_json::to_value(kept).ok()).unwrap_or_default()
}

impl CurrentUser {
    /// The user as a member.
    pub fn member(&self) -> Member {
        Member { id: self.id, username: self.username.clone(), name: self.name.clone() }
    }

    /// The primary e-mail address, if it was confirmed.
    pub fn verified_email(&self) -> Option<&str> {
        self.email.as_deref().filter(|_| self.confirmed_at.is_some())
    }

    /// The user's identity for `provider` (`group_saml`, `saml`, …).
    ///
    /// The answer names groups by numbers that a sign-in does not show. With one entry of the kind it is that
    /// one; with several it is the one that `name_id` equals, else it is not known which.
    pub fn identity(&self, provider: &Provider, name_id: Option<&str>) -> StoredIdentity {
        let (name, is_group) = (provider.name(), provider.group().is_some());
        let saml: Vec<_> =
            self.identities.iter().filter(|i| i.provider == name).map(|i| &i.extern_uid).collect();
        let scim = self.scim_identities.as_ref().map(|all| {
            all.iter().filter(|i| i.group_id.is_some() == is_group).map(|i| &i.extern_uid).collect::<Vec<_>>()
        });
        StoredIdentity {
            member: self.member(),
            saml: the_one(&saml, name_id),
            scim: scim.map_or(StoredValue::Unseen, |scim| the_one(&scim, name_id)),
        }
    }
}

fn the_one(values: &[&Option<String>], name_id: Option<&str>) -> StoredValue {
    match values {
        [] => StoredValue::Absent,
        [one] => StoredValue::from((*one).clone()),
        several => match several.iter().find(|value| value.is_some() && value.as_deref() == name_id) {
            Some(equal) => StoredValue::from((*equal).clone()),
            None => StoredValue::Unseen,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = r#"{"id":48,"username":"ada","name":"Ada","email":"ada@example.com","private_token":"s3cr3t",
        "identities":[{"provider":"group_saml","extern_uid":"A-1","saml_provider_id":10}],
        "scim_identities":[{"extern_uid":"a-1","group_id":1,"active":true}]}"#;

    fn acme() -> Provider {
        Provider::Group { path: "acme".into() }
    }

    #[test]
    fn only_what_is_compared_is_kept() {
        let kept = kept(USER, 200, ANSWER);
        assert!(!kept.to_string().contains("s3cr3t"));
        let user = CurrentUser::deserialize(&kept).unwrap();
        let identity = user.identity(&acme(), Some("x"));
        assert_eq!(identity.saml.known(), Some("A-1"));
        assert_eq!(identity.scim.known(), Some("a-1"));
        assert_eq!(super::kept(USER, 401, ANSWER), Value::Null);
        assert_eq!(super::kept("/api/v4/projects", 200, ANSWER), Value::Null);
        assert_eq!(super::kept(USER, 200, "<html>"), Value::Null);
    }

    #[test]
    fn of_the_metadata_the_version_is_kept() {
        let said =
            |version: &str| format!(r#"{{"version":{version},"revision":"abc","kas":{{"enabled":true}}}}"#);
        for (status, version, keeps) in [
            (200, r#""18.9.0-pre""#, true),
            (200, r#""15.11.13-ee""#, true),
            (200, r#""new""#, false),
            (200, "18", false),
            (401, r#""18.9.0""#, false),
        ] {
            for root in ["", "/gitlab"] {
                let kept = kept(&format!("{root}{METADATA}"), status, &said(version));
                assert_eq!(kept.is_object(), keeps, "{status} {version}");
                assert!(!kept.to_string().contains("abc"), "{kept}");
                assert_eq!(KeptAnswer::read(METADATA, &kept).is_some(), keeps, "it is read again");
            }
        }
        assert_eq!(kept(METADATA, 200, ANSWER), Value::Null);
    }

    #[test]
    fn of_several_identities_only_an_equal_one_is_known() {
        let mut user = CurrentUser::deserialize(kept(USER, 200, ANSWER)).unwrap();
        user.identities.push(Identity {
            provider: "group_saml".into(),
            extern_uid: Some("B".into()),
            saml_provider_id: Some(11),
        });
        assert_eq!(user.identity(&acme(), Some("B")).saml.known(), Some("B"));
        assert_eq!(user.identity(&acme(), Some("b")).saml, StoredValue::Unseen);
        assert_eq!(
            user.identity(&Provider::Instance { name: "saml".into() }, None).saml,
            StoredValue::Absent
        );
    }
}
