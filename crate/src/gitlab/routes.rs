//! GitLab's routes that a sign-in passes, as a table: one row a role.
//!
//! Paths are relative to the instance's root. Group path syntax: GitLab's `lib/gitlab/path_regex.rb`; the
//! callback: `ee/lib/ee/gitlab/path_regex.rb`. Group SAML has no single logout (`/slo` and `/spslo` are
//! disabled for it).

use super::instance::Instance;
use crate::base::address::Address;
use serde::{Deserialize, Serialize};

/// The one of GitLab's SAML integrations that a sign-in uses; the `provider` of its identities.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Provider {
    /// `group_saml`: the SAML SSO of one top-level group.
    Group {
        /// Full path of the group: `acme`.
        path: String,
    },
    /// `saml`, `saml_2`, …: the SAML sign-in of a whole instance.
    Instance {
        /// Its name in GitLab's configuration.
        name: String,
    },
}

impl Provider {
    /// The entityID of GitLab as service provider, where GitLab fixes it (group SAML).
    pub fn entity_id(&self, instance: &Instance) -> Option<String> {
        match self {
            Provider::Group { path } => Some(instance.url(&format!("/groups/{path}"))),
            Provider::Instance { .. } => None,
        }
    }

    /// The address to which the identity provider must send its Response.
    pub fn acs(&self, instance: &Instance) -> String {
        match self {
            Provider::Group { path } => instance.url(&format!("/groups/{path}/-/saml/callback")),
            Provider::Instance { name } => instance.url(&format!("/users/auth/{name}/callback")),
        }
    }

    /// The `provider` of its identities: `group_saml`, `saml`, …
    pub fn name(&self) -> &str {
        match self {
            Provider::Group { .. } => "group_saml",
            Provider::Instance { name } => name,
        }
    }

    /// The group's full path; `None` for the whole instance.
    pub fn group(&self) -> Option<&str> {
        match self {
            Provider::Group { path } => Some(path),
            Provider::Instance { .. } => None,
        }
    }
}

/// The role of an address in a sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// The assertion consumer service: the identity provider's Response arrives here.
    Acs(Provider),
    /// OmniAuth's request phase: GitLab answers with the redirect that carries the AuthnRequest.
    Start(Provider),
    /// The group's SSO landing page.
    Landing(Provider),
    /// The group's SAML SSO settings page.
    Settings(Provider),
    /// Single logout of instance SAML.
    Logout(Provider),
    /// GitLab's own sign-in page.
    SignIn,
    /// GitLab's sign-up page.
    SignUp,
    /// The profile's account page.
    Account,
    /// The page on which a person confirms that a sign-in of the whole instance is linked to their account.
    LinkIdentity,
    /// An administrator's page with the identities of one user, by their user name.
    Identities(String),
    /// The members of a group, or of a subgroup by its full path.
    Members(Provider),
    /// The start page.
    Home,
    /// Any other page of GitLab.
    Elsewhere,
}

/// The role of an address for one provider.
type Role = fn(Provider) -> Route;

impl Route {
    /// The group whose page it is.
    pub fn group(&self) -> Option<&str> {
        match self {
            Route::Acs(provider)
            | Route::Landing(provider)
            | Route::Settings(provider)
            | Route::Members(provider) => provider.group(),
            Route::Start(_)
            | Route::Logout(_)
            | Route::SignIn
            | Route::SignUp
            | Route::Account
            | Route::LinkIdentity
            | Route::Identities(_)
            | Route::Home
            | Route::Elsewhere => None,
        }
    }
}

/// The endings of paths below `/groups/<path>`, and what such a path is. The order matters: the first match
/// wins.
const GROUP_ROUTES: [(&str, Role); 5] = [
    ("/-/saml/callback", Route::Acs),
    ("/-/saml/sso", Route::Landing),
    ("/-/saml", Route::Settings),
    ("/-/saml/", Route::Settings),
    ("/-/group_members", Route::Members),
];

/// Paths that are one page.
const PAGES: [(&str, Route); 6] = [
    ("/", Route::Home),
    ("/users/sign_in", Route::SignIn),
    ("/users/sign_up", Route::SignUp),
    ("/-/profile/account", Route::Account),
    ("/-/user_settings/identities/new", Route::LinkIdentity),
    ("/profile/account", Route::Account),
];

/// The role of `url` on `instance`; `None` when it is not on it.
pub fn route(instance: &Instance, url: &str) -> Option<Route> {
    let address = Address::parse(url)?;
    let path = instance.path_of(&address)?;
    Some(
        PAGES
            .iter()
            .find(|(page, _)| *page == path)
            .map(|(_, route)| route.clone())
            .or_else(|| group_route(path))
            .or_else(|| omniauth_route(path, &address))
            .or_else(|| identities_route(path))
            .unwrap_or(Route::Elsewhere),
    )
}

fn group_route(path: &str) -> Option<Route> {
    let below = path.strip_prefix("/groups/")?;
    let (group, role) =
        GROUP_ROUTES.iter().find_map(|(end, role)| below.strip_suffix(end).map(|group| (group, role)))?;
    is_group_path(group).then(|| role(Provider::Group { path: group.to_owned() }))
}

fn omniauth_route(path: &str, address: &Address<'_>) -> Option<Route> {
    let below = path.strip_prefix("/users/auth/")?;
    let (name, action) = below.split_once('/').unwrap_or((below, ""));
    if name == "group_saml" {
        let group = address.parameter("group_path").filter(|group| is_group_path(group))?;
        return (action.is_empty()).then_some(Route::Start(Provider::Group { path: group }));
    }
    let provider = Provider::Instance { name: name.to_owned() };
    match action {
        "" => Some(Route::Start(provider)),
        "callback" => Some(Route::Acs(provider)),
        "slo" | "spslo" => Some(Route::Logout(provider)),
        _ => None,
    }
}

fn identities_route(path: &str) -> Option<Route> {
    let username = path.strip_prefix("/admin/users/")?.strip_suffix("/identities")?;
    // User names have the syntax of one segment of a group's path.
    (!username.contains('/') && is_group_path(username)).then(|| Route::Identities(username.to_owned()))
}

/// Letters, digits, `_`, `.`, `-` in segments that do not begin with `-`; what GitLab lets a group be called.
pub fn is_group_path(path: &str) -> bool {
    !path.is_empty()
        && path.split('/').all(|segment| {
            !segment.is_empty()
                && !segment.starts_with('-')
                && segment.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_is_recognised() {
        let group = || Provider::Group { path: "acme".into() };
        let saml = || Provider::Instance { name: "saml".into() };
        for (path, expected) in [
            ("/groups/acme/-/saml/callback", Route::Acs(group())),
            ("/users/auth/group_saml?group_path=acme&redirect_to=%2Facme", Route::Start(group())),
            ("/groups/acme/-/saml/sso?token=abc", Route::Landing(group())),
            ("/groups/acme/-/saml", Route::Settings(group())),
            ("/users/auth/saml", Route::Start(saml())),
            ("/users/auth/saml/callback", Route::Acs(saml())),
            ("/users/auth/saml/slo", Route::Logout(saml())),
            ("/users/sign_in", Route::SignIn),
            ("/", Route::Home),
            ("/groups/acme/-/group_members", Route::Members(group())),
            ("/admin/users/alex.doe/identities", Route::Identities("alex.doe".into())),
            ("/admin/users/alex/keys/identities", Route::Elsewhere),
            ("/groups/-acme/-/saml", Route::Elsewhere),
            ("/acme/project", Route::Elsewhere),
        ] {
            let url = format!("https://gitlab.com{path}");
            assert_eq!(route(&Instance::gitlab_com(), &url), Some(expected), "{path}");
        }
        assert_eq!(route(&Instance::gitlab_com(), "https://gitlab.example.com/users/sign_in"), None);
    }

    #[test]
    fn the_acs_is_the_route_it_names() {
        for provider in
            [Provider::Group { path: "acme".into() }, Provider::Instance { name: "saml_2".into() }]
        {
            let instance = Instance::gitlab_com();
            assert_eq!(route(&instance, &provider.acs(&instance)), Some(Route::Acs(provider)));
        }
    }
}
