//! GitLab's side of the checks: its settings, as far as they are known.
//!
//! A person's own settings come first, then what the settings page showed, then what GitLab fixes for a group
//! (gitlab-facts 4.6). What is not known stays absent, and the check that needs it is skipped.

use super::rules::Rules;
use crate::{
    case::Case,
    comparison,
    event::settings::ProviderSettings,
    gitlab::{routes::Provider, stored::Fact},
    signature::certificates::Certificate,
};

/// GitLab as a service provider.
#[derive(Clone, Debug)]
pub(super) struct ServiceProvider {
    pub(super) provider: Provider,
    /// Whether a person told the settings: then what they leave out is GitLab's default.
    pub(super) told: bool,
    pub(super) entity_id: Option<String>,
    pub(super) acs: String,
    /// Absent where it was not seen; empty where GitLab has none.
    pub(super) fingerprint: Option<String>,
    /// `idp_cert`; a group never has one.
    pub(super) certificate: Option<Certificate>,
    /// The seconds by which the clocks may differ.
    pub(super) clock_drift: f64,
    pub(super) idp_entity_id: Option<String>,
    pub(super) uid_attribute: Option<String>,
    /// The largest Response that is taken, in bytes.
    pub(super) size_limit: u64,
    /// Whether GitLab has a key to decrypt with; a group never has.
    pub(super) has_key: bool,
    pub(super) signed_in_as: Option<String>,
    pub(super) leave_out: Vec<String>,
    pub(super) rules: &'static Rules,
}

/// `saml_message_max_byte_size` where it is not configured.
const SIZE_LIMIT: u64 = 250_000;

impl ServiceProvider {
    /// The GitLab that `case` is about, or that a person gave settings for; `None` where it is none.
    /// Whoever gives a private key gives GitLab's.
    pub(super) fn of(case: &Case<'_>) -> Option<Self> {
        let Case { tracer, flow, .. } = *case;
        let told = tracer.provider_settings().map(|(_, settings)| settings);
        let given = told.map(|told| (&told.instance, &told.provider));
        let (instance, provider) = flow.instance.as_ref().zip(flow.provider.as_ref()).or(given)?;
        let told = told.filter(|told| told.instance == *instance && told.provider == *provider);
        let usual = ProviderSettings::new(instance.clone(), provider.clone());
        let given = told.unwrap_or(&usual);
        let is_group = matches!(provider, Provider::Group { .. });
        let known = |fact| {
            let observed = comparison::setting(tracer, flow, fact)?;
            observed.value.known().map(str::to_owned)
        };
        let certificate = given.certificate.as_deref().filter(|_| !is_group);
        Some(ServiceProvider {
            told: told.is_some(),
            entity_id: known(Fact::EntityId),
            acs: known(Fact::AcsUrl).unwrap_or_else(|| provider.acs(instance)),
            fingerprint: known(Fact::Fingerprint),
            certificate: certificate.and_then(|written| Certificate::from_file(written.as_bytes())),
            clock_drift: given.allowed_clock_drift.unwrap_or_default(),
            idp_entity_id: given.idp_entity_id.clone().filter(|_| !is_group),
            uid_attribute: given.uid_attribute.clone().filter(|_| !is_group),
            size_limit: given.size_limit.unwrap_or(SIZE_LIMIT),
            has_key: (given.has_sp_key || !case.keys.is_empty()) && !is_group,
            signed_in_as: given.signed_in_as.clone(),
            leave_out: given.leave_out.clone(),
            // An unknown version was said where the settings were read.
            rules: Rules::of(given.rules_version.as_deref()).or_else(|| Rules::of(None))?,
            provider: provider.clone(),
        })
    }

    pub(super) fn is_group(&self) -> bool {
        matches!(self.provider, Provider::Group { .. })
    }
}
