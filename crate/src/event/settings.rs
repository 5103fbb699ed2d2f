//! Settings that decide how a trace is read. They are events too, or "same events, same trace" would be
//! false.

use crate::{
    base::{instant::Timestamp, other::Other},
    event::{Body, Event, EventId},
    gitlab::{
        instance::{Instance, Ports},
        routes::Provider,
    },
};
use serde::{Deserialize, Serialize};

/// The GitLab side as far as it is known without having been captured. Every field may be absent.
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

impl Settings {
    /// The id under which the browser keeps the event of the person's instances: before every other event, so
    /// that a replay knows each instance when it comes to what was seen of it.
    pub fn event_id() -> EventId {
        EventId::new(Timestamp(0), "settings", 0)
    }

    /// The event that names `instances`; none when there are none.
    pub fn naming(instances: Vec<Instance>) -> Option<Event> {
        let settings = Settings { instances, ..Settings::default() };
        (!settings.instances.is_empty()).then(|| Event::new(Settings::event_id(), Body::Settings(settings)))
    }
}

/// Reads a list of instances that was kept outside the trace. What the person could not have named is left
/// out.
pub fn kept_instances(kept: Vec<Instance>) -> Vec<Instance> {
    let mut instances = Vec::new();
    for instance in kept {
        if Instance::named(&instance.url(""), &instances).as_ref() == Ok(&instance) {
            instances.push(instance);
        }
    }
    instances
}

/// A named instance, as far as the browser must know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NamedInstance {
    /// Names its content scripts.
    pub id: String,
    /// The match pattern of the permission.
    pub access: String,
    /// The match patterns of its pages.
    pub pages: Vec<String>,
}

impl NamedInstance {
    /// Of `instance`, in the patterns that the browser has.
    pub fn new(instance: &Instance, ports: Ports) -> Self {
        NamedInstance {
            id: instance.url(""),
            access: instance.access_pattern(ports),
            pages: instance.page_patterns(ports),
        }
    }
}

/// The setup of GitLab's side of one SAML integration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProviderSettings {
    /// The GitLab that has the integration.
    pub instance: Instance,
    /// The integration itself.
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
    /// The certificate in GitLab's settings (`idp_cert`), PEM or base64; never for group SAML.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// Whether GitLab has a key to decrypt assertions with; never for group SAML.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_sp_key: bool,
    /// The version of ruby-saml whose rules apply: `1.18.1` unless set.
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
            certificate: None,
            has_sp_key: false,
            rules_version: None,
            leave_out: Vec::new(),
            other: Other::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_kept_list_only_what_could_be_named_is_read() {
        let instance = |origin: &str, root: &str| Instance { origin: origin.into(), root: root.into() };
        let good = instance("https://gitlab.example.com:8443", "/gitlab");
        let kept = vec![
            good.clone(),
            good.clone(),
            instance("http://gitlab.example.com", ""),
            instance("https://GITLAB.example.com", ""),
            instance("https://gitlab.com", ""),
        ];
        assert_eq!(kept_instances(kept), std::slice::from_ref(&good));
        assert_eq!(Settings::naming(Vec::new()), None);
        let event = Settings::naming(vec![good]).unwrap();
        assert!(event.id < EventId::new(Timestamp(1), "a", 0));
        assert_eq!(event.id.to_string().parse(), Ok(event.id));
    }
}
