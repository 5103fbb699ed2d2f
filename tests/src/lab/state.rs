//! The state of the lab, which is what its GitLab has stored and what its identity provider sends: one JSON
//! file that both read anew for each request, and the random identities of a run.

use fastrand::Rng;
use serde::{Deserialize, Serialize};

/// Everything that a test may set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabState {
    /// Counts the states of a run; what GitLab changed belongs to one of them. Set by the lab.
    pub(super) revision: u64,
    /// The origin where the browser finds GitLab.
    pub gitlab_origin: String,
    /// The origin where the browser finds the identity provider.
    pub idp_origin: String,
    /// The group with SAML SSO.
    pub group: LabGroup,
    /// The group's SAML settings.
    pub saml_provider: LabProvider,
    /// GitLab's users, all members of the group, the owner first.
    pub users: Vec<LabUser>,
    /// The generation of the markup of the settings page and of a user's page in the Admin area.
    pub generation: Generation,
    /// Does the SSO page of a linked user go on to the identity provider by itself, as GitLab's does?
    pub auto_redirect: bool,
    /// The page of 100 members that the API refuses once, and the status: 429 (and a second to wait), 401.
    #[serde(default)]
    pub interrupt: Option<(u32, u16)>,
    /// Does instance SAML make accounts? Then an address that is taken ends on GitLab's error page.
    pub instance_sign_up: bool,
    /// The reason for which instance SAML lets nobody in, whoever has the NameID.
    #[serde(default)]
    pub instance_refuses: Option<InstanceRefusal>,
    /// The status with which each Response is answered, looked at by nobody: 403, 422, 500, 502.
    #[serde(default)]
    pub acs_status: Option<u16>,
    /// Do GitLab's pages not say its version? GitLab's own do, to whoever is signed in.
    #[serde(default)]
    pub silent_on_version: bool,
    /// Seconds by which GitLab's clock is ahead of this machine's; below zero when it is behind.
    pub gitlab_clock_ahead: i64,
}

/// A top-level group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabGroup {
    /// Its numeric id, as the members API takes it.
    pub id: u64,
    /// Its path, part of URLs.
    pub path: String,
    /// Its name, part of texts.
    pub name: String,
    /// The 8 characters in GitLab's single sign-on URL.
    pub saml_discovery_token: String,
    /// The secret that opens its SCIM API.
    pub scim_secret: String,
    /// The personal access token of its owner, with the scope `api`.
    pub owner_token: String,
    /// Addresses that may reach it, with commas between them.
    pub ip_restriction_ranges: Option<String>,
    /// Domains that e-mail addresses must have, with commas between them.
    pub allowed_email_domains: Option<String>,
    /// The events that happened to identities, newest first.
    pub audit_events: Vec<LabEvent>,
}

/// One audit event of the group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabEvent {
    /// GitLab's name of the event.
    pub name: String,
    /// The user whose identity it is about.
    pub user: u64,
    /// RFC 3339.
    pub at: String,
}

/// The settings that the group's owner typed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabProvider {
    /// `saml_provider_id` of the identities.
    pub id: u64,
    /// SHA-1 or SHA-256 with colons; none: the true one of the identity provider's certificate.
    pub certificate_fingerprint: Option<String>,
    /// Was it set up? Else the API has no identities to list.
    pub exists: bool,
    /// Does the group enforce SSO?
    pub enforced_sso: bool,
    /// Has it switched off passwords for its enterprise users? Older GitLabs cannot.
    pub passwords_off: bool,
}

/// One person, at GitLab and at the identity provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabUser {
    /// GitLab's numeric id.
    pub id: u64,
    /// The same at GitLab and at the identity provider.
    pub username: String,
    /// Full name.
    pub name: String,
    /// GitLab's verified primary address.
    pub email: String,
    /// For GitLab's sign-in page.
    pub password: String,
    /// For the identity provider's sign-in page.
    pub idp_password: String,
    /// The address the identity provider sends; none: no attribute.
    pub idp_email: Option<String>,
    /// The NameID the identity provider sends, not trimmed or folded. Empty or "0" would come out as
    /// transient.
    pub name_id: String,
    /// Its Format, one of [`name_id_format`]; with any other a new transient NameID is made up each time.
    pub name_id_format: String,
    /// `extern_uid` of the group's SAML identity at GitLab; none: not linked.
    pub saml_extern_uid: Option<String>,
    /// `extern_uid` of the SCIM identity.
    pub scim_extern_uid: Option<String>,
    /// Is the SCIM identity active?
    pub scim_active: bool,
    /// `extern_uid` of the instance's SAML identity.
    pub instance_extern_uid: Option<String>,
    /// Owner of the group?
    pub owner: bool,
    /// Does the group manage the account, so that its members list has the address?
    #[serde(default)]
    pub enterprise: bool,
    /// The thing that stands between an account that GitLab found and its session.
    #[serde(default)]
    pub hindered: Option<Hindrance>,
}

/// A thing that keeps an account out after GitLab took the Response (gitlab-facts G4, G5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hindrance {
    /// Two-factor authentication.
    SecondFactor,
    /// An administrator blocked it.
    Blocked,
    /// No administrator approved it yet.
    Pending,
    /// Its e-mail address is not confirmed.
    Unconfirmed,
    /// The same; told on the group's single sign-on page.
    UnconfirmedAtLanding,
    /// It was deactivated.
    Deactivated,
    /// It lacks what this GitLab requires.
    NotPermitted,
    /// Too many failed sign-ins.
    Locked,
    /// It may not sign in this way.
    OtherWay,
}

/// A reason for which instance SAML lets nobody in (gitlab-facts 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InstanceRefusal {
    /// The provider is switched off.
    Disabled,
    /// It is switched off for accounts that were connected with an `extern_uid` that is not trusted.
    Untrusted,
    /// It makes no accounts; told on the page where people sign up.
    AtSignUp,
}

/// The generation of the markup of GitLab's pages, where it differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Generation {
    /// 18.x: three columns, with the SCIM identifier.
    #[serde(rename = "18")]
    Current,
    /// 15.x: two columns, older classes; the members API does not tell SCIM identities.
    #[serde(rename = "older")]
    Older,
    /// 18.x in German.
    #[serde(rename = "german")]
    German,
}

/// NameID Formats of SAML Core 8.3.
pub mod name_id_format {
    /// The format that GitLab recommends.
    pub const PERSISTENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
    /// New each time.
    pub const TRANSIENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";
    /// An address.
    pub const EMAIL_ADDRESS: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress";
    /// The format that GitLab asks for.
    pub const UNSPECIFIED: &str = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";
}

impl LabState {
    /// The number of users: three pages of the members table.
    pub const USERS: usize = 26;

    /// A group whose members have random identities; the same seed gives the same state.
    ///
    /// The owner and most members are linked with exactly the NameID that the identity provider sends. Some
    /// are not linked; SCIM identities are equal, different, inactive or missing in turn.
    #[must_use]
    pub fn random(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        Self {
            revision: 1,
            gitlab_origin: "https://gitlab.com".to_owned(),
            idp_origin: "https://idp.example.com".to_owned(),
            group: LabGroup {
                id: rng.u64(1_000..9_999_999),
                path: format!("acme-{:04x}", rng.u16(..)),
                name: "Acme".to_owned(),
                saml_discovery_token: word(&mut rng, 8),
                scim_secret: word(&mut rng, 20),
                owner_token: format!("glpat-{}", word(&mut rng, 20)),
                ip_restriction_ranges: None,
                allowed_email_domains: None,
                audit_events: Vec::new(),
            },
            saml_provider: LabProvider {
                id: rng.u64(10..9_999),
                certificate_fingerprint: None,
                exists: true,
                enforced_sso: false,
                passwords_off: false,
            },
            users: (0..Self::USERS).map(|index| LabUser::random(index, &mut rng)).collect(),
            generation: Generation::Current,
            auto_redirect: false,
            interrupt: None,
            instance_sign_up: false,
            instance_refuses: None,
            acs_status: None,
            silent_on_version: false,
            gitlab_clock_ahead: 0,
        }
    }

    /// Adds random members, until there are `count` users.
    pub fn grow(&mut self, count: usize, seed: u64) {
        let mut rng = Rng::with_seed(seed);
        self.users.extend((self.users.len()..count).map(|index| LabUser::random(index, &mut rng)));
    }

    /// The group's owner, linked.
    #[must_use]
    pub fn owner(&self) -> &LabUser {
        &self.users[0]
    }

    /// An ordinary linked member to change at will.
    pub fn member_mut(&mut self) -> &mut LabUser {
        &mut self.users[1]
    }

    /// An ordinary linked member.
    #[must_use]
    pub fn member(&self) -> &LabUser {
        &self.users[1]
    }
}

impl LabUser {
    fn random(index: usize, rng: &mut Rng) -> Self {
        let (first, last) = (FIRST_NAMES[index % FIRST_NAMES.len()], LAST_NAMES[index % LAST_NAMES.len()]);
        let username = format!("{}-{:05x}", first.to_lowercase(), rng.u32(..0x000f_ffff));
        let email = format!("{username}@example.com");
        let name_id = NAME_IDS[index % NAME_IDS.len()](first, last, rng);
        let (scim_extern_uid, scim_active) = match index % 5 {
            0..=2 => (Some(name_id.clone()), index % 5 != 2),
            3 => (Some(guid(rng)), true),
            _ => (None, false),
        };
        Self {
            // Gaps, so that no test takes an id for a position.
            id: 10_000 + index as u64 * 37 + rng.u64(..37),
            name: format!("{first} {last}"),
            password: word(rng, 20),
            idp_password: word(rng, 20),
            idp_email: Some(email.clone()),
            saml_extern_uid: (index % 13 != 7).then(|| name_id.clone()),
            name_id_format: name_id_format::PERSISTENT.to_owned(),
            instance_extern_uid: None,
            owner: index == 0,
            enterprise: false,
            hindered: None,
            username,
            email,
            name_id,
            scim_extern_uid,
            scim_active,
        }
    }
}

/// The same text with upper and lower case of ASCII letters exchanged: differs in case only, or is equal when
/// there is no letter.
#[must_use]
pub fn with_other_case(text: &str) -> String {
    text.chars()
        .map(|letter| {
            if letter.is_ascii_lowercase() {
                letter.to_ascii_uppercase()
            } else {
                letter.to_ascii_lowercase()
            }
        })
        .collect()
}

/// The shapes of NameIDs that identity providers send. Each has a letter, so that a case variant differs.
const NAME_IDS: &[fn(&str, &str, &mut Rng) -> String] = &[
    |_, _, rng| guid(rng),
    |first, last, rng| format!("{first}.{last}-{}", rng.u32(1_000..9_999)),
    |first, last, rng| format!("{first}{last}{:x}@example.com", rng.u32(..)).to_lowercase(),
    |first, last, rng| format!("{first} {last} {}", rng.u32(1_000..9_999)),
    |_, _, rng| format!("Zoë-Ωμέγα-{:x}z", rng.u32(..)),
    |_, _, rng| word(rng, 24),
];

const FIRST_NAMES: &[&str] = &["Olive", "Amara", "Bruno", "Chidi", "Dalia", "Elio", "Farah", "Goran", "Hana"];
const LAST_NAMES: &[&str] = &["Stone", "River", "Field", "Brook", "Marsh", "Cliff", "Woods"];

/// Like an object id of a directory; starts with a letter.
fn guid(rng: &mut Rng) -> String {
    let hex = format!("{:032x}", rng.u128(..));
    format!("e{}-{}-4{}-a{}-{}", &hex[..7], &hex[7..11], &hex[11..14], &hex[14..17], &hex[17..29])
}

/// Letters and digits; the first is a letter.
fn word(rng: &mut Rng, length: usize) -> String {
    let first = rng.alphabetic();
    std::iter::once(first).chain(std::iter::repeat_with(|| rng.alphanumeric())).take(length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn the_same_seed_gives_the_same_state_and_another_another() {
        assert_eq!(LabState::random(7), LabState::random(7));
        assert_ne!(LabState::random(7).users, LabState::random(8).users);
    }

    #[test]
    fn identities_are_unique_and_have_case_variants() {
        for seed in 0..50 {
            let state = LabState::random(seed);
            let mut seen = HashSet::new();
            for user in &state.users {
                assert!(seen.insert(user.name_id.to_lowercase()), "seed {seed}: {}", user.name_id);
                assert_ne!(with_other_case(&user.name_id), user.name_id, "seed {seed}");
                assert_eq!(with_other_case(&user.name_id).to_lowercase(), user.name_id.to_lowercase());
            }
            assert!(state.owner().owner && state.owner().saml_extern_uid.is_some());
            assert!(!state.member().owner && state.member().saml_extern_uid.is_some());
            assert!(state.users.iter().filter(|user| user.saml_extern_uid.is_some()).count() > 20);
            assert!(state.users.iter().any(|user| user.saml_extern_uid.is_none()));
        }
    }

    #[test]
    fn generations_have_the_names_the_pages_know() {
        assert_eq!(
            serde_json::to_string(&[Generation::Current, Generation::Older, Generation::German]).unwrap(),
            r#"["18","older","german"]"#
        );
    }
}
