//! The values that GitLab stores, and what else is compared with them: [`Fact`]s, and values as far as they
//! are known.
//!
//! A value that was not seen is [`StoredValue::Unseen`], which is another thing than [`StoredValue::Absent`],
//! known not to be there; neither is ever guessed. Leaves out where a value was seen
//! ([`Source`](crate::trace::observation::Source)).

use crate::{base::catalogue::Text, text};
use serde::{Deserialize, Serialize};

/// The thing that an observation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// The NameID that the identity provider sent.
    NameId,
    /// The attribute that GitLab's settings put in the place of the NameID (`uid_attribute`).
    Uid,
    /// `extern_uid` of the member's SAML identity.
    SamlExternUid,
    /// `extern_uid` of the member's SCIM identity.
    ScimExternUid,
    /// The NameID that GitLab read of the Response, as its settings page shows it.
    NameIdRead,
    /// Format of the NameID that was sent.
    Format,
    /// The Format that GitLab read.
    FormatRead,
    /// AssertionConsumerServiceURL of the AuthnRequest.
    RequestAcs,
    /// Destination of the AuthnRequest.
    RequestDestination,
    /// Destination of the Response.
    Destination,
    /// A Recipient of the Response's assertion.
    Recipient,
    /// An Audience of the Response's assertion.
    Audience,
    /// Fingerprint of the first certificate in the Response.
    Certificate,
    /// GitLab's assertion consumer service.
    AcsUrl,
    /// GitLab's entityID, which its settings page calls "Identifier".
    EntityId,
    /// The identity provider's single sign-on URL in GitLab's settings.
    SsoUrl,
    /// The certificate fingerprint in GitLab's settings.
    Fingerprint,
}

impl Fact {
    /// Its name in words.
    pub fn text(self) -> Text {
        match self {
            Fact::NameId => text!("fact.name-id"),
            Fact::Uid => text!("fact.uid"),
            Fact::SamlExternUid => text!("fact.saml-extern-uid"),
            Fact::ScimExternUid => text!("fact.scim-extern-uid"),
            Fact::NameIdRead => text!("fact.name-id-read"),
            Fact::Format => text!("fact.format"),
            Fact::FormatRead => text!("fact.format-read"),
            Fact::RequestAcs => text!("fact.request-acs"),
            Fact::RequestDestination => text!("fact.request-destination"),
            Fact::Destination => text!("fact.destination"),
            Fact::Recipient => text!("fact.recipient"),
            Fact::Audience => text!("fact.audience"),
            Fact::Certificate => text!("fact.certificate"),
            Fact::AcsUrl => text!("fact.acs-url"),
            Fact::EntityId => text!("fact.entity-id"),
            Fact::SsoUrl => text!("fact.sso-url"),
            Fact::Fingerprint => text!("fact.fingerprint"),
        }
    }
}

/// A value as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StoredValue {
    /// It was seen.
    Known(String),
    /// It is known not to be there.
    Absent,
    /// It was not seen.
    #[default]
    Unseen,
}

impl StoredValue {
    /// The value, where it was seen.
    pub fn known(&self) -> Option<&str> {
        match self {
            StoredValue::Known(value) => Some(value),
            StoredValue::Absent | StoredValue::Unseen => None,
        }
    }
}

impl From<Option<String>> for StoredValue {
    /// An identity with an empty value finds nobody, like none.
    fn from(value: Option<String>) -> Self {
        value.filter(|value| !value.is_empty()).map_or(StoredValue::Absent, StoredValue::Known)
    }
}

/// A GitLab user, as far as known.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Member {
    /// GitLab's numeric id.
    pub id: Option<u64>,
    /// Without `@`.
    pub username: Option<String>,
    /// Display name.
    pub name: Option<String>,
}

impl Member {
    /// Whether both are the same user; by id where both have one, else by user name.
    pub fn is(&self, other: &Member) -> bool {
        match (self.id, other.id) {
            (Some(a), Some(b)) => a == b,
            _ => self.username.is_some() && self.username == other.username,
        }
    }

    /// `Ada Low (@ada)`, or what is known of it.
    pub fn label(&self) -> String {
        match (&self.name, &self.username, self.id) {
            (Some(name), Some(username), _) => format!("{name} (@{username})"),
            (Some(name), None, _) => name.clone(),
            (None, Some(username), _) => format!("@{username}"),
            (None, None, Some(id)) => text!("member.by-id", id = id).to_string(),
            (None, None, None) => text!("member.unknown").to_string(),
        }
    }
}

/// The identities that GitLab has stored for one member, as one source showed them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredIdentity {
    /// The member whose identities these are.
    pub member: Member,
    /// `extern_uid` of the SAML identity.
    pub saml: StoredValue,
    /// `extern_uid` of the SCIM identity.
    pub scim: StoredValue,
}
