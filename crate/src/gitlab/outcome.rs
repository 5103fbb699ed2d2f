//! The outcome of a Response at GitLab: candidates from GitLab's redirect, narrowed by the flash message of
//! the next page.
//!
//! gitlab-facts section 2, "Outcome from the ACS response's Location"
//! (`groups/omniauth_callbacks_controller.rb`, `omniauth_callbacks_controller.rb`). One row an outcome; an
//! address alone often leaves several candidates, which are all kept until a page tells more.

use super::{
    instance::Instance,
    messages::{self, Meaning},
    routes::{self, Provider, Route},
};
use crate::{
    base::{address::Address, catalogue::Text, order::sort_by},
    text,
};
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
    /// GitLab took the Response, found the account, and asks for the second factor.
    SecondFactor,
    /// GitLab took the Response and found the account, which is locked or may not sign in by this way.
    AccountLocked,
    /// The same, and the account is blocked.
    AccountBlocked,
    /// The same, and the account is deactivated.
    AccountDeactivated,
    /// The same, and the account lacks what this GitLab requires of who signs in.
    AccountNotPermitted,
    /// The same, and the account waits for an administrator's approval.
    AccountPending,
    /// The same, and the account's e-mail address is not confirmed.
    AccountUnconfirmed,
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

/// The flash message of the next page.
#[derive(Clone, Copy)]
enum Says {
    /// There is none, or one that no row can list.
    Nothing,
    /// Always these words.
    English(&'static [&'static str]),
    /// These words, in the language of whoever looks.
    Translated(&'static [&'static str]),
}

use Says::{English, Nothing, Translated};

struct OutcomeRow {
    outcome: Outcome,
    scope: Scope,
    to: To,
    says: Says,
}

const fn row(outcome: Outcome, scope: Scope, to: To, says: Says) -> OutcomeRow {
    OutcomeRow { outcome, scope, to, says }
}

/// The table. An outcome may have several rows. Which messages GitLab translates: gitlab-facts G6 and section
/// 2; ruby-saml's and Devise's own are English everywhere.
const ROWS: &[OutcomeRow] = &[
    row(
        Outcome::ResponseRefused,
        Scope::Group,
        To::Landing,
        Translated(&["Unable to sign in to group with SAML:"]),
    ),
    row(
        Outcome::ResponseRefused,
        Scope::Group,
        To::Settings,
        Translated(&["Unable to sign in to group with SAML:"]),
    ),
    row(
        Outcome::ResponseRefused,
        Scope::Instance,
        To::SignIn,
        English(&["Could not authenticate you from", "because"]),
    ),
    // The page itself tells which.
    row(Outcome::Verified, Scope::Group, To::SettingsResponse, Nothing),
    row(Outcome::VerifyFailed, Scope::Group, To::SettingsResponse, Nothing),
    row(
        Outcome::Linked,
        Scope::Group,
        To::Onward,
        Translated(&["SSO has been connected to your GitLab account"]),
    ),
    row(Outcome::Linked, Scope::Instance, To::Account, Translated(&["Authentication method updated"])),
    row(Outcome::AlreadyLinked, Scope::Both, To::Onward, Nothing),
    row(Outcome::LinkFailed, Scope::Group, To::Home, Translated(&["SAML authentication failed:"])),
    // Home is where people go who came from there, or from nowhere.
    row(Outcome::Linked, Scope::Group, To::Home, English(&["SSO has been connected to your GitLab account"])),
    row(Outcome::SignedIn, Scope::Group, To::Home, English(&["Signed in with SAML for"])),
    row(Outcome::SignedIn, Scope::Instance, To::Home, Nothing),
    row(Outcome::AlreadyLinked, Scope::Instance, To::Home, Nothing),
    row(Outcome::LinkFailed, Scope::Instance, To::Account, Translated(&["Authentication failed:"])),
    row(Outcome::LinkNeedsRequest, Scope::Group, To::Landing, English(LINK_NEEDS_REQUEST)),
    row(Outcome::LinkNeedsRequest, Scope::Instance, To::Account, English(LINK_NEEDS_REQUEST)),
    row(
        Outcome::EmailTaken,
        Scope::Group,
        To::SignIn,
        Translated(&["There is already a GitLab account associated with this email address"]),
    ),
    row(
        Outcome::NoEmail,
        Scope::Group,
        To::LandingWithToken,
        Translated(&["The SAML response did not contain an email address"]),
    ),
    row(Outcome::SecondFactor, Scope::Both, To::Status(200), Nothing),
    row(Outcome::AccountLocked, Scope::Instance, To::SignIn, English(&["Your account is locked"])),
    row(Outcome::AccountLocked, Scope::Group, To::LandingWithToken, English(&["Your account is locked"])),
    row(Outcome::AccountLocked, Scope::Group, To::LandingWithToken, English(&["Invalid login or password"])),
    row(Outcome::AccountBlocked, Scope::Both, To::SignIn, English(&["Your account has been blocked"])),
    row(
        Outcome::AccountDeactivated,
        Scope::Both,
        To::SignIn,
        English(&["Your account has been deactivated by your administrator"]),
    ),
    row(
        Outcome::AccountNotPermitted,
        Scope::Both,
        To::SignIn,
        English(&["Your account does not have the required permission"]),
    ),
    row(Outcome::AccountPending, Scope::Both, To::SignIn, English(&["Your account is", "approval"])),
    row(Outcome::AccountUnconfirmed, Scope::Both, To::SignIn, English(&["confirm your"])),
    row(Outcome::AccountUnconfirmed, Scope::Group, To::LandingWithToken, English(&["confirm your"])),
    row(Outcome::AccountRefused, Scope::Group, To::LandingWithToken, Nothing),
    row(Outcome::SignedIn, Scope::Group, To::Onward, Translated(&["Signed in with SAML for"])),
    row(Outcome::SignedIn, Scope::Both, To::Onward, Nothing),
    row(Outcome::SignUpNotAllowed, Scope::Instance, To::SignIn, Translated(NO_SIGN_UP)),
    row(Outcome::SignUpNotAllowed, Scope::Instance, To::SignUp, Translated(NO_SIGN_UP)),
    row(
        Outcome::ProviderDisabled,
        Scope::Instance,
        To::SignIn,
        Translated(&["Signing in using", "has been disabled"]),
    ),
    row(Outcome::Forbidden, Scope::Both, To::Status(403), Nothing),
    row(Outcome::NotFound, Scope::Both, To::Status(404), Nothing),
    row(
        Outcome::AuthErrorPage,
        Scope::Instance,
        To::Status(422),
        Translated(&["Sign-in using", "auth failed"]),
    ),
    row(
        Outcome::ChangeRejected,
        Scope::Both,
        To::Status(422),
        English(&["The change you requested was rejected"]),
    ),
    row(Outcome::ServerError, Scope::Both, To::Status(500), Nothing),
    row(Outcome::ServerError, Scope::Both, To::Status(502), Nothing),
];

const LINK_NEEDS_REQUEST: &[&str] = &["Request to link SAML account must be authorized"];
const NO_SIGN_UP: &[&str] = &["without a pre-existing account in", "is not allowed"];

impl Outcome {
    /// Whether the person is in, as far as SAML decides it: a second factor is asked of who is let in.
    pub fn is_success(self) -> bool {
        matches!(
            self,
            Outcome::SignedIn
                | Outcome::SecondFactor
                | Outcome::Linked
                | Outcome::AlreadyLinked
                | Outcome::Verified
        )
    }

    /// Whether GitLab took the Response and found the account by it, and the account itself may not sign in
    /// (gitlab-facts G5).
    pub fn is_of_account(self) -> bool {
        matches!(
            self,
            Outcome::AccountLocked
                | Outcome::AccountBlocked
                | Outcome::AccountDeactivated
                | Outcome::AccountNotPermitted
                | Outcome::AccountPending
                | Outcome::AccountUnconfirmed
        )
    }

    /// In a sentence.
    pub fn text(self) -> Text {
        match self {
            Outcome::SignedIn => text!("outcome.signed-in"),
            Outcome::Linked => text!("outcome.linked"),
            Outcome::AlreadyLinked => text!("outcome.already-linked"),
            Outcome::ResponseRefused => text!("outcome.response-refused"),
            Outcome::Verified => text!("outcome.verified"),
            Outcome::VerifyFailed => text!("outcome.verify-failed"),
            Outcome::LinkFailed => text!("outcome.link-failed"),
            Outcome::LinkNeedsRequest => text!("outcome.link-needs-request"),
            Outcome::EmailTaken => text!("outcome.email-taken"),
            Outcome::NoEmail => text!("outcome.no-email"),
            Outcome::AccountRefused => text!("outcome.account-refused"),
            Outcome::SecondFactor => text!("outcome.second-factor"),
            Outcome::AccountLocked => text!("outcome.account-locked"),
            Outcome::AccountBlocked => text!("outcome.account-blocked"),
            Outcome::AccountDeactivated => text!("outcome.account-deactivated"),
            Outcome::AccountNotPermitted => text!("outcome.account-not-permitted"),
            Outcome::AccountPending => text!("outcome.account-pending"),
            Outcome::AccountUnconfirmed => text!("outcome.account-unconfirmed"),
            Outcome::Forbidden => text!("outcome.forbidden"),
            Outcome::NotFound => text!("outcome.not-found"),
            Outcome::SignUpNotAllowed => text!("outcome.sign-up-not-allowed"),
            Outcome::ProviderDisabled => text!("outcome.provider-disabled"),
            Outcome::AuthErrorPage => text!("outcome.auth-error-page"),
            Outcome::ChangeRejected => text!("outcome.change-rejected"),
            Outcome::ServerError => text!("outcome.server-error"),
        }
    }

    /// The meaning of the message that GitLab shows of it, where it shows but one: so it is known of a
    /// message in another language, too.
    pub fn meaning(self) -> Option<&'static Meaning> {
        let mut said = ROWS.iter().filter(|row| row.outcome == self).map(OutcomeRow::words);
        let words = said.next()??;
        messages::meaning(&words.join(" ")).filter(|_| said.all(|other| other == Some(words)))
    }

    /// Whether GitLab found the Response valid, and no account that has its NameID (gitlab-facts 4.3).
    pub fn found_no_account(self) -> bool {
        matches!(self, Outcome::EmailTaken | Outcome::NoEmail | Outcome::SignUpNotAllowed)
    }

    /// Whether GitLab found the Response valid before it did this (gitlab-facts 4.3); `None` where it tells
    /// neither: that a link needs a request is told from a refusal by a page alone.
    pub fn found_valid(self) -> Option<bool> {
        match self {
            Outcome::SignedIn
            | Outcome::SecondFactor
            | Outcome::Linked
            | Outcome::AlreadyLinked
            | Outcome::LinkFailed
            | Outcome::EmailTaken
            | Outcome::NoEmail
            | Outcome::AccountRefused
            | Outcome::AccountLocked
            | Outcome::AccountBlocked
            | Outcome::AccountDeactivated
            | Outcome::AccountNotPermitted
            | Outcome::AccountPending
            | Outcome::AccountUnconfirmed
            | Outcome::SignUpNotAllowed
            | Outcome::ProviderDisabled
            | Outcome::Verified => Some(true),
            Outcome::ResponseRefused | Outcome::VerifyFailed => Some(false),
            Outcome::LinkNeedsRequest
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
/// `flash` is `None` until a page was read; an empty list says that the page showed no message. A message in
/// another language leaves those whose message is translated, and those without one; `has_email` is asked
/// then where GitLab's answer depends on whether the Response has an e-mail address.
pub fn candidates(
    instance: &Instance,
    provider: &Provider,
    status: u16,
    location: Option<&str>,
    flash: Option<&[String]>,
    has_email: impl FnOnce() -> Option<bool>,
) -> Vec<Outcome> {
    let Some(to) = destination(instance, status, location) else { return Vec::new() };
    let possible: Vec<&OutcomeRow> =
        ROWS.iter().filter(|row| row.to == to && row.is_about(provider)).collect();
    let narrowed = flash.map(|shown| narrow(&possible, shown, has_email)).unwrap_or_default();
    // A page whose message fits no row says nothing about the rows.
    let rows = if narrowed.is_empty() { possible } else { narrowed };
    let mut outcomes: Vec<Outcome> = rows.into_iter().map(|row| row.outcome).collect();
    sort_by(&mut outcomes, Outcome::cmp);
    outcomes.dedup();
    outcomes
}

/// Those of the rows that the page's messages leave.
fn narrow<'r>(
    possible: &[&'r OutcomeRow],
    shown: &[String],
    has_email: impl FnOnce() -> Option<bool>,
) -> Vec<&'r OutcomeRow> {
    let keep = |is_it: &dyn Fn(&OutcomeRow) -> bool| -> Vec<&OutcomeRow> {
        possible.iter().copied().filter(|row| is_it(row)).collect()
    };
    let is_said = |row: &OutcomeRow| {
        row.words().is_some_and(|words| shown.iter().any(|text| messages::is(words, text)))
    };
    let told = keep(&is_said);
    if !told.is_empty() {
        return told;
    }
    let silent = keep(&|row| matches!(row.says, Nothing));
    if shown.is_empty() {
        return silent;
    }
    // The reason inside is ruby-saml's own, whatever the language round it.
    let refused = keep(&|row| row.outcome == Outcome::ResponseRefused);
    if shown.iter().any(|text| messages::reason(text).is_some_and(messages::is_refusal))
        && !refused.is_empty()
    {
        return refused;
    }
    let of_email = |row: &OutcomeRow| match row.outcome {
        Outcome::NoEmail => Some(false),
        Outcome::AccountRefused => Some(true),
        _ => None,
    };
    let other = keep(&|row| !matches!(row.says, English(_)));
    if !other.iter().any(|row| of_email(row) == Some(false)) {
        return other;
    }
    let has_email = has_email();
    other.into_iter().filter(|row| has_email.is_none() || of_email(row) == has_email).collect()
}

/// The words of a page's message that are known as GitLab's, in the order in which they tell what happened,
/// with `…` for all others; `None` where none is known.
pub fn known_words(shown: &str) -> Option<String> {
    let inner = messages::reason(shown);
    let rows = ROWS.iter().filter_map(OutcomeRow::words).filter(|words| messages::is(words, shown));
    let mut words: Vec<&str> = Vec::new();
    // What wraps a reason is written with it.
    let of_rows = rows.flatten().filter(|_| inner.is_none());
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
    /// The message in English.
    fn words(&self) -> Option<&'static [&'static str]> {
        match self.says {
            Nothing => None,
            English(words) | Translated(words) => Some(words),
        }
    }

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
        Route::Account | Route::LinkIdentity => To::Account,
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
mod tests;
