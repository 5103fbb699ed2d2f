//! The outcome of a Response at GitLab: candidates from GitLab's redirect, narrowed by the flash message of
//! the next page.
//!
//! gitlab-facts section 2, "Outcome from the ACS response's Location"
//! (`groups/omniauth_callbacks_controller.rb`, `omniauth_callbacks_controller.rb`). One row an outcome; an
//! address alone often leaves several candidates, which are all kept until a page tells more.

use super::{
    instance::Instance,
    messages,
    routes::{self, Provider, Route},
};
use crate::base::{address::Address, order::sort_by};
use serde::{Deserialize, Serialize};

/// A thing that GitLab may have done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The person is signed in.
    SignedIn,
    /// The signed-in person's account was linked to this NameID.
    Linked,
    /// The signed-in person was linked to this NameID already.
    AlreadyLinked,
    /// A check of the Response failed.
    ResponseRefused,
    /// "Verify SAML Configuration": checked, nobody signed in.
    Verified,
    /// "Verify SAML Configuration" found errors; nobody signed in.
    VerifyFailed,
    /// Linking or updating the identity failed.
    LinkFailed,
    /// Linking needs a sign-in that began at GitLab.
    LinkNeedsRequest,
    /// No identity has this NameID, and the e-mail address belongs to an account.
    EmailTaken,
    /// No identity has this NameID, and the Response has no e-mail address.
    NoEmail,
    /// A new account could not be made.
    AccountRefused,
    /// The account is locked, blocked or not confirmed.
    AccountLocked,
    /// The group lets nobody in from this network, or not this person.
    Forbidden,
    /// Group unknown, SAML disabled, or the group is not visible.
    NotFound,
    /// GitLab does not make accounts for this provider.
    SignUpNotAllowed,
    /// The provider is disabled, or disabled for this account.
    ProviderDisabled,
    /// GitLab's page "Sign-in using … auth failed".
    AuthErrorPage,
    /// GitLab's page "The change you requested was rejected".
    ChangeRejected,
    /// GitLab failed.
    ServerError,
}

/// The target of a row's redirect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum To {
    /// `/groups/G/-/saml/sso` without a discovery token.
    Landing,
    /// The same with a token.
    LandingWithToken,
    /// `/groups/G/-/saml`.
    Settings,
    /// `/groups/G/-/saml#response`.
    SettingsResponse,
    /// `/users/sign_in`.
    SignIn,
    /// `/users/sign_up`.
    SignUp,
    /// `/-/profile/account`.
    Account,
    /// `/`.
    Home,
    /// The RelayState, the group, a stored location: any other address.
    Onward,
    /// No redirect, but this status.
    Status(u16),
}

/// The integrations that a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    Group,
    Instance,
    Both,
}

struct OutcomeRow {
    outcome: Outcome,
    scope: Scope,
    to: To,
    /// The flash message of the next page; empty when there is none.
    flash: &'static [&'static str],
}

const fn row(outcome: Outcome, scope: Scope, to: To, flash: &'static [&'static str]) -> OutcomeRow {
    OutcomeRow { outcome, scope, to, flash }
}

/// The table. An outcome may have several rows.
const ROWS: &[OutcomeRow] = &[
    row(Outcome::ResponseRefused, Scope::Group, To::Landing, &["Unable to sign in to group with SAML:"]),
    row(Outcome::ResponseRefused, Scope::Group, To::Settings, &["Unable to sign in to group with SAML:"]),
    row(
        Outcome::ResponseRefused,
        Scope::Instance,
        To::SignIn,
        &["Could not authenticate you from", "because"],
    ),
    row(Outcome::Verified, Scope::Group, To::SettingsResponse, &[]),
    row(Outcome::Linked, Scope::Group, To::Onward, &["SSO has been connected to your GitLab account"]),
    row(Outcome::Linked, Scope::Instance, To::Account, &["Authentication method updated"]),
    row(Outcome::AlreadyLinked, Scope::Both, To::Onward, &[]),
    row(Outcome::LinkFailed, Scope::Group, To::Home, &["SAML authentication failed:"]),
    row(Outcome::LinkFailed, Scope::Instance, To::Account, &["Authentication failed:"]),
    row(
        Outcome::LinkNeedsRequest,
        Scope::Group,
        To::Landing,
        &["Request to link SAML account must be authorized"],
    ),
    row(
        Outcome::LinkNeedsRequest,
        Scope::Instance,
        To::Account,
        &["Request to link SAML account must be authorized"],
    ),
    row(
        Outcome::EmailTaken,
        Scope::Group,
        To::SignIn,
        &["There is already a GitLab account associated with this email address"],
    ),
    row(
        Outcome::NoEmail,
        Scope::Group,
        To::LandingWithToken,
        &["The SAML response did not contain an email address"],
    ),
    row(Outcome::AccountLocked, Scope::Group, To::LandingWithToken, &["Your account is locked"]),
    row(Outcome::AccountLocked, Scope::Group, To::LandingWithToken, &["Invalid login or password"]),
    row(Outcome::AccountLocked, Scope::Group, To::LandingWithToken, &["confirm your"]),
    row(Outcome::AccountLocked, Scope::Instance, To::SignIn, &["Your account"]),
    row(Outcome::AccountRefused, Scope::Group, To::LandingWithToken, &[]),
    row(Outcome::SignedIn, Scope::Group, To::Onward, &["Signed in with SAML for"]),
    row(Outcome::SignedIn, Scope::Both, To::Onward, &[]),
    row(
        Outcome::SignUpNotAllowed,
        Scope::Instance,
        To::SignIn,
        &["without a pre-existing account in", "is not allowed"],
    ),
    row(
        Outcome::SignUpNotAllowed,
        Scope::Instance,
        To::SignUp,
        &["without a pre-existing account in", "is not allowed"],
    ),
    row(Outcome::ProviderDisabled, Scope::Instance, To::SignIn, &["Signing in using", "has been disabled"]),
    row(Outcome::Forbidden, Scope::Both, To::Status(403), &[]),
    row(Outcome::NotFound, Scope::Both, To::Status(404), &[]),
    row(Outcome::AuthErrorPage, Scope::Instance, To::Status(422), &["Sign-in using", "auth failed"]),
    row(Outcome::ChangeRejected, Scope::Both, To::Status(422), &["The change you requested was rejected"]),
    row(Outcome::ServerError, Scope::Both, To::Status(500), &[]),
    row(Outcome::ServerError, Scope::Both, To::Status(502), &[]),
];

impl Outcome {
    /// Whether the person is in.
    pub fn is_success(self) -> bool {
        matches!(self, Outcome::SignedIn | Outcome::Linked | Outcome::AlreadyLinked | Outcome::Verified)
    }

    /// Whether GitLab found the Response valid, and no account that has its NameID (gitlab-facts 4.3).
    pub fn found_no_account(self) -> bool {
        matches!(self, Outcome::EmailTaken | Outcome::NoEmail | Outcome::SignUpNotAllowed)
    }

    /// Whether GitLab found the Response valid before it did this (gitlab-facts 4.3); `None` where it tells
    /// neither. "Verify SAML Configuration" looks at it only on the page that follows (1.2), and that a link
    /// needs a request is told from a refusal by a page alone.
    pub fn found_valid(self) -> Option<bool> {
        match self {
            Outcome::SignedIn
            | Outcome::Linked
            | Outcome::AlreadyLinked
            | Outcome::LinkFailed
            | Outcome::EmailTaken
            | Outcome::NoEmail
            | Outcome::AccountRefused
            | Outcome::AccountLocked
            | Outcome::SignUpNotAllowed
            | Outcome::ProviderDisabled => Some(true),
            Outcome::ResponseRefused | Outcome::VerifyFailed => Some(false),
            Outcome::Verified
            | Outcome::LinkNeedsRequest
            | Outcome::Forbidden
            | Outcome::NotFound
            | Outcome::AuthErrorPage
            | Outcome::ChangeRejected
            | Outcome::ServerError => None,
        }
    }
}

/// The things that GitLab may have done, from its answer to the Response and, where it was seen, the next
/// page's messages.
///
/// `flash` is `None` until a page was read; an empty list says that the page showed no message.
pub fn candidates(
    instance: &Instance,
    provider: &Provider,
    status: u16,
    location: Option<&str>,
    flash: Option<&[String]>,
) -> Vec<Outcome> {
    let Some(to) = destination(instance, status, location) else { return Vec::new() };
    let possible: Vec<&OutcomeRow> =
        ROWS.iter().filter(|row| row.to == to && row.is_about(provider)).collect();
    let narrowed = match flash {
        None => Vec::new(),
        Some(shown) => {
            let told: Vec<&OutcomeRow> = possible
                .iter()
                .filter(|row| !row.flash.is_empty() && shown.iter().any(|text| messages::is(row.flash, text)))
                .copied()
                .collect();
            let silent = || possible.iter().filter(|row| row.flash.is_empty()).copied().collect();
            if told.is_empty() { silent() } else { told }
        }
    };
    // A page whose message fits no row says nothing about the rows.
    let rows = if narrowed.is_empty() { possible } else { narrowed };
    let mut outcomes: Vec<Outcome> = rows.into_iter().map(|row| row.outcome).collect();
    sort_by(&mut outcomes, Outcome::cmp);
    outcomes.dedup();
    outcomes
}

/// The words of a page's message that are known as GitLab's, in the order in which they tell what happened,
/// with `…` for all others; `None` where none is known.
pub fn known_words(shown: &str) -> Option<String> {
    let inner = messages::reason(shown);
    let rows = ROWS.iter().filter(|row| !row.flash.is_empty() && messages::is(row.flash, shown));
    let mut words: Vec<&str> = Vec::new();
    // What wraps a reason is written with it.
    let of_rows = rows.flat_map(|row| row.flash).filter(|_| inner.is_none());
    for part in of_rows.chain(messages::known_parts(inner.unwrap_or(shown))) {
        if !words.contains(part) {
            words.push(part);
        }
    }
    let told = (!words.is_empty()).then(|| words.join(" … "));
    match inner {
        Some(_) => Some(messages::wrapped(shown, told.as_deref().unwrap_or("…"))),
        None => told,
    }
}

impl OutcomeRow {
    fn is_about(&self, provider: &Provider) -> bool {
        match self.scope {
            Scope::Both => true,
            Scope::Group => matches!(provider, Provider::Group { .. }),
            Scope::Instance => matches!(provider, Provider::Instance { .. }),
        }
    }
}

fn destination(instance: &Instance, status: u16, location: Option<&str>) -> Option<To> {
    if !(300..400).contains(&status) {
        return Some(To::Status(status));
    }
    let location = location?;
    // Rails writes absolute addresses; a relative one is GitLab's own.
    let absolute = if location.starts_with('/') {
        format!("{}{location}", instance.origin)
    } else {
        location.to_owned()
    };
    let token = Address::parse(&absolute).is_some_and(|address| address.parameter("token").is_some());
    Some(match routes::route(instance, &absolute)? {
        Route::Landing(_) if token => To::LandingWithToken,
        Route::Landing(_) => To::Landing,
        Route::Settings(_) if absolute.ends_with("#response") => To::SettingsResponse,
        Route::Settings(_) => To::Settings,
        Route::SignIn => To::SignIn,
        Route::SignUp => To::SignUp,
        Route::Account => To::Account,
        Route::Home => To::Home,
        Route::Acs(_)
        | Route::Start(_)
        | Route::Logout(_)
        | Route::Identities(_)
        | Route::Members(_)
        | Route::Elsewhere => To::Onward,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(location: &str, flash: Option<&[&str]>) -> Vec<Outcome> {
        let flash: Option<Vec<String>> =
            flash.map(|texts| texts.iter().map(|&text| text.to_owned()).collect());
        let provider = Provider::Group { path: "acme".into() };
        candidates(&Instance::gitlab_com(), &provider, 302, Some(location), flash.as_deref())
    }

    #[test]
    fn a_redirect_leaves_candidates_and_the_next_page_decides() {
        let landing = "https://gitlab.com/groups/acme/-/saml/sso";
        assert_eq!(group(landing, None), [Outcome::ResponseRefused, Outcome::LinkNeedsRequest]);
        assert_eq!(
            group(landing, Some(&["Request to link SAML account must be authorized"])),
            [Outcome::LinkNeedsRequest]
        );
        let refused = "Unable to sign in to group with SAML: \"Fingerprint mismatch\"";
        assert_eq!(group(landing, Some(&[refused])), [Outcome::ResponseRefused]);
        assert_eq!(group("/users/sign_in", None), [Outcome::EmailTaken]);
        assert_eq!(group("/acme", None), [Outcome::SignedIn, Outcome::Linked, Outcome::AlreadyLinked]);
        assert_eq!(group("/acme", Some(&["Signed in with SAML for Acme"])), [Outcome::SignedIn]);
        assert_eq!(group("/acme", Some(&[])), [Outcome::SignedIn, Outcome::AlreadyLinked]);
    }

    #[test]
    fn each_way_to_be_refused_is_told_from_the_others() {
        let landing = "https://gitlab.com/groups/acme/-/saml/sso?token=t";
        for (said, expected) in [
            ("The SAML response did not contain an email address. Either", Outcome::NoEmail),
            ("Your account is locked.", Outcome::AccountLocked),
            ("You have to confirm your email address before continuing.", Outcome::AccountLocked),
            ("Email can't be blank", Outcome::AccountRefused),
            ("First name is too long (maximum is 127 characters)", Outcome::AccountRefused),
        ] {
            assert_eq!(group(landing, Some(&[said])), [expected], "{said}");
        }
        let provider = Provider::Instance { name: "saml".into() };
        let page = |status, said: &str| {
            candidates(&Instance::gitlab_com(), &provider, status, None, Some(&[said.to_owned()]))
        };
        for (status, said, expected) in [
            (403, "403: You are not authorized to access this page.", Outcome::Forbidden),
            (404, "404: Page not found", Outcome::NotFound),
            (422, "422: Sign-in using SAML auth failed", Outcome::AuthErrorPage),
            (422, "422: The change you requested was rejected", Outcome::ChangeRejected),
            (500, "500: Whoops, something went wrong on our end.", Outcome::ServerError),
        ] {
            assert_eq!(page(status, said), [expected], "{said}");
        }
    }

    #[test]
    fn an_unknown_message_keeps_the_candidates() {
        let landing = "https://gitlab.com/groups/acme/-/saml/sso";
        assert_eq!(group(landing, Some(&["Something new"])).len(), 2);
    }
}
