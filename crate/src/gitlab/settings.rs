//! Settings that decide how a trace is read. They are events too, or "same events, same trace" would be false.

use super::{instance::Instance, routes::Provider};
use crate::event::Other;
use serde::{Deserialize, Serialize};

/// What is known of the GitLab side without having been captured. Every field may be absent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Instances that the person named, besides GitLab.com.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub instances: Vec<Instance>,
    /// The provider that imported messages were meant for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<ProviderSettings>,
    /// Kept, not understood.
    #[serde(flatten)]
    pub other: Other,
}

/// How GitLab's side of one SAML integration is set up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProviderSettings {
    /// On which GitLab.
    pub instance: Instance,
    /// Which integration.
    pub provider: Provider,
    /// GitLab's entityID; by default what GitLab fixes for the group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity_id: Option<String>,
    /// GitLab's assertion consumer service; by default GitLab's route.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acs: Option<String>,
    /// The certificate fingerprint in GitLab's settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// Seconds of clock difference that GitLab allows; 0 unless configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_clock_drift: Option<f64>,
    /// The Issuer that GitLab demands; never for group SAML.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idp_entity_id: Option<String>,
    /// The attribute that replaces the NameID; never for group SAML.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid_attribute: Option<String>,
    /// Bytes of a message that GitLab accepts; 250,000 unless configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_limit: Option<u64>,
    /// User name of the person signed in when the Response arrives; absent when nobody is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_in_as: Option<String>,
    /// Which ruby-saml's rules apply: `1.18.1` unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules_version: Option<String>,
    /// Ids of checks that are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leave_out: Vec<String>,
    /// Kept, not understood.
    #[serde(flatten)]
    pub other: Other,
}

impl ProviderSettings {
    /// GitLab's defaults for this integration.
    pub fn new(instance: Instance, provider: Provider) -> Self {
        ProviderSettings {
            instance,
            provider,
            entity_id: None,
            acs: None,
            fingerprint: None,
            allowed_clock_drift: None,
            idp_entity_id: None,
            uid_attribute: None,
            size_limit: None,
            signed_in_as: None,
            rules_version: None,
            leave_out: Vec::new(),
            other: Other::default(),
        }
    }
}
