//! [`Vendor`]: which identity provider an Issuer or a single sign-on URL is of, and where its administrator
//! finds a setting: the labels of its screen.
//!
//! gitlab-facts 7 and what the providers document in public: Microsoft's clouds (learn.microsoft.com,
//! `entra/identity-platform/authentication-national-cloud`), Okta's domains (developer.okta.com, “Okta URL
//! namespaces”), Google's (support.google.com/a/answer/6087519), OneLogin's (developers.onelogin.com/saml)
//! and Keycloak's paths (keycloak.org, Server Administration). What fits no pattern stays unknown, so that
//! nobody is sent to a screen that they do not have. The labels are those of gitlab-facts 7, of help.okta.com
//! (“Application Integration Wizard SAML field reference”), of Google's page above, of
//! developers.onelogin.com, and of Keycloak's “Creating a SAML client” (Server Administration). Leaves out:
//! domains of an organisation's own, but for an Issuer that names the provider all the same.

use crate::{
    base::{address::Address, catalogue::Text},
    text,
};
use serde::{Deserialize, Serialize};

/// An identity provider whose screens are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Vendor {
    /// Microsoft Entra ID, in any of its clouds.
    Entra,
    /// Okta, in any of its cells.
    Okta,
    /// Google Workspace.
    Google,
    /// OneLogin, by One Identity.
    OneLogin,
    /// Keycloak, wherever it runs.
    Keycloak,
}

/// The hosts of a pattern.
#[derive(Clone, Copy, Debug)]
enum Host {
    /// This one.
    Is(&'static str),
    /// Each one below it.
    Below(&'static str),
    /// Any host.
    Any,
}

/// The paths of a pattern.
#[derive(Clone, Copy, Debug)]
enum Path {
    /// Of something: a tenant, an app.
    Some,
    /// That begin so.
    Begins(&'static str),
    /// Of a realm, or of its SAML endpoint.
    Realm,
}

/// The addresses of each provider.
const PATTERNS: &[(Vendor, Host, Path)] = &[
    (Vendor::Entra, Host::Is("sts.windows.net"), Path::Some),
    (Vendor::Entra, Host::Is("login.microsoftonline.com"), Path::Some),
    (Vendor::Entra, Host::Is("login.windows.net"), Path::Some),
    (Vendor::Entra, Host::Is("login.microsoftonline.us"), Path::Some),
    (Vendor::Entra, Host::Is("login.partner.microsoftonline.cn"), Path::Some),
    (Vendor::Entra, Host::Is("login.chinacloudapi.cn"), Path::Some),
    (Vendor::Entra, Host::Is("sts.chinacloudapi.cn"), Path::Some),
    (Vendor::Entra, Host::Below("ciamlogin.com"), Path::Some),
    (Vendor::Okta, Host::Below("okta.com"), Path::Some),
    (Vendor::Okta, Host::Below("oktapreview.com"), Path::Some),
    (Vendor::Okta, Host::Below("okta-emea.com"), Path::Some),
    (Vendor::Okta, Host::Below("okta-gov.com"), Path::Some),
    (Vendor::Okta, Host::Below("okta.mil"), Path::Some),
    (Vendor::Google, Host::Is("accounts.google.com"), Path::Begins("/o/saml2")),
    (Vendor::OneLogin, Host::Below("onelogin.com"), Path::Some),
    (Vendor::Keycloak, Host::Any, Path::Realm),
];

impl Host {
    fn fits(self, host: &str) -> bool {
        match self {
            Host::Is(known) => host == known,
            Host::Below(domain) => {
                let below = host.strip_suffix(domain).and_then(|below| below.strip_suffix('.'));
                below.is_some_and(|below| below.split('.').all(is_label))
            }
            Host::Any => !host.is_empty(),
        }
    }
}

/// Whether this can stand between two dots of a host (RFC 1123, 2.1).
fn is_label(label: &str) -> bool {
    !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

impl Path {
    fn fits(self, path: &str) -> bool {
        match self {
            Path::Some => !path.trim_matches('/').is_empty(),
            Path::Begins(start) => {
                path.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }
            Path::Realm => {
                let Some((before, after)) = path.split_once("/realms/") else { return false };
                let (realm, rest) = after.split_once('/').unwrap_or((after, ""));
                let is_saml =
                    rest.is_empty() || rest == "protocol/saml" || rest.starts_with("protocol/saml/");
                !before.contains("/realms") && !realm.is_empty() && is_saml
            }
        }
    }
}

impl Vendor {
    /// The one that an Issuer or a single sign-on URL is of; none where it fits no pattern.
    pub fn of(address: &str) -> Option<Self> {
        let address = Address::parse(address.trim())?;
        let host = address.host().to_ascii_lowercase();
        let fits = |(_, hosts, paths): &&(Vendor, Host, Path)| {
            let plain = host.strip_suffix(":443").unwrap_or(&host);
            let host = if matches!(hosts, Host::Any) { &host } else { plain };
            hosts.fits(host) && paths.fits(address.path)
        };
        PATTERNS.iter().find(fits).map(|(vendor, ..)| *vendor)
    }

    /// Its name, as lists and settings call it ([`super::directory::Kind`], [`super::app::Kind`]).
    pub fn name(self) -> &'static str {
        match self {
            Vendor::Entra => "Entra ID",
            Vendor::Okta => "Okta",
            Vendor::Google => "Google Workspace",
            Vendor::OneLogin => "OneLogin",
            Vendor::Keycloak => "Keycloak",
        }
    }
}

/// A setting of the GitLab app of an identity provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// The field of which the NameID is made.
    NameId,
    /// The format of the NameID.
    Format,
    /// The address to which Responses go.
    Acs,
    /// The identifier of GitLab.
    EntityId,
    /// Whether the assertion is encrypted.
    Encryption,
    /// Whether the Response or the assertion is signed.
    Signing,
    /// The people who may use the app.
    Assignment,
}

/// The place of a setting on the screens of a provider.
type PlaceOf = (Vendor, Setting, fn() -> Text);

/// The places of settings, by the labels of the screens. One that no public page names has none.
const PLACES: &[PlaceOf] = &[
    (Vendor::Entra, Setting::NameId, || text!("vendor.entra.name-id")),
    (Vendor::Entra, Setting::Format, || text!("vendor.entra.format")),
    (Vendor::Entra, Setting::Acs, || text!("vendor.entra.acs")),
    (Vendor::Entra, Setting::EntityId, || text!("vendor.entra.entity-id")),
    (Vendor::Entra, Setting::Encryption, || text!("vendor.entra.encryption")),
    (Vendor::Entra, Setting::Signing, || text!("vendor.entra.signing")),
    (Vendor::Entra, Setting::Assignment, || text!("vendor.entra.assignment")),
    (Vendor::Okta, Setting::NameId, || text!("vendor.okta.name-id")),
    (Vendor::Okta, Setting::Format, || text!("vendor.okta.format")),
    (Vendor::Okta, Setting::Acs, || text!("vendor.okta.acs")),
    (Vendor::Okta, Setting::EntityId, || text!("vendor.okta.entity-id")),
    (Vendor::Okta, Setting::Encryption, || text!("vendor.okta.encryption")),
    (Vendor::Okta, Setting::Signing, || text!("vendor.okta.signing")),
    (Vendor::Okta, Setting::Assignment, || text!("vendor.okta.assignment")),
    (Vendor::Google, Setting::NameId, || text!("vendor.google.name-id")),
    (Vendor::Google, Setting::Format, || text!("vendor.google.format")),
    (Vendor::Google, Setting::Acs, || text!("vendor.google.acs")),
    (Vendor::Google, Setting::EntityId, || text!("vendor.google.entity-id")),
    (Vendor::Google, Setting::Signing, || text!("vendor.google.signing")),
    (Vendor::Google, Setting::Assignment, || text!("vendor.google.assignment")),
    (Vendor::OneLogin, Setting::NameId, || text!("vendor.onelogin.name-id")),
    (Vendor::OneLogin, Setting::Format, || text!("vendor.onelogin.format")),
    (Vendor::OneLogin, Setting::Acs, || text!("vendor.onelogin.acs")),
    (Vendor::OneLogin, Setting::EntityId, || text!("vendor.onelogin.entity-id")),
    (Vendor::Keycloak, Setting::NameId, || text!("vendor.keycloak.name-id")),
    (Vendor::Keycloak, Setting::Format, || text!("vendor.keycloak.name-id")),
    (Vendor::Keycloak, Setting::Acs, || text!("vendor.keycloak.acs")),
    (Vendor::Keycloak, Setting::EntityId, || text!("vendor.keycloak.entity-id")),
    (Vendor::Keycloak, Setting::Encryption, || text!("vendor.keycloak.encryption")),
    (Vendor::Keycloak, Setting::Signing, || text!("vendor.keycloak.signing")),
];

impl Setting {
    /// Its place on the screens of `vendor`, where that is known.
    pub fn place(self, vendor: Vendor) -> Option<Text> {
        let row = PLACES.iter().find(|(known, setting, _)| (*known, *setting) == (vendor, self));
        row.map(|(.., place)| place())
    }
}

/// The texts that ask for a setting at the identity provider.
const ADVICE: &[(&str, Setting)] = &[
    ("owner.ask.agree", Setting::NameId),
    ("owner.ask.assigned", Setting::Assignment),
    ("owner.ask.name-id-missing", Setting::NameId),
    ("owner.ask.transient", Setting::Format),
    ("remedy.assigned-to-app", Setting::Assignment),
    ("remedy.idp-sends-stored", Setting::NameId),
    ("remedy.map-name-id", Setting::NameId),
    ("remedy.no-encryption", Setting::Encryption),
    ("remedy.paste-acs", Setting::Acs),
    ("remedy.paste-entity-id", Setting::EntityId),
    ("remedy.persistent", Setting::Format),
    ("remedy.sign", Setting::Signing),
    ("remedy.unique-name-id", Setting::NameId),
    ("repair.way.resync-saml", Setting::NameId),
    ("said.audience.do", Setting::EntityId),
    ("said.destination.do", Setting::Acs),
    ("said.empty-name-id.do", Setting::NameId),
    ("said.encrypted.do", Setting::Encryption),
    ("said.format.do", Setting::Format),
    ("said.name-id-missing.do", Setting::NameId),
    ("said.no-destination.do", Setting::Acs),
    ("said.no-name-id.do", Setting::NameId),
    ("said.persistent.do", Setting::Format),
    ("said.signatures.do", Setting::Signing),
    ("said.stored-differs.do", Setting::NameId),
    ("standing.all-differ.repair", Setting::NameId),
    ("standing.idp-changed.repair", Setting::NameId),
];

/// The advice `text`, with the place of what it asks for on the vendor's screen; which one that is, is asked
/// only of advice that asks for a setting there.
pub fn advice(text: Text, vendor: impl FnOnce() -> Option<Vendor>) -> Text {
    let setting = ADVICE.iter().find(|(key, _)| *key == text.key()).map(|(_, setting)| *setting);
    let place = setting.and_then(|setting| setting.place(vendor()?));
    match place {
        Some(place) => text!("vendor.advice", advice = text, place = place),
        None => text,
    }
}

#[cfg(test)]
mod tests;
